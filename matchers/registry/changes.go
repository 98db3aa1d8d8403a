package registry

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
)

// Changes are what a version changed in the one before. In the first one
// everybody is inserted.
type Changes struct {
	Inserted  int64 `json:"inserted"` // who came, or came back
	Changed   int64 `json:"changed"`  // in anything that the registry holds, relations included
	Departed  int64 `json:"departed"` // who is in the file no more, or in a row that was refused; they stay findable for the retention
	Died      int64 `json:"died"`     // who is deceased now and was not: not counted as changed
	Unchanged int64 `json:"unchanged"`
}

// A mark is kept for each entry of the index, in its order: the digest of the
// row, and the version that brought the person, its top bit set for the
// deceased. Marks are sealed: they tell who has changed.
const (
	markSize     = 12
	markDeceased = 1 << 31
)

func writeMark(w io.Writer, content uint64, since int, flags uint32) error {
	var buf [markSize]byte
	binary.BigEndian.PutUint64(buf[:], content)
	at := uint32(since)
	if flags&flagDeceased != 0 {
		at |= markDeceased
	}
	binary.BigEndian.PutUint32(buf[8:], at)
	_, err := w.Write(buf[:])
	return err
}

// resident is an index entry with its mark.
type resident struct {
	item
	since int
}

// residents streams index and marks side by side, sorted by digest.
func (r *Registry) residents() iter.Seq2[resident, error] {
	return func(yield func(resident, error) bool) {
		f, err := os.Open(filepath.Join(r.dir, indexFile))
		if err != nil {
			yield(resident{}, err)
			return
		}
		defer func() { _ = f.Close() }()
		index := bufio.NewReaderSize(f, 256<<10)
		err = r.read(marksFile, func(marks io.Reader) error {
			marks = bufio.NewReaderSize(marks, 32<<10)
			var e [entrySize]byte
			var m [markSize]byte
			for {
				if _, err := io.ReadFull(index, e[:]); err != nil {
					if errors.Is(err, io.EOF) {
						return nil
					}
					return err
				}
				if _, err := io.ReadFull(marks, m[:]); err != nil {
					return fmt.Errorf("%s is cut short: %w: %w", marksFile, breach.ErrInvalid, noEnd(err))
				}
				if !yield(parseResident(e[:], m[:]), nil) {
					return errStopped
				}
			}
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(resident{}, err)
		}
	}
}

func parseResident(entry, mark []byte) resident {
	at := binary.BigEndian.Uint32(mark[8:])
	r := resident{since: int(at &^ markDeceased), item: item{
		hi: binary.BigEndian.Uint64(entry), lo: binary.BigEndian.Uint32(entry[8:]),
		at: binary.BigEndian.Uint64(entry[digestSize:]), content: binary.BigEndian.Uint64(mark),
	}}
	if at&markDeceased != 0 {
		r.flags = flagDeceased
	}
	return r
}

// index writes the index, its marks and the past in one pass: the people of
// this version, those of the last one and those who had left before are all
// sorted by digest. The index is the one file that does not prove itself, so
// its digest is kept.
func (b *builder) index() error {
	sum := sha256.New()
	err := b.create(indexFile, func(index io.Writer) error {
		return b.create(marksFile, sealTo(b.vault, b.cur.blob(marksFile), func(marks io.Writer) error {
			m := &merger{b: b, index: io.MultiWriter(index, sum), marks: bufio.NewWriterSize(marks, 32<<10)}
			err := b.create(pastFile, sealTo(b.vault, b.cur.blob(pastFile), m.run))
			return errors.Join(err, m.marks.Flush())
		}))
	})
	b.sorter.remove()
	b.meta.Files[indexFile] = fileMark{b.meta.Files[indexFile].Bytes, hex.EncodeToString(sum.Sum(nil))}
	delete(b.meta.Files, pastFile) // it is rewritten when people's retention ends
	return err
}

// merger compares this version with the last one.
type merger struct {
	b     *builder
	index io.Writer
	marks *bufio.Writer
	past  *pastWriter
	times timeline
}

func (m *merger) run(w io.Writer) error {
	old := func(func(resident, error) bool) {}
	before := func(func(stay, error) bool) {}
	if last := m.b.old; last != nil {
		var err error
		if m.times, err = last.timeline(); err != nil {
			return err
		}
		old, before = last.residents(), last.stays()
	}
	m.times = append(m.times, versionDate{m.b.cur.Version, m.b.Now.UTC()}).since(m.b.horizon())
	var err error
	if m.past, err = newPastWriter(w, m.times); err != nil {
		return err
	}
	now, stopNow := iter.Pull2(m.b.sorter.sorted())
	defer stopNow()
	then, stopThen := iter.Pull2(old)
	defer stopThen()
	gone, stopGone := iter.Pull2(before)
	defer stopGone()
	return m.join(newFlow(now), newFlow(then), newFlow(gone))
}

// horizon is the moment before which people must have left to be forgotten.
func (o *Options) horizon() time.Time { return o.Now.AddDate(0, 0, -o.Manifest.RetentionDays) }

// flow is a sorted stream and its next value.
type flow[T any] struct {
	next func() (T, error, bool)
	head T
	ok   bool
	err  error
}

func newFlow[T any](next func() (T, error, bool)) *flow[T] {
	f := &flow[T]{next: next}
	f.advance()
	return f
}

func (f *flow[T]) advance() {
	f.head, f.err, f.ok = f.next()
	f.ok = f.ok && f.err == nil
}

// join walks the three streams.
func (m *merger) join(now *flow[item], then *flow[resident], gone *flow[stay]) error {
	for now.ok || then.ok || gone.ok {
		d := lastDigest
		if now.ok {
			d = now.head.digest()
		}
		if then.ok && then.head.digest().before(d) {
			d = then.head.digest()
		}
		if gone.ok && gone.head.digest.before(d) {
			d = gone.head.digest
		}
		here := now.ok && now.head.digest() == d
		was := then.ok && then.head.digest() == d
		if err := m.former(d, gone, here || was); err != nil {
			return err
		}
		if err := m.person(now.head, then.head, here, was); err != nil {
			return err
		}
		if here {
			now.advance()
		}
		if was {
			then.advance()
		}
	}
	return errors.Join(now.err, then.err, gone.err)
}

var lastDigest = digestOf(^uint64(0), ^uint32(0))

// former carries over the earlier stays of a digest. Of people who came back
// only the dates are kept: their box is among the others, or follows.
func (m *merger) former(d idDigest, gone *flow[stay], back bool) error {
	for ; gone.ok && gone.head.digest == d; gone.advance() {
		s := gone.head
		if back {
			s.box = nil
		}
		if m.times.date(s.left).Before(m.b.horizon()) {
			continue
		}
		if err := m.past.put(s); err != nil {
			return err
		}
	}
	return nil
}

// person writes somebody who is here, or was in the last version.
func (m *merger) person(now item, then resident, here, was bool) error {
	c := &m.b.meta.Info.Changes
	since := m.b.cur.Version
	switch {
	case !here && !was:
		return nil
	case !here:
		c.Departed++
		return m.depart(then)
	case !was:
		c.Inserted++
	case now.flags&^then.flags&flagDeceased != 0:
		c.Died++
	case now.content != then.content:
		c.Changed++
	default:
		c.Unchanged++
	}
	if was {
		since = then.since
	}
	if err := writeEntry(m.index, now); err != nil {
		return err
	}
	return writeMark(m.marks, now.content, since, now.flags)
}

// depart moves a box of the last version to the past.
func (m *merger) depart(then resident) error {
	d, last := then.digest(), m.b.old
	box, err := last.boxes.box(then.at)
	if err != nil {
		return err
	}
	plain, err := last.vault.openBox(box[:0], box, d)
	if err != nil {
		return err
	}
	return m.past.put(stay{digest: d, from: then.since, left: m.b.cur.Version, box: plain})
}
