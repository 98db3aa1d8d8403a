package registry

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"vigie/internal/breach"
	"vigie/matchers"
)

// An index entry is the keyed digest of a person's id, then where the box
// begins and how long it is, big-endian. Entries are sorted, so that a person
// is found by bisection without loading the index.
const (
	digestSize = 16
	entrySize  = digestSize + 8 + 4
	maxBox     = 4 << 20 // one person with relations; a hostile index cannot ask for more
	padTo      = 512     // boxes are padded, so that their sizes do not tell families apart
)

type entry struct {
	digest [digestSize]byte
	offset int64
	length uint32
}

func (e entry) append(b []byte) []byte {
	b = append(b, e.digest[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.offset))
	return binary.BigEndian.AppendUint32(b, e.length)
}

func parseEntry(b []byte) (e entry) {
	copy(e.digest[:], b)
	e.offset = int64(binary.BigEndian.Uint64(b[digestSize:]))
	e.length = binary.BigEndian.Uint32(b[digestSize+8:])
	return e
}

// idDigest hides a person's id.
func idDigest(keys Sealer, name breach.RegistryID, id breach.PersonID) (d [digestSize]byte, err error) {
	raw, err := hex.DecodeString(keys.Digest("registry person", string(name), string(id)))
	if err != nil || len(raw) < digestSize {
		return d, fmt.Errorf("the sealer's digests are no 16 bytes of hexadecimal: %w", breach.ErrInvalid)
	}
	copy(d[:], raw)
	return d, nil
}

// boxed is what a box holds: the person, and what linkage compared, so that a
// reviewer sees both sides of a pair without reading the records through.
type boxed struct {
	breach.Subject
	Compared map[string]string `json:"compared"` // by field name
}

// sealSubject puts one person in a box.
func sealSubject(keys Sealer, cur current, s *breach.Subject, rec *matchers.Record) ([]byte, error) {
	compared := map[string]string{}
	for f, v := range rec.Values {
		if v != "" {
			compared[matchers.Field(f).String()] = v
		}
	}
	plain, err := json.Marshal(boxed{*s, compared})
	if err != nil {
		return nil, fmt.Errorf("encoding a person: %w", err)
	}
	if n := len(plain) % padTo; n != 0 {
		plain = append(plain, bytes.Repeat([]byte{' '}, padTo-n)...)
	}
	return keys.SealField(plain, cur.place(s.Person))
}

// boxWriter writes boxes one after the other and keeps their index: 28 bytes
// of memory a person.
type boxWriter struct {
	w       io.Writer
	offset  int64
	entries []entry
}

func (bw *boxWriter) add(digest [digestSize]byte, box []byte) error {
	if len(box) > maxBox {
		return fmt.Errorf("a person of %d bytes where %d are allowed: %w", len(box), maxBox, breach.ErrInvalid)
	}
	if _, err := bw.w.Write(box); err != nil {
		return err
	}
	bw.entries = append(bw.entries, entry{digest, bw.offset, uint32(len(box))})
	bw.offset += int64(len(box))
	return nil
}

func (bw *boxWriter) writeIndex(w io.Writer) error {
	slices.SortFunc(bw.entries, func(a, b entry) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	var buf [entrySize]byte
	for _, e := range bw.entries {
		if _, err := w.Write(e.append(buf[:0])); err != nil {
			return err
		}
	}
	return nil
}

// boxReader finds boxes by bisection over the index on disk.
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

func (br *boxReader) entry(i int64) (entry, error) {
	var buf [entrySize]byte
	if _, err := br.index.ReadAt(buf[:], i*entrySize); err != nil {
		return entry{}, fmt.Errorf("reading %s: %w", indexFile, err)
	}
	return parseEntry(buf[:]), nil
}

// find returns the sealed box filed under a digest.
func (br *boxReader) find(digest [digestSize]byte) ([]byte, error) {
	lo, hi := int64(0), br.n
	for lo < hi {
		mid := lo + (hi-lo)/2
		e, err := br.entry(mid)
		if err != nil {
			return nil, err
		}
		switch c := bytes.Compare(e.digest[:], digest[:]); {
		case c == 0:
			return br.box(e)
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil, breach.ErrNotFound
}

func (br *boxReader) box(e entry) ([]byte, error) {
	if e.length > maxBox {
		return nil, fmt.Errorf("%s is damaged: %w", indexFile, breach.ErrInvalid)
	}
	box := make([]byte, e.length)
	if _, err := br.boxes.ReadAt(box, e.offset); err != nil {
		return nil, fmt.Errorf("reading %s: %w", boxesFile, err)
	}
	return box, nil
}
