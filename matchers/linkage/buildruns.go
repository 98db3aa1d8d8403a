package linkage

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"slices"
	"strings"
)

// runBytes is how many bytes of people are sorted in memory; what is more is put
// aside in sorted runs, which are merged. A country makes twenty.
const runBytes = 192 << 20

// pieceBytes is about how much of a run is read at once.
const pieceBytes = 256 << 10

// drafted is a person while an index is built: what sorts them, and where in
// the slabs they lie.
type drafted struct{ order, at uint64 }

// drafts are people on their way into order: as many as fit in memory, and runs
// of what did not.
type drafts struct {
	aside  *aside
	slabs  slabs
	bytes  int
	people []drafted
	runs   [][]int // pieces of each
	limit  int
}

// keep takes a person in.
func (d *drafts) keep(order uint64, one []byte) error {
	d.people = append(d.people, drafted{order, d.slabs.keep(one)})
	if d.bytes += len(one) + 16; d.bytes < d.limit {
		return nil
	}
	return d.spill()
}

// sort orders those in memory by their order, then by their identifier.
func (d *drafts) sort() {
	slices.SortFunc(d.people, func(x, y drafted) int {
		if c := cmp.Compare(x.order, y.order); c != 0 {
			return c
		}
		return byID(d.slabs.person(x.at), d.slabs.person(y.at))
	})
}

// byID compares two people in their written form by their identifiers.
func byID(a, b []byte) int {
	x, y := reader{b: a}, reader{b: b}
	x.number()
	y.number()
	return strings.Compare(x.code(), y.code())
}

// spill puts a run aside.
func (d *drafts) spill() error {
	d.sort()
	var run []int
	var piece []byte
	flush := func() error {
		n, err := d.aside.put(piece)
		run, piece = append(run, n), piece[:0]
		return err
	}
	for _, p := range d.people {
		one := d.slabs.person(p.at)
		piece = binary.LittleEndian.AppendUint64(piece, p.order)
		piece = append(binary.AppendUvarint(piece, uint64(len(one))), one...)
		if len(piece) < pieceBytes {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if len(piece) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	d.runs = append(d.runs, run)
	d.people, d.bytes = d.people[:0], 0
	d.slabs.empty()
	return nil
}

// each calls f with everybody in order, in their written form, which is f's
// until it returns.
func (d *drafts) each(f func(one []byte) error) error {
	d.sort()
	m := merging{{drafts: d, rest: d.people}}
	for _, run := range d.runs {
		m = append(m, &source{drafts: d, pieces: run})
	}
	for i := 0; i < len(m); {
		switch ok, err := m[i].next(); {
		case err != nil:
			return err
		case ok:
			i++
		default:
			m = slices.Delete(m, i, i+1)
		}
	}
	heap.Init(&m)
	for len(m) > 0 {
		if err := f(m[0].one); err != nil {
			return err
		}
		switch ok, err := m[0].next(); {
		case err != nil:
			return err
		case ok:
			heap.Fix(&m, 0)
		default:
			heap.Pop(&m)
		}
	}
	return nil
}

// source is a run being read; order and one are its first person.
type source struct {
	drafts *drafts
	rest   []drafted // in memory
	pieces []int     // put aside
	buf    []byte
	left   reader
	order  uint64
	one    []byte
}

// next reads the next person; false at the end.
func (s *source) next() (bool, error) {
	if len(s.rest) > 0 {
		s.order, s.one = s.rest[0].order, s.drafts.slabs.person(s.rest[0].at)
		s.rest = s.rest[1:]
		return true, nil
	}
	if len(s.left.b) == 0 {
		if len(s.pieces) == 0 {
			return false, nil
		}
		piece, err := s.drafts.aside.take(s.pieces[0], &s.buf)
		if err != nil {
			return false, err
		}
		s.left.b, s.pieces = piece, s.pieces[1:]
	}
	order := s.left.bytes(8)
	one := s.left.bytes(s.left.number())
	if s.left.bad {
		return false, damaged("a run of people")
	}
	s.order, s.one = binary.LittleEndian.Uint64(order), one
	return true, nil
}

// merging is a heap of runs by their first person.
type merging []*source

func (m merging) Len() int      { return len(m) }
func (m merging) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m merging) Less(i, j int) bool {
	if m[i].order != m[j].order {
		return m[i].order < m[j].order
	}
	return byID(m[i].one, m[j].one) < 0
}
func (m *merging) Push(x any) { *m = append(*m, x.(*source)) }
func (m *merging) Pop() any {
	old := *m
	s := old[len(old)-1]
	*m = old[:len(old)-1]
	return s
}

// Slabs hold the people in memory while an index is built: small ones first, so
// that a small registry needs little.
const (
	firstSlab = 16 << 10
	lastSlab  = 1 << 20
)

// slabs are people one after the other, each with its length before it.
type slabs struct {
	slabs [][]byte
	used  int // slabs with something in them
}

// keep adds a person and says where.
func (s *slabs) keep(one []byte) uint64 {
	need := len(one) + binary.MaxVarintLen64
	if s.used == 0 || len(s.slabs[s.used-1])+need > cap(s.slabs[s.used-1]) {
		if s.used == len(s.slabs) || cap(s.slabs[s.used]) < need {
			s.slabs = slices.Insert(s.slabs, s.used, make([]byte, 0, max(need, min(firstSlab<<min(s.used, 10), lastSlab))))
		}
		s.used++
	}
	last := &s.slabs[s.used-1]
	at := uint64(s.used-1)<<32 | uint64(len(*last))
	*last = append(binary.AppendUvarint(*last, uint64(len(one))), one...)
	return at
}

// person returns one that was kept, in the written form.
func (s *slabs) person(at uint64) []byte {
	r := reader{b: s.slabs[at>>32][at&(1<<32-1):]}
	return r.bytes(r.number())
}

// empty lets go of everybody, and keeps the room.
func (s *slabs) empty() {
	for i := range s.used {
		s.slabs[i] = s.slabs[i][:0]
	}
	s.used = 0
}
