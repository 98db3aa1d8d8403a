package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers"
)

// people writes rows for some ids; a street after / makes a row another one,
// and a + tells a death.
func people(ids string) string {
	var b strings.Builder
	b.WriteString("id,birth_name,given_names,birth_date,street,deceased_at\n")
	for _, id := range strings.Fields(ids) {
		id, dead := strings.CutSuffix(id, "+")
		id, street, _ := strings.Cut(id, "/")
		fmt.Fprintf(&b, "%s,Canari,Lina,2009-05-17,%s rue Canariste,%s\n", id, street, map[bool]string{true: "unknown"}[dead])
	}
	return b.String()
}

// importOn imports some people on a day after the first one.
func importOn(t *testing.T, dir string, keys Sealer, after int, ids string) Info {
	t.Helper()
	o := options(dir, keys, people(ids), "")
	o.Relations, o.MinShare, o.Now = nil, -1, day.AddDate(0, 0, after)
	o.Manifest.Controllers = o.Manifest.Controllers[:1]
	info, refused, err := Import(context.Background(), o)
	if err != nil || refused.Count > 0 {
		t.Fatal(err, refused)
	}
	return info
}

func ids(t *testing.T, records iter.Seq2[matchers.Record, error]) string {
	t.Helper()
	var out []string
	for r, err := range records {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func departed(t *testing.T, r *Registry) map[string]int {
	t.Helper()
	out := map[string]int{}
	for d, err := range r.Departed() {
		if err != nil {
			t.Fatal(err)
		}
		if d.Subject.Contact.Given != "Lina" || d.Record.Values[matchers.BirthName] != "Canari" || d.At.IsZero() {
			t.Errorf("departure = %+v", d)
		}
		out[d.Record.ID] = d.Version
	}
	return out
}

// The manifest of these tests keeps people for 10 days.
func TestVersionsTellWhatChangedAndKeepThePast(t *testing.T) {
	dir, keys := t.TempDir(), newKeys(t)
	steps := []struct {
		after int
		ids   string
		want  Changes
		gone  map[string]int
		asOf  map[int]string // by day
	}{
		{0, "a b c d", Changes{Inserted: 4}, map[string]int{}, map[int]string{0: "a b c d", 9: "a b c d", -1: "refused"}},
		{2, "a b/2 c+ e", Changes{Inserted: 1, Changed: 1, Departed: 1, Died: 1, Unchanged: 1}, map[string]int{"d": 2}, map[int]string{1: "a b c d", 2: "a b c e"}},
		{4, "a b/2 d e", Changes{Inserted: 1, Departed: 1, Unchanged: 3}, map[string]int{"c": 3}, map[int]string{1: "a b c d", 3: "a b c e", 4: "a b d e"}},
		{6, "a b/2 e", Changes{Departed: 1, Unchanged: 3}, map[string]int{"c": 3, "d": 4}, map[int]string{1: "a b c d", 3: "a b c e", 5: "a b d e", 6: "a b e"}},
		{13, "a b/2 e", Changes{Unchanged: 3}, map[string]int{"c": 3, "d": 4}, map[int]string{1: "refused", 3: "a b c e", 5: "a b d e", 7: "a b e"}},
		{15, "a b/2 e", Changes{Unchanged: 3}, map[string]int{"d": 4}, map[int]string{3: "refused", 5: "a b d e", 7: "a b e"}},
		{30, "a b/3 e", Changes{Changed: 1, Unchanged: 2}, map[string]int{}, map[int]string{14: "refused", 16: "a b e"}},
	}
	for _, s := range steps {
		info := importOn(t, dir, keys, s.after, s.ids)
		if d := cmp.Diff(s.want, info.Changes); d != "" {
			t.Errorf("day %d: %s", s.after, d)
		}
		r := open(t, dir, keys)
		if err := r.Verify(); err != nil || r.Info() != info {
			t.Errorf("day %d: %v, %+v", s.after, err, r.Info())
		}
		if got := departed(t, r); !maps.Equal(got, s.gone) {
			t.Errorf("day %d: departed = %v, want %v", s.after, got, s.gone)
		}
		for at, want := range s.asOf {
			moment := day.AddDate(0, 0, at).Add(time.Hour)
			if want == "refused" {
				for _, err := range r.AsOf(moment) {
					if !refusedAs(err, "before-history") {
						t.Errorf("day %d, as of day %d: %v", s.after, at, err)
					}
				}
				continue
			}
			if got := ids(t, r.AsOf(moment)); got != want {
				t.Errorf("day %d, as of day %d: %s, want %s", s.after, at, got, want)
			}
		}
	}
}

func TestPeopleWhoLeftAreFoundUntilTheyArePurged(t *testing.T) {
	dir, keys := t.TempDir(), newKeys(t)
	importOn(t, dir, keys, 0, "a b c")
	importOn(t, dir, keys, 1, "a c")
	r := open(t, dir, keys)
	if _, err := r.Subject(context.Background(), "b"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("somebody who left can be told like anybody: %v", err)
	}
	d, err := r.Departure(context.Background(), "b")
	if err != nil || d.Version != 2 || !d.At.Equal(day.AddDate(0, 0, 1)) || d.Subject.Person != "b" || d.Subject.Controller != "ml-a" {
		t.Errorf("departure = %+v, %v", d, err)
	}
	for _, id := range []breach.PersonID{"a", "z"} {
		if _, err := r.Departure(context.Background(), id); !errors.Is(err, breach.ErrNotFound) {
			t.Errorf("departure of %s: %v", id, err)
		}
	}
	if n, err := Purge(dir, keys, day.AddDate(0, 0, 5)); err != nil || n != 0 {
		t.Errorf("purge forgot %d: %v", n, err)
	}
	if _, err := r.Record(context.Background(), "b"); err != nil {
		t.Errorf("forgotten too soon: %v", err)
	}
	if n, err := Purge(dir, keys, day.AddDate(0, 0, 12)); err != nil || n != 1 {
		t.Errorf("purge forgot %d: %v", n, err)
	}
	if _, err := r.Record(context.Background(), "b"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("a purged person is found: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "v000001")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the version that knew them is there: %v", err)
	}
	if err := open(t, dir, keys).Verify(); err != nil {
		t.Error(err)
	}
}

func TestKeysAreRotatedWithoutImportingAgain(t *testing.T) {
	place, dir := filepath.Join(t.TempDir(), "keys"), t.TempDir()
	keys, err := seal.Create(place)
	if err != nil {
		t.Fatal(err)
	}
	importOn(t, dir, keys, 0, "a b c")
	if err := open(t, dir, keys).Seal("index", func(w io.Writer) error { _, err := io.WriteString(w, "one"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := seal.Rotate(place); err != nil {
		t.Fatal(err)
	}
	next, err := seal.Open(place)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir, next).Verify(); err != nil {
		t.Errorf("with the old key in the ring: %v", err)
	}
	if err := Rewrap(dir, next); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, keys); !errors.Is(err, seal.ErrKey) {
		t.Errorf("the old keys open what was wrapped with the new: %v", err)
	}
	r := open(t, dir, next)
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
	at, file, err := r.UnsealAt("index")
	if err != nil || at.Size() != 3 {
		t.Fatalf("index: %v", err)
	}
	_ = file.Close()
	if info := importOn(t, dir, next, 1, "a c d"); info.Changes != (Changes{Inserted: 1, Departed: 1, Unchanged: 2}) {
		t.Errorf("changes = %+v", info.Changes)
	}
}

func TestSortingOutgrowsMemory(t *testing.T) {
	v, err := newVault("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newSorter(t.TempDir(), v)
	s.limit = 100
	for i := range uint64(1234) {
		if err := s.add(item{hi: i * 7919 % 1234 / 2, lo: uint32(i), content: i}); err != nil {
			t.Fatal(err)
		}
	}
	var last item
	n := 0
	for i, err := range s.sorted() {
		if err != nil || n > 0 && i.compare(last) <= 0 || uint64(i.lo) != i.content {
			t.Fatalf("item %d: %+v after %+v, %v", n, i, last, err)
		}
		last = i
		n++
	}
	if n != 1234 || len(s.runs) != 12 {
		t.Errorf("%d items in %d runs", n, len(s.runs))
	}
	raw, err := os.ReadFile(s.runs[3])
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(s.runs[3], raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, err = range s.sorted() {
		if err != nil {
			break
		}
	}
	if !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a damaged run: %v", err)
	}
}

func TestIDSet(t *testing.T) {
	d, err := newDigests(newKeys(t), "youth")
	if err != nil {
		t.Fatal(err)
	}
	var s idSet
	for turn := range 2 {
		for i := range 50_000 {
			if isNew := s.add(d.id(fmt.Sprint(i))); isNew != (turn == 0) {
				t.Fatalf("turn %d, %d: new = %v", turn, i, isNew)
			}
		}
	}
}

// A bent index is an answer of nobody, or of somebody else's box that does not
// open: never an endless search.
func TestSearchInABentIndex(t *testing.T) {
	dir, keys := t.TempDir(), newKeys(t)
	importOn(t, dir, keys, 0, strings.Join(numbered(3000), " "))
	r := open(t, dir, keys)
	raw, err := os.ReadFile(filepath.Join(r.dir, indexFile))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		if i%3 == 0 {
			raw[i] ^= byte(i >> 4)
		}
	}
	if err := os.WriteFile(filepath.Join(r.dir, indexFile), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range numbered(3000)[:200] {
		if s, err := r.Subject(context.Background(), breach.PersonID(id)); err == nil && string(s.Person) != id {
			t.Fatalf("%s is found as %s", id, s.Person)
		}
	}
}

func numbered(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("p%d", i))
	}
	return out
}
