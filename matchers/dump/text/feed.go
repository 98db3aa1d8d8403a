package text

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// Codes of warnings, beside those of the package dump.
const (
	warnRepaired = "repaired-text"   // text that was damaged by a wrong decoding and could be repaired
	warnLost     = "lost-characters" // text in which characters are lost for good
	warnColumns  = codeColumns       // rows of more columns than are read
)

// outsideTable is where running text stands that is not in a table.
const outsideTable = "beside the table"

// feed gives rows to a visitor.
type feed struct {
	ctx      context.Context
	visitor  dump.Visitor
	info     dump.TableInfo
	rows     dump.Rows
	whole    dump.Lines // rows, when they are taken as they stand, too
	guess    charset.Guess
	decode   *charset.Decoder
	buf      []byte // decoded values of the row
	scratch  []byte // what the decoder writes to
	n        int64  // rows given
	lost     losses
	tables   int    // begun, where rows have delimiters
	tries    int    // runs of lines that were no table
	switched int    // runs of lines that were one
	nested   int    // tables that this one stands within
	warn     string // about the table that is to begin
	beside   []byte // running text that is not given yet
	nulls    bool   // \N stands for NULL
	formulas bool   // ="0612" stands for 0612
	brackets bool   // [..] is one value, whatever blanks are in it
	form     []byte // of the last line of it
	alike    int    // lines of that form
}

// losses counts refused rows by their code.
type losses map[string]int64

// counted are the rows of a table whose refusals are counted.
type counted struct {
	dump.Rows
	lost losses
}

// Refuse counts a row that cannot be read.
func (c *counted) Refuse(code string) {
	if c.lost[code]++; code == codeColumns && c.lost[code] == 1 {
		c.Warn(warnColumns)
	}
	c.Rows.Refuse(code)
}

// hints say what to do about rows that are refused.
var hints = map[string]string{
	codeRecord:  "a row of more than 8 MiB is skipped: is its end of line another one, or is this no text?",
	codeField:   "values of more than 1 MiB are skipped: is the delimiter another one?",
	codeColumns: "rows of more than 4096 values are skipped: split the columns into several files",
}

// unread says that a file was not read when a piece of it of unknown size was
// skipped, or more rows than were read: what is in them is not absent.
func (o *feed) unread() {
	all, most := int64(0), codeRecord
	for _, code := range []string{codeColumns, codeField, codeRecord} {
		all += o.lost[code]
		if o.lost[code] > o.lost[most] {
			most = code
		}
	}
	if o.lost[codeRecord] > 0 || all > o.n {
		o.visitor.Unread("", most, hints[most])
	}
}

// read tells the layout and reads in it. The first table is named only where
// others follow, which is found out on what was read ahead.
func (o *feed) read(r io.Reader, s *sample) error {
	l := o.layout(s)
	if l.several {
		ahead := &feed{ctx: o.ctx, visitor: &counter{}, decode: charset.NewDecoder(o.guess), info: o.info, lost: losses{}}
		if err := l.rows(ahead, splitBytes(bytes.Clone(s.text), l.dialect)); err != nil {
			return err
		}
		if ahead.visitor.(*counter).tables > 1 {
			o.info.Name = tableName(1)
		}
	}
	return l.rows(o, newSplitter(r, l.dialect))
}

// begin begins a table.
func (o *feed) begin() error {
	rows, err := o.visitor.Table(o.info)
	o.rows = &counted{rows, o.lost}
	if o.whole, _ = rows.(dump.Lines); o.nulls || o.formulas || o.brackets {
		o.whole = nil
	}
	return err
}

// row gives a row. raw is the row before it was cut, empty when nothing in it has
// to be decoded, or nil.
func (o *feed) row(cells [][]byte, raw []byte) error {
	if o.n++; o.n&1023 == 0 && o.ctx.Err() != nil {
		return o.ctx.Err()
	}
	if raw == nil || len(raw) > 0 && o.decode.Sound(raw) < len(raw) && !o.some(cells, raw, charset.NextOdd(raw, 0)) {
		o.buf = o.buf[:0]
		for i, v := range cells {
			if charset.NextOdd(v, 0) < len(v) {
				cells[i] = o.value(v)
			}
		}
	}
	return o.rows.Row(o.meant(cells))
}

// standing gives the next rows as they stand, if that is possible.
func (o *feed) standing(sp *splitter, width int) (given bool, err error) {
	if width < 2 {
		return false, nil
	}
	block := sp.sound(o.decode)
	if len(block) == 0 {
		return false, nil
	}
	rows, n, err := o.whole.Lines(block, sp.delim[0])
	if rows == 0 || err != nil {
		return false, err
	}
	sp.pass(n, int64(rows))
	o.n += int64(rows)
	return true, o.ctx.Err()
}

// some decodes those values of a row that hold what has to be decoded, the first
// of which stands at at. It does nothing unless the values stand in raw in their
// order, where the room behind a value says at which place.
func (o *feed) some(cells [][]byte, raw []byte, at int) bool {
	end := 0
	for _, v := range cells {
		from := cap(raw) - cap(v)
		if len(v) > 0 && (from < end || from+len(v) > len(raw) || &raw[from] != &v[0]) {
			return false
		}
		end = max(end, from+len(v))
	}
	o.buf = o.buf[:0]
	for i, v := range cells {
		if end = cap(raw) - cap(v) + len(v); at < end {
			cells[i] = o.value(v)
			if at = charset.NextOdd(raw, end); at == len(raw) {
				break
			}
		}
	}
	return true
}

// value decodes a value; it is valid until buf is used again.
func (o *feed) value(v []byte) []byte {
	if cap(o.scratch) < 8*len(v) {
		o.scratch = make([]byte, 0, 16*len(v))
	}
	out := o.decode.Decode(o.scratch, v)
	if len(out) == 0 || len(v) > 0 && &out[0] == &v[0] {
		return out
	}
	from := len(o.buf)
	o.buf = append(o.buf, out...)
	return o.buf[from:]
}

// ascii tells that there is nothing to decode, eight bytes at once.
func ascii(v []byte) bool {
	for ; len(v) >= 8; v = v[8:] {
		if binary.LittleEndian.Uint64(v)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range v {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// told warns of what was met in decoding.
func (o *feed) told() {
	var other int64
	st := o.decode.Stats()
	for _, n := range st.Fallback {
		other += n
	}
	// What is told by a beginning in ASCII alone is no more than a guess: other
	// bytes behind it are of another encoding as well.
	if other > 0 && (st.Valid > 0 || o.guess.Name == "utf-8") {
		o.visitor.Warn(dump.WarningMixed)
	}
	if st.Repaired1+st.Repaired2 > 0 {
		o.visitor.Warn(warnRepaired)
	}
	if st.Replacement+st.Question > 0 {
		o.visitor.Warn(warnLost)
	}
}

// end says how reading ended.
func (o *feed) end(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("reading text after row %d: %w", o.n, err)
}
