package activity

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"vigie/crawlers/extract"
	"vigie/crawlers/index"
	"vigie/internal/store"
)

// An index is built anew from the WARC files alone, the store being lost: every
// post that a page showed is found again, and the captures are listed again.
func TestTheIndexComesFromEvidence(t *testing.T) {
	dir := t.TempDir()
	names := []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}
	shown := 2
	src := served(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, "<html><body><h1>Our work</h1>")
		for i, n := range names[:shown] {
			_, _ = fmt.Fprintf(w, `<div class="post"><h3><a href="#%d">%s</a></h3><p>Les fichiers de %s, contrats et bulletins de paie des agents.</p><span>2031-03-%02d</span></div>`, i, n, n, i+1)
		}
		_, _ = fmt.Fprint(w, "</body></html>")
	})
	s := crewOn(t, dir, keyring, src)
	s.Crawler.Reader = extract.Reader{}
	for ; shown <= len(names); shown++ {
		if _, _, err := s.VisitSource(t.Context(), src, true); err != nil {
			t.Fatal(err)
		}
	}
	before, err := s.Store.Captures(t.Context(), src.ID, 10)
	if err != nil || len(before) != 2 {
		t.Fatalf("%d captures, %v", len(before), err)
	}

	lost := &Steps{Keys: s.Keys, Vault: s.Vault, Crawler: s.Crawler, Log: s.Log, Now: s.Now, Sources: s.Sources}
	if lost.Store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "vigie.db"), keyring); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lost.Store.Close() }()
	at := filepath.Join(t.TempDir(), "index")
	var sum Reread
	n, err := index.Rebuild(t.Context(), at, keyring.Secret("index"), lost.FromEvidence(t.Context(), &sum))
	if want := (Reread{Files: 2, Captures: 2, Found: 3}); err != nil || n != 3 || sum != want {
		t.Fatalf("%d posts, %+v, want %+v: %v", n, sum, want, err)
	}
	after, err := lost.Store.Captures(t.Context(), src.ID, 10)
	if err != nil || len(after) != 2 {
		t.Fatalf("%d captures entered again, %v", len(after), err)
	}
	for i, c := range after {
		if c.State, before[i].State = "", ""; c.ID != before[i].ID || c.Record != before[i].Record || c.Digest != before[i].Digest || c.Bytes != before[i].Bytes || c.Status != 200 || !c.At.Equal(before[i].At.Truncate(time.Microsecond)) {
			t.Errorf("capture %+v, was %+v", c, before[i])
		}
	}

	// With the store there, its words count and nothing is entered twice.
	sum = Reread{}
	n, err = index.Rebuild(t.Context(), at, keyring.Secret("index"), s.FromEvidence(t.Context(), &sum))
	if want := (Reread{Files: 2, Posts: 3}); err != nil || n != 3 || sum != want {
		t.Errorf("%d posts, %+v, want %+v: %v", n, sum, want, err)
	}

	// A damaged file is told, and takes nothing else away.
	if err := os.Truncate(filepath.Join(dir, "evidence", "warc", before[0].File+".age"), 200); err != nil {
		t.Fatal(err)
	}
	sum = Reread{}
	if n, err = index.Rebuild(t.Context(), at, keyring.Secret("index"), s.FromEvidence(t.Context(), &sum)); err != nil || n != 3 || sum.Damaged != 1 {
		t.Errorf("with a damaged file: %d posts, %+v, %v", n, sum, err)
	}
}

// Only a process that is proved to be dead loses its lease before its time.
func TestWhoHoldsALease(t *testing.T) {
	own := caller()
	if gone(own) {
		t.Errorf("this process holds %q and is not dead", own)
	}
	if _, err := processSpace(); err != nil {
		t.Skip("this system does not tell of its processes: " + err.Error())
	}
	for _, name := range []string{"", "vis_1", "vis_1@", "vis_1@a:b:c", "vis_1@another:1:5", "vis_1@x:-1:0"} {
		if gone(name) {
			t.Errorf("%q is proved to be nobody's", name)
		}
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	space, _ := processSpace()
	began, err := beganAt(child.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	name := func(began string) string { return fmt.Sprintf("vis_1@%s:%d:%s", space, child.Process.Pid, began) }
	if gone(name(began)) || !gone(name("1")) {
		t.Error("a living process, and one that had its number before")
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if !gone(name(began)) {
		t.Error("a killed process still holds its lease")
	}
}

// A visit that is killed between its evidence and its rows is entered when
// Vigie starts again; while visits go on, not before its file is a minute old.
func TestLostRowsAreEntered(t *testing.T) {
	src := served(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "<html><body><h1>Our work</h1><p>Nothing today.</p></body></html>")
	})
	s := crewOn(t, t.TempDir(), keyring, src)
	visit, err := s.Crawler.Visit(t.Context(), src) // evidence and custody, no rows
	if err != nil || len(visit.Captures) == 0 {
		t.Fatalf("%d captures, %v", len(visit.Captures), err)
	}
	for _, test := range []struct {
		all  bool
		want int
	}{{false, 0}, {true, len(visit.Captures)}, {true, 0}} {
		if n, err := s.EnterLost(t.Context(), test.all); err != nil || n != test.want {
			t.Errorf("all %v: %d entered, want %d: %v", test.all, n, test.want, err)
		}
	}
	if err := s.Store.SaveCaptures(t.Context(), visit.Captures); err != nil { // the visit went on after all
		t.Fatal(err)
	}
	rows, err := s.Store.Captures(t.Context(), src.ID, 10)
	if err != nil || len(rows) != len(visit.Captures) || rows[0].State != visit.Captures[0].State {
		t.Errorf("%+v, %v", rows, err)
	}
}
