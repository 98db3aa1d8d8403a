package lint

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// aspect is something that the model tells of a sentence, with a weight for
// each of the features it sees. The first five are elements of Art. 34.
type aspect int

const (
	aNature aspect = iota
	aData
	aConsequences
	aMeasures
	aContact
	// What must not be said: an aspect for each rule of ruleOf.
	aHedge
	aAsks
	aBlame
	aAdvert
	aPanic
	aNotTaken
	aMinimises
	aspects
)

// ruleOf is the rule that a sentence breaks when it has an aspect.
var ruleOf = map[aspect]string{
	aHedge: "hedge", aAsks: "asks-secret", aBlame: "blame", aAdvert: "advertising", aPanic: "panic", aNotTaken: "not-taken", aMinimises: "minimises",
}

// aspectOf is the aspect that a rule of phrases stands for.
var aspectOf = map[string]aspect{
	"hedge": aHedge, "asks-secret": aAsks, "click": aAsks, "lookup": aAsks, "blame": aBlame, "advertising": aAdvert, "panic": aPanic, "urgency": aPanic,
	"not-taken": aNotTaken, "minimises": aMinimises, "no-evidence": aMinimises,
}

// weights are what the model learnt, a line for each feature: the feature, and
// for each aspect a hundred times its weight. It is a log-linear model in the
// manner of Berger, Della Pietra and Della Pietra (1996), one binary decision for
// each aspect, learnt from the sentences under testdata by TestRemake.
//
//go:generate go test -run ^TestRemake$ -remake .
//go:embed model.txt
var weights string

// model gives each feature its weights.
type model map[string]*[aspects]float32

const bias = "bias"

var learnt = sync.OnceValue(func() model {
	m := model{}
	for line := range strings.Lines(weights) {
		feature, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		var w [aspects]float32
		for i, s := range strings.Fields(rest)[:aspects] {
			n, _ := strconv.Atoi(s)
			w[i] = float32(n) / 100
		}
		m[feature] = &w
	}
	return m
})

// of is the logarithm of the odds that a sentence has each aspect.
func (m model) of(words []string, text string) [aspects]float64 {
	var sum [aspects]float64
	n := 0
	features(words, text, func(f []byte) {
		n++
		if w := m[string(f)]; w != nil {
			for i := range sum {
				sum[i] += float64(w[i])
			}
		}
	})
	base := m[bias]
	for i := range sum {
		sum[i] = sum[i]*scaleOf(n) + float64(base[i])
	}
	return sum
}

// scaleOf weighs down the features of a long sentence, which has more of them.
func scaleOf(features int) float64 { return math.Sqrt(30 / float64(features+10)) }

// features calls f with what the model sees of a sentence: its stems, pairs of
// stems, the fields that its words belong to, and pairs of fields.
func features(words []string, text string, f func([]byte)) {
	var touched fieldSet
	last, lastField := "^", "^"
	b := make([]byte, 0, 64)
	put := func(parts ...string) {
		b = b[:0]
		for _, s := range parts {
			b = append(b, s...)
		}
		f(b)
	}
	for _, w := range words {
		s := stem(w)
		put(s)
		put(last, " ", s)
		last = s
		in := fieldsOf(w)
		touched |= in
		name := in.first()
		if name != "_" || lastField != "_" {
			put("#", lastField, name)
		}
		lastField = name
	}
	put(last, " $")
	for i, a := range fields {
		if touched&(1<<i) == 0 {
			continue
		}
		put("=", a.name)
		for j := i + 1; j < len(fields); j++ {
			if touched&(1<<j) != 0 {
				put("=", a.name, "+", fields[j].name)
			}
		}
	}
	put("@", strconv.Itoa(min(len(words)/6, 4)))
	if strings.HasSuffix(text, "?") {
		put("@?")
	}
	if strings.Count(text, ",") > 2 {
		put("@,")
	}
	if dated.says(text) {
		put("@dated")
	}
}

const stemLength = 6 // letters; what follows is mostly inflection

// stem is what a word and its inflections share.
func stem(w string) string {
	if w[0] >= '0' && w[0] <= '9' {
		return "0"
	}
	at := 0
	for n := 0; n < stemLength && at < len(w); n++ {
		_, size := utf8.DecodeRuneInString(w[at:])
		at += size
	}
	if at < len(w) {
		return w[:at]
	}
	return strings.TrimRight(w, "s")
}

// byHeading is what the heading above a sentence adds to the odds.
var byHeading = map[section][aContact + 1]float64{
	nature:       {1.5, 0, -.5, -.5, 0},
	data:         {0, 1.5, 0, -1.5, 0}, // the file was examined: how it is known, no measure
	absent:       {-2, -2, -2, -.5, 0},
	consequences: {-.5, -.5, 1.5, -.5, 0},
	measures:     {-.5, -.5, -1, 1.5, 0},
	actions:      {-3, -3, -3, -3, -3},
	contact:      {-.5, -.5, -.5, -.5, 1.5},
	others:       {-1, -1, -1, -.5, -12}, // whom to ask in doubt of a message, or to complain to
}

// learntFaults finds the sentences that say what must not be said, as far as
// the model knows it without a rule.
func (c *checker) learntFaults(o outline) {
	for _, u := range o.units {
		sound := max(0, slices.Max(u.odds[:aHedge]))
		for a := aHedge; a < aspects; a++ {
			if u.odds[a] >= sound+certain && len(u.words) > 3 && !c.stands(a, u.where) {
				c.add(ruleOf[a], u.where)
			}
		}
	}
}

// stands tells whether a rule has found the same there already.
func (c *checker) stands(a aspect, where string) bool {
	return slices.ContainsFunc(c.found, func(f Finding) bool { known, ok := aspectOf[f.Rule]; return ok && known == a && f.Where == where })
}

// doubted tells whether the model speaks against what a rule finds in a
// sentence.
func doubted(rule, sentence string) bool {
	a, known := aspectOf[rule]
	return known && learnt().of(wordsOf(sentence), sentence)[a] < -against
}

const (
	certain = .7  // the odds from which a fault needs no rule
	against = 7.5 // the odds against which a rule is not believed
	vote    = 2.8 // what the rules add when they find an element
)

// enough are the odds from which an element counts as said.
var enough = [aContact + 1]float64{aNature: .2, aData: 1, aConsequences: 1, aMeasures: 1, aContact: 1}

// tells sums the odds of all sentences that one of them says an element, by
// what the model learnt, where it stands, and what the rules find.
func (o outline) tells(a aspect, ruled bool) bool {
	sum := 0.0
	for i, u := range o.units {
		if u.warns || a == aContact && !reachable(o.units[i:min(i+3, len(o.units))]) {
			continue
		}
		z := u.odds[a] + byHeading[u.section][a]
		if a != aNature && a != aContact && u.section != actions && u.list == 0 && u.directs {
			z--
		}
		sum += math.Log1p(math.Exp(min(z, 30)))
	}
	z := math.Log(math.Expm1(sum))
	if ruled {
		z += vote
	}
	return z >= enough[a]
}

// reachable tells whether a way to reach somebody stands in a sentence, or in
// the two after it, and is not that of the authority.
func reachable(near []unit) bool {
	for _, u := range near {
		if s := u.text; !cnil.says(s) && (mail.MatchString(s) || phone.MatchString(s) || postal.MatchString(s)) {
			return true
		}
	}
	return false
}
