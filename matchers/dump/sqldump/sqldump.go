// Package sqldump reads SQL dumps of every common database, and the database
// files of SQLite, without ever executing any of it.
//
// A dump is a program that would build a database again. Running somebody's
// program is out of the question, and the grammars of whole databases are large,
// slow and each only of one of them. But dumps use little of SQL: names, column
// lists, rows of literals. So this package cuts any dialect into tokens, looks
// for the few statements that carry rows or name columns, and passes over all
// others. What is between the quotes of a literal is never looked at as SQL.
//
// A row is parsed where it lies in a window of the file, which is all that is
// ever held: the size of a statement does not matter, only that of one row.
//
// How values are told:
//
//   - NULL is a nil cell; numbers and booleans are as they are written; literals
//     are unescaped by the rules of their dialect.
//   - Binary literals (0x41, X'41', '\x41', _binary '..') are text when they are
//     printable UTF-8, else lower-case hexadecimal digits. Bits, b'01', are their
//     digits.
//   - SQL Server's CAST(0x.. AS DateTime) and the like are decoded to
//     2006-01-02 15:04:05.
//   - Pieces put together ('a' || chr(38) || 'b') are put together; of another
//     function its first literal is told (TO_DATE('..', '..')); any other
//     expression is told as it is written.
package sqldump

import (
	"bytes"
	"context"

	"vigie/internal/charset"
	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// New reads SQL dumps.
func New() dump.Format { return format{} }

type format struct{}

func (format) Name() string { return "sql" }

// Read tells every row that the dump writes, and the tables without rows.
func (format) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	name, r, decoder := decoding(f)
	size := windowStart
	if f.Whole {
		size = min(size, len(f.Head)+64)
	}
	w := window.New(ctx, r, size, maxRecord)
	p := newParser(w, v, name, decoder)
	w.Read()
	p.dialect(vote(w.Rest()))
	return p.run()
}

func newParser(w *window.Window, v dump.Visitor, encoding string, d *charset.Decoder) *parser {
	p := &parser{w: w, v: v, delimiter: ";", tables: &tables{
		v: v, encoding: encoding, decode: d, known: map[string]*table{}, names: map[string]bool{},
		arena: make([]byte, 0, 4096),
	}}
	p.values = true
	return p
}

// vote says what backslashes mean in a file that does not say of which database
// it is. Whoever means them as escapes writes two for one.
func vote(b []byte) escapes {
	on, off := 0, 0
	for len(b) > 1 {
		i := bytes.IndexByte(b, '\\')
		if i < 0 || i+1 == len(b) {
			break
		}
		switch c := b[i+1]; c {
		case '\\', '"', '\'', 'n', 'r':
			on++
		case '0', 'b', 't', 'Z', '.', 'N', 'x':
		default:
			off++
		}
		b = b[i+2:]
	}
	switch {
	case off > on:
		return escapesOff
	case on > 4*off:
		return escapesOn
	}
	return escapesUnknown
}
