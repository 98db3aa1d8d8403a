package institution_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/institution"
	"vigie/notify/letter"
	"vigie/notify/lint"
	"vigie/notify/wording"
)

var aware = time.Date(2026, 10, 23, 8, 20, 0, 0, time.UTC) // a Friday, two days before winter time

func brief() institution.Brief {
	return institution.Brief{
		Facts: wording.Propose(notify.Facts{
			Incident: "inc_1", Version: 3, System: "Similo",
			Controller: breach.Controller{ID: "ml", Name: "Mission Locale d'Orbe", Kind: "mission_locale", DPO: "dpo@example.org", Phone: "+33199001234",
				Address: "12 rue des Lilas|99100 ORBE"},
			Summary:      map[string]string{"fr": "Un fichier a été mis en vente sur un site.", "en": "A file was offered for sale on a site."},
			DiscoveredAt: aware, Present: []breach.Category{{Code: "civil_status", Count: 5}, {Code: "nir", Count: 5}, {Code: "contact", Count: 5}},
			NotFound: []breach.Absence{{Code: "iban", Rows: 12345}}, Attested: []string{"password"}, AttestedBy: "La directrice",
			Records: 12345, Persons: 4000, Measures: []string{"access_closed", "watch"},
			PageURL: "https://vigie.example.org/inc_1/", Complaint: "none",
		}),
		Case: breach.Case{AwareAt: aware}, Letters: 6000, At: aware.Add(time.Hour),
		FirstAt: aware.AddDate(0, 0, 6), PublicAt: aware.AddDate(0, 0, 7), TeamPhone: "+33199000000", Say: wording.Phrase,
	}
}

func options() lint.Options {
	return lint.Options{Contacts: []string{"dpo@example.org", "+33199001234", "+33199000000"}}
}

// TestLinted renders everything in both languages, with and without what is not
// known yet, and reads it as the linter does.
func TestLinted(t *testing.T) {
	bare := brief()
	bare.Letters, bare.FirstAt, bare.PublicAt, bare.Case.AwareAt = 0, time.Time{}, time.Time{}, time.Time{}
	bare.Facts.DiscoveredAt, bare.Facts.System, bare.Facts.Persons, bare.Facts.NotFound, bare.Facts.Attested, bare.Facts.PageURL = time.Time{}, "", 0, nil, nil, ""
	kinds := append(institution.Kinds(), institution.KindFollowup3, institution.KindFollowup6)
	for name, b := range map[string]institution.Brief{"full": brief(), "bare": bare} {
		for _, lang := range i18n.Languages() {
			for _, k := range kinds {
				d, err := institution.Render(b, k, lang)
				if err != nil {
					t.Fatalf("%s %s %s: %v", name, k, lang, err)
				}
				if found := lint.Prose(d, options()); len(found) > 0 {
					t.Errorf("%s %s %s: %+v", name, k, lang, found)
				}
				if d.Version != 3 || !strings.Contains(text(d), "version") || !strings.Contains(text(d), "inc_1") {
					t.Errorf("%s %s %s does not say from which version it is", name, k, lang)
				}
			}
			for _, g := range institution.Groups() {
				d, err := institution.Kit(b, g, lang)
				if err != nil {
					t.Fatal(err)
				}
				if found := lint.Prose(d, options()); len(found) > 0 {
					t.Errorf("%s kit %s %s: %+v", name, g, lang, found)
				}
			}
		}
	}
}

// TestAgree extracts numbers, dates and categories from every document with
// patterns of its own, and finds the same everywhere as in the letters.
func TestAgree(t *testing.T) {
	b := brief()
	letters, err := wording.Sections(b.Facts, "fr")
	if err != nil {
		t.Fatal(err)
	}
	all := text(notify.Document{Blocks: letters})
	persons := regexp.MustCompile(`concerne ([0-9\x{a0}\x{202f}]+) personnes`)
	found := regexp.MustCompile(`découvert le ([^.]+)\.`)
	want := []string{persons.FindStringSubmatch(all)[1], found.FindStringSubmatch(all)[1]}
	docs := 0
	for _, k := range institution.Kinds() {
		d, err := institution.Render(b, k, "fr")
		if err != nil {
			t.Fatal(err)
		}
		got := text(d)
		for i, m := range []*regexp.Regexp{persons, found} {
			for _, x := range m.FindAllStringSubmatch(got, -1) {
				docs++
				if x[1] != want[i] {
					t.Errorf("%s says %q, the letters say %q", k, x[1], want[i])
				}
			}
		}
		for _, c := range b.Facts.Present {
			if !strings.Contains(got, wording.Category("fr", c.Code)) {
				t.Errorf("%s does not name %s", k, c.Code)
			}
		}
		if strings.Contains(got, "n'ont pas été volées") {
			t.Errorf("%s calls something not taken", k)
		}
	}
	if docs < 6 {
		t.Errorf("only %d numbers and dates were compared", docs)
	}
}

// TestClock counts the 72 hours over a week-end in which the clocks go back.
func TestClock(t *testing.T) {
	d, err := institution.Render(brief(), institution.KindLetter, "fr")
	if err != nil {
		t.Fatal(err)
	}
	got := text(d)
	// Friday 10.20 in Paris; the hour is not counted; 72 hours on it is Monday
	// 10.00 by the clock, an hour earlier than without the night of 25 October.
	if !strings.Contains(got, "26\u00a0octobre\u00a02026 à 10\u00a0h\u00a000") {
		t.Errorf("the deadline is wrong: %s", got)
	}
	for _, want := range []string{"Madame la Présidente, Monsieur le Président,", "Vous êtes prévenus avant le public", "votre seule clé"} {
		if !strings.Contains(got, want) {
			t.Errorf("the letter lacks %q", want)
		}
	}
	steps, err := institution.Steps(brief())
	if err != nil || !slices.IsSortedFunc(steps, func(a, b institution.Step) int { return a.By.Compare(b.By) }) {
		t.Errorf("the steps are not in order of time: %+v, %v", steps, err)
	}
	for _, kind := range []string{"commune", "school", "moon base"} {
		b := brief()
		b.Facts.Controller.Kind = kind
		if d, err = institution.Render(b, institution.KindLetter, "fr"); err != nil {
			t.Fatal(err)
		}
		call := map[string]string{"commune": "Madame, Monsieur le Maire,", "school": "Madame la Cheffe d'établissement", "moon base": "Madame, Monsieur,"}[kind]
		if !strings.Contains(text(d), call) {
			t.Errorf("%s is not addressed as %q", kind, call)
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*institution.Brief){
		"no version":   func(b *institution.Brief) { b.Facts.Version = 0 },
		"no summary":   func(b *institution.Brief) { b.Facts.Summary = nil },
		"no dpo":       func(b *institution.Brief) { b.Facts.Controller.DPO = " \u200b" },
		"unknown code": func(b *institution.Brief) { b.Facts.Measures = []string{"magic"} },
		"no words":     func(b *institution.Brief) { b.Say = nil },
		"too many":     func(b *institution.Brief) { b.Letters = 1 << 40 },
	} {
		b := brief()
		spoil(&b)
		var refused *breach.RefusedError
		if _, err := institution.Render(b, institution.KindCalls, "fr"); name != "unknown code" && (!errors.As(err, &refused) || refused.Code != "incomplete") {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := institution.Render(b, institution.KindPress, "fr"); name == "unknown code" && !errors.As(err, &refused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := institution.Render(brief(), "poem", "fr"); !errors.Is(err, breach.ErrInvalid) {
		t.Error("a poem is written")
	}
	if _, err := institution.Render(brief(), institution.KindPress, "tlh"); !errors.Is(err, breach.ErrInvalid) {
		t.Error("a language without words is written")
	}
}

func TestKit(t *testing.T) {
	for _, tt := range []struct {
		group       institution.Group
		state, want string
	}{
		{institution.GroupTutor, "none", "article 475"},
		{institution.GroupCurator, "none", "article 468"},
		{institution.GroupParent, "none", "au nom de l'enfant"},
		{institution.GroupYoung, "none", "moins de 18 ans"},
		{institution.GroupAdult, "none", "Aucune démarche de plainte en ligne"},
		{institution.GroupAdult, "", "Aucune démarche de plainte en ligne"},
		{institution.GroupAdult, "announced", "n'est pas encore ouverte"},
		{institution.GroupAdult, "open", "Tapez vous-même l'adresse : plainte.example.org"},
		{institution.GroupAdult, "withdrawn", "est fermée"},
	} {
		b := brief()
		b.Facts.Complaint, b.Facts.ComplaintURL = tt.state, "plainte.example.org"
		d, err := institution.Kit(b, tt.group, "fr")
		if err != nil || !strings.Contains(text(d), tt.want) {
			t.Errorf("%s %q: lacks %q (%v)", tt.group, tt.state, tt.want, err)
		}
		if open := strings.Contains(text(d), "plainte.example.org"); open != (tt.state == "open") {
			t.Errorf("%s %q: the address of the channel is given: %v", tt.group, tt.state, open)
		}
		if caution := strings.Contains(text(d), "475"); caution != (tt.group == institution.GroupTutor) {
			t.Errorf("%s: the caution of article 475 stands there: %v", tt.group, caution)
		}
	}
	b := brief()
	for state, url := range map[string]string{"open": "", "perhaps": "x"} {
		b.Facts.Complaint, b.Facts.ComplaintURL = state, url
		if _, err := institution.Kit(b, institution.GroupAdult, "fr"); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("a channel %q at %q: got %v", state, url, err)
		}
	}
}

func TestExpect(t *testing.T) {
	v, err := institution.Expect(10_000)
	if err != nil || v.Low != 110 || v.Mid != 430 || v.High != 1100 || len(v.Days) != 5 || v.Days[0].Mid != 150 || v.Days[0].Agents != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	if v.Model.From.IsZero() || v.Model.Source == "" {
		t.Error("the model has no date or source")
	}
	for _, n := range []int64{0, 1, 1_600_000} {
		v, err := institution.Expect(n)
		if err != nil || v.Low > v.Mid || v.Mid > v.High || n > 0 && v.Mid == 0 {
			t.Errorf("%d letters: %+v, %v", n, v, err)
		}
	}
	if _, err := institution.Expect(-1); !errors.Is(err, breach.ErrInvalid) {
		t.Error("fewer than no letters")
	}
}

func TestPanel(t *testing.T) {
	names := func(region string) (list []string) {
		all, from, err := institution.Panel(region)
		if err != nil || from.Source == "" {
			t.Fatal(err)
		}
		for _, h := range all {
			list = append(list, h.Code)
		}
		return list
	}
	if got := names(""); !slices.Equal(got, []string{"17cyber", "33700", "cnil", "anssi"}) {
		t.Errorf("everywhere: %v", got)
	}
	if got := names("53"); !slices.Contains(got, "csirt-bretagne") || slices.Contains(got, "csirt-idf") {
		t.Errorf("Brittany: %v", got)
	}
}

func TestHTML(t *testing.T) {
	b := brief()
	b.Facts.Controller.Name = "Mission <script>alert(1)</script>"
	d, err := institution.Render(b, institution.KindIntranet, "en")
	if err != nil {
		t.Fatal(err)
	}
	page, err := institution.HTML(d, "en")
	if err != nil || strings.Contains(string(page), "<script") || !strings.Contains(string(page), `<html lang="en">`) || strings.Contains(string(page), "http://") {
		t.Errorf("%v: %s", err, page)
	}
	if plain := string(institution.Text(d)); !strings.Contains(plain, "1. Look at the message") {
		t.Errorf("%s", plain)
	}
}

func TestEnvelope(t *testing.T) {
	for _, tt := range []struct {
		name, controller, address string
		want                      []string
		code                      string
	}{
		{"short", "Mission Locale d'Orbe", "12 rue des Lilas|99100 Orbe", []string{"MISSION LOCALE D'ORBE", "12 RUE DES LILAS", "99100 ORBE"}, ""},
		{"long name", "Mission Locale pour l'insertion des jeunes du Pays d'Orbe", "BP 12|12 rue des Lilas|99100 ORBE",
			[]string{"Mission Locale pour l'insertion des", "jeunes du Pays d'Orbe", "BP 12", "12 RUE DES LILAS", "99100 ORBE"}, ""},
		{"no address", "Mission Locale d'Orbe", "", nil, "address"},
		{"no postcode", "Mission Locale d'Orbe", "12 rue des Lilas", nil, "address"},
		{"too many lines", "Mission Locale d'Orbe", "a|b|c|d|99100 ORBE", nil, "address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := brief()
			b.Facts.Controller.Name, b.Facts.Controller.Address = tt.controller, tt.address
			e, err := institution.Envelope(b, "fr")
			var refused *breach.RefusedError
			if tt.code != "" {
				if !errors.As(err, &refused) || refused.Code != tt.code {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			lines, err := letter.Address(e.To)
			if err != nil || !slices.Equal(lines, tt.want) {
				t.Errorf("%q, %v", lines, err)
			}
			pdf, err := letter.Render(e, letter.Options{})
			again, _ := letter.Render(e, letter.Options{})
			if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") || string(pdf) != string(again) {
				t.Errorf("%v", err)
			}
		})
	}
}

func text(d notify.Document) string {
	return string(institution.Text(d))
}
