package charset

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// NewReader decodes r from the named encoding into valid UTF-8 without a byte
// order mark. What cannot be decoded becomes U+FFFD. An unknown name is read
// as UTF-8.
func NewReader(r io.Reader, name string) io.Reader {
	e := byName(name)
	if e == nil || name == utf8Name {
		return transform.NewReader(markless(r), lenient{})
	}
	if t := single(name); t != nil {
		return markless(transform.NewReader(r, oneByteDecoder{t: t}))
	}
	if name == "utf-16le" || name == "utf-16be" {
		return markless(transform.NewReader(r, utf16Decoder{big: name == "utf-16be"}))
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

// lenient copies UTF-8 and puts U+FFFD for every byte that is none.
type lenient struct{ transform.NopResetter }

func (lenient) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	part := src[:min(len(dst), len(src))]
	part = complete(part, atEOF && len(part) == len(src))
	if len(part) > 0 && utf8.Valid(part) {
		n := copy(dst, part)
		switch {
		case n < len(src) && len(src) > len(dst):
			err = transform.ErrShortDst
		case n < len(src):
			err = transform.ErrShortSrc
		}
		return n, n, err
	}
	for nSrc < len(src) {
		r, size := utf8.DecodeRune(src[nSrc:])
		if r == utf8.RuneError && size == 1 && !atEOF && !utf8.FullRune(src[nSrc:]) {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}
