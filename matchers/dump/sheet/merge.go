package sheet

import (
	"bytes"
	"cmp"
	"slices"
)

// merged is a range of merged cells, from 0 for columns and 1 for rows, ends
// included.
type merged struct {
	top, left, bottom, right int
	value                    []byte
}

// merges gives the cells of a sheet that merged ranges cover the value of their
// range. Rows are asked in order, so each range is laid on the columns once.
type merges struct {
	all    []merged // by top
	next   int      // range not yet laid
	owner  []int32  // range of each column, from 1
	filler *int
	cut    bool // the budget ended
}

func newMerges(all []merged, filler *int) *merges {
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b merged) int { return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left)) })
	return &merges{all: all, filler: filler}
}

// width is how many columns row r needs to show what is merged in it.
func (m *merges) width(r int) int { return len(m.owner) }

// enter lays the ranges that begin at row r or before and gives the columns
// that hold a merged cell.
func (m *merges) enter(r int) int {
	for ; m.next < len(m.all) && m.all[m.next].top <= r; m.next++ {
		x := m.all[m.next]
		if width := x.right - x.left + 1; *m.filler < width {
			m.cut = true
			continue
		} else if *m.filler -= width; x.bottom < r {
			continue
		}
		for len(m.owner) <= x.right {
			m.owner = append(m.owner, 0)
		}
		for c := x.left; c <= x.right; c++ {
			m.owner[c] = int32(m.next + 1)
		}
	}
	n := len(m.owner)
	for n > 0 && !m.covers(r, n-1) {
		m.owner[n-1] = 0
		n--
	}
	m.owner = m.owner[:n]
	return n
}

func (m *merges) covers(r, c int) bool {
	return c < len(m.owner) && m.owner[c] > 0 && m.all[m.owner[c]-1].bottom >= r
}

// inner says whether a cell is covered and not the first of its range.
func (m *merges) inner(r, c int) bool {
	if m == nil || !m.covers(r, c) {
		return false
	}
	x := &m.all[m.owner[c]-1]
	return r != x.top || c != x.left
}

// fill gives the value of a cell: its range's. A covered cell's own value
// stays unless only is set.
func (m *merges) fill(r, c int, own []byte, only bool) []byte {
	if !m.covers(r, c) {
		return own
	}
	x := &m.all[m.owner[c]-1]
	switch {
	case r == x.top && c == x.left:
		x.value = bytes.Clone(own)
		return own
	case len(own) > 0 && !only:
		return own
	}
	return x.value
}
