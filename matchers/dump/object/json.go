package object

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"vigie/matchers/dump"
)

// jsonFormat reads JSON: one value, or several behind each other (JSON lines).
type jsonFormat struct{}

func (jsonFormat) Name() string { return "json" }

// Sniff reads the beginning. Whatever is read as far as it goes is JSON; a line
// that only begins with a bracket is none.
func (jsonFormat) Sniff(f *dump.File) float64 {
	b, whole := beginning(f)
	s := &scan{b: b[assigned(b):]}
	values, bad := 0, 0
	for values+bad < 1000 {
		c := s.peek()
		if c == ',' && values > 0 {
			s.i++
			c = s.peek()
		}
		if c == 0 {
			break
		}
		from := s.i
		if (c == '{' || c == '[') && s.check(0) && s.ends() {
			values++
			continue
		}
		if s.fault == short && (c == '{' || c == '[') {
			if !whole && s.i > from+1 || values > 0 || len(b)-from > 64 {
				values++
			}
			break
		}
		if bad++; bad > values/4 {
			return 0
		}
		s.fault, s.i = fine, from
		line := bytes.IndexByte(s.b[from:], '\n')
		if line < 0 {
			break
		}
		s.i += line + 1
	}
	switch {
	case values == 0:
		return 0
	case bad > 0 || s.relaxed:
		return 0.9
	}
	return 0.97
}

// ends tells that what follows a value is another or nothing.
func (s *scan) ends() bool {
	for i := s.i; i < len(s.b); i++ {
		switch s.b[i] {
		case ' ', '\t', '\r', ',', ';':
		case '\n', '{', '[', '#', '/', 0x1e, ')':
			return true
		default:
			return s.fail(broken)
		}
	}
	return true
}

// check reads a value as a record is read.
func (s *scan) check(depth int) bool {
	c := s.peek()
	switch {
	case c == 0:
		return false
	case depth > maxNesting:
		return s.fail(deep)
	case c != '{' && c != '[':
		_, _, ok := s.scalar()
		return ok
	}
	s.i++
	for first := true; s.next(c+2, first); first = false { // '}' and ']' are two behind
		if c == '{' {
			if _, _, ok := s.key(); !ok {
				return false
			}
		}
		if !s.check(depth + 1) {
			return false
		}
	}
	return s.fault == fine
}

// assigned is how many bytes stand before the value in a script: "x = [..]",
// "callback([..])".
func assigned(b []byte) int {
	head := b[:min(len(b), 256)]
	i := bytes.IndexAny(head, "{[=(\"'<\n")
	for i > 0 && head[i] == '[' && i+1 < len(head) && head[i+1] != '{' { // window.a["b"] = ..
		j := bytes.IndexByte(head[i:], ']')
		if j < 0 {
			return 0
		}
		k := bytes.IndexAny(head[i+j:], "{[=(\n")
		if k < 0 {
			return 0
		}
		i += j + k
	}
	if i < 1 || head[i] != '=' && head[i] != '(' {
		return 0
	}
	name := strings.TrimSpace(string(head[:i]))
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$ []\"'") != "" {
		return 0
	}
	if rest := bytes.TrimSpace(b[i+1:]); len(rest) == 0 || rest[0] != '{' && rest[0] != '[' {
		return 0
	}
	return i + 1
}

// Read gives every record to v.
func (jsonFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	w, o := open(ctx, f, v)
	w.pos += assigned(w.rest())
	j := &reader{w: w, o: o, known: map[string]class{}}
	err := j.read()
	if j.relaxed {
		o.warn(WarnRelaxed)
	}
	if err == nil || errors.Is(err, errEnd) {
		err = w.err
	}
	if err == nil && len(o.tables) == 0 && !j.told {
		v.Unread("", dump.CodeNoTable, "it holds no record")
	}
	return err
}
