package charset

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// NewReader decodes r from the named encoding into valid UTF-8 without a byte
// order mark. What cannot be decoded becomes U+FFFD. An unknown name is read
// as UTF-8.
func NewReader(r io.Reader, name string) io.Reader {
	e := byName(name)
	if e == nil || name == utf8Name {
		return transform.NewReader(markless(r), encoding.UTF8Validator)
	}
	return markless(transform.NewReader(r, e.NewDecoder()))
}

// Rows gives bytes that may be split at ASCII characters: encodings of one
// byte a character and UTF-8 stay as they are, for a [Decoder] to decode
// value by value, and all others are decoded into UTF-8. A byte order mark is
// dropped.
func Rows(r io.Reader, name string) io.Reader {
	if single(name) != nil || name == utf8Name || byName(name) == nil {
		return markless(r)
	}
	return NewReader(r, name)
}

// markless drops a byte order mark of UTF-8 at the beginning.
func markless(r io.Reader) io.Reader { return &afterMark{r: r} }

type afterMark struct {
	r    io.Reader
	held []byte
	done bool
}

const mark = "\ufeff"

func (m *afterMark) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !m.done {
		m.done = true
		m.held = make([]byte, len(mark))
		n, err := io.ReadFull(m.r, m.held)
		m.held = bytes.TrimPrefix(m.held[:n], []byte(mark))
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return copy(p, m.held), err
		}
	}
	if len(m.held) > 0 {
		n := copy(p, m.held)
		m.held = m.held[n:]
		return n, nil
	}
	return m.r.Read(p)
}
