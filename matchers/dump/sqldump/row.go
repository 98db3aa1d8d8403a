package sqldump

import "bytes"

// cell is one value of a row by its place in the window.
type cell struct {
	start, end int
	sort       cellSort
}

type cellSort uint8

const (
	cellPlain  cellSort = iota // as it is
	cellText                   // the inside of a literal, as it is
	cellQuoted                 // the inside of a literal with something to undo
	cellNull
	cellExpression
)

// status says how the reading of a row ended.
type status uint8

const (
	rowRead status = iota
	rowMore        // it does not end in what is there
	rowBad         // it is none
	rowEnd         // a row of a SELECT that ends in FROM a table
)

// row cuts the row whose first value begins at i, behind the parenthesis, into
// p.cells. It returns the place behind the closing parenthesis.
func (p *parser) row(x *lexer, i int) (int, status) {
	b := x.b
	p.cells = p.cells[:0]
	for {
		for i < len(b) && space(b[i]) {
			i++
		}
		if i == len(b) {
			return i, rowMore
		}
		if b[i] == ')' && len(p.cells) == 0 {
			return i + 1, rowRead
		}
		end, st := p.value(x, i)
		if st != rowRead {
			return end, st
		}
		i = end + 1
		if b[end] == ')' {
			return i, rowRead
		}
	}
}

// value appends the value that begins at i to the cells and returns the place of
// what ends it, a comma or the closing parenthesis. Nearly all values are a
// literal or a word and nothing else: only others are cut into tokens.
func (p *parser) value(x *lexer, start int) (int, status) {
	b, i := x.b, start
	c := cell{start: start, sort: cellPlain}
	if b[i] == '\'' {
		// Most literals are short and plain: no need to search them.
		end, dirty := i+1, false
		for n := min(len(b)-1, end+24); end < n && b[end] != '\'' && b[end] != '\\'; end++ {
		}
		if end+1 < len(b) && b[end] == '\'' && (b[end+1] == ',' || b[end+1] == ')') {
			end++
		} else if end, dirty = x.quoted(i+1, '\'', x.esc); end < 0 {
			return i, rowMore
		}
		c = cell{i + 1, end - 1, cellText}
		if dirty {
			c.sort = cellQuoted
		}
		i = end
	} else {
		for i < len(b) && bareByte(b[i]) {
			i++
		}
		c.end = i
		if c.sort = bare(b[start:i]); c.sort == cellNull {
			c.end = start
		}
	}
	for i < len(b) && space(b[i]) {
		i++
	}
	if i == len(b) {
		return i, rowMore
	}
	if b[i] != ',' && b[i] != ')' || i == start {
		end, st := p.toEnd(x, start)
		if st != rowRead {
			return end, st
		}
		c, i = cell{start, end, cellExpression}, end
	}
	if len(p.cells) <= maxColumns { // one too many is enough to refuse the row
		p.cells = append(p.cells, c)
	}
	return i, rowRead
}

// bareByte says whether c is a byte of numbers and keywords.
func bareByte(c byte) bool {
	return c-'0' < 10 || c|0x20-'a' < 26 || c == '.' || c == '-' || c == '+' || c == '_'
}

// bare says what a value without quotes is.
func bare(s []byte) cellSort {
	switch {
	case len(s) == 0:
		return cellExpression
	case len(s) > 1 && s[0] == '0' && s[1]|0x20 == 'x':
		return cellExpression
	case len(s) == 4 && s[0]|0x20 == 'n' && bytes.EqualFold(s, []byte("null")):
		return cellNull
	}
	return cellPlain
}

// toEnd goes over the tokens of an expression to the comma or the parenthesis
// that ends it.
func (p *parser) toEnd(x *lexer, start int) (int, status) {
	i := start
	for depth := 0; ; {
		t := x.next(i)
		switch t.kind {
		case kindMore:
			return i, rowMore
		case kindEnd:
			return i, rowBad
		case kindString:
			if t.start == i && glued(x.b[start:i]) {
				return i, rowBad
			}
		case kindPunct:
			switch x.b[t.start] {
			case '(', '[', '{':
				depth++
			case ',':
				if depth == 0 {
					return t.start, rowRead
				}
			case ']', '}':
				depth--
			case ')':
				if depth <= 0 {
					return t.start, rowRead
				}
				depth--
			case ';':
				return t.start, rowBad
			}
		}
		i = t.end
	}
}

// glued says whether s, directly before a quote, ends in a word that no dialect
// lets stand there: then the quote is one that closes, and its fellow was lost.
func glued(s []byte) bool {
	i := len(s)
	for i > 0 && wordByte(s[i-1]) {
		i--
	}
	return i < len(s) && !isAny(s[i:], "date", "time", "timestamp", "interval", "blob", "clob", "nclob", "dbclob")
}

// selected cuts the row of SELECT 1, 'x' [FROM dual] [UNION ...] whose first
// value begins at i. It returns the place of what ends it.
func (p *parser) selected(x *lexer, i int) (int, status) {
	p.cells = p.cells[:0]
	for start, depth := i, 0; ; {
		t := x.next(i)
		c := byte(0)
		if t.kind == kindPunct {
			c = x.b[t.start]
		}
		switch {
		case t.kind == kindMore:
			return i, rowMore
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0 && t.kind != kindEnd:
		case c == ',' || c == ';' || c == ')' || t.kind == kindEnd || t.kind == kindWord && endsSelect(x.b[t.start:t.end]):
			if start < t.start && len(p.cells) <= maxColumns {
				p.cells = append(p.cells, cell{start, t.start, cellExpression})
			}
			if c != ',' {
				return fromNothing(x, t)
			}
			start = t.end
		}
		i = t.end
	}
}

func endsSelect(w []byte) bool {
	return isAny(w, "from", "union", "where", "insert", "go", "into", "on", "order", "limit", "except", "returning")
}

// fromNothing says whether the row of a SELECT comes from no table: FROM is
// missing, or names a table that is there to hold one empty row.
func fromNothing(x *lexer, t token) (int, status) {
	if t.kind != kindWord || !isAny(x.b[t.start:t.end], "from") {
		if t.kind == kindWord && isAny(x.b[t.start:t.end], "where") {
			return t.start, rowEnd
		}
		return t.start, rowRead
	}
	i := t.end
	for {
		t := x.next(i)
		switch {
		case t.kind == kindMore:
			return i, rowMore
		case t.kind == kindWord && isAny(x.b[t.start:t.end], "sysibm", "sys"), t.kind == kindPunct && x.b[t.start] == '.':
			i = t.end
			continue
		case t.kind == kindWord && isAny(x.b[t.start:t.end], "dual", "sysdummy1", "rdb$database"):
			return t.end, rowRead
		}
		return i, rowEnd
	}
}

// isAny says whether w is one of the words, in any case.
func isAny(w []byte, words ...string) bool {
	for _, s := range words {
		if len(w) == len(s) && bytes.EqualFold(w, []byte(s)) {
			return true
		}
	}
	return false
}
