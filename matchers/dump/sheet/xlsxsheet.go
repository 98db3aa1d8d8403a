package sheet

import (
	"bytes"
	"math"
	"strconv"

	"vigie/matchers/dump"
)

// sheetXML reads the XML of a worksheet (ECMA-376 part 1, 18.3) row by row.
type sheetXML struct {
	opt     Options
	strings *stringTable
	formats []format // by cell style
	in1904  bool

	row    func(r int, hidden bool, l *line) error
	column func(from, to int, hidden bool) // from 0
	merge  func(merged)
	refuse func(code string) // a row that cannot be read

	line   line
	value  []byte
	lost   bool // a string was not held
	number int  // row, from 1
	col    int  // from 0
}

// read reads the sheet to its end.
func (s *sheetXML) read(x *scanner) error {
	for {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		if k != open {
			continue
		}
		switch string(x.name) {
		case "col":
			s.column(x.number("min", 1)-1, x.number("max", 1)-1, x.is("hidden"))
		case "sheetData":
			err = s.data(x)
		case "mergeCell":
			if m, ok := parseRange(x.get("ref")); ok {
				s.merge(m)
			}
		case "extLst", "customSheetViews":
			err = x.pass()
		}
		if err != nil {
			return err
		}
	}
}

// pass goes by the element that just began.
func (x *scanner) pass() error {
	for level := x.level; ; {
		k, err := x.next()
		if err != nil || k == end || k == shut && x.level < level {
			return err
		}
	}
}

func (s *sheetXML) data(x *scanner) error {
	s.number = 0
	for {
		k, err := x.next()
		switch {
		case k == end || err != nil:
			return err
		case k == shut && string(x.name) == "sheetData":
			return nil
		case k == open && string(x.name) == "row":
			s.number = s.rowNumber(x)
			if err = s.cells(x, x.is("hidden")); err != nil {
				return err
			}
		}
	}
}

// rowNumber is the row's number, or one more than the last; 0 when it is
// beyond a sheet's end.
func (s *sheetXML) rowNumber(x *scanner) int {
	r := x.get("r")
	if r == nil {
		return min(s.number+1, MaxRow+1)
	}
	f, err := strconv.ParseFloat(string(r), 64) // some write 1.0
	if err != nil || f < 1 || f > MaxRow || f != math.Trunc(f) {
		return MaxRow + 1
	}
	return int(f)
}

func (s *sheetXML) cells(x *scanner, hidden bool) error {
	s.line.reset()
	s.col, s.lost = -1, false
	for {
		k, err := x.next()
		if k == end || err != nil {
			return err
		}
		if k == shut && string(x.name) == "row" {
			break
		}
		if k == open && string(x.name) == "c" {
			if err := s.cell(x); err != nil {
				return err
			}
		}
	}
	switch {
	case s.number > MaxRow:
		s.refuse(dump.CodeDamaged)
		return nil
	case s.lost && s.strings.full:
		s.refuse(dump.CodeTooLarge)
		return nil
	case s.lost:
		s.line.over = true
	}
	return s.row(s.number, hidden, &s.line)
}

// cell reads a cell. The types are those of 18.18.11.
func (s *sheetXML) cell(x *scanner) error {
	s.col++
	if ref := x.get("r"); ref != nil {
		if c, _, ok := parseRef(ref); ok {
			s.col = c
		} else {
			s.col = MaxColumn
		}
	}
	style := x.number("s", 0)
	var kind byte = 'n'
	switch t := x.get("t"); string(t) {
	case "":
	case "str":
		kind = 't'
	case "inlineStr":
		kind = 'i'
	default:
		kind = t[0]
	}
	value, inline, err := s.content(x)
	if err != nil {
		return err
	}
	if len(s.value) >= MaxCell {
		s.line.over = true
	}
	from := len(s.line.buf)
	if kind == 'i' {
		value = s.opt.escaped(inline, false)
	}
	if len(value) > 0 {
		s.render(kind, value, style)
		s.line.put(s.col, from)
	}
	return nil
}

// content reads the texts of a cell: its <v>, and the <t> of its <is>.
func (s *sheetXML) content(x *scanner) (value, inline []byte, err error) {
	v, t, phonetic := false, false, 0
	split := 0
	s.value = s.value[:0]
	for {
		k, err := x.next()
		if k == end || err != nil {
			return nil, nil, err
		}
		switch k {
		case text:
			if (v || t && phonetic == 0) && len(s.value) < MaxCell {
				s.value = append(s.value, x.text...)
				if v {
					split = len(s.value)
				}
			}
		case open:
			switch string(x.name) {
			case "v":
				v = true
			case "t":
				t = true
			case "rPh":
				phonetic++
			}
		case shut:
			switch string(x.name) {
			case "c":
				return s.value[:split], s.value[split:], nil
			case "v":
				v = false
			case "t":
				t = false
			case "rPh":
				phonetic--
			}
		}
	}
}

// render writes a cell's value behind the line.
func (s *sheetXML) render(kind byte, value []byte, style int) {
	l := &s.line
	switch kind {
	case 's':
		i, err := strconv.Atoi(string(value))
		str, ok := s.strings.get(i)
		if err != nil || !ok {
			s.lost = true
		}
		l.buf = append(l.buf, str...)
	case 'b':
		l.buf = s.opt.truth(l.buf, string(value) != "0" && string(value) != "false")
	case 'd':
		l.buf = isoText(l.buf, value)
	case 'n':
		f, err := strconv.ParseFloat(string(bytes.TrimSpace(value)), 64)
		if err != nil {
			l.buf = append(l.buf, value...)
			return
		}
		var how format
		if style >= 0 && style < len(s.formats) {
			how = s.formats[style]
		}
		l.buf = s.opt.number(l.buf, bytes.TrimSpace(value), f, how, s.in1904)
	default: // text, and errors
		if kind == 't' {
			value = s.opt.escaped(value, false)
		}
		l.buf = append(l.buf, value...)
	}
}

// isoText writes a date in ISO 8601 with a space for its T and no Z.
func isoText(dst, v []byte) []byte {
	v = bytes.TrimSuffix(v, []byte("Z"))
	if len(v) > 10 && v[10] == 'T' {
		dst = append(append(dst, v[:10]...), ' ')
		v = v[11:]
	}
	return append(dst, v...)
}

// parseRef reads a reference such as "BC12": column from 0, row from 1. The
// column of one beyond XFD is MaxColumn.
func parseRef(b []byte) (col, row int, ok bool) {
	i := 0
	for ; i < len(b); i++ {
		c := b[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		col = min(col*26+int(c-'A')+1, MaxColumn+1)
	}
	for j := i; j < len(b); j++ {
		if b[j] < '0' || b[j] > '9' {
			return 0, 0, false
		}
		row = min(row*10+int(b[j]-'0'), MaxRow+1)
	}
	return col - 1, row, i > 0
}

// parseRange reads a range such as "A1:C3".
func parseRange(b []byte) (merged, bool) {
	first, last, ok := bytes.Cut(b, []byte(":"))
	if !ok {
		last = first
	}
	var m merged
	var ok1, ok2 bool
	m.left, m.top, ok1 = parseRef(first)
	m.right, m.bottom, ok2 = parseRef(last)
	m.right, m.bottom = min(m.right, MaxColumn-1), min(m.bottom, MaxRow)
	return m, ok1 && ok2 && m.left <= m.right && m.top >= 1 && m.top <= m.bottom
}
