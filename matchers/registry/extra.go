package registry

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vigie/internal/breach"
)

// Seal keeps something derived from the records, such as linkage's index,
// sealed beside this version: it goes when the version goes. A crash leaves
// the old content or the new.
func (r *Registry) Seal(name string, write func(io.Writer) error) error {
	if !nameRule.MatchString(name) {
		return fmt.Errorf("sealing %q in registry %s: %w", name, r.cur.Name, breach.ErrInvalid)
	}
	file := extraPrefix + name
	if _, err := replaceFile(filepath.Join(r.dir, file), sealTo(r.keys, r.cur.blob(file), write)); err != nil {
		return fmt.Errorf("sealing %s in registry %s: %w", name, r.cur.Name, err)
	}
	return nil
}

// Unseal reads what Seal kept; breach.ErrNotFound if there is none.
func (r *Registry) Unseal(name string, read func(io.Reader) error) error {
	if !nameRule.MatchString(name) {
		return fmt.Errorf("unsealing %q in registry %s: %w", name, r.cur.Name, breach.ErrInvalid)
	}
	err := r.read(extraPrefix+name, read)
	if errors.Is(err, os.ErrNotExist) {
		err = breach.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("unsealing %s in registry %s: %w", name, r.cur.Name, err)
	}
	return nil
}

// UnsealAt opens what Seal kept for reading at random, so that an index larger
// than memory is read only where it is asked; breach.ErrNotFound if there is
// none. A file cut short is an error here, a flipped byte at the read of its
// chunk of 64 KiB. The reader is safe for concurrent use until it is closed.
func (r *Registry) UnsealAt(name string) (*io.SectionReader, io.Closer, error) {
	if !nameRule.MatchString(name) {
		return nil, nil, fmt.Errorf("unsealing %q in registry %s: %w", name, r.cur.Name, breach.ErrInvalid)
	}
	at, f, err := r.openAt(extraPrefix + name)
	if errors.Is(err, os.ErrNotExist) {
		err = breach.ErrNotFound
	}
	if err != nil {
		return nil, nil, fmt.Errorf("unsealing %s in registry %s: %w", name, r.cur.Name, err)
	}
	return at, f, nil
}

func (r *Registry) openAt(file string) (_ *io.SectionReader, _ io.Closer, err error) {
	f, err := os.Open(filepath.Join(r.dir, file))
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	at, err := r.keys.ReaderAt(f, st.Size(), r.cur.blob(file))
	return at, f, err
}

// Verify reads everything again: the digests of the files, every record and
// every person's box.
func (r *Registry) Verify() error {
	for name, want := range r.meta.Files {
		if err := r.verifyFile(name, want); err != nil {
			return fmt.Errorf("verifying registry %s: %w", r.cur.Name, err)
		}
	}
	for rec, err := range r.Records() {
		if err != nil {
			return err
		}
		id := breach.PersonID(rec.ID)
		digest, err := idDigest(r.keys, r.cur.Name, id)
		if err == nil {
			_, err = r.open(digest, id)
		}
		if err != nil {
			return fmt.Errorf("verifying registry %s: record %d: %w", r.cur.Name, rec.Row, err)
		}
	}
	return nil
}

func (r *Registry) verifyFile(name string, want fileMark) error {
	f, err := os.Open(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	m := &marker{sum: sha256.New()}
	if _, err := io.Copy(m, f); err != nil {
		return err
	}
	if m.mark() != want {
		return fmt.Errorf("%s is not what was written: %w", name, breach.ErrInvalid)
	}
	return nil
}
