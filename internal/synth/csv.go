package synth

import (
	"bufio"
	"errors"
	"os"
	"strings"
)

// table is CSV being made in memory, as encoding/csv would write it, at a
// third of the cost: a country has four billion fields, most of them empty.
type table struct {
	text  []byte
	rows  int
	comma byte
	crlf  bool
}

func (t *table) write(row ...string) {
	for i, field := range row {
		if i > 0 {
			t.text = append(t.text, t.comma)
		}
		if t.plain(field) {
			t.text = append(t.text, field...)
			continue
		}
		t.text = append(t.text, '"')
		t.text = append(t.text, strings.ReplaceAll(field, `"`, `""`)...)
		t.text = append(t.text, '"')
	}
	if t.crlf {
		t.text = append(t.text, '\r')
	}
	t.text = append(t.text, '\n')
	t.rows++
}

func (t *table) plain(field string) bool {
	for i := range len(field) {
		if c := field[i]; c == t.comma || c == '"' || c == '\n' || c == '\r' {
			return false
		}
	}
	return field == "" || field[0] != ' '
}

// sink is one file being written.
type sink struct {
	file *os.File
	buf  *bufio.Writer
}

func createSink(path string, header *table) (*sink, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sink{file: f, buf: bufio.NewWriterSize(f, 1<<18)}
	return s, s.write(header)
}

func (s *sink) write(t *table) error {
	_, err := s.buf.Write(t.text)
	return err
}

func (s *sink) close() error { return errors.Join(s.buf.Flush(), s.file.Sync(), s.file.Close()) }

func header(columns []string) *table {
	t := &table{comma: ','}
	t.write(columns...)
	return t
}
