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

// A record is its length, and then the id, a bit per field that is present, and
// the present values; lengths are uvarints.

// maxRecordBytes bounds a record: every value and the id at their longest.
const maxRecordBytes = (int(matchers.NumFields) + 1) * (maxValue + binary.MaxVarintLen64)

// appendRecord writes what linkage compares of a row. The worker lends a buffer.
func appendRecord(b []byte, c *cells, buf *[]byte) []byte {
	r := appendValue((*buf)[:0], c[colID])
	var present uint64
	for f, v := range c[:matchers.NumFields] {
		if v != "" {
			present |= 1 << f
		}
	}
	r = binary.AppendUvarint(r, present)
	for _, v := range c[:matchers.NumFields] {
		if v != "" {
			r = appendValue(r, v)
		}
	}
	*buf = r
	return append(binary.AppendUvarint(b, uint64(len(r))), r...)
}

func appendValue(b []byte, v string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

type recordReader struct {
	r   *bufio.Reader
	row int64
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: bufio.NewReaderSize(r, 2*maxRecordBytes)}
}

// next returns io.EOF at the end, and only between two records.
func (rr *recordReader) next(rec *matchers.Record) error {
	n, err := binary.ReadUvarint(rr.r)
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	rr.row++
	if err == nil && n > uint64(maxRecordBytes) {
		err = fmt.Errorf("a record of %d bytes where %d are allowed: %w", n, maxRecordBytes, breach.ErrInvalid)
	}
	var raw []byte
	if err == nil {
		raw, err = rr.r.Peek(int(n))
	}
	if err == nil {
		err = parseRecord(string(raw), rec) // one string, of which the values are parts
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("record %d: %w", rr.row, err)
	}
	rec.Row = rr.row
	_, err = rr.r.Discard(int(n))
	return err
}

var errRecord = fmt.Errorf("it is no record: %w", breach.ErrInvalid)

func parseRecord(s string, rec *matchers.Record) error {
	*rec = matchers.Record{}
	id, s, ok := cutValue(s)
	present, s, known := cutUvarint(s)
	if !ok || !known || present >= 1<<matchers.NumFields {
		return errRecord
	}
	rec.ID = id
	for f := range rec.Values {
		if present&(1<<f) == 0 {
			continue
		}
		if rec.Values[f], s, ok = cutValue(s); !ok {
			return errRecord
		}
	}
	if s != "" {
		return errRecord
	}
	return nil
}

func cutValue(s string) (v, rest string, ok bool) {
	n, s, ok := cutUvarint(s)
	if !ok || n > maxValue || n > uint64(len(s)) {
		return "", "", false
	}
	return s[:n], s[n:], true
}

// cutUvarint is binary.Uvarint for strings.
func cutUvarint(s string) (n uint64, rest string, ok bool) {
	for i := 0; i < len(s) && i < 9; i++ { // 63 bits: nothing here needs more
		n |= uint64(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return n, s[i+1:], true
		}
	}
	return 0, "", false
}
