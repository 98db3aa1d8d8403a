package evidence

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// memberWriter writes one gzip member (RFC 1952) of stored blocks (RFC 1951,
// 3.2.4). So the bytes of a .warc.gz of ours follow from its records alone, by
// no compressor's choice: it is made again, bit for bit, whenever it is asked
// for, by any later version, and no bit of it can change unnoticed. What rests
// on disk is compressed otherwise, see pack.go.
type memberWriter struct {
	w   io.Writer
	buf []byte
	crc uint32
	n   uint32
	err error
}

// memberHeader: deflate, no flags, no time, no level, unknown system.
const memberHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// mostStored is the length in bytes of a full stored block.
const mostStored = 1<<16 - 1

func newMember(w io.Writer) *memberWriter {
	m := &memberWriter{}
	m.reset(w)
	return m
}

// reset begins another member.
func (m *memberWriter) reset(w io.Writer) {
	m.w, m.buf, m.crc, m.n = w, m.buf[:0], 0, 0
	_, m.err = io.WriteString(w, memberHeader)
}

func (m *memberWriter) Write(p []byte) (int, error) {
	m.crc = crc32.Update(m.crc, crc32.IEEETable, p)
	m.n += uint32(len(p))
	for rest := p; len(rest) > 0; {
		if len(m.buf) == mostStored {
			m.block(0)
		}
		k := min(len(rest), mostStored-len(m.buf))
		m.buf, rest = append(m.buf, rest[:k]...), rest[k:]
	}
	return len(p), m.err
}

// Close ends the member; what it is written to stays open.
func (m *memberWriter) Close() error {
	m.block(1)
	var end [8]byte
	binary.LittleEndian.PutUint32(end[:4], m.crc)
	binary.LittleEndian.PutUint32(end[4:], m.n)
	m.put(end[:])
	return m.err
}

func (m *memberWriter) block(last byte) {
	n := uint16(len(m.buf))
	m.put([]byte{last, byte(n), byte(n >> 8), byte(^n), byte(^n >> 8)})
	m.put(m.buf)
	m.buf = m.buf[:0]
}

func (m *memberWriter) put(p []byte) {
	if m.err == nil {
		_, m.err = m.w.Write(p)
	}
}
