package extract

import (
	_ "embed"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"vigie/crawlers"
)

// Of twelve states a page has one: a log-linear model (maximum entropy: Berger,
// Della Pietra, Della Pietra 1996) adds up what each thing seen says for and
// against each of them. The weights are learnt from told pages (TestLearnStates).

//go:embed state_learnt.txt
var stateText string

// states are those that a page may have, in the order of the learnt weights.
var states = []string{crawlers.StateListing, crawlers.StateIndex, crawlers.StateMarket, crawlers.StateLogin, crawlers.StateGate, crawlers.StateCaptcha,
	crawlers.StateShell, crawlers.StateParked, crawlers.StateError, crawlers.StateEmpty, crawlers.StateRedirect, crawlers.StateOther}

// stateWeights are what each thing seen adds to the logarithm of each state.
type stateWeights map[string][]float64

var stateModel = sync.OnceValue(func() stateWeights { return readStates(stateText) })

// readStates reads a model: lines of a name, a tab, and hundredths for each of
// the states.
func readStates(text string) stateWeights {
	m := stateWeights{}
	for line := range strings.Lines(text) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), "\t")
		row := make([]float64, 0, len(states))
		for f := range strings.FieldsSeq(list) {
			w, err := strconv.Atoi(f)
			if err != nil {
				panic("the learnt states are damaged at " + name)
			}
			row = append(row, float64(w)/100)
		}
		if len(row) != len(states) {
			panic("the learnt states are damaged at " + name)
		}
		m[name] = row
	}
	return m
}

// name is the likeliest state, and how likely it is.
func (m stateWeights) name(s sight) (string, float64) {
	p := m.shares(s)
	best := 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	return states[best], p[best]
}

// shares are how likely each state is. What is seen is added in the order of its
// names: sums of fractions differ by their order.
func (m stateWeights) shares(s sight) []float64 {
	p := make([]float64, len(states))
	for _, name := range slices.Sorted(maps.Keys(s)) {
		for k, w := range m[name] {
			p[k] += w * s[name]
		}
	}
	s.weigh(p)
	return p
}

// weigh turns what was added up for each state into shares of one. A page on which
// no post was read lists none.
func (s sight) weigh(p []float64) {
	if s["posts"] == 0 {
		p[slices.Index(states, crawlers.StateListing)] = math.Inf(-1)
	}
	top, sum := slices.Max(p), 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}
