package parquet

import (
	"encoding/binary"

	lib "github.com/parquet-go/parquet-go"
	spec "github.com/parquet-go/parquet-go/format"

	"vigie/matchers/dump"
)

// prefixes weighs a page whose strings are written as what they add to the one
// before (DELTA_BYTE_ARRAY): a million words of a few bytes may share a prefix
// of a million. It gives the bytes that the prefixes add.
func prefixes(src dump.Source, at int64, codec spec.CompressionCodec, p page, l *leaf) (int64, error) {
	body := make([]byte, p.packed-p.levels)
	if n, err := src.ReadAt(body, at+p.levels); n < len(body) && err != nil {
		return 0, errCut
	}
	if !p.plain && codec != spec.Uncompressed {
		var err error
		if body, err = lib.LookupCompressionCodec(codec).Decode(make([]byte, 0, p.unpacked), body); err != nil {
			return 0, errDamaged
		}
	}
	if !p.second { // levels stand before the values, each behind its length
		for _, there := range []bool{l.repeated, l.optional} {
			if !there {
				continue
			}
			if len(body) < 4 || int64(binary.LittleEndian.Uint32(body)) > int64(len(body)-4) {
				return 0, errDamaged
			}
			body = body[4+binary.LittleEndian.Uint32(body):]
		}
	}
	return sumDeltas(body, p.values)
}

// sumDeltas adds up numbers packed as differences (DELTA_BINARY_PACKED).
func sumDeltas(b []byte, most int64) (int64, error) {
	w := &wire{b: b}
	block, minis, count := w.uvarint(), w.uvarint(), w.uvarint()
	last := w.zigzag()
	if w.broken || minis == 0 || minis > 512 || block > 1<<16 || block%minis != 0 || count > uint64(most) {
		return 0, errDamaged
	}
	if count == 0 {
		return 0, nil
	}
	sum := last
	for left := count - 1; left > 0; {
		least := w.zigzag()
		if uint64(len(w.b)) < minis {
			return 0, errDamaged
		}
		widths := w.b[:minis]
		w.skip(minis)
		for _, width := range widths {
			if left == 0 {
				break
			}
			packed := w.b
			if w.skip(uint64(width) * (block / minis) / 8); w.broken || width > 64 || block/minis == 0 {
				return 0, errDamaged
			}
			for i := uint64(0); i < block/minis && left > 0; i, left = i+1, left-1 {
				last += least + int64(bits(packed, i*uint64(width), width))
				if sum += last; last < 0 || sum > 4*maxPage {
					return 0, errLarge
				}
			}
		}
	}
	return sum, nil
}

// bits reads a number of width bits, the least significant first.
func bits(b []byte, at uint64, width byte) uint64 {
	var v uint64
	for i := uint64(0); i < uint64(width); i++ {
		if n := (at + i) / 8; n < uint64(len(b)) && b[n]>>((at+i)%8)&1 == 1 {
			v |= 1 << i
		}
	}
	return v
}
