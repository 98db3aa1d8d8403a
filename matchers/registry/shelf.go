package registry

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"sync/atomic"
)

// shelf keeps relations in a sealed temporary file until their person comes
// by. It takes some 24 bytes of memory a relation, 40 while cycles are looked
// for.
type shelf struct {
	vault   *vault
	digests *digests
	file    *os.File
	out     *bufio.Writer
	end     int64
	sorter  *sorter
	plain   []byte
	box     []byte

	// The relations, sorted by person and then by line.
	from  []uint64 // first 64 bits of the person's digest
	to    []uint64 // of the holder's; let go once cycles are known
	at    []uint64 // place in the file
	line  []uint32
	state []atomic.Uint32
}

// What is known of a relation.
const (
	taken  = 1 << iota // its person is in persons.csv
	cyclic             // it lies on a cycle
)

func newShelf(dir string, d *digests, v *vault) (*shelf, error) {
	f, err := os.CreateTemp(dir, ".relations-*")
	if err != nil {
		return nil, err
	}
	return &shelf{vault: v, digests: d, file: f, out: bufio.NewWriterSize(f, 256<<10), sorter: newSorter(dir, v)}, nil
}

func (s *shelf) close() error {
	s.sorter.remove()
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// place numbers a box on the shelf by where it begins.
func place(at uint64) idDigest { return digestOf(at, 0) }

// put shelves a relation.
func (s *shelf) put(c *cells, line int64) error {
	s.plain = c.append(s.plain[:0])
	s.box = s.vault.sealBox(s.box[:0], place(uint64(s.end)), s.plain)
	if _, err := s.out.Write(s.box); err != nil {
		return err
	}
	from, to := s.digests.id(c[colPerson]), s.digests.id(c[colHolder])
	err := s.sorter.add(item{hi: from.hi(), lo: uint32(line), flags: uint32(len(s.box)), at: uint64(s.end), content: to.hi()})
	s.end += int64(len(s.box))
	return err
}

// arrange sorts the relations by person.
func (s *shelf) arrange() error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	n := s.sorter.n
	s.from, s.to, s.at = make([]uint64, 0, n), make([]uint64, 0, n), make([]uint64, 0, n)
	s.line, s.state = make([]uint32, 0, n), make([]atomic.Uint32, n)
	for i, err := range s.sorter.sorted() {
		if err != nil {
			return err
		}
		s.from, s.to, s.at, s.line = append(s.from, i.hi), append(s.to, i.content), append(s.at, packPlace(i.at, i.flags)), append(s.line, i.lo)
	}
	s.sorter.remove()
	s.sorter = &sorter{}
	return nil
}

// A relation has at most numColumns values of maxValue bytes: 18 bits of length
// leave 46 for the place, 70 TB.
func packPlace(at uint64, length uint32) uint64 { return at<<18 | uint64(length) }

// of finds the relations of a person: those from begin to end.
func (s *shelf) of(hi uint64) (begin, end int) {
	begin = sort.Search(len(s.from), func(i int) bool { return s.from[i] >= hi })
	for end = begin; end < len(s.from) && s.from[end] == hi; end++ {
	}
	return begin, end
}

// take appends the rows of a person's relations to dst, in the order of the
// file, and says how many they are. It is safe for concurrent use.
func (s *shelf) take(d idDigest, id string) (rows []byte, n uint64, err error) {
	begin, end := s.of(d.hi())
	var r row
	for i := begin; i < end; i++ {
		at, length := s.at[i]>>18, s.at[i]&(1<<18-1)
		box := make([]byte, length)
		if _, err := s.file.ReadAt(box, int64(at)); err != nil {
			return nil, 0, err
		}
		plain, err := s.vault.openBox(box[:0], box, place(at))
		if err != nil {
			return nil, 0, err
		}
		if _, err := r.parse(string(plain)); err != nil {
			return nil, 0, fmt.Errorf("reading a shelved relation: %w", err)
		}
		if r.cells[colPerson] != id {
			continue // another person's, whose digest begins alike
		}
		if s.state[i].Or(taken)&cyclic != 0 {
			r.doubt()
			plain = r.append(nil)
		}
		rows, n = append(rows, plain...), n+1
	}
	return rows, n, nil
}

// unknown tells which relations nobody took.
func (s *shelf) unknown(refused *Refusals) {
	s.refuse(refused, "unknown-person", func(state uint32) bool { return state&taken == 0 })
}

func (s *shelf) refuse(refused *Refusals, code string, which func(state uint32) bool) {
	var lines []uint32
	for i := range s.state {
		if which(s.state[i].Load()) {
			lines = append(lines, s.line[i])
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		refused.add(relationsName, int64(line), code)
	}
}
