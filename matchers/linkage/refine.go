package linkage

import (
	"cmp"
	"slices"

	"vigie/internal/breach"
)

// Judged is a drawn pair on which people have settled.
type Judged struct {
	Drawn
	Dump     string // whose sample it is of
	Same     bool   // the row is about the person
	Judges   []string
	Disputed bool   // the first two did not agree
	Model    *Model // that weighed it; nil: unknown
}

// Sampled is what is known of a dump whose pairs were judged.
type Sampled struct {
	Rows    int64
	Drawn   map[int]int // pairs of its sample by stratum, judged or not
	Unclear int         // pairs on which people could not settle
}

// Share is a share with its 95 % interval.
type Share struct {
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// LevelChange is how the m-probability of a level moves: how often two records of
// one person compare so.
type LevelChange struct {
	Field  string  `json:"field"`
	Level  string  `json:"level"`
	Before float64 `json:"before"`
	Judged Share   `json:"judged"` // what the judged pairs say alone
	After  float64 `json:"after"`
	Bits   float64 `json:"bits"` // that a pair of this level gains
}

// Alarm is what speaks against learning from a sample.
type Alarm struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Refinement is what judged pairs would change in a model.
type Refinement struct {
	Model  *Model        `json:"-"`
	Before string        `json:"before"` // version of the model in force
	After  string        `json:"after"`  // of the refined one
	Dumps  int           `json:"dumps"`
	Pairs  int           `json:"pairs"`
	Same   int           `json:"same"`
	Worth  float64       `json:"worth"` // pairs of one person, drawn evenly, that would tell as much
	Levels []LevelChange `json:"levels"`
	// Registered is the share of rows about somebody registered: how a leak too
	// small to tell by itself is looked at.
	Registered struct {
		Before float64 `json:"before"`
		After  float64 `json:"after"`
	} `json:"registered"`
	FalseLinks Share   `json:"false_links"` // of links
	Missed     Share   `json:"missed"`      // of true pairs, those below review
	Margin     float64 `json:"margin"`      // bits that a link needs on top of the threshold
	// Calibration is the expected calibration error of stated probabilities, as
	// the dumps' own models stated them, and as the refined one states those of
	// pairs that did not teach it.
	Calibration struct {
		Before Share `json:"before"`
		After  Share `json:"after"`
	} `json:"calibration"`
	Alarms []Alarm `json:"alarms"`
}

// weighed is a judged pair with how many pairs of its dump it stands for, in
// 2^-16 of a pair.
type weighed struct {
	*Judged
	v     vector
	w     uint64
	group int // of one dump and stratum
}

// Refine estimates m, and the share of registered people, from judged pairs,
// each standing for as many as the probability with which it was drawn says
// (Horvitz and Thompson 1952). Every dump is estimated alone and counts for as
// many pairs as its sample is worth (Kish 1965), never for its size: a dump of
// ten million planted rows teaches no more than one of a thousand. It begins with
// what is generally known, so that pairs are all that was ever judged of a
// registry, none of them twice; now is the model in force, nil for none, with
// which the outcome is compared. The model returned is a new one; Alarms say
// whether it may be used.
func Refine(now *Model, dumps map[string]Sampled, pairs []Judged, opt Options) (Refinement, error) {
	if now == nil {
		now = newModel(builtin(0), "builtin")
	}
	before := builtin(0)
	list, err := weigh(dumps, pairs)
	if err != nil {
		return Refinement{}, err
	}
	out := Refinement{Before: now.Version, Dumps: dumpsOf(list), Pairs: len(list)}
	after, worth, changes := estimate(before, &now.p, list)
	for _, x := range list {
		if x.Same {
			out.Same++
		}
	}
	out.Worth, out.Levels = worth, changes
	out.Registered.Before, out.Registered.After = share(now.p.Registered), share(after.Registered)
	if s, ok := registered(dumps, list); ok {
		after.Registered, out.Registered.After = s, share(s)
	}
	out.FalseLinks = shareOf(list, func(x *weighed) bool { return x.Band == breach.BandLink }, func(x *weighed) bool { return !x.Same })
	out.Missed = shareOf(list, func(x *weighed) bool { return x.Same }, func(x *weighed) bool { return x.Band == breach.BandNonLink })
	after.Margin = max(now.p.Margin, margin(list, out.FalseLinks, opt))
	out.Margin = bitsFx(after.Margin).float()
	out.Calibration.Before = calibration(list, func(x *weighed) float64 { return x.Probability })
	out.Calibration.After = calibration(list, foldwise(before, list))
	out.Model = newModel(after, "refined")
	out.After = out.Model.Version
	out.Alarms = alarms(&now.p, dumps, list, out)
	return out, nil
}

func share(p uint64) float64 { return float64(p) / billion }

func dumpsOf(list []weighed) int {
	seen := map[string]bool{}
	for _, x := range list {
		seen[x.Dump] = true
	}
	return len(seen)
}

// weigh gives each pair what it stands for. In a stratum of which some pairs are
// not judged yet the others stand for them: pairs come to people in the order of
// the draw, which nothing about them decides.
func weigh(dumps map[string]Sampled, pairs []Judged) ([]weighed, error) {
	type group struct {
		dump    string
		stratum int
	}
	settled := map[group]int{}
	var list []weighed
	for i := range pairs {
		p := &pairs[i]
		if d := dumps[p.Dump]; !(p.Inclusion > 0 && p.Inclusion <= 1) || d.Drawn[p.Stratum] < 1 || p.Stratum < 0 || p.Stratum >= numStrata {
			return nil, &breach.RefusedError{Code: "no-sample", What: "judged pairs of " + p.Dump, Hint: "its sample does not say with what probability they were drawn"}
		}
		v, err := parseLevels(p.Levels)
		if err != nil {
			return nil, err
		}
		settled[group{p.Dump, p.Stratum}]++
		list = append(list, weighed{Judged: p, v: v})
	}
	slices.SortFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.Dump, b.Dump), cmp.Compare(a.Stratum, b.Stratum), cmp.Compare(a.Rank, b.Rank))
	})
	n := -1
	for i := range list {
		x := &list[i]
		if i == 0 || x.Dump != list[i-1].Dump || x.Stratum != list[i-1].Stratum {
			n++
		}
		x.group = n
		of := float64(dumps[x.Dump].Drawn[x.Stratum]) / float64(settled[group{x.Dump, x.Stratum}])
		x.w = uint64(min(of/x.Inclusion, mostStood) * (1 << 16))
	}
	return list, nil
}

// mostStood is the most pairs one pair may stand for; a dump has fewer.
const mostStood = 1 << 30

// registered is the share of rows about somebody registered: of each stratum as
// many pairs as it has times the share of the judged ones that are of one person,
// and of the dumps the mean, so that the largest does not decide it.
func registered(dumps map[string]Sampled, list []weighed) (uint64, bool) {
	same := map[string]uint64{} // in 2^-16 of a pair
	for from := 0; from < len(list); {
		to, yes := from, uint64(0)
		for ; to < len(list) && list[to].group == list[from].group; to++ {
			if list[to].Same {
				yes++
			}
		}
		of := uint64(min(max(list[from].Of, 0), mostStood))
		same[list[from].Dump] += of << 16 / uint64(to-from) * yes
		from = to
	}
	var sum, n uint64
	for name, k := range same {
		if d := dumps[name]; d.Rows > 0 {
			sum += min(ratio(k, uint64(d.Rows)<<16), billion)
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return min(max(sum/n, billion/1_000_000), billion*98/100), true
}

// margin is what a link needs on top of the threshold so that false links among
// the sample's stay within the budget, where it is certain that they do not.
func margin(list []weighed, false_ Share, opt Options) uint64 {
	budget := opt.budget()
	if false_.Low <= budget {
		return 0
	}
	limit := newThresholds(&parameters{}, opt).weight
	for m := oneBit; m <= mostMargin; m += oneBit {
		least := (limit + m).float()
		left := shareOf(list, func(x *weighed) bool { return x.Band == breach.BandLink && x.Weight >= least }, func(x *weighed) bool { return !x.Same })
		if left.Share <= budget {
			return uint64(m)
		}
	}
	return uint64(mostMargin)
}

// mostMargin bounds the margin: beyond it nothing but the NIR would be linked.
const mostMargin = 16 * oneBit
