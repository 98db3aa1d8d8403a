package text

import (
	"bytes"
	"errors"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// dialect is how rows are written, in bytes of any encoding that agrees with
// ASCII below 0x80.
type dialect struct {
	delim   []byte // empty: one column
	quote   byte   // 0: none
	escape  byte   // before a quote within quotes: the quote itself or a backslash
	newline byte   // '\n' (a '\r' before it is dropped) or '\r'
	runs    bool   // spaces that follow each other are one delimiter
	padded  bool   // blanks around values are not theirs
	limit   int    // values in a row, what follows being the last one's; 0: any
}

// splitter cuts a stream into rows. It forgives what exports do wrong: quotes
// within values, text after a closing quote, quotes that are never closed, a
// row written with another delimiter or ended by another line break. Where a
// row can be read in several ways, the one with as many values as the table
// has columns is right.
//
// Memory is bounded by dump.MaxRecord, and time is linear: what a quote that
// turned out to mean nothing made the splitter look at is not looked at again
// for the next quote.
type splitter struct {
	dialect
	width   int  // values that a row should have; 0: unknown
	marking bool // fill quotedCells
	even    bool // two quotes may end a value as well as one
	before  bool // the table has not begun: a line may be a sentence
	r       io.Reader
	buf     []byte
	lo, hi  int // unread bytes of buf
	eof     bool
	err     error // of r

	fields      [][]byte // of the row, reused
	quotedCells []bool   // which values were quoted, where marking
	spans, alt  []span
	raw         []byte // the row before it was cut, but empty when nothing in it has to be decoded; nil when it had quotes or was repaired
	high        bool   // the line that was cut last may hold bytes beyond ASCII
	text        []byte // the lines of the row; valid as long as its values
	other       bool   // the row was cut by another delimiter
	held        []byte // copy of a line that holds several rows
	queue       [][]byte

	line   int64  // line on which the row begins, from 1
	lines  int64  // lines passed
	read   int64  // bytes consumed
	passed [4]int // bytes of buf up to here are known to hold no quote, &, ?, nothing beyond ASCII from lo on
	open   int64  // up to this offset no quote that opens is ever closed
	wasted int64  // bytes of values that were looked at in vain
	within int64  // up to this offset no quoted value runs over lines
	cut    bool   // the file ended inside quotes
	ended  bool   // the last row had an end of line
}

// Row defects found by the splitter.
const (
	codeRecord  = "record-too-long"
	codeField   = "field-too-long"
	codeColumns = "too-many-columns"
)

const firstBuffer = 128 << 10

func newSplitter(r io.Reader, d dialect) *splitter {
	return &splitter{dialect: d, r: r, buf: make([]byte, firstBuffer, firstBuffer+dump.LineSlack), fields: make([][]byte, 0, 64)}
}

// splitBytes cuts what is in memory. It writes to b.
func splitBytes(b []byte, d dialect) *splitter {
	return &splitter{dialect: d, buf: b, hi: len(b), eof: true}
}

// next returns the values of the next row that is not blank; they are valid
// until the next call and may be changed. A code refuses the row.
func (s *splitter) next() (fields [][]byte, code string, err error) {
	s.other = false
	for {
		if len(s.queue) > 0 {
			return s.queued(), "", nil
		}
		line, long, err := s.peekLine(0)
		if err != nil {
			return nil, "", err
		}
		s.line = s.lines + 1
		if long {
			return nil, codeRecord, s.skipLine()
		}
		if s.quote != 0 && s.holds(passedQuote, s.quote, len(line)) {
			return s.quoted(line)
		}
		odd := s.holds(passedAnd, '&', len(line)) || s.holds(passedAsk, '?', len(line))
		s.consume(len(line), 1)
		if line = s.trim(line); len(line) == 0 {
			continue
		}
		return s.plain(line, odd)
	}
}

// sound returns the next lines, as many as are in memory in which nothing has to
// be unquoted, joined or decoded, and nil when the first has. They are not
// consumed.
func (s *splitter) sound(d *charset.Decoder) []byte {
	if len(s.delim) != 1 || s.runs || s.padded || s.limit > 0 || s.marking || s.newline != '\n' || len(s.queue) > 0 {
		return nil
	}
	known := &s.passed[passedSound]
	if *known <= s.lo {
		if _, long, err := s.peekLine(0); err != nil || long {
			return nil
		}
		to := s.hi
		if s.quote != 0 {
			to = s.quoteAt()
		}
		// Whole lines only: half a character is not sound.
		to = s.lo + bytes.LastIndexByte(s.buf[s.lo:to], s.newline) + 1
		to = s.lo + d.Sound(s.buf[s.lo:to])
		*known = s.lo + bytes.LastIndexByte(s.buf[s.lo:to], s.newline) + 1
	}
	return s.buf[s.lo:*known]
}

// pass consumes lines that sound returned.
func (s *splitter) pass(n int, lines int64) {
	s.other = false
	s.line = s.lines + lines
	s.consume(n, lines)
}

// Places in passed.
const (
	passedQuote = iota
	passedAnd
	passedAsk
	passedSound // lines up to here need nothing
)

// holds tells whether there is a c, the byte of that place in passed, in the
// next n unread bytes. The buffer is searched once, not once a line.
func (s *splitter) holds(place int, c byte, n int) bool {
	passed := &s.passed[place]
	return s.lo+n > *passed && s.search(passed, c) < s.lo+n
}

// quoteAt finds the next quote, or the end of what was read.
func (s *splitter) quoteAt() int {
	if passed := &s.passed[passedQuote]; *passed <= s.lo || *passed >= s.hi || s.buf[*passed] != s.quote {
		return s.search(passed, s.quote)
	}
	return s.passed[passedQuote]
}

func (s *splitter) search(passed *int, c byte) int {
	from := max(s.lo, *passed)
	if i := bytes.IndexByte(s.buf[from:s.hi], c); i >= 0 {
		*passed = from + i
	} else {
		*passed = s.hi
	}
	return *passed
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
		for i, n := range s.passed {
			s.passed[i] = max(0, n-s.lo)
		}
		s.hi = copy(s.buf, s.buf[s.lo:s.hi])
		s.lo = 0
	}
	if s.hi == len(s.buf) {
		size := min(2*len(s.buf), dump.MaxRecord+firstBuffer)
		grown := make([]byte, size, size+dump.LineSlack)
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
	s.text = s.buf[s.lo : s.lo+n]
	s.ended = n > 0 && s.buf[s.lo+n-1] == s.newline
	s.lo += n
	s.read += int64(n)
	s.lines += lines
}

// back puts lines back that were read last.
func (s *splitter) back(lines []byte) {
	rest := s.buf[s.lo:s.hi]
	size := len(lines) + len(rest) + firstBuffer
	buf := make([]byte, size, size+dump.LineSlack)
	s.lo, s.hi = 0, copy(buf, lines)
	s.hi += copy(buf[s.hi:], rest)
	s.buf, s.text, s.raw = buf, nil, nil
	s.passed, s.read, s.open, s.within, s.wasted, s.before = [4]int{}, 0, 0, 0, 0, false
	s.queue, s.cut = nil, false
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

// trim drops the end of a line. In a file of lone carriage returns a line feed
// at the beginning of a line is what is left of another kind of end.
func (s *splitter) trim(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == s.newline {
		n--
	}
	if n > 0 && line[n-1] == '\r' {
		n--
	}
	line = line[:n]
	if s.newline == '\r' && n > 0 && line[0] == '\n' {
		line = line[1:]
	}
	return line
}

// plain cuts a line without quotes. odd says that it may hold entities or lost
// characters.
func (s *splitter) plain(line []byte, odd bool) ([][]byte, string, error) {
	f, whole := s.cutLine(line), len(line)
	if s.width > 0 && len(f) != s.width || s.width == 1 {
		f = s.repair(line, f)
	} else if !odd && !s.high {
		s.raw = line[:0]
	}
	if len(f) > dump.MaxColumns || whole > dump.MaxField {
		return f, s.check(f), nil
	}
	return f, "", nil
}

// cutLine cuts a line of one row.
func (s *splitter) cutLine(line []byte) [][]byte {
	f, high := s.fields[:0], uint64(tops)
	s.raw = line
	most := dump.MaxColumns
	if s.limit > 0 {
		most = s.limit - 1
	}
	switch {
	case len(s.delim) == 0:
		f = append(f, line)
	case s.runs:
		f = cutRuns(f, line, s.delim[0])
	case len(s.delim) == 1:
		f, high = cut(f, line, s.delim[0], most)
	default:
		for len(f) < most {
			i := bytes.Index(line, s.delim)
			if i < 0 {
				break
			}
			f = append(f, line[:i])
			line = line[i+len(s.delim):]
		}
		f = append(f, line)
	}
	if s.padded {
		for i, v := range f {
			f[i] = trimBlank(v)
		}
	}
	if s.marking {
		s.quotedCells = append(s.quotedCells[:0], make([]bool, len(f))...)
	}
	s.fields, s.high = f, high != 0
	return f
}

func trimBlank(v []byte) []byte {
	for len(v) > 0 && (v[0] == ' ' || v[0] == '\t') {
		v = v[1:]
	}
	for len(v) > 0 && (v[len(v)-1] == ' ' || v[len(v)-1] == '\t') {
		v = v[:len(v)-1]
	}
	return v
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
