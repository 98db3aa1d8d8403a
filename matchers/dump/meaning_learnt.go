package dump

import (
	_ "embed"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Rules say what a column may mean; how far each of them is right, and what
// speaks against it, was learnt from tables whose columns blind writers told.
// The model is log-linear (maximum entropy: Berger, Della Pietra, Della Pietra
// 1996): each piece of evidence adds to the logarithm of each meaning, on top of
// what the rules say. Where it knew nothing, the rules' answer would stand.
// TestLearnMeanings learns it anew.

//go:embed meaning_learnt.txt
var learntText string

// ruled is what the answer and the weights of the rules add before anything
// was learnt.
const ruled = 4

// evidence is one thing that is seen of a column, and how much of it.
type evidence struct {
	name  string
	value float64
}

// learnt is the model: the meanings it tells, and what each evidence adds to
// them.
type learnt struct {
	meanings []string
	place    map[string]int
	adds     map[string][]addend
}

type addend struct {
	meaning int
	weight  float64
}

var learntModel = sync.OnceValue(func() *learnt { return readLearnt(learntText) })

// readLearnt reads a model: the meanings in the first line, then the evidence,
// with hundredths for meanings counted from 0.
func readLearnt(text string) *learnt {
	head, rest, _ := strings.Cut(text, "\n")
	m := newLearnt(strings.Fields(head))
	for line := range strings.Lines(rest) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), "\t")
		for f := range strings.FieldsSeq(list) {
			meaning, weight, _ := strings.Cut(f, ":")
			k, err := strconv.Atoi(meaning)
			w, err2 := strconv.Atoi(weight)
			if err != nil || err2 != nil || k >= len(m.meanings) {
				panic("the learnt model is damaged at " + name)
			}
			m.adds[name] = append(m.adds[name], addend{k, float64(w) / 100})
		}
	}
	return m
}

func newLearnt(meanings []string) *learnt {
	m := &learnt{meanings: meanings, place: map[string]int{}, adds: map[string][]addend{}}
	for k, name := range meanings {
		m.place[name] = k
	}
	return m
}

// index is where a meaning stands in the model, -1 where it was not learnt:
// then the rules alone decide.
func (m *learnt) index(meaning string) int {
	if meaning == birthCommune {
		meaning = MeaningCommune
	}
	if k, ok := m.place[meaning]; ok {
		return k
	}
	return -1
}

// odds are the probabilities of the meanings after all evidence.
func (m *learnt) odds(said string, weights map[string]float64, seen []evidence) []float64 {
	z := m.prior(said, weights)
	for _, e := range seen {
		for _, a := range m.adds[e.name] {
			z[a.meaning] += float64(a.weight * e.value)
		}
	}
	return softmax(z)
}

// prior is what the rules say.
func (m *learnt) prior(said string, weights map[string]float64) []float64 {
	z := make([]float64, len(m.meanings))
	z[m.index(said)] = ruled
	for k, name := range m.meanings {
		z[k] += float64(ruled * weights[name])
	}
	return z
}

func softmax(z []float64) []float64 {
	sum, most := 0.0, slices.Max(z)
	for k := range z {
		z[k] = math.Exp(z[k] - most)
		sum += z[k]
	}
	for k := range z {
		z[k] /= sum
	}
	return z
}

// formal are meanings that only the form of values shows: learning may take
// them away and not give them.
var formal = []string{nir, MeaningIBAN, MeaningCard, email, MeaningIP, MeaningMAC, MeaningUserAgent, MeaningSIREN, MeaningSIRET, MeaningFINESS, MeaningUAI, MeaningINE, MeaningLocation}

// answer is the likeliest meaning and its probability.
func (m *learnt) answer(said string, weights map[string]float64, seen []evidence) (meaning string, sure float64) {
	at := m.index(said)
	best, p := at, m.odds(said, weights, seen)
	for k := range p {
		if p[k] > p[best] && !slices.Contains(formal, m.meanings[k]) {
			best = k
		}
	}
	if best == at {
		return said, min(0.99, p[best])
	}
	return m.meanings[best], min(0.99, p[best])
}

// revise lets what was learnt correct what the rules say of each column. What
// proves itself stands.
func (t *table) revise() {
	m := learntModel()
	type verdict struct {
		meaning string
		sure    float64
	}
	said := make([]verdict, len(t.out))
	for i := range t.out {
		if m.index(t.out[i].Meaning) < 0 || t.stands(i) {
			continue
		}
		said[i].meaning, said[i].sure = m.answer(t.out[i].Meaning, t.weights[i], t.evidence(i))
	}
	for i, v := range said {
		switch {
		case v.meaning == MeaningUnknown:
			t.out[i].Meaning, t.out[i].Confidence = MeaningUnknown, 0
		case v.meaning != "":
			t.out[i].Meaning, t.out[i].Confidence = v.meaning, v.sure
		}
	}
}

// stands tells a meaning that is not revised: check digits show it, or a form
// that nothing else has, or the header in so many words.
func (t *table) stands(i int) bool {
	m := t.out[i].Meaning
	if _, plain := t.plainly(i); plain {
		return true
	}
	return t.weights[i][m] >= 0.9 && slices.Contains(hard, m) && m != MeaningText && m != street && m != phone
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
	return out
}

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
