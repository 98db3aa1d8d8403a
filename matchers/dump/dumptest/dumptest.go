// Package dumptest reads files with one Format and keeps everything it says, so
// that formats are tested without the engine.
package dumptest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"vigie/matchers/dump"
)

// Null stands for NULL among the values of a Table.
const Null = "\x00NULL"

// Table is a table as a format gave it.
type Table struct {
	Info    dump.TableInfo
	Rows    [][]string // Null for NULL
	Refused map[string]int
	Warned  []string
}

// Member is a member as a container gave it.
type Member struct {
	Name string
	Size int64
	Data []byte
	Err  error // of reading it
}

// Seen is everything a format said about a file.
type Seen struct {
	Tables  []*Table
	Members []Member
	Texts   map[string]string // by where
	Reasons map[string]string // reason code of what is unread, by part
	Warned  []string
	Err     error // what Read returned

	// Keep bounds the bytes kept of a member and the rows kept of a table; what
	// is beyond is read and dropped. 0 keeps all.
	Keep int
}

// File makes a File of bytes.
func File(path string, data []byte, passwords ...string) *dump.File {
	return dump.NewFile(path, dump.Bytes(data), passwords...)
}

// Read reads bytes with a format.
func Read(ctx context.Context, f dump.Format, path string, data []byte, passwords ...string) *Seen {
	s := &Seen{Texts: map[string]string{}, Reasons: map[string]string{}}
	s.Err = f.Read(ctx, File(path, data, passwords...), s)
	return s
}

// Find returns a table by name, or ends the test.
func (s *Seen) Find(t testing.TB, name string) *Table {
	t.Helper()
	for _, x := range s.Tables {
		if x.Info.Name == name {
			return x
		}
	}
	t.Fatalf("no table %q among %d", name, len(s.Tables))
	return nil
}

// Member reads a member.
func (s *Seen) Member(ctx context.Context, name string, size int64, r io.Reader) error {
	var b bytes.Buffer
	var err error
	if s.Keep > 0 {
		if _, err = io.CopyN(&b, r, int64(s.Keep)); err == nil {
			_, err = io.Copy(io.Discard, r)
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	} else {
		_, err = io.Copy(&b, r)
	}
	s.Members = append(s.Members, Member{name, size, b.Bytes(), err})
	return ctx.Err()
}

// Table begins or continues a table.
func (s *Seen) Table(info dump.TableInfo) (dump.Rows, error) {
	for _, x := range s.Tables {
		if x.Info.Name == info.Name {
			return rows{s, x}, nil
		}
	}
	x := &Table{Info: info, Refused: map[string]int{}}
	s.Tables = append(s.Tables, x)
	return rows{s, x}, nil
}

// Text keeps running text.
func (s *Seen) Text(where string, text []byte) error {
	s.Texts[where] += string(text)
	return nil
}

// Unread keeps the reason.
func (s *Seen) Unread(part, code, _ string) { s.Reasons[part] = code }

// Warn keeps the warning.
func (s *Seen) Warn(code string) { s.Warned = append(s.Warned, code) }

type rows struct {
	seen  *Seen
	table *Table
}

func (r rows) Row(cells [][]byte) error {
	if r.seen.Keep > 0 && len(r.table.Rows) >= r.seen.Keep {
		return nil
	}
	row := make([]string, len(cells))
	for i, v := range cells {
		row[i] = string(v)
		if v == nil {
			row[i] = Null
		}
	}
	r.table.Rows = append(r.table.Rows, row)
	return nil
}

func (r rows) Extend(columns []string) {
	r.table.Info.Columns = append(r.table.Info.Columns, columns...)
}
func (r rows) Refuse(code string) { r.table.Refused[code]++ }
func (r rows) Warn(code string)   { r.table.Warned = append(r.table.Warned, code) }
