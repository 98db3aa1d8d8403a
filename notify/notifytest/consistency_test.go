package notifytest

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/wording"
)

// recordsChecked is how many records of facts are held against their documents.
const recordsChecked = 200

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
