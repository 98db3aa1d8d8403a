package text

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"vigie/matchers/dump"
)

// dialect is how rows are written. It works on bytes of any encoding that
// agrees with ASCII below 0x80.
type dialect struct {
	delim   []byte // empty: one column
	quote   byte   // 0: none
	escape  byte   // before a quote within quotes: the quote itself or a backslash
	newline byte   // '\n' (a '\r' before it is dropped) or '\r'
}

// splitter cuts a stream into rows. It forgives what exports do wrong: quotes
// within values, text after a closing quote, quotes that are never closed.
// encoding/csv stops at the first of these.
type splitter struct {
	dialect
	r      io.Reader
	buf    []byte
	lo, hi int // unread bytes of buf
	eof    bool
	err    error    // of r
	fields [][]byte // of the row, reused
	raw    []byte   // of the row before it was cut; nil when it had quotes
	spans  []span
	line   int64 // line on which the row begins, from 1
	lines  int64 // lines passed
	read   int64 // bytes consumed
	open   int64 // up to this offset no quote that opens is ever closed
	cut    bool  // the file ended inside quotes
	ended  bool  // the last row had an end of line
}

// Row defects found by the splitter.
const (
	codeRecord  = "record-too-long"
	codeField   = "field-too-long"
	codeColumns = "too-many-columns"
)

func newSplitter(r io.Reader, d dialect) *splitter {
	return &splitter{dialect: d, r: r, buf: make([]byte, 64<<10), fields: make([][]byte, 0, 64)}
}

// splitBytes cuts what is in memory. It writes to b.
func splitBytes(b []byte, d dialect) *splitter {
	return &splitter{dialect: d, buf: b, hi: len(b), eof: true}
}

// next returns the values of the next row that is not blank; they are valid
// until the next call and may be changed. A code refuses the row.
func (s *splitter) next() (fields [][]byte, code string, err error) {
	for {
		line, long, err := s.peekLine(0)
		if err != nil {
			return nil, "", err
		}
		s.line = s.lines + 1
		if long {
			return nil, codeRecord, s.skipLine()
		}
		if s.quote == 0 || bytes.IndexByte(line, s.quote) < 0 {
			s.consume(len(line), 1)
			if line = s.trim(line); len(line) == 0 {
				continue
			}
			return s.plain(line)
		}
		return s.quoted()
	}
}

// peekLine returns the line that begins from bytes after the unread position,
// with its end, filling the buffer as needed.
func (s *splitter) peekLine(from int) (line []byte, long bool, err error) {
	seen := from
	for {
		if i := bytes.IndexByte(s.buf[s.lo+seen:s.hi], s.newline); i >= 0 {
			return s.buf[s.lo+from : s.lo+seen+i+1], false, nil
		}
		seen = s.hi - s.lo
		if s.eof {
			if seen == from {
				return nil, false, s.end()
			}
			return s.buf[s.lo+from : s.hi], false, nil
		}
		if seen >= dump.MaxRecord {
			return nil, true, nil
		}
		s.fill()
	}
}

func (s *splitter) end() error {
	if s.err != nil {
		return s.err
	}
	return io.EOF
}

// fill reads more bytes behind the unread ones.
func (s *splitter) fill() {
	if s.lo > 0 {
		s.hi = copy(s.buf, s.buf[s.lo:s.hi])
		s.lo = 0
	}
	if s.hi == len(s.buf) {
		grown := make([]byte, min(2*len(s.buf), dump.MaxRecord+1))
		copy(grown, s.buf)
		s.buf = grown
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.hi:])
		s.hi += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return
		}
		if n > 0 {
			return
		}
	}
	s.eof, s.err = true, io.ErrNoProgress
}

func (s *splitter) consume(n int, lines int64) {
	s.ended = n > 0 && s.buf[s.lo+n-1] == s.newline
	s.lo += n
	s.read += int64(n)
	s.lines += lines
}

// skipLine drops a line that does not fit.
func (s *splitter) skipLine() error {
	for {
		if i := bytes.IndexByte(s.buf[s.lo:s.hi], s.newline); i >= 0 {
			s.consume(i+1, 1)
			return nil
		}
		s.consume(s.hi-s.lo, 0)
		if s.eof {
			s.lines++
			return s.err
		}
		s.fill()
	}
}

// trim drops the end of a line.
func (s *splitter) trim(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == s.newline {
		n--
	}
	if n > 0 && line[n-1] == '\r' {
		n--
	}
	return line[:n]
}

// plain cuts a line without quotes.
func (s *splitter) plain(line []byte) ([][]byte, string, error) {
	f, whole := s.fields[:0], len(line)
	s.raw = line
	switch len(s.delim) {
	case 0:
		f = append(f, line)
	case 1:
		f = cut(f, line, s.delim[0])
	default:
		for len(f) < dump.MaxColumns {
			i := bytes.Index(line, s.delim)
			if i < 0 {
				break
			}
			f = append(f, line[:i])
			line = line[i+len(s.delim):]
		}
		f = append(f, line)
	}
	s.fields = f
	if len(f) > dump.MaxColumns || whole > dump.MaxField {
		return f, s.check(f), nil
	}
	return f, "", nil
}

// cut appends the values between delimiters to f, and stops one beyond
// dump.MaxColumns. Values are short, so eight bytes are compared at once instead of
// calling IndexByte for each value: a byte of x is zero where the delimiter
// stands, and zeros has 0x80 in exactly those bytes.
func cut(f [][]byte, line []byte, delim byte) [][]byte {
	const low7 = 0x7f7f7f7f7f7f7f7f
	pattern := 0x0101010101010101 * uint64(delim)
	from, i := 0, 0
	for ; i+8 <= len(line) && len(f) <= dump.MaxColumns; i += 8 {
		x := binary.LittleEndian.Uint64(line[i:]) ^ pattern
		for zeros := ^((x&low7 + low7) | x | low7); zeros != 0; zeros &= zeros - 1 {
			at := i + bits.TrailingZeros64(zeros)>>3
			f = append(f, line[from:at])
			from = at + 1
		}
	}
	for ; i < len(line) && len(f) <= dump.MaxColumns; i++ {
		if line[i] == delim {
			f = append(f, line[from:i])
			from = i + 1
		}
	}
	return append(f, line[from:])
}

func (s *splitter) check(f [][]byte) string {
	if len(f) > dump.MaxColumns {
		return codeColumns
	}
	for _, v := range f {
		if len(v) > dump.MaxField {
			return codeField
		}
	}
	return ""
}

// span is a value by its offsets in the unread bytes, which stay true when the
// buffer moves.
type span struct{ from, to int }

// quoted cuts a row whose first line has quotes. The row may run over several
// lines.
func (s *splitter) quoted() ([][]byte, string, error) {
	s.spans = s.spans[:0]
	pos, lineEnd := 0, -1
	for last := false; !last; {
		from, to := pos, pos
		if s.at(pos) == int(s.quote) {
			from = pos + 1
			if end, ok := s.closing(pos + 1); ok {
				from, to = pos, end
			}
		}
		if to >= lineEnd {
			line, long, err := s.peekLine(to)
			if long {
				s.consume(to, int64(bytes.Count(s.buf[s.lo:s.lo+to], []byte{s.newline})))
				return nil, codeRecord, s.skipLine()
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, "", err
			}
			lineEnd = to + len(line)
		}
		rest := s.buf[s.lo+to : s.lo+lineEnd]
		if i := s.findDelim(rest); i >= 0 {
			to += i
			pos = to + len(s.delim)
		} else {
			to += len(s.trim(rest))
			pos, last = lineEnd, true
		}
		if len(s.spans) <= dump.MaxColumns {
			s.spans = append(s.spans, span{min(from, to), to})
		}
	}
	return s.take(pos)
}

func (s *splitter) findDelim(b []byte) int {
	switch len(s.delim) {
	case 0:
		return -1
	case 1:
		return bytes.IndexByte(b, s.delim[0])
	}
	return bytes.Index(b, s.delim)
}

// take turns the spans of a row of n bytes into values.
func (s *splitter) take(n int) ([][]byte, string, error) {
	row := s.buf[s.lo : s.lo+n]
	f := s.fields[:0]
	for _, sp := range s.spans {
		f = append(f, s.unquote(row[sp.from:sp.to]))
	}
	lines := int64(bytes.Count(row, []byte{s.newline}))
	if n > 0 && row[n-1] != s.newline {
		lines++
	}
	s.consume(n, lines)
	s.fields, s.raw = f, nil
	return f, s.check(f), nil
}

// at returns the byte at pos, or -1 behind the end.
func (s *splitter) at(pos int) int {
	for s.lo+pos >= s.hi {
		if s.eof || s.hi-s.lo >= dump.MaxRecord {
			return -1
		}
		s.fill()
	}
	return int(s.buf[s.lo+pos])
}

// closing finds the end of a quoted value that begins at pos: behind a quote
// that a delimiter, a line end or the end of the file follows. Quotes that
// stand elsewhere belong to the value. When there is none within the limit of
// a value, no value that opens before there is closed either, which is
// remembered: a file of opening quotes must not be read again for each.
func (s *splitter) closing(pos int) (end int, ok bool) {
	if s.read+int64(pos) < s.open {
		return 0, false
	}
	begin := pos
	for {
		if s.at(pos) < 0 || pos-begin > dump.MaxField {
			s.open = s.read + int64(pos)
			if s.eof && s.lo+pos >= s.hi {
				s.cut = true
			}
			return 0, false
		}
		i := s.mark(s.buf[s.lo+pos : s.hi])
		if i < 0 {
			pos = s.hi - s.lo
			continue
		}
		if s.buf[s.lo+pos+i] != s.quote {
			pos += i + 2 // an escaped character
			continue
		}
		pos += i + 1
		if s.at(pos) == int(s.quote) && s.escape == s.quote {
			pos++ // a doubled quote
			continue
		}
		if s.ends(pos) {
			return pos, true
		}
	}
}

// mark finds the next quote, or backslash where that is the escape.
func (s *splitter) mark(b []byte) int {
	if s.escape != '\\' {
		return bytes.IndexByte(b, s.quote)
	}
	for i, c := range b {
		if c == s.quote || c == '\\' {
			return i
		}
	}
	return -1
}

// ends tells whether a value may end at pos.
func (s *splitter) ends(pos int) bool {
	c := s.at(pos)
	if c < 0 || c == int(s.newline) {
		return true
	}
	if c == '\r' {
		return s.at(pos+1) == int(s.newline)
	}
	if len(s.delim) == 0 {
		return false
	}
	for i, d := range s.delim {
		if s.at(pos+i) != int(d) {
			return false
		}
	}
	return true
}

// unquote takes the quotes off a value, in place.
func (s *splitter) unquote(v []byte) []byte {
	n := len(v)
	if n < 2 || v[0] != s.quote || v[n-1] != s.quote {
		return v
	}
	v = v[1 : n-1]
	if bytes.IndexByte(v, s.escape) < 0 {
		return v
	}
	out := v[:0]
	for i := 0; i < len(v); i++ {
		if v[i] == s.escape && i+1 < len(v) && (v[i+1] == s.quote || v[i+1] == s.escape) {
			i++
		}
		out = append(out, v[i])
	}
	return out
}
