package document

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// A mailReader reads mail line by line: one message or, of a mailbox, one after
// another. It knows the boundaries of the parts that are open, so that no part,
// however broken, reads beyond the end of what it is in. It holds one line, of
// which what is beyond its buffer comes as lines of their own.
type mailReader struct {
	r       *bufio.Reader
	mbox    bool
	bounds  []string // of the parts that are open, outermost first, with their "--"
	line    []byte   // the line that was looked at
	stop    stop     // what it is
	looked  bool
	midLine bool  // the line goes on one that was too long
	blank   bool  // the line before was blank, or there was none
	err     error // of reading, but io.EOF
	buf     [32 << 10]byte
}

// A stop is a line that ends a body.
type stop struct {
	kind  stopKind
	level int // of bounds
}

type stopKind uint8

const (
	goOn        stopKind = iota // a line of the body
	stopPart                    // --boundary
	stopClose                   // --boundary--
	stopMessage                 // the next message of a mailbox
	stopEnd                     // the end, or an error
)

func newMailReader(r io.Reader, mbox bool) *mailReader {
	return &mailReader{r: bufio.NewReaderSize(r, 64<<10), mbox: mbox, blank: true}
}

// look returns the next line with its end, and what it is. The line is gone at
// the next look.
func (m *mailReader) look() ([]byte, stop) {
	if m.looked {
		return m.line, m.stop
	}
	line, err := m.r.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
		m.err = err
	}
	m.looked = true
	m.line, m.stop = line, stop{}
	switch {
	case len(line) == 0:
		m.stop = stop{kind: stopEnd}
	case !m.midLine:
		m.stop = m.classify(line)
	}
	if m.stop.kind == goOn && m.mbox && !m.midLine && line[0] == '>' {
		if quoted := bytes.TrimLeft(line, ">"); bytes.HasPrefix(quoted, []byte("From ")) {
			m.line = line[1:] // as mboxrd quotes; mboxo means the same or says nothing
		}
	}
	return m.line, m.stop
}

// take goes on behind the line that was looked at.
func (m *mailReader) take() {
	m.looked = false
	n := len(m.line)
	m.midLine = n > 0 && m.line[n-1] != '\n'
	m.blank = !m.midLine && len(bytes.TrimRight(m.line, "\r\n")) == 0
}

func (m *mailReader) classify(line []byte) stop {
	switch {
	case m.mbox && m.blank && isFromLine(line):
		return stop{kind: stopMessage}
	case line[0] != '-' || len(line) < 3 || line[1] != '-':
		return stop{}
	}
	text := bytes.TrimRight(line, " \t\r\n")
	for i := len(m.bounds) - 1; i >= 0; i-- {
		rest, ok := bytes.CutPrefix(text, []byte(m.bounds[i]))
		switch {
		case ok && len(rest) == 0:
			return stop{stopPart, i}
		case ok && string(rest) == "--":
			return stop{stopClose, i}
		}
	}
	return stop{}
}

// isFromLine knows the line before a message of a mailbox, "From ada@example.org
// Thu Jan  1 10:00:00 2026": it holds a time of day.
func isFromLine(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("From ")) || len(line) > 1000 {
		return false
	}
	for i := 5; i+5 < len(line); i++ {
		if line[i] == ':' && isDigit(line[i-1]) && isDigit(line[i+1]) && isDigit(line[i+2]) && line[i+3] == ':' && isDigit(line[i+4]) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skip passes over a body.
func (m *mailReader) skip() stop {
	for {
		if _, s := m.look(); s.kind != goOn {
			return s
		}
		m.take()
	}
}

// body reads a body up to the line that ends it. The line end before that
// belongs to the boundary (RFC 2046 section 5.1.1).
type body struct {
	m    *mailReader
	rest []byte
	end  string // of the line before
}

func (b *body) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(b.rest) == 0 {
			line, s := b.m.look()
			if s.kind != goOn {
				break
			}
			k := copy(p[n:], b.end)
			b.end = b.end[k:]
			n += k
			if b.end != "" {
				break
			}
			b.m.take()
			b.rest = bytes.TrimRight(line, "\r\n")
			switch {
			case len(line) > 0 && line[len(line)-1] != '\n':
				b.rest = line
			case bytes.HasSuffix(line, []byte("\r\n")):
				b.end = "\r\n"
			default:
				b.end = "\n"
			}
		}
		k := copy(p[n:], b.rest)
		b.rest = b.rest[k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Bounds of the headers that are held.
const (
	maxField  = 256 << 10 // bytes of a field
	maxFields = 1 << 20   // bytes of all of a part's
)

// header is the fields of a part by lower-cased name; of several of one name,
// the first.
type header map[string]string

// header reads the fields up to the blank line behind them.
func (m *mailReader) header() header {
	h := header{}
	name, held := "", 0
	var value []byte
	keep := func() {
		if _, twice := h[name]; name != "" && !twice {
			h[name] = string(value)
		}
		name, value = "", value[:0]
	}
	defer keep()
	for {
		continued := m.midLine
		line, s := m.look()
		if s.kind != goOn {
			return h
		}
		m.take()
		text := bytes.TrimRight(line, "\r\n")
		switch {
		case continued:
		case len(text) == 0:
			return h
		case text[0] == ' ' || text[0] == '\t':
			text = append([]byte{' '}, bytes.TrimLeft(text, " \t")...)
		default:
			keep()
			i := bytes.IndexByte(text, ':')
			if i < 1 || i > 100 {
				continue // no field; mailers differ in what they let through
			}
			name, text = strings.ToLower(string(bytes.TrimRight(text[:i], " \t"))), bytes.TrimLeft(text[i+1:], " \t")
		}
		if n := min(len(text), maxField-len(value), maxFields-held); name != "" && n > 0 {
			value = append(value, text[:n]...)
			held += n
		}
	}
}
