package archive

import (
	"encoding/binary"
	"errors"
	"io"
)

// lzma2Reader decodes LZMA2: chunks of LZMA, or of plain bytes, with resets
// between them (as xz 5.4 and 7-Zip 23 read it).
type lzma2Reader struct {
	r         io.Reader // no byte beyond the end of the stream is read of it
	lz        lzmaReader
	plain     int // bytes of a plain chunk to come
	needDict  bool
	needProps bool
	err       error
}

// lzma2Dict is the dictionary's size by its byte.
func lzma2Dict(b byte) (int64, error) {
	switch {
	case b > 40:
		return 0, errDamaged
	case b == 40:
		return 1<<32 - 1, nil
	}
	return int64(2|b&1) << (b/2 + 11), nil
}

// reset begins a stream with a dictionary of dict bytes, and keeps the window.
func (l *lzma2Reader) reset(r io.Reader, dict int64) {
	l.r, l.plain, l.needDict, l.needProps, l.err = r, 0, true, true, nil
	l.lz.left, l.lz.match, l.lz.err = 0, 0, nil
	l.lz.win.reset(dict)
}

// Read gives what was decoded, and decodes on.
func (l *lzma2Reader) Read(p []byte) (int, error) {
	for len(p) > 0 {
		switch {
		case l.lz.win.given < l.lz.win.pos:
			return l.lz.win.give(p), nil
		case l.err != nil:
			return 0, l.err
		case l.plain > 0:
			l.err = l.copyPlain()
		case l.lz.left > 0:
			n, err := l.lz.Read(p)
			if errors.Is(err, io.EOF) { // an end marker has no place here
				err = errDamaged
			}
			l.err = err
			return n, nil
		default:
			l.err = l.chunk()
		}
	}
	return 0, nil
}

// copyPlain takes bytes of a plain chunk into the window.
func (l *lzma2Reader) copyPlain() error {
	w := &l.lz.win
	w.room()
	n := min(l.plain, len(w.buf)-w.pos)
	n, err := io.ReadFull(l.r, w.buf[w.pos:w.pos+n])
	w.pos += n
	w.total += n
	l.plain -= n
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// chunk reads the header of the next chunk and its packed bytes, 64 KiB at most.
func (l *lzma2Reader) chunk() error {
	var head [6]byte
	if err := readPart(l.r, head[:1]); err != nil {
		return err
	}
	control := head[0]
	switch {
	case control == 0:
		return io.EOF
	case control == 1 || control >= 0xe0:
		l.needDict, l.needProps = false, true
		l.lz.win.total = 0
	case l.needDict || control > 2 && control < 0x80:
		return errDamaged
	}
	if control < 0x80 {
		if err := readPart(l.r, head[1:3]); err != nil {
			return err
		}
		l.plain = int(binary.BigEndian.Uint16(head[1:])) + 1
		return nil
	}
	if err := readPart(l.r, head[1:5]); err != nil {
		return err
	}
	if err := l.resets(control, head[5:]); err != nil {
		return err
	}
	l.lz.left = int64(control&0x1f)<<16 + int64(binary.BigEndian.Uint16(head[1:])) + 1
	packed := int(binary.BigEndian.Uint16(head[3:])) + 1
	if l.lz.rc.buf == nil {
		l.lz.rc.buf = make([]byte, 1<<16)
	}
	l.lz.rc.buf, l.lz.rc.i = l.lz.rc.buf[:packed], 0
	if n, err := io.ReadFull(l.r, l.lz.rc.buf); err != nil {
		l.lz.rc.buf = l.lz.rc.buf[:n] // decode what is there, then miss the rest
	}
	l.lz.err = nil
	return l.lz.rc.start()
}

// resets does what a chunk of LZMA asks for before it.
func (l *lzma2Reader) resets(control byte, props []byte) error {
	switch {
	case control >= 0xc0:
		if err := readPart(l.r, props); err != nil {
			return err
		}
		m := &l.lz.model
		if err := m.properties(props[0]); err != nil || m.lc+m.lp > 4 {
			return errDamaged
		}
		l.needProps = false
		m.reset()
	case l.needProps:
		return errDamaged
	case control >= 0xa0:
		l.lz.model.reset()
	}
	return nil
}

// readPart fills p; that r ends before is not the end it may have.
func readPart(r io.Reader, p []byte) error {
	_, err := io.ReadFull(r, p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}
