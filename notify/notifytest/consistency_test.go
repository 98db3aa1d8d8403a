package notifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/authority"
	"vigie/notify/email"
	"vigie/notify/letter"
	"vigie/notify/page"
	"vigie/notify/wording"
)

// recordsChecked is how many records of facts are held against their documents.
const recordsChecked = 200

// said is what an extractor finds in a document; "" where it does not say.
type said struct {
	Version, Persons, Occurred, Discovered, Aware, Attested, Contact, Complaint string
	Data                                                                        []string
}

// words are the catalogue's texts by language, read as a file: the extractor
// knows the words and nothing of the program that chooses among them.
func words(t *testing.T, lang string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "wording", "messages", lang+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// extractor reads plain text in one language.
type extractor struct {
	data, absent, after                          string // headings
	version, persons, occurred, discovered, know *regexp.Regexp
	untaken                                      *regexp.Regexp
	categories                                   map[string]string // words to code
	months                                       []string
}

func newExtractor(t *testing.T, lang string) extractor {
	t.Helper()
	tree := words(t, lang)
	heading := tree["heading"].(map[string]any)
	x := extractor{data: heading["data"].(string), absent: heading["absent"].(string), after: heading["consequences"].(string), categories: map[string]string{}}
	for code, w := range tree["category"].(map[string]any) {
		x.categories[squeeze(w.(string))] = code
	}
	day := `(\d{1,2}(?:er)? \p{L}+ \d{4})`
	if lang == "fr" {
		x.version, x.persons = regexp.MustCompile(`\(version (\d+)\)`), regexp.MustCompile(`Le fichier volé concerne ([\d ]+) personnes?`)
		x.occurred, x.discovered, x.know = regexp.MustCompile(`Le vol a eu lieu le `+day), regexp.MustCompile(`Le vol a été découvert le `+day), regexp.MustCompile(`l'a appris le `+day)
		x.untaken = regexp.MustCompile(`n'ont (?:donc )?pas été volées|n'a pas été volée|non volées`)
		x.months = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
		return x
	}
	x.version, x.persons = regexp.MustCompile(`\(version (\d+)\)`), regexp.MustCompile(`stolen file concerns ([\d,]+) (?:person|people)`)
	x.occurred, x.discovered, x.know = regexp.MustCompile(`theft took place on `+day), regexp.MustCompile(`theft was discovered on `+day), regexp.MustCompile(`learnt of it on `+day)
	x.untaken = regexp.MustCompile(`not stolen|were not taken`)
	x.months = strings.Fields("January February March April May June July August September October November December")
	return x
}

// squeeze makes one line of what a renderer broke over several.
func squeeze(s string) string {
	s = strings.Map(func(c rune) rune {
		switch c {
		case '\u00ad', '\u200b':
			return -1
		case '’':
			return '\''
		case '•', '–', '\f':
			return ' '
		}
		return c
	}, norm.NFKC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

func (x extractor) read(text string) said {
	text = squeeze(text)
	one := func(re *regexp.Regexp) string {
		m := re.FindStringSubmatch(text)
		if m == nil {
			return ""
		}
		return m[1]
	}
	s := said{Version: one(x.version), Persons: digits(one(x.persons)), Occurred: x.day(one(x.occurred)), Discovered: x.day(one(x.discovered)), Aware: x.day(one(x.know))}
	end := between(text, x.data, x.absent)
	if end == "" {
		end = between(text, x.data, x.after)
	}
	s.Data = x.codes(end)
	if i := x.untaken.FindStringIndex(text); i != nil {
		rest := text[i[1]:]
		if j := strings.Index(rest, x.after); j >= 0 {
			rest = rest[:j]
		}
		s.Attested = strings.Join(x.codes(rest), " ")
	}
	for _, url := range regexp.MustCompile(`https://plainte-\d+\.example\.org`).FindAllString(text, 1) {
		s.Complaint = url
	}
	s.Contact = strings.Join(regexp.MustCompile(`dpo\d+@[a-z.]+`).FindAllString(text, 1), "")
	return s
}

func between(text, from, to string) string {
	i := strings.Index(text, squeeze(from))
	if i < 0 {
		return ""
	}
	rest := text[i+len(squeeze(from)):]
	if j := strings.Index(rest, squeeze(to)); j >= 0 {
		return rest[:j]
	}
	return ""
}

// codes finds the categories named in a text: the longest words first, so that
// one does not hide in another.
func (x extractor) codes(text string) []string {
	var names []string
	for w := range x.categories {
		names = append(names, w)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	var found []string
	for _, w := range names {
		if strings.Contains(text, w) {
			found, text = append(found, x.categories[w]), strings.ReplaceAll(text, w, "¤")
		}
	}
	slices.Sort(found)
	return found
}

func (x extractor) day(s string) string {
	p := strings.Fields(s)
	if len(p) != 3 {
		return ""
	}
	d, _ := strconv.Atoi(strings.TrimSuffix(p[0], "er"))
	return fmt.Sprintf("%s-%02d-%02d", p[2], slices.Index(x.months, p[1])+1, d)
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}

// generated makes a record of facts by chance.
func generated(seed uint64) notify.Facts {
	r := rand.New(rand.NewPCG(seed, 9))
	codes := slices.DeleteFunc(notify.CategoryCodes(), func(c string) bool { return c == "unknown" })
	slices.Sort(codes)
	r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
	n := 1 + r.IntN(8)
	aware := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), 0, 0, 0, time.UTC)
	f := facts(codes[:n]...)
	f.Version, f.Persons, f.Records = 1+r.IntN(30), 1+r.Int64N(2_000_000), 1+r.Int64N(3_000_000)
	f.AwareAt, f.DiscoveredAt = aware, aware.AddDate(0, 0, -r.IntN(9))
	if r.IntN(3) > 0 {
		f.OccurredAt = f.DiscoveredAt.AddDate(0, 0, -r.IntN(300))
	}
	f.NotFound = []breach.Absence{{Code: codes[n], Rows: r.Int64N(1e6)}}
	f.Attested, f.AttestedBy = nil, ""
	if r.IntN(2) > 0 {
		f.Attested, f.AttestedBy, f.AttestedAt = codes[n+1:n+1+1+r.IntN(3)], "La directrice", aware
	}
	if r.IntN(3) == 0 {
		f.Groups = []notify.Group{{Code: notify.GroupAdults, Present: codes[:1+r.IntN(n)]}, {Code: notify.GroupMinors, Present: codes[:n]}}
	}
	f.Controller.DPO = fmt.Sprintf("dpo%d@ml.example.org", r.IntN(1000))
	if r.IntN(2) > 0 {
		f.Complaint, f.ComplaintURL = "open", fmt.Sprintf("https://plainte-%d.example.org", r.IntN(1000))
	}
	f.Signer = "La présidente"
	return f
}

// truth is what every document of the facts must say, for a reader.
func truth(f notify.Facts, group string) said {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		paris, _ := time.LoadLocation("Europe/Paris")
		return t.In(paris).Format(time.DateOnly)
	}
	s := said{Version: fmt.Sprint(f.Version), Persons: fmt.Sprint(f.Persons), Occurred: day(f.OccurredAt), Discovered: day(f.DiscoveredAt), Aware: day(f.AwareAt),
		Contact: f.Controller.DPO, Complaint: f.ComplaintURL}
	present := []string{}
	for _, c := range f.Present {
		present = append(present, c.Code)
	}
	for _, g := range f.Groups {
		if g.Code == group {
			present = slices.Clone(g.Present)
		}
	}
	slices.Sort(present)
	s.Data = present
	attested := slices.Sorted(slices.Values(f.Attested))
	s.Attested = strings.Join(attested, " ")
	return s
}

// TestDocumentsOfOneRecordAgree: an extractor that knows words and formats, and
// nothing of how documents are made, finds no contradiction between letter,
// e-mail, public page, dossier and the facts (notices.md 8, task 16).
func TestDocumentsOfOneRecordAgree(t *testing.T) {
	pdftotext, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	got := newInbox(t)
	contradictions := 0
	check := func(what string, f notify.Facts, want, have said) {
		if d := cmp.Diff(want, have); d != "" {
			if contradictions++; contradictions < 6 {
				t.Errorf("%s of record %d: %s", what, f.Version, d)
			}
		}
	}
	for _, lang := range []string{"fr", "en"} {
		x := newExtractor(t, lang)
		var letters []notify.Envelope
		var records []notify.Facts
		for seed := range uint64(recordsChecked) {
			f := generated(seed)
			r := notify.Recipient{Variant: notify.VariantAdult, Contact: breach.Contact{Language: lang}}
			doc, err := wording.Render(f, r)
			if err != nil {
				t.Fatal(err)
			}
			e := Envelope(fmt.Sprintf("msg_%s_%d", lang, seed))
			e.Doc, e.Language, e.From = doc, lang, f.Controller
			letters, records = append(letters, e), append(records, f)
			check("e-mail", f, truth(f, notify.GroupAdults), x.read(got.send(t, e)))
			check("page", f, truth(f, ""), x.read(pageText(t, f, lang)))
		}
		for i, text := range letterTexts(t, pdftotext, letters) {
			check("letter", records[i], truth(records[i], notify.GroupAdults), x.read(text))
		}
	}
	for seed := range uint64(recordsChecked) {
		f := generated(seed)
		have, want := dossierSaid(t, f), truth(f, "")
		want.Attested, want.Complaint, want.Data = "", "", classesOf(want.Data)
		check("dossier", f, want, have)
	}
	if contradictions > 0 {
		t.Errorf("%d contradictions", contradictions)
	}
}

// The extractor sees a contradiction of every kind when there is one.
func TestExtractorSeesContradictions(t *testing.T) {
	for name, change := range map[string]func(*notify.Facts){
		"version": func(f *notify.Facts) { f.Version++ }, "persons": func(f *notify.Facts) { f.Persons++ },
		"discovered": func(f *notify.Facts) { f.DiscoveredAt = f.DiscoveredAt.AddDate(0, 0, -1) },
		"aware":      func(f *notify.Facts) { f.AwareAt = f.AwareAt.AddDate(0, 0, 1) },
		"occurred":   func(f *notify.Facts) { f.OccurredAt = f.DiscoveredAt.AddDate(0, 0, -400) },
		"data":       func(f *notify.Facts) { f.Present = f.Present[1:]; f.Groups = nil },
		"attested":   func(f *notify.Facts) { f.Attested, f.AttestedBy = []string{f.NotFound[0].Code}, "La directrice" },
		"contact":    func(f *notify.Facts) { f.Controller.DPO = "dpo1001@ml.example.org" },
		"complaint":  func(f *notify.Facts) { f.Complaint, f.ComplaintURL = "open", "https://plainte-1001.example.org" },
	} {
		for _, lang := range []string{"fr", "en"} {
			f := generated(0)
			for seed := uint64(1); len(f.Present) < 3; seed++ {
				f = generated(seed)
			}
			f.Groups = nil
			want := truth(f, "")
			change(&f)
			if cmp.Equal(want, newExtractor(t, lang).read(pageText(t, f, lang))) {
				t.Errorf("%s: a page that says another %s is found to agree", lang, name)
			}
		}
	}
}

func classesOf(codes []string) []string {
	var list []string
	for _, c := range codes {
		if class, _ := notify.CategoryClass(c); !slices.Contains(list, class) {
			list = append(list, class)
		}
	}
	slices.Sort(list)
	return list
}

// letterTexts reads the letters as a reader of PDFs does, all in one batch.
func letterTexts(t *testing.T, pdftotext string, list []notify.Envelope) []string {
	t.Helper()
	pdf, m, refused, err := letter.Merge("b1", list, letter.Options{})
	if err != nil || len(refused) > 0 {
		t.Fatalf("merging: %v, refused %v", err, refused)
	}
	file := filepath.Join(t.TempDir(), "batch.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), pdftotext, "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(string(out), "\f")
	var texts []string
	for _, l := range m.Letters {
		texts = append(texts, strings.Join(pages[l.First-1:l.First-1+l.Pages], "\n"))
	}
	return texts
}

// shortLived is a directory in memory where there is one: two thousand files
// that reach the disk take a minute.
func shortLived(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "vigie-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

var tags = regexp.MustCompile(`(?s)<(script|style|head|nav)\b.*?</(script|style|head|nav)>|<[^>]*>`)

// pageText is the page in a language, as a browser's reader mode has it.
func pageText(t *testing.T, f notify.Facts, lang string) string {
	t.Helper()
	dir := shortLived(t)
	if err := page.Build(dir, page.Site{Facts: []notify.Facts{f}, Texts: page.Plain(wording.Page)}, noon); err != nil {
		t.Fatal(err)
	}
	name := map[string]string{"fr": "index.html", "en": "index.en.html"}[lang]
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(tags.ReplaceAllString(string(raw), " "))
}

// formClasses are the labels of the CNIL's form, as its screens have them.
var formClasses = map[string]string{
	"État civil": "civil_status", "NIR": "nir", "Coordonnées": "contact", "Données d'identification": "credentials", "Données financières": "financial",
	"Documents officiels": "official_document", "Données de localisation": "location", "Infractions": "offence", "Origine raciale": "ethnic_origin",
	"Opinions politiques": "political_opinion", "Opinions philosophiques": "religious_belief", "Appartenance syndicale": "union_membership",
	"Orientation sexuelle": "sexual_life", "Données de santé": "health", "Données biométriques": "biometric", "Données génétiques": "genetic", "Autres": "other",
}

func dossierSaid(t *testing.T, f notify.Facts) said {
	t.Helper()
	dir := shortLived(t)
	if err := authority.Write(dir, authority.Dossier{Facts: f, Case: breach.Case{Decision: breach.DecisionTell}, At: noon, Words: wording.Say}); err != nil {
		t.Fatal(err)
	}
	readable, err := os.ReadFile(filepath.Join(dir, "dossier.html"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "dossier.json"))
	if err != nil {
		t.Fatal(err)
	}
	if newExtractor(t, "fr").untaken.MatchString(squeeze(html.UnescapeString(string(raw) + string(readable)))) {
		t.Errorf("the dossier of record %d calls something not taken that nobody attests there", f.Version)
	}
	var d struct {
		Version    int
		Data       []string
		People     struct{ Number int64 }
		Organism   struct{ DPO string }
		Chronology map[string]any
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	paris, _ := time.LoadLocation("Europe/Paris")
	day := func(key string) string {
		s, _ := d.Chronology[key].(string)
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return ""
		}
		return at.In(paris).Format(time.DateOnly)
	}
	s := said{Version: fmt.Sprint(d.Version), Persons: fmt.Sprint(d.People.Number), Occurred: day("occurred_at"), Discovered: day("discovered_at"), Aware: day("aware_at"), Contact: d.Organism.DPO}
	for _, label := range d.Data {
		for start, class := range formClasses {
			if strings.HasPrefix(label, start) {
				s.Data = append(s.Data, class)
			}
		}
	}
	slices.Sort(s.Data)
	return s
}

// inbox receives e-mails on the loopback.
type inbox struct {
	mu   sync.Mutex
	last []byte
	ch   *email.SMTP
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	b := &inbox{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailSession{b}, nil }))
	server.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	if b.ch, err = email.NewSMTP(email.Config{Addr: l.Addr().String(), From: "notification@vigie.example.org", Timeout: 5 * time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.ch.Close() })
	return b
}

type mailSession struct{ b *inbox }

func (mailSession) Reset()                               {}
func (mailSession) Logout() error                        { return nil }
func (mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.last = raw
	return err
}

// send hands a message over and returns its plain text as it arrived.
func (b *inbox) send(t *testing.T, e notify.Envelope) string {
	t.Helper()
	if _, err := b.ch.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	m, err := mail.ReadMessage(bytes.NewReader(b.last))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		t.Fatalf("%s: %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal("no plain text: ", err)
		}
		if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			continue
		}
		var r io.Reader = p
		if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			r = quotedprintable.NewReader(p)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}
