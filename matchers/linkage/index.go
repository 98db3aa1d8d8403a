package linkage

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"vigie/internal/breach"
)

// Index is a registry ready to be compared with, read page by page as rows
// ask for them. It holds folded values, so it is personal data: who stores it
// seals it. It never changes once written and may be used from many goroutines.
type Index struct {
	pages    *pages
	head     head
	blocks   blocks
	surnames *lexicon[name]
	givens   *lexicon[token]
	towns    *lexicon[couple]
	births   *lexicon[couple]
	streets  *lexicon[couple]
	nations  *lexicon[couple]
	domains  *lexicon[couple]
	crowds   *cells // people
	decades  map[int]uint64
	saysOnce sync.Once
	saysOf   [8]uint64 // see fields
}

// token is a given name of the registry.
type token struct {
	givenToken
	count  uint64
	shares []bitsFx // by decade: log2 of the share of those born then who have it first
}

// Stats says how big an index is and what blocking had to leave out.
type Stats struct {
	Persons  int   // people
	Surnames int   // different surnames
	Postings int   // blocking keys held
	Split    int   // blocks too full, split by a second key
	Capped   int64 // postings cut from blocks still too full: pairs that only share them are not found
}

func (h *head) stats() Stats {
	return Stats{
		Persons: int(h.Persons), Surnames: int(h.Surnames.Entries), Postings: int(h.Blocks.Postings),
		Split: int(h.Blocks.Split), Capped: h.Blocks.Capped,
	}
}

// Stats describes the index.
func (ix *Index) Stats() Stats { return ix.head.stats() }

// Open opens an index of so many bytes. It reads some pages of it, and the
// others when they are asked for; at most memory bytes of them are kept,
// DefaultMemory when 0. An index of another layout, cut or changed, is
// breach.ErrInvalid, at the latest when the page is read.
func Open(src io.ReaderAt, size, memory int64) (*Index, error) {
	p, err := newPages(src, size, memory)
	if err != nil {
		return nil, err
	}
	ix := &Index{pages: p, decades: map[int]uint64{}}
	if err := ix.readHead(); err != nil {
		return nil, err
	}
	h := &ix.head
	ix.blocks.blocksHead = h.Blocks
	for _, d := range h.Decades {
		ix.decades[int(d[0])] = d[1]
	}
	for _, err := range []error{
		open(&ix.surnames, p, h.Surnames, newRegistered), open(&ix.givens, p, h.Givens, ix.newToken),
		open(&ix.towns, p, h.Towns, newCouple), open(&ix.births, p, h.Births, ix.newCounted),
		open(&ix.streets, p, h.Streets, newCouple), open(&ix.nations, p, h.Nations, newCouple),
		open(&ix.domains, p, h.Domains, newWhole), openAt(&ix.crowds, p, h.People), openAt(&ix.blocks.cells, p, h.Blocks.Cells),
	} {
		if err != nil {
			return nil, err
		}
	}
	ix.surnames.lettered(func(n *name) uint32 { return whole(n.set, len(n.sets) > 1) })
	ix.givens.lettered(func(t *token) uint32 { return whole(t.set, len(t.text) == 1) })
	ix.towns.lettered(func(t *couple) uint32 { return postcodeSign(t.a) })
	return ix, nil
}

// whole marks letters that do not say enough.
func whole(set uint32, mark bool) uint32 {
	if mark {
		return set | setWhole
	}
	return set
}

func open[T any](l **lexicon[T], p *pages, s section, build func(*lexeme) *T) (err error) {
	*l, err = openLexicon(p, s, build)
	return err
}

func openAt(c **cells, p *pages, h cellsHead) (err error) {
	*c, err = openCells(p, h)
	return err
}

func (ix *Index) readHead() error {
	tail, err := ix.pages.unit(uint64(len(ix.pages.slots)-1) * pageSize)
	if err != nil {
		return err
	}
	if len(tail) != len(magic)+8 || string(tail[:len(magic)]) != magic {
		if err == nil && strings.HasPrefix(string(tail), magicName) {
			return &breach.RefusedError{Code: "old-index", What: "linkage index",
				Hint: "another version of this program wrote it: it is built again from the registry at its next import or match"}
		}
		return damaged("it ends otherwise than an index")
	}
	raw, err := ix.pages.unit(binary.LittleEndian.Uint64(tail[len(magic):]))
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&ix.head); err != nil {
		return fmt.Errorf("linkage index: %w: %w", breach.ErrInvalid, err)
	}
	if b := &ix.head.Blocks; !b.sound() {
		return damaged("keys of %d bits in 2^%d buckets", b.Bits, b.Buckets)
	}
	if got, want := ix.head.People.Cells, (uint64(ix.head.Persons)+crowd-1)/crowd; got != want {
		return damaged("%d units of people where %d were written", got, want)
	}
	return nil
}

func (ix *Index) people() int { return int(ix.head.Persons) }

// Verify reads every page and tells the first that is not what was written.
func (ix *Index) Verify() error {
	for n := range ix.pages.slots {
		if _, err := ix.pages.page(uint64(n)); err != nil {
			return err
		}
	}
	return nil
}

// newRegistered is a surname somebody in the registry bears.
func newRegistered(e *lexeme) *name {
	n := newName(e.text)
	n.id = e.id
	n.count = uint32(min(e.count, 1<<32-1))
	return n
}

func (ix *Index) newToken(e *lexeme) *token {
	t := &token{givenToken: newGivenToken(e.text), count: e.count}
	t.known = true
	n, all := uint64(max(ix.head.Persons, 1)), 2*max(e.count, 1)-1
	for d, k := range e.decades {
		const weight = 200 // people whose names the whole registry lends to a cohort
		t.shares = append(t.shares, log2Ratio((2*max(k, 1)-1)*n+weight*all, 2*n*(ix.decades[d]+weight)))
	}
	return t
}

// firstShare is log2 of the share of those born about then who have a given
// name first.
func (ix *Index) firstShare(t *token, d date) bitsFx {
	if d != 0 && decadeOf(d) < len(t.shares) {
		return t.shares[decadeOf(d)]
	}
	return ix.share(t.count)
}

// share is log2 of the share of people with a value so many have. Half a
// bearer is taken off: the registered person is not their own namesake.
func (ix *Index) share(count uint64) bitsFx {
	return log2Ratio(2*max(count, 1)-1, 2*uint64(max(ix.head.Persons, 1)))
}

// others is log2 of the share of the registry that has the same value besides
// the person; a value nobody else has is given next to none.
func (ix *Index) others(count uint64) bitsFx {
	if count < 2 {
		return -60 * oneBit
	}
	return min(log2Ratio(count-1, uint64(ix.head.Persons)), -1)
}

// cohort is the span of years over which given names are counted together:
// fashions change, and a namesake born the same day was named in the same one.
const cohort = 10

func decadeOf(d date) int { return (d.year() - firstYear) / cohort }

// visitor is the namer of the leak's side: it knows the registry's names and
// adds none, so that reading strangers leaves no trace. known, if not nil,
// keeps what was made for the next rows of one goroutine. Without an index it
// leaves open who is known: a Panel asks that of each of its own.
type visitor struct {
	ix    *Index
	known *acquaintance
	ask   asker // of a panel, without an index
}

// acquaintance remembers the names of the last rows: a few thousand surnames
// and given names cover most of a country.
type acquaintance struct {
	names  map[string]*name
	givens map[string]*given
	err    error // the first that the index gave
}

const acquaintances = 1 << 15

func (v *visitor) surname(text string) *name {
	if text == "" {
		return nil
	}
	if v.known != nil {
		if n, ok := v.known.names[text]; ok {
			return n
		}
	}
	n := newName(text)
	if n == nil || n.full == "" {
		return nil
	}
	n.ask = v.asker()
	if v.known != nil {
		if len(v.known.names) >= acquaintances {
			clear(v.known.names)
		}
		v.known.names[n.text] = n
	}
	return n
}

// asker tells who answers for a name's bearers.
func (v *visitor) asker() asker {
	if v.ix != nil {
		return v
	}
	return v.ask
}

// count looks up, once, how many registered people bear a row's name, or whether
// anybody bears a given name.
func (v *visitor) count(of any) {
	switch n := of.(type) {
	case *name:
		n.ask, n.count = nil, v.bearers(n)
	case *givenToken:
		n.ask = nil
		v.recognise(n)
	}
}

// bearers tells how many registered people bear a name.
func (v *visitor) bearers(n *name) uint32 {
	var buf [maxBlock]uint32
	ids, _, err := v.ix.blocks.find(buf[:0], surnameKey(n.full), anySuffix, maxBlock)
	v.note(err)
	for _, id := range ids {
		if id == 0 || int(id) > len(v.ix.surnames.slots) {
			continue // a person whose key is cut to the same bits
		}
		switch got, err := v.ix.surnames.at(id); {
		case err != nil:
			v.note(err)
		case got.full == n.full:
			return got.count
		}
	}
	return 0
}

func (v *visitor) givenNames(text string) *given {
	if text == "" {
		return nil
	}
	if v.known != nil {
		if g, ok := v.known.givens[text]; ok {
			return g
		}
	}
	g := newGiven(text)
	if g == nil {
		return nil
	}
	for i := range g.tokens {
		g.tokens[i].ask = v.asker()
	}
	if v.known != nil {
		if len(v.known.givens) >= acquaintances {
			clear(v.known.givens)
		}
		v.known.givens[g.text] = g
	}
	return g
}

// recognise notes whether somebody in the registry bears a given name.
func (v *visitor) recognise(t *givenToken) {
	var buf [maxBlock]uint32
	ids, _, err := v.ix.blocks.find(buf[:0], givenKey(t.text), anySuffix, maxBlock)
	v.note(err)
	for _, id := range ids {
		if id == 0 || int(id) > len(v.ix.givens.slots) {
			continue
		}
		got, err := v.ix.givens.at(id)
		v.note(err)
		t.known = t.known || err == nil && got.text == t.text
	}
}

func (v *visitor) note(err error) {
	if err != nil && v.known != nil && v.known.err == nil {
		v.known.err = err
	}
}

// plain is a namer that knows nobody.
type plain struct{}

func (plain) surname(text string) *name     { return newName(text) }
func (plain) givenNames(text string) *given { return newGiven(text) }
