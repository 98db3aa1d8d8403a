package dump

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Codes of refused rows, beside those of the splitter.
const (
	codeMany = "too-many-values"
	codeFew  = "too-few-values"
)

// rowset streams the data rows of a file by its layout: preamble and header
// left out, values decoded, every row as wide as the table.
type rowset struct {
	src     io.ReadCloser
	split   *splitter
	decode  *decoder
	layout  *Layout
	width   int
	header  []string
	row     int64 // data rows passed, refused ones included
	refused map[string]int64
	again   int64 // repetitions of the header
	short   bool  // the last row was short
	foreign *foreign
}

func openRows(open Opener, l *Layout) (*rowset, error) {
	src, err := open()
	if err != nil {
		return nil, fmt.Errorf("opening dump: %w", err)
	}
	enc := l.Encoding
	if enc == utf8Name {
		enc = l.Fallback
	}
	rs := &rowset{src: src, layout: l, width: len(l.Columns), refused: map[string]int64{},
		split: newSplitter(textReader(src, l.Encoding), l.dialect()), decode: newDecoder(enc)}
	if err := rs.begin(); err != nil {
		_ = src.Close()
		return nil, err
	}
	return rs, nil
}

// dialect is the layout in the splitter's words.
func (l *Layout) dialect() dialect {
	d := dialect{delim: []byte(l.Delimiter), newline: '\n'}
	if l.Newline == "\r" {
		d.newline = '\r'
	}
	if l.Quote != "" {
		d.quote, d.escape = l.Quote[0], l.Quote[0]
	}
	if l.Escape != "" {
		d.escape = l.Escape[0]
	}
	return d
}

// begin passes the preamble and the header.
func (rs *rowset) begin() error {
	for rs.split.lines < rs.layout.Skip {
		if _, _, err := rs.split.next(); err != nil {
			return endOf(err)
		}
	}
	if !rs.layout.Header {
		return nil
	}
	f, _, err := rs.split.next()
	if err != nil {
		return endOf(err)
	}
	rs.decode.row(f)
	for _, v := range f {
		rs.header = append(rs.header, string(v))
	}
	return nil
}

func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return nil // next will say so
	}
	return fmt.Errorf("reading dump: %w", err)
}

// next returns the values of the next row that can be read, width of them at
// most; they are valid until the next call.
func (rs *rowset) next() ([][]byte, error) {
	for {
		f, code, err := rs.split.next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("reading dump after row %d: %w", rs.row, err)
			}
			return nil, err
		}
		if code == "" && len(f) > rs.width {
			if f = rs.realign(f); f == nil {
				code = codeMany
			}
		}
		if code == "" && len(f) < rs.width {
			rs.short = true
			if len(f)*2 < rs.width {
				code = codeFew
			}
		} else {
			rs.short = false
		}
		if code == "" && rs.isHeader(f) {
			rs.again++
			continue
		}
		rs.row++
		if code != "" {
			rs.refused[code]++
			continue
		}
		if raw := rs.split.raw; raw != nil && utf8.Valid(raw) {
			return f, nil
		}
		if rs.foreign != nil {
			for _, v := range f {
				rs.foreign.add(v)
			}
		}
		rs.decode.row(f)
		return f, nil
	}
}

// isHeader finds the header repeated between rows, as reports do.
func (rs *rowset) isHeader(f [][]byte) bool {
	if len(rs.header) == 0 || len(f) != len(rs.header) || string(f[0]) != rs.header[0] {
		return false
	}
	rs.decode.row(f)
	return slices.EqualFunc(f, rs.header, func(v []byte, h string) bool { return string(v) == h })
}

// realign brings a row with too many values to the width of the table: empty
// values at the end are dropped, and a delimiter that stands within a value
// (unquoted: "3, rue des Lilas") is undone where exactly one way of joining
// puts every value that has a shape of its own into its column. nil means
// that there is no such way.
func (rs *rowset) realign(f [][]byte) [][]byte {
	for len(f) > rs.width && len(f[len(f)-1]) == 0 {
		f = f[:len(f)-1]
	}
	extra := len(f) - rs.width
	if extra == 0 {
		return f
	}
	if extra > 3 || rs.layout.Delimiter == "" {
		return nil
	}
	at, best := -1, 0
	tie := false
	for i := range rs.width {
		n := rs.fitting(f, i, extra)
		switch {
		case n > best:
			at, best, tie = i, n, false
		case n == best:
			tie = true
		}
	}
	if at < 0 || tie || best < 2 {
		return nil
	}
	joined := []byte(strings.Join(stringsOf(f[at:at+extra+1]), rs.layout.Delimiter))
	out := append(f[:at:at], joined)
	return append(out, f[at+extra+1:]...)
}

// fitting counts the values with a shape that land in their column when
// column i takes extra values more; a value in a wrong column counts against.
func (rs *rowset) fitting(f [][]byte, i, extra int) int {
	n := 0
	for j := range rs.width {
		k := j
		if j > i {
			k += extra
		}
		var ok bool
		v := clean(f[k])
		switch rs.layout.Columns[j].Shape {
		case email:
			ok = isEmail(v)
		case birthDate, MeaningDate:
			ok = parseDate(v).plausible()
		case phone:
			ok = isPhone(v)
		case postcode, birthCommune, MeaningCommune:
			ok = len(v) == 5 && countDigits(v) >= 4
		case sex:
			ok = sexOf(v) != ""
		case street:
			// The joined value is the likeliest to hold a delimiter.
			if j == i {
				n++
			}
			continue
		default:
			continue
		}
		switch {
		case ok && j != i:
			n += 2
		case len(v) > 0:
			n -= 2
		}
	}
	return n
}

func stringsOf(f [][]byte) []string {
	out := make([]string, len(f))
	for i, v := range f {
		out[i] = string(v)
	}
	return out
}

func (rs *rowset) close() error { return rs.src.Close() }
