package linkage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
)

// shelf is a spool in memory that counts, and breaks when it is told to.
type shelf struct {
	pieces [][]byte
	bytes  int
	full   int // pieces it takes
	lost   int // piece that comes back cut short; -1 for none
}

var errFull = errors.New("no room")

func (s *shelf) Put(piece []byte) error {
	if len(s.pieces) == s.full {
		return errFull
	}
	s.pieces = append(s.pieces, slices.Clone(piece))
	s.bytes += len(piece)
	return nil
}

func (s *shelf) Take(n int, dst []byte) ([]byte, error) {
	p := s.pieces[n]
	if n == s.lost {
		p = p[:len(p)/2]
	}
	return append(dst, p...), nil
}

// villagers are invented people of few names.
func villagers(n int) iter.Seq2[matchers.Record, error] {
	surnames := []string{"Quelin", "Le Gall", "Marchais", "Vasseur", "N'Diaye", "Brun de l'Isle", "Osei"}
	given := []string{"Ambre", "Jean-Pierre", "Ondine Marie", "Zoé", "Bastien"}
	return func(yield func(matchers.Record, error) bool) {
		for i := range n {
			r := rand.New(rand.NewPCG(uint64(i), 3))
			rec := matchers.Record{ID: fmt.Sprintf("V%06d", i), Row: int64(i)}
			v := &rec.Values
			v[matchers.BirthName] = surnames[r.IntN(len(surnames))]
			v[matchers.GivenNames] = given[r.IntN(len(given))]
			v[matchers.BirthDate] = fmt.Sprintf("%d-%02d-%02d", 1930+r.IntN(80), 1+r.IntN(12), 1+r.IntN(28))
			v[matchers.Email] = fmt.Sprintf("v%d@example%d.org", i, r.IntN(9))
			v[matchers.Phone] = fmt.Sprintf("+331990%05d", r.IntN(1e5))
			v[matchers.Street], v[matchers.Postcode], v[matchers.City] = fmt.Sprintf("%d rue du Port", i%90), fmt.Sprintf("%05d", 29000+r.IntN(40)), "Sarlat"
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// cramped is a builder that puts nearly everything aside.
func cramped(dst *bytes.Buffer, s Spool) *builder {
	b := newBuilder(dst, s)
	b.aside.most, b.drafts.limit = 10_000, 30_000
	return b
}

// What is put aside changes nothing, and memory holds no more than it may.
func TestPutAside(t *testing.T) {
	const n = 5000
	var whole, parts bytes.Buffer
	want, err := newBuilder(&whole, nil).write(context.Background(), villagers(n))
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{full: 1 << 20, lost: -1}
	b := cramped(&parts, s)
	got, err := b.write(context.Background(), villagers(n))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("stats differ: %s", d)
	}
	if !bytes.Equal(whole.Bytes(), parts.Bytes()) {
		t.Error("the index depends on what was put aside")
	}
	if len(s.pieces) < 10 || b.aside.held > b.aside.most {
		t.Errorf("%d pieces put aside, %d bytes held of %d", len(s.pieces), b.aside.held, b.aside.most)
	}
}

// TestDraftsStayBelow counts what is held in memory while people come.
func TestDraftsStayBelow(t *testing.T) {
	s := &shelf{full: 1 << 20, lost: -1}
	d := drafts{aside: &aside{spool: s, most: 0}, limit: 20_000}
	var p bare
	slab := 0
	for i := range 50_000 {
		p.id = string(appendCode(nil, fmt.Sprintf("V%06d", i)))
		if err := d.keep(mix(uint64(i)), p.append(nil, mutual{})); err != nil {
			t.Fatal(err)
		}
		if d.bytes > d.limit || d.aside.held > 0 {
			t.Fatalf("%d bytes held of %d", d.bytes, d.limit)
		}
		slab = max(slab, len(d.slabs.slabs))
	}
	if slab > 3 || len(d.runs) < 30 {
		t.Errorf("%d slabs, %d runs", slab, len(d.runs))
	}
	last, n := uint64(0), 0
	if err := d.each(func(one []byte) error {
		p.read(one, mutual{})
		var i int
		if _, err := fmt.Sscanf(decoded(p.id), "V%06d", &i); err != nil {
			return err
		}
		if order := mix(uint64(i)); order < last {
			t.Fatalf("person %d came late", i)
		} else {
			last = order
		}
		n++
		return nil
	}); err != nil || n != 50_000 {
		t.Errorf("%d people came back, %v", n, err)
	}
}

// A heap of one key is thinned as it is read: memory does not follow it.
func TestHeapOfOneKey(t *testing.T) {
	s := newScatter(&aside{}, 1000, 42, 6)
	s.most = 1000
	const n = 100_000
	for i := range n {
		if err := first(s.add(7, uint32(i)), s.add(uint64(i%3), uint32(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.rewind(); err != nil {
		t.Fatal(err)
	}
	ps, more, err := s.gather(0)
	if err != nil || s.most != 1000 || len(ps) > s.most {
		t.Fatalf("%d postings held of %d, %v", len(ps), s.most, err)
	}
	count := map[uint64]uint64{}
	least := map[uint64]uint32{}
	for _, p := range slices.Backward(ps) {
		count[p.key]++
		least[p.key] = p.value
	}
	for k, v := range more {
		count[k] += v
	}
	if d := cmp.Diff(map[uint64]uint64{0: 33334, 1: 33333, 2: 33333, 7: n}, count); d != "" {
		t.Errorf("counts: %s", d)
	}
	if d := cmp.Diff(map[uint64]uint32{0: 0, 1: 1, 2: 2, 7: 0}, least); d != "" {
		t.Errorf("the first were not kept: %s", d)
	}
}

// TestPutAsideFails: no room, and pieces that come back otherwise, end the
// writing with an error: there is no index that lacks somebody.
func TestPutAsideFails(t *testing.T) {
	const n = 3000
	s := &shelf{full: 1 << 20, lost: -1}
	if _, err := cramped(new(bytes.Buffer), s).write(context.Background(), villagers(n)); err != nil {
		t.Fatal(err)
	}
	pieces := len(s.pieces)
	for _, full := range []int{0, 1, pieces / 2, pieces - 1} {
		_, err := cramped(new(bytes.Buffer), &shelf{full: full, lost: -1}).write(context.Background(), villagers(n))
		if !errors.Is(err, errFull) {
			t.Errorf("room for %d of %d pieces: %v", full, pieces, err)
		}
	}
	for lost := range pieces {
		var buf bytes.Buffer
		_, err := cramped(&buf, &shelf{full: 1 << 20, lost: lost}).write(context.Background(), villagers(n))
		if !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("piece %d of %d cut short: %v", lost, pieces, err)
		}
		if _, err := Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 0); err == nil {
			t.Errorf("piece %d of %d cut short leaves an index", lost, pieces)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err := cramped(new(bytes.Buffer), &shelf{full: 1 << 20, lost: -1}).write(ctx, func(yield func(matchers.Record, error) bool) {
		for rec, err := range villagers(n) {
			if rec.Row == 2000 {
				cancel()
			}
			if !yield(rec, err) {
				return
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCodes(t *testing.T) {
	for _, s := range []string{"", "7", "EC00137841", "199001234", "2A", "12BIS", "a/b", "000", "123456789012345", "1234567890123456", "abcdefghijklmno1", "abcdefghijklmnop1",
		"0192f3c4-77aa-7d3e-9c1b-5f2e8a4b6c7d", "éèà12", string(make([]byte, 4096)) + "5"} {
		b := append(appendCode(nil, s), 0xff)
		r := reader{b: b}
		if got := decoded(r.code()); r.bad || got != s || len(r.b) != 1 {
			t.Errorf("%.40q came back as %.40q, %d bytes left", s, got, len(r.b))
		}
		for n := range min(len(b)-1, 40) {
			if r := (reader{b: b[:n]}); r.code() != "" || !r.bad {
				t.Errorf("%.40q cut at %d was read", s, n)
			}
		}
	}
}

func TestCells(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var want [][]byte
	for i := range 3000 {
		n := r.IntN(200)
		if i%500 == 250 {
			n = 50_000 + r.IntN(200_000)
		}
		b := make([]byte, n)
		for j := range b {
			b[j] = byte(i + j)
		}
		want = append(want, b)
	}
	var buf bytes.Buffer
	w := newPageWriter(&buf)
	w.unit([]byte("before"))
	c := newCellWriter(w)
	for _, cell := range want {
		c.add(cell)
	}
	h := c.end()
	w.flush()
	p, err := newPages(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 0)
	if err != nil {
		t.Fatal(err)
	}
	back, err := openCells(p, h)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got, err := back.cell(uint64(i)); err != nil || !bytes.Equal(got, want[i]) {
			t.Fatalf("cell %d: %d bytes, %v; want %d", i, len(got), err, len(want[i]))
		}
	}
	if _, err := back.cell(3000); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a cell that is not there: %v", err)
	}
}

// TestOldIndex: an index of an earlier layout says what to do.
func TestOldIndex(t *testing.T) {
	var buf bytes.Buffer
	w := newPageWriter(&buf)
	w.unit([]byte(magicName + "2\n" + "12345678"))
	w.flush()
	_, err := Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 0)
	var refused *breach.RefusedError
	if !errors.As(err, &refused) || refused.Code != "old-index" || refused.Hint == "" {
		t.Errorf("an index of version 2: %v", err)
	}
}
