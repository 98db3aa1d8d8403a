package registry

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
)

// What is on disk is authenticated before it is parsed; the parsers hold all
// the same.
func FuzzCodecs(f *testing.F) {
	var c cells
	c[colID], c[matchers.BirthName], c[colPerson] = "y1", "Canari", "y1"
	var buf []byte
	f.Add(appendRecord(nil, &c, &buf))
	f.Add(append(c.append([]byte{boxForm}), 0))
	f.Add(c.append(append(c.append([]byte{boxForm}), 1)))
	var past bytes.Buffer
	w, err := newPastWriter(&past, timeline{{1, day}})
	if err == nil {
		err = w.put(stay{from: 1, left: 2, box: []byte("x")})
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Add(past.Bytes())
	m := manifest()
	f.Fuzz(func(t *testing.T, raw []byte) {
		rr := newRecordReader(bytes.NewReader(raw))
		for rec := (matchers.Record{}); ; {
			err := rr.next(&rec)
			if errors.Is(err, io.EOF) && len(raw) > 0 && rr.row == 0 {
				t.Fatal("an end before the first record")
			}
			if err != nil {
				break
			}
		}
		if _, err := parseBox(raw, &m); err != nil && !errors.Is(err, breach.ErrInvalid) {
			t.Fatalf("box: %v", err)
		}
		p, err := newPastReader(bytes.NewReader(raw))
		for err == nil {
			_, err = p.next()
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, breach.ErrInvalid) {
			t.Fatalf("past: %v", err)
		}
	})
}

func TestSizesOfBoxes(t *testing.T) {
	for n, want := range map[int]int{1: 64, 64: 64, 65: 128, 200: 256, 256: 256, 257: 512, 513: 1024, 5000: 8192} {
		if got := len(padded(make([]byte, n))); got != want {
			t.Errorf("%d bytes take %d, want %d", n, got, want)
		}
	}
}

func TestStreamsOfEverySize(t *testing.T) {
	v, err := newVault("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3 * chunkSize} {
		want := bytes.Repeat([]byte("canari"), size/6+1)[:size]
		var sealed bytes.Buffer
		err := sealTo(v, "a", func(w io.Writer) error { _, err := w.Write(want); return err })(&sealed)
		if err != nil {
			t.Fatal(err)
		}
		r, err := v.reader(bytes.NewReader(sealed.Bytes()), "a")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d read, %v", size, len(got), err)
		}
		at, err := v.readerAt(bytes.NewReader(sealed.Bytes()), int64(sealed.Len()), "a")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(at); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes at random: %d read, %v", size, len(got), err)
		}
		if _, err := v.readerAt(bytes.NewReader(sealed.Bytes()), int64(sealed.Len()), "b"); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%d bytes under another name: %v", size, err)
		}
		// Whole chunks cut off the end: each that is left is sealed well.
		if cut := sealed.Len() - saltSize - sealedSize; cut > 0 {
			short := sealed.Bytes()[:saltSize+sealedSize]
			if r, err = v.reader(bytes.NewReader(short), "a"); err == nil {
				_, err = io.ReadAll(r)
			}
			if !errors.Is(err, breach.ErrInvalid) {
				t.Errorf("%d bytes cut to a chunk: %v", size, err)
			}
			if _, err := v.readerAt(bytes.NewReader(short), int64(len(short)), "a"); !errors.Is(err, breach.ErrInvalid) {
				t.Errorf("%d bytes cut to a chunk, at random: %v", size, err)
			}
		}
	}
}
