// Package parcel opens the zips that office programs write (ECMA-376 part 2,
// ODF part 3): documents and spreadsheets alike. A hostile one is refused with
// a reason before it costs memory, and whatever is unpacked stays within the
// limits of dump (MaxRatio, MaxOutput) for each part and for all together.
package parcel

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"

	"vigie/matchers/dump"
)

// maxDirectory is the most bytes of a zip's directory, some hundred thousand
// parts; a reader holds several times as much.
const maxDirectory = 8 << 20

// Refusals.
var (
	ErrMany    = dump.Refuse(dump.CodeTooMany, "it has more parts than office files have: unpack it apart, as a zip")
	errCut     = dump.Refuse(dump.CodeCut, "the file ends before its end: fetch it again")
	errDamaged = dump.Refuse(dump.CodeDamaged, "open it in an office program and save it again")
	errBomb    = dump.Refuse(dump.CodeBomb, "it unpacks to far more than its size: open it apart, and save it as text or CSV")
	errLarge   = dump.Refuse(dump.CodeTooLarge, "it is larger than office files are: save it as several, or each sheet as CSV")
	errLocked  = dump.Refuse(dump.CodeEncrypted, "give its password, or open it with its password and save it without")
)

// Parcel is an open one.
type Parcel struct {
	Files []*zip.File // in the directory's order

	ctx  context.Context
	size int64
	read int64 // bytes unpacked so far
}

// Open reads the directory of f. It stands at the end: without it the file was
// cut.
func Open(ctx context.Context, f *dump.File) (*Parcel, error) {
	src, err := f.Source()
	if err != nil {
		return nil, err
	}
	if directorySize(src) > maxDirectory {
		return nil, ErrMany
	}
	z, err := zip.NewReader(src, src.Size())
	if err != nil {
		return nil, errCut
	}
	return &Parcel{Files: z.File, ctx: ctx, size: src.Size()}, nil
}

// Name is a part's name as office programs compare it.
func Name(z *zip.File) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(z.Name, `\`, "/"), "/"))
}

// Part opens a part of p.
func (p *Parcel) Part(z *zip.File) (io.ReadCloser, error) {
	if z.Flags&1 != 0 {
		return nil, errLocked
	}
	r, err := z.Open()
	if err != nil {
		return nil, errDamaged
	}
	return &part{parcel: p, r: r, in: int64(min(z.CompressedSize64, uint64(p.size)))}, nil
}

// part counts what comes out of it.
type part struct {
	parcel  *Parcel
	r       io.ReadCloser
	in, out int64
}

func (p *part) Read(b []byte) (int, error) {
	if err := p.parcel.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	p.out += int64(n)
	p.parcel.read += int64(n)
	switch {
	case p.out > dump.RatioFrom && p.out/dump.MaxRatio > p.in:
		return n, errBomb
	case p.parcel.read > dump.MaxOutput:
		return n, errLarge
	case err != nil && err != io.EOF:
		return n, errDamaged
	}
	return n, err
}

func (p *part) Close() error { return p.r.Close() }

// directorySize is how many bytes a zip's directory takes, by its end record
// (APPNOTE 4.3.16).
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
