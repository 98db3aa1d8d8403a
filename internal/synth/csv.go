package synth

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"strings"
)

// table is CSV being made in memory, at a third of encoding/csv's
// cost: a country has four billion fields, most of them empty.
type table struct {
	text  []byte
	rows  int
	comma byte
	crlf  bool
}

func (t *table) write(row ...string) {
	start := len(t.text)
	for i, field := range row {
		if i > 0 {
			t.text = append(t.text, t.comma)
		}
		t.text = append(t.text, field...)
	}
	// Nearly all rows need no quotes: looking at the whole is faster.
	if line := t.text[start:]; bytes.Count(line, []byte{t.comma}) != len(row)-1 || bytes.IndexByte(line, '"') >= 0 || bytes.IndexByte(line, '\n') >= 0 || bytes.IndexByte(line, '\r') >= 0 {
		t.text = t.text[:start]
		t.writeQuoted(row)
	}
	if t.crlf {
		t.text = append(t.text, '\r')
	}
	t.text = append(t.text, '\n')
	t.rows++
}

func (t *table) writeQuoted(row []string) {
	for i, field := range row {
		if i > 0 {
			t.text = append(t.text, t.comma)
		}
		if strings.IndexByte(field, t.comma) < 0 && !strings.ContainsAny(field, "\"\r\n") {
			t.text = append(t.text, field...)
			continue
		}
		t.text = append(t.text, '"')
		t.text = append(t.text, strings.ReplaceAll(field, `"`, `""`)...)
		t.text = append(t.text, '"')
	}
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

// close makes what was written last. A pipe, which `registry import` reads at the
// other end, has nothing to make last.
func (s *sink) close() error {
	err := s.buf.Flush()
	if st, e := s.file.Stat(); e == nil && st.Mode().IsRegular() {
		err = errors.Join(err, s.file.Sync())
	}
	return errors.Join(err, s.file.Close())
}

func header(columns []string) *table {
	t := &table{comma: ','}
	t.write(columns...)
	return t
}
