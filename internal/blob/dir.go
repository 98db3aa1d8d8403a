package blob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/internal/breach"
)

// Dir is a directory of objects, a file each. Half-written files and locks have
// hidden names, which no key can have.
type Dir struct {
	path string
	mu   sync.Mutex // of locks
}

const (
	tempPrefix = ".writing-"
	lockPrefix = ".lock-"
	// abandoned is after how long a half-written file has no writer any more.
	abandoned = 24 * time.Hour
)

// OpenDir opens a directory, made if need be.
func OpenDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("opening a store: %w", err)
	}
	return &Dir{path: path}, nil
}

func (d *Dir) file(key string) string { return filepath.Join(d.path, filepath.FromSlash(key)) }

func (d *Dir) check(ctx context.Context, key string) error {
	return errors.Join(ctx.Err(), CheckKey(key))
}

// Put writes under a hidden name, syncs, and links to the key's own.
func (d *Dir) Put(ctx context.Context, key string, body io.ReaderAt, size int64, o Options) (bool, error) {
	if err := d.check(ctx, key); err != nil {
		return false, err
	}
	made, err := d.put(ctx, key, io.NewSectionReader(body, 0, size), size, o)
	if err == nil && !o.Until.IsZero() {
		err = d.Lock(ctx, key, o.Until)
	}
	return made, wrap("keeping", key, err)
}

func (d *Dir) put(ctx context.Context, key string, body io.Reader, size int64, o Options) (bool, error) {
	path := d.file(key)
	if _, err := os.Lstat(path); err == nil && !o.Replace {
		return false, nil
	}
	dir := filepath.Dir(path)
	if err := d.mkdir(dir); err != nil {
		return false, err
	}
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	n, err := io.Copy(f, ctxReader{ctx, body})
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, err
	}
	if o.Replace {
		if err := os.Rename(f.Name(), path); err != nil {
			return false, err
		}
		return true, syncDir(dir)
	}
	err = os.Link(f.Name(), path) // unlike a rename, never replaces
	if errors.Is(err, fs.ErrExist) {
		return false, syncDir(dir) // the other's name may not be durable yet
	}
	if err != nil {
		return false, err
	}
	return true, syncDir(dir)
}

// mkdir makes a directory below the store's, durably.
func (d *Dir) mkdir(dir string) error {
	if _, err := os.Stat(dir); err == nil || dir == d.path {
		return nil
	}
	if err := d.mkdir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// Open opens the file.
func (d *Dir) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := d.check(ctx, key); err != nil {
		return nil, err
	}
	f, err := os.Open(d.file(key))
	if err != nil {
		return nil, wrap("opening", key, err)
	}
	return f, nil
}

// Stat looks at the file and its lock.
func (d *Dir) Stat(ctx context.Context, key string) (Info, error) {
	if err := d.check(ctx, key); err != nil {
		return Info{}, err
	}
	info, err := os.Lstat(d.file(key))
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, wrap("looking at", key, err)
	}
	l, err := d.readLock(key)
	return Info{Key: key, Size: info.Size(), At: info.ModTime(), Until: l.Until, Hold: l.Hold}, wrap("looking at", key, err)
}

// List reads the directories that the prefix leads to.
func (d *Dir) List(ctx context.Context, prefix, after string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		start := "" // the directory that holds every match
		if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
			start = prefix[:i]
			if CheckKey(start) != nil {
				return
			}
		}
		if _, err := d.list(ctx, start, prefix, after, yield); err != nil {
			yield(Info{}, wrap("listing", prefix, err))
		}
	}
}

// list walks one directory in the byte order of whole keys, where a directory
// sorts as its name with a slash. It tells whether to go on.
func (d *Dir) list(ctx context.Context, dir, prefix, after string, yield func(Info, error) bool) (bool, error) {
	entries, err := os.ReadDir(d.file(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	name := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(name(a), name(b)) })
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		key := name(e)
		if dir != "" {
			key = dir + "/" + key
		}
		switch {
		case strings.HasPrefix(e.Name(), "."):
			continue
		case e.IsDir():
			if !strings.HasPrefix(key, prefix) && !strings.HasPrefix(prefix, key) || key < after && !strings.HasPrefix(after, key) {
				continue
			}
			if more, err := d.list(ctx, strings.TrimSuffix(key, "/"), prefix, after, yield); !more || err != nil {
				return false, err
			}
			continue
		case !strings.HasPrefix(key, prefix) || key <= after || !e.Type().IsRegular():
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, err
		}
		if !yield(Info{Key: key, Size: info.Size(), At: info.ModTime()}, nil) {
			return false, nil
		}
	}
	return true, nil
}

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
	return wrap("locking", key, replaceFile(d.lockFile(key), data))
}

// replaceFile writes a small file as a whole.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
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

// Sweep removes what writers that died have left half written.
func (d *Dir) Sweep(ctx context.Context) error {
	return filepath.WalkDir(d.path, func(path string, e fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), tempPrefix) && e.Type().IsRegular() && time.Since(info.ModTime()) > abandoned {
			return os.Remove(path)
		}
		return nil
	})
}

// wrap names the key and the kind of an error of the file system; what the
// system says of paths is left out.
func wrap(doing, key string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %s: %w", doing, key, breach.ErrNotFound)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, breach.ErrInvalid):
		return fmt.Errorf("%s %s: %w", doing, key, err)
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s %s: %w: %w", doing, key, breach.ErrTemporary, err)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// ctxReader stops a copy when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
