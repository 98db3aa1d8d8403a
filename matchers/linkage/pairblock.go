package linkage

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Blocking. Every record has atoms: what it says in one field, in spellings of
// several coarseness. Records are brought together by an atom they share, or by
// two atoms of two fields. No rule is chosen beforehand: blocks are taken from
// the smallest up, whatever made them, until the pairs to compare are spent. A
// small block is a rare coincidence, so the cheap pairs are the likely ones.
const (
	pairsEach  = 20      // pairs to compare for every record,
	pairsLeast = 100_000 // and at least so many
	visitsEach = 600     // meetings in blocks for every record: pairs meet in several
	mostBlock  = 1000    // records in one block, at most
	atomBits   = 24      // low bits of a key: the record
	maxAtoms   = 40
	maxRecords = 1 << atomBits
)

type atom struct {
	field uint8
	alone bool // brings records together on its own
	hash  uint64
}

// atoms appends what a record says.
func (f *pairFile) atoms(out []atom, i int) []atom {
	for k, c := range f.fields {
		if c.of[i] == 0 {
			continue
		}
		v := &c.values[c.of[i]]
		add := func(kind uint64, s string, alone bool) {
			if s != "" && len(out) < maxAtoms {
				out = append(out, atom{uint8(k), alone, hashText(kind*64+uint64(k), s)})
			}
		}
		switch c.kind {
		case kindName:
			out = f.nameAtoms(out, k, v)
		case kindDate:
			out = dayAtoms(out, k, v)
		case kindPostcode:
			add(1, v.text, true)
			add(2, v.text[:max(min(2, len(v.text)), (len(v.text)+1)/2)], false)
		case kindStreet:
			add(1, v.text, true)
			add(2, v.tokens[0], true)
		case kindSex:
		case kindEmail:
			add(1, v.text, true)
			add(2, localPart(v.text), true)
		case kindCode, kindNumber:
			add(1, v.text, true)
			if n := len(v.text) / 2; n > 1 {
				add(2, v.text[:n], true)
				add(3, v.text[n:], true)
			}
		default:
			add(1, v.text, true)
		}
	}
	return out
}

func (f *pairFile) nameAtoms(out []atom, k int, v *value) []atom {
	add := func(kind uint64, s string) {
		if s != "" && len(out) < maxAtoms {
			out = append(out, atom{uint8(k), true, hashText(kind*64, s)}) // whichever column it stands in
		}
	}
	add(1, v.text)
	for t, w := range v.tokens {
		if t < 2 && (t == 0 || len(w) > 2) {
			add(2, sound(w))
			if len(w) > 3 {
				add(3, w[:3])
			}
		}
	}
	if len(v.tokens) > 1 {
		add(2, v.sound)
		add(1, v.tokens[0])
		add(1, v.tokens[len(v.tokens)-1])
	}
	if n := len(v.text); n > 3 {
		add(4, v.text[n-3:])
	}
	return out
}

func dayAtoms(out []atom, k int, v *value) []atom {
	d := v.born
	add := func(kind uint64, alone bool, a, b, c uint16) {
		out = append(out, atom{uint8(k), alone, mix(kind*64+uint64(k)) ^ mix(uint64(a)<<32|uint64(b)<<16|uint64(c))})
	}
	if d.y != 0 {
		add(1, false, d.y, 0, 0)
		if d.m != 0 && d.d != 0 {
			add(2, true, d.y, min(d.m, d.d), max(d.m, d.d))
			add(4, false, d.y, d.m, 0)
			add(5, false, d.y, d.d, 0)
		}
	}
	if d.m != 0 && d.d != 0 {
		add(3, false, 0, min(d.m, d.d), max(d.m, d.d))
	}
	return out
}

// keys are the blocks of a record, unsorted.
func (f *pairFile) keys(out []uint64, i int, atoms []atom) []uint64 {
	const mask = 1<<atomBits - 1
	for x := range atoms {
		a := &atoms[x]
		if a.alone {
			out = append(out, mix(a.hash)&^mask|uint64(i))
		}
		for y := range atoms[:x] {
			if b := &atoms[y]; b.field != a.field {
				out = append(out, mix(a.hash+b.hash)&^mask|uint64(i))
			}
		}
	}
	return out
}

// blocking is the blocks that are worth their pairs: the members of each side
// by side, and the blocks of each record.
type blocking struct {
	members []int32 // records of the kept blocks, in order
	start   []int32 // where block b starts among members
	of      []int32 // blocks of the records, side by side
	first   []int32 // where the blocks of record i start in of
	most    int     // members of a block that is still used
}

// newBlocking files every record and keeps the smallest blocks.
func newBlocking(ctx context.Context, f *pairFile, workers int) (*blocking, error) {
	n := len(f.ids)
	shards := make([]sharded, pieces)
	buffers := make([][]uint64, workers)
	err := inParallel(ctx, n, workers, func(w, lo, hi int) {
		var atoms []atom
		keys := buffers[w][:0]
		for i := lo; i < hi; i++ {
			atoms = f.atoms(atoms[:0], i)
			keys = f.keys(keys, i, atoms)
		}
		if buffers[w] = keys; lo < hi {
			shards[((lo+1)*pieces-1)/n] = spread(keys)
		}
	})
	if err != nil {
		return nil, err
	}
	var sorted [keyShards][]uint64
	var sizes [keyShards][mostBlock + 1]uint64
	twins := make([]twinBlocks, workers)
	err = inParallel(ctx, keyShards, workers, func(w, lo, hi int) {
		for s := lo; s < hi; s++ {
			sorted[s], buffers[w] = sortKeys(shards, s, buffers[w])
			kept := sorted[s][:0]
			eachBlock(sorted[s], func(b []uint64) {
				if len(b) > mostBlock {
					return
				}
				pairs := f.blockPairs(b)
				sizes[s][len(b)] += pairs
				if pairs > 0 && !twins[w].again(b) {
					kept = append(kept, b...)
				}
			})
			sorted[s] = kept
		}
	})
	if err != nil {
		return nil, err
	}
	most, budget := 2, uint64(max(visitsEach*n, 10*pairsLeast))
	for size, spent := 0, uint64(0); size <= mostBlock; size++ {
		for s := range sizes {
			spent += sizes[s][size]
		}
		if spent > budget {
			break
		}
		most = max(most, size)
	}
	b := collectBlocks(f, &sorted, most)
	return b, b.limit(ctx, f, workers)
}

// limit finds the size up to which blocks bring no more different pairs than
// there is time to compare, by looking at some of the records.
func (b *blocking) limit(ctx context.Context, f *pairFile, workers int) error {
	n := len(f.ids)
	step := max(1, n/2000)
	fresh := make([][mostBlock + 1]uint64, workers)
	seen := make([][]int32, workers)
	sizes := make([][]int32, workers)
	err := inParallel(ctx, n/step, workers, func(w, lo, hi int) {
		if seen[w] == nil {
			seen[w], sizes[w] = make([]int32, n), make([]int32, n)
		}
		var met []int32
		size := sizes[w]
		for x := lo; x < hi; x++ {
			i := x * step
			met = b.smallest(met[:0], i, f, seen[w], size)
			for _, j := range met {
				fresh[w][size[j]]++
			}
		}
	})
	b.most = 2
	budget, spent := uint64(max(pairsEach*n, pairsLeast))*2, uint64(0)
	for size := range mostBlock + 1 {
		for w := range fresh {
			spent += fresh[w][size] * uint64(step)
		}
		if spent > budget {
			break
		}
		b.most = max(b.most, size)
	}
	return err
}

// smallest appends every record that i may be paired with and shares a block
// with, each once, and says how big the smallest such block is.
func (b *blocking) smallest(out []int32, i int, f *pairFile, seen, size []int32) []int32 {
	for _, k := range b.of[b.first[i]:b.first[i+1]] {
		ms := b.members[b.start[k]:b.start[k+1]]
		n := int32(len(ms))
		for _, j := range ms {
			switch {
			case int(j) == i || !f.alone() && (i < f.left) == (int(j) < f.left):
			case seen[j] != int32(i)+1:
				seen[j], size[j] = int32(i)+1, n
				out = append(out, j)
			case n < size[j]:
				size[j] = n
			}
		}
	}
	return out
}

// blockPairs is how many pairs a block brings.
func (f *pairFile) blockPairs(b []uint64) uint64 {
	if f.alone() {
		return uint64(len(b)) * uint64(len(b)-1) / 2
	}
	left := 0
	for left < len(b) && int(b[left]&(1<<atomBits-1)) < f.left {
		left++
	}
	return uint64(left) * uint64(len(b)-left)
}

func eachBlock(keys []uint64, visit func([]uint64)) {
	for i := 0; i < len(keys); {
		j := i + 1
		for j < len(keys) && keys[j]>>atomBits == keys[i]>>atomBits {
			j++
		}
		visit(keys[i:j])
		i = j
	}
}

// twinBlocks remembers blocks of two: records of one person share most of their
// keys, and one block tells all that the others do. What it forgets is only told
// twice.
type twinBlocks struct{ keys [1 << 16]uint64 }

// again tells a block of two that was there before.
func (t *twinBlocks) again(b []uint64) bool {
	if len(b) != 2 {
		return false
	}
	const mask = 1<<atomBits - 1
	pair := b[0]&mask<<atomBits | b[1]&mask
	at := &t.keys[mix(pair)&uint64(len(t.keys)-1)]
	if *at == pair {
		return true
	}
	*at = pair
	return false
}

// collectBlocks files the blocks of up to so many records under their records.
func collectBlocks(f *pairFile, sorted *[keyShards][]uint64, most int) *blocking {
	const mask = 1<<atomBits - 1
	b := &blocking{first: make([]int32, len(f.ids)+1)}
	size := 0
	for s := range sorted {
		size += len(sorted[s])
	}
	b.members = make([]int32, 0, size)
	for s := range sorted {
		eachBlock(sorted[s], func(keys []uint64) {
			if len(keys) > most {
				return
			}
			b.start = append(b.start, int32(len(b.members)))
			for _, k := range keys {
				b.members = append(b.members, int32(k&mask))
				b.first[k&mask+1]++
			}
		})
		sorted[s] = nil
	}
	b.start = append(b.start, int32(len(b.members)))
	for i := range f.ids {
		b.first[i+1] += b.first[i]
	}
	b.of = make([]int32, len(b.members))
	at := slices.Clone(b.first)
	for k := range len(b.start) - 1 {
		for _, i := range b.members[b.start[k]:b.start[k+1]] {
			b.of[at[i]] = int32(k)
			at[i]++
		}
	}
	return b
}

// mates appends every record that shares a block with i and stands behind it
// (in the other file, if there are two), each once.
func (b *blocking) mates(out []int32, i int, least int, seen []int32) []int32 {
	for _, k := range b.of[b.first[i]:b.first[i+1]] {
		ms := b.members[b.start[k]:b.start[k+1]]
		if len(ms) > b.most {
			continue
		}
		for x := len(ms) - 1; x >= 0; x-- {
			j := ms[x]
			if int(j) < least {
				break
			}
			if seen[j] != int32(i)+1 {
				seen[j] = int32(i) + 1
				out = append(out, j)
			}
		}
	}
	return out
}

// pieces is how many pieces work is cut into.
const pieces = 64

// inParallel cuts 0..n into pieces for the workers. Which worker does which
// piece never shows in an answer.
func inParallel(ctx context.Context, n, workers int, do func(worker, lo, hi int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				p := int(next.Add(1)) - 1
				if p >= pieces {
					return
				}
				do(w, p*n/pieces, (p+1)*n/pieces)
			}
		}()
	}
	wg.Wait()
	return ctx.Err()
}

func workersOf(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}
