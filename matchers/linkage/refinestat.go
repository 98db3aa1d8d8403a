package linkage

import (
	"math"
	"slices"
)

// counted are the weights of true pairs by level, of one dump or of several.
type counted struct {
	level   [numComparisons][maxLevels]uint64
	squares [numComparisons]float64
}

func (k *counted) add(x *weighed) {
	w := float64(x.w)
	square := float64(w * w) // not fused with the sum: the same bits on every machine
	for c := range numComparisons {
		if l := x.v.level[c]; l != 0 {
			k.level[c][l] += x.w
			k.squares[c] += square
		}
	}
}

// seen is the sum over the levels that are learnt.
func (k *counted) seen(c comparison) (sum uint64) {
	for l := 1; l < maxLevels; l++ {
		if !unlearnt(c, l) {
			sum += k.level[c][l]
		}
	}
	return sum
}

// worth is how many pairs drawn evenly would tell as much, in thousandths.
func (k *counted) worth(c comparison) uint64 {
	if k.squares[c] == 0 {
		return 0
	}
	sum := float64(k.seen(c))
	return uint64(float64(sum*sum) / k.squares[c] * 1000)
}

// byDump counts the true pairs of each dump that teach. skip leaves pairs out.
func byDump(list []weighed, skip func(*weighed) bool) map[string]*counted {
	out := map[string]*counted{}
	for i := range list {
		x := &list[i]
		if !x.Same || !x.v.teaches() || skip != nil && skip(x) {
			continue
		}
		if out[x.Dump] == nil {
			out[x.Dump] = new(counted)
		}
		out[x.Dump].add(x)
	}
	return out
}

// told is what dumps say together of the levels of a comparison: shares in parts
// per billion, and what they are worth, in thousandths of a pair.
func told(dumps map[string]*counted, c comparison, only func(name string) bool) (m [maxLevels]uint64, worth uint64) {
	var sums [maxLevels]uint64
	for name, k := range dumps {
		n, seen := k.worth(c), k.seen(c)
		if n == 0 || seen == 0 || only != nil && !only(name) {
			continue
		}
		worth += n
		for l := 1; l < maxLevels; l++ {
			if !unlearnt(c, l) {
				sums[l] += ratio(k.level[c][l], seen) / 1000 * n / 1000 // millionths: sums of integers have no order
			}
		}
	}
	if worth == 0 {
		return m, 0
	}
	for l := range m {
		m[l] = sums[l] * 1_000_000 / worth
		m[l] = min(m[l], billion)
	}
	return m, worth
}

// mostTrust bounds for how many pairs all that was ever judged counts: leaks change.
const mostTrust = 1000

// estimate moves the m-probabilities of before towards what was judged: before
// counts as so many pairs as belief, the sample as it is worth. changes are told
// against the model in force now.
func estimate(before parameters, now *parameters, list []weighed) (after parameters, worth float64, changes []LevelChange) {
	after = before.clone()
	after.Worth = map[string]uint64{}
	dumps := byDump(list, nil)
	for c := range numComparisons {
		m, n := told(dumps, c, nil)
		levels := blend(&before, c, m, n)
		after.Levels[specs[c].name] = levels
		if n == 0 {
			continue
		}
		after.Worth[specs[c].name] = min(n/1000, mostTrust)
		worth = max(worth, float64(n)/1000)
		old := now.levels(c)
		for l := range levels {
			if unlearnt(c, l+1) {
				continue
			}
			changes = append(changes, LevelChange{Field: specs[c].name, Level: levels[l].Name, Before: share(old[l].M), After: share(levels[l].M),
				Judged: wilson(share(m[l+1]), float64(n)/1000), Bits: (log2P(levels[l].M) - log2P(old[l].M)).float()})
		}
	}
	return after, worth, changes
}

// blend is the levels of a comparison after so much was told of them.
func blend(before *parameters, c comparison, m [maxLevels]uint64, worth uint64) []levelValue {
	levels := slices.Clone(before.levels(c))
	if worth == 0 {
		return levels
	}
	all := uint64(billion)
	for l := range levels {
		if c == onGiven && unlearnt(c, l+1) {
			all -= levels[l].M
		}
	}
	const trust = 1000 * belief
	for l := range levels {
		if !unlearnt(c, l+1) {
			got := m[l+1] / 1000 * (all / 1000) / 1000
			levels[l].M = max((levels[l].M*trust+got*worth)/(trust+worth), 1)
		}
	}
	return levels
}

// wilson is the interval of Wilson (1927) around a share of so many pairs.
func wilson(p, n float64) Share {
	const z = 1.96
	if n <= 0 {
		return Share{p, 0, 1}
	}
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Share{p, min(max(mid-half, 0), p), max(min(mid+half, 1), p)}
}

// shareOf is the share, of the pairs among, of those that has tells.
func shareOf(list []weighed, among, has func(*weighed) bool) Share {
	var all, with, squares float64
	for i := range list {
		x := &list[i]
		if !among(x) {
			continue
		}
		w := float64(x.w)
		all += w
		squares += float64(w * w)
		if has(x) {
			with += w
		}
	}
	if all == 0 {
		return Share{0, 0, 1}
	}
	return wilson(with/all, float64(all*all)/squares)
}

// The bins of calibration lie where decisions are taken.
var calibrated = [...]float64{0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999}

// calibration is the expected calibration error of pairs that are told, with an
// interval by resampling each stratum of each dump (Efron 1979).
func calibration(list []weighed, stated func(*weighed) float64) Share {
	p := make([]float64, len(list))
	for i := range list {
		p[i] = stated(&list[i])
	}
	whole := make([]int, len(list))
	for i := range whole {
		whole[i] = i
	}
	out := Share{Share: miscalibrated(list, p, whole)}
	const times = 200
	again := make([]float64, times)
	for t := range again {
		again[t] = miscalibrated(list, p, resample(list, uint64(t)))
	}
	slices.Sort(again)
	out.Low, out.High = min(again[times/40], out.Share), max(again[times-1-times/40], out.Share)
	return out
}

func miscalibrated(list []weighed, p []float64, of []int) float64 {
	var all, gap [len(calibrated)]float64
	var sum float64
	for _, i := range of {
		at, met := slices.BinarySearch(calibrated[:], p[i])
		if !met {
			at--
		}
		if at < 0 {
			continue
		}
		w, y := float64(list[i].w), 0.0
		if list[i].Same {
			y = 1
		}
		all[at] += w
		gap[at] += float64(w * (p[i] - y))
		sum += w
	}
	if sum == 0 {
		return 0
	}
	var e float64
	for at := range gap {
		e += math.Abs(gap[at]) / sum
	}
	return e
}

// resample draws as many pairs of each group again, by a number instead of chance.
func resample(list []weighed, t uint64) []int {
	out := make([]int, 0, len(list))
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].group == list[from].group {
			to++
		}
		for k := from; k < to; k++ {
			out = append(out, from+int(mix(mix(t+1)^list[k].Rank)%uint64(to-from)))
		}
		from = to
	}
	return out
}

// folds is into how many parts a sample is cut to see what pairs say of others.
const folds = 5

// foldwise states the probability of each pair by what the others taught.
func foldwise(before parameters, list []weighed) func(*weighed) float64 {
	var by [folds][numComparisons][]levelValue
	for f := range by {
		dumps := byDump(list, func(x *weighed) bool { return x.Rank%folds == uint64(f) })
		for c := range numComparisons {
			m, n := told(dumps, c, nil)
			by[f][c] = blend(&before, c, m, n)
		}
	}
	return func(x *weighed) float64 {
		if x.Model == nil {
			return x.Probability
		}
		var bits bitsFx
		for c := range numComparisons {
			l := x.v.level[c]
			if l == 0 || c == onGiven && l == givenSwapped {
				continue
			}
			if c == onPlace && l == placeHistory {
				l = placeExact // weighed as such
			}
			bits += log2P(by[x.Rank%folds][c][l-1].M) - log2P(x.Model.p.levels(c)[l-1].M)
		}
		p := min(max(x.Probability, 1e-12), 1-1e-12)
		odds := p / (1 - p) * math.Exp2(bits.float())
		return odds / (1 + odds)
	}
}
