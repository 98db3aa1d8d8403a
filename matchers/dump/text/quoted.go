package text

import (
	"bytes"
	"errors"
	"io"

	"vigie/matchers/dump"
)

// span is a value by its offsets in the unread bytes, which stay true when the
// buffer moves.
type span struct {
	from, to int
	quoted   bool
}

// quoted cuts a row whose first line has quotes. The row may run over several
// lines.
func (s *splitter) quoted(line []byte) ([][]byte, string, error) {
	if f := s.regular(line); f != nil {
		s.consume(len(line), 1)
		return f, "", nil
	}
	if other, body := s.otherEnd(), s.trim(line); s.width > 0 && bytes.IndexByte(body, other) >= 0 && s.paired(body, other) && s.several(body, other) {
		s.consume(len(line), 1)
		return s.queued(), "", nil
	}
	n, doubt, long, err := s.scan()
	if err != nil {
		return nil, "", err
	}
	if long {
		s.consume(n, int64(bytes.Count(s.buf[s.lo:s.lo+n], []byte{s.newline})))
		return nil, codeRecord, s.skipLine()
	}
	line, _, _ = s.peekLine(0)
	over := n > len(line)
	doubt = doubt || over && s.swallows(len(line), n)
	wrong := s.width > 0 && len(s.spans) != s.width
	if wrong && !doubt && s.tidy() {
		if s.rewrapped(n) {
			return s.queued(), "", nil
		}
		return s.take(n) // quoted as it should be, and of another width
	}
	if doubt || wrong {
		s.spans, s.alt = s.alt[:0], s.spans
		s.scanLine(line)
		if len(s.spans) != s.width && s.width > 0 && s.escape == s.quote {
			s.even = true // perhaps quotes are not escaped
			s.spans = s.spans[:0]
			s.scanLine(line)
			s.even = false
		}
		fits := s.width > 0 && len(s.spans) == s.width
		// Without a width to go by, a value that runs over lines and in which
		// quotes open again was none.
		if fits || over && (s.width == 0 || wrong) {
			if over {
				if s.wasted += int64(n); s.wasted > 4*s.read+dump.MaxField {
					s.within = max(s.within, s.read+int64(n))
				}
			}
			n = len(line)
		} else {
			s.spans, s.alt = s.alt, s.spans
		}
		if other := s.otherEnd(); wrong && n == len(line) && bytes.IndexByte(s.trim(line), other) >= 0 && s.several(s.trim(line), other) {
			s.consume(n, 1)
			return s.queued(), "", nil
		}
		if len(s.spans) != s.width && s.width > 2 && n == len(line) {
			if f := s.foreign(line); f != nil {
				s.consume(n, 1)
				return f, s.check(f), nil
			}
		}
	}
	return s.take(n)
}

// paired tells that each piece of a line holds pairs of quotes, so that none of
// its ends stands within a value.
func (s *splitter) paired(line []byte, other byte) bool {
	for piece := range bytes.SplitSeq(line, []byte{other}) {
		if bytes.Count(piece, []byte{s.quote})%2 > 0 {
			return false
		}
	}
	return true
}

// tidy tells that all quotes of the row stand where they should: around values,
// and escaped within.
func (s *splitter) tidy() bool {
	for _, sp := range s.spans {
		v := s.buf[s.lo+sp.from : s.lo+sp.to]
		if !sp.quoted {
			if bytes.IndexByte(v, s.quote) >= 0 {
				return false
			}
			continue
		}
		for v = v[1 : len(v)-1]; ; {
			i := s.mark(v)
			if i < 0 {
				break
			}
			if i+1 == len(v) || v[i] == s.quote && (s.escape != s.quote || v[i+1] != s.quote) {
				return false
			}
			v = v[i+2:]
		}
	}
	return true
}

// rewrapped takes a row of n bytes that is one quoted value and holds a whole row:
// a spreadsheet quoted it once more. The row is put into the queue.
func (s *splitter) rewrapped(n int) bool {
	if len(s.spans) != 1 || !s.spans[0].quoted || s.width < 2 {
		return false
	}
	sp := s.spans[0]
	s.held = append(s.held[:0], s.unquote(bytes.Clone(s.buf[s.lo+sp.from:s.lo+sp.to]))...)
	if s.widthOf(s.held) != s.width {
		return false
	}
	s.queue = append(s.queue[:0], s.held)
	s.consumeRow(n)
	return true
}

// swallows tells that the lines which a value runs over look like rows: most of
// them have as many delimiters as a row has.
func (s *splitter) swallows(from, to int) bool {
	lines, like := 0, 0
	for rest := s.buf[s.lo+from : s.lo+to]; len(rest) > 0 && lines < 16 && s.width > 1; lines++ {
		line := rest
		if i := bytes.IndexByte(rest, s.newline); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if bytes.Count(line, s.delim) == s.width-1 {
			like++
		}
	}
	return like*2 > lines
}

// regular cuts a line in which all quotes stand where they should: around
// whole values. It returns nil for any other, and for a line that is not as
// wide as the table.
func (s *splitter) regular(line []byte) [][]byte {
	if len(s.delim) != 1 || s.padded || s.runs || s.limit > 0 || len(line) > dump.MaxField {
		return nil
	}
	line = s.trim(line)
	f, delim, marks := s.fields[:0], s.delim[0], s.quotedCells[:0]
	for i := 0; len(f) <= dump.MaxColumns; {
		quoted := i < len(line) && line[i] == s.quote
		end := len(line)
		if quoted {
			k := bytes.IndexByte(line[i+1:], s.quote)
			end = i + 1 + k
			if k < 0 || end+1 < len(line) && line[end+1] != delim {
				return nil
			}
			f = append(f, line[i+1:end])
			if s.escape == '\\' && bytes.IndexByte(line[i+1:end], '\\') >= 0 {
				return nil
			}
			end++
		} else {
			if k := bytes.IndexByte(line[i:], delim); k >= 0 {
				end = i + k
			}
			if i < end && (line[i] == ' ' || line[i] == '\t') && bytes.IndexByte(line[i:end], s.quote) > 0 {
				return nil // blanks before a quote
			}
			f = append(f, line[i:end])
		}
		if s.marking {
			marks = append(marks, quoted)
		}
		if i = end + 1; end == len(line) {
			if s.width > 0 && len(f) != s.width || len(f) > dump.MaxColumns {
				return nil
			}
			s.fields, s.raw, s.quotedCells = f, line, marks
			return f
		}
	}
	return nil
}

// scan finds the spans of the row by the rule that a quoted value ends at a
// quote that a delimiter or a line end follows. n is the row's length in
// bytes; doubt says that within a value a quote stood where values begin.
func (s *splitter) scan() (n int, doubt, long bool, err error) {
	s.spans = s.spans[:0]
	pos, lineEnd := 0, -1
	for last := false; !last; {
		from, to, q := pos, pos, false
		start := s.skipBlank(pos)
		if s.at(start) == int(s.quote) {
			if end, odd, ok := s.closing(start + 1); ok {
				from, to, q = start, end, true
				doubt = doubt || odd
			}
		}
		if to >= lineEnd {
			line, tooLong, err := s.peekLine(to)
			if tooLong {
				return to, doubt, true, nil
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return 0, false, false, err
			}
			lineEnd = to + len(line)
		}
		rest := s.buf[s.lo+to : s.lo+lineEnd]
		var valueEnd int
		if i := s.findDelim(rest); i >= 0 && (s.limit == 0 || len(s.spans) < s.limit-1) {
			valueEnd, pos = to+i, to+i+len(s.delim)
			for s.runs && pos < lineEnd && s.buf[s.lo+pos] == s.delim[0] {
				pos++
			}
		} else {
			valueEnd, pos, last = to+len(s.trimEnd(rest)), lineEnd, true
		}
		if !q {
			to = valueEnd
		}
		if len(s.spans) <= dump.MaxColumns {
			s.spans = append(s.spans, span{from, to, q})
		}
	}
	return pos, doubt, false, nil
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

// trimEnd drops the end of a line only.
func (s *splitter) trimEnd(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == s.newline {
		n--
	}
	if n > 0 && line[n-1] == '\r' {
		n--
	}
	return line[:n]
}

// take turns the spans of a row of n bytes into values.
func (s *splitter) take(n int) ([][]byte, string, error) {
	f := s.values(s.buf[s.lo : s.lo+n])
	s.consumeRow(n)
	return f, s.check(f), nil
}

// consumeRow passes a row of n bytes.
func (s *splitter) consumeRow(n int) {
	row := s.buf[s.lo : s.lo+n]
	lines := int64(bytes.Count(row, []byte{s.newline}))
	if n > 0 && row[n-1] != s.newline {
		lines++
	}
	s.consume(n, lines)
}

// values cuts the spans out of a row and takes their quotes off.
func (s *splitter) values(row []byte) [][]byte {
	f, marks := s.fields[:0], s.quotedCells[:0]
	for _, sp := range s.spans {
		v := row[sp.from:sp.to]
		switch {
		case sp.quoted:
			v = s.unquote(v)
		case s.padded:
			v = trimBlank(v)
		}
		f = append(f, v)
		if s.marking {
			marks = append(marks, sp.quoted)
		}
	}
	if s.newline == '\r' && len(f) > 0 && len(f[0]) > 0 && f[0][0] == '\n' && !s.spans[0].quoted {
		f[0] = f[0][1:]
	}
	s.fields, s.raw, s.quotedCells = f, nil, marks
	return f
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

// skipBlank returns the position of the first byte from pos that is no blank,
// if a quote stands there; else pos.
func (s *splitter) skipBlank(pos int) int {
	if s.blankDelim() {
		return pos
	}
	for i := pos; i < pos+64; i++ {
		switch s.at(i) {
		case ' ', '\t':
		case int(s.quote):
			return i
		case '\n':
			if s.newline != '\r' || i > pos {
				return pos
			}
		default:
			return pos
		}
	}
	return pos
}

// closing finds the end of a quoted value that begins at pos: behind a quote
// that a delimiter, a line end or the end of the file follows. Quotes that
// stand elsewhere belong to the value; odd says that one of them stood where
// values begin. When there is no end within the limit of a value, no value
// that opens before there is closed either, which is remembered: a file of
// opening quotes must not be read again for each.
func (s *splitter) closing(pos int) (end int, odd, ok bool) {
	if s.read+int64(pos) < s.open {
		return 0, false, false
	}
	begin := pos
	for {
		if s.at(pos) < 0 || pos-begin > dump.MaxField {
			s.open = s.read + int64(pos)
			if s.eof && s.lo+pos >= s.hi && bytes.IndexByte(bytes.TrimRight(s.buf[s.lo+begin:s.hi], "\r\n"), s.newline) < 0 {
				s.cut = true
			}
			return 0, false, false
		}
		i := s.mark(s.buf[s.lo+pos : s.hi])
		if s.read+int64(begin) < s.within {
			stop := bytes.IndexByte(s.buf[s.lo+pos:s.hi], s.newline)
			if stop >= 0 && (i < 0 || stop < i) {
				return 0, false, false
			}
		}
		if i < 0 {
			pos = s.hi - s.lo
			continue
		}
		if s.buf[s.lo+pos+i] != s.quote {
			pos += i + 2 // an escaped character
			continue
		}
		at := pos + i
		pos = at + 1
		if s.at(pos) == int(s.quote) && s.escape == s.quote {
			pos++ // a doubled quote
			continue
		}
		if s.ends(pos) {
			return pos, odd, true
		}
		before := s.buf[s.lo : s.lo+at]
		odd = odd || at > begin && (s.opens(before, len(before)) || before[len(before)-1] == s.newline)
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
	if c == ' ' && !s.blankDelim() {
		for i := 0; c == ' ' && i < 64; i++ {
			pos++
			c = s.at(pos)
		}
	}
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
