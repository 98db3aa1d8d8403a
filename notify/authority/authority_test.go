package authority

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

func TestAssess(t *testing.T) {
	published := Circumstances{Confidentiality: 0.5, Malice: 0.5}
	for _, tt := range []struct {
		name     string
		f        Factors
		quarters int
		level    string
	}{
		{"customer list sold on a forum", Factors{DPC: map[string]int{"simple": 1}, EI: 1, CB: published}, 8, "medium"},
		{"young people of a Mission Locale", Factors{DPC: map[string]int{"simple": 3}, EI: 1, CB: published}, 16, "very high"},
		{"the same, raised to 2 only", Factors{DPC: map[string]int{"simple": 2}, EI: 1, CB: published}, 12, "high"},
		{"civil-status acts with marginal notes", Factors{DPC: map[string]int{"simple": 2, "sensitive": 4}, EI: 1, CB: published}, 20, "very high"},
		{"pupil codes to a known recipient", Factors{DPC: map[string]int{"simple": 1}, EI: 0.25, CB: Circumstances{Confidentiality: 0.25}}, 2, "low"},
		{"just below medium", Factors{DPC: map[string]int{"simple": 1}, EI: 1, CB: Circumstances{Confidentiality: 0.5, Integrity: 0.25}}, 7, "low"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Assess(tt.f)
			if err != nil || s.Quarters != tt.quarters || s.Level != tt.level || s.Score != float64(tt.quarters)/4 {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
}

// TestAssessEverything compares every combination with the formula written the
// plain way, in the hundredths of a point that people would use.
func TestAssessEverything(t *testing.T) {
	n := 0
	for d := 0; d < 625; d++ {
		dpc := map[string]int{"simple": d % 5, "behavioural": d / 5 % 5, "financial": d / 25 % 5, "sensitive": d / 125 % 5}
		best := max(d%5, d/5%5, d/25%5, d/125%5)
		for ei := 25; ei <= 100; ei += 25 {
			for cb := 0; cb < 54; cb++ {
				c, i, a, m := cb%3*25, cb/3%3*25, cb/9%3*25, cb/27*50
				s, err := Assess(Factors{DPC: dpc, EI: float64(ei) / 100, CB: Circumstances{float64(c) / 100, float64(i) / 100, float64(a) / 100, Malice(float64(m) / 100)}})
				if best == 0 {
					if !errors.Is(err, breach.ErrInvalid) {
						t.Fatal("no data, and yet a score")
					}
					continue
				}
				score := best*ei + c + i + a + m
				level := "very high"
				if score < 200 {
					level = "low"
				} else if score < 300 {
					level = "medium"
				} else if score < 400 {
					level = "high"
				}
				n++
				if err != nil || s.Quarters*25 != score || s.Level != level {
					t.Fatalf("%v ei %d cb %d %d %d %d: got %+v, %v, want %d %s", dpc, ei, c, i, a, m, s, err, score, level)
				}
			}
		}
	}
	if n != 624*4*54 {
		t.Fatalf("%d combinations", n)
	}
}

func TestReadFactors(t *testing.T) {
	f, err := ReadFactors(strings.NewReader(`{"dpc":{"simple":1,"financial":0},"ei":0.75,"cb":{"confidentiality":0.25,"integrity":0,"availability":0,"malice":true},"people":101,"unintelligible":true}`))
	if err != nil || f.CB.Malice != 0.5 {
		t.Fatalf("%+v, %v", f, err)
	}
	s, err := Assess(f)
	if err != nil || !slices.Equal(s.Flags, []string{"more-than-100-people", "unintelligible"}) || s.Quarters != 6 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{``, `{"x":1}`, `{"dpc":{"simple":1},"ei":0.3}`, `{"dpc":{"simple":5},"ei":1}`, `{"dpc":{"odd":1},"ei":1}`, `{"dpc":{},"ei":1}`,
		`{"dpc":{"simple":1},"ei":1,"cb":{"malice":0.25}}`, `{"dpc":{"simple":1},"ei":1,"cb":{"integrity":0.75}}`, `{"dpc":{"simple":1},"ei":1,"people":-1}`,
		`{"dpc":{"simple":1},"ei":0}`, `{"dpc":{"simple":1},"ei":1e300}`, `{"dpc":{"simple":1},"ei":1} {}`} {
		f, err := ReadFactors(strings.NewReader(bad))
		if err == nil {
			_, err = Assess(f)
		}
		if !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", bad, err)
		}
	}
}

func FuzzFactors(f *testing.F) {
	f.Add(`{"dpc":{"simple":1},"ei":1,"cb":{"malice":true}}`)
	f.Fuzz(func(t *testing.T, in string) {
		factors, err := ReadFactors(strings.NewReader(in))
		if err != nil {
			return
		}
		if s, err := Assess(factors); err == nil && (s.Quarters < 1 || s.Quarters > 24) {
			t.Fatalf("%d quarters", s.Quarters)
		}
	})
}

var aware = time.Date(2026, 11, 19, 9, 20, 0, 0, time.UTC)

func dossier() Dossier {
	return Dossier{
		Facts: notify.Facts{Incident: "inc_1", Version: 2, Controller: breach.Controller{Name: "Mission Locale <b>d'Orbe</b>", Kind: "mission_locale", DPO: "dpo@example.org", Address: "12 rue des Lilas|99100 ORBE"},
			Summary: map[string]string{"fr": "Un fichier a été mis en vente."}, DiscoveredAt: aware, Present: []breach.Category{{Code: "civil_status"}, {Code: "contact"}},
			Records: 12345, Persons: 400, Low: 380, High: 420, Consequences: []string{"phishing", "identity_theft"}, Measures: []string{"access_closed"}},
		Case: breach.Case{AwareAt: aware, AwareReason: "appel de l'équipe", Decision: breach.DecisionTell},
		At:   aware.Add(24 * time.Hour),
		Words: func(key string) (string, bool) {
			return "L'accès est fermé.", key == "measure.access_closed"
		},
	}
}

func TestFill(t *testing.T) {
	form, err := Fill(dossier())
	if err != nil {
		t.Fatal(err)
	}
	if form.Type != "initiale" || form.People.Class != "301-5000" || form.Severity.Gravity != "Maximal" || form.Information.Answer != "Non, mais elles le seront" {
		t.Errorf("%+v", form)
	}
	if want := []string{"État civil (nom, sexe, date de naissance, âge…)", "Coordonnées"}; !slices.Equal(form.Data, want) {
		t.Errorf("data %v", form.Data)
	}
	if !slices.Equal(form.Impacts, []string{"Vol d'identité", "Fraude"}) || !slices.Equal(form.Measures, []string{"L'accès est fermé."}) || form.Consequences[0] != "phishing" {
		t.Errorf("impacts %v, measures %v, consequences %v", form.Impacts, form.Measures, form.Consequences)
	}
	for _, want := range []string{"cause", "organism.siren", "chronology.occurred_at"} {
		if !slices.Contains(form.Unknown, want) {
			t.Errorf("%s is not said to be unknown: %v", want, form.Unknown)
		}
	}
	if _, err := Fill(Dossier{}); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("an empty dossier: got %v", err)
	}
}

func TestDeadline(t *testing.T) {
	due := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) // the hour of the event is not counted
	for _, tt := range []struct {
		name         string
		at, notified time.Time
		late         bool
		hours        string
	}{
		{"in time", due, time.Time{}, false, ""},
		{"late and not notified", due.Add(time.Second), time.Time{}, true, " 1 heure(s)"},
		{"notified in time, drawn up later", due.Add(time.Hour), due, false, ""},
		{"notified late", due.Add(99 * time.Hour), due.Add(25 * time.Hour), true, " 25 heure(s)"},
	} {
		d := dossier()
		d.At, d.NotifiedAt = tt.at, tt.notified
		lists, err := cnil()
		if err != nil {
			t.Fatal(err)
		}
		got := d.deadline(lists)
		if got.Late != tt.late || !got.DueAt.Equal(due) || (got.Reasons != "") != tt.late || !strings.Contains(got.Reasons, tt.hours) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func sent(t *testing.T, d Dossier, typ, number string) breach.Notification {
	t.Helper()
	r, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	return breach.Notification{Type: typ, Number: number, SentAt: d.At, Version: d.Facts.Version, Form: r.JSON}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "inc_1", "ml")
	d := dossier()
	write := func() (fields []string) {
		t.Helper()
		if err := Write(dir, d); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "complement.json"))
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		var c Complement
		if err != nil || json.Unmarshal(data, &c) != nil || c.InitialNumber != "2026-0001" {
			t.Fatalf("complement of %q, %v", c.InitialNumber, err)
		}
		for _, x := range c.Changes {
			fields = append(fields, x.Field)
		}
		return fields
	}
	if got := write(); got != nil {
		t.Errorf("a complement before anything was sent: %v", got)
	}
	page, err := os.ReadFile(filepath.Join(dir, "dossier.html"))
	if err != nil || !strings.Contains(string(page), "Mission Locale &lt;b&gt;") || strings.Contains(string(page), "Ce qui change") {
		t.Errorf("page: %v", err)
	}
	d.Sent = append(d.Sent, sent(t, d, "initial", "2026-0001"))
	d.NotifiedAt, d.At = d.At, d.At.Add(time.Hour)
	if got := write(); len(got) > 0 {
		t.Errorf("nothing has changed, and yet %v", got)
	}
	d.Facts.Persons, d.Facts.Version = 450, 3
	d.Facts.Measures = append(d.Facts.Measures, "watch")
	if got := write(); !slices.Equal(got, []string{"measures", "people.number"}) {
		t.Errorf("a complement lists %v", got)
	}
	// What the first complement told is not told again.
	d.Sent = append(d.Sent, sent(t, d, "complementary", "2026-0001-C1"))
	d.Answers = Answers{Cause: "external_malicious", MeasuresBefore: "Mot de passe seul.", Ongoing: "no", Origin: []string{"hack"}}
	if got := write(); !slices.Equal(got, []string{"cause", "chronology.ongoing", "measures_before", "origin"}) {
		t.Errorf("the second complement lists %v", got)
	}
	if info, err := os.Stat(filepath.Join(dir, "dossier.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	var form Form
	data, err := os.ReadFile(filepath.Join(dir, "dossier.json"))
	if err != nil || json.Unmarshal(data, &form) != nil || form.Type != "complémentaire" || form.InitialNumber != "2026-0001" {
		t.Errorf("type %q of %q, %v", form.Type, form.InitialNumber, err)
	}
	d.Sent[1].Form = []byte("{")
	if err := Write(dir, d); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a broken frozen form: %v", err)
	}
}
