package document

import (
	"bytes"
	"fmt"

	"vigie/matchers/dump"
)

// grids turns the tables of a document into text and, when they look like
// tables, into rows. A table is one when two rows in sequence, among its first
// maxHeld, have as many cells, at least two. Tables within tables are text of
// the outer one's cell.
type grids struct {
	out   *prose
	n     int // tables so far
	depth int // of the table being read; 0 is outside
	held  [][][]byte
	rows  dump.Rows
	off   bool // not a table, or one too many
	cells [][]byte
	cell  []byte
	span  int
	size  int // bytes of the row so far
	inRow bool
	cut   bool
}

const (
	maxHeld  = 8
	maxCells = 1_000
	maxRow   = 4 << 20 // bytes of a row's cells; all of it is text
)

func newGrids(out *prose) *grids { return &grids{out: out} }

// open and close stand for the ends of a table.
func (g *grids) open() {
	if g.depth++; g.depth == 1 {
		g.out.line()
		g.held, g.rows, g.off = nil, nil, g.n >= maxTables
		if g.off {
			g.out.warn(WarnTables)
		}
	}
}

func (g *grids) close() {
	if g.depth == 0 {
		return
	}
	if g.depth--; g.depth == 0 {
		g.held, g.rows, g.inRow = nil, nil, false
		g.out.line()
	}
}

// abandon ends whatever tables are open: the part ended.
func (g *grids) abandon() {
	if g.depth > 0 {
		g.depth = 1
		g.close()
	}
}

func (g *grids) startRow() {
	if g.depth == 1 {
		g.cells, g.size, g.inRow = g.cells[:0], 0, true
	}
}

func (g *grids) startCell() {
	if g.depth == 1 {
		g.cell, g.span, g.cut = nil, 1, false
	}
}

// text is text of the document, inside of a table or not.
func (g *grids) text(b []byte) {
	g.out.text(b)
	if g.depth == 0 {
		return
	}
	if n := max(0, min(len(b), MaxCell-len(g.cell), maxRow-g.size-len(g.cell))); n < len(b) {
		g.cut = true
		b = b[:n]
	}
	g.cell = append(g.cell, b...)
}

// line ends a paragraph, in a table's cell as a space.
func (g *grids) line() {
	if g.depth == 0 {
		g.out.line()
		return
	}
	g.space()
}

func (g *grids) space() {
	g.out.word()
	if n := len(g.cell); g.depth > 0 && n > 0 && g.cell[n-1] > ' ' {
		g.cell = append(g.cell, ' ')
	}
}

func (g *grids) endCell() {
	if g.depth != 1 {
		g.space()
		return
	}
	if g.cut {
		g.out.warn(WarnCells)
	}
	g.out.buf = bytes.TrimRight(g.out.buf, " ")
	g.out.string("\t")
	g.size += len(g.cell)
	if len(g.cells) >= maxCells {
		return
	}
	cell := sound(g.cell[:cutCell(g.cell)])
	g.cells = append(g.cells, append([]byte{}, bytes.TrimSpace(cell)...))
	for ; g.span > 1 && len(g.cells) < maxCells; g.span-- {
		g.cells = append(g.cells, []byte{})
	}
	g.cell = g.cell[:0]
}

// cutCell leaves out a letter that was cut.
func cutCell(b []byte) int {
	if len(b) < MaxCell {
		return len(b)
	}
	return cutWords(b)
}

func (g *grids) endRow() {
	if g.depth != 1 || !g.inRow {
		return
	}
	g.inRow = false
	g.out.line()
	if len(g.cells) > maxCells {
		g.cells = g.cells[:maxCells]
	}
	switch {
	case g.off || g.out.err != nil || len(g.cells) == 0:
	case g.rows != nil:
		g.out.err = g.rows.Row(g.cells)
	default:
		g.hold()
	}
}

// hold keeps a row until it is known whether this is a table.
func (g *grids) hold() {
	width := len(g.cells)
	g.held = append(g.held, append([][]byte{}, g.cells...))
	n := len(g.held)
	if n < 2 || width < 2 || len(g.held[n-2]) != width {
		g.off = n >= maxHeld
		return
	}
	if g.out.flush() != nil {
		return
	}
	rows, err := g.out.v.Table(dump.TableInfo{Name: fmt.Sprintf("table_%d", g.n+1), Encoding: "utf-8"})
	if err != nil {
		g.out.err = say(g.out.v, "tables", err)
		g.off, g.n = true, maxTables
		return
	}
	g.n++
	g.rows = rows
	for _, row := range g.held {
		if g.out.err = rows.Row(row); g.out.err != nil {
			return
		}
	}
	g.held = nil
}
