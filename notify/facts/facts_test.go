package facts

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vigie/internal/breach"
	"vigie/notify"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func sample() notify.Facts {
	return notify.Facts{
		Incident: "inc_1", Version: 1, Controller: breach.Controller{ID: "ml", Name: "Mission locale", DPO: "dpo@ml.example.org", Phone: "+33199001234"},
		Summary: map[string]string{"fr": "Un fichier a été copié.", "en": "A file was copied."}, System: "Similo",
		OccurredAt: noon.AddDate(0, 0, -9), DiscoveredAt: noon.AddDate(0, 0, -3), AwareAt: noon.AddDate(0, 0, -2),
		Present:  []breach.Category{{Code: "name", Count: 10}, {Code: "email", Count: 9}, {Code: "income", Count: 4}},
		NotFound: []breach.Absence{{Code: "nir", Rows: 100}}, Attested: []string{"iban"}, AttestedBy: "La directrice", AttestedName: "Odile Canari", AttestedAt: noon.AddDate(0, 0, -1),
		Persons: 100, Consequences: []string{"phishing"}, Measures: []string{"access_closed", "watch"}, Actions: []string{"ignore_links", "never_give", "report"}, Complaint: "none",
	}
}

func TestEditChangesNothingByItself(t *testing.T) {
	f := sample()
	if d := cmp.Diff(f, Of(f).Apply(f), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	raw, err := Of(f).Format()
	if err != nil {
		t.Fatal(err)
	}
	e, err := Parse(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Of(f), e, cmpopts.EquateEmpty()); d != "" {
		t.Error("through YAML", d)
	}
	if err := e.Check(noon, nil); err != nil {
		t.Error(err)
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Edit)
		want   string
	}{
		{"dates, counts and versions", func(e *Edit) {
			e.Summary["fr"] = "Le 3 octobre 2026, vers 14 h 30, un tiers a copié 1 250 000 lignes par 12 requêtes. L’accès a été fermé le 04/10/2026."
			e.System = "Similo 12.4.1 (serveur 3)"
		}, ""},
		{"no words", func(e *Edit) { e.Summary = nil }, "summary-missing"},
		{"too many words", func(e *Edit) { e.Summary = map[string]string{"fr": strings.Repeat("a", 2001), "en": "b"} }, "text"},
		{"a social security number", func(e *Edit) { e.Summary["fr"] += " Par exemple 2 55 08 14 168 025 38." }, "personal-value"},
		{"an account", func(e *Edit) { e.Summary["en"] += " Such as FR76 3000 6000 0112 3456 7890 189." }, "personal-value"},
		{"a telephone", func(e *Edit) { e.Summary["fr"] += " Appelez le 06 39 98 00 42." }, "personal-value"},
		{"an e-mail address", func(e *Edit) { e.System = "lina.canari@example.org" }, "personal-value"},
		{"a date of birth", func(e *Edit) { e.Summary["fr"] += " Une personne née le 3 mars 2011." }, "personal-value"},
		{"a control", func(e *Edit) { e.System = "Sim\x00ilo" }, "text"},
		{"nothing found", func(e *Edit) { e.Present = nil }, "present-missing"},
		{"a category nobody knows", func(e *Edit) { e.Present = []string{"shoe_size"} }, "category-unknown"},
		{"a category twice", func(e *Edit) { e.Present = []string{"name", "name"} }, "code-twice"},
		{"attested and found", func(e *Edit) { e.Attestation.Codes = []string{"email"} }, "attested-present"},
		{"its class found", func(e *Edit) { e.Present, e.Attestation.Codes = []string{"financial"}, []string{"iban"} }, "attested-present"},
		{"a class, one of it found", func(e *Edit) { e.Attestation.Codes = []string{"contact"} }, "attested-present"},
		{"attested by nobody", func(e *Edit) { e.Attestation.Name = "" }, "attestation-unsigned"},
		{"attested at no date", func(e *Edit) { e.Attestation.At = time.Time{} }, "attestation-unsigned"},
		{"attests nothing", func(e *Edit) { e.Attestation.Codes = nil }, "attestation-empty"},
		{"tomorrow", func(e *Edit) { e.OccurredAt = noon.AddDate(0, 0, 1) }, "date-future"},
		{"long ago", func(e *Edit) { e.OccurredAt = time.Unix(1, 0) }, "date-old"},
		{"discovered before", func(e *Edit) { e.OccurredAt = e.DiscoveredAt.Add(time.Hour) }, "date-order"},
		{"no state", func(e *Edit) { e.Complaint = "perhaps" }, "complaint-state"},
		{"open nowhere", func(e *Edit) { e.Complaint = "open" }, "complaint-url"},
		{"a trap", func(e *Edit) { e.Complaint, e.ComplaintURL = "open", "https://a:b@plainte.example.org/?x=1" }, "url"},
		{"two actions", func(e *Edit) { e.Actions = e.Actions[:2] }, "action-missing"},
		{"no measure", func(e *Edit) { e.Measures = nil }, "measure-missing"},
		{"a measure without words", func(e *Edit) { e.Measures = []string{"magic"} }, "code-unknown"},
		{"a group nobody knows", func(e *Edit) { e.Groups = []notify.Group{{Code: "cats", Present: []string{"name"}}} }, "group-unknown"},
		{"a group of more than all", func(e *Edit) { e.Groups = []notify.Group{{Code: "adults", Present: []string{"nir"}}} }, "group-category"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := Of(sample())
			tt.change(&e)
			got := Codes(e.Check(noon, func(key string) bool { return key != "measure.magic" }))
			if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("codes %v, want %q", got, tt.want)
			}
		})
	}
}

func TestRevise(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old      func(*notify.Facts)
		change   func(*notify.Facts)
		group    string
		tell     Tell
		want     []string // what and code
		corrects bool
	}{
		{name: "nothing"},
		{name: "typing", change: func(f *notify.Facts) {
			f.Summary = map[string]string{"fr": "Un fichier  a été copié !", "en": "a file was copied"}
		}, tell: TellNews},
		{name: "a count", change: func(f *notify.Facts) { f.Persons, f.Records = 120, 9 }, tell: TellNews},
		{name: "who signs", change: func(f *notify.Facts) { f.Signer = "Le président" }, tell: TellNews},
		{name: "a category more", change: func(f *notify.Facts) { f.Present = append(f.Present, breach.Category{Code: "nir"}); f.NotFound = nil }, want: []string{"category nir"}, corrects: true},
		{name: "a category less", change: func(f *notify.Facts) { f.Present = f.Present[:2] }, want: []string{"category income"}, corrects: true},
		{name: "a category of adults, to an adult", change: func(f *notify.Facts) { f.Groups = []notify.Group{{Code: "minors", Present: []string{"name", "email"}}} }, group: "adults"},
		{name: "a category of adults, to a minor", change: func(f *notify.Facts) { f.Groups = []notify.Group{{Code: "minors", Present: []string{"name", "email"}}} }, group: "minors",
			want: []string{"category income"}, corrects: true},
		{name: "an attestation withdrawn", change: func(f *notify.Facts) { f.Attested = nil }, want: []string{"attested iban"}, corrects: true},
		{name: "an attestation more", change: func(f *notify.Facts) { f.Attested = []string{"iban", "health"} }},
		{name: "an attestation more, as news", change: func(f *notify.Facts) { f.Attested = []string{"iban", "health"} }, tell: TellNews, want: []string{"attested health"}},
		{name: "another day", change: func(f *notify.Facts) { f.OccurredAt = f.OccurredAt.AddDate(0, 0, -1) }, want: []string{"occurred "}, corrects: true},
		{name: "another hour of the day", change: func(f *notify.Facts) { f.OccurredAt = f.OccurredAt.Add(time.Hour) }},
		{name: "a day at last", old: func(f *notify.Facts) { f.OccurredAt = time.Time{} }, change: func(f *notify.Facts) { f.OccurredAt = noon.AddDate(0, 0, -5) }},
		{name: "a complaint opens", change: func(f *notify.Facts) { f.Complaint, f.ComplaintURL = "open", "https://p.example.org" }, tell: TellNews, want: []string{"complaint "}},
		{name: "a complaint opens, not told", change: func(f *notify.Facts) { f.Complaint, f.ComplaintURL = "open", "https://p.example.org" }},
		{name: "a complaint moves", old: func(f *notify.Facts) { f.Complaint, f.ComplaintURL = "open", "https://a.example.org" },
			change: func(f *notify.Facts) { f.ComplaintURL = "https://b.example.org" }, want: []string{"complaint "}, corrects: true},
		{name: "announced and withdrawn", old: func(f *notify.Facts) { f.Complaint = "announced" }, change: func(f *notify.Facts) { f.Complaint = "withdrawn" }, want: []string{"complaint "}, corrects: true},
		{name: "a wrong number", change: func(f *notify.Facts) { f.Controller.Phone = "+33199009999" }, want: []string{"phone "}, corrects: true},
		{name: "a measure that was none", change: func(f *notify.Facts) { f.Measures = []string{"watch"} }, want: []string{"measure access_closed"}, corrects: true},
		{name: "a measure more", change: func(f *notify.Facts) { f.Measures = append(f.Measures, "front_desk") }, tell: TellNews, want: []string{"measure front_desk"}},
		{name: "another story, on a person's word", change: func(f *notify.Facts) { f.Summary = map[string]string{"fr": "Rien.", "en": "Nothing."} }, tell: TellWrong, want: []string{"summary "}, corrects: true},
		{name: "another story", change: func(f *notify.Facts) { f.Summary = map[string]string{"fr": "Rien.", "en": "Nothing."} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := sample()
			if tt.old != nil {
				tt.old(&old)
			}
			now := old
			now.Present, now.Measures = slices.Clone(old.Present), slices.Clone(old.Measures)
			if tt.change != nil {
				tt.change(&now)
			}
			r, ok := Revise(old, now, tt.group, tt.tell)
			var got []string
			for _, c := range r.Changes {
				got = append(got, c.What+" "+c.Code)
			}
			if d := cmp.Diff(tt.want, got); d != "" || ok != (len(tt.want) > 0) || r.Corrects != tt.corrects {
				t.Errorf("ok %t, corrects %t %s", ok, r.Corrects, d)
			}
		})
	}
}

// What was told and then changed back is told to nobody who had heard nothing
// else.
func TestReviseThereAndBack(t *testing.T) {
	f := sample()
	if r, ok := Revise(f, Of(f).Apply(f), "", TellWrong); ok {
		t.Errorf("%+v", r)
	}
}

func FuzzParse(f *testing.F) {
	raw, err := Of(sample()).Format()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("summary: {fr: a}\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("present: [name]\n---\nx: 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Parse(bytes.NewReader(data))
		if err != nil {
			return
		}
		if e.Check(noon, nil) != nil {
			return
		}
		again, err := e.Format()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(bytes.NewReader(again)); err != nil {
			t.Fatalf("what is sound cannot be read again: %v\n%s", err, again)
		}
	})
}
