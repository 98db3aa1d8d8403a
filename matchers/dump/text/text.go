// Package text reads whatever is text with rows: the last resort of the dump
// formats. It tells encoding and dialect by the beginning of a file, then
// streams its rows once.
package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// New returns the format "csv": every text with rows that no other format
// knows better.
func New() dump.Format { return format{} }

type format struct{}

// Name is "csv".
func (format) Name() string { return "csv" }

// Sniff answers 0.4 for text and 0 for what is none.
func (format) Sniff(f *dump.File) float64 {
	if len(f.Head) == 0 || check(f.Head, sampleOf(f)) != nil {
		return 0
	}
	return 0.4
}

// sampleOf is the beginning of f in an encoding that agrees with ASCII.
func sampleOf(f *dump.File) []byte {
	name, enc := wide(f.Head)
	if name == "" {
		return bytes.TrimPrefix(f.Head, []byte("\ufeff"))
	}
	text, _ := enc.NewDecoder().Bytes(f.Head[:len(f.Head)&^3])
	return bytes.TrimPrefix(text, []byte("\ufeff"))
}

// Read gives the rows of f to v.
func (format) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	text := sampleOf(f)
	if err := check(f.Head, text); err != nil {
		return err
	}
	enc, _ := wide(f.Head)
	if enc == "" {
		var other foreign
		for line := range bytes.Lines(text) {
			other.add(line)
		}
		enc = other.guess()
	}
	s := detect(text, f.Whole)
	rows, err := v.Table(dump.TableInfo{Encoding: enc, Dialect: s.named()})
	if err != nil {
		return err
	}
	split, decode := newSplitter(textReader(f.Stream(), enc), s.dialect), newDecoder(enc)
	for n := 0; ; n++ {
		row, code, err := split.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading text after row %d: %w", n, err)
		case n&1023 == 0 && ctx.Err() != nil:
			return ctx.Err()
		case split.line <= s.skip:
			continue
		case code != "":
			rows.Refuse(code)
			continue
		}
		if split.raw == nil || !utf8.Valid(split.raw) {
			decode.row(row)
		}
		if err := rows.Row(row); err != nil {
			return err
		}
	}
}

// named is the dialect in literal characters.
func (d *dialect) named() dump.Dialect {
	out := dump.Dialect{Delimiter: string(d.delim), Newline: string(d.newline)}
	if d.quote != 0 {
		out.Quote, out.Escape = string(d.quote), string(d.escape)
	}
	return out
}
