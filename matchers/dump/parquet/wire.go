package parquet

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	spec "github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"vigie/matchers/dump"
)

// wire walks over Thrift's compact protocol without believing it: every length
// has to be there, and what grows in memory is counted.
type wire struct {
	b       []byte
	structs int // in lists
	values  int // in lists
	broken  bool
}

// Limits of what a footer unpacks to in memory: a structure takes hundreds of
// bytes, from one byte of the file.
const (
	maxStructs = 300_000
	maxValues  = 4_000_000
)

func (w *wire) fail() { w.broken, w.b = true, nil }

func (w *wire) uvarint() uint64 {
	v, n := binary.Uvarint(w.b)
	if n <= 0 {
		w.fail()
		return 0
	}
	w.b = w.b[n:]
	return v
}

func (w *wire) zigzag() int64 {
	v := w.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (w *wire) skip(n uint64) {
	if n > uint64(len(w.b)) {
		w.fail()
		return
	}
	w.b = w.b[n:]
}

// structure walks over a structure; field is told its whole numbers, and those
// of the structures directly within it, by the outer and the inner identifier.
func (w *wire) structure(depth, outer int, field func(outer, inner int, v int64)) {
	if depth > maxLevels {
		w.fail()
	}
	id := 0
	for !w.broken {
		if len(w.b) == 0 {
			w.fail()
			return
		}
		head := w.b[0]
		w.b = w.b[1:]
		if head == 0 {
			return
		}
		if delta := int(head >> 4); delta > 0 {
			id += delta
		} else {
			id = int(w.zigzag())
		}
		within := func(inner int, v int64) {
			switch {
			case field == nil:
			case depth == 0:
				field(inner, 0, v)
			case depth == 1:
				field(outer, inner, v)
			}
		}
		w.value(head&15, depth, id, field, within)
	}
}

func (w *wire) value(kind byte, depth, id int, field func(int, int, int64), number func(int, int64)) {
	switch kind {
	case 1, 2: // a boolean in the kind itself
		number(id, int64(2-kind))
	case 3:
		w.skip(1)
	case 4, 5, 6:
		v := w.zigzag()
		number(id, v)
	case 7:
		w.skip(8)
	case 8:
		w.skip(w.uvarint())
	case 9, 10:
		w.list(depth)
	case 12:
		if depth > 0 {
			field = nil
		}
		w.structure(depth+1, id, field)
	default:
		w.fail()
	}
}

func (w *wire) list(depth int) {
	if len(w.b) == 0 || depth > maxLevels {
		w.fail()
		return
	}
	head := w.b[0]
	w.b = w.b[1:]
	n := uint64(head >> 4)
	if n == 15 {
		n = w.uvarint()
	}
	if n > uint64(len(w.b)) {
		w.fail()
		return
	}
	kind := head & 15
	if w.values += int(n); kind == 12 {
		w.structs += int(n)
	}
	if w.structs > maxStructs || w.values > maxValues {
		w.fail()
		return
	}
	for ; n > 0 && !w.broken; n-- {
		if kind == 1 || kind == 2 { // booleans of a list take a byte
			w.skip(1)
			continue
		}
		w.value(kind, depth+1, 0, nil, func(int, int64) {})
	}
}

// checkFooter weighs a file's metadata before the library reads it.
func checkFooter(src dump.Source) error {
	var tail [8]byte
	if _, err := src.ReadAt(tail[:], max(0, src.Size()-8)); err != nil || src.Size() < 12 {
		return errCut
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) == "PARE":
		return errLocked
	case string(tail[4:]) != "PAR1":
		return errCut
	case n > src.Size()-12:
		return errDamaged
	case n > maxFooter:
		return errLarge
	}
	footer := make([]byte, n)
	if _, err := src.ReadAt(footer, src.Size()-8-n); err != nil && !errors.Is(err, io.EOF) {
		return errCut
	}
	w := &wire{b: footer}
	if w.structure(0, 0, nil); w.broken {
		return errDamaged
	}
	return checkSchema(footer)
}

// checkGroup weighs the pages of a row group: the largest of each column are held
// at the same time.
func checkGroup(ctx context.Context, src dump.Source, g *spec.RowGroup, leaves []leaf) error {
	if len(g.Columns) != len(leaves) {
		return errDamaged
	}
	open := int64(0)
	for i := range g.Columns {
		n, err := checkChunk(ctx, src, &g.Columns[i].MetaData, &leaves[i])
		if err != nil {
			return err
		}
		if open += n; open > maxOpen {
			return errLarge
		}
	}
	return nil
}

// checkChunk walks over the headers of a column's pages and gives the bytes that
// reading it takes: its dictionary and its largest page.
func checkChunk(ctx context.Context, src dump.Source, m *spec.ColumnMetaData, l *leaf) (int64, error) {
	at := m.DataPageOffset
	if m.DictionaryPageOffset != 0 {
		at = m.DictionaryPageOffset
	}
	end := at + m.TotalCompressedSize
	if at < 0 || m.TotalCompressedSize < 0 || end < at || end > src.Size() {
		return 0, errDamaged
	}
	var dictionary, largest int64
	head := make([]byte, 0, 1<<16)
	for at < end {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		p, size, err := pageHeader(src, head[:min(end-at, int64(cap(head)))], at)
		if err != nil {
			return 0, err
		}
		if p.packed < 0 || p.unpacked < 0 || p.values < 0 || at+size+p.packed > end {
			return 0, errDamaged
		}
		// Levels take a byte each, positions in a dictionary four.
		weight := p.packed + p.unpacked + 6*p.values
		if p.unpacked > maxPage || weight > 4*maxPage {
			return 0, errLarge
		}
		if err := checkPacked(src, at+size, m.Codec, p); err != nil {
			return 0, err
		}
		if p.encoding == spec.DeltaByteArray {
			more, err := prefixes(src, at+size, m.Codec, p, l)
			if err != nil {
				return 0, err
			}
			weight += more
		}
		if p.dictionary {
			dictionary += weight
		} else {
			largest = max(largest, weight)
		}
		at += size + p.packed
	}
	return dictionary + largest, nil
}

type page struct {
	packed, unpacked, values int64
	levels                   int64 // bytes before what is packed, in pages of version 2
	dictionary               bool
	second                   bool // of version 2
	plain                    bool // not packed, whatever the column says
	encoding                 spec.Encoding
}

func pageHeader(src dump.Source, head []byte, at int64) (page, int64, error) {
	if n, err := src.ReadAt(head, at); err != nil && n < len(head) {
		return page{}, 0, errCut
	}
	var p page
	w := &wire{b: head}
	w.structure(0, 0, func(outer, inner int, v int64) {
		switch {
		case outer == 1 && inner == 0:
			p.dictionary = v == int64(spec.DictionaryPage)
		case outer == 2 && inner == 0:
			p.unpacked = v
		case outer == 3 && inner == 0:
			p.packed = v
		case (outer == 5 || outer == 7 || outer == 8) && inner == 1:
			p.values = v
			p.second = p.second || outer == 8
		case outer == 5 && inner == 2 || outer == 8 && inner == 4:
			p.encoding = spec.Encoding(v)
		case outer == 8 && inner == 7:
			p.plain = v == 0
		case outer == 8 && (inner == 5 || inner == 6):
			p.levels += max(0, v)
		}
	})
	if w.broken {
		return p, 0, errDamaged
	}
	return p, int64(len(head) - len(w.b)), nil
}

// checkPacked makes sure that a page does not unpack to more than it says.
func checkPacked(src dump.Source, at int64, codec spec.CompressionCodec, p page) error {
	if p.levels > p.packed {
		return errDamaged
	}
	if p.plain {
		return nil
	}
	r := io.NewSectionReader(src, at+p.levels, p.packed-p.levels)
	switch codec {
	case spec.Uncompressed:
		return nil
	case spec.Snappy:
		head := make([]byte, min(10, r.Size()))
		if _, err := io.ReadFull(r, head); err != nil {
			return errCut
		}
		if n, err := snappy.DecodedLen(head); r.Size() > 0 && (err != nil || int64(n) > p.unpacked) {
			return errDamaged
		}
		return nil
	case spec.Gzip:
		z, err := gzip.NewReader(r)
		if r.Size() == 0 {
			return nil
		}
		if err != nil {
			return errDamaged
		}
		return weigh(z, p.unpacked)
	case spec.Zstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxPage), zstd.WithDecoderLowmem(true))
		if err != nil {
			return errDamaged
		}
		defer z.Close()
		return weigh(z, p.unpacked)
	}
	if codec == spec.Brotli {
		return weigh(brotli.NewReader(r), p.unpacked)
	}
	if codec == spec.Lz4Raw { // the library tries for ever what cannot be unpacked
		packed, out := make([]byte, r.Size()), make([]byte, p.unpacked)
		if _, err := io.ReadFull(r, packed); err != nil {
			return errCut
		}
		if _, err := lz4.UncompressBlock(packed, out); err != nil {
			return errDamaged
		}
		return nil
	}
	return errCodec
}

func weigh(r io.Reader, unpacked int64) error {
	n, err := io.Copy(io.Discard, io.LimitReader(r, unpacked+1))
	if err != nil || n > unpacked {
		return errDamaged
	}
	return nil
}
