package linkage

import (
	"encoding/binary"
	"unsafe"
)

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// reader reads numbers and texts; after the first that is not there, bad is
// true and everything else is empty.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	switch b := r.b; {
	case len(b) > 0 && b[0] < 0x80:
		r.b = b[1:]
		return uint64(b[0])
	case len(b) > 1 && b[1] < 0x80:
		r.b = b[2:]
		return uint64(b[0]&0x7f) | uint64(b[1])<<7
	case len(b) > 2 && b[2] < 0x80:
		r.b = b[3:]
		return uint64(b[0]&0x7f) | uint64(b[1]&0x7f)<<7 | uint64(b[2])<<14
	}
	n, k := binary.Uvarint(r.b)
	if k <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[k:]
	return n
}

// id reads a number that is not 0 and fits 32 bits.
func (r *reader) id() uint32 {
	n := r.number()
	if n == 0 || n > 1<<32-1 {
		r.bad = true
		return 0
	}
	return uint32(n)
}

// text returns a view of what is read: pages never change.
func (r *reader) text() string {
	return viewed(r.bytes(r.number()))
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// viewed is bytes as a text, as long as nobody changes them.
func viewed(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// pack puts things into one unit: how long they are, then the things.
type pack struct{ lengths, things []byte }

func (p *pack) add(thing []byte) {
	p.lengths = binary.AppendUvarint(p.lengths, uint64(len(thing)))
	p.things = append(p.things, thing...)
}

// unit appends what was added since the last.
func (p *pack) unit(out []byte) []byte {
	out = appendText(out, viewed(p.lengths))
	out = append(out, p.things...)
	p.lengths, p.things = p.lengths[:0], p.things[:0]
	return out
}

// packed returns thing i of a unit, nil if there is none.
func packed(unit []byte, i uint32) []byte {
	r := reader{b: unit}
	lengths := reader{b: r.bytes(r.number())}
	at := uint64(0)
	for range i {
		at += lengths.number()
	}
	n := lengths.number()
	r.bytes(at)
	out := r.bytes(n)
	if r.bad || lengths.bad {
		return nil
	}
	return out
}
