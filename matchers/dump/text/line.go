package text

import (
	"bytes"

	"vigie/matchers/dump"
)

// scanLine finds the spans of one line, in which a quoted value ends before a
// quote stands where values begin; a quote that opens no such value is a
// character like others.
func (s *splitter) scanLine(line []byte) {
	n := len(s.trimEnd(line))
	for pos, last := 0, false; !last && len(s.spans) <= dump.MaxColumns; {
		sp := span{from: pos, to: n}
		start := pos
		for start < n && !s.blankDelim() && (line[start] == ' ' || line[start] == '\t') {
			start++
		}
		to := pos
		if start < n && line[start] == s.quote {
			if end := s.closingIn(line[:n], start+1); end >= 0 {
				sp.from, sp.quoted, to = start, true, end
			}
		}
		i := s.findDelim(line[to:n])
		last = i < 0
		if i >= 0 {
			sp.to, pos = to+i, to+i+len(s.delim)
		}
		if sp.quoted {
			sp.to = to
		}
		s.spans = append(s.spans, sp)
	}
}

// closingIn returns the end of a quoted value within a line, or -1.
func (s *splitter) closingIn(line []byte, pos int) int {
	for pos < len(line) {
		i := s.mark(line[pos:])
		if i < 0 {
			return -1
		}
		at := pos + i
		switch {
		case line[at] != s.quote:
			pos = at + 2
		case s.endsIn(line, at+1):
			return at + 1
		case at+1 < len(line) && line[at+1] == s.quote && s.escape == s.quote:
			if pos = at + 2; s.even && s.endsIn(line, pos) {
				return pos
			}
		case s.opens(line, at):
			return -1
		default:
			pos = at + 1
		}
	}
	return -1
}

// endsIn tells whether a value may end at pos of a line: a delimiter or the
// line's end follows, perhaps after blanks.
func (s *splitter) endsIn(line []byte, pos int) bool {
	if !s.blankDelim() {
		for pos < len(line) && line[pos] == ' ' {
			pos++
		}
	}
	return pos >= len(line) || len(s.delim) > 0 && bytes.HasPrefix(line[pos:], s.delim)
}

// opens tells whether a quote at pos stands behind a delimiter.
func (s *splitter) opens(b []byte, pos int) bool {
	return len(s.delim) > 0 && bytes.HasSuffix(b[:pos], s.delim)
}

// blankDelim tells that values are parted by blanks, so that there are none
// around them.
func (s *splitter) blankDelim() bool {
	return len(s.delim) > 0 && (s.delim[0] == ' ' || s.delim[0] == '\t')
}

// foreign cuts a line by another delimiter that makes it as wide as the table.
func (s *splitter) foreign(line []byte) [][]byte {
	if s.limit > 0 || s.before || len(line) > dump.MaxField {
		return nil
	}
	own := s.dialect
	defer func() { s.dialect = own }()
	for _, c := range others {
		if len(own.delim) == 1 && own.delim[0] == c || c == ' ' && s.width < 5 || bytes.Count(line, []byte{c}) < s.width-1 {
			continue
		}
		s.spans, s.alt = s.alt[:0], s.spans
		s.delim = []byte{c}
		s.scanLine(line)
		if len(s.spans) == s.width {
			s.other = true
			return s.values(line)
		}
		s.spans, s.alt = s.alt, s.spans
	}
	return nil
}
