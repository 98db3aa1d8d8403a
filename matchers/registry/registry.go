// Package registry keeps protected people sealed.
//
// A registry is a directory of versions and a small file, current, that names
// the one in force. A version is built beside the others and put in force by
// one rename, so a crash leaves the old or the new one. It holds:
//
//	key           the version's data key, wrapped by the keyring
//	meta          sealed: counts, the manifest, sizes of the other files
//	records       sealed: what linkage compares, and nothing else
//	subjects      one sealed box a person: contact, capacity, relations
//	subjects.idx  sorted keyed digests of person ids and where their box lies
//	marks         sealed: who came with which version, and digests of the rows
//	past          sealed: who left within the retention, with their last box
//	x-NAME        sealed: what linkage derives from the records
//
// Beside the versions, canaries holds a sealed file for each export in which
// invented persons were planted (canary.go).
//
// Without the keys the directory tells how large the registry is, and no more.
// Contact data lie apart from the records: a match reads the records as a
// stream, and a box is opened only to show or to address one person.
package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Sealer wraps the data keys of versions and keys their digests;
// internal/seal's Keyring is one.
type Sealer interface {
	SealField(plain []byte, place string) ([]byte, error)
	OpenField(box []byte, place string) ([]byte, error)
	Digest(purpose string, parts ...string) string
}

// Mark is a SHA-256, in hex, of the sealed description of the version: two
// imports never have the same, and it stays as it is when keys change or people
// are forgotten. Whoever keeps it elsewhere knows a version that was put back.
func (r *Registry) Mark() (string, error) {
	raw, err := os.ReadFile(filepath.Join(r.dir, metaFile))
	if err != nil {
		return "", fmt.Errorf("reading registry %s: %w", r.cur.Name, err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// Info describes the version in force.
type Info struct {
	Name    breach.RegistryID `json:"name"`
	Kind    string            `json:"kind"`
	Persons int64             `json:"persons"`
	Version int               `json:"version"` // counted from 1
	BuiltAt time.Time         `json:"built_at"`
	Bytes   int64             `json:"bytes"` // on disk
	Key     string            `json:"key"`   // tells keys apart, reveals nothing of them
	Changes Changes           `json:"changes"`
}

// Registry is an opened version. It is safe for concurrent use and goes on
// reading its version while a newer one is put in force.
type Registry struct {
	dir   string // of the version
	cur   current
	keys  *digests
	vault *vault
	meta  meta
	boxes *boxReader
}

// meta is the sealed description of a version.
type meta struct {
	Info     Info                `json:"info"`
	Manifest Manifest            `json:"manifest"`
	Files    map[string]fileMark `json:"files"`
	Columns  profiles            `json:"columns"`
}

// fileMark is what a file was when it was written.
type fileMark struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"` // of what does not prove itself when it is opened
}

// The files of a version.
const (
	keyFile     = "key"
	metaFile    = "meta"
	recordsFile = "records"
	boxesFile   = "subjects"
	indexFile   = "subjects.idx"
	marksFile   = "marks"
	pastFile    = "past"
	extraPrefix = "x-"
)

// Open opens the version in force. It reads a few kilobytes whatever the size
// of the registry.
func Open(dir string, keys Sealer) (*Registry, error) {
	cur, err := readCurrent(dir)
	if err != nil {
		return nil, err
	}
	r := &Registry{dir: filepath.Join(dir, cur.dir()), cur: cur}
	r.vault, err = readKey(r.dir, cur, keys, nil)
	if err == nil {
		r.keys, err = newDigests(keys, cur.Name)
	}
	if err == nil {
		err = r.readMeta()
	}
	if err == nil {
		err = r.checkSizes()
	}
	if err == nil {
		err = r.checkPast()
	}
	if err == nil {
		r.boxes, err = openBoxes(r.dir)
	}
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("a file of version %d is missing: %w", cur.Version, ErrDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("opening registry %s: %w", cur.Name, err)
	}
	return r, nil
}

func (r *Registry) readMeta() error {
	return r.read(metaFile, func(src io.Reader) error { return json.NewDecoder(src).Decode(&r.meta) })
}

// read opens a sealed file of the version for f.
func (r *Registry) read(file string, f func(io.Reader) error) error {
	return readSealed(r.vault, filepath.Join(r.dir, file), r.cur.blob(file), f)
}

// checkSizes finds files cut short without reading them.
func (r *Registry) checkSizes() error {
	for name, mark := range r.meta.Files {
		st, err := os.Stat(filepath.Join(r.dir, name))
		if err != nil {
			return err
		}
		if st.Size() != mark.Bytes {
			return fmt.Errorf("%s holds %d bytes where %d were written: %w", name, st.Size(), mark.Bytes, ErrDamaged)
		}
	}
	return nil
}

// checkPast does the same to the one file whose size may change.
func (r *Registry) checkPast() error {
	_, f, err := r.openAt(pastFile)
	if err != nil {
		return err
	}
	return f.Close()
}

// Close lets go of the files.
func (r *Registry) Close() error { return r.boxes.close() }

// Info describes the version that is open.
func (r *Registry) Info() Info { return r.meta.Info }

// Manifest returns the manifest it was imported with.
func (r *Registry) Manifest() Manifest { return r.meta.Manifest }

// Records streams what linkage compares, in the order of the import. It stops
// at the first error.
func (r *Registry) Records() iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		err := r.read(recordsFile, func(src io.Reader) error {
			d := newRecordReader(src)
			var n int64
			for {
				var rec matchers.Record
				switch err := d.next(&rec); {
				case errors.Is(err, io.EOF):
					if n != r.meta.Info.Persons {
						return fmt.Errorf("%d records where %d were written: %w", n, r.meta.Info.Persons, breach.ErrInvalid)
					}
					return nil
				case err != nil:
					return err
				}
				n++
				if !yield(rec, nil) {
					return errStopped
				}
			}
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(matchers.Record{}, fmt.Errorf("reading registry %s: %w", r.cur.Name, err))
		}
	}
}

// errStopped ends a stream whose reader has had enough.
var errStopped = errors.New("stopped")

// Subject opens the box of one person who is in the registry now.
func (r *Registry) Subject(ctx context.Context, id breach.PersonID) (breach.Subject, error) {
	b, err := r.box(ctx, id)
	return b.subject, err
}

// Person opens the box of one person who is in the registry now: whom the rules
// know, and what linkage compared.
func (r *Registry) Person(ctx context.Context, id breach.PersonID) (breach.Subject, matchers.Record, error) {
	b, err := r.box(ctx, id)
	return b.subject, b.record, err
}

// Record opens the box of one person for what linkage compared, also of
// somebody who has left and whose retention has not ended: whether and how they
// are told is the controller's decision, so Subject does not know them.
func (r *Registry) Record(ctx context.Context, id breach.PersonID) (matchers.Record, error) {
	b, err := r.box(ctx, id)
	if errors.Is(err, breach.ErrNotFound) {
		gone, err := r.Departure(ctx, id)
		return gone.Record, err
	}
	return b.record, err
}

// boxed is what a box holds: the person, and what linkage compared, so that a
// reviewer sees both sides of a pair without reading the records through.
type boxed struct {
	subject breach.Subject
	record  matchers.Record
}

func (r *Registry) box(ctx context.Context, id breach.PersonID) (boxed, error) {
	if err := ctx.Err(); err != nil {
		return boxed{}, err
	}
	b, err := r.open(r.keys.clone().id(string(id)), id)
	if err != nil {
		return b, fmt.Errorf("opening person %s of registry %s: %w", id, r.cur.Name, err)
	}
	return b, nil
}

func (r *Registry) open(d idDigest, id breach.PersonID) (boxed, error) {
	box, err := r.boxes.find(d)
	if err != nil {
		return boxed{}, err
	}
	plain, err := r.vault.openBox(box[:0], box, d)
	if err != nil {
		return boxed{}, err
	}
	b, err := parseBox(plain, &r.meta.Manifest)
	if err == nil && b.record.ID != string(id) {
		err = errCells
	}
	return b, err
}

// parseBox reads a box as the rows it was made of.
func parseBox(plain []byte, m *Manifest) (b boxed, err error) {
	if len(plain) == 0 || plain[0] != boxForm {
		return b, errCells
	}
	var person row
	rest, err := person.parse(string(plain[1:]))
	if err != nil {
		return b, err
	}
	b.subject, b.record = person.person(m), person.record()
	n, rest, ok := cutUvarint(rest)
	if !ok {
		return b, errCells
	}
	for ; n > 0; n-- {
		var r row
		if rest, err = r.parse(rest); err != nil {
			return b, err
		}
		b.subject.Relations = append(b.subject.Relations, r.relation())
	}
	return b, nil
}
