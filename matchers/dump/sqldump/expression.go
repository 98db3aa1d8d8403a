package sqldump

import (
	"bytes"
	"strings"
)

// sort is what a value is.
type sort uint8

const (
	sortOpaque sort = iota // an expression that is told as it is written
	sortNull
	sortText
	sortNumber
	sortBytes
)

// value is what an expression comes to.
type value struct {
	sort sort
	text []byte
}

// maxDepth bounds parentheses within parentheses in one value.
const maxDepth = 16

// expression reads the expression of one value. It computes nothing but what
// dumps write instead of a literal: pieces put together, characters by number,
// casts. What it does not know is told as it is written.
type expression struct {
	lexer
	i     int
	depth int
	seen  token // the next token, once it was looked at from from
	from  int
}

// evaluate returns what the expression comes to, in the file's encoding.
func evaluate(x lexer, b []byte) value {
	e := &expression{lexer: lexer{b: b, last: true, esc: x.esc, values: x.values}}
	v, ok := e.sum()
	if !ok || e.peek().kind != kindEnd {
		return value{sortOpaque, bytes.TrimSpace(b)}
	}
	return v
}

func (e *expression) peek() token {
	if e.from != e.i || e.seen.kind == kindMore {
		e.seen, e.from = e.next(e.i), e.i
	}
	return e.seen
}

func (e *expression) take() token {
	t := e.peek()
	e.i = t.end
	return t
}

func (e *expression) text(t token) []byte { return e.b[t.start:t.end] }

// at says whether the next token is the byte c.
func (e *expression) at(c byte) bool {
	t := e.peek()
	return t.kind == kindPunct && e.b[t.start] == c
}

// sum reads terms that are put together, and passes over what follows a value
// without changing it: casts, collations, time zones, aliases.
func (e *expression) sum() (value, bool) {
	v, ok := e.term()
	for ok {
		t := e.peek()
		switch {
		case t.kind == kindWord || t.kind == kindName:
			e.i = t.end
			if v.sort == sortOpaque {
				return v, false
			}
		case t.kind == kindString: // 'a' 'b', or the name of a zone
			e.i = t.end
			if e.zone(t.start) {
				continue
			}
			if v.sort != sortText {
				return v, false
			}
			v.text = append(v.text[:len(v.text):len(v.text)], e.literal(t, nil).text...)
		case bytes.HasPrefix(e.b[t.start:], []byte("::")):
			e.i = t.start + 2
			e.typeName()
		case bytes.HasPrefix(e.b[t.start:], []byte("||")):
			e.i = t.start + 2
			v, ok = e.join(v)
		case e.at('+') && v.sort == sortText:
			e.i = t.end
			v, ok = e.join(v)
		default:
			return v, true
		}
		if len(v.text) > 2*maxField {
			return v, false
		}
	}
	return v, false
}

// zone says whether what stands before i is AT TIME ZONE.
func (e *expression) zone(i int) bool {
	return strings.HasSuffix(strings.ToUpper(strings.TrimRight(string(e.b[max(0, i-12):i]), " ")), "ZONE")
}

// join puts the next term behind v. NULL adds nothing, as in Oracle.
func (e *expression) join(v value) (value, bool) {
	u, ok := e.term()
	if !ok || u.sort == sortOpaque || v.sort == sortOpaque {
		return v, false
	}
	return value{sortText, append(v.text[:len(v.text):len(v.text)], u.text...)}, true
}

// typeName passes over a type: character varying(20)[], "public"."citext".
func (e *expression) typeName() string {
	name, depth := "", 0
	for {
		t := e.peek()
		c := e.b[min(t.start, len(e.b)-1)]
		switch {
		case t.kind == kindWord || t.kind == kindName || t.kind == kindString && c == '"':
			if depth == 0 {
				name += strings.ToLower(string(e.text(t))) + " "
			}
		case t.kind == kindPunct && (c == '(' || c == '['):
			depth++
		case t.kind == kindPunct && (c == ')' || c == ']') && depth > 0:
			depth--
		case t.kind == kindPunct && (c == '.' || c == ',' && depth > 0):
		default:
			return strings.TrimSpace(name)
		}
		e.i = t.end
	}
}

func (e *expression) term() (value, bool) {
	if e.depth++; e.depth > maxDepth {
		return value{}, false
	}
	defer func() { e.depth-- }()
	t := e.take()
	c := byte(0)
	if t.start < len(e.b) {
		c = e.b[t.start]
	}
	switch {
	case t.kind == kindString, t.kind == kindName && c == '"' && e.esc == escapesOn:
		return e.literal(t, nil), true
	case t.kind == kindWord:
		return e.word(t)
	case t.kind == kindPunct && c == '(':
		v, ok := e.sum()
		return v, ok && e.closed(')')
	case t.kind == kindPunct && c == '{': // {d '2009-01-01'}, {ts '...'}
		v, ok := e.sum()
		return v, ok && e.closed('}')
	case t.kind == kindPunct && (c == '-' || c == '+'):
		v, ok := e.term()
		if v.sort != sortNumber {
			return v, false
		}
		return value{sortNumber, append([]byte{c}, v.text...)}, ok
	}
	return value{}, false
}

func (e *expression) closed(c byte) bool {
	ok := e.at(c)
	e.i = e.peek().end
	return ok
}

// word is what begins with a word: a number, NULL, a function, a typed literal.
func (e *expression) word(t token) (value, bool) {
	w := e.text(t)
	if w[0]-'0' < 10 || w[0] == '.' {
		return number0x(w), true
	}
	if n := e.peek(); n.kind == kindPunct && e.b[n.start] == '(' {
		e.i = n.end
		return e.function(strings.ToLower(string(w)))
	} else if n.kind == kindPunct && e.b[n.start] == '.' { // a schema: pg_catalog.decode(
		e.i = n.end
		return e.term()
	}
	switch strings.ToLower(string(w)) {
	case "null":
		return value{sort: sortNull}, true
	case "true", "false":
		return value{sortNumber, w}, true
	case "case", "select", "array", "not", "distinct":
		return value{}, false
	}
	// DATE '..', TIMESTAMP WITH TIME ZONE '..', _binary '..'.
	for n := 0; n < 4; n++ {
		switch t := e.take(); t.kind {
		case kindString:
			return e.literal(t, w), true
		case kindWord:
		default:
			return value{}, false
		}
	}
	return value{}, false
}

// number0x is a number, or bytes written as one.
func number0x(w []byte) value {
	if len(w) >= 2 && w[0] == '0' && w[1]|0x20 == 'x' {
		if v, ok := digits(w[2:]); ok && len(w)%2 == 0 {
			return value{sortBytes, v}
		}
	}
	return value{sortNumber, w}
}

// literal is the value of the literal t, which the word before it, if any,
// may give a meaning.
func (e *expression) literal(t token, before []byte) value {
	s := e.text(t)
	if s[0] == '$' {
		n := bytes.IndexByte(s[1:], '$') + 2
		return value{sortText, s[n:max(n, len(s)-n)]}
	}
	q := bytes.IndexAny(s, `'"`)
	mark := strings.ToLower(string(s[:q]))
	if mark == "" {
		mark = strings.ToLower(string(before))
	}
	if strings.HasSuffix(mark, "q") && q+2 <= len(s)-2 {
		return value{sortText, s[q+2 : len(s)-2]}
	}
	body := s[q+1:]
	if n := len(body); n > 0 && body[n-1] == s[q] {
		body = body[:n-1]
	}
	switch mark {
	case "e":
		return value{sortText, postgresEscapes(nil, body, true)}
	case "x", "gx", "bx", "blob":
		if v, ok := digits(body); ok {
			return value{sortBytes, v}
		}
		return value{sortText, body}
	case "b":
		return value{sortNumber, body}
	case "u&":
		return value{sortText, unistr(nil, bytes.ReplaceAll(body, []byte("''"), []byte("'")))}
	case "_binary":
		return value{sortBytes, unquote(nil, body, s[q], e.esc)}
	}
	return value{sortText, unquote(nil, body, s[q], e.esc)}
}
