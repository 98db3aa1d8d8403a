package sqldump

import (
	"bytes"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// Sniff looks for the statements that dumps are made of, where a line begins:
// text that only mentions them is none.
func (format) Sniff(f *dump.File) float64 {
	if bytes.HasPrefix(f.Head, []byte(sqliteMagic)) {
		return 0
	}
	name, _, _ := decoding(f)
	head, err := io.ReadAll(charset.Rows(bytes.NewReader(f.Head), name))
	if err != nil {
		return 0
	}
	x := lexer{b: head, last: true}
	first := x.next(0)
	begins := first.kind == kindWord && isAny(head[first.start:first.end], starts...) ||
		first.kind == kindPunct && (bytes.HasPrefix(head[first.start:], []byte(`\restrict `)) || bytes.HasPrefix(head[first.start:], []byte(`\connect `)))
	found, lines := statements(head)
	switch {
	case found == 0:
		return 0
	case begins:
		return 0.97
	case found*4 > lines:
		return 0.8 // rows cut off at the beginning, or a thief's banner
	case found > 2:
		return 0.6
	}
	return 0.3
}

// starts are the words that a dump begins with.
var starts = []string{
	"alter", "begin", "commit", "conn", "connect", "copy", "create", "declare", "delete", "delimiter",
	"drop", "exec", "execute", "go", "grant", "if", "insert", "load", "lock", "merge", "pragma", "print", "prompt",
	"rem", "replace", "select", "set", "spool", "start", "truncate", "update", "upsert", "use", "whenever",
}

// statements counts the lines that begin a statement with rows or the names of
// columns, and all lines that are no comment and do not go on with such a
// statement's rows.
func statements(b []byte) (found, lines int) {
	for looks := 256; len(b) > 0; {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		line = bytes.TrimSpace(line)
		if word, _, _ := bytes.Cut(line, []byte(" ")); isAny(word, "insert", "replace", "create", "copy", "merge", "upsert") {
			if looks--; looks < 0 {
				return found, lines
			}
			if data(b[:min(len(b), 64<<10)]) {
				found++
			}
		}
		if len(line) > 0 && line[0] != '(' && line[0] != '-' && line[0] != '/' && line[0] != '*' {
			lines++
		}
		b = rest
	}
	return found, lines
}

// data says whether a statement with rows or columns begins at the line b.
func data(b []byte) bool {
	c := &cursor{lexer: lexer{b: b, last: true}}
	switch {
	case c.word("create"):
		for n := 0; n < 6 && !c.word("table"); n++ {
			c.take()
		}
		if !c.word("table") {
			return false
		}
		c.take()
		for c.word("if", "not", "exists") {
			c.take()
		}
		return c.names() != nil && c.punct('(') && len(c.definitions()) > 0
	case c.word("copy"):
		c.take()
		c.names()
		c.parens()
		return c.word("from") && c.take().end > 0 && c.word("stdin")
	}
	switch h := c.head(); h.form {
	case formValues:
		return c.punct('(') || c.word("row") || c.ended()
	case formSet:
		return c.names() != nil && c.punct('=')
	case formSelect: // "Insert the card, then select a seat" is none
		return bytes.HasPrefix(bytes.ToLower(b), []byte("insert into "))
	}
	return false
}
