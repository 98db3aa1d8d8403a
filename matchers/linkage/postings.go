package linkage

import (
	"encoding/binary"
	"math/bits"
)

// Postings say which people have a key. Keys are cut to as many bits as tell
// them apart, sorted, and written by their differences in buckets of about
// bucketKeys; the first bits of a key name its bucket, which is a cell. In a
// bucket stand, bit by bit: for each key its difference from the one before
// (Rice 1979: what is above riceBits in unary), a bit that tells whether several
// people have it, then the one, or how many there are and the first maxBlock
// of them, in ascending order, by their differences.
const bucketKeys = 16

// blocks are the postings of an index.
type blocks struct {
	cells *cells
	blocksHead
}

type blocksHead struct {
	Cells    cellsHead `json:"cells"`
	Buckets  int       `json:"bucket_bits"`
	Bits     int       `json:"key_bits"`   // of a key that are kept, suffix aside
	Values   int       `json:"value_bits"` // of a person's number, or a name's
	Postings int64     `json:"postings"`
	Split    int64     `json:"split"`  // keys too full, split by their suffix
	Capped   int64     `json:"capped"` // postings left out of what was still too full
}

// stored is a key as it is written.
func (h *blocksHead) stored(k key) uint64 {
	return uint64(k)>>suffixBits>>(56-h.Bits)<<suffixBits | uint64(k)&0xff
}

// span is how many bits of a stored key its bucket does not tell.
func (h *blocksHead) span() int { return h.Bits + suffixBits - h.Buckets }

// bucket is where a stored key lies, and floor the least key of a bucket.
func (h *blocksHead) bucket(stored uint64) uint64 { return stored >> h.span() }
func (h *blocksHead) floor(bucket uint64) uint64  { return bucket << h.span() }

// rice is how many bits of a difference are written as they are: with a dozen
// keys in a bucket, what is above is mostly 0 or 1, and never 16.
func (h *blocksHead) rice() int { return h.span() - 4 }

// sizes sets how keys are cut for so many postings of values up to most.
func (h *blocksHead) sizes(postings int64, most uint64) {
	n := bits.Len64(uint64(postings))
	h.Bits = min(max(n+4, 34), 48)
	h.Buckets = max(bits.Len64(uint64(postings/bucketKeys)), 1)
	h.Values = max(bits.Len64(most), 1)
}

// sound tells whether an index may say so.
func (h *blocksHead) sound() bool {
	return h.Bits >= 1 && h.Bits <= 48 && h.Buckets >= 1 && h.Buckets <= min(h.Bits, 31) && h.Values >= 1 && h.Values <= 32 &&
		h.rice() >= 0 && h.rice()+1+h.Values >= 8 && h.Cells.Cells == 1<<h.Buckets
}

// posting is a key of a person, or of an entry of a lexicon.
type posting struct {
	key   uint64 // as stored
	value uint32
}

// bucketWriter turns the postings of a bucket into a cell.
type bucketWriter struct {
	head *blocksHead
	out  bitWriter
}

// maxBucket bounds a bucket, in bytes: chance fills none so much. What more
// somebody's made-up names bring is left out, and counted.
const maxBucket = pageData - 16

// bucket appends a cell of sorted postings to b. more says how many have a key
// besides those in ps, which are then at least maxBlock.
func (w *bucketWriter) bucket(b []byte, n uint64, ps []posting, more map[uint64]uint64) []byte {
	w.out.b = b
	last, rice := w.head.floor(n), w.head.rice()
	for i := 0; i < len(ps); {
		j := i + 1
		for j < len(ps) && ps[j].key == ps[i].key {
			j++
		}
		if len(w.out.b)-len(b) > maxBucket-8*maxBlock {
			w.head.Capped += int64(len(ps) - i)
			w.head.Postings += int64(len(ps) - i)
			break
		}
		gap := ps[i].key - last
		last = ps[i].key
		w.out.put(1<<(gap>>rice), int(gap>>rice)+1)
		w.out.put(gap&(1<<rice-1), rice)
		w.values(ps[i:j], uint64(j-i)+more[ps[i].key])
		i = j
	}
	w.split(ps, more)
	return w.out.end()
}

// values writes who has one key, and how many they are.
func (w *bucketWriter) values(ps []posting, all uint64) {
	w.head.Postings += int64(all)
	if all == 1 {
		w.out.put(uint64(ps[0].value)<<1, w.head.Values+1)
		return
	}
	w.out.put(1, 1)
	w.out.gamma(all - 1)
	w.out.put(uint64(ps[0].value), w.head.Values)
	held := ps[:min(len(ps), maxBlock)]
	for i := 1; i < len(held); i++ {
		gap := uint64(held[i].value - held[i-1].value)
		n := bits.Len64(gap) - 1
		w.out.put(uint64(n), 5)
		w.out.put(gap&(1<<n-1), n)
	}
	w.head.Capped += max(int64(all)-maxBlock, 0)
}

// split counts the keys that are too full without their suffix.
func (w *bucketWriter) split(ps []posting, more map[uint64]uint64) {
	for i := 0; i < len(ps); {
		all, j := uint64(0), i
		for ; j < len(ps) && ps[j].key>>suffixBits == ps[i].key>>suffixBits; j++ {
			if all++; j == i || ps[j].key != ps[j-1].key {
				all += more[ps[j].key]
			}
		}
		if all > maxBlock {
			w.head.Split++
		}
		i = j
	}
}

// bucketReader reads a cell key by key.
type bucketReader struct {
	bitReader
	stored uint64 // the key
	all    uint64 // how many have it
	one    bool
	rice   int
	width  int
}

func (h *blocksHead) reader(bucket uint64, cell []byte) bucketReader {
	return bucketReader{bitReader: bitReader{b: cell}, stored: h.floor(bucket), rice: h.rice(), width: h.Values}
}

// next reads a key and how many have it; false at the end. values must follow.
func (r *bucketReader) next() bool {
	if r.left() < 8 {
		return false
	}
	word := r.peek()
	n := bits.TrailingZeros64(word)
	if n > 16 {
		r.at = 8*len(r.b) + 1
		return false
	}
	r.at += n + 1
	word = r.peek()
	r.stored += uint64(n)<<r.rice | word&(1<<r.rice-1)
	r.one = word>>r.rice&1 == 0
	r.at += r.rice + 1
	r.all = 1
	if !r.one {
		r.all = r.gamma() + 1
	}
	return true
}

// skip reads on to the first key that is not below least, as next does: most of
// what stands in a bucket is passed over, a word of memory a key.
func (r *bucketReader) skip(least uint64) bool {
	at, stored := r.at, r.stored
	for end := 8*len(r.b) - 64; at <= end; {
		word := binary.LittleEndian.Uint64(r.b[at>>3:]) >> (at & 7)
		n := bits.TrailingZeros64(word)
		if n > 16 {
			break // next tells that it is damaged
		}
		word >>= n + 1
		key := stored + (uint64(n)<<r.rice | word&(1<<r.rice-1))
		word >>= r.rice
		if key >= least {
			break // next reads it again
		}
		stored = key
		at += n + 1 + r.rice + 1
		if word&1 == 0 {
			at += r.width
			continue
		}
		r.at, r.stored = at, stored
		r.one, r.all = false, r.gamma()+1
		r.values(nil, false)
		at = r.at
	}
	r.at, r.stored = at, stored
	for r.next() {
		if r.stored >= least {
			return true
		}
		r.values(nil, false)
	}
	return false
}

// values appends who has the key, as far as they are held, if they are wanted.
func (r *bucketReader) values(out []uint32, wanted bool) []uint32 {
	if r.one && !wanted {
		r.at += r.width
		return out
	}
	v := r.get(r.width)
	if wanted {
		out = append(out, uint32(v))
	}
	for i := uint64(1); i < min(r.all, maxBlock); i++ {
		n := int(r.get(5))
		v += 1<<n | r.get(n)
		if wanted {
			out = append(out, uint32(v))
		}
	}
	return out
}

// find appends to out who has a key: all whose suffix is wanted, or where those
// are more than most, who has its suffix or none. It returns how many have
// the suffix.
func (b *blocks) find(out []uint32, k key, m suffixes, most uint64) ([]uint32, uint64, error) {
	cell, err := b.cells.cell(b.bucket(b.stored(k)))
	if err != nil {
		return out, 0, err
	}
	return b.look(out, cell, k, m, most)
}

// look is find in the bucket of the key.
func (b *blocks) look(out []uint32, cell []byte, k key, m suffixes, most uint64) ([]uint32, uint64, error) {
	want := b.stored(k)
	start, all, same := len(out), uint64(0), uint64(0)
	loose, lo, hi := start, start, start // ends of those without a suffix; those with the same
	r := b.reader(b.bucket(want), cell)
	for more := r.skip(want &^ 0xff); more && r.stored>>suffixBits == want>>suffixBits; more = r.next() {
		here := m.wants(uint8(want), uint8(r.stored))
		before := len(out)
		out = r.values(out, here)
		if !here {
			continue
		}
		all += r.all
		if r.stored&0xff == 0 {
			loose, lo, hi = len(out), len(out), len(out)
		}
		if r.stored == want {
			lo, hi, same = max(before, loose), len(out), r.all
		}
	}
	if r.left() < 0 {
		return out[:start], 0, damaged("a bucket of keys")
	}
	if all > most {
		out = append(out[:loose], out[lo:hi]...)
	}
	return out, same, nil
}
