package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

// page is a page of a site, of which a visit changes little.
func page(n int) string {
	noise := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range 2000 {
		fmt.Fprintf(&b, "<p>%x</p>", noise.Uint64())
	}
	return fmt.Sprintf("<h1>%d</h1>%s<footer>%d</footer>", n, b.String(), n*n)
}

// bytesOf reads a WARC file of the vault as it leaves it.
func bytesOf(t testing.TB, v *Vault, name string) []byte {
	t.Helper()
	rc, err := v.OpenWARC(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rc.Close() }()
	b, err := io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func size(t testing.TB, v *Vault, name string) int64 {
	t.Helper()
	info, err := os.Stat(v.warcPath(name))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestNearlyTheSameCostsLittle(t *testing.T) {
	v, l := vault(t)
	var names []string
	for i := range 5 {
		names = append(names, record(t, v, exchange("https://example.org/", page(i)))[0].File)
	}
	if full, next := size(t, v, names[0]), size(t, v, names[4]); full < 15_000 || next > 3_000 {
		t.Errorf("the first visit takes %d bytes, the fifth %d", full, next)
	}
	again, err := Open(v.dir, v.keys, l, now) // another process goes on from the same base
	if err != nil {
		t.Fatal(err)
	}
	last := record(t, again, exchange("https://example.org/", page(9)))[0].File
	if n := size(t, v, last); n > 3_000 {
		t.Errorf("after a restart a visit takes %d bytes", n)
	}
	if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK || rep.Records != 30 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestBaseIsRenewed(t *testing.T) {
	v, _ := vault(t)
	base := func(name string) string {
		rc, base, err := v.openPack(name)
		if err != nil {
			t.Fatal(err)
		}
		_ = rc.Close()
		return base
	}
	visit := func(body string) string { return record(t, v, exchange("https://example.org/", body))[0].File }
	first := visit(page(0))
	if got := base(visit(page(1))); got != first {
		t.Errorf("the second visit rests on %q", got)
	}
	other := strings.ToUpper(page(2)) // the site looks quite different now
	visit(other)
	anew := visit(other + "x")
	if base(anew) != noBase || base(visit(other+"y")) != anew {
		t.Error("no new base after a visit that the old one did not help")
	}
}

// Damage to a base is told for each file that rests on it, and nothing else is
// harmed.
func TestDamagedBase(t *testing.T) {
	v, l := vault(t)
	first := record(t, v, exchange("https://example.org/", page(0)))[0].File
	record(t, v, exchange("https://example.org/", page(1)))
	if err := os.Truncate(v.warcPath(first), 400); err != nil {
		t.Fatal(err)
	}
	rep, err := v.Verify(t.Context(), l)
	if err != nil || rep.OK || len(rep.Faults) != 2 || rep.Faults[0].Kind != "sealed" || rep.Faults[1].Kind != "sealed" {
		t.Errorf("%+v, %v", rep, err)
	}
	if next := record(t, v, exchange("https://example.org/", page(2)))[0].File; len(bytesOf(t, v, next)) == 0 {
		t.Error("the next visit was not kept")
	}
}

func TestDestroyedBaseLeavesTheOthersAsTheyWere(t *testing.T) {
	v, l := vault(t)
	var names []string
	var before [][]byte
	for i := range 4 {
		names = append(names, record(t, v, exchange("https://example.org/", page(i)))[0].File)
		before = append(before, bytesOf(t, v, names[i]))
	}
	if err := v.DestroyWARCs(t.Context(), names[:1], "system:purge", "kept for 30 days"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.OpenWARC(names[0]); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("the file is still there: %v", err)
	}
	for i, name := range names[1:] {
		if !bytes.Equal(bytesOf(t, v, name), before[i+1]) {
			t.Errorf("file %d changed", i+1)
		}
	}
	if total := size(t, v, names[1]) + size(t, v, names[2]) + size(t, v, names[3]); total > 27_000 {
		t.Errorf("the three that stay take %d bytes: more than one is a base", total)
	}
	if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK {
		t.Errorf("%+v, %v", rep, err)
	}
	if last := l.events[len(l.events)-1]; last.Event != "purged" || last.Subject != names[0] {
		t.Errorf("custody: %+v", last)
	}
	if err := v.DestroyWARCs(t.Context(), []string{"../x.warc.gz"}, "a", "b"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a path as a name: %v", err)
	}
}

func TestRevisitsAreRenewed(t *testing.T) {
	v, _ := vault(t)
	first := exchange("https://example.org/", "bonjour")
	record(t, v, first)
	for _, tc := range []struct {
		after time.Duration
		want  bool
	}{{time.Hour, true}, {-time.Hour, true}, {25 * time.Hour, false}, {26 * time.Hour, true}, {-50 * time.Hour, false}} {
		ex := first
		ex.At = at.Add(tc.after)
		text := string(plainWARC(t, v, record(t, v, ex)[0].File))
		if got := strings.Contains(text, "WARC-Type: revisit"); got != tc.want {
			t.Errorf("%v after: revisit %v", tc.after, got)
		}
	}
}

func TestReferredFilesComeAlong(t *testing.T) {
	v, _ := vault(t)
	a := record(t, v, exchange("https://example.org/", "bonjour"))[0]
	b := record(t, v, exchange("https://example.org/", "bonjour"))[0]
	of := map[string]string{a.Record: a.File, b.Record: b.File}
	names, err := v.WithReferred(t.Context(), []string{b.File}, func(r string) (string, error) {
		if f, ok := of[r]; ok {
			return f, nil
		}
		return "", breach.ErrNotFound
	})
	if err != nil || len(names) != 2 || names[1] != a.File {
		t.Errorf("%v, %v", names, err)
	}
}

func TestAdopt(t *testing.T) {
	v, l := vault(t)
	kept := record(t, v, exchange("https://example.org/", "bonjour"))[0].File
	l.err = breach.ErrTemporary // a crash between the file and its link
	s, err := v.Begin(t.Context(), breach.Source{ID: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Close(t.Context()); !errors.Is(err, breach.ErrTemporary) {
		t.Fatalf("acknowledged without custody: %v", err)
	}
	l.err = nil
	if n, err := v.Adopt(t.Context(), l, false); n != 0 || err != nil {
		t.Errorf("a file of this minute was adopted: %d, %v", n, err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(v.warcPath(s.name), old, old); err != nil {
		t.Fatal(err)
	}
	if rep, err := v.Verify(t.Context(), l); err != nil || len(rep.Faults) != 1 || rep.Faults[0].Kind != "unlogged" {
		t.Errorf("before: %+v, %v", rep, err)
	}
	if n, err := v.Adopt(t.Context(), l, false); n != 1 || err != nil {
		t.Errorf("adopted %d, %v", n, err)
	}
	if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK || len(l.events) != 2 || l.events[0].Subject != kept {
		t.Errorf("after: %+v, %v", rep, err)
	}
}
