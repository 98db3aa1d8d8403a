package registry

import (
	"crypto/sha256"
	"encoding/hex"
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
	if _, err := replaceFile(filepath.Join(r.dir, file), sealTo(r.vault, r.cur.blob(file), write)); err != nil {
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
	at, err := r.vault.readerAt(f, st.Size(), r.cur.blob(file))
	return at, f, err
}

// Verify reads everything again: the digest of the index, every record and
// every person's box.
func (r *Registry) Verify() error {
	d := r.keys.clone()
	if err := r.verifyIndex(); err != nil {
		return fmt.Errorf("verifying registry %s: %w", r.cur.Name, err)
	}
	for rec, err := range r.Records() {
		if err != nil {
			return err
		}
		b, err := r.open(d.id(rec.ID), breach.PersonID(rec.ID))
		if err == nil && b.record.Values != rec.Values {
			err = fmt.Errorf("the box holds something else: %w", breach.ErrInvalid)
		}
		if err != nil {
			return fmt.Errorf("verifying registry %s: record %d: %w", r.cur.Name, rec.Row, err)
		}
	}
	for _, err := range r.residents() {
		if err != nil {
			return fmt.Errorf("verifying registry %s: %w", r.cur.Name, err)
		}
	}
	for _, err := range r.Departed() {
		if err != nil {
			return fmt.Errorf("verifying registry %s: %w", r.cur.Name, err)
		}
	}
	return r.verifyExtras()
}

// verifyExtras reads what linkage derived from the records.
func (r *Registry) verifyExtras() error {
	paths, err := filepath.Glob(filepath.Join(r.dir, extraPrefix+"*"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		err := r.read(filepath.Base(path), func(src io.Reader) error {
			_, err := io.Copy(io.Discard, src)
			return err
		})
		if errors.Is(err, ErrDamaged) {
			return refuse("damaged-extra", "registry "+string(r.cur.Name)+", "+path, "remove that file: it is made again from the records")
		}
		if err != nil {
			return fmt.Errorf("verifying registry %s: %w", r.cur.Name, err)
		}
	}
	return nil
}

func (r *Registry) verifyIndex() error {
	f, err := os.Open(filepath.Join(r.dir, indexFile))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.meta.Files[indexFile].SHA256 {
		return fmt.Errorf("%s is not what was written: %w", indexFile, breach.ErrInvalid)
	}
	return nil
}
