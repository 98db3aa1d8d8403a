package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"

	"vigie/matchers/dump"
)

// book is a zip with a spreadsheet in it.
type book struct {
	ctx     context.Context
	opt     Options
	v       dump.Visitor
	parts   map[string]*zip.File // by lower-cased name
	size    int64
	out     int64 // bytes unpacked so far
	filler  int   // blank and merged cells that may still be laid out
	dropped bool
}

func openBook(ctx context.Context, f *dump.File, v dump.Visitor, o Options) (*book, error) {
	src, err := f.Source()
	if err != nil {
		return nil, err
	}
	if directorySize(src) > maxParts {
		return nil, dump.Refuse(dump.CodeTooMany, "a spreadsheet has a few parts, not a million: unpack it as a zip")
	}
	z, err := zip.NewReader(src, src.Size())
	if err != nil {
		return nil, errCut // the directory stands at the end
	}
	b := &book{ctx: ctx, opt: o, v: v, parts: map[string]*zip.File{}, size: src.Size(), filler: maxFiller}
	for _, p := range z.File {
		if len(b.parts) >= dump.MaxEntries {
			break
		}
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(p.Name, `\`, "/"), "/"))
		if _, twice := b.parts[name]; !twice {
			b.parts[name] = p
		}
	}
	return b, nil
}

// directorySize is how many bytes a zip's directory takes, by its end record
// (APPNOTE 4.3.16); a reader holds several times as much.
func directorySize(src dump.Source) int64 {
	tail := make([]byte, min(src.Size(), 66_000))
	at := src.Size() - int64(len(tail))
	n, _ := src.ReadAt(tail, at)
	tail = tail[:n]
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < 22 {
		return 0
	}
	first, last := int64(binary.LittleEndian.Uint32(tail[i+16:])), at+int64(i)
	if first == 0xffffffff { // zip64: its own end record stands before
		first = last - int64(binary.LittleEndian.Uint32(tail[i+12:]))
		if j := bytes.LastIndex(tail[:i], []byte("PK\x06\x06")); j >= 0 && i-j >= 56 {
			first = int64(binary.LittleEndian.Uint64(tail[j+48:]))
		}
	}
	return last - first
}

// open reads a part within the limits of unpacking; nil when there is none.
func (b *book) open(name string) (io.ReadCloser, error) {
	p := b.parts[strings.ToLower(name)]
	if p == nil {
		return nil, nil
	}
	if p.Flags&1 != 0 {
		return nil, errLocked
	}
	r, err := p.Open()
	if err != nil {
		return nil, errDamaged
	}
	return &part{book: b, r: r, in: int64(min(p.CompressedSize64, uint64(b.size)))}, nil
}

// part counts what comes out of a part of the zip.
type part struct {
	book    *book
	r       io.ReadCloser
	in, out int64
}

func (p *part) Read(b []byte) (int, error) {
	if err := p.book.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	p.out += int64(n)
	p.book.out += int64(n)
	switch {
	case p.out > dump.RatioFrom && p.out/dump.MaxRatio > p.in:
		return n, errBomb
	case p.book.out > dump.MaxOutput:
		return n, errLarge
	case err != nil && err != io.EOF:
		return n, errDamaged
	}
	return n, err
}

func (p *part) Close() error { return p.r.Close() }

// scan reads a part's XML with fn; false when there is no such part.
func (b *book) scan(name string, fn func(*scanner) error) (bool, error) {
	r, err := b.open(name)
	if r == nil || err != nil {
		return false, err
	}
	err = fn(newScanner(r))
	if e := r.Close(); err == nil && e != nil {
		err = errDamaged
	}
	return true, err
}

// dropHidden tells, once, that something hidden was left out.
func (b *book) dropHidden() {
	if !b.dropped {
		b.dropped = true
		b.v.Warn(WarnDropped)
	}
}
