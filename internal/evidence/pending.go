package evidence

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"vigie/internal/breach"
)

// pending is a sealed file being written. It has a temporary name, locked while
// its writer lives, until commit links it to its own.
type pending struct {
	file  file
	seal  io.WriteCloser
	final string
	done  bool

	replace bool // an existing file of that name
}

// create starts a sealed file that will be called name in dir.
func (v *Vault) create(dir, name, label string) (*pending, error) {
	f, err := v.open(dir, tempPrefix+"*")
	if err != nil {
		return nil, diskError(err)
	}
	p := &pending{file: f, final: filepath.Join(dir, name)}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		p.discard()
		return nil, fmt.Errorf("locking a temporary file: %w", err)
	}
	if p.seal, err = v.keys.Writer(f, label); err != nil {
		p.discard()
		return nil, diskError(err)
	}
	return p, nil
}

func (p *pending) Write(b []byte) (int, error) {
	n, err := p.seal.Write(b)
	return n, diskError(err)
}

// commit makes the file durable under its name. An existing file of that name
// is left as it is and reported as breach.ErrConflict.
func (p *pending) commit() error {
	defer p.discard()
	if err := p.seal.Close(); err != nil {
		return diskError(err)
	}
	if err := p.file.Sync(); err != nil {
		return diskError(err)
	}
	if p.replace {
		if err := os.Rename(p.file.Name(), p.final); err != nil {
			return diskError(err)
		}
		return syncDir(filepath.Dir(p.final))
	}
	err := os.Link(p.file.Name(), p.final) // unlike a rename, never replaces
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists already: %w", filepath.Base(p.final), breach.ErrConflict)
	}
	if err != nil {
		return diskError(err)
	}
	return syncDir(filepath.Dir(p.final))
}

// discard removes the temporary name. It may be called at any time.
func (p *pending) discard() {
	if p.done {
		return
	}
	p.done = true
	_ = os.Remove(p.file.Name())
	_ = p.file.Close()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// diskError marks a full disk or quota as temporary: once there is room again
// the same call may succeed.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("the disk is full: %w: %w", breach.ErrTemporary, err)
	}
	return err
}
