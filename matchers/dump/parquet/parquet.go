// Package parquet reads Apache Parquet files as tables, and tells apart the other
// formats of data analysis (Arrow, Feather, ORC, Avro, SAS, Stata, SPSS), which
// it refuses with a way out.
//
// Parquet keeps columns apart, in pages; a row is put together again from the
// pages of all its columns, one page of each at a time. What a file says of itself
// is believed by any library that reads it, down to the number of bytes to set
// aside, so it is weighed first: lengths against the bytes there are, pages
// against maxPage, the pages of a row against maxOpen.
//
// Nested columns are named with dots (address.city) without the technical
// levels of lists; a list's values are joined by "; ". Dates and times are
// written as 2006-01-02 15:04:05.999, in UTC where the file says so; decimals
// with their digits; bytes that are no text in hexadecimal.
package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"

	lib "github.com/parquet-go/parquet-go"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

// Limits of a file.
const (
	maxFooter  = 32 << 20  // bytes of metadata
	maxColumns = 4096      // leaves of the schema
	maxLevels  = 32        // levels of the schema
	maxPage    = 64 << 20  // bytes of a page, unpacked
	maxOpen    = 256 << 20 // bytes of the largest pages of a row group's columns together
	maxCell    = 1 << 20   // bytes of a list joined
)

// New makes the format.
func New() dump.Format { return format{} }

type format struct{}

func (format) Name() string { return "parquet" }

// Sniff looks at the first bytes.
func (format) Sniff(f *dump.File) float64 {
	if kindOf(f.Head) != nil {
		return 0.97
	}
	return 0
}

var (
	errLarge   = dump.Refuse(dump.CodeTooLarge, "write it again with pages of 1 MB and fewer columns, or as CSV")
	errDamaged = dump.Refuse(dump.CodeDamaged, "its metadata contradicts the file: fetch it again")
	errBomb    = dump.Refuse(dump.CodeBomb, "it unpacks to far more than its size: it was made to")
	errCodec   = dump.Refuse(dump.CodeNoReader, "its pages are packed in a way that nobody reads: write it again with zstd or snappy")
	errCut     = dump.Refuse(dump.CodeCut, "a parquet file ends with its metadata, this one does not: fetch it again")
	errLocked  = dump.Refuse(dump.CodeEncrypted, "its columns are encrypted: decrypt it with its owner's keys")
)

// Read reads every row group. The library is not made for hostile files: a
// panic of it is damage of the file.
func (format) Read(ctx context.Context, f *dump.File, v dump.Visitor) (err error) {
	if k := kindOf(f.Head); k == nil || k.hint != "" {
		hint := "it is no parquet file"
		if k != nil {
			hint = k.hint
		}
		return dump.Refuse(dump.CodeNoReader, hint)
	}
	if string(f.Head[:4]) == "PARE" {
		return errLocked
	}
	src, err := f.Source()
	if err != nil {
		return err
	}
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	if err := checkFooter(src); err != nil {
		return err
	}
	file, err := lib.OpenFile(src, src.Size(), lib.SkipPageIndex(true), lib.SkipBloomFilters(true), lib.FileReadMode(lib.ReadModeSync), lib.ReadBufferSize(64<<10))
	if err != nil {
		return errDamaged
	}
	leaves := leavesOf(file.Root())
	names := make([]string, len(leaves))
	for i, l := range leaves {
		names[i] = l.name
	}
	rows, err := v.Table(dump.TableInfo{Encoding: "utf-8", Columns: names})
	if err != nil {
		return err
	}
	out := &output{size: src.Size()}
	for i, g := range file.RowGroups() {
		part := fmt.Sprintf("row group %d", i+1)
		if err := checkGroup(ctx, src, &file.Metadata().RowGroups[i], leaves); err != nil {
			if err := unread(v, part, err); err != nil {
				return err
			}
			continue
		}
		if err := out.readGroup(ctx, g, leaves, rows); err != nil {
			if err := unread(v, part, err); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// errVisitor wraps what the visitor answered: it is not about the file.
type errVisitor struct{ error }

func unread(v dump.Visitor, part string, err error) error {
	var theirs errVisitor
	switch {
	case errors.As(err, &theirs):
		return theirs.error
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errBomb):
		return err
	}
	var refused *breach.RefusedError
	if !errors.As(err, &refused) {
		v.Unread(part, dump.CodeDamaged, "its pages contradict themselves: fetch it again")
		return nil
	}
	v.Unread(part, refused.Code, refused.Hint)
	return nil
}

// output counts what comes out of the file: a dictionary of one long word may
// be asked for it a million times.
type output struct{ size, bytes int64 }

func (o *output) add(row [][]byte) error {
	for _, c := range row {
		o.bytes += int64(len(c)) + 1
	}
	if o.bytes > dump.RatioFrom && o.bytes/dump.MaxRatio > o.size || o.bytes > dump.MaxOutput {
		return errBomb
	}
	return nil
}

// readGroup puts the rows of a group together.
func (o *output) readGroup(ctx context.Context, g lib.RowGroup, leaves []leaf, rows dump.Rows) (err error) {
	chunks := g.ColumnChunks()
	if len(chunks) != len(leaves) {
		return errDamaged
	}
	columns := make([]*column, len(leaves))
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
		for _, c := range columns {
			if c != nil {
				err = errors.Join(err, c.close())
			}
		}
	}()
	for i := range leaves {
		columns[i] = &column{leaf: &leaves[i], pages: chunks[i].Pages(), values: make([]lib.Value, 256)}
	}
	cells := make([][]byte, len(columns))
	for n := int64(0); n < g.NumRows(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for i, c := range columns {
			if cells[i], err = c.row(); err != nil {
				return err
			}
		}
		if err := o.add(cells); err != nil {
			return err
		}
		if err := rows.Row(cells); err != nil {
			return errVisitor{err}
		}
	}
	return nil
}

// column reads one column of a row group, a page at a time.
type column struct {
	leaf   *leaf
	pages  lib.Pages
	page   lib.Page
	reader lib.ValueReader
	values []lib.Value
	at, n  int
	cell   []byte
}

// ahead makes a value stand at at; io.EOF at the end of the column.
func (c *column) ahead() error {
	for idle := 0; c.at == c.n; {
		if c.reader == nil {
			page, err := c.pages.ReadPage()
			if err != nil {
				return err
			}
			c.page, c.reader = page, page.Values()
		}
		n, err := c.reader.ReadValues(c.values)
		c.at, c.n = 0, n
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			c.reader = nil
			if n == 0 {
				lib.Release(c.page)
				c.page = nil
			}
		}
		if n == 0 && err == nil {
			if idle++; idle > 8 {
				return io.ErrNoProgress
			}
		}
	}
	return nil
}

// row gives the column's cell of the next row: nil for NULL.
func (c *column) row() ([]byte, error) {
	if err := c.ahead(); err != nil {
		return nil, err
	}
	c.cell = c.cell[:0]
	found := false
	for first := true; ; first = false {
		v := &c.values[c.at]
		if !first && v.RepetitionLevel() == 0 {
			break
		}
		c.at++
		if !v.IsNull() && len(c.cell) < maxCell {
			if found {
				c.cell = append(c.cell, "; "...)
			}
			found = true
			c.cell = c.leaf.append(c.cell, *v)
		}
		if !c.leaf.repeated {
			break
		}
		if err := c.ahead(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	switch {
	case !found:
		return nil, nil
	case c.cell == nil:
		return []byte{}, nil
	}
	return c.cell, nil
}

func (c *column) close() error {
	if c.page != nil {
		lib.Release(c.page)
	}
	return c.pages.Close()
}
