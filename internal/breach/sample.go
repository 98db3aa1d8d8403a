package breach

import "time"

// PairID names a pair of a sample.
type PairID string

// PairState is what people say of a drawn pair, and what they settled on.
type PairState string

// What a pair may be.
const (
	PairOpen    PairState = "open"    // waits for people
	PairSame    PairState = "same"    // the row is about the person
	PairOther   PairState = "other"   // it is about somebody else
	PairUnclear PairState = "unclear" // people cannot tell
	PairLost    PairState = "lost"    // the dump was purged before people settled
)

// SampledPair is a row of a dump and a registered person, drawn by chance while
// they were matched, whatever their weight, so that people judge the model
// rather than what it chose to show them. It holds no value. Once people have
// settled it no longer says which row it was, nor which person where they are
// not the same.
type SampledPair struct {
	ID          PairID     `json:"id"`
	Incident    IncidentID `json:"incident"`
	Registry    RegistryID `json:"registry"`
	Person      PersonID   `json:"person"`
	Table       string     `json:"table"`
	Row         int64      `json:"row"`
	Stratum     int        `json:"stratum"`
	Place       int        `json:"place"` // in the draw of its stratum, from 0
	Rank        uint64     `json:"rank"`
	Inclusion   float64    `json:"inclusion"` // probability with which it was drawn
	Of          int64      `json:"of"`        // pairs of its stratum
	Weight      float64    `json:"weight"`
	Probability float64    `json:"probability"`
	Band        Band       `json:"band"`
	Levels      string     `json:"levels"` // of its comparisons
	Model       string     `json:"model"`  // version that weighed it
	State       PairState  `json:"state"`
}

// Verdict is what one person says of a pair.
type Verdict struct {
	Pair PairID    `json:"pair"`
	By   UserID    `json:"by"`
	Says PairState `json:"says"`
	At   time.Time `json:"at"`
}

// Settle is what verdicts of different people amount to, in the order they were
// given: two who agree settle a pair, else a third does. Open asks for another.
func Settle(list []Verdict) PairState {
	var same, other int
	for _, v := range list {
		switch v.Says {
		case PairSame:
			same++
		case PairOther:
			other++
		}
	}
	switch {
	case same >= 2 && same > other:
		return PairSame
	case other >= 2 && other > same:
		return PairOther
	case len(list) >= 3:
		return PairUnclear
	}
	return PairOpen
}

// LinkageModel is the frozen parameters of a registry in one version. It holds
// numbers alone: no name, no value of anybody.
type LinkageModel struct {
	Registry RegistryID `json:"registry"`
	Version  string     `json:"version"`
	Base     string     `json:"base"` // version it was refined from, "" for what is generally known
	Body     string     `json:"-"`    // the model, as JSON
	Report   string     `json:"-"`    // what it changed, as JSON
	MadeBy   string     `json:"made_by"`
	MadeAt   time.Time  `json:"made_at"`
	Reason   string     `json:"reason"`
	InForce  bool       `json:"in_force"`
}
