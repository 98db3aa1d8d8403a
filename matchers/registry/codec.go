package registry

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"vigie/internal/breach"
	"vigie/matchers"
)

// A record is written as its id, a bit per field that is present, and the
// present values; lengths are uvarints.

// appendRecord writes what linkage compares of a row.
func appendRecord(b []byte, c *cells) []byte {
	b = binary.AppendUvarint(b, uint64(len(c[colID])))
	b = append(b, c[colID]...)
	var present uint64
	for f, v := range c[:matchers.NumFields] {
		if v != "" {
			present |= 1 << f
		}
	}
	b = binary.AppendUvarint(b, present)
	for _, v := range c[:matchers.NumFields] {
		if v != "" {
			b = binary.AppendUvarint(b, uint64(len(v)))
			b = append(b, v...)
		}
	}
	return b
}

type recordReader struct {
	r   *bufio.Reader
	buf []byte
	row int64
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next returns io.EOF at the end, and only between two records.
func (rr *recordReader) next(rec *matchers.Record) error {
	if _, err := rr.r.Peek(1); err != nil {
		return err
	}
	if err := rr.fill(rec); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("record %d: %w", rr.row+1, err)
	}
	rr.row++
	rec.Row = rr.row
	return nil
}

func (rr *recordReader) fill(rec *matchers.Record) error {
	id, err := rr.value()
	if err != nil {
		return err
	}
	*rec = matchers.Record{ID: id}
	present, err := binary.ReadUvarint(rr.r)
	if err != nil {
		return err
	}
	if present >= 1<<matchers.NumFields {
		return fmt.Errorf("an unknown field: %w", breach.ErrInvalid)
	}
	for f := range rec.Values {
		if present&(1<<f) == 0 {
			continue
		}
		if rec.Values[f], err = rr.value(); err != nil {
			return err
		}
	}
	return nil
}

func (rr *recordReader) value() (string, error) {
	n, err := binary.ReadUvarint(rr.r)
	if err != nil {
		return "", err
	}
	if n > maxValue {
		return "", fmt.Errorf("a value of %d bytes where %d are allowed: %w", n, maxValue, breach.ErrInvalid)
	}
	if cap(rr.buf) < int(n) {
		rr.buf = make([]byte, n)
	}
	b := rr.buf[:n]
	if _, err := io.ReadFull(rr.r, b); err != nil {
		return "", err
	}
	return string(b), nil
}
