package activity

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"vigie/internal/breach"
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
