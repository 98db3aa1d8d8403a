package codec

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"sync"
)

// Payloads above packAbove bytes are compressed; opening stops at unpackMost,
// far above what Temporal accepts (2 MiB).
const (
	packAbove  = 4 << 10
	unpackMost = 64 << 20
)

// The first byte of a packed payload.
const (
	asIs     = 0
	deflated = 1
)

// A flate writer takes 600 KB to make, so they are kept.
var writers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // fails only on a level out of range
	return w
}}

func pack(plain []byte) ([]byte, error) {
	if len(plain) <= packAbove {
		return append([]byte{asIs}, plain...), nil
	}
	var out bytes.Buffer
	out.WriteByte(deflated)
	w := writers.Get().(*flate.Writer)
	defer writers.Put(w)
	w.Reset(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if out.Len() > len(plain) { // random data
		return append([]byte{asIs}, plain...), nil
	}
	return out.Bytes(), nil
}

func unpack(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, errors.New("empty")
	}
	switch packed[0] {
	case asIs:
		return packed[1:], nil
	case deflated:
		r := flate.NewReader(bytes.NewReader(packed[1:]))
		plain, err := io.ReadAll(io.LimitReader(r, unpackMost+1))
		if err != nil {
			return nil, err
		}
		if len(plain) > unpackMost {
			return nil, errors.New("larger than a payload may be")
		}
		return plain, nil
	}
	return nil, errors.New("unknown packing")
}
