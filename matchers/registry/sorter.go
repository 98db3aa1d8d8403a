package registry

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// item is what is sorted: by hi, then lo.
type item struct {
	hi      uint64 // digest, first bytes
	lo      uint32 // the rest of the digest, or a line
	flags   uint32
	at      uint64 // where a box lies
	content uint64 // digest of the row, or another person's
}

func (a item) digest() idDigest { return digestOf(a.hi, a.lo) }

const itemSize = 32

func (a item) compare(b item) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

func (a item) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, a.hi)
	b = binary.LittleEndian.AppendUint32(b, a.lo)
	b = binary.LittleEndian.AppendUint32(b, a.flags)
	b = binary.LittleEndian.AppendUint64(b, a.at)
	return binary.LittleEndian.AppendUint64(b, a.content)
}

func parseItem(b []byte) item {
	return item{
		hi: binary.LittleEndian.Uint64(b), lo: binary.LittleEndian.Uint32(b[8:]), flags: binary.LittleEndian.Uint32(b[12:]),
		at: binary.LittleEndian.Uint64(b[16:]), content: binary.LittleEndian.Uint64(b[24:]),
	}
}

// runSize is how many items are sorted in memory: 32 MiB. A country makes 65
// runs, which are merged at once.
const runSize = 1 << 20

// sorter sorts any number of items in little memory. What does not fit goes to
// temporary files, sealed with a key that is kept nowhere.
type sorter struct {
	dir   string
	vault *vault
	run   []item
	runs  []string
	n     int64
	limit int // items of a run
}

func newSorter(dir string, v *vault) *sorter { return &sorter{dir: dir, vault: v, limit: runSize} }

func (s *sorter) add(i item) error {
	s.n++
	if s.run = append(s.run, i); len(s.run) < s.limit {
		return nil
	}
	return s.spill()
}

func (s *sorter) spill() error {
	slices.SortFunc(s.run, item.compare)
	f, err := os.CreateTemp(s.dir, ".sorting-*")
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f.Name())
	err = sealTo(s.vault, runName(len(s.runs)-1), func(w io.Writer) error {
		var buf [itemSize]byte
		for _, i := range s.run {
			if _, err := w.Write(i.append(buf[:0])); err != nil {
				return err
			}
		}
		return nil
	})(f)
	s.run = s.run[:0]
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func runName(n int) string { return "run " + strconv.Itoa(n) }

// remove lets go of the temporary files.
func (s *sorter) remove() {
	for _, name := range s.runs {
		_ = os.Remove(filepath.Clean(name)) // the directory is removed too
	}
}

// sorted gives all items in order.
func (s *sorter) sorted() iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		slices.SortFunc(s.run, item.compare)
		m := merge{{next: s.rest()}}
		defer func() {
			for _, r := range m {
				r.close()
			}
		}()
		for n, name := range s.runs {
			r, err := s.open(n, name)
			if err != nil {
				yield(item{}, err)
				return
			}
			m = append(m, r)
		}
		if err := m.start(); err != nil {
			yield(item{}, err)
			return
		}
		for len(m) > 0 {
			if !yield(m[0].head, nil) {
				return
			}
			if err := m.advance(); err != nil {
				yield(item{}, err)
				return
			}
		}
	}
}

// rest gives the run that is in memory.
func (s *sorter) rest() func() (item, error) {
	at := 0
	return func() (item, error) {
		if at == len(s.run) {
			return item{}, io.EOF
		}
		at++
		return s.run[at-1], nil
	}
}

func (s *sorter) open(n int, name string) (*run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	src, err := s.vault.reader(f, runName(n))
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	in := bufio.NewReaderSize(src, 16<<10)
	var buf [itemSize]byte
	return &run{file: f, next: func() (item, error) {
		_, err := io.ReadFull(in, buf[:])
		return parseItem(buf[:]), err
	}}, nil
}

// run is one sorted part; head is its smallest item.
type run struct {
	head item
	next func() (item, error)
	file *os.File
}

func (r *run) close() {
	if r.file != nil {
		_ = r.file.Close() // it was only read
	}
}

// merge is a heap of runs by their heads.
type merge []*run

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return m[i].head.compare(m[j].head) < 0 }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)        { *m = append(*m, x.(*run)) }
func (m *merge) Pop() any {
	old := *m
	r := old[len(old)-1]
	*m = old[:len(old)-1]
	return r
}

// start reads the first heads and lets go of empty runs.
func (m *merge) start() error {
	full := (*m)[:0]
	for _, r := range *m {
		var err error
		switch r.head, err = r.next(); {
		case errors.Is(err, io.EOF):
			r.close()
		case err != nil:
			return err
		default:
			full = append(full, r)
		}
	}
	*m = full
	heap.Init(m)
	return nil
}

// advance takes the smallest item off.
func (m *merge) advance() error {
	r := (*m)[0]
	var err error
	switch r.head, err = r.next(); {
	case errors.Is(err, io.EOF):
		heap.Pop(m)
		r.close()
		return nil
	case err != nil:
		return err
	}
	heap.Fix(m, 0)
	return nil
}
