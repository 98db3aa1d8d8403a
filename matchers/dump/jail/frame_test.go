package jail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

// FuzzFrames reads garbage as a hostile child's frames: no panic, no memory
// for bytes that never came, and what was understood is written the same way.
func FuzzFrames(f *testing.F) {
	header := func(typ, kind byte, size uint32) []byte {
		return binary.LittleEndian.AppendUint32([]byte{typ, kind}, size)
	}
	f.Add([]byte{})
	f.Add(header(frameReady, 0, 0))
	f.Add(append(header(frameAnswer, 7, 3), "abc"...))
	f.Add(append(header(frameRead, 0, requestSize), make([]byte, requestSize)...))
	f.Add(append(header(frameErr, 0, 15), `{"Code":"late"}`...))
	f.Add(append(header(framePanic, 0, panicSize), "\x0112345678"...))
	f.Add(header(frameAnswer, 0, MaxPayload))
	f.Add(header(frameAnswer, 0, 1<<32-1))
	f.Add(append(header(frameTick, 0, 0), header(frameDone, 0, 0)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := newDecoder(bytes.NewReader(b))
		var again []byte
		for {
			fr, err := d.next()
			if cap(d.buf) > 2*len(b)+2*growStep {
				t.Fatalf("%d bytes held for %d", cap(d.buf), len(b))
			}
			if err != nil {
				if !errors.Is(err, errGarbled) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatal(err)
				}
				break
			}
			again = append(append(again, header(fr.typ, fr.kind, uint32(len(fr.body)))...), fr.body...)
			switch fr.typ {
			case frameRead:
				const size = 3 * blockSize
				if off, n, err := fr.request(size); err == nil && (off < 0 || n < 1 || n > blockSize || off+int64(n) > size) {
					t.Fatalf("request of %d at %d of %d", n, off, size)
				}
			case framePanic:
				if parsePanic(fr.body, true) == nil {
					t.Fatal("a panic is no error")
				}
			case frameErr:
				var told *toldError
				if err := parseTold(fr.body); errors.As(err, &told) && (len(told.Text) > maxText || told.rebuilt() == nil) {
					t.Fatal(told)
				}
			}
		}
		if !bytes.HasPrefix(b, again) {
			t.Fatal("frames are not what was read")
		}
	})
}

func TestTail(t *testing.T) {
	var tl tail
	for range 100 {
		if n, err := tl.Write(make([]byte, 100)); n != 100 || err != nil {
			t.Fatal(n, err)
		}
	}
	if n := len(tl.head()); n != maxStderr {
		t.Errorf("%d bytes kept", n)
	}
}
