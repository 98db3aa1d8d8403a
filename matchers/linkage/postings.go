package linkage

import (
	"encoding/binary"
	"math/bits"
)

// Postings say which people have a key. Keys are cut to as many bits as tell
// them apart, sorted, and written by their differences in buckets of about
// bucketKeys; the first bits of a key name its bucket.
const bucketKeys = 16

// blocks are the postings of an index.
type blocks struct {
	pages *pages
	blocksHead
}

type blocksHead struct {
	Table    uint64 `json:"table"`
	Buckets  int    `json:"bucket_bits"`
	Bits     int    `json:"key_bits"` // of a key that are kept, suffix aside
	Postings int64  `json:"postings"`
	Split    int64  `json:"split"`  // keys too full, split by their suffix
	Capped   int64  `json:"capped"` // postings left out of what was still too full
}

// stored is a key as it is written.
func (h *blocksHead) stored(k key) uint64 {
	return uint64(k)>>suffixBits>>(56-h.Bits)<<suffixBits | uint64(k)&0xff
}

// bucket is where a stored key lies, and floor the least key of a bucket.
func (h *blocksHead) bucket(stored uint64) uint64 { return stored >> (h.Bits + suffixBits - h.Buckets) }
func (h *blocksHead) floor(bucket uint64) uint64  { return bucket << (h.Bits + suffixBits - h.Buckets) }

// sizes sets how keys are cut for so many postings.
func (h *blocksHead) sizes(postings int64) {
	n := bits.Len64(uint64(postings))
	h.Bits = min(max(n+6, 34), 56)
	h.Buckets = max(bits.Len64(uint64(postings/bucketKeys)), 1)
}

// posting is a key of a person, or of an entry of a lexicon.
type posting struct {
	key   uint64 // as stored
	value uint32
}

// bucketWriter turns the postings of a bucket into a unit.
type bucketWriter struct{ head *blocksHead }

// bucket appends sorted postings: for each key its difference from the one
// before, then the only value doubled, or how many there are (doubled and one)
// and the first maxBlock of them.
func (w *bucketWriter) bucket(b []byte, n uint64, ps []posting) []byte {
	last := w.head.floor(n)
	for i := 0; i < len(ps); {
		j := i + 1
		for j < len(ps) && ps[j].key == ps[i].key {
			j++
		}
		b = binary.AppendUvarint(b, ps[i].key-last)
		last = ps[i].key
		if j == i+1 {
			b = binary.AppendUvarint(b, uint64(ps[i].value)<<1)
		} else {
			b = binary.AppendUvarint(b, uint64(j-i)<<1|1)
			before := uint32(0)
			for _, p := range ps[i:min(j, i+maxBlock)] {
				b = binary.AppendUvarint(b, uint64(p.value-before))
				before = p.value
			}
		}
		i = j
	}
	w.count(ps)
	return b
}

// count notes what had to be split or left out.
func (w *bucketWriter) count(ps []posting) {
	w.head.Postings += int64(len(ps))
	for i := 0; i < len(ps); {
		j, most := i, i
		for j < len(ps) && ps[j].key>>suffixBits == ps[i].key>>suffixBits {
			if ps[j].key != ps[most].key {
				most = j
			}
			if j-most >= maxBlock {
				w.head.Capped++
			}
			j++
		}
		if j-i > maxBlock {
			w.head.Split++
		}
		i = j
	}
}

// find appends to out who has a key: all whose suffix is wanted, or where those
// are more than most, who has its suffix or none. It returns how many have
// the suffix.
func (b *blocks) find(out []uint32, k key, m suffixes, most uint64) ([]uint32, uint64, error) {
	want := b.stored(k)
	at, err := b.pages.offset(b.Table, b.bucket(want))
	if err != nil {
		return out, 0, err
	}
	unit, err := b.pages.unit(at)
	if err != nil {
		return out, 0, err
	}
	r := reader{b: unit}
	stored, start, all, same := b.floor(b.bucket(want)), len(out), uint64(0), uint64(0)
	loose, lo, hi := start, start, start // ends of those without a suffix; those with the same
	for len(r.b) > 0 {
		stored += r.number()
		n, before := r.number(), len(out)
		if stored>>suffixBits > want>>suffixBits {
			break
		}
		here := stored>>suffixBits == want>>suffixBits && m.wants(uint8(want), uint8(stored))
		if n&1 != 0 {
			n >>= 1
			out = r.values(out, min(n, maxBlock), here)
		} else {
			if here {
				out = append(out, uint32(n>>1))
			}
			n = 1
		}
		if !here {
			continue
		}
		all += n
		if stored&0xff == 0 {
			loose, lo, hi = len(out), len(out), len(out)
		}
		if stored == want {
			lo, hi, same = max(before, loose), len(out), n
		}
	}
	if r.bad {
		return out[:start], 0, damaged("a bucket of keys")
	}
	if all > most {
		out = append(out[:loose], out[lo:hi]...)
	}
	return out, same, nil
}

func (r *reader) values(out []uint32, n uint64, keep bool) []uint32 {
	v := uint32(0)
	for range n {
		v += uint32(r.number())
		if keep {
			out = append(out, v)
		}
	}
	return out
}
