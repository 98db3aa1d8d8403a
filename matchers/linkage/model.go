package linkage

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vigie/internal/breach"
)

// Model is what Train learnt: a frozen set of parameters, to be stored beside
// the registry and used on any later row. It holds no name and no address; the
// digests in Common are of values that many rows of the leak share.
type Model struct {
	// Version is "trained-", "refined-" or "builtin-" and a digest of the
	// parameters. "builtin" says that the leak was too small to teach: weights come
	// from what is generally known, and fewer pairs are linked without review.
	// "refined" are those that people's judgements on a sample have moved (Refine).
	Version string

	p parameters
}

// parameters is a model's JSON. Probabilities are parts per billion.
type parameters struct {
	Version    string                  `json:"version"`
	Rows       int                     `json:"rows"`                // rows of the sample
	People     int                     `json:"people"`              // registered people trained against
	Registered uint64                  `json:"registered"`          // share of rows that are about somebody registered
	Informed   uint64                  `json:"informed,omitempty"`  // what the sample tells of that share, see sums.informed; 0: nothing
	Taught     uint64                  `json:"taught,omitempty"`    // pairs of one person that taught the levels
	Relatives  uint64                  `json:"relatives"`           // rows about an unregistered relative, for one about the person
	Twins      uint64                  `json:"twins"`               // rows about an unregistered twin, for one about the person
	Namesakes  uint64                  `json:"namesakes,omitempty"` // rows about an unregistered namesake beyond what shares of names tell, for one about the person
	Levels     map[string][]levelValue `json:"levels"`
	Years      []yearShare             `json:"years"`      // of birth, among rows
	FirstJan   uint64                  `json:"first_jan"`  // share of birth dates on 1 January
	Common     []commonValue           `json:"common"`     // placeholders and shared mailboxes
	Curve      []uint64                `json:"curve"`      // rows of the sample by best posterior, see curve.go
	CurveMass  []uint64                `json:"curve_mass"` // sum of those posteriors in 2^-20

	// Of a refined model, and of those that learnt from one.
	Base   string            `json:"base,omitempty"`   // version of the refined model it began with
	Worth  map[string]uint64 `json:"worth,omitempty"`  // judged pairs behind the levels of a comparison
	Margin uint64            `json:"margin,omitempty"` // bits in fixed point that a link needs on top
}

type levelValue struct {
	Name string `json:"name"`
	M    uint64 `json:"m"`
	U    uint64 `json:"u"`
	Kin  uint64 `json:"kin"`
}

type yearShare struct {
	Year  int    `json:"year"`
	Share uint64 `json:"share"`
}

// commonValue is an e-mail, phone or address that many rows of the leak give.
type commonValue struct {
	Digest uint64 `json:"digest"`
	Share  uint64 `json:"share"`
}

// builtin is the model before any data.
func builtin(people int) parameters {
	p := parameters{People: people, Registered: billion / 2, Relatives: 3 * billion / 10, Twins: billion / 50, Namesakes: billion / 100,
		Levels: map[string][]levelValue{}, FirstJan: billion / 100}
	for c := range specs {
		for _, l := range specs[c].levels {
			p.Levels[specs[c].name] = append(p.Levels[specs[c].name], levelValue{l.name, l.m, l.u, l.kin})
		}
	}
	return p
}

// start is what is believed of a leak before it is looked at: what is generally
// known, or what people's judgements made of it for this registry.
func (o Options) start(people int) parameters {
	p := builtin(people)
	if o.Base == nil {
		return p
	}
	b := &o.Base.p
	p.Registered, p.Relatives, p.Twins, p.Margin = b.Registered, b.Relatives, b.Twins, b.Margin
	p.Base, p.Worth = o.Base.Version, b.Worth
	for c := range numComparisons {
		p.Levels[specs[c].name] = slices.Clone(b.levels(c))
	}
	return p
}

// Base is the version of the refined model that training began with, "" for none.
func (m *Model) Base() string { return m.p.Base }

// Bare is the model without what it learnt of one leak alone: placeholders, years
// of birth, thresholds. What is left are numbers about comparisons.
func (m *Model) Bare() *Model {
	p := m.p.clone()
	p.Common, p.Years, p.Curve, p.CurveMass = nil, nil, nil, nil
	kind, _, _ := strings.Cut(m.Version, "-")
	return newModel(p, kind)
}

// untrained is the kind of a model that a leak could teach nothing.
func (o Options) untrained() string {
	if o.Base != nil {
		return "refined"
	}
	return "builtin"
}

func newModel(p parameters, kind string) *Model {
	p.Version = ""
	slices.SortFunc(p.Years, func(a, b yearShare) int { return cmp.Compare(a.Year, b.Year) })
	slices.SortFunc(p.Common, func(a, b commonValue) int { return cmp.Compare(a.Digest, b.Digest) })
	p.Version = kind + "-" + p.digest()
	return &Model{Version: p.Version, p: p}
}

// digest covers everything but the version; maps are written in key order.
func (p parameters) digest() string {
	p.Version = ""
	b, _ := json.Marshal(p) // numbers, strings and maps of them always marshal
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Trained tells a model that a leak taught from what is generally known.
func (m *Model) Trained() bool { return strings.HasPrefix(m.Version, "trained-") }

// MarshalJSON writes the model.
func (m *Model) MarshalJSON() ([]byte, error) { return json.Marshal(m.p) }

// UnmarshalJSON reads a model and refuses one that was changed or is not of
// this version of the comparisons.
func (m *Model) UnmarshalJSON(b []byte) error {
	var p parameters
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("reading linkage model: %w: %w", breach.ErrInvalid, err)
	}
	if err := p.check(); err != nil {
		return fmt.Errorf("reading linkage model: %w", err)
	}
	m.Version, m.p = p.Version, p
	return nil
}

// levels are those of a comparison. A model of before communes had a history has
// no such level of the place of birth: it is given what is generally known, so
// that a model stays the one that was frozen.
func (p *parameters) levels(c comparison) []levelValue {
	levels := p.Levels[specs[c].name]
	if c != onPlace || len(levels) != len(specs[c].levels)-1 {
		return levels
	}
	s := &specs[c].levels[placeHistory-1]
	return slices.Insert(slices.Clone(levels), placeHistory-1, levelValue{s.name, s.m, s.u, s.kin})
}

func (p *parameters) check() error {
	if digest := p.digest(); !slices.Contains([]string{"trained-" + digest, "refined-" + digest, "builtin-" + digest}, p.Version) {
		return fmt.Errorf("digest differs from version: %w", breach.ErrInvalid)
	}
	for c := range specs {
		levels := p.levels(comparison(c))
		if len(levels) != len(specs[c].levels) {
			return fmt.Errorf("comparison %s: %d levels, want %d: %w", specs[c].name, len(levels), len(specs[c].levels), breach.ErrInvalid)
		}
		for i, l := range levels {
			if l.Name != specs[c].levels[i].name || l.M > billion || l.U > billion || l.Kin > billion {
				return fmt.Errorf("comparison %s: level %d out of range: %w", specs[c].name, i+1, breach.ErrInvalid)
			}
		}
	}
	if p.Registered > billion || p.Relatives > 100*billion || p.Twins > billion || p.Margin > uint64(mostMargin) || len(p.Curve) != len(p.CurveMass) {
		return fmt.Errorf("parameters out of range: %w", breach.ErrInvalid)
	}
	return nil
}
