package object

import (
	"bytes"

	"vigie/matchers/dump/window"
)

// lines reads logical lines: one that begins with a blank goes on with the one
// before.
type lines struct {
	w   *window.Window
	buf []byte
}

// next returns a line, which holds until the next call. A line larger than a
// record is passed over and told by big.
func (l *lines) next() (line []byte, big, ok bool) {
	line, goesOn, big, ok := l.physical()
	if !ok || !goesOn {
		return line, big, ok
	}
	l.buf = append(l.buf[:0], line...)
	for goesOn {
		var tooBig bool
		line, goesOn, tooBig, ok = l.physical()
		if big = big || tooBig || len(l.buf) > maxRecord; !big && len(line) > 0 {
			l.buf = append(l.buf, line[1:]...)
		}
		if !ok {
			break
		}
	}
	return l.buf, big, true
}

// physical returns a line as it stands and whether the next goes on with it.
func (l *lines) physical() (line []byte, goesOn, big, ok bool) {
	w := l.w
	for {
		b := w.Rest()
		end := bytes.IndexByte(b, '\n')
		switch {
		case end >= 0 && (end+1 < len(b) || w.Last):
			w.Pos += end + 1
			goesOn = end+1 < len(b) && (b[end+1] == ' ' || b[end+1] == '\t')
			return bytes.TrimSuffix(b[:end], []byte("\r")), goesOn, big, true
		case w.More():
		case w.Last:
			w.Pos = len(w.Buf)
			return b, false, big, len(b) > 0
		default:
			big = true
			w.Pos = len(w.Buf) - 1
		}
	}
}
