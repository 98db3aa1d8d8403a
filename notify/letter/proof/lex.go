package proof

import (
	"bytes"
	"strconv"
)

// Operands of a content stream (ISO 32000-1, 7.8.2): float64, text (a string),
// name, []any (an array) or dict.
type (
	text []byte
	name string
	dict map[name]any
)

// Limits of a content stream: a hostile file must cost no more than a letter.
const (
	maxOperands = 512
	maxNesting  = 16
)

// lexer cuts a content stream into operators and their operands.
type lexer struct {
	b  []byte
	at int
}

// next returns the next operator and its operands; ok is false at the end. An
// inline image comes as the operator "BI" with its dictionary.
func (l *lexer) next() (op string, args []any, ok bool) {
	for {
		v, word, more := l.token(0)
		switch {
		case !more:
			return "", nil, false
		case word == "BI":
			return "BI", []any{l.inline()}, true
		case word != "":
			return word, args, true
		case len(args) < maxOperands:
			args = append(args, v)
		}
	}
}

// token reads an operand, or a word that is an operator.
func (l *lexer) token(depth int) (v any, word string, ok bool) {
	l.space()
	if l.at >= len(l.b) {
		return nil, "", false
	}
	switch c := l.b[l.at]; {
	case c == '(':
		return l.literal(), "", true
	case c == '<' && l.at+1 < len(l.b) && l.b[l.at+1] == '<':
		l.at += 2
		return l.dict(depth), "", true
	case c == '<':
		return l.hex(), "", true
	case c == '/':
		l.at++
		return name(l.regular()), "", true
	case c == '[':
		l.at++
		return l.array(depth), "", true
	case bytes.IndexByte([]byte(")>]{}"), c) >= 0:
		l.at++
		return nil, string(c), true
	default:
		s := l.regular()
		if f, err := strconv.ParseFloat(s, 64); err == nil && len(s) < 32 {
			return f, "", true
		}
		switch s {
		case "true", "false", "null":
			return name(s), "", true
		}
		return nil, s, true
	}
}

func (l *lexer) array(depth int) []any {
	var list []any
	for depth < maxNesting {
		v, word, ok := l.token(depth + 1)
		if !ok || word != "" { // "]", or something broken
			break
		}
		list = append(list, v)
	}
	return list
}

func (l *lexer) dict(depth int) dict {
	d := dict{}
	for depth < maxNesting {
		k, word, ok := l.token(depth + 1)
		if word == ">" && l.at < len(l.b) && l.b[l.at] == '>' {
			l.at++
		}
		key, isName := k.(name)
		if !ok || word != "" || !isName {
			break
		}
		v, word, ok := l.token(depth + 1)
		if !ok || word != "" {
			break
		}
		d[key] = v
	}
	return d
}

// inline reads the dictionary of an inline image and passes over its data.
func (l *lexer) inline() dict {
	d := dict{}
	for {
		k, word, ok := l.token(1)
		if !ok || word == "ID" {
			break
		}
		v, word, ok := l.token(1)
		if !ok || word != "" {
			break
		}
		if key, isName := k.(name); isName {
			d[key] = v
		}
	}
	for l.at < len(l.b) {
		i := bytes.Index(l.b[l.at:], []byte("EI"))
		if i < 0 {
			l.at = len(l.b)
			break
		}
		end := l.at + i
		l.at = end + 2
		if end > 0 && isSpace(l.b[end-1]) && (l.at == len(l.b) || isSpace(l.b[l.at])) {
			break
		}
	}
	return d
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func (l *lexer) space() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

func (l *lexer) regular() string {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && bytes.IndexByte([]byte("()<>[]{}/%"), l.b[l.at]) < 0 {
		l.at++
	}
	return string(l.b[from:l.at])
}

func (l *lexer) hex() text {
	l.at++
	var out text
	var half byte
	odd := false
	for l.at < len(l.b) {
		c := l.b[l.at]
		l.at++
		if c == '>' {
			break
		}
		n, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			continue
		}
		if odd {
			out = append(out, half<<4|byte(n))
		}
		half, odd = byte(n), !odd
	}
	if odd {
		out = append(out, half<<4)
	}
	return out
}

func (l *lexer) literal() text {
	l.at++
	var out text
	for depth := 1; l.at < len(l.b); {
		c := l.b[l.at]
		l.at++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return out
}

func (l *lexer) escape(out text) text {
	if l.at >= len(l.b) {
		return out
	}
	c := l.b[l.at]
	l.at++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if l.at < len(l.b) && l.b[l.at] == '\n' {
			l.at++
		}
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for i := 0; i < 2 && l.at < len(l.b) && l.b[l.at] >= '0' && l.b[l.at] <= '7'; i++ {
		n = n*8 + int(l.b[l.at]-'0')
		l.at++
	}
	return append(out, byte(n))
}
