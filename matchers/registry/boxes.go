package registry

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"path/filepath"

	"vigie/internal/breach"
)

// An index entry is the keyed digest of a person's id, and where the box begins
// and how long it is, both in units of 16 bytes, big-endian. Entries are sorted,
// so that a person is found without loading the index.
const (
	entrySize  = digestSize + 8
	boxUnit    = 16
	lengthBits = 20
	maxBox     = 4 << 20 // one person with relations; a hostile index cannot ask for more
)

// What an entry's flags say.
const flagDeceased = 1

// placeOf packs where a box lies.
func placeOf(offset int64, length int) uint64 {
	return uint64(offset/boxUnit)<<lengthBits | uint64(length/boxUnit)
}

func unpackPlace(at uint64) (offset int64, length int) {
	return int64(at>>lengthBits) * boxUnit, int(at&(1<<lengthBits-1)) * boxUnit
}

// boxReader finds boxes over the index on disk.
type boxReader struct {
	boxes, index *os.File
	n            int64
}

func openBoxes(dir string) (*boxReader, error) {
	boxes, err := os.Open(filepath.Join(dir, boxesFile))
	if err != nil {
		return nil, err
	}
	index, err := os.Open(filepath.Join(dir, indexFile))
	if err != nil {
		_ = boxes.Close()
		return nil, err
	}
	br := &boxReader{boxes: boxes, index: index}
	st, err := index.Stat()
	if err == nil && st.Size()%entrySize != 0 {
		err = fmt.Errorf("%s is cut short: %w", indexFile, breach.ErrInvalid)
	}
	if err != nil {
		_ = br.close()
		return nil, err
	}
	br.n = st.Size() / entrySize
	return br, nil
}

func (br *boxReader) close() error {
	return errors.Join(br.boxes.Close(), br.index.Close())
}

// window is how many entries are read at once: less than a page of the disk.
const window = 200

// find returns the sealed box filed under a digest. Digests are spread evenly,
// so the place of one is guessed from its value between what is known to lie
// below and above it; in an index that somebody bent the bounds still close.
func (br *boxReader) find(d idDigest) ([]byte, error) {
	key := d.hi()
	lo, hi := int64(0), br.n
	below, above := uint64(0), ^uint64(0)
	var buf [window * entrySize]byte
	for turn := 0; lo < hi; turn++ {
		at := lo + (hi-lo)/2
		if turn < 8 && key >= below && key < above {
			high, low := bits.Mul64(key-below, uint64(hi-lo))
			share, _ := bits.Div64(high, low, above-below)
			at = lo + int64(share)
		}
		from := max(lo, at-window/2)
		to := min(hi, from+window)
		page := buf[:(to-from)*entrySize]
		if _, err := br.index.ReadAt(page, from*entrySize); err != nil {
			return nil, fmt.Errorf("reading %s: %w", indexFile, err)
		}
		first, last := binary.BigEndian.Uint64(page), binary.BigEndian.Uint64(page[len(page)-entrySize:])
		switch {
		case key < first:
			hi, above = from, first
		case key > last:
			lo, below = to, last
		default:
			return br.search(page, d)
		}
	}
	return nil, breach.ErrNotFound
}

// search looks a digest up in a few entries.
func (br *boxReader) search(page []byte, d idDigest) ([]byte, error) {
	for ; len(page) > 0; page = page[entrySize:] {
		if idDigest(page[:digestSize]) == d {
			return br.box(binary.BigEndian.Uint64(page[digestSize:]))
		}
	}
	return nil, breach.ErrNotFound
}

func (br *boxReader) box(at uint64) ([]byte, error) {
	offset, length := unpackPlace(at)
	if length > maxBox {
		return nil, fmt.Errorf("%s is damaged: %w", indexFile, breach.ErrInvalid)
	}
	box := make([]byte, length)
	if _, err := br.boxes.ReadAt(box, offset); err != nil {
		return nil, fmt.Errorf("reading %s: %w", boxesFile, err)
	}
	return box, nil
}

func writeEntry(w io.Writer, i item) error {
	var buf [entrySize]byte
	d := digestOf(i.hi, i.lo)
	_, err := w.Write(binary.BigEndian.AppendUint64(append(buf[:0], d[:]...), i.at))
	return err
}
