package linkage

import (
	"context"
	"runtime"
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

// collect makes the postings of range n of so many, bucket by bucket.
func (b *builder) collect(n, parts uint64, total int64) *keyRange {
	p := &keyRange{head: blocksHead{Bits: b.head.Blocks.Bits, Buckets: b.head.Blocks.Buckets}}
	buckets := uint64(1) << p.head.Buckets / parts
	first := n * buckets
	ps := make([]posting, 0, total/int64(parts)+total/int64(parts)/50+1024)
	b.postings(func(k key, value uint32) {
		stored := p.head.stored(k)
		if p.head.bucket(stored)-first < buckets {
			ps = append(ps, posting{stored, value})
		}
	})
	start := make([]uint32, buckets+1)
	for i := range ps {
		start[p.head.bucket(ps[i].key)-first+1]++
	}
	for i := range buckets {
		start[i+1] += start[i]
	}
	// Sort in place into buckets (American flag sort).
	next := append([]uint32(nil), start[:buckets]...)
	for i := range buckets {
		for next[i] < start[i+1] {
			at := next[i]
			for {
				to := p.head.bucket(ps[at].key) - first
				if to == i {
					break
				}
				ps[at], ps[next[to]] = ps[next[to]], ps[at]
				next[to]++
			}
			next[i]++
		}
	}
	w := bucketWriter{head: &p.head}
	for i := range buckets {
		p.data = append(p.data, w.bucket(first+i, ps[start[i]:start[i+1]])...)
		p.ends = append(p.ends, len(p.data))
	}
	return p
}

// countPostings tells how many there are.
func (b *builder) countPostings() int64 {
	n := int64(0)
	b.postings(func(key, uint32) { n++ })
	return n
}

// postings calls emit for every key of every person and of every name.
func (b *builder) postings(emit func(key, uint32)) {
	var p bare
	var t traits
	person := uint32(0)
	withYear := len(b.people) < largeRegistry
	one := func(pass int, k key) {
		if pass != passNameYear || withYear {
			emit(k, person)
		}
	}
	for i := range b.people {
		b.bare(b.people[i].at, &p)
		b.number(&p)
		person = uint32(i)
		b.traits(&p, &t)
		t.contactKeys(one)
		if p.full != "" {
			f := facts{readings: splits(nil, plain{}, p.full, readStraight)}
			for j := range f.readings {
				t.read(&f.readings[j])
				t.nameKeys(false, one)
			}
			continue
		}
		t.nameKeys(false, one)
	}
	for i := range b.surnames.entries {
		emit(surnameKey(joined(b.surnames.entries[i].text)), uint32(i+1))
	}
	for i := range b.givens.entries {
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
