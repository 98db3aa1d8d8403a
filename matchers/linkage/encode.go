package linkage

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"vigie/internal/breach"
)

// magic starts an encoded index; the number changes with the layout and with
// the folding, since folded texts are what it holds.
const magic = "vigie-linkage-1\n"

const (
	maxText = 4 * maxValue // bytes of one folded text
	maxID   = 4096         // bytes of a person's identifier
)

// Encode writes the index: folded texts once each, then the people by their
// numbers, then a SHA-256 of all of it. The same registry gives the same bytes.
func (ix *Index) Encode(w io.Writer) error {
	sum := sha256.New()
	bw := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	e := encoder{w: bw}
	e.raw(magic)
	e.number(uint64(len(ix.strings)))
	for _, s := range ix.strings {
		e.text(s)
	}
	e.number(uint64(len(ix.people)))
	for i := range ix.people {
		p := &ix.people[i]
		e.text(p.id)
		for _, t := range p.texts {
			e.number(uint64(t))
		}
	}
	if e.err == nil {
		e.err = bw.Flush()
	}
	if e.err == nil {
		_, e.err = w.Write(sum.Sum(nil))
	}
	if e.err != nil {
		return fmt.Errorf("writing linkage index: %w", e.err)
	}
	return nil
}

type encoder struct {
	w   *bufio.Writer
	buf [binary.MaxVarintLen64]byte
	err error
}

func (e *encoder) raw(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

func (e *encoder) number(n uint64) {
	if e.err == nil {
		_, e.err = e.w.Write(e.buf[:binary.PutUvarint(e.buf[:], n)])
	}
}

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.raw(s)
}

// Decode reads an index that Encode wrote. Whatever is cut, changed or
// appended is an error of kind breach.ErrInvalid, and nothing is used before
// the digest agrees.
func Decode(r io.Reader) (*Index, error) {
	d := decoder{r: bufio.NewReaderSize(r, 1<<16), sum: sha256.New()}
	if d.raw(len(magic)) != magic {
		d.fail("not a linkage index of this version")
	}
	var dict []string
	for n := d.number(); n > 0 && d.err == nil; n-- {
		dict = append(dict, d.text(maxText))
	}
	var people []draft
	for n := d.number(); n > 0 && d.err == nil; n-- {
		p := draft{id: d.text(maxID)}
		for i := range p.texts {
			t := d.number()
			if t >= uint64(len(dict)) {
				d.fail("text number out of range")
				break
			}
			p.texts[i] = uint32(t)
		}
		people = append(people, p)
	}
	d.close()
	if d.err != nil {
		return nil, fmt.Errorf("reading linkage index: %w", d.err)
	}
	return newIndex(people, dict), nil
}

type decoder struct {
	r   *bufio.Reader
	sum hash.Hash
	err error
}

func (d *decoder) fail(why string) {
	if d.err == nil {
		d.err = fmt.Errorf("%s: %w", why, breach.ErrInvalid)
	}
}

func (d *decoder) raw(n int) string {
	if d.err != nil {
		return ""
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(d.r, b); err != nil {
		d.broken(err)
		return ""
	}
	_, _ = d.sum.Write(b)
	return string(b)
}

// broken tells an index cut short from a reader that fails.
func (d *decoder) broken(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.fail("index is cut short")
	} else if d.err == nil {
		d.err = err
	}
}

func (d *decoder) number() uint64 {
	if d.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(d.r)
	if err != nil {
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			d.fail("number too long")
		}
		d.broken(err)
		return 0
	}
	var buf [binary.MaxVarintLen64]byte
	_, _ = d.sum.Write(buf[:binary.PutUvarint(buf[:], n)])
	return n
}

func (d *decoder) text(limit uint64) string {
	n := d.number()
	if n > limit {
		d.fail("text too long")
		return ""
	}
	return d.raw(int(n))
}

// close compares the digest and makes sure that nothing follows.
func (d *decoder) close() {
	if d.err != nil {
		return
	}
	want := d.sum.Sum(nil)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(d.r, got); err != nil {
		d.broken(err)
	} else if !bytes.Equal(got, want) {
		d.fail("digest differs")
	} else if _, err := d.r.ReadByte(); err != io.EOF {
		d.fail("something follows the end")
	}
}
