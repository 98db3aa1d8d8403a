package linkage

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Joined knows who of some registries has the e-mails and phones that a dump
// gives by their hash. It is made for one dump, in memory, and never rests: an
// index with four more keys for each of a person's contacts would be a third
// larger for every registry, for the sake of few dumps. What is held are digests
// of the dump's hashes under a key of this run, so that nobody can plant hashes
// that fall together.
type Joined struct {
	seed    maphash.Seed
	member  map[*Index]int
	holders map[uint64]*holders
	read    [][hashedKinds]bool // by member and kind: some digest is somebody's
	hashed  int64
	known   int64
}

// holders are those who have a hashed contact, by member, initial and number: a
// family shares a phone, so that it is worth most to who has the row's initial, as
// in passPhone.
type holders struct {
	who    []holder // at most maxBlock of a member and an initial
	counts []holding
}

type holder struct {
	member, person uint32
	initial        uint8
}

type holding struct {
	member  uint32
	initial uint8
	count   uint64
}

// MaxHashed is how many different hashed contacts a dump may give: 8 bytes each.
const MaxHashed = 1 << 28

// Join reads the rows once, then the registries: every contact is hashed in each
// way the dump uses, so it costs a pass over the people, for each algorithm about
// nine seconds of processor time a million (BenchmarkHashContacts, on a processor
// without instructions for SHA). A dump without hashed contacts gives nil, and costs
// the rows alone.
func Join(ctx context.Context, rows iter.Seq2[matchers.Record, error], indexes ...*Index) (*Joined, error) {
	j := &Joined{seed: maphash.MakeSeed(), member: map[*Index]int{}, holders: map[uint64]*holders{}}
	c := collector{seed: j.seed}
	if err := c.read(ctx, rows); err != nil {
		return nil, err
	}
	if len(c.sums) == 0 {
		return nil, nil
	}
	wanted := newSumSet(c.sums, c.uses)
	j.hashed, j.read = int64(len(c.sums)), make([][hashedKinds]bool, len(indexes))
	for r, ix := range indexes {
		j.member[ix] = r
		hits, err := j.scan(ctx, ix, wanted)
		if err != nil {
			return nil, fmt.Errorf("hashing the contacts of a registry: %w", err)
		}
		j.take(uint32(r), hits)
	}
	j.known = int64(len(j.holders))
	return j, nil
}

// Hashed is how many different hashed contacts the dump gives, and Known how many
// of them are somebody's of the registries. Many and none is what hashes with a
// salt look like.
func (j *Joined) Hashed() (hashed, known int64) {
	if j == nil {
		return 0, 0
	}
	return j.hashed, j.known
}

// collector gathers the digests of a dump, each once.
type collector struct {
	seed maphash.Seed
	sums []uint64
	uses [hashedKinds]uint8 // lengths of the digests of each kind
	next int                // when to drop those that came twice
}

func (c *collector) read(ctx context.Context, rows iter.Seq2[matchers.Record, error]) error {
	n := 0
	c.next = 1 << 16
	for rec, err := range rows {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if refused(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading hashed contacts: %w", err)
		}
		for k, v := range [hashedKinds]string{rec.Values[matchers.Email], rec.Values[matchers.Phone]} {
			d, ok := matchers.ParseDigest(cut(v))
			if !ok {
				continue
			}
			c.uses[k] |= lengthBit(len(d.Sum))
			if d.Unsure {
				c.uses[hashedPhone] |= lengthBit(len(d.Sum))
			}
			if c.sums = append(c.sums, maphash.String(c.seed, d.Sum)); len(c.sums) >= c.next {
				if c.compact(); len(c.sums) > MaxHashed {
					return &breach.RefusedError{Code: "too-many-hashes", What: "hashed contacts", Hint: fmt.Sprintf("more than %d different ones: split the dump", MaxHashed)}
				}
				c.next = max(2*len(c.sums), 1<<16)
			}
		}
	}
	c.compact()
	return ctx.Err()
}

func (c *collector) compact() {
	slices.Sort(c.sums)
	c.sums = slices.Compact(c.sums)
}

// sumSet is the digests of a dump, found by their first bits.
type sumSet struct {
	sums  []uint64
	first []uint32 // by the first bits, where they begin
	shift int
	uses  [hashedKinds]uint8
}

func newSumSet(sums []uint64, uses [hashedKinds]uint8) *sumSet {
	b := max(bits.Len(uint(len(sums)))-2, 1)
	s := &sumSet{sums: sums, shift: 64 - b, uses: uses, first: make([]uint32, 1<<b+1)}
	at := 0
	for i := range s.first {
		for at < len(sums) && sums[at]>>s.shift < uint64(i) {
			at++
		}
		s.first[i] = uint32(at)
	}
	return s
}

func (s *sumSet) has(h uint64) bool {
	at := h >> s.shift
	for _, x := range s.sums[s.first[at]:s.first[at+1]] {
		if x == h {
			return true
		}
	}
	return false
}

// hit is a person whose contact has a digest of the dump.
type hit struct {
	sum     uint64
	person  uint32
	kind    uint8
	initial uint8
}

// scan hashes the contacts of everybody in a registry.
func (j *Joined) scan(ctx context.Context, ix *Index, wanted *sumSet) ([]hit, error) {
	n := ix.people()
	workers := max(runtime.GOMAXPROCS(0), 1)
	found := make([][]hit, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() { found[k], errs[k] = j.scanRange(ctx, ix, wanted, k*n/workers, (k+1)*n/workers) })
	}
	wg.Wait()
	hits := slices.Concat(found...)
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.initial, b.initial), cmp.Compare(a.person, b.person), cmp.Compare(a.kind, b.kind))
	})
	return slices.Compact(hits), first(errs...)
}

func (j *Joined) scanRange(ctx context.Context, ix *Index, wanted *sumSet, from, to int) (hits []hit, err error) {
	var p bare
	var sum [64]byte
	for i := from; i < to; i++ {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := ix.bare(uint32(i), &p); err != nil {
			return nil, err
		}
		var email string
		if p.domain != 0 && wanted.uses[hashedEmail] != 0 {
			d, err := ix.domains.at(p.domain)
			if err != nil {
				return nil, err
			}
			email = p.local + d.a
		}
		for k, text := range [hashedKinds]string{email, decoded(p.phone)} {
			if text == "" || wanted.uses[k] == 0 {
				continue
			}
			before := len(hits)
			forms(k, text, func(form []byte) {
				for b, length := range lengths {
					if wanted.uses[k]&(1<<b) == 0 {
						continue
					}
					if h := maphash.Bytes(j.seed, sumInto(sum[:0], length, form)); wanted.has(h) {
						hits = append(hits, hit{h, uint32(i), uint8(k), 0})
					}
				}
			})
			if k != hashedPhone || len(hits) == before || p.given == 0 {
				continue
			}
			t, err := ix.givens.at(p.tokens[0])
			if err != nil {
				return nil, err
			}
			for j := range hits[before:] {
				hits[before+j].initial = initialOf(t.text)
			}
		}
	}
	return hits, nil
}

// take adds those of a member, sorted by digest, initial and person.
func (j *Joined) take(r uint32, hits []hit) {
	for i := 0; i < len(hits); {
		sum, initial := hits[i].sum, hits[i].initial
		h := j.holders[sum]
		if h == nil {
			h = &holders{}
			j.holders[sum] = h
		}
		n := holding{r, initial, 0}
		for from := i; i < len(hits) && hits[i].sum == sum && hits[i].initial == initial; i++ {
			j.read[r][hits[i].kind] = true
			if i > from && hits[i].person == hits[i-1].person {
				continue
			}
			if n.count++; n.count <= maxBlock {
				h.who = append(h.who, holder{r, hits[i].person, initial})
			}
		}
		h.counts = append(h.counts, n)
	}
}

// ask notes who has the hashed contacts of a row.
func (j *Joined) ask(h *hashes) {
	for k := range h.of {
		if h.held[k] = nil; h.of[k].Sum != "" {
			h.held[k] = j.holders[maphash.String(j.seed, h.of[k].Sum)]
		}
	}
}

// of returns those of a member.
func (h *holders) of(member int) (who []holder, counts []holding) {
	if h == nil {
		return nil, nil
	}
	m := uint32(member)
	return within(h.who, func(x holder) int { return cmp.Compare(x.member, m) }), within(h.counts, func(x holding) int { return cmp.Compare(x.member, m) })
}

// within is the part of a sorted list that compares as 0.
func within[T any](list []T, c func(T) int) []T {
	by := func(x T, _ struct{}) int { return c(x) }
	from, _ := slices.BinarySearchFunc(list, struct{}{}, by)
	to := from
	for to < len(list) && c(list[to]) == 0 {
		to++
	}
	return list[from:to]
}

// worth returns those of a member whom a row with an initial is compared with, and
// how many have the same: as blocks.find does with a contact in clear.
func (h *holders) worth(member int, initial uint8) (list []holder, same uint64) {
	who, counts := h.of(member)
	all := uint64(0)
	for _, n := range counts {
		all += n.count
		if n.initial == initial {
			same = n.count
		}
	}
	if all <= (sought{pass: passPhone}).most() {
		return who, same
	}
	for _, x := range who {
		if x.initial == initial || x.initial == 0 {
			list = append(list, x)
		}
	}
	return list, same
}

// has tells whether somebody of a member may have the contact: it must be looked
// at where there are more than are listed.
func (h *holders) has(member int, person uint32) bool {
	who, counts := h.of(member)
	for _, n := range counts {
		if n.count > maxBlock {
			return true
		}
	}
	return slices.ContainsFunc(who, func(x holder) bool { return x.person == person })
}

// initial is that of a row's given name, as traits have it.
func (f *facts) initial() uint8 {
	if len(f.readings) > 0 && f.readings[0].given != nil {
		return initialOf(f.readings[0].given.tokens[0].text)
	}
	return 0
}

// initialFor is what splits those who have a contact of a kind: nothing splits
// those who share an address.
func (f *facts) initialFor(kind int) uint8 {
	if kind == hashedPhone {
		return f.initial()
	}
	return 0
}

// hashed adds those who have a hashed contact of the row to those who were found,
// and counts them.
func (w *weigher) hashed(row *facts, out []found, bearers *[hashedKinds + 1]uint64) []found {
	if w.joined == nil {
		return out
	}
	w.joined.ask(row.hashes)
	for k, h := range row.hashes.held {
		who, same := h.worth(w.member, row.initialFor(k))
		bearers[k] = max(bearers[k], same)
		for _, x := range who {
			out = append(out, found{x.person, true})
		}
	}
	return out
}

// compareHashes compares the contacts that a row gives by their hash. What
// differs speaks against only where some hash of the dump was made again: else
// they have a salt.
func (w *weigher) compareHashes(row *facts, e *entry, v *vector) {
	for k, text := range [hashedKinds]string{e.email, e.phone} {
		d, c := &row.hashes.of[k], contactOf[k]
		if d.Sum == "" || text == "" || v.level[c] != 0 {
			continue
		}
		asked := w.joined != nil && w.member >= 0
		switch {
		case (!asked || row.hashes.held[k].has(w.member, e.person)) && row.hashes.same(k, text):
			v.level[c], v.share[c], v.hashed[k] = sameValue, row.shares[k], lengthBit(len(d.Sum))
		case asked && !d.Unsure && w.joined.read[w.member][k]:
			v.level[c] = uint8(len(specs[c].levels)) // the last is "different"
		}
	}
}
