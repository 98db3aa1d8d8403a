package wording

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

func facts() notify.Facts {
	return Propose(notify.Facts{
		Incident: "inc_1", Version: 3,
		Controller: breach.Controller{Name: "Mission Locale du Val d'Orbe", DPO: "dpo@ml-val-d-orbe.example.org",
			Phone: "+33199001234", Website: "ml-val-d-orbe.example.org", Address: "12 rue des Lilas|99100 ORBE"},
		Summary:      map[string]string{"fr": "Un fichier extrait du logiciel a été mis en vente.", "en": "A file taken from the software was put on sale."},
		System:       "Similo",
		DiscoveredAt: time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC),
		AwareAt:      time.Date(2026, 11, 19, 9, 0, 0, 0, time.UTC),
		Present:      []breach.Category{{Code: "name", Count: 10}, {Code: "email", Count: 9}, {Code: "address", Count: 8}},
		NotFound:     []breach.Absence{{Code: "nir", LookedFor: "nir", Rows: 12345, Recall: 0.99}},
		Attested:     []string{"iban"}, AttestedBy: "La directrice",
		Persons: 1200, Measures: []string{"access_closed", "watch"}, Complaint: "none",
	})
}

func text(d notify.Document) string {
	var b strings.Builder
	b.WriteString(d.Title + "\n")
	for _, x := range d.Blocks {
		fmt.Fprintln(&b, x.Heading)
		fmt.Fprintln(&b, strings.Join(append(x.Text, x.List...), "\n"))
	}
	return b.String()
}

func TestRenderEveryVariant(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		for _, v := range notify.Variants() {
			r := notify.Recipient{Variant: v, About: "Alix", Contact: breach.Contact{Language: lang}}
			d, err := Render(facts(), r)
			if err != nil {
				t.Fatalf("%s %s: %v", lang, v, err)
			}
			got := text(d)
			for _, want := range []string{"Mission Locale du Val d'Orbe", "dpo@ml-val-d-orbe.example.org", "01 99 00 12 34", "Similo", "Alix", "inc_1"} {
				if !strings.Contains(got, want) {
					t.Errorf("%s %s: %q is missing", lang, v, want)
				}
			}
			if strings.ContainsAny(got, "%⁇{}") || d.Version != 3 {
				t.Errorf("%s %s: a hole in\n%s", lang, v, got)
			}
		}
	}
}

// Every action that has words has a place in the order, and proposals keep it.
func TestActionsHaveAnOrder(t *testing.T) {
	cat, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range cat.Keys() {
		code, ok := strings.CutSuffix(strings.TrimPrefix(key, "action."), ".what")
		if ok && strings.HasPrefix(key, "action.") && !slices.Contains(actions(), code) {
			t.Errorf("action %s has no place", code)
		}
	}
	f := notify.Facts{}
	for _, code := range notify.CategoryCodes() {
		f.Present = append(f.Present, breach.Category{Code: code})
	}
	if got := Propose(f).Actions; !slices.Equal(got, actions()) {
		t.Errorf("proposed %v, order %v", got, actions())
	}
}

func TestNotTakenOnlyWhenAttested(t *testing.T) {
	f := facts()
	with := text(render(t, f))
	f.Attested = nil
	without := text(render(t, f))
	if !strings.Contains(with, "n'ont donc pas été volées") || strings.Contains(without, "n'ont donc pas été volées") {
		t.Error("what is not attested is called not taken, or what is attested is not")
	}
	if !strings.Contains(without, "12\u00a0345 lignes") {
		t.Error("what was looked for and not found is not said")
	}
}

func render(t *testing.T, f notify.Facts) notify.Document {
	t.Helper()
	d, err := Render(f, notify.Recipient{Variant: notify.VariantAdult})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRefusesHoles(t *testing.T) {
	for _, tt := range []struct {
		name string
		cut  func(*notify.Facts)
		want string
	}{
		{"no contact point", func(f *notify.Facts) { f.Controller.DPO = " " }, "controller.dpo"},
		{"no nature", func(f *notify.Facts) { f.Summary = nil }, "summary.fr"},
		{"no category", func(f *notify.Facts) { f.Present = nil }, "present"},
		{"no consequence", func(f *notify.Facts) { f.Consequences = nil }, "consequences"},
		{"no measure", func(f *notify.Facts) { f.Measures = nil }, "measures"},
		{"two actions", func(f *notify.Facts) { f.Actions = f.Actions[:2] }, "actions"},
		{"no version", func(f *notify.Facts) { f.Version = 0 }, "version"},
		{"no date", func(f *notify.Facts) { f.DiscoveredAt, f.AwareAt = time.Time{}, time.Time{} }, "discovered_at"},
		{"complaint open without an address", func(f *notify.Facts) { f.Complaint = "open" }, "complaint_url"},
		{"complaint state unknown", func(f *notify.Facts) { f.Complaint = "soon" }, "complaint"},
		{"attested and yet in the dump", func(f *notify.Facts) { f.Attested = []string{"email"} }, "attested email"},
		{"category without words", func(f *notify.Facts) { f.Present = []breach.Category{{Code: "shoe_size"}} }, "category.shoe_size"},
		{"measure without words", func(f *notify.Facts) { f.Measures = []string{"prayer"} }, "measure.prayer"},
		{"action without words", func(f *notify.Facts) { f.Actions = append(f.Actions, "panic") }, "action.panic.when"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts()
			tt.cut(&f)
			_, err := Render(f, notify.Recipient{Variant: notify.VariantAdult})
			var refused *breach.RefusedError
			if !errors.As(err, &refused) || refused.Code != "incomplete" || !strings.Contains(refused.Hint, tt.want) {
				t.Errorf("got %v, want a refusal that names %s", err, tt.want)
			}
		})
	}
	if _, err := Render(facts(), notify.Recipient{Variant: "aunt"}); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("unknown variant: got %v", err)
	}
}

func TestShort(t *testing.T) {
	d := render(t, facts())
	if !strings.Contains(d.Short, "Mission Locale du Val d'Orbe") || !strings.Contains(d.Short, "01 99 00 12 34") {
		t.Errorf("the pointer does not say who and where to ask: %q", d.Short)
	}
	n, err := Render(facts(), notify.Recipient{Variant: notify.VariantAdult, Neutral: true})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(n.Short, "Mission") || strings.Contains(n.Short, "01 99") {
		t.Errorf("a neutral pointer names the service: %q", n.Short)
	}
}

func TestHostileFactsStayOneLine(t *testing.T) {
	f := facts()
	f.Summary["fr"] = "Un vol.\r\nBcc: x@example.org\n\n1. faux\u202e\u200b\x00"
	f.Controller.Name = "Mairie\nde <b>Villefranche</b>"
	d := render(t, f)
	for _, b := range d.Blocks {
		for _, s := range append(b.Text, b.List...) {
			if strings.ContainsAny(s, "\r\n\x00\u202e\u200b") {
				t.Errorf("a control passed: %q", s)
			}
		}
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	cat, err := catalogue() // the same keys in every language, or an error
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range notify.Reasons() {
		if !cat.Has("reason." + code) {
			t.Errorf("reason %s has no words", code)
		}
	}
	for _, code := range notify.CategoryCodes() {
		if !cat.Has("category." + code) {
			t.Errorf("category %s has no words", code)
		}
	}
	if Reason("en", "nothing") != "nothing" || Category("fr", "sex") != "sexe" {
		t.Error("a code is not translated, or an unknown one is hidden")
	}
}

func TestProposedCodesHaveWords(t *testing.T) {
	for _, code := range notify.CategoryCodes() {
		f := facts()
		f.Present, f.Attested, f.Consequences, f.Actions = []breach.Category{{Code: code, Count: 1}}, nil, nil, nil
		if _, err := Render(Propose(f), notify.Recipient{Variant: notify.VariantAdult}); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A benefit's number is no bank account, and a marital status no identity.
func TestProposedFromWhatWasFound(t *testing.T) {
	tests := []struct{ code, want, not string }{
		{"financial", "bank_fraud", "social_fraud"},
		{"income", "social_fraud", "bank_fraud"},
		{"family", "loss_of_control", "identity_theft"},
		{"civil_status", "identity_theft", "bank_fraud"},
	}
	for _, tt := range tests {
		f := facts()
		f.Present, f.Consequences, f.Actions = []breach.Category{{Code: tt.code, Count: 1}}, nil, nil
		got := Propose(f).Consequences
		if !slices.Contains(got, tt.want) || slices.Contains(got, tt.not) {
			t.Errorf("%s: %v", tt.code, got)
		}
	}
}

func TestHash(t *testing.T) {
	if h := Hash(); len(h) != 64 || h != Hash() {
		t.Errorf("hash %q is not a stable SHA-256", h)
	}
}

func BenchmarkRender(b *testing.B) {
	f, r := facts(), notify.Recipient{Variant: notify.VariantAdult}
	for b.Loop() {
		if _, err := Render(f, r); err != nil {
			b.Fatal(err)
		}
	}
}
