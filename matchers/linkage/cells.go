package linkage

import (
	"encoding/binary"
	"slices"
	"sort"
)

// Cells are things of any length, numbered from 0, laid out in pages so that
// one is found with a look at one page: which page it is tells a directory of
// four bytes a page, held in memory; where in the page, the page itself. A page
// begins with how many cells it holds and where each of them ends, in two bytes
// each. A cell too long for a page has its own, and as many more as it needs.
type cells struct {
	pages  *pages
	start  uint64 // the first page
	firsts []uint32
	count  uint64
}

// cellsHead says where cells lie.
type cellsHead struct {
	Start     uint64 `json:"start"`
	Pages     uint64 `json:"pages"`
	Cells     uint64 `json:"cells"`
	Directory uint64 `json:"directory"` // unit with the number of the first cell of every page
}

// longCell stands in place of the number of cells where there is one, longer
// than a page: its length in four bytes follows.
const longCell = 1<<16 - 1

// openCells reads the directory.
func openCells(p *pages, h cellsHead) (*cells, error) {
	c := &cells{pages: p, start: h.Start, count: h.Cells}
	if h.Pages > uint64(len(p.slots)) || h.Start > uint64(len(p.slots))-h.Pages || h.Cells >= 1<<32 || h.Cells > 0 && h.Pages == 0 {
		return nil, damaged("%d cells on %d pages from %d", h.Cells, h.Pages, h.Start)
	}
	raw, err := p.unit(h.Directory)
	if err != nil {
		return nil, err
	}
	if uint64(len(raw)) != 4*h.Pages {
		return nil, damaged("a directory of %d bytes for %d pages", len(raw), h.Pages)
	}
	c.firsts = make([]uint32, h.Pages)
	for i := range c.firsts {
		c.firsts[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	if len(c.firsts) > 0 && c.firsts[0] != 0 || !slices.IsSorted(c.firsts) {
		return nil, damaged("a directory out of order")
	}
	return c, nil
}

// on tells which page cell i is on: the last that does not begin after it.
// Cells are mostly of one length, so the page is near where it would be if all
// were.
func (c *cells) on(i uint32) int {
	n := int(uint64(i) * uint64(len(c.firsts)) / c.count)
	for range 8 {
		switch {
		case c.firsts[n] > i:
			n--
		case n+1 < len(c.firsts) && c.firsts[n+1] <= i:
			n++
		default:
			return n
		}
	}
	return sort.Search(len(c.firsts), func(n int) bool { return c.firsts[n] > i }) - 1
}

// cell returns cell i, mostly a view of its page.
func (c *cells) cell(i uint64) ([]byte, error) {
	s, err := c.seek(i)
	if err != nil {
		return nil, err
	}
	return c.open(&s)
}

// spot is where a cell is: which of how many on its page.
type spot struct {
	data     []byte // of the page
	page     uint64
	at, many int
}

// seek finds the page of cell i without reading it.
func (c *cells) seek(i uint64) (spot, error) {
	if i >= c.count {
		return spot{}, damaged("cell %d of %d", i, c.count)
	}
	page := uint64(c.on(uint32(i)))
	data, err := c.pages.page(c.start + page)
	next := c.count
	if page+1 < uint64(len(c.firsts)) {
		next = uint64(c.firsts[page+1])
	}
	return spot{data, page, int(i - uint64(c.firsts[page])), int(next - uint64(c.firsts[page]))}, err
}

// touch reads one word near the end of the cell before the one at s.
func (s *spot) touch() byte { return s.data[min(2+2*s.at, len(s.data)-1)] }

// within is where in its page the cell lies. What the directory says of a page
// with several cells needs not be read there.
func (s *spot) within() (from, to int) {
	from, to = 2+2*s.many, 0
	if 2+2*s.many <= len(s.data) && s.at < s.many {
		to = int(binary.LittleEndian.Uint16(s.data[2+2*s.at:]))
		if s.at > 0 {
			from = int(binary.LittleEndian.Uint16(s.data[2*s.at:]))
		}
	}
	return from, to
}

// open reads the cell that was found.
func (c *cells) open(s *spot) ([]byte, error) {
	if s.many == 1 && binary.LittleEndian.Uint16(s.data) == longCell {
		return c.long(s.page, s.data)
	}
	from, to := s.within()
	if from > to || to > len(s.data) {
		return nil, damaged("a cell does not lie in its page")
	}
	return s.data[from:to:to], nil
}

// long returns a cell that has its own pages, from the first on.
func (c *cells) long(page uint64, first []byte) ([]byte, error) {
	data, size := first[6:], uint64(binary.LittleEndian.Uint32(first[2:]))
	if size <= uint64(len(data)) {
		return data[:size:size], nil
	}
	return c.pages.long(c.start+page, size, data)
}

// cellWriter lays cells out.
type cellWriter struct {
	w     *pageWriter
	start uint64
	first []byte // directory
	next  uint32 // number of the next cell
	ends  []uint16
	data  []byte
}

func newCellWriter(w *pageWriter) *cellWriter {
	w.flush()
	return &cellWriter{w: w, start: w.done}
}

// add writes the next cell.
func (c *cellWriter) add(cell []byte) {
	if 2+2*(len(c.ends)+1)+len(c.data)+len(cell) > pageData {
		c.flush()
		if 4+len(cell) > pageData {
			c.long(cell)
			return
		}
	}
	c.data = append(c.data, cell...)
	c.ends = append(c.ends, uint16(len(c.data)))
	c.next++
}

// long gives a cell pages of its own. Those after the first begin, as the
// directory has it, with the cell after it.
func (c *cellWriter) long(cell []byte) {
	c.entry(c.next)
	c.next++
	c.w.raw(binary.LittleEndian.AppendUint32([]byte{longCell & 0xff, longCell >> 8}, uint32(len(cell))))
	c.w.raw(cell)
	c.w.flush()
	for c.start+uint64(len(c.first)/4) < c.w.done {
		c.entry(c.next)
	}
}

func (c *cellWriter) entry(first uint32) {
	c.first = binary.LittleEndian.AppendUint32(c.first, first)
}

func (c *cellWriter) flush() {
	if len(c.ends) == 0 {
		return
	}
	c.entry(c.next - uint32(len(c.ends)))
	head := binary.LittleEndian.AppendUint16(nil, uint16(len(c.ends)))
	for _, end := range c.ends {
		head = binary.LittleEndian.AppendUint16(head, uint16(2+2*len(c.ends))+end)
	}
	c.w.raw(head)
	c.w.raw(c.data)
	c.w.flush()
	c.ends, c.data = c.ends[:0], c.data[:0]
}

// end writes what is left, and the directory.
func (c *cellWriter) end() cellsHead {
	c.flush()
	return cellsHead{Start: c.start, Pages: uint64(len(c.first) / 4), Cells: uint64(c.next), Directory: c.w.unit(c.first)}
}
