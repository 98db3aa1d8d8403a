package linkage

import (
	"slices"
	"sync"
)

// A key may lie anywhere in an index, and where the index is larger than memory
// a page that is opened for one key is gone before another wants it. So rows ask
// in waves: the keys of some thousands of them are put in the order in which the
// index holds them, and each page is opened once a wave, not once a key. All
// workers go through a wave together, stage by stage; who prepared a row also
// judges it, since names remember in one goroutine who bears them.

const (
	// leastWave is worth the waiting of workers for each other, mostWave what
	// rows, keys and people found take: some hundred megabytes.
	leastWave, mostWave = 1 << 10, 1 << 16
	// mostBytes is what the values of a wave's rows may take before it is full: rows
	// of a hostile dump are long.
	mostBytes = 64 << 20
	// abreast is how many keys are asked for before any is read.
	abreast = 16
)

// wave is how many rows ask together: as many as there are pages of keys, so that
// a page answers a dozen of them.
func (ix *Index) wave() int { return min(max(len(ix.blocks.cells.firsts), leastWave), mostWave) }

// ask is a key of a row, and the answer: who has it, and how many have its suffix.
type ask struct {
	sought
	people []uint32
	same   uint64
}

// ask appends the keys of a row to those of s.
func (w *weigher) ask(row *facts, s *scratch) {
	s.keys = row.keys(s.keys[:0], &s.traits)
	for _, k := range s.keys {
		if k.pass != passNameYear || hasYears(w.ix.head.Persons) {
			s.asks = append(s.asks, ask{sought: k})
		}
	}
}

// look answers n keys.
func (w *weigher) look(n int, at func(i int) *ask, s *scratch) error {
	b := &w.ix.blocks
	for from := 0; from < n; from += abreast {
		some := min(abreast, n-from)
		if err := s.reach(b.cells, some, func(i int) uint64 { return b.bucket(b.stored(at(from + i).key)) }); err != nil {
			return err
		}
		for i := range some {
			a := at(from + i)
			bucket, err := b.cells.open(&s.spots[i])
			if err != nil {
				return err
			}
			if s.people, a.same, err = b.look(s.people[:0], bucket, a.key, a.suffixes(), a.most()); err != nil {
				return err
			}
			a.people = s.hold(s.people)
		}
	}
	return nil
}

// hold keeps people until the rows that found them are judged.
func (s *scratch) hold(people []uint32) []uint32 {
	if cap(s.held)-len(s.held) < len(people) {
		s.held = make([]uint32, 0, max(1<<14, len(people)))
	}
	at := len(s.held)
	s.held = append(s.held, people...)
	return s.held[at:len(s.held):len(s.held)]
}

// wave answers what all workers ask for, in the order of the index: each of them
// goes through a part of it, there and, the next time, back, where the pages are
// that were read last.
func (w *weigher) wave(ss []*scratch) error {
	b, n := &w.ix.blocks, uint64(len(ss))
	return alongside(len(ss), func(k int) error {
		// A bucket's number takes at most 31 bits.
		const low = 33
		s, first := ss[k], uint64(0)
		s.order, s.held = s.order[:0], nil
		bases := make([]uint64, len(ss))
		for j, other := range ss {
			bases[j] = first
			for i := range other.asks {
				if bucket := b.bucket(b.stored(other.asks[i].key)); bucket*n>>b.Buckets == uint64(k) {
					s.order = append(s.order, bucket<<low|first+uint64(i))
				}
			}
			first += uint64(len(other.asks))
		}
		slices.Sort(s.order)
		if s.back = !s.back; !s.back {
			slices.Reverse(s.order)
		}
		return w.look(len(s.order), func(i int) *ask {
			at := s.order[i] & (1<<low - 1)
			j := len(ss) - 1
			for bases[j] > at {
				j--
			}
			return &ss[j].asks[at-bases[j]]
		}, s)
	})
}

// alongside calls f for each of n workers at once, and returns the error of the
// first of them that has one.
func alongside(n int, f func(k int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() { errs[k] = f(k) })
	}
	wg.Wait()
	return first(errs...)
}

// chunk is what of n things worker k of so many does.
func chunk(n, k, workers int) (from, to int) { return n * k / workers, n * (k + 1) / workers }
