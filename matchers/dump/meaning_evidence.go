package dump

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// evidence is one thing that is seen of a column, and how much of it.
type evidence struct {
	name  string
	value float64
}

// evidence lists what is seen of a column, always in the same order: the model
// knows traits and kinds by their numbers, so that new ones stand behind.
func (t *table) evidence(i int) []evidence {
	c, out := t.cols[i], make([]evidence, 0, 256)
	add := func(name string, value float64) {
		if value != 0 {
			out = append(out, evidence{name, value})
		}
	}
	share := func(name string, value float64) {
		add(name, value)
		if value > 0.2 {
			add(name+">.2", 0.7)
		}
		if value > 0.9 {
			add(name+">.9", 0.7)
		}
	}
	add("any", 1)
	counted := func(kind string, counts []int32) {
		for k, n := range counts {
			if n > 0 {
				share(kind+strconv.Itoa(k), c.part(int64(n)))
			}
		}
	}
	counted("trait", c.has[:])
	counted("shape", c.shaped[:])
	counted("proof", c.proved[:])
	few, unique, ratio := c.variety()
	share("few", when(few))
	share("unique", when(unique))
	share("ratio", ratio)
	share("form", c.topShape())
	share("digits", c.part(c.digits))
	share("letters", c.part(c.letters))
	share("nir", c.all(c.nir))
	share("iban", c.all(c.iban))
	share("card", c.all(c.card))
	share("ats", c.all(c.ats))
	if n := float64(c.has[tWords]); n > 0 {
		share("known", float64(c.has[tKnown])/n)
		add("lean", c.leaning/n/3)
	}
	size := func(name string, n int) { // in steps of the logarithm
		add(name+strconv.Itoa(int(math.Round(1.5*math.Log2(float64(n)+1)))), 1)
	}
	size("values", len(c.values))
	size("forms", len(c.shapes))
	size("shortest", c.shortest)
	size("longest", c.longest)
	size("mean", int(c.bytes/max(1, c.looked)))
	if dv := c.dates; dv != nil {
		style, _ := dv.style(t.newest)
		first, median := dv.quartiles(style)
		share("dates", c.part(dv.n))
		share("serial", c.part(dv.serial))
		share("years", c.part(dv.bareYear))
		share("timed", c.part(dv.timed))
		add("first"+strconv.Itoa(first/8), 1)
		add("median"+strconv.Itoa(median/8), 1)
	}
	for _, m := range slices.Sorted(maps.Keys(t.weights[i])) {
		add("w:"+m, t.weights[i][m])
	}
	said, h := t.out[i], t.hints[i]
	add("said:"+said.Meaning, 1)
	add("sure:"+said.Meaning, said.Confidence)
	add("header:"+h, 1)
	add("both:"+said.Meaning+" "+h, 0.7)
	for d := 1; d <= 2; d++ {
		for _, j := range [2]int{i - d, i + d} {
			where := strconv.Itoa(j - i)
			if j < 0 || j >= len(t.out) {
				add("edge"+where, 0.7)
				continue
			}
			add("at"+where+t.out[j].Meaning, 0.7)
			add("near"+strconv.Itoa(d)+t.out[j].Meaning, 0.5)
		}
	}
	for _, m := range t.others(i) {
		add("in:"+m, 0.4)
	}
	size("width", len(t.out))
	for _, g := range spelling(t.headers[i]) {
		add("header "+g.name, g.value)
	}
	for _, g := range c.speech() {
		add("value "+g.name, g.value)
	}
	return out
}

// spelling lists the words of a header and their pieces of three to five letters,
// ends marked: abbreviations and other languages share pieces with what is known.
func spelling(header string) (out []evidence) {
	if unnamed.MatchString(header) {
		return nil
	}
	var words, pieces []string
	for _, w := range headerWords(header) {
		words = append(words, w)
		marked := []rune("^" + w + "$")
		for n := 3; n <= 5; n++ {
			for i := 0; i+n <= len(marked); i++ {
				pieces = append(pieces, string(marked[i:i+n]))
			}
		}
	}
	words, pieces = sortedSet(words), sortedSet(pieces)
	for _, w := range words {
		out = append(out, evidence{w, 1})
	}
	for _, p := range pieces { // together they weigh as one word and a half
		out = append(out, evidence{"." + p, 1.5 / math.Sqrt(float64(len(pieces)+len(words)))})
	}
	return out
}

// unnamed is what columns without a header are called here.
var unnamed = regexp.MustCompile(`^column_[0-9]+$`)

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// spokenRows is how many rows speech looks at.
const spokenRows = 200

// speech lists the words that come again in the values kept beside those of
// their rows, and the signs between them, each with the root of its share of
// the values.
func (c *column) speech() (out []evidence) {
	n, count := 0, map[string]int{}
	for _, v := range c.side[:min(len(c.side), spokenRows)] {
		if v.row == 0 {
			continue
		}
		n++
		list := headerWords(v.value)
		for _, r := range v.value {
			if unicode.IsGraphic(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != utf8.RuneError {
				list = append(list, string(r))
			}
		}
		for _, w := range sortedSet(list) {
			count[w]++
		}
	}
	for _, w := range slices.Sorted(maps.Keys(count)) {
		if k := count[w]; k*spokenLeast >= n {
			out = append(out, evidence{w, math.Sqrt(float64(k) / float64(n))})
		}
	}
	return out
}

// spokenLeast is one of how many values holds a word at least.
const spokenLeast = 40

// others are the meanings of the other columns, sorted.
func (t *table) others(i int) []string {
	seen := map[string]bool{}
	for j := max(0, i-64); j < min(len(t.out), i+64); j++ {
		if j != i {
			seen[t.out[j].Meaning] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
