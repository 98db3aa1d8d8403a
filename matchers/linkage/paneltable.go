package linkage

import (
	"context"
	"math/bits"
	"slices"
)

// table holds the postings of every member that cuts its keys to the same
// width. One posting is one word: what the bucket does not say of the key, its
// suffix, and the number of the person. Words are sorted in buckets of about
// tableBucket, one line of a processor's cache: nothing is decoded to look.
type table struct {
	bits    int // of a key, suffix aside
	buckets int // bits of a key that name its bucket
	idBits  int
	shards  [1 << shardBits]shard
	crowded map[crowded]uint64 // how many have a key that more than maxBlock of one registry have
}

type shard struct {
	starts []uint32 // of each bucket, then the end
	words  []uint64
}

// crowded is a key of a member.
type crowded struct {
	stored uint64
	member int
}

const (
	tableBucket = 8
	shardBits   = 4 // first bits of a key name its shard: shards are filled side by side
)

// newTable sets how wide things are.
func newTable(p *Panel, width int) *table {
	t := &table{bits: width, idBits: p.idBits(), crowded: map[crowded]uint64{}}
	n := uint64(0)
	for r := range p.members {
		if ix := p.members[r].Index; t.holds(p, r) {
			n += min(uint64(ix.blocks.Postings), uint64(len(ix.pages.slots))*pageSize)
		}
	}
	t.buckets = min(max(bits.Len64(n/tableBucket), width+suffixBits+t.idBits-64, shardBits), width)
	return t
}

func (t *table) holds(p *Panel, r int) bool {
	return !p.large(r) && p.members[r].Index.blocks.Bits == t.bits
}

// rest is how many bits of a stored key a word holds.
func (t *table) rest() int { return t.bits + suffixBits - t.buckets }

// bucket returns the words among which those of a stored key are.
func (t *table) bucket(stored uint64) (n, from, to uint32) {
	b := stored >> t.rest()
	n = uint32(b >> (t.buckets - shardBits))
	b &= 1<<(t.buckets-shardBits) - 1
	starts := t.shards[n].starts[b:]
	return n, starts[0], starts[1]
}

func (t *table) id(word uint64) uint32 { return uint32(word & (1<<t.idBits - 1)) }

func (t *table) suffix(word uint64) uint8 { return uint8(word >> t.idBits) }

// fill reads the postings of the members.
func (t *table) fill(ctx context.Context, p *Panel) error {
	found := make([]map[crowded]uint64, len(t.shards))
	err := parallel(ctx, len(t.shards), func(n int) (err error) {
		found[n], err = t.fillShard(ctx, p, uint64(n))
		return err
	})
	for _, m := range found {
		for k, v := range m {
			t.crowded[k] = v
		}
	}
	return err
}

func (t *table) fillShard(ctx context.Context, p *Panel, n uint64) (map[crowded]uint64, error) {
	var words []uint64
	var where []uint32
	full := map[crowded]uint64{}
	local := t.buckets - shardBits
	rest := t.rest()
	for r := range p.members {
		if !t.holds(p, r) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		base, span := uint64(p.base[r]), p.members[r].Index.span()
		err := p.members[r].Index.blocks.each(n, shardBits, func(stored, value uint64) error {
			if value >= span {
				return damaged("a posting of %d of %d", value, span)
			}
			where = append(where, uint32(stored>>rest&(1<<local-1)))
			words = append(words, stored&(1<<rest-1)<<t.idBits|base+value)
			return nil
		}, func(stored, count uint64) { full[crowded{stored, r}] = count })
		if err != nil {
			return nil, p.named(r, err)
		}
	}
	t.shards[n] = newShard(words, where, 1<<local)
	return full, nil
}

// newShard puts words into buckets and sorts them there.
func newShard(words []uint64, where []uint32, buckets int) shard {
	s := shard{starts: make([]uint32, buckets+1), words: make([]uint64, len(words))}
	for _, b := range where {
		s.starts[b+1]++
	}
	for b := range buckets {
		s.starts[b+1] += s.starts[b]
	}
	for i, b := range where { // starts move to the ends, which are the next ones' starts
		s.words[s.starts[b]] = words[i]
		s.starts[b]++
	}
	copy(s.starts[1:], s.starts[:buckets])
	s.starts[0] = 0
	for b := range buckets {
		slices.Sort(s.words[s.starts[b]:s.starts[b+1]])
	}
	return s
}

// each calls emit for the postings whose keys start with the bits of a shard,
// and full with how many have a key of which not all are held. The pages it
// reads are not kept.
func (b *blocks) each(shard uint64, width int, emit func(stored, value uint64) error, full func(stored, count uint64)) error {
	src, err := newPages(b.cells.pages.src, int64(len(b.cells.pages.slots))*pageSize, 1)
	if err != nil {
		return err
	}
	own := *b.cells
	own.pages = src
	skip := b.Bits + suffixBits - width
	var values []uint32
	for n := b.bucket(shard << skip); n <= b.bucket((shard+1)<<skip-1); n++ {
		cell, err := own.cell(n)
		if err != nil {
			return err
		}
		r := b.reader(n, cell)
		for r.next() {
			mine := r.stored>>skip == shard
			if values = r.values(values[:0], mine); !mine {
				continue
			}
			if r.all > maxBlock {
				full(r.stored, r.all)
			}
			for _, v := range values {
				if err := emit(r.stored, uint64(v)); err != nil {
					return err
				}
			}
		}
		if r.left() < 0 {
			return damaged("a bucket of keys")
		}
	}
	return nil
}
