package linkage

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Matcher answers for one registry under one model. It may be used from many
// goroutines.
type Matcher struct {
	ix     *Index
	w      *weigher
	prior  *prior
	limits thresholds
	opt    Options
	spare  sync.Pool
	mass   *mass // of the run it is part of; nil outside of one

	sampler *Sampler // draws pairs for people to judge; nil draws none
}

// mass adds up what rows leave beside the matches that are told, with 32
// fractional bits: integers, so that neither order nor threads leave a trace.
type mass struct {
	tail  atomic.Uint64              // posteriors too low to be told
	held  atomic.Uint64              // posteriors of all candidates
	alike atomic.Uint64              // of their namesakes; of their relatives too, where no given name tells these
	rows  [saysAll + 1]atomic.Uint64 // by what they say
	shut  [saysAll + 1]atomic.Uint64 // of them, what was not left to somebody else
}

// counting is the matcher for one run.
func (m *Matcher) counting() *Matcher {
	return &Matcher{ix: m.ix, w: m.w, prior: m.prior, limits: m.limits, opt: m.opt, mass: new(mass), sampler: m.sampler,
		spare: sync.Pool{New: func() any { return newScratch() }}}
}

// NewMatcher puts an index and a model to work. The model may have been
// trained on another leak against another version of the registry.
func NewMatcher(ix *Index, m *Model, opt Options) *Matcher {
	w := newWeigher(ix, &m.p, opt)
	return &Matcher{
		ix: ix, w: w, prior: newPrior(&m.p, int(ix.head.Persons), &w.lost),
		limits: newThresholds(&m.p, opt), opt: opt,
		spare: sync.Pool{New: func() any { return newScratch() }},
	}
}

// Match is a registered person whom a row may be about.
type Match struct {
	Person      string
	Weight      float64 // bits against a stranger: log2 of the likelihood ratio
	Probability float64 // that the row is about this person, against everybody else
	Band        breach.Band
	Why         []breach.Evidence
}

// leastMatch is the probability from which a candidate is told at all.
const leastMatch = 1 << 32 / 100

// Match returns the registered people a row may be about, the most probable
// first: those worth one in a hundred, or more than a reviewer should miss. A
// row that names several people ("Jean et Marie") answers for each of them.
// The error is the index's: it cannot be read, or is damaged.
func (m *Matcher) Match(rec matchers.Record) ([]Match, error) {
	s := m.spare.Get().(*scratch)
	defer m.spare.Put(s)
	s.asks, s.held = s.asks[:0], s.held[:0]
	rows := m.seek(&rec, nil, s)
	if err := m.w.look(len(s.asks), func(i int) *ask { return &s.asks[i] }, s); err != nil {
		return nil, err
	}
	return m.matches(&rec, rows, s)
}

// seeker is one of the people whom a row names, ready to be compared.
type seeker struct {
	texts    texts
	facts    facts
	from, to int // of the asks of the worker that prepared it
}

// seek appends those whom a row names to out, and their keys to what s asks.
func (m *Matcher) seek(rec *matchers.Record, out []seeker, s *scratch) []seeker {
	s.namer = visitor{ix: m.ix, known: &s.known}
	for r := range people(rec) {
		x := seeker{texts: s.memory.canonical(r), from: len(s.asks)}
		read := m.ix.nirSays(&x.texts, m.opt)
		x.facts = newFacts(&x.texts, &s.namer, true)
		x.facts.read = read
		m.w.ask(&x.facts, s)
		x.to = len(s.asks)
		out = append(out, x)
	}
	return out
}

// matches answers for those whom a row names, once their keys are answered.
func (m *Matcher) matches(rec *matchers.Record, rows []seeker, s *scratch) ([]Match, error) {
	var out []Match
	for i := range rows {
		x := &rows[i]
		found, err := m.match(&x.facts, s.asks[x.from:x.to], s)
		if err = first(s.known.err, err); err != nil {
			return nil, err
		}
		m.sampler.offer(m, rec, &x.texts, s)
		out = merge(out, found)
	}
	return out, nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Matcher) match(row *facts, asks []ask, s *scratch) ([]Match, error) {
	if err := m.w.candidates(row, asks, s, leastKept); err != nil {
		return nil, err
	}
	if m.mass != nil {
		m.mass.rows[s.says].Add(1)
	}
	return m.answer(s), nil
}

// answer shares the row between the candidates that were weighed.
func (m *Matcher) answer(s *scratch) []Match {
	m.w.lift(s.scored, func(i int) *vector { return &s.vectors[i] })
	none := m.prior.posterior(s.scored, s.says)
	order, tail, held, alike := make([]int, 0, 4), uint64(0), uint64(0), uint64(0)
	for i := range s.scored {
		held += s.scored[i].p
		alike += s.scored[i].pNamesake
		if s.says&saysGiven == 0 {
			alike += s.scored[i].pKin + s.scored[i].pTwin
		}
		if s.scored[i].p >= min(leastMatch, m.limits.review) {
			order = append(order, i)
		} else {
			tail += s.scored[i].p
		}
	}
	if m.mass != nil && len(s.scored) > 0 {
		m.mass.tail.Add(tail)
		m.mass.held.Add(held)
		m.mass.alike.Add(alike)
		m.mass.shut[s.says].Add(1<<32 - min(none, 1<<32))
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &s.scored[a], &s.scored[b]
		switch {
		case x.p != y.p:
			return cmpDown(x.p, y.p)
		case x.match != y.match:
			return cmpDown(x.match, y.match)
		}
		return cmp.Compare(x.entry.person, y.entry.person)
	})
	var out []Match
	for k, i := range order {
		c := &s.scored[i]
		rival := -1
		if k > 0 {
			rival = order[0]
		} else if len(order) > 1 {
			rival = order[1]
		}
		out = append(out, Match{
			Person: c.entry.id(), Weight: c.match.float(), Probability: probability(c.p),
			Band: m.band(c, &s.vectors[i]), Why: m.why(s, i, rival),
		})
	}
	return out
}

func cmpDown[T uint64 | bitsFx](a, b T) int {
	if a > b {
		return -1
	} else if a < b {
		return 1
	}
	return 0
}

// band decides what follows from a candidate.
func (m *Matcher) band(c *scored, v *vector) breach.Band {
	switch {
	case c.p < m.limits.review:
		return breach.BandNonLink
	case c.p >= m.limits.link && c.match >= m.limits.weight+originMargin(v) && separates(v):
		return breach.BandLink
	}
	return breach.BandReview
}

// originMargin is what a link on names and birth alone needs on top. Names of
// one origin go together by more than the registry's average shows, in
// communities smaller than any count of ours: five bits are one in 32.
func originMargin(v *vector) bitsFx {
	if v.level[onEmail] == emailExact || v.level[onPhone] == phoneExact || v.level[onNIR] == nirExact ||
		v.level[onAddress] == addressExact || v.level[onAddress] == addressClose {
		return 0
	}
	return 5 * oneBit
}

// separates tells whether the evidence could not be shared with a twin, a
// sibling or a parent of one name: the given name is theirs beyond a typing
// error, and either the birth date or a contact agrees. The NIR is enough.
func separates(v *vector) bool {
	if v.level[onNIR] == nirExact {
		return true
	}
	switch v.level[onGiven] {
	case givenAll, givenExact, givenFirst, givenOther, givenSwapped, givenTypo:
	default:
		return false
	}
	switch v.level[onDate] {
	case dateExact, dateSwapped, datePartial, dateKnown, dateTypo, dateTwo:
		return true
	}
	return v.level[onEmail] == emailExact || v.level[onPhone] == phoneExact
}

// why explains a candidate: every comparison that had something to compare,
// what namesakes and rivals take away.
func (m *Matcher) why(s *scratch, i, rival int) []breach.Evidence {
	v := &s.vectors[i]
	var parts [numComparisons + 1]bitsFx
	total, _, _ := m.w.total(v, &parts)
	out := make([]breach.Evidence, 0, numComparisons+3)
	for c := range numComparisons {
		if v.level[c] != 0 {
			out = append(out, breach.Evidence{Field: specs[c].name, Level: v.levelName(c), Weight: parts[c].float()})
		}
	}
	if parts[numComparisons] != 0 {
		out = append(out, breach.Evidence{Field: "names_together", Level: "common", Weight: parts[numComparisons].float()})
	}
	out = append(out, breach.Evidence{Field: "namesakes", Level: expected(log2(m.opt.population()) - total)})
	if rival >= 0 {
		out = append(out, breach.Evidence{Field: "rival", Level: m.apart(v, &s.vectors[rival])})
	}
	return out
}

// expected puts a number of strangers, given as log2, into words.
func expected(n bitsFx) string {
	switch {
	case n <= -30*oneBit:
		return "none_expected"
	case n < 0:
		return "expected_" + strconv.FormatFloat(probability(exp2(n)), 'g', 2, 64)
	}
	return "expected_" + strconv.FormatUint(1<<min(uint(n>>16), 40), 10) + "_or_more"
}

// apart names the comparisons that tell two candidates of one row apart.
func (m *Matcher) apart(a, b *vector) string {
	var fields []string
	var pa, pb [numComparisons + 1]bitsFx
	m.w.total(a, &pa)
	m.w.total(b, &pb)
	for c := range numComparisons {
		if d := pa[c] - pb[c]; a.level[c] != b.level[c] && (d > oneBit || -d > oneBit) {
			fields = append(fields, specs[c].name)
		}
	}
	if len(fields) == 0 {
		return "nothing_separates"
	}
	return "separated_by_" + strings.Join(fields, "+")
}

// merge joins the answers for several people of one row; a person found twice
// keeps the better one.
func merge(a, b []Match) []Match {
	if len(a) == 0 {
		return b
	}
	for _, x := range b {
		i := slices.IndexFunc(a, func(y Match) bool { return y.Person == x.Person })
		switch {
		case i < 0:
			a = append(a, x)
		case a[i].Probability < x.Probability:
			a[i] = x
		}
	}
	slices.SortStableFunc(a, func(x, y Match) int {
		switch {
		case x.Probability > y.Probability:
			return -1
		case x.Probability < y.Probability:
			return 1
		}
		return strings.Compare(x.Person, y.Person)
	})
	return a
}

// maxPeople is how many people one row may name.
const maxPeople = 4

// people yields a row, or where it names several people one row for each.
func people(r *matchers.Record) iter.Seq[*matchers.Record] {
	return func(yield func(*matchers.Record) bool) {
		field := matchers.GivenNames
		if r.Values[field] == "" {
			field = matchers.FullName
		}
		parts := together(cut(r.Values[field]))
		if len(parts) < 2 {
			yield(r)
			return
		}
		if field == matchers.FullName {
			parts = shareSurname(parts)
		}
		one := *r
		for _, p := range parts[:min(len(parts), maxPeople)] {
			if one.Values[field] = p; !yield(&one) {
				return
			}
		}
	}
}

// together cuts "Jean et Marie", "Jean & Marie", "Jean / Marie".
func together(s string) []string {
	if !strings.ContainsAny(s, "&/+") && !strings.Contains(s, " et ") && !strings.Contains(s, " ET ") {
		return nil
	}
	var parts []string
	s = strings.NewReplacer(" et ", "&", " ET ", "&", "/", "&", "+", "&").Replace(s)
	for p := range strings.SplitSeq(s, "&") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// shareSurname gives "Jean" of "Jean & Marie DUPONT" the surname at the end,
// and "Marie" of "DUPONT Jean & Marie" the one at the start.
func shareSurname(parts []string) []string {
	first, last := strings.Fields(parts[0]), strings.Fields(parts[len(parts)-1])
	var surname string
	switch {
	case len(last) > 1 && len(first) == 1:
		surname = last[len(last)-1]
	case len(first) > 1 && len(last) == 1:
		surname = first[0]
	default:
		return parts
	}
	for i, p := range parts {
		if !strings.Contains(p, " ") {
			parts[i] = p + " " + surname
		}
	}
	return parts
}
