package authority

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

// full is a dossier in which nothing is unknown.
func full() Dossier {
	d := dossier()
	d.Facts.Controller.SIREN, d.Facts.OccurredAt, d.Facts.PageURL = "123456782", aware.AddDate(0, 0, -3), "https://vigie.example.org/inc_1/"
	d.Answers = Answers{
		StartedAt: aware.AddDate(0, 0, -3), EndedAt: aware, Ongoing: "no", Circumstances: "Appel de l'équipe de veille à la direction.", Certainty: "established",
		Nature: []string{"confidentiality", "integrity"}, Origin: []string{"hack"}, Cause: "external_malicious", People: []string{"user", "minor"}, Supports: []string{"server"},
		Confidentiality: []string{"spread", "diverted"}, Integrity: []string{"falsified"}, Impacts: []string{"secrecy"},
		MeasuresBefore: "Mot de passe seul.", MeasuresPlanned: "Double authentification.", DelayReason: "Congés.", Function: "directrice", Reach: "+33199001234",
		Sector: "88.99B", Size: "50", Bodies: "France Travail", Means: []string{"letter", "email"}, Complaint: "yes", Authorities: "ANSSI",
	}
	factors := ProposeFactors(d.Facts)
	d.Factors = &factors
	d.Told, d.ToldAt, d.Text = 12, aware.Add(20*time.Hour), "Vos données ont été volées."
	return d
}

// Whatever a notification may lack has words.
func TestUnknownHasWords(t *testing.T) {
	lists, err := cnil()
	if err != nil {
		t.Fatal(err)
	}
	late := Form{Deadline: Deadline{Late: true}, Information: Information{Answer: lists.label("information", "unknown")}}
	list := late.unknown(Answers{})
	if len(list) != len(lists.Fields) {
		t.Errorf("%d fields may be unknown, %d have words", len(list), len(lists.Fields))
	}
	for _, field := range list {
		if (view{}).Named(field) == field {
			t.Errorf("%s has no words", field)
		}
	}
}

func TestTypes(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*Dossier)
		want string
	}{
		{"everything known at once", func(*Dossier) {}, "complète"},
		{"one thing unknown", func(d *Dossier) { d.Answers.Cause = "" }, "initiale"},
		{"severity not confirmed", func(d *Dossier) { d.Factors = nil }, "initiale"},
		{"sent before", func(d *Dossier) { d.Sent = []breach.Notification{{Number: "1", Form: []byte("{}")}} }, "complémentaire"},
	} {
		d := full()
		tt.do(&d)
		form, err := Fill(d)
		if err != nil || form.Type != tt.want {
			t.Errorf("%s: %s, unknown %v, %v", tt.name, form.Type, form.Unknown, err)
		}
	}
	form, err := Fill(full())
	if err != nil {
		t.Fatal(err)
	}
	if form.Information.Answer != "Oui, les personnes ont été informées" || form.Information.Number != 12 || form.Information.Text == "" || len(form.Information.Means) != 2 {
		t.Errorf("information: %+v", form.Information)
	}
	// People told elsewhere, those told wrongly and the controller's own records
	// are counted, and printed.
	d := full()
	d.Elsewhere, d.Precision, d.Facts.Own = 5, breach.Precision{Told: 400, Wrong: 1, Pending: 2}, 417
	r, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	if i := r.Form.Information; i.Elsewhere != 5 || i.Accuracy == nil || *i.Accuracy != (Accuracy{400, 1, 2, 998, 986, 1000}) || r.Form.Records != 417 {
		t.Errorf("%+v %+v, %d records", i, i.Accuracy, r.Form.Records)
	}
	for _, want := range []string{"dans un autre incident</dt><dd>5<", "1 erreur(s) de personne sur 400 destinataires (99,8\u00a0% justes, intervalle à 95 % : 98,6\u00a0% à 100,0\u00a0%) ; 2 réponse(s)"} {
		if !strings.Contains(string(r.HTML), want) {
			t.Errorf("the dossier does not print %q", want)
		}
	}
	if html := string(r.HTML); strings.Contains(html, "data processing context") || !strings.Contains(html, "contexte du traitement : données simples, note 3, la plus haute") ||
		!strings.Contains(html, "gravité 4,00 : très élevée") {
		t.Error("the reasons for the severity are not in French")
	}
	d = full()
	d.Case.Decision, d.Case.Exemption, d.Case.Reason, d.Told = breach.DecisionRefuse, "34(3)(b)", "Reçus un par un.", 0
	if form, err = Fill(d); err != nil || form.Information.Answer != "Non ils ne le seront pas" || form.Information.Exemption != "34(3)(b)" || form.Information.Text != "" {
		t.Errorf("not told: %+v, %v", form.Information, err)
	}
}

// TestReasons drafts the reasons for a delay from the log, and from nothing
// that came after the notification.
func TestReasons(t *testing.T) {
	d := dossier()
	d.At = aware.Add(100 * time.Hour)
	d.Log = []Moment{{aware.Add(50 * time.Hour), "review.close"}, {aware.Add(time.Hour), "incident.open"}, {aware.Add(101 * time.Hour), "case.decide"}, {aware, "session.login"}}
	form, err := Fill(d)
	if err != nil {
		t.Fatal(err)
	}
	got := form.Deadline.Reasons
	open, review := strings.Index(got, "l'incident a été ouvert"), strings.Index(got, "la vérification par des personnes s'est terminée")
	if !form.Deadline.Late || open < 0 || review < open || strings.Contains(got, "décision") || !strings.HasPrefix(got, "Projet") || !slices.Contains(form.Unknown, "deadline.reasons") {
		t.Errorf("%s", got)
	}
	d.Answers.DelayReason = "Notre messagerie était coupée."
	if form, err = Fill(d); err != nil || strings.HasPrefix(form.Deadline.Reasons, "Projet") || !strings.HasSuffix(form.Deadline.Reasons, "coupée.") {
		t.Errorf("%s, %v", form.Deadline.Reasons, err)
	}
}

func TestAnswers(t *testing.T) {
	good, err := json.Marshal(full().Answers)
	if err != nil {
		t.Fatal(err)
	}
	a, err := ReadAnswers(bytes.NewReader(good))
	if diff := cmp.Diff(full().Answers, a); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bad := range []string{``, `{`, `{"cause":"aliens"}`, `{"origin":["hack","magic"]}`, `{"ongoing":"perhaps"}`, `{"x":1}`, `{} {}`, `{"sector":"a\u0000b"}`,
		`{"ongoing":"yes","ended_at":"2026-01-01T00:00:00Z"}`, `{"started_at":"2026-01-02T00:00:00Z","ended_at":"2026-01-01T00:00:00Z"}`,
		`{"sector":"` + strings.Repeat("a", maxAnswer+1) + `"}`, strings.Repeat(" ", maxAnswers+1)} {
		if _, err := ReadAnswers(strings.NewReader(bad)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}

// TestLists holds the form's data together: every code once, every class of our
// categories on the list, a Madis code for all that Madis has.
func TestLists(t *testing.T) {
	lists, err := cnil()
	if err != nil {
		t.Fatal(err)
	}
	for name, list := range lists.Lists {
		seen := map[string]bool{}
		for _, c := range list {
			if c.Code == "" || c.Label == "" || seen[c.Code] || seen[c.Label] {
				t.Errorf("%s: %+v stands twice or is empty", name, c)
			}
			seen[c.Code], seen[c.Label] = true, true
		}
		if len(List(name)) != len(list) {
			t.Errorf("%s is offered in part", name)
		}
	}
	for n, want := range map[int64]string{0: "0-5", 5: "0-5", 6: "6-50", 300: "51-300", 5000: "301-5000", 5001: ">5000"} {
		if got := lists.size(n); got != want {
			t.Errorf("%d people: class %s", n, got)
		}
	}
}

// TestEDPB renders the second form: every question of the mapping finds its
// field, what is required and unknown is listed, and the numbers are said not
// to be the official ones.
func TestEDPB(t *testing.T) {
	form, err := Fill(full())
	if err != nil {
		t.Fatal(err)
	}
	got, err := EDPB(form)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Sections) != 6 || got.Numbering || got.Note == "" || got.Official != 125 || len(got.Unknown) > 0 {
		t.Errorf("%+v", got)
	}
	n := 0
	for _, s := range got.Sections {
		n += len(s.Answers)
	}
	if n < 50 {
		t.Errorf("only %d questions", n)
	}
	form, _ = Fill(dossier())
	if got, err = EDPB(form); err != nil || !slices.Contains(got.Unknown, "2.2") { // the SIREN
		t.Errorf("unknown: %v, %v", got.Unknown, err)
	}
}

func TestMadis(t *testing.T) {
	d := full()
	d.Sent = []breach.Notification{sent(t, d, "complete", "2026-0007")}
	e, err := NewEntry(d)
	if err != nil {
		t.Fatal(err)
	}
	want := MadisEntry{Date: "2026-11-16", ViolationNature: "confidentiality", Origins: []string{"hack"}, Cause: "external_malicious",
		ConcernedDataNature: []string{"civil_status", "contact"}, ConcernedPeopleCategories: []string{"user", "minor"}, NbAffectedRows: 12345, NbAffectedPersons: 400,
		PotentialImpactsNature: []string{"identity_theft", "fraud", "loss_professional_confidentiality"}, Gravity: "maximum", Communication: "yes",
		CommunicationPrecision: e.Madis.CommunicationPrecision, AppliedMeasuresAfterViolation: "L'accès est fermé.\nDouble authentification.", Notification: "cnil",
		NotificationDetails: "2026-0007", Comment: e.Madis.Comment}
	if diff := cmp.Diff(want, e.Madis); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(e.Madis.Comment, "Perte de l'intégrité") {
		t.Error("Madis takes one nature, and the other is lost")
	}
	if err := e.Madis.Check(); err != nil {
		t.Errorf("Madis would not take its own: %v", err)
	}
	formula := e.Madis
	formula.Comment = "=1+1"
	list := []MadisEntry{e.Madis, formula}
	var csv bytes.Buffer
	if err := WriteMadis(&csv, list); err != nil || strings.Contains(csv.String(), ",=1+1") {
		t.Fatal(err, csv.String())
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][]byte{"csv": csv.Bytes(), "json": data, "byte order mark": append([]byte("\ufeff"), csv.Bytes()...)} {
		back, err := ReadMadis(bytes.NewReader(in))
		if diff := cmp.Diff(list, back); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for name, bad := range map[string]string{
		"code": "date,cause\n2026-01-01,aliens\n", "column": "date,name\n2026-01-01,x\n", "no date": "cause\nunknown\n", "number": "date,nbAffectedRows\n2026-01-01,x\n",
		"ragged": "date,cause\n2026-01-01\n", "json": `[{"date":1}]`, "json key": `[{"date":"2026-01-01","x":1}]`, "empty": "", "many": "date\n" + strings.Repeat("2026-01-01\n", maxEntries+1),
	} {
		if _, err := ReadMadis(strings.NewReader(bad)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRegister(t *testing.T) {
	mine, err := NewEntry(full())
	if err != nil || mine.NotNotified == "" {
		t.Fatalf("%q, %v", mine.NotNotified, err)
	}
	taken := Entry{Controller: "ml", Source: "madis", Madis: MadisEntry{Date: "2025-01-02", NbAffectedPersons: 3, Comment: "<i>Clé perdue</i>", Notification: "no_notif"}}
	page, err := PrintRegister([]Entry{mine, taken}, aware)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pas encore notifiée", "&lt;i&gt;Clé perdue", "incident inc_1", "Un fichier a été mis en vente."} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the register lacks %q", want)
		}
	}
	var csv bytes.Buffer
	if err := WriteRegister(&csv, []Entry{mine, taken}); err != nil || strings.Count(csv.String(), "\n") < 3 {
		t.Errorf("%v: %s", err, csv.String())
	}
}

// TestHistory shows each assessment with who made it and why.
func TestHistory(t *testing.T) {
	d := full()
	s, err := Assess(*d.Factors)
	if err != nil {
		t.Fatal(err)
	}
	d.History = []Assessment{{Seq: 1, By: "amina", At: aware, Reason: "vu avec le délégué", Severity: s}}
	r, err := Render(d)
	if err != nil || !strings.Contains(string(r.HTML), "vu avec le délégué") || !strings.Contains(string(r.HTML), "Confirmée par une personne") {
		t.Errorf("%v", err)
	}
	again, err := Render(d)
	if err != nil || !bytes.Equal(r.JSON, again.JSON) || !bytes.Equal(r.HTML, again.HTML) {
		t.Error("the same dossier gives other bytes")
	}
}

func FuzzMadis(f *testing.F) {
	f.Add("date,origins,nbAffectedRows\n2026-01-01,hack|bad_recipient,3\n")
	f.Add(`[{"date":"2026-01-01","gravity":"maximum"}]`)
	f.Fuzz(func(t *testing.T, in string) {
		list, err := ReadMadis(strings.NewReader(in))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := WriteMadis(&out, list); err != nil {
			t.Fatal(err)
		}
		if back, err := ReadMadis(&out); err != nil || len(back) != len(list) {
			t.Fatalf("%d entries became %d: %v", len(list), len(back), err)
		}
	})
}

func FuzzAnswers(f *testing.F) {
	f.Add(`{"cause":"unknown","origin":["hack"]}`)
	f.Fuzz(func(t *testing.T, in string) {
		a, err := ReadAnswers(strings.NewReader(in))
		if err != nil {
			return
		}
		d := dossier()
		d.Answers = a
		if _, err := Render(d); err != nil {
			t.Fatal(err)
		}
	})
}
