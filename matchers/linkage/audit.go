package linkage

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Drawn is a candidate pair that was drawn by chance to be judged by people who
// see neither its weight nor what became of it. It holds no value of a row: the
// levels of its comparisons are all that refining a model asks for.
type Drawn struct {
	Person, Table string
	Row           int64
	Stratum       int
	Rank          uint64 // its place in the draw, by a keyed digest of its content
	// Inclusion is the probability with which a pair of its stratum was drawn, Of how
	// many pairs its stratum has, those counted again that the dump repeats.
	Inclusion   float64
	Of          int64
	Weight      float64
	Probability float64
	Band        breach.Band
	Levels      string // "name=exact given_names=first"
}

// The strata of a sample: pairs that were not linked by the log odds of their
// posterior, and two of linked ones. Sure links are most true pairs of a dump
// and teach most of how often people's own rows deviate; the rest finds errors.
var strataFrom = [...]bitsFx{-20 * oneBit, -10 * oneBit, -7 * oneBit, -3 * oneBit, 0, 3 * oneBit, 7 * oneBit, 10 * oneBit, 20 * oneBit}

// Numbers of strata, and how many shares of the sample each has.
const (
	linkedLow  = len(strataFrom) + 1
	linkedHigh = linkedLow + 1
	numStrata  = linkedHigh + 1
	shares     = numStrata + 1 + 3 // linkedLow has two, linkedHigh four
)

func stratumOf(p uint64, band breach.Band) int {
	p = min(max(p, 1), 1<<32-1)
	odds := log2Ratio(p, 1<<32-p)
	switch {
	case band != breach.BandLink:
		at, _ := slices.BinarySearch(strataFrom[:], odds+1)
		return at
	case odds >= strataFrom[len(strataFrom)-1]:
		return linkedHigh
	}
	return linkedLow
}

// Sampler draws pairs while a dump is matched: in each stratum those whose keyed
// digest of the row's content and the person is lowest (bottom-k, Cohen and
// Kaplan, VLDB 2008). Given the first digest that was left out, each pair was
// drawn with exactly that probability. Neither order nor threads matter, a pair
// that stands in the dump a thousand times is one, and who writes a dump cannot
// know which rows are drawn. It may be used from many goroutines.
type Sampler struct {
	key    [32]byte
	strata [numStrata]stratum
}

type stratum struct {
	limit atomic.Uint64 // ranks at or above are not drawn
	seen  atomic.Int64
	mu    sync.Mutex
	most  int
	drawn []Drawn // by rank; one more than most, which is the limit
}

// NewSampler draws about so many pairs, with a secret of 16 bytes or more.
func NewSampler(secret []byte, pairs int) *Sampler {
	s := &Sampler{key: sha256.Sum256(append([]byte("vigie linkage sample 1 "), secret...))}
	for i := range s.strata {
		n := 1
		switch i {
		case linkedLow:
			n = 2
		case linkedHigh:
			n = 4
		}
		s.strata[i].most = max(1, (pairs*n+shares-1)/shares)
		s.strata[i].limit.Store(math.MaxUint64)
	}
	return s
}

// of is a keyed digest of a row's content, from which the ranks of its pairs
// follow: who does not know the key cannot tell them.
func (s *Sampler) of(row uint64) uint64 {
	var buf [32 + 8]byte
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64(append(buf[:0], s.key[:]...), row))
	return binary.LittleEndian.Uint64(sum[:])
}

// offer shows the sampler the candidates of a row. The parts of a row that names
// several people are rows.
func (s *Sampler) offer(m *Matcher, rec *matchers.Record, t *texts, sc *scratch) {
	if s == nil || len(sc.scored) == 0 {
		return
	}
	row := s.of(t.hash())
	for i := range sc.scored {
		c := &sc.scored[i]
		band := m.band(c, &sc.vectors[i])
		at := stratumOf(c.p, band)
		st, id := &s.strata[at], c.entry.id()
		st.seen.Add(1)
		if rank := hashText(row, id); rank < st.limit.Load() {
			st.add(Drawn{Person: strings.Clone(id), Table: strings.Clone(rec.Table), Row: rec.Row, Stratum: at, Rank: rank,
				Weight: c.match.float(), Probability: probability(c.p), Band: band, Levels: sc.vectors[i].text()})
		}
	}
}

func (st *stratum) add(d Drawn) {
	st.mu.Lock()
	defer st.mu.Unlock()
	at, met := slices.BinarySearchFunc(st.drawn, d.Rank, func(x Drawn, rank uint64) int { return cmp.Compare(x.Rank, rank) })
	if met { // the same content again: the first of the file stands for it
		if x := &st.drawn[at]; cmp.Or(cmp.Compare(d.Table, x.Table), cmp.Compare(d.Row, x.Row)) < 0 {
			*x = d
		}
		return
	}
	if st.drawn = slices.Insert(st.drawn, at, d); len(st.drawn) > st.most {
		st.drawn = st.drawn[:st.most+1]
		st.limit.Store(st.drawn[st.most].Rank)
	}
}

// Drawn returns the sample, by stratum and rank.
func (s *Sampler) Drawn() (out []Drawn) {
	for i := range s.strata {
		st := &s.strata[i]
		inclusion := 1.0
		if len(st.drawn) > st.most {
			inclusion = float64(st.drawn[st.most].Rank) / (1 << 64)
		}
		for _, d := range st.drawn[:min(len(st.drawn), st.most)] {
			d.Inclusion, d.Of = inclusion, st.seen.Load()
			out = append(out, d)
		}
	}
	return out
}

// Sampling is the matcher with a sampler that sees every candidate pair of the
// rows it matches; nil draws nothing.
func (m *Matcher) Sampling(s *Sampler) *Matcher {
	out := m.counting()
	out.mass, out.sampler = nil, s
	return out
}

// text writes the levels of a comparison by their names; what was missing is left out.
func (v *vector) text() string {
	var b strings.Builder
	for c := range numComparisons {
		if l := v.level[c]; l != 0 {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(specs[c].name + "=" + levelName(c, l))
		}
	}
	return b.String()
}

// parseLevels reads what text wrote. What this release does not know is
// breach.ErrInvalid.
func parseLevels(s string) (v vector, err error) {
	for part := range strings.FieldsSeq(s) {
		name, level, _ := strings.Cut(part, "=")
		c := slices.IndexFunc(specs[:], func(s comparisonSpec) bool { return s.name == name })
		if c < 0 {
			return v, fmt.Errorf("levels of a pair: no comparison %q: %w", name, breach.ErrInvalid)
		}
		l := slices.IndexFunc(specs[c].levels, func(l levelSpec) bool { return l.name == level })
		if l < 0 || v.level[c] != 0 {
			return v, fmt.Errorf("levels of a pair: %s has no one level %q: %w", name, level, breach.ErrInvalid)
		}
		v.level[c] = uint8(l + 1)
	}
	return v, nil
}
