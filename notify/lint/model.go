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
	aOther
	aspects
)

// ruleOf is the rule that a sentence breaks when it has an aspect.
var ruleOf = map[aspect]string{
	aHedge: "hedge", aAsks: "asks-secret", aBlame: "blame", aAdvert: "advertising", aPanic: "panic", aNotTaken: "not-taken", aMinimises: "minimises",
	aOther: "other-person",
}

// aspectOf is the aspect that a rule of phrases stands for.
var aspectOf = map[string]aspect{
	"hedge": aHedge, "asks-secret": aAsks, "click": aAsks, "lookup": aAsks, "blame": aBlame, "advertising": aAdvert, "panic": aPanic, "urgency": aPanic,
	"not-taken": aNotTaken, "minimises": aMinimises, "no-evidence": aMinimises, "other-person": aOther,
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

// features calls f with what the model sees of a sentence: its stems and how its
// words begin, pairs of stems, those with one between them too, what stands in
// the reach of a negation, the fields that its words belong to, and their pairs.
func features(words []string, text string, f func([]byte)) {
	var touched fieldSet
	beforeLast, last, lastField := "", "^", "^"
	b := make([]byte, 0, 64)
	put := func(parts ...string) {
		b = b[:0]
		for _, s := range parts {
			b = append(b, s...)
		}
		f(b)
	}
	denied := 0 // how many words more a negation reaches
	for _, w := range words {
		s := stem(w)
		put(s)
		put(last, " ", s)
		if beforeLast != "" {
			put(beforeLast, "~", s)
		}
		beforeLast, last = last, s
		if len(w) > 4 {
			put("/", firstLetters(w, 4))
		}
		in := fieldsOf(w)
		switch {
		case in&negation() != 0:
			denied = reach
		case denied > 0:
			denied--
			put("!", s)
			in.each(func(name string) { put("!=", name) })
		}
		touched |= in
		name := in.first()
		if name != "_" || lastField != "_" {
			put("#", lastField, name)
		}
		lastField = name
	}
	put(last, " $")
	for rest := touched; rest != 0; rest &= rest - 1 {
		name := rest.first()
		put("=", name)
		(rest & (rest - 1)).each(func(other string) { put("=", name, "+", other) })
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

// reach is how many words after a negation it is taken to deny.
const reach = 6

const stemLength = 6 // letters; what follows is mostly inflection

// stem is what a word and its inflections share.
func stem(w string) string {
	if w[0] >= '0' && w[0] <= '9' {
		return "0"
	}
	if s := firstLetters(w, stemLength); len(s) < len(w) {
		return s
	}
	return strings.TrimRight(w, "s")
}

// firstLetters are as many letters of a word, or all of it.
func firstLetters(w string, n int) string {
	at := 0
	for ; n > 0 && at < len(w); n-- {
		_, size := utf8.DecodeRuneInString(w[at:])
		at += size
	}
	return w[:at]
}

// byHeading is what the heading above a sentence adds to the odds.
var byHeading = map[section][aContact + 1]float64{
	nature:       {1.5, 0, -.5, -.5, 0},
	data:         {0, 2.5, 0, -1.5, 0}, // the file was examined: how it is known, no measure
	absent:       {-2, -2, -2, -.5, 0},
	consequences: {-.5, -.5, 2, -.5, 0},
	measures:     {-2, -1.5, -1, 2, 0},
	actions:      {-3, -3, -3, -3, -3},
	contact:      {-.5, -.5, -.5, -.5, 1.5},
	others:       {-1, -1, -1, -.5, -12}, // whom to ask in doubt of a message, or to complain to
}

// learntFaults finds the sentences that say what must not be said, as far as
// the model knows it without a rule. "Not taken" may stand beside the sentence
// that says who attests it.
func (c *checker) learntFaults(o outline) {
	for i, u := range o.units {
		for a := aHedge; a < aspects; a++ {
			if !u.commits(a) || c.stands(a, u.where) {
				continue
			}
			if a == aNotTaken && slices.ContainsFunc(o.units[max(i-2, 0):min(i+2, len(o.units))], func(v unit) bool { return attests.says(v.text) }) {
				continue
			}
			c.add(ruleOf[a], u.where)
		}
	}
}

// commits tells whether a sentence commits a fault more surely than it says an
// element. A heading commits none, nor does a greeting; what is never asked, a list of data and a
// sentence that names nothing of the reader's ask for nothing.
func (u unit) commits(a aspect) bool {
	switch {
	case u.titles(), strings.HasSuffix(u.text, ","):
		return false
	case a == aAsks && (u.warns || u.list > 0 && (u.section == data || u.section == absent) || !secret.says(u.text) && !category.in(u.words) || controllers.says(u.text)):
		return false
	}
	return len(u.words) > 3 && u.odds[a] >= certain[a]+max(0, slices.Max(u.odds[:aHedge]))
}

var attests = re(`attest|certifi(?:é|e\b|ent|ed|es\b)|signed (?:a |the |his |her |their )?(?:written )?statement|\b(?:wrote|a signé|constat|par écrit|in writing)\b`)

// stands tells whether a rule has found the same there already.
func (c *checker) stands(a aspect, where string) bool {
	return slices.ContainsFunc(c.found, func(f Finding) bool { known, ok := aspectOf[f.Rule]; return ok && known == a && f.Where == where })
}

// doubted tells whether the model speaks against what a rule finds in a
// sentence. What plays things down is in the words themselves.
func doubted(rule, sentence string) bool {
	a, known := aspectOf[rule]
	return known && a != aMinimises && learnt().of(wordsOf(sentence), sentence)[a] < -against
}

const against = 3.5 // the odds against which a rule is not believed

// enough are the odds from which a sentence says an element, and certain those
// from which it commits a fault without a rule that knows it. Both were chosen
// on sentences and texts that the model had not learnt.
var (
	enough  = [aHedge]float64{aNature: -.9, aData: -.8, aConsequences: -1, aMeasures: -.3, aContact: -.2}
	certain = [aspects]float64{aHedge: -1.5, aAsks: 0, aBlame: -.2, aAdvert: -.5, aPanic: -.3, aNotTaken: 0, aMinimises: -.1, aOther: -.2}
)

// tells tells whether the sentences say an element, by what the model learnt
// and by where they stand: their odds together are enough, since two that each
// nearly say it say it.
func (o outline) tells(a aspect) bool {
	sum := 0.0
	for _, u := range o.units {
		if a != aContact || o.reachable(u) {
			sum += math.Exp(u.beyond(a))
		}
	}
	return sum >= 1
}

// tells tells whether a sentence says an element by itself.
func (u unit) tells(a aspect) bool { return u.beyond(a) >= 0 }

// beyond is by how much the logarithm of the odds that a sentence says an
// element exceeds what is enough: minus infinity where it cannot say it.
func (u unit) beyond(a aspect) float64 {
	if u.warns && a != aContact || u.titles() || a != aContact && strings.HasSuffix(u.text, "?") || a == aConsequences && len(u.words) < 4 || a == aMeasures && vagueMeasures.says(u.text) || a == aData && (vagueData.says(u.text) || dataOrigin.says(u.text)) || len(u.words) <= 4 && u.list == 0 && u.section == loose {
		return math.Inf(-1)
	}
	z, other := 0.0, 0.0
	for b := range aHedge {
		odds := u.odds[b] + byHeading[u.section][b]
		if b == a {
			z = odds
		} else {
			other = max(other, odds)
		}
	}
	if a != aNature && a != aContact && u.section != actions && u.list == 0 && u.directs {
		z--
	}
	return z - rival*other - enough[a]
}

// titles tells a heading that stands as a sentence, with nothing below it.
func (u unit) titles() bool {
	return u.list == 0 && (len(u.words) <= 4 || len(u.words) <= 8 && asks.MatchString(u.text)) && sectionOf(u.text) != loose
}

// rival is what the odds that a sentence says another element take from those
// that it says this one.
const rival = .6

// reachable tells whether a way to reach somebody stands in a sentence, or in
// the two after it and is not that of the authority.
func (o outline) reachable(u unit) bool {
	return slices.ContainsFunc(o.units[u.at:min(u.at+3, len(o.units))], func(v unit) bool {
		return (v.at == u.at || !cnil.says(v.text)) && (mail.MatchString(v.text) || phone.MatchString(v.text) || postal.MatchString(v.text))
	})
}
