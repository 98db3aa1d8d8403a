package dump

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestDistinctCounter(t *testing.T) {
	for _, n := range []int{0, 1, 10, 100, 1000, 10_000, 200_000} {
		var d distinctCounter
		for i := range 3 * n {
			d.add(glanceAt(fmt.Appendf(nil, "value %d", i%max(n, 1))).hash)
		}
		got := float64(d.estimate())
		if math.Abs(got-float64(n)) > 0.08*float64(n)+1 {
			t.Errorf("%d distinct values are estimated at %.0f", n, got)
		}
	}
}

func TestDuplicates(t *testing.T) {
	row := func(i int) uint64 {
		return rowHash([][]byte{fmt.Appendf(nil, "%d", i), []byte("x"), fmt.Appendf(nil, "name %d", i*7)})
	}
	var few duplicates
	for i := range 1000 {
		few.add(row(i % 900))
	}
	if n, exact := few.estimate(); n != 100 || !exact {
		t.Errorf("%d duplicates, exact %v", n, exact)
	}
	var many duplicates
	for i := range 400_000 {
		many.add(row(i % 300_000))
	}
	if n, exact := many.estimate(); exact || n < 92_000 || n > 108_000 {
		t.Errorf("100000 duplicates are estimated at %d, exact %v", n, exact)
	}
	if many.kept.n > maxKept {
		t.Errorf("%d hashes are kept", many.kept.n)
	}
	if rowHash([][]byte{[]byte("ab"), []byte("c")}) == rowHash([][]byte{[]byte("a"), []byte("bc")}) {
		t.Error("borders between cells do not count")
	}
}

func TestQuality(t *testing.T) {
	o := worldOptions()
	cols := newColumns(2)
	rows := 0
	add := func(a, b string) {
		rows++
		cols[0].add([]byte(a), int64(rows), &o)
		cols[1].add([]byte(b), int64(rows), &o)
	}
	for i := range 3000 {
		name := ""
		if i%2 == 0 {
			name = fmt.Sprintf("valeur %d", i%500)
		}
		add(name, fmt.Sprintf("%02d/%02d/%d", 1+i%28, 1+i%12, 2019+i%6))
	}
	add("", "12/10/2025")
	add("", "14/10/2025")
	add("", "15/10/2025")
	add("", "01/01/2099") // a typing error
	add("HÃ©lÃ¨ne", "")
	add("H\ufffdl\ufffdne", "")
	out := understand(cols, []string{"a", "b"}, &o)
	a, b := cols[0].quality(int64(rows), out[0], &o), cols[1].quality(int64(rows), out[1], &o)
	if a.Rows != 3006 || a.Filled != 1502 || a.Damaged != 2 || a.Distinct < 235 || a.Distinct > 270 || math.Abs(a.Share-0.4997) > 0.001 {
		t.Errorf("%+v", a)
	}
	if b.Newest != "2025-10-15" {
		t.Errorf("newest %q of %+v", b.Newest, out[1])
	}
	table := tableQuality([]Quality{a, b}, &duplicates{})
	if table.Newest != "2025-10-15" || table.Damaged != 2 {
		t.Errorf("%+v", table)
	}
}

// Values are glanced at eight bytes at a time; each byte counts once.
func FuzzGlance(f *testing.F) {
	f.Add([]byte("12 rue 34"))
	f.Add([]byte("a@b\xc3\xa9"))
	f.Fuzz(func(t *testing.T, v []byte) {
		g, at, high := glanceAt(v), false, false
		for _, b := range v {
			at, high = at || b == '@', high || b >= 0x80
		}
		if g.digits != countDigits(v) || g.at != at || g.high != high {
			t.Errorf("%q: %+v", v, g)
		}
	})
}

// rowHash hashes the cells of a row as a survey does.
func rowHash(cells [][]byte) uint64 {
	h := uint64(len(cells))
	for _, v := range cells {
		h = joinHash(h, glanceAt(v).hash)
	}
	return h
}

// What a value's glance says depends on nothing that stands behind it.
func TestGlanceStaysWithinTheValue(t *testing.T) {
	line := []byte("Zoé;06 39 98 00 01;zoe@example.org;2001-02-03;éà@")
	for from := range line {
		for to := from; to <= len(line); to++ {
			if got, want := glanceAt(line[from:to]), glanceAt(slices.Clip(slices.Clone(line[from:to]))); got != want {
				t.Fatalf("%q: %+v, alone %+v", line[from:to], got, want)
			}
		}
	}
}

// Rows whose hashes end or begin alike are counted as fast as others.
func TestCountsDoNotCrowd(t *testing.T) {
	for name, key := range map[string]func(uint64) uint64{
		"low":  func(i uint64) uint64 { return i },
		"high": func(i uint64) uint64 { return i << 47 },
		"step": func(i uint64) uint64 { return i << 20 },
	} {
		c := counts{}
		for range 2 {
			for i := range uint64(1 << 16) {
				c.add(key(i), 1)
			}
		}
		far := 0
		for i, k := range c.keys {
			if k.times > 0 {
				far += (i - c.slot(k.key)) & (len(c.keys) - 1)
			}
		}
		if c.n != 1<<16 || far > 20*c.n {
			t.Errorf("%s: %d keys, %d steps beside their slots", name, c.n, far)
		}
	}
}
