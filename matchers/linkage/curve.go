package linkage

import "math"

// The curve counts sample rows by the log odds of their best candidate, in
// quarter bits from -32 to +32: it turns budgets into thresholds.
const (
	curveStep = oneBit / 4
	curveHalf = 128
	massUnit  = 1 << 12 // of 2^-32: the mass of a bin is kept in 2^-20 of a row
)

func curveBin(p uint64) int {
	p = min(max(p, 1), 1<<32-1)
	odds := log2Ratio(p, 1<<32-p)
	return min(max(int(odds/curveStep)+curveHalf, 0), 2*curveHalf)
}

// drawCurve weighs the sample with the final parameters.
func (t *trainer) drawCurve(p *parameters) {
	p.Curve = make([]uint64, 2*curveHalf+1)
	p.CurveMass = make([]uint64, 2*curveHalf+1)
	b := newPrior(p, t.ix.people(), &t.w.lost)
	var cs []scored
	for i := range t.pairs {
		cs, _ = t.posterior(b, i, cs)
		best := uint64(0)
		for j := range cs {
			best = max(best, cs[j].p)
		}
		if best > 0 {
			p.Curve[curveBin(best)]++
			p.CurveMass[curveBin(best)] += best
		}
	}
	for i := range p.CurveMass {
		p.CurveMass[i] = (p.CurveMass[i] + massUnit/2) / massUnit
	}
}

// thresholds are the posteriors from which a pair is linked and reviewed, with
// 32 fractional bits.
type thresholds struct {
	link, review uint64
	weight       bitsFx // least weight of a link: fewer namesakes expected in the country than the budget
}

// Bounds of the thresholds, whatever a sample says: a single link is never
// ten times worse than the budget, and nothing above even odds is dropped.
const (
	leastReview = 1 << 32 / 100
	mostReview  = 1 << 32 / 4
)

func newThresholds(p *parameters, opt Options) thresholds {
	budget := opt.budget()
	missed := opt.Missed
	if !(missed > 0 && missed < 1) {
		missed = 0.001
	}
	unit := float64(1 << 32)
	t := thresholds{link: uint64(unit * (1 - budget)), review: leastReview}
	t.weight = log2(opt.population()) + log2(uint64(min(1/budget, 1e15))) + bitsFx(p.Margin)
	if len(p.Curve) != 2*curveHalf+1 {
		return t
	}
	floor := uint64(unit * (1 - math.Min(10*budget, 0.5)))
	t.link = max(floor, linkFrom(p, budget/2))
	t.review = min(max(reviewFrom(p, missed), leastReview), mostReview)
	return t
}

// linkFrom is the lowest posterior such that the share of false links among
// the sample's rows at or above it stays within budget.
func linkFrom(p *parameters, budget float64) uint64 {
	var rows, mass float64
	least := uint64(1<<32 - 1)
	for i := 2 * curveHalf; i > curveHalf; i-- {
		rows += float64(p.Curve[i])
		mass += float64(p.CurveMass[i]) / (1 << 20)
		if rows > 0 && rows-mass > budget*rows {
			break
		}
		least = curveEdge(i)
	}
	return least
}

// reviewFrom is the highest posterior such that the people expected among the
// sample's rows below it stay within the budget.
func reviewFrom(p *parameters, budget float64) uint64 {
	var all, below float64
	for _, m := range p.CurveMass {
		all += float64(m)
	}
	for i := range p.CurveMass {
		if below += float64(p.CurveMass[i]); below > budget*all {
			return curveEdge(i)
		}
	}
	return mostReview
}

// curveEdge is the posterior at the lower edge of a bin.
func curveEdge(i int) uint64 {
	odds := bitsFx(i-curveHalf) * curveStep
	if odds >= 0 {
		return (1 << 63) / ((1<<32 + exp2(-odds)) >> 1)
	}
	e := exp2(odds)
	return e << 31 / ((1<<32 + e) >> 1)
}
