package registry

import (
	"fmt"
	"math"

	"vigie/matchers"
)

// A profile is what the values of a column look like: kept sealed with each
// version, so that a file whose columns have shifted is known before it
// replaces anything, also where every row could be read.
type profile struct {
	Rows   int64             `json:"rows"` // looked at
	Filled int64             `json:"filled"`
	Shapes [numShapes]int64  `json:"shapes"`
	Spread [numSpreads]int64 `json:"spread"` // of a digest of the values: what is frequent shows
}

// profiles are a file's columns by their names.
type profiles map[string]*profile

// Shapes of a value.
const (
	shapeWords  = iota // letters, spaces, hyphens and apostrophes
	shapeDigits        // digits and what parts them
	shapeMixed         // both
	shapeMail          // with an @
	shapeLetter        // one or two bytes
	shapeOther
	numShapes
)

const numSpreads = 32

// What a column must have, in both versions, to be judged.
const (
	minProfiled = 200
	maxShift    = 0.5  // distance of shapes, of 1, that no new version shows
	maxSwap     = 0.25 // of spreads, if another column's is much closer
	minFilled   = 0.2  // a column so full does not become empty
)

func shapeOf(v string) int {
	letters, digits := false, false
	for i := range len(v) {
		switch c := v[i]; {
		case c == '@':
			return shapeMail
		case c >= '0' && c <= '9':
			digits = true
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80:
			letters = true
		}
	}
	switch {
	case len(v) <= 2:
		return shapeLetter
	case letters && digits:
		return shapeMixed
	case letters:
		return shapeWords
	case digits:
		return shapeDigits
	}
	return shapeOther
}

// spread digests a value (FNV-1a): it is sealed, and 5 bits of it tell little.
func spread(v string) int {
	h := uint32(2166136261)
	for i := range len(v) {
		h = (h ^ uint32(v[i])) * 16777619
	}
	return int(h >> 27)
}

// profiler looks at rows.
type profiler [numColumns]profile

func (p *profiler) look(c *cells, cols []column) {
	for _, col := range cols {
		f := &p[col]
		f.Rows++
		if v := c[col]; v != "" {
			f.Filled++
			f.Shapes[shapeOf(v)]++
			f.Spread[spread(v)]++
		}
	}
}

func (p *profiler) add(o *profiler) {
	for c := range p {
		f, g := &p[c], &o[c]
		f.Rows += g.Rows
		f.Filled += g.Filled
		for i := range f.Shapes {
			f.Shapes[i] += g.Shapes[i]
		}
		for i := range f.Spread {
			f.Spread[i] += g.Spread[i]
		}
	}
}

// named keeps the columns that have been looked at.
func (p *profiler) named() profiles {
	out := profiles{}
	for c := range p {
		if p[c].Rows > 0 && column(c) != colID {
			f := p[c]
			out[column(c).String()] = &f
		}
	}
	return out
}

// distance is the total variation distance of two histograms: 0 for the same,
// 1 for nothing in common.
func distance(a, b []int64) float64 {
	var na, nb, d float64
	for i := range a {
		na, nb = na+float64(a[i]), nb+float64(b[i])
	}
	if na == 0 || nb == 0 {
		return 0
	}
	for i := range a {
		d += math.Abs(float64(a[i])/na - float64(b[i])/nb)
	}
	return d / 2
}

// shifted refuses a file in which a column does not look like it did in the
// last version: it has other shapes of values, it has become empty, or its
// values are those that another column had.
func (p profiles) shifted(last profiles) error {
	for c := range numColumns {
		name := c.String()
		was, now := last[name], p[name]
		if was == nil || c == notHere || was.Rows < minProfiled {
			continue
		}
		if now == nil {
			now = &profile{Rows: minProfiled}
		}
		if now.Rows < minProfiled {
			continue
		}
		what := fmt.Sprintf("%s, column %q", personsName, name)
		switch {
		case float64(was.Filled) > minFilled*float64(was.Rows) && float64(now.Filled) < minFilled/10*float64(now.Rows):
			return refuse("emptied-column", what, "it is empty and was not in the last version: is the file whole?")
		case was.Filled < minProfiled || now.Filled < minProfiled:
		case distance(was.Shapes[:], now.Shapes[:]) > maxShift, p.swapped(c, last):
			return refuse("shifted-columns", what, "its values do not look like those of the last version: are the columns shifted or swapped?")
		}
	}
	return nil
}

// swapped tells whether a column's frequent values are those that another
// column of the same kind had, as when names and given names change places.
func (p profiles) swapped(c column, last profiles) bool {
	now := p[c.String()]
	own := distance(now.Spread[:], last[c.String()].Spread[:])
	if own < maxSwap {
		return false
	}
	for o := range matchers.NumFields {
		was := last[o.String()]
		if column(o) == c || was == nil || was.Filled < minProfiled {
			continue
		}
		if distance(now.Spread[:], was.Spread[:]) < own/2 {
			return true
		}
	}
	return false
}
