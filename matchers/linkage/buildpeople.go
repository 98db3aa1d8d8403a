package linkage

import (
	"context"
	"encoding/binary"
	"runtime"
	"sync"
)

// numbered is how many people are numbered together: whole units of crowd.
const numbered = 64 * crowd

// peopleBatch is work for one goroutine: drafts in, units of people and keys out.
type peopleBatch struct {
	first  uint32 // number of the first
	drafts []byte // each with its length before it
	n      int
	units  []byte
	ends   []int
	keys   []uint64 // as stored
	keyEnd []int    // of each person
	ready  chan struct{}
}

// writePeople writes everybody in the order of the index and throws their keys,
// and those of the names, into heaps.
func (b *builder) writePeople(ctx context.Context) error {
	h := &b.head.Blocks
	total := b.postings()
	h.sizes(total, uint64(max(b.persons, len(b.surnames.entries), len(b.givens.entries))))
	b.scatter = newScatter(b.aside, total, h.Bits+suffixBits, h.Buckets)
	c := newCellWriter(b.w)
	if err := b.numbering(ctx, c); err != nil {
		return err
	}
	b.head.Persons, b.head.People = uint32(b.persons), c.end()
	b.drafts = drafts{}
	return b.nameKeys()
}

// numbering runs the people through workers and takes what they make, in order.
func (b *builder) numbering(ctx context.Context, c *cellWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n := runtime.GOMAXPROCS(0)
	todo, order := make(chan *peopleBatch, n), make(chan *peopleBatch, 2*n)
	var wg sync.WaitGroup
	defer wg.Wait()
	for range n {
		wg.Go(func() {
			for p := range todo {
				b.make(p)
				close(p.ready)
			}
		})
	}
	var failed error
	wg.Go(func() {
		defer close(order)
		defer close(todo)
		failed = b.deal(ctx, todo, order)
	})
	var kept error
	for p := range order {
		if <-p.ready; kept == nil {
			if kept = b.take(p, c); kept != nil {
				cancel()
			}
		}
	}
	return first(kept, failed, ctx.Err())
}

// deal cuts the merged people into batches.
func (b *builder) deal(ctx context.Context, todo, order chan<- *peopleBatch) error {
	var cur *peopleBatch
	next := uint32(0)
	send := func() error {
		if cur == nil {
			return nil
		}
		select {
		case order <- cur:
		case <-ctx.Done():
			return ctx.Err()
		}
		todo <- cur
		next += uint32(cur.n)
		cur = nil
		return nil
	}
	left := b.persons
	err := b.drafts.each(func(one []byte) error {
		left--
		if cur == nil {
			cur = &peopleBatch{first: next, ready: make(chan struct{})}
		}
		cur.drafts = append(binary.AppendUvarint(cur.drafts, uint64(len(one))), one...)
		if cur.n++; cur.n < numbered {
			return nil
		}
		return send()
	})
	if err == nil && left != 0 {
		return damaged("runs of people, of whom %d are missing", left)
	}
	return first(err, send())
}

// make gives people their numbers and writes their units.
func (b *builder) make(out *peopleBatch) {
	var p bare
	var t traits
	var unit pack
	var one, buf []byte
	var u mutual
	withYear := hasYears(uint32(b.persons))
	r := reader{b: out.drafts}
	for i := range out.n {
		p.read(r.bytes(r.number()), mutual{})
		b.number(&p)
		if i%crowd == 0 {
			u = p.shared()
		}
		one = p.append(one[:0], u)
		unit.add(one)
		if i%crowd == crowd-1 || i == out.n-1 {
			out.units = unit.unit(u.append(out.units))
			out.ends = append(out.ends, len(out.units))
		}
		buf = b.keys(&p, &t, buf, func(pass int, k key) {
			if pass != passNameYear || withYear {
				out.keys = append(out.keys, b.head.Blocks.stored(k))
			}
		})
		out.keyEnd = append(out.keyEnd, len(out.keys))
	}
}

// take writes a batch.
func (b *builder) take(p *peopleBatch, c *cellWriter) error {
	from := 0
	for _, end := range p.ends {
		c.add(p.units[from:end])
		from = end
	}
	from = 0
	for i, end := range p.keyEnd {
		for _, k := range p.keys[from:end] {
			if err := b.scatter.add(k, p.first+uint32(i)); err != nil {
				return err
			}
		}
		from = end
	}
	return b.w.err
}

// nameKeys throws the keys of surnames and given names.
func (b *builder) nameKeys() error {
	h := &b.head.Blocks
	if err := b.scatter.rewind(); err != nil {
		return err
	}
	for i := range b.surnames.entries {
		if err := b.scatter.add(h.stored(surnameKey(joined(b.surnames.entries[i].text))), uint32(i+1)); err != nil {
			return err
		}
	}
	if err := b.scatter.rewind(); err != nil {
		return err
	}
	for i := range b.givens.entries {
		if err := b.scatter.add(h.stored(givenKey(b.givens.entries[i].text)), uint32(i+1)); err != nil {
			return err
		}
	}
	return b.scatter.rewind()
}
