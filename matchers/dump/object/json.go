package object

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// jsonFormat reads JSON: one value, or several behind each other (JSON lines).
type jsonFormat struct{}

func (jsonFormat) Name() string { return "json" }

// Sniff reads the beginning. Whatever is read as far as it goes is JSON; a line
// that only begins with a bracket is none.
func (jsonFormat) Sniff(f *dump.File) float64 {
	b, _ := beginning(f)
	s := &scan{b: b[assigned(b):]}
	for values, bad := 0, 0; values+bad < 1000; {
		c := s.peek()
		if values > 0 && (c == ',' || c == ';' || c == ')') {
			s.i++
			continue
		}
		from := s.i
		s.seen = 0
		switch {
		case c == 0:
			return s.sure(values, bad)
		case c != '{' && c != '[':
		case !s.check(0):
			if s.fault == short && s.seen > 0 {
				return s.sure(values+1, bad)
			}
			if values == 0 && s.seen > 2 {
				return s.sure(1, 1) // damaged further on
			}
		case s.ends():
			values++
			continue
		}
		s.fault, s.i = fine, from
		line := bytes.IndexByte(s.b[from:], '\n')
		if bad++; bad > values/4 || line < 0 {
			return s.sure(values, bad)
		}
		s.i += line + 1
	}
	return s.sure(1000, 0)
}

// sure is how sure so many values make, and so many places that are none.
func (s *scan) sure(values, bad int) float64 {
	switch {
	case values == 0, bad > values:
		return 0
	case bad > 0:
		return 0.85
	case s.relaxed:
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
			s.seen++
		}
		if !s.check(depth + 1) {
			return false
		}
		s.seen++
	}
	return s.fault == fine
}

// assigned is how many bytes stand before the value in a script: "x = [..]",
// "callback([..])", or the line of a shell that asked for it: "> db.users.find()".
func assigned(b []byte) int {
	head := b[:min(len(b), 256)]
	if len(head) > 2 && (head[0] == '>' || head[0] == '$') && head[1] == ' ' {
		line := bytes.IndexByte(head, '\n')
		if rest := bytes.TrimSpace(b[line+1:]); line > 0 && len(rest) > 0 && (rest[0] == '{' || rest[0] == '[') {
			return line + 1
		}
	}
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
	w, o := open(ctx, f, v, windowStart)
	return readJSON(w, o)
}

func readJSON(w *window.Window, o *output) error {
	w.Pos += assigned(w.Ahead(1 << 10))
	j := &reader{w: w, o: o, known: map[string]class{}}
	err := j.values()
	if j.relaxed {
		o.warn(WarnRelaxed)
	}
	if errors.Is(err, errEnd) {
		err = w.Err
	}
	if err == nil && len(o.tables) == 0 && !j.told {
		o.v.Unread("", dump.CodeNoTable, "it holds no record")
	}
	return err
}
