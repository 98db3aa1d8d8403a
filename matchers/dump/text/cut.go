package text

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"vigie/matchers/dump"
)

const (
	each = 0x0101010101010101 // a byte in each of eight
	tops = 0x80 * each
)

// cut appends the values between delimiters to f, and stops after most
// delimiters. high is not zero when bytes beyond ASCII may be in line. Values are
// short, so eight bytes are compared at once instead of calling IndexByte for
// each value: a byte of x is zero where the delimiter stands, and zeros has 0x80
// in exactly those bytes.
func cut(f [][]byte, line []byte, delim byte, most int) (cells [][]byte, high uint64) {
	const low7 = tops - each
	from, i := 0, 0
	for ; i+8 <= len(line); i += 8 {
		w := binary.LittleEndian.Uint64(line[i:])
		high |= w
		x := w ^ each*uint64(delim)
		for zeros := ^((x&low7 + low7) | x | low7); zeros != 0; zeros &= zeros - 1 {
			if len(f) == most {
				return append(f, line[from:]), tops
			}
			at := i + bits.TrailingZeros64(zeros)>>3
			f = append(f, line[from:at])
			from = at + 1
		}
	}
	for ; i < len(line); i++ {
		high |= uint64(line[i])
		if line[i] == delim {
			if len(f) == most {
				return append(f, line[from:]), tops
			}
			f = append(f, line[from:i])
			from = i + 1
		}
	}
	return append(f, line[from:]), high & tops
}

// cutRuns cuts where one or more delimiters stand; those at both ends are
// nothing.
func cutRuns(f [][]byte, line []byte, delim byte) [][]byte {
	for len(f) <= dump.MaxColumns {
		for len(line) > 0 && line[0] == delim {
			line = line[1:]
		}
		if len(line) == 0 {
			break
		}
		i := bytes.IndexByte(line, delim)
		if i < 0 {
			return append(f, line)
		}
		f = append(f, line[:i])
		line = line[i:]
	}
	if len(f) == 0 {
		f = append(f, line)
	}
	return f
}

// others are the delimiters that one row of a table may have in place of the
// table's.
var others = []byte(";\t|, ")

// repair tries what can be wrong with a line that has not as many values as
// the table has columns: another line break that stands for the usual one, or
// another delimiter. f is the line as it was cut; it is returned when nothing
// fits exactly.
func (s *splitter) repair(line []byte, f [][]byte) [][]byte {
	if len(f) > 1 || s.width == 1 {
		if other := s.otherEnd(); bytes.IndexByte(line, other) >= 0 {
			if s.several(line, other) {
				return s.queued()
			}
			f = s.cutLine(line)
		}
	}
	if len(f) >= s.width || s.width < 3 || len(f) > 1 && len(f)*2 > s.width+2 || s.limit > 0 || s.before || len(line) > dump.MaxField {
		return f
	}
	for _, c := range others {
		if len(s.delim) == 1 && s.delim[0] == c || bytes.Count(line, []byte{c}) != s.width-1 || c == ' ' && len(f) > 1 {
			continue
		}
		if f, _ = cut(f[:0], line, c, dump.MaxColumns); c == ' ' && !telling(f) {
			f = append(f[:0], line)
			continue
		}
		s.raw, s.other = nil, true
		if s.marking {
			s.quotedCells = append(s.quotedCells[:0], make([]bool, len(f))...)
		}
		break
	}
	s.fields = f
	return f
}

// telling tells values from the words of a sentence.
func telling(f [][]byte) bool {
	for _, v := range f {
		if k := kindOf(v); len(f) > 4 && (k == number || k == date || k == handle) {
			return true
		}
	}
	return false
}

// otherEnd is the line end that is not the file's.
func (s *splitter) otherEnd() byte {
	if s.newline == '\r' {
		return '\n'
	}
	return '\r'
}

// several puts the rows of a line into the queue if each has as many values as
// the table has columns.
func (s *splitter) several(line []byte, other byte) bool {
	s.held = append(s.held[:0], line...) // the queue outlives the buffer
	pieces := bytes.Split(s.held, []byte{other})
	s.queue = s.queue[:0]
	for _, p := range pieces {
		if len(p) == 0 {
			continue
		}
		if s.widthOf(p) != s.width {
			s.queue = s.queue[:0]
			return false
		}
		s.queue = append(s.queue, p)
	}
	return len(s.queue) > 0
}

// widthOf counts the values of a line.
func (s *splitter) widthOf(line []byte) int {
	if s.quote != 0 && bytes.IndexByte(line, s.quote) >= 0 {
		s.spans, s.alt = s.alt[:0], s.spans
		s.scanLine(line)
		n := len(s.spans)
		s.spans, s.alt = s.alt, s.spans
		return n
	}
	return len(s.cutLine(line))
}

// queued cuts the first row of the queue.
func (s *splitter) queued() [][]byte {
	line := s.queue[0]
	s.queue = s.queue[1:]
	if s.quote != 0 && bytes.IndexByte(line, s.quote) >= 0 {
		s.spans = s.spans[:0]
		s.scanLine(line)
		return s.values(line)
	}
	return s.cutLine(line)
}
