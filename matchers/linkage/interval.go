package linkage

import (
	"math"
	"slices"
)

// How many people are concerned is a sum over people of whether they are. What
// is not known of it comes from four sides: who each unclear row is about, given
// the parameters; the share of registered people, of which every unclear row's
// posterior hangs; how far the evidence is right as a whole, names being commoner
// or errors rarer here than they were learnt; and how many are lost by blocking.
// The last three are the same for all rows, so that their error does not average
// out. The interval is that of the mixture: the number is worked out for equally
// likely values of each, and the middle 95 % of all outcomes are kept.

// normal and few are the means of equally likely parts of the standard normal
// distribution, to unit variance.
var (
	normal = [...]float64{-2.023, -1.486, -1.187, -.965, -.780, -.617, -.468, -.329, -.195, -.065,
		.065, .195, .329, .468, .617, .780, .965, 1.187, 1.486, 2.023}
	few = [...]float64{-1.464, -.599, 0, .599, 1.464}
)

const (
	// evidenceError is the standard deviation, in bits, of the error that the
	// weights of all rows share, of learnt parameters and of built-in ones; what few
	// pairs taught lies between.
	evidenceError, builtinError = .35, .9
	// lossError is that of the chance that somebody is lost, twice where nothing in
	// the leak tells how well it is kept.
	lossError = .7
	// alikeError is that of how many namesakes there are, and of relatives where
	// nothing tells them: who has moved and who is another looks the same.
	alikeError = 1.5
	// ownError is the standard deviation of what no source above explains, as a
	// share of the number.
	ownError = .005
	// lessons is how many pairs teach the levels to within a bit.
	lessons = 40
	// leastInformed is what is known of the share of registered people without data.
	leastInformed = .1
)

// oddsStep is the width of a bin of log odds.
const oddsStep, oddsHalf = oneBit / 16, 16 * 33

// odds counts people by the log odds that they are concerned: integers, so that
// no order leaves a trace.
type odds struct {
	n    [2*oddsHalf + 1]int64
	mass [2*oddsHalf + 1]int64 // sum of their posteriors, in millionths
}

func (o *odds) add(p float64) {
	q := min(max(uint64(p*(1<<32)), 1), 1<<32-1)
	i := min(max(int(log2Ratio(q, 1<<32-q)/oddsStep)+oddsHalf, 0), 2*oddsHalf)
	o.n[i]++
	o.mass[i] += int64(p * 1e6)
}

// moved is a probability whose odds are multiplied.
func moved(p, by float64) float64 { return float64(p*by) / (1 - p + float64(p*by)) }

// at is the number of people expected, and its variance, where all odds are by
// so much higher.
func (o *odds) at(by float64) (mean, variance float64) {
	for i, n := range o.n {
		if n == 0 {
			continue
		}
		p := moved(min(float64(o.mass[i])/1e6/float64(n), 1), by)
		mean += float64(float64(n) * p)
		variance += float64(float64(n) * float64(p*(1-p)))
	}
	return mean, variance
}

// times is 2^b, the same on every machine.
func times(b float64) float64 {
	f := bitsFx(math.Round(min(max(b, -30), 30) * float64(oneBit)))
	if f > 0 {
		return 1 / probability(exp2(-f))
	}
	return probability(exp2(f))
}

// interval is the middle 95 % of the number of people concerned.
func (t *tally) interval() (low, high int64) {
	var people odds
	for _, p := range t.best {
		people.add(p)
	}
	p := t.m.w.p
	informed := max(float64(p.Informed)/1000, leastInformed)
	off := min(evidenceError*evidenceError+lessons/float64(max(p.Taught, 1)), builtinError*builtinError)
	spread := math.Sqrt(off + 2.081/informed) // (1/ln 2)² turns nats to bits
	tail, alike := t.tail(), t.alike()
	var all []float64
	for _, z := range normal {
		by := times(spread * z)
		mean, variance := people.at(by)
		mean, variance = mean+float64(tail*by), variance+float64(tail*by)
		for _, l := range few {
			lost := t.lost(by, times(lossError*l))
			e := max(mean+lost+float64(alike*(1-min(times(-alikeError*l), 2))), 0)
			sd := math.Sqrt(variance + lost + float64(float64(ownError*e)*float64(ownError*e)))
			for _, k := range normal {
				all = append(all, e+float64(sd*k))
			}
		}
	}
	slices.Sort(all)
	cut := len(all) / 40
	return max(int64(math.Floor(all[cut])), 0), max(int64(math.Ceil(all[len(all)-1-cut])), 0)
}

// tail is how many people the candidates make whose posterior is too low to be
// told.
func (t *tally) tail() float64 {
	if t.m.mass == nil {
		return 0
	}
	return probability(t.m.mass.tail.Load())
}

// alike is how many rows are taken to be about namesakes, and about relatives whom
// no given name tells.
func (t *tally) alike() float64 {
	if t.m.mass == nil {
		return 0
	}
	return float64(probability(t.m.mass.alike.Load()) * t.perRow())
}

// lost is how many people are concerned though no blocking key found them, where
// the odds of it are by so much higher. A person has as many rows among what was
// lost as among what was found.
func (t *tally) lost(by, more float64) (sum float64) {
	m := t.m.mass
	if m == nil {
		return 0
	}
	for s := range m.rows {
		rows := float64(m.rows[s].Load())
		if rows == 0 || t.m.prior.lost[s] == 0 {
			continue
		}
		open := max(rows-probability(m.shut[s].Load()), 0)
		odds := float64(by * more)
		if t.m.w.p.Taught < leastMatches || said(s)&(saysSurname|saysGiven) == 0 {
			odds *= more
		}
		sum += float64(open * moved(probability(t.m.prior.lost[s]), odds))
	}
	return float64(sum * t.perRow())
}

// perRow is how many people there are to a row about somebody registered.
func (t *tally) perRow() float64 {
	var told int64
	for _, p := range t.best {
		told += int64(p * 1e6)
	}
	held := probability(t.m.mass.held.Load())
	if held < 1 {
		return 1
	}
	return min((float64(told)/1e6+t.tail())/held, 1)
}
