package linkage

import (
	"fmt"
	"math"
	"slices"

	"vigie/internal/breach"
)

// What a sample must be to teach.
const (
	leastJudged  = 100     // pairs
	leastWorth   = 20      // pairs of one person, as if drawn evenly
	mostOfDump   = 2. / 3  // of what the sample is worth, from one dump
	mostOfJudge  = 0.8     // of the pairs, judged by one person
	mostOfPerson = 1. / 20 // of the true pairs of a dump, about one person
	leastCrowd   = 5       // true pairs about one person
	mostDisputed = 0.2     // of the pairs, on which the first two disagreed
	mostUnclear  = 0.2     // of the pairs, on which nobody settled
	farOff       = 4       // standard errors that sampling does not explain
	farBits      = 2       // bits by which a level moves that a person must look at
	leastCompare = 10      // pairs a dump is worth to be compared with the others
)

// Acceptable tells an alarm that a person may accept with a reason: the others
// need another sample.
func (a Alarm) Acceptable() bool { return a.Code == "shift" || a.Code == "odd-dump" }

// Refused is the first alarm that stands against the refined model once a person
// has accepted those named; nil: it may be used.
func (r *Refinement) Refused(accepted ...string) error {
	for _, a := range r.Alarms {
		if a.Acceptable() && slices.Contains(accepted, a.Code) {
			continue
		}
		hint := a.Text
		if a.Acceptable() {
			hint += ": look at the judged pairs; a person may accept it with a reason"
		}
		return &breach.RefusedError{Code: a.Code, What: "refinement of " + r.Before, Hint: hint}
	}
	return nil
}

func alarms(now *parameters, dumps map[string]Sampled, list []weighed, r Refinement) (out []Alarm) {
	say := func(code, format string, args ...any) { out = append(out, Alarm{code, fmt.Sprintf(format, args...)}) }
	if len(list) < leastJudged || r.Worth < leastWorth || r.Same == len(list) {
		say("too-few", "%d pairs are judged and those of one person are worth %.0f; at least %d, worth %d, and some of two people are needed", len(list), r.Worth, leastJudged, leastWorth)
	}
	if len(list) == 0 {
		return out
	}
	counts := byDump(list, nil)
	if name, s := largest(counts); s > mostOfDump {
		say("one-dump", "%.0f %% of what is learnt comes from %s: whoever wrote it would teach; judge pairs of other dumps", 100*s, name)
	}
	judges, disputed, unclear := map[string]int{}, 0, 0
	for _, x := range list {
		for _, j := range x.Judges {
			judges[j]++
		}
		if x.Disputed {
			disputed++
		}
	}
	for _, j := range keysOf(judges) {
		if s := float64(judges[j]) / float64(len(list)); s > mostOfJudge {
			say("one-reviewer", "%s judged %.0f %% of the pairs; at least three people must share them", j, 100*s)
		}
	}
	for name := range counts {
		unclear += dumps[name].Unclear
	}
	if s := float64(disputed) / float64(len(list)); s > mostDisputed {
		say("disputed", "the first two people disagree on %.0f %% of the pairs", 100*s)
	}
	if s := float64(unclear) / float64(len(list)+unclear); s > mostUnclear {
		say("unclear", "nobody could settle %.0f %% of the pairs", 100*s)
	}
	for _, name := range keysOf(counts) {
		if n, of := mostAbout(list, name); n >= leastCrowd && float64(n) > mostOfPerson*float64(of) {
			say("one-person", "%d of %d true pairs of %s are about one person: it may have been made to hit them", n, of, name)
		}
	}
	if len(counts) > 1 {
		for _, name := range keysOf(counts) {
			if c, l, ok := odd(counts, name); ok {
				say("odd-dump", "%s differs from the other dumps in %s=%s by more than sampling explains", name, specs[c].name, levelName(c, l))
			}
		}
	}
	for c := range numComparisons {
		m, n := told(counts, c, nil)
		old := now.levels(c)
		for l := range old {
			if !unlearnt(c, l+1) && apart(share(m[l+1]), share(old[l].M), float64(n)/1000, math.Inf(1)) {
				say("shift", "%s=%s moves from %.4f to %.4f by more than sampling explains", specs[c].name, old[l].Name, share(old[l].M), share(m[l+1]))
			}
		}
	}
	return out
}

// largest is the dump that teaches most and its part of all.
func largest(counts map[string]*counted) (name string, part float64) {
	var sum, most uint64
	for _, k := range keysOf(counts) {
		var n uint64
		for c := range numComparisons {
			n = max(n, counts[k].worth(c))
		}
		if sum += n; n > most {
			most, name = n, k
		}
	}
	return name, float64(most) / float64(max(sum, 1))
}

// mostAbout counts the true pairs about the person of a dump whom most are about.
func mostAbout(list []weighed, dump string) (most, of int) {
	n := map[string]int{}
	for _, x := range list {
		if x.Dump == dump && x.Same {
			of++
			if x.Person != "" {
				n[x.Person]++
				most = max(most, n[x.Person])
			}
		}
	}
	return most, of
}

// odd finds a level in which a dump differs from the others.
func odd(counts map[string]*counted, name string) (comparison, uint8, bool) {
	for c := range numComparisons {
		mine, n := told(counts, c, func(x string) bool { return x == name })
		theirs, k := told(counts, c, func(x string) bool { return x != name })
		for l := 1; l < maxLevels; l++ {
			if min(n, k) >= leastCompare*1000 && apart(share(mine[l]), share(theirs[l]), float64(n)/1000, float64(k)/1000) {
				return c, uint8(l), true
			}
		}
	}
	return 0, 0, false
}

// apart tells whether two shares, of n and of k pairs, differ by more than
// sampling explains and by so many bits that it matters.
func apart(a, b, n, k float64) bool {
	if n < leastCompare {
		return false
	}
	p := b
	if !math.IsInf(k, 1) {
		p = (a*n + b*k) / (n + k)
	}
	p = min(max(p, 1/n), 1-1/n)
	z := math.Abs(a-b) / math.Sqrt(p*(1-p)*(1/n+1/k))
	return z > farOff && math.Abs(math.Log2(max(a, 1/n)/max(b, 1/n))) > farBits
}

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
