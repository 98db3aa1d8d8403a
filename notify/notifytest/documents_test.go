package notifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
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
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/authority"
	"vigie/notify/email"
	"vigie/notify/letter"
	"vigie/notify/page"
	"vigie/notify/wording"
)

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
