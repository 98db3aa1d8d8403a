package letter

import (
	"bytes"
	"fmt"
	"hash/fnv"

	"github.com/boombuler/barcode/datamatrix"
)

// Marks are what the machine that gathers the sheets of a letter reads.
type Marks string

// The marks: none, dashes for an optical reader, or a DataMatrix.
const (
	NoMarks    Marks = ""
	OMR        Marks = "omr"
	DataMatrix Marks = "datamatrix"
)

// Where marks stand: in the left margin, below what a window may show and far
// from the folds at 99 and 198 mm.
const (
	markLeft = 6.0
	markTop  = 210.0
	dashLong = 7.0
	dashThin = 0.5
	dashStep = 25.4 / 6
	module   = 0.4 // mm a side: 63 dots an inch
)

// sheetMarks marks the front of each sheet: a mark on a later side would part
// a letter in two.
func (l *sheet) sheetMarks(to *bytes.Buffer, page, pages int) error {
	sides := 1
	if l.o.Duplex {
		sides = 2
	}
	if l.o.Marks == NoMarks || page%sides != 0 {
		return nil
	}
	sheet, sheets := page/sides+1, (pages+sides-1)/sides
	if l.o.Marks == OMR {
		l.artifact(to, func() { dashes(to, omr(l.e.Key, sheet, sheets)) })
		return nil
	}
	dots, err := matrix(fmt.Sprintf("%s %d/%d", l.e.Key, sheet, sheets))
	if err != nil {
		return err
	}
	l.artifact(to, func() { paint(to, dots, markLeft, markTop, module) })
	return nil
}

// omr tells which dashes stand, from the top: start (always), last sheet of the
// letter, three bits of the sheet's number, three of the letter (so that a sheet of the
// neighbour shows), parity (the count is even), stop (always).
func omr(key string, sheet, sheets int) []bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	n := h.Sum32()
	bits := []bool{true, sheet == sheets}
	for i := range 3 {
		bits = append(bits, sheet>>i&1 == 1)
	}
	for i := range 3 {
		bits = append(bits, n>>i&1 == 1)
	}
	odd := false
	for _, b := range bits {
		odd = odd != b
	}
	return append(bits, !odd, true)
}

func dashes(to *bytes.Buffer, bits []bool) {
	for i, b := range bits {
		if b {
			rectangle(to, markLeft, markTop+float64(i)*dashStep, dashLong, dashThin)
		}
	}
	to.WriteString("f\n")
}

// matrix is the DataMatrix (ISO/IEC 16022) of a text: rows of dark modules.
func matrix(content string) ([][]bool, error) {
	code, err := datamatrix.Encode(content)
	if err != nil {
		return nil, fmt.Errorf("DataMatrix: %w", err)
	}
	size := code.Bounds()
	rows := make([][]bool, size.Dy())
	for y := range rows {
		rows[y] = make([]bool, size.Dx())
		for x := range rows[y] {
			r, _, _, _ := code.At(size.Min.X+x, size.Min.Y+y).RGBA()
			rows[y][x] = r < 0x8000
		}
	}
	return rows, nil
}

// paint draws the runs of dark modules of each row.
func paint(to *bytes.Buffer, rows [][]bool, x, y, side float64) {
	for i, row := range rows {
		for from := 0; from < len(row); from++ {
			end := from
			for end < len(row) && row[end] {
				end++
			}
			if end > from {
				rectangle(to, x+float64(from)*side, y+float64(i)*side, float64(end-from)*side, side)
				from = end
			}
		}
	}
	to.WriteString("f\n")
}

// rectangle adds to the path, from the top left corner.
func rectangle(to *bytes.Buffer, x, y, w, h float64) {
	fmt.Fprintf(to, "%s %s %s %s re\n", number(x/pointMM), number((pageHigh-y-h)/pointMM), number(w/pointMM), number(h/pointMM))
}
