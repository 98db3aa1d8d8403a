package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
)

const lockPrefix = ".lock-"

// Delete removes the file unless it is locked.
func (d *Dir) Delete(ctx context.Context, key string) error {
	if err := d.check(ctx, key); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	l, err := d.readLock(key)
	if err != nil {
		return wrap("deleting", key, err)
	}
	if l.Hold || time.Now().Before(l.Until) {
		return locked(key)
	}
	err = os.Remove(d.file(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		_ = os.Remove(d.lockFile(key))
		err = syncDir(filepath.Dir(d.file(key)))
	}
	return wrap("deleting", key, err)
}

// lock is what keeps an object from being deleted.
type lock struct {
	Until time.Time `json:"until"`
	Hold  bool      `json:"hold"`
}

func (d *Dir) lockFile(key string) string {
	path := d.file(key)
	return filepath.Join(filepath.Dir(path), lockPrefix+filepath.Base(path))
}

func (d *Dir) readLock(key string) (lock, error) {
	var l lock
	data, err := os.ReadFile(d.lockFile(key))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err == nil {
		if err = json.Unmarshal(data, &l); err != nil {
			err = fmt.Errorf("its lock cannot be read: %w", breach.ErrInvalid)
		}
	}
	return l, err
}

// Lock notes until when the object stays.
func (d *Dir) Lock(ctx context.Context, key string, until time.Time) error {
	return d.change(ctx, key, func(l *lock) {
		if until.After(l.Until) {
			l.Until = until.UTC()
		}
	})
}

// Hold notes a legal hold.
func (d *Dir) Hold(ctx context.Context, key string, on bool) error {
	return d.change(ctx, key, func(l *lock) { l.Hold = on })
}

func (d *Dir) change(ctx context.Context, key string, to func(*lock)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.Stat(ctx, key); err != nil {
		return err
	}
	l, err := d.readLock(key)
	if err != nil {
		return wrap("locking", key, err)
	}
	before := l
	if to(&l); l == before {
		return nil
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return wrap("locking", key, d.replace(d.lockFile(key), data))
}

// replace writes a small file as a whole.
func (d *Dir) replace(path string, data []byte) error {
	f, err := os.CreateTemp(d.temp(), "*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	return errors.Join(err, syncDir(filepath.Dir(path)))
}
