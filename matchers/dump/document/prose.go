package document

import (
	"bytes"
	"context"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// prose hands running text to a Visitor in pieces. Its first error stays: writers
// need not look at it before they are done.
type prose struct {
	ctx    context.Context
	v      dump.Visitor
	where  string
	buf    []byte
	given  int64 // bytes handed over
	limit  int64 // of given; 0 is none
	said   int64 // bytes since at that are not blank, as far as flushed
	err    error
	warned map[string]bool
}

func newProse(ctx context.Context, v dump.Visitor) *prose {
	return &prose{ctx: ctx, v: v, limit: MaxText, warned: map[string]bool{}}
}

// at says where the text that follows stands.
func (p *prose) at(where string) {
	p.flush()
	p.where, p.said = where, 0
}

// text adds text. It may end within a letter.
func (p *prose) text(b []byte) {
	for len(b) > 0 && p.err == nil {
		n := min(len(b), PieceSize-len(p.buf))
		p.buf = append(p.buf, b[:n]...)
		b = b[n:]
		if len(p.buf) >= PieceSize {
			p.give(cutWords(p.buf))
		}
	}
}

func (p *prose) string(s string) {
	for len(s) > 0 && p.err == nil {
		n := min(len(s), PieceSize-len(p.buf))
		p.buf = append(p.buf, s[:n]...)
		s = s[n:]
		if len(p.buf) >= PieceSize {
			p.give(cutWords(p.buf))
		}
	}
}

// line ends a line, and word a word; neither doubles what is there.
func (p *prose) line() {
	p.buf = bytes.TrimRight(p.buf, " \t")
	if n := len(p.buf); n > 0 && p.buf[n-1] != '\n' {
		p.string("\n")
	}
}

func (p *prose) word() {
	if n := len(p.buf); n > 0 && p.buf[n-1] > ' ' {
		p.string(" ")
	}
}

// flush hands over what is held and returns the first error.
func (p *prose) flush() error {
	if p.err == nil {
		p.err = p.ctx.Err()
	}
	if len(p.buf) > 0 && p.err == nil {
		p.give(len(p.buf))
	}
	return p.err
}

// give hands over the first n bytes held.
func (p *prose) give(n int) {
	if p.err = p.ctx.Err(); p.err != nil {
		return
	}
	piece := sound(p.buf[:n])
	if seen := len(bytes.TrimSpace(piece)); seen > 0 {
		p.said += int64(seen)
		if p.given += int64(len(piece)); p.limit > 0 && p.given > p.limit {
			p.err = errLarge
			return
		}
		p.err = p.v.Text(p.where, piece)
	}
	p.buf = append(p.buf[:0], p.buf[n:]...)
}

// warn adds a warning about the file, each once.
func (p *prose) warn(code string) {
	if !p.warned[code] {
		p.warned[code] = true
		p.v.Warn(code)
	}
}

// cutWords is where b is best cut: after its last blank, else before a letter
// that it holds a part of.
func cutWords(b []byte) int {
	if i := bytes.LastIndexAny(b, " \n\t"); i >= len(b)/2 {
		return i + 1
	}
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// sound is b in valid UTF-8 without control characters.
func sound(b []byte) []byte {
	clean := utf8.Valid(b)
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\t' {
			clean = false
			break
		}
	}
	if clean {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\r' && len(b) > 1 && b[1] == '\n', r == 0:
		case r == '\r', r == '\v', r == '\f':
			out = append(out, '\n')
		case r < ' ' && r != '\n' && r != '\t':
			out = append(out, ' ')
		default:
			out = utf8.AppendRune(out, r)
		}
		b = b[n:]
	}
	return out
}
