package linkage

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// mostPostings is how many postings are held in memory at once, by all
// goroutines: 16 bytes each.
const mostPostings = 48 << 20

// writeBlocks makes the postings, a range of keys at a time, and writes them
// in the order of their keys.
func (b *builder) writeBlocks(ctx context.Context) error {
	head := &b.head.Blocks
	total := b.countPostings()
	head.sizes(total)
	workers := runtime.GOMAXPROCS(0)
	buckets := uint64(1) << head.Buckets
	parts := uint64(1)
	for parts < buckets && total/int64(parts) > int64(mostPostings/workers) {
		parts *= 2
	}
	if parts < uint64(workers) && buckets >= uint64(workers) {
		parts = uint64(workers)
	}
	offsets := make([]uint64, 0, buckets)
	for first := uint64(0); first < parts; first += uint64(workers) {
		if err := ctx.Err(); err != nil {
			return err
		}
		made := make([]*keyRange, min(uint64(workers), parts-first))
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() { made[i] = b.collect(first+uint64(i), parts, total) })
		}
		wg.Wait()
		for _, p := range made {
			for i := range p.ends {
				offsets = append(offsets, b.w.unit(p.bucket(i)))
			}
			head.Postings += p.head.Postings
			head.Split += p.head.Split
			head.Capped += p.head.Capped
		}
	}
	head.Table = b.w.offsets(offsets)
	return b.w.err
}

// keyRange is the units of one range of keys.
type keyRange struct {
	head blocksHead
	data []byte
	ends []int
}

func (p *keyRange) bucket(i int) []byte {
	if i == 0 {
		return p.data[:p.ends[0]]
	}
	return p.data[p.ends[i-1]:p.ends[i]]
}

// coarse is in how many heaps the postings of a range are thrown before each
// is sorted where it fits the processor's cache.
const coarse = 512

// collect makes the postings of range n of so many, bucket by bucket.
func (b *builder) collect(n, parts uint64, total int64) *keyRange {
	p := &keyRange{head: blocksHead{Bits: b.head.Blocks.Bits, Buckets: b.head.Blocks.Buckets}}
	buckets := uint64(1) << p.head.Buckets / parts
	first := n * buckets
	heaps := make([][]posting, min(coarse, buckets))
	per := buckets / uint64(len(heaps)) // both are powers of two
	room := total / int64(parts) / int64(len(heaps))
	for i := range heaps {
		heaps[i] = make([]posting, 0, room+room/4+16)
	}
	b.postings(1, func(k key, value uint32) {
		stored := p.head.stored(k)
		if at := p.head.bucket(stored) - first; at < buckets {
			heaps[at/per] = append(heaps[at/per], posting{stored, value})
		}
	})
	p.data = make([]byte, 0, 8*total/int64(parts))
	p.ends = make([]int, 0, buckets)
	w := bucketWriter{head: &p.head}
	for h, ps := range heaps {
		slices.SortFunc(ps, byKey)
		ps = slices.Compact(ps)
		for i := range per {
			at := first + uint64(h)*per + i
			end := 0
			for end < len(ps) && p.head.bucket(ps[end].key) == at {
				end++
			}
			p.data = w.bucket(p.data, at, ps[:end])
			p.ends = append(p.ends, len(p.data))
			ps = ps[end:]
		}
		heaps[h] = nil
	}
	return p
}

func byKey(a, b posting) int {
	switch {
	case a.key < b.key:
		return -1
	case a.key > b.key:
		return 1
	}
	return int(int64(a.value) - int64(b.value))
}

// countPostings tells about how many there are, from one person in sixteen.
func (b *builder) countPostings() int64 {
	n := int64(0)
	b.postings(16, func(key, uint32) { n++ })
	return 16 * n
}

// postings calls emit for every key of every step-th person and name.
func (b *builder) postings(step int, emit func(key, uint32)) {
	var t traits
	person := uint32(0)
	withYear := b.persons < largeRegistry
	one := func(pass int, k key) {
		if pass != passNameYear || withYear {
			emit(k, person)
		}
	}
	b.sorted.each(step, func(i int, p *bare) {
		person = uint32(i)
		b.traits(p, &t)
		t.contactKeys(one)
		if p.full == "" {
			t.nameKeys(false, one)
			return
		}
		f := facts{readings: splits(nil, plain{}, p.full, readStraight)}
		for j := range f.readings {
			t.read(&f.readings[j])
			t.nameKeys(false, one)
		}
	})
	for i := 0; i < len(b.surnames.entries); i += step {
		emit(surnameKey(joined(b.surnames.entries[i].text)), uint32(i+1))
	}
	for i := 0; i < len(b.givens.entries); i += step {
		emit(givenKey(b.givens.entries[i].text), uint32(i+1))
	}
}

// traits are those of a person in numbers.
func (b *builder) traits(p *bare, t *traits) {
	*t = traits{date: p.date, births: t.births[:0], givens: t.givens[:0]}
	for i, n := range [2]uint32{p.birth, p.usage} {
		if n == 0 || i == 1 && n == p.birth {
			continue
		}
		s := &b.surnameOf[n]
		if t.surname == 0 {
			t.surname = s.initial
		}
		t.births = append(t.births, s.keys...)
	}
	for i := range p.given {
		s := &b.givenOf[p.tokens[i]]
		if i == 0 {
			t.given = s.initial
		}
		if len(t.givens) < 3 {
			t.givens = append(t.givens, s.keys...)
		}
	}
	if p.email != "" {
		local := localPart(p.email)
		t.mail, t.domain = mailKey(local, p.email[len(local):])
	}
	t.phone, t.nir = phoneKey(p.phone), nirKey(p.nir)
	if p.street != 0 || p.house != "" {
		t.address = addressKey(p.house, b.streetOf[p.street])
	}
	t.postcode, t.city = b.townOf[p.town][0], b.townOf[p.town][1]
}

func surnameKey(full string) key { return makeKey(passSurname, hashText(11, full), 0, 0) }
func givenKey(text string) key   { return makeKey(passGiven, hashText(12, text), 0, 0) }
