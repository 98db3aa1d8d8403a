package linkage

import (
	"context"
	"encoding/binary"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

const (
	// maxHeaps is in how many heaps postings are thrown by the first bits of
	// their key, each then sorted in memory.
	maxHeaps = 512
	// heapPostings is how many a heap should hold.
	heapPostings = 1 << 20
	// heapPiece is about how many bytes of a heap are put aside at once.
	heapPiece = 32 << 10
)

// scatter throws postings into heaps. In a heap they are what their value is
// above the one before, and the bits of their key that the heap does not tell.
type scatter struct {
	aside *aside
	shift int // bits of a key below those that name its heap
	width int // bytes of them
	heaps []postingHeap
	most  int // postings of a heap in memory, as long as it does not hold more different ones
}

type postingHeap struct {
	buf    []byte
	last   uint32
	pieces []int
	n      int
}

// newScatter is for about so many postings, of keys cut to so many bits and in
// so many buckets (log2).
func newScatter(a *aside, postings int64, keyBits, buckets int) *scatter {
	n := min(bits.Len64(uint64(postings/heapPostings)), bits.Len(maxHeaps-1), buckets)
	n = max(n, min(bits.Len(uint(runtime.GOMAXPROCS(0)-1)), buckets))
	s := &scatter{aside: a, shift: keyBits - n, heaps: make([]postingHeap, 1<<n), most: 4 * heapPostings}
	s.width = (s.shift + 7) / 8
	return s
}

// add throws a posting. Values ascend, until rewind.
func (s *scatter) add(stored uint64, value uint32) error {
	h := &s.heaps[stored>>s.shift]
	h.buf = binary.AppendUvarint(h.buf, uint64(value-h.last))
	h.last = value
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], stored)
	h.buf = append(h.buf, b[:s.width]...)
	if h.n++; len(h.buf) < heapPiece {
		return nil
	}
	return s.flush(h)
}

func (s *scatter) flush(h *postingHeap) error {
	n, err := s.aside.put(h.buf)
	h.pieces = append(h.pieces, n)
	h.buf, h.last = h.buf[:0], 0
	return err
}

// rewind lets values start anew.
func (s *scatter) rewind() error {
	for i := range s.heaps {
		if h := &s.heaps[i]; len(h.buf) > 0 {
			if err := s.flush(h); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather reads heap n. Of a key that many have it keeps the first maxBlock or
// more, and counts the others: a million people of one name take no room.
func (s *scatter) gather(n int) (ps []posting, more map[uint64]uint64, err error) {
	h := &s.heaps[n]
	most := s.most
	ps = make([]posting, 0, min(h.n, most))
	more = map[uint64]uint64{}
	var buf []byte
	mask := uint64(1)<<s.shift - 1
	left := h.n
	for _, number := range h.pieces {
		piece, err := s.aside.take(number, &buf)
		if err != nil {
			return nil, nil, err
		}
		r, value := reader{b: piece}, uint32(0)
		for len(r.b) > 0 {
			value += uint32(r.number())
			var b [8]byte
			if copy(b[:], r.bytes(uint64(s.width))); r.bad {
				return nil, nil, damaged("a heap of postings")
			}
			if len(ps) == most {
				if ps = thin(ps, more); len(ps) > most/2 {
					most *= 2 // they are not of one name: there is no way around it
				}
			}
			left--
			ps = append(ps, posting{binary.LittleEndian.Uint64(b[:])&mask | uint64(n)<<s.shift, value})
		}
	}
	if left != 0 {
		return nil, nil, damaged("a heap of postings, of which %d are missing", left)
	}
	return ps, more, nil
}

// thin sorts postings and leaves maxBlock of each key; the others are counted.
func thin(ps []posting, more map[uint64]uint64) []posting {
	slices.SortFunc(ps, byKey)
	ps = slices.Compact(ps)
	kept := ps[:0]
	for i := 0; i < len(ps); {
		j := i + 1
		for j < len(ps) && ps[j].key == ps[i].key {
			j++
		}
		if extra := j - i - maxBlock; extra > 0 {
			more[ps[i].key] += uint64(extra)
		}
		kept = append(kept, ps[i:min(j, i+maxBlock)]...)
		i = j
	}
	return kept
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

// heapCells are the buckets of one heap.
type heapCells struct {
	head blocksHead
	data []byte
	ends []int
	err  error
}

// cells sorts a heap into its buckets.
func (s *scatter) cells(n int, head blocksHead) *heapCells {
	out := &heapCells{head: head}
	ps, more, err := s.gather(n)
	if err != nil {
		out.err = err
		return out
	}
	buckets := uint64(1) << head.Buckets / uint64(len(s.heaps))
	first := uint64(n) * buckets
	starts := make([]uint32, buckets+1)
	for i := range ps {
		starts[head.bucket(ps[i].key)-first+1]++
	}
	for i := range buckets {
		starts[i+1] += starts[i]
	}
	sorted := make([]posting, len(ps))
	for _, p := range ps { // starts move to the ends, which are the next ones' starts
		at := &starts[head.bucket(p.key)-first]
		sorted[*at] = p
		*at++
	}
	w := bucketWriter{head: &out.head}
	out.data = make([]byte, 0, 6*len(ps)+int(buckets))
	out.ends = make([]int, buckets)
	from := uint32(0)
	for i := range buckets {
		one := sorted[from:starts[i]]
		from = starts[i]
		slices.SortFunc(one, byKey)
		out.data = w.bucket(out.data, first+i, slices.Compact(one), more)
		out.ends[i] = len(out.data)
	}
	return out
}

// writeBlocks sorts the heaps and writes them in the order of their keys.
func (b *builder) writeBlocks(ctx context.Context) error {
	head := &b.head.Blocks
	empty := *head
	workers := runtime.GOMAXPROCS(0)
	c := newCellWriter(b.w)
	for from := 0; from < len(b.scatter.heaps); from += workers {
		if err := first(ctx.Err(), b.w.err); err != nil {
			return err
		}
		made := make([]*heapCells, min(workers, len(b.scatter.heaps)-from))
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() { made[i] = b.scatter.cells(from+i, empty) })
		}
		wg.Wait()
		for _, p := range made {
			if p.err != nil {
				return p.err
			}
			start := 0
			for _, end := range p.ends {
				c.add(p.data[start:end])
				start = end
			}
			head.Postings += p.head.Postings
			head.Split += p.head.Split
			head.Capped += p.head.Capped
		}
	}
	head.Cells = c.end()
	return b.w.err
}

// traits are those of a person in numbers.
func (b *builder) traits(p *bare, t *traits, buf []byte) []byte {
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
	if p.domain != 0 {
		t.mail, t.domain = mailKey(p.local, b.domains.entries[p.domain-1].text)
	}
	read := func(code string) string {
		buf = appendDecoded(buf[:0], code)
		return viewed(buf)
	}
	t.phone, t.nir = phoneKey(read(p.phone)), nirKey(read(p.nir))
	if p.street != 0 || p.house != "" {
		t.address = addressKey(read(p.house), b.streetOf[p.street])
	}
	t.postcode, t.city = b.townOf[p.town][0], b.townOf[p.town][1]
	return buf
}

// keys calls emit for every key of a person.
func (b *builder) keys(p *bare, t *traits, buf []byte, emit func(pass int, k key)) []byte {
	buf = b.traits(p, t, buf)
	t.contactKeys(emit)
	if p.full == "" {
		t.nameKeys(false, emit)
		return buf
	}
	f := facts{readings: splits(nil, plain{}, p.full, readStraight)}
	for j := range f.readings {
		t.read(&f.readings[j])
		t.nameKeys(false, emit)
	}
	return buf
}

func surnameKey(full string) key { return makeKey(passSurname, hashText(11, full), 0, 0) }
func givenKey(text string) key   { return makeKey(passGiven, hashText(12, text), 0, 0) }
