package registry

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"vigie/internal/breach"
)

// The past of a registry is a sealed file: the dates of its versions, and then,
// sorted by digest, the stays of people who are no longer in it or were not
// always.

// versionDate says when a version was put together.
type versionDate struct {
	Version int       `json:"version"`
	BuiltAt time.Time `json:"built_at"`
}

// timeline are the versions that were in force within the retention, oldest
// first; the last one is the version at hand.
type timeline []versionDate

// at finds the version in force at a moment; 0 if it is not known any more.
func (t timeline) at(moment time.Time) int {
	found := 0
	for _, v := range t {
		if v.BuiltAt.After(moment) {
			break
		}
		found = v.Version
	}
	return found
}

// date of a version; zero if it is not known any more.
func (t timeline) date(version int) time.Time {
	for _, v := range t {
		if v.Version == version {
			return v.BuiltAt
		}
	}
	return time.Time{}
}

// since drops the versions that were replaced before a moment.
func (t timeline) since(moment time.Time) timeline {
	for len(t) > 1 && t[1].BuiltAt.Before(moment) {
		t = t[1:]
	}
	return t
}

// stay is a time that somebody spent in the registry.
type stay struct {
	digest idDigest
	from   int    // first version with them
	left   int    // first version without them
	box    []byte // their last box, open; nil for people who came back and left again, or are here
}

func (s *stay) append(b []byte) []byte {
	b = append(b, s.digest[:]...)
	b = binary.AppendUvarint(b, uint64(s.from))
	b = binary.AppendUvarint(b, uint64(s.left))
	b = binary.AppendUvarint(b, uint64(len(s.box)))
	return append(b, s.box...)
}

// pastWriter writes a past.
type pastWriter struct {
	w   io.Writer
	buf []byte
}

func newPastWriter(w io.Writer, t timeline) (*pastWriter, error) {
	head, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(append(binary.AppendUvarint(nil, uint64(len(head))), head...))
	return &pastWriter{w: w}, err
}

func (p *pastWriter) put(s stay) error {
	p.buf = s.append(p.buf[:0])
	_, err := p.w.Write(p.buf)
	return err
}

// pastReader reads it back.
type pastReader struct {
	r     *bufio.Reader
	times timeline
}

// maxTimeline bounds the dates of versions: one every hour for ten years.
const maxTimeline = 8 << 20

var errPast = fmt.Errorf("%s is damaged: %w", pastFile, breach.ErrInvalid)

func newPastReader(src io.Reader) (*pastReader, error) {
	p := &pastReader{r: bufio.NewReaderSize(src, 64<<10)}
	head, err := p.bytes(maxTimeline)
	if err == nil && json.Unmarshal(head, &p.times) != nil {
		err = errPast
	}
	return p, err
}

// next returns io.EOF at the end, and only between two stays.
func (p *pastReader) next() (s stay, err error) {
	if _, err := p.r.Peek(1); err != nil {
		return s, err
	}
	if _, err := io.ReadFull(p.r, s.digest[:]); err != nil {
		return s, whole(err)
	}
	from, err := binary.ReadUvarint(p.r)
	if err != nil {
		return s, whole(err)
	}
	left, err := binary.ReadUvarint(p.r)
	if err != nil {
		return s, whole(err)
	}
	if left > 1<<32 || from >= left {
		return s, errPast
	}
	s.from, s.left = int(from), int(left)
	if s.box, err = p.bytes(maxBox); len(s.box) == 0 {
		s.box = nil
	}
	return s, err
}

func (p *pastReader) bytes(most uint64) ([]byte, error) {
	n, err := binary.ReadUvarint(p.r)
	if err != nil {
		return nil, whole(err)
	}
	if n > most {
		return nil, errPast
	}
	b := make([]byte, n)
	if _, err = io.ReadFull(p.r, b); err != nil {
		return nil, whole(err)
	}
	return b, nil
}

// whole says that the file ends or goes wrong in the middle of something.
func whole(err error) error { return fmt.Errorf("%w: %w", errPast, noEnd(err)) }

// noEnd keeps an end from being taken for the end of the file.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
