package text

import (
	"bytes"
	"io"
)

// sampleHead and sampleTail are how many bytes at the beginning and at the end
// of what was read ahead the dialect is told by. The end matters for files
// that begin with thousands of lines of something else.
const (
	sampleHead = 96 << 10
	sampleTail = 64 << 10
)

// sample is what is looked at before the first row.
type sample struct {
	text    []byte   // all that was read ahead
	parts   [][]byte // what is measured: whole lines of text
	newline byte
	ends    [3]int // of the parts: "\n", "\r\n", "\r"
	lines   int    // of the parts
	plain   bool   // decorations are left out of the parts
}

// newSample cuts what was read ahead at the ends of lines.
func newSample(text []byte, whole bool) *sample {
	s := &sample{newline: '\n'}
	s.count(text[:min(len(text), sampleHead+sampleTail)])
	if s.ends[2] > s.ends[0]+s.ends[1] || s.ends[2] > 0 && loneReturns(text[:min(len(text), sampleHead+sampleTail)]) {
		s.newline = '\r'
	}
	if !whole {
		if i := bytes.LastIndexByte(text, s.newline); i > 0 {
			text = text[:i+1]
		}
	}
	s.text = text
	if out := undecorated(text, s.newline); out != nil {
		text, s.plain = out, true
	}
	if len(text) <= sampleHead+sampleTail {
		s.parts = [][]byte{text}
	} else {
		head, tail := text[:sampleHead], text[len(text)-sampleTail:]
		if i := bytes.LastIndexByte(head, s.newline); i >= 0 {
			head = head[:i+1]
		}
		if i := bytes.IndexByte(tail, s.newline); i >= 0 {
			tail = tail[i+1:]
		}
		s.parts = [][]byte{head, tail}
	}
	for _, p := range s.parts {
		s.lines += bytes.Count(p, []byte{s.newline})
		if len(p) > 0 && p[len(p)-1] != s.newline {
			s.lines++
		}
	}
	return s
}

func (s *sample) count(text []byte) {
	for i, c := range text {
		switch {
		case c == '\n' && i > 0 && text[i-1] == '\r':
			s.ends[1]++
		case c == '\n':
			s.ends[0]++
		case c == '\r' && i+1 < len(text) && text[i+1] != '\n':
			s.ends[2]++
		}
	}
}

// loneReturns tells that most ends of lines outside of quotes are carriage returns
// alone: within, line feeds may be more.
func loneReturns(text []byte) bool {
	outside, returns, feeds := true, 0, 0
	for i, c := range text {
		switch {
		case c == '"':
			outside = !outside
		case !outside:
		case c == '\n':
			feeds++
		case c == '\r' && i+1 < len(text) && text[i+1] != '\n':
			returns++
		}
	}
	return outside && returns > feeds
}

// lineEnd is how most lines end.
func (s *sample) lineEnd() string {
	switch {
	case s.newline == '\r':
		return "\r"
	case s.ends[1] > s.ends[0]:
		return "\r\n"
	}
	return "\n"
}

// each calls f with every line of the parts that is not blank, without its
// end, until f says no.
func (s *sample) each(f func(line []byte) bool) {
	for _, p := range s.parts {
		for len(p) > 0 {
			line := p
			if i := bytes.IndexByte(p, s.newline); i >= 0 {
				line, p = p[:i], p[i+1:]
			} else {
				p = nil
			}
			if line = bytes.TrimRight(line, "\r\n"); len(trimBlank(line)) > 0 && !f(line) {
				return
			}
		}
	}
}

// substitution writes one byte for a sequence of others, so that the splitter
// has to know no other line ends than two, and no pairs of quotes.
type substitution struct {
	old []byte
	new byte
}

// lineSeparators are line ends of text without any usual one: Unicode's, the
// one of EBCDIC, and ASCII's record separator.
var lineSeparators = []substitution{{[]byte("\u2028"), '\n'}, {[]byte("\u2029"), '\n'}, {[]byte("\u0085"), '\n'}, {[]byte{0x1e}, '\n'}}

// doubledEnd is what becomes of "\r\n" when its "\n" is written as "\r\n" once more.
var doubledEnd = []byte("\r\r\n")

// substitutions says what must be replaced in a text before it is split.
func substitutions(text []byte) []substitution {
	var out []substitution
	if bytes.Count(text[:min(len(text), sampleHead)], []byte{'\n'})+bytes.Count(text[:min(len(text), sampleHead)], []byte{'\r'}) <= 2 {
		for _, s := range lineSeparators {
			if bytes.Count(text, s.old) > 2 {
				out = append(out, s)
			}
		}
	}
	if n := bytes.Count(text[:min(len(text), sampleHead)], doubledEnd); n > 0 && n*10 >= bytes.Count(text[:min(len(text), sampleHead)], []byte{'\n'})*9 {
		out = append(out, substitution{doubledEnd, '\n'})
	}
	for _, pair := range [][2]string{{"“", "”"}, {"«", "»"}, {"\x93", "\x94"}, {"„", "“"}} {
		if surrounding(text[:min(len(text), sampleHead)], pair[0], pair[1]) {
			return append(out, substitution{[]byte(pair[0]), '"'}, substitution{[]byte(pair[1]), '"'})
		}
	}
	return out
}

// surrounding tells that a pair of quotation marks stands around values: at
// the beginning of lines or behind what ends one.
func surrounding(text []byte, open, end string) bool {
	if len(open) == 1 && bytes.Contains(text, []byte("é")) || bytes.IndexByte(text, '"') >= 0 {
		return false
	}
	around := 0
	for _, d := range []string{",", ";", "\t", "|", "\n"} {
		around += bytes.Count(text, []byte(end+d+open)) + bytes.Count(text, []byte(end+"\r"+d+open))
	}
	return around > 0 && around*4 >= bytes.Count(text, []byte(open))
}

// apply replaces in memory.
func apply(subs []substitution, text []byte) []byte {
	for _, s := range subs {
		text = bytes.ReplaceAll(text, s.old, []byte{s.new})
	}
	return text
}

// replacer replaces in a stream.
type replacer struct {
	r    io.Reader
	subs []substitution
	buf  [32 << 10]byte
	n    int // bytes of buf that wait for more
	err  error
}

func (r *replacer) Read(p []byte) (int, error) {
	for {
		if r.err == nil {
			var n int
			n, r.err = r.r.Read(r.buf[r.n:])
			r.n += n
		}
		in, out, at := r.buf[:r.n], 0, 0
		for at < len(in) && out < len(p) {
			size, c, wait := r.match(in[at:])
			if wait && r.err == nil {
				break
			}
			p[out] = c
			out++
			at += size
		}
		r.n = copy(r.buf[:], in[at:])
		if out > 0 || len(p) == 0 {
			return out, nil
		}
		if r.err != nil && r.n == 0 {
			return 0, r.err
		}
	}
}

// match returns the byte to write for what b begins with and how many bytes it
// takes; wait says that b may begin a sequence that is cut.
func (r *replacer) match(b []byte) (size int, c byte, wait bool) {
	for _, s := range r.subs {
		switch {
		case bytes.HasPrefix(b, s.old):
			return len(s.old), s.new, false
		case len(b) < len(s.old) && bytes.HasPrefix(s.old, b):
			wait = true
		}
	}
	return 1, b[0], wait
}
