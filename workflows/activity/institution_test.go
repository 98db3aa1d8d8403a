package activity

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify/authority"
	"vigie/workflows"
)

// TestPapers plans, and finds every document of the institution before anybody
// was told; writing them again changes nothing.
func TestPapers(t *testing.T) {
	w := newPlan(t)
	first, err := w.Store.Papers(t.Context(), incident, "ml-a")
	w.must(err)
	kinds := map[string]int{}
	for _, p := range first {
		kinds[p.Kind]++
		data, err := w.PaperFile(t.Context(), incident, "ml-a", p.File)
		w.must(err)
		if p.Kind == "letter-pdf" && !bytes.HasPrefix(data, []byte("%PDF-")) {
			t.Errorf("%s is no PDF", p.File)
		}
		for _, name := range []string{"Ada", "Lefort"} {
			if bytes.Contains(data, []byte(name)) {
				t.Errorf("%s names a person", p.File)
			}
		}
	}
	for _, k := range []string{"letter", "letter-pdf", "intranet", "faq", "calls", "press", "kit-tutor", "kit-adult"} {
		if kinds[k] != 2 {
			t.Errorf("%d documents %s, want one in each language", kinds[k], k)
		}
	}
	again, err := w.Papers(t.Context(), incident, "ml-a")
	w.must(err)
	for i := range again {
		if again[i] != first[i] {
			t.Errorf("written again, %s changes", again[i].File)
		}
		if info, err := os.Stat(filepath.Join(w.DossierDir, string(incident), "ml-a", again[i].File)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", again[i].File, err)
		}
	}
	for _, bad := range []string{"../../../vigie.db", "v1/nothing.html", "dossier.json", ""} {
		if _, err := w.PaperFile(t.Context(), incident, "ml-a", bad); !errors.Is(err, breach.ErrNotFound) {
			t.Errorf("%q is given out: %v", bad, err)
		}
	}
	if txt, err := w.PaperFile(t.Context(), incident, "ml-a", "v1/intranet.fr.txt"); err != nil || !strings.Contains(string(txt), "accueil") {
		t.Errorf("the plain text of the article: %v", err)
	}
}

func TestSealPeople(t *testing.T) {
	w := newPlan(t)
	var box bytes.Buffer
	var refused *breach.RefusedError
	if _, err := w.SealPeople(t.Context(), &box, incident, "ml-a", "ana", "asked by letter"); !errors.As(err, &refused) || refused.Code != "no-key" {
		t.Fatalf("without a key: %v", err)
	}
	key, err := age.GenerateX25519Identity()
	w.must(err)
	w.must(w.Store.SetHandoverKey(t.Context(), breach.HandoverKey{Controller: "ml-a", Recipient: key.Recipient().String(), How: "read back", By: "ana", At: w.Now()}))
	if _, err := w.SealPeople(t.Context(), &box, incident, "ml-a", "ana", " "); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	n, err := w.SealPeople(t.Context(), &box, incident, "ml-a", "ana", "asked by letter")
	w.must(err)
	if bytes.Contains(box.Bytes(), []byte("person")) || box.Len() == 0 {
		t.Error("the list is in clear")
	}
	open, err := age.Decrypt(&box, key)
	w.must(err)
	text, err := io.ReadAll(open)
	w.must(err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	w.must(err)
	if int64(len(rows)) != n+1 || n == 0 {
		t.Errorf("%d rows of %d people", len(rows), n)
	}
	if strings.Contains(string(text), "@") || strings.Contains(strings.ToUpper(string(text)), "ORBEVILLE") {
		t.Error("the list holds an address")
	}
	events, err := w.Store.AuditEvents(t.Context(), string(incident), 5)
	w.must(err)
	if e := events[0]; e.Action != "people.handover" || e.Who != "ana" || !strings.Contains(e.Detail, "people=") {
		t.Errorf("audited as %+v", e)
	}
	w.must(w.Store.SetHandoverKey(t.Context(), breach.HandoverKey{Controller: "ml-a", Recipient: "age1nonsense", How: "read back", By: "ana", At: w.Now()}))
	if _, err := w.SealPeople(t.Context(), &box, incident, "ml-a", "ana", "asked by letter"); !errors.As(err, &refused) || refused.Code != "bad-recipient" {
		t.Errorf("for a bad key: %v", err)
	}
}

// TestDossier notifies twice: what was sent stays as it was, the complement
// says only what is new, and the register holds it all beside what was taken in.
func TestDossier(t *testing.T) {
	w := newPlan(t)
	ctx := t.Context()
	w.must(w.Store.SetAware(ctx, incident, "ml-a", w.Now().Add(-80*time.Hour), "ana", "appel"))
	d, err := w.Dossier(ctx, incident, "ml-a")
	w.must(err)
	form, err := authority.Fill(d)
	w.must(err)
	if form.Type != "initiale" || !form.Deadline.Late || !strings.Contains(form.Deadline.Reasons, "l'incident a été ouvert") || form.Information.Text != "" {
		t.Errorf("%s, late %v: %s", form.Type, form.Deadline.Late, form.Deadline.Reasons)
	}
	w.must(w.Notify(ctx, incident, "ml-a", w.Now().Add(-time.Hour), "2026-0042", "ana"))
	if at, err := w.Store.Notified(ctx, incident, "ml-a"); err != nil || at.IsZero() {
		t.Errorf("the clock goes on: %v, %v", at, err)
	}
	answers, factors := []byte(`{"cause":"external_malicious"}`), []byte(`{"dpc":{"simple":2},"ei":1,"cb":{"confidentiality":0.5,"malice":0.5}}`)
	w.must(w.Store.AddNote(ctx, incident, "ml-a", store.NoteAnswers, breach.Note{By: "ana", At: w.Now(), Reason: "journaux lus", Content: answers}))
	w.must(w.Store.AddNote(ctx, incident, "ml-a", store.NoteSeverity, breach.Note{By: "ana", At: w.Now(), Reason: "vu avec le délégué", Content: factors}))
	if d, err = w.Dossier(ctx, incident, "ml-a"); err != nil || len(d.History) != 1 || d.Factors == nil {
		t.Fatalf("%+v, %v", d.History, err)
	}
	r, err := authority.Render(d)
	w.must(err)
	var fields []string
	for _, c := range r.Complement.Changes {
		fields = append(fields, c.Field)
	}
	if !slices.Contains(fields, "cause") || slices.Contains(fields, "data") || r.Complement.InitialNumber != "2026-0042" {
		t.Errorf("the complement to %s lists %v", r.Complement.InitialNumber, fields)
	}
	w.must(w.Notify(ctx, incident, "ml-a", w.Now(), "2026-0042-C", "ana"))
	sent, err := w.Store.Notifications(ctx, incident, "ml-a")
	w.must(err)
	if len(sent) != 2 || sent[1].Type != breach.NotificationComplementary || strings.Contains(string(sent[0].Form), "Acte externe malveillant") {
		t.Errorf("%d notifications", len(sent))
	}
	if n, fresh, err := w.TakeIn(ctx, strings.NewReader("date,comment\n2025-02-03,Clé USB perdue\n"), "ml-a", "ana"); err != nil || n != 1 || fresh != 1 {
		t.Errorf("%d entries, %d new, %v", n, fresh, err)
	}
	list, err := w.Breaches(ctx, "ml-a")
	w.must(err)
	if len(list) != 2 || list[0].Numbers() != "2026-0042|2026-0042-C" || list[1].Madis.Comment != "Clé USB perdue" {
		t.Errorf("%+v", list)
	}
}

// TestFollowup asks each institution twice, by a document, and nobody else.
func TestFollowup(t *testing.T) {
	w := newPlan(t)
	ctx := t.Context()
	aware := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	w.must(w.Store.SetAware(ctx, incident, "ml-a", aware, "ana", "appel"))
	ask := func(at time.Time) workflows.FollowupState {
		t.Helper()
		s, err := run[workflows.FollowupState](w, workflows.ActivityFollowup, workflows.FollowupInput{Incident: incident, NowUnix: at.Unix()})
		w.must(err)
		return s
	}
	inc, err := w.Store.Incident(ctx, incident)
	w.must(err)
	if s := ask(inc.OpenedAt.AddDate(0, 2, 0)); s.Asked != 0 || s.Done {
		t.Errorf("two months on: %+v", s)
	}
	end := time.Date(2027, 2, 28, 9, 0, 0, 0, time.UTC) // three months after 30 November
	if at := dueAt(breach.Case{AwareAt: aware}, inc, 3); !at.Equal(end) {
		t.Errorf("due at %v", at)
	}
	first := ask(aware.AddDate(0, 4, 0))
	again := ask(aware.AddDate(0, 4, 0))
	if first.Asked == 0 || again.Asked != 0 || again.Done || again.NextUnix == 0 {
		t.Errorf("four months on: %+v, then %+v", first, again)
	}
	if s := ask(aware.AddDate(1, 0, 0)); !s.Done || s.Asked == 0 {
		t.Errorf("a year on: %+v", s)
	}
	list, err := w.Store.Followups(ctx, incident)
	w.must(err)
	n := 0
	for _, f := range list {
		if f.Controller == "ml-a" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("ml-a was asked %d times", n)
	}
	if doc, err := w.PaperFile(ctx, incident, "ml-a", "v1/followup3.fr.html"); err != nil || !strings.Contains(string(doc), "prochaines étapes") {
		t.Errorf("the document that asks: %v", err)
	}
}
