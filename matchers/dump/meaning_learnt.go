package dump

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Rules say what a column may mean; how far each of them is right, and what
// speaks against it, was learnt from tables whose columns blind writers told,
// and from tables as software writes them.
// The model is log-linear (maximum entropy: Berger, Della Pietra, Della Pietra
// 1996): each piece of evidence adds to the logarithm of each meaning, on top of
// what the rules say. Where it knew nothing, the rules' answer would stand.
// TestLearnMeanings learns it anew.

//go:embed meaning_learnt.txt
var learntText string

// ruled is what the answer and the weights of the rules add before anything
// was learnt: little, for they are evidence as well.
const ruled = 2

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
		if v.meaning == birthName && t.is(i, usageName) && t.any(birthName) {
			continue // a person has one name of birth, and the rules told which
		}
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
