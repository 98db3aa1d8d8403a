package dump

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"vigie/internal/ident"
)

// Clues are what a dump says about where it comes from: names of columns, and
// values of organisations, never of people. They are counted on the rows looked
// at closely.
type Clues struct {
	Rows    int64       `json:"rows"`    // looked at
	Headers []string    `json:"headers"` // of all tables, folded, sorted
	Counts  []ClueCount `json:"counts"`  // the most frequent of each kind
	byKind  map[string]*tally
}

// ClueCount is how often a code, a domain or a department occurs.
type ClueCount struct {
	Kind  string `json:"kind"`  // "domain", "uai", "finess", "siren", "commune", "department"
	Value string `json:"value"` // such as "ac-toulouse.fr"
	Count int64  `json:"count"`
	Rows  int64  `json:"rows"` // that have a value of this kind
}

// maxTally bounds the different values that a tally tells apart; the counts of
// those it keeps are never too high (Misra and Gries, Sci. Comput. Program. 2,
// 1982).
const maxTally = 256

// tally counts frequent values.
type tally struct {
	n      int64
	counts map[string]*int64
}

func (t *tally) add(v []byte) {
	t.n++
	if n := t.counts[string(v)]; n != nil {
		*n++
		return
	}
	if t.counts == nil {
		t.counts = map[string]*int64{}
	}
	if len(t.counts) < maxTally {
		n := int64(1)
		t.counts[string(v)] = &n
		return
	}
	for k, n := range t.counts {
		if *n--; *n == 0 {
			delete(t.counts, k)
		}
	}
}

// fewest is how often a value must occur to be told: one that few rows share may
// say who they are.
const fewest = 5

// top lists the most frequent values, at most n.
func (t *tally) top(kind string, n int) []ClueCount {
	out := make([]ClueCount, 0, len(t.counts))
	for v, c := range t.counts {
		if *c >= fewest {
			out = append(out, ClueCount{kind, v, *c, t.n})
		}
	}
	slices.SortFunc(out, func(a, b ClueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out[:min(len(out), n)]
}

// common are mail hosts that everybody uses: they say nothing about an owner.
var common = map[string]bool{
	"gmail.com": true, "hotmail.com": true, "hotmail.fr": true, "outlook.com": true, "outlook.fr": true, "live.fr": true, "live.com": true,
	"yahoo.fr": true, "yahoo.com": true, "orange.fr": true, "wanadoo.fr": true, "free.fr": true, "sfr.fr": true, "neuf.fr": true,
	"laposte.net": true, "bbox.fr": true, "icloud.com": true, "me.com": true, "aol.com": true, "msn.com": true, "protonmail.com": true,
	"proton.me": true, "gmx.fr": true, "gmx.com": true, "numericable.fr": true, "club-internet.fr": true, "aliceadsl.fr": true, "ymail.com": true,
}

// look takes a row's clues. Codes are told by their own check digits, whatever
// their column is called.
func (c *Clues) look(row [][]byte) {
	c.Rows++
	for _, v := range row {
		if n := len(v); n > 0 && (v[0] <= ' ' || v[n-1] <= ' ' || v[0] >= utf8.RuneSelf || v[n-1] >= utf8.RuneSelf) {
			v = bytes.TrimSpace(v)
		}
		switch n := len(v); {
		case n < 5 || n > 120:
		case n == 8 && isAlnum(v[7]) && !isDigit(v[7]):
			if _, ok := ident.CheckUAI(v); ok {
				c.count("uai", bytes.ToUpper(v))
			}
		case n == 9 && allDigits(v):
			if _, ok := ident.CheckSIREN(v); ok {
				c.count("siren", v)
			}
			if _, ok := ident.CheckFINESS(v); ok {
				c.count("finess", v)
			}
		case n == 14 && allDigits(v):
			if _, ok := ident.CheckSIRET(v); ok {
				c.count("siren", v[:9])
			}
		case n == 5 && allDigits(v):
			c.count("department", v[:2])
		case bytes.IndexByte(v, '@') > 0 && ident.IsEmail(v):
			var raw [96]byte
			c.count("domain", appendLower(raw[:0], v[bytes.LastIndexByte(v, '@')+1:]))
		}
	}
}

func (c *Clues) count(kind string, v []byte) {
	if c.byKind == nil {
		c.byKind = map[string]*tally{}
	}
	t := c.byKind[kind]
	if t == nil {
		t = &tally{}
		c.byKind[kind] = t
	}
	t.add(v)
}

// conclude orders what was counted.
func (c *Clues) conclude(tables []TableLayout) *Clues {
	out := &Clues{Rows: c.Rows, Headers: []string{}, Counts: []ClueCount{}}
	for _, t := range tables {
		for _, col := range t.Columns {
			if !strings.HasPrefix(col.Name, "column_") {
				out.Headers = append(out.Headers, foldHeader(col.Name))
			}
		}
	}
	slices.Sort(out.Headers)
	out.Headers = slices.Compact(out.Headers)
	for _, kind := range []string{"domain", "uai", "finess", "siren", "department"} {
		t := c.byKind[kind]
		// By chance one number of nine digits in ten has a key that is right.
		if t == nil || kind != "domain" && t.n*5 < c.Rows {
			continue
		}
		out.Counts = append(out.Counts, t.top(kind, 20)...)
	}
	return out
}

// foldHeader brings a header to the form in which two exports of a system agree.
func foldHeader(s string) string {
	return strings.Join(strings.FieldsFunc(key([]byte(s)), func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}), " ")
}

// Known is a registry, or an export seen before, as far as it helps to say whose
// a dump is.
type Known struct {
	ID      string   `json:"id"`
	Headers []string `json:"headers"` // of its files, as they are
	Domains []string `json:"domains"` // of its controllers' websites and mail
	Codes   []string `json:"codes"`   // UAI, FINESS, SIREN of its controllers
}

// Owners ranks whose a dump may be: known registries first by what they share
// with it (columns, then domains and codes), then the bodies that its own codes
// and domains name.
func Owners(c *Clues, known []Known) []Owner {
	out := []Owner{}
	for _, k := range known {
		if o := c.resembles(k); o.Score >= 0.2 {
			out = append(out, o)
		}
	}
	for _, x := range c.Counts {
		share := float64(x.Count) / float64(max(c.Rows, 1))
		if x.Kind == "department" || x.Kind == "domain" && common[x.Value] || share < 0.1 {
			continue
		}
		out = append(out, Owner{Registry: x.Kind + ":" + x.Value, Score: round2(min(1, share) * 0.9),
			Why: fmt.Sprintf("%s %s in %d of %d rows", x.Kind, x.Value, x.Count, c.Rows)})
	}
	slices.SortStableFunc(out, func(a, b Owner) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), 20)]
}

// resembles scores one known registry.
func (c *Clues) resembles(k Known) Owner {
	var why []string
	theirs := map[string]bool{}
	for _, h := range k.Headers {
		theirs[foldHeader(h)] = true
	}
	both := 0
	for _, h := range c.Headers {
		if theirs[h] {
			both++
		}
	}
	score := 0.0
	if both > 0 {
		// Jaccard: shared columns among all of either.
		score = 0.8 * float64(both) / float64(len(theirs)+len(c.Headers)-both)
		why = append(why, fmt.Sprintf("%d of its %d columns have the same names", both, len(theirs)))
	}
	for _, x := range c.Counts {
		hit := x.Kind == "domain" && slices.ContainsFunc(k.Domains, func(d string) bool { return x.Value == d || strings.HasSuffix(x.Value, "."+d) }) ||
			x.Kind != "domain" && slices.Contains(k.Codes, x.Value)
		if hit {
			score += 0.5 * min(1, 4*float64(x.Count)/float64(max(c.Rows, 1)))
			why = append(why, fmt.Sprintf("%s %s in %d of %d rows", x.Kind, x.Value, x.Count, c.Rows))
		}
	}
	return Owner{Registry: k.ID, Score: round2(min(1, score)), Why: strings.Join(why, "; ")}
}

func round2(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
