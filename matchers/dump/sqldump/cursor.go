package sqldump

import (
	"bytes"
	"strings"
)

// cursor reads the tokens of a statement that lies in the window. short is set
// when it met the end of what is there: then nothing it said holds, and the
// statement is read again once more of it is there.
type cursor struct {
	lexer
	i     int
	short bool
}

func (c *cursor) peek() token {
	t := c.next(c.i)
	if t.kind == kindMore {
		c.short = true
	}
	return t
}

func (c *cursor) take() token {
	t := c.peek()
	c.i = t.end
	return t
}

func (c *cursor) text(t token) []byte { return c.b[t.start:t.end] }

func (c *cursor) ended() bool { return c.peek().kind <= kindEnd }

// word says whether the next token is one of the words.
func (c *cursor) word(words ...string) bool {
	t := c.peek()
	return t.kind == kindWord && isAny(c.text(t), words...)
}

func (c *cursor) punct(b byte) bool {
	t := c.peek()
	return t.kind == kindPunct && c.b[t.start] == b
}

// name reads one name, quoted in any way.
func (c *cursor) name() (string, bool) {
	t := c.peek()
	s := c.text(t)
	switch {
	case t.kind == kindName:
		q := s[0]
		if q == '[' {
			q = ']'
		}
		c.i = t.end
		return strings.ReplaceAll(string(s[1:max(1, len(s)-1)]), string([]byte{q, q}), string(q)), true
	case t.kind == kindString && (s[0] == '\'' || s[0] == '"'): // SQLite takes it for a name
		c.i = t.end
		return string(s[1:max(1, len(s)-1)]), true
	case t.kind == kindWord:
		c.i = t.end
		return string(s), true
	}
	return "", false
}

// names reads a name of several parts: [db].[dbo].[users].
func (c *cursor) names() []string {
	var parts []string
	for len(parts) < 5 {
		s, ok := c.name()
		if !ok {
			return parts
		}
		parts = append(parts, s)
		if !c.punct('.') {
			return parts
		}
		c.take()
		for c.punct('.') { // db..users
			c.take()
		}
	}
	return parts
}

// list reads ( a, b, c ): names only, or nil.
func (c *cursor) list() []string {
	c.take()
	columns := []string{}
	for {
		parts := c.names()
		if len(parts) == 0 || c.short {
			return nil
		}
		columns = append(columns, parts[len(parts)-1])
		switch {
		case c.punct(','):
			c.take()
		case c.punct(')'):
			c.take()
			return columns
		default:
			return nil
		}
	}
}

// parens passes over what is between parentheses, if that is next.
func (c *cursor) parens() {
	if !c.punct('(') {
		return
	}
	for depth := 0; !c.ended(); {
		switch t := c.take(); {
		case t.kind != kindPunct:
		case c.b[t.start] == '(':
			depth++
		case c.b[t.start] == ')':
			if depth--; depth == 0 {
				return
			}
		}
	}
}

// lineStart says whether only blanks stand between the token and the beginning
// of its line, which is in the window.
func (c *cursor) lineStart(t token) bool {
	before := c.b[max(0, t.start-64):t.start]
	before = bytes.TrimRight(before, " \t")
	return len(before) > 0 && (before[len(before)-1] == '\n' || before[len(before)-1] == '\r')
}
