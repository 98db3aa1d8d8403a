package charset

import (
	"math"
	"strings"
	"sync"
	"unicode"
)

// family is a set of encodings that share their languages. The number before
// a name is its prior in bits: what we ask of the evidence before we believe
// in it. French data is the rule here.
var families = []struct{ encodings, languages string }{
	{"0 windows-1252, 3 iso-8859-15, 5 cp850, 5 macintosh, 7 cp437, 12 cp858", "0 fr, 1 en, 3 es, 3 de, 3 it, 3 pt, 5 nl, 6 sv, 6 da, 7 no, 6 fi, 9 ca"},
	{"0 windows-1252, 14 cp861", "9 is"},
	{"14 cp865", "6 no, 6 da, 6 sv"},
	{"14 cp863", "4 fr"},
	{"5 windows-1250, 6 iso-8859-2, 8 cp852, 11 x-mac-ce", "2 pl, 3 cs, 4 sk, 3 hu, 5 hr, 6 sl"},
	{"5 windows-1250, 7 iso-8859-16, 7 iso-8859-2, 9 cp852", "4 ro"},
	{"6 windows-1257, 8 iso-8859-13, 9 iso-8859-4, 12 cp775", "5 lt, 6 lv, 8 et"},
	{"12 iso-8859-10", "4 is, 6 sv, 8 lv"},
	{"12 iso-8859-14", "6 ga, 6 cy"},
	{"12 iso-8859-3", "6 mt, 6 eo, 8 tr"},
	{"5 windows-1254, 8 cp857, 12 x-mac-turkish", "3 tr"},
	{"3 windows-1251, 5 koi8-r, 7 koi8-u, 6 iso-8859-5, 6 ibm866, 8 cp855, 7 x-mac-cyrillic", "2 ru, 5 uk, 5 bg, 8 mk, 8 sr"},
	{"4 windows-1253, 5 iso-8859-7, 8 cp737, 12 x-mac-greek", "2 el"},
	{"5 windows-1255, 6 iso-8859-8, 10 cp862", "2 he"},
	{"5 windows-1256, 7 iso-8859-6", "2 ar, 5 fa"},
	{"6 windows-874", "3 th"},
	{"7 windows-1258", "3 vi"},
}

// candidate is one encoding read in one language.
type candidate struct {
	name  string
	prior half
	latin bool // its language is written in Latin letters
	m     *model
	t     *table
	cases *[256]uint8
	class [256]uint8
}

const (
	caseless = iota
	lower
	upper
)

var candidates = sync.OnceValue(func() []*candidate {
	var out []*candidate
	cases := map[string]*[256]uint8{}
	for _, f := range families {
		for e := range strings.SplitSeq(f.encodings, ", ") {
			bitsE, name := prior(e)
			t := single(name)
			if cases[name] == nil {
				cases[name] = t.cases()
			}
			for l := range strings.SplitSeq(f.languages, ", ") {
				bitsL, lang := prior(l)
				c := &candidate{name: name, prior: 2 * (bitsE + bitsL), m: models()[lang], t: t, cases: cases[name]}
				c.latin = c.m.script == unicode.Latin
				for i, r := range t {
					c.class[i] = c.m.class(r)
				}
				out = append(out, c)
			}
		}
	}
	return out
})

func prior(s string) (bits half, name string) {
	number, name, _ := strings.Cut(s, " ")
	for _, c := range number {
		bits = bits*10 + half(c-'0')
	}
	return bits, name
}

func (t *table) cases() *[256]uint8 {
	out := new([256]uint8)
	for i, r := range t {
		switch {
		case unicode.IsUpper(r):
			out[i] = upper
		case unicode.IsLower(r) && r != 'ª' && r != 'º':
			out[i] = lower
		}
	}
	return out
}

// turns are the costs of a change of case: within a word a small letter is
// not followed by a capital.
var turns = [3][3]half{
	caseless: {0, 0, 1},
	lower:    {0, 0, 18},
	upper:    {0, 1, 2},
}

// unshout is the cost of a small letter after two capitals.
const unshout half = 14

// cost is what the sample costs read by the candidate; it gives up above the
// limit.
func (c *candidate) cost(pairs []pair, limit uint64) uint64 {
	total := uint64(0)
	for _, p := range pairs {
		a, b := c.cases[p.before], c.cases[p.after]
		h := turns[a][b] + half(c.m.cost[int(c.class[p.before])*c.m.stride+int(c.class[p.after])])
		if p.shout && a == upper && b == lower {
			h += unshout
		}
		total += uint64(h) * uint64(p.count)
		if total > limit {
			break
		}
	}
	return total
}

// firstPairs is on how many pairs all candidates are weighed; those that come
// near the best are weighed on all of a long text.
const firstPairs = 48

// likely returns the candidates worth weighing on the whole sample.
func likely(s *sample) []*candidate {
	all := candidates()
	if len(s.pairs) <= 2*firstPairs {
		return all
	}
	costs, best := make([]uint64, len(all)), uint64(math.MaxUint64/4)
	for i, c := range all {
		costs[i] = c.cost(s.pairs[:firstPairs], near(best))
		best = min(best, costs[i])
	}
	var out []*candidate
	for i, c := range all {
		if costs[i] <= near(best) {
			out = append(out, c)
		}
	}
	return out
}

// near is how far a candidate may lie behind the best after the first round.
func near(best uint64) uint64 { return best + best/3 + 200 }
