package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
)

// maxMirrored is the size in bytes up to which what is there is compared before
// it is written.
const maxMirrored = 16 << 20

// Mirror makes the objects below prefix those of a directory: what differs is
// replaced, nothing is removed. Deeper files go first, index files last, so that
// a reader never meets a page whose parts are missing. It returns how many it
// wrote. It is for public files: their names become keys.
func Mirror(ctx context.Context, dir string, to Store, prefix string, cacheFor time.Duration) (n int, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, fmt.Errorf("mirroring: %w", err)
	}
	defer func() { _ = root.Close() }()
	var names []string
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, name)
		}
		return errors.Join(err, ctx.Err())
	})
	if err != nil {
		return 0, fmt.Errorf("mirroring: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int {
		if x, y := rank(a), rank(b); x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		data, err := fs.ReadFile(root.FS(), name)
		if err != nil {
			return n, fmt.Errorf("mirroring: %w", err)
		}
		key := path.Join(prefix, filepath.ToSlash(name))
		if there, err := holds(ctx, to, key, data); err != nil {
			return n, err
		} else if there {
			continue
		}
		o := Options{Replace: true, ContentType: mime.TypeByExtension(path.Ext(name)), CacheFor: cacheFor}
		if _, err := to.Put(ctx, key, bytes.NewReader(data), int64(len(data)), o); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// rank is 0 for files in directories of their own, 2 for an index, 1 between.
func rank(name string) int {
	switch {
	case strings.Contains(name, "/"):
		return 0
	case strings.HasPrefix(name, "index."):
		return 2
	}
	return 1
}

// holds tells whether an object has these bytes.
func holds(ctx context.Context, s Store, key string, data []byte) (bool, error) {
	info, err := s.Stat(ctx, key)
	if errors.Is(err, breach.ErrNotFound) {
		return false, nil
	}
	if err != nil || info.Size != int64(len(data)) || info.Size > maxMirrored {
		return false, err
	}
	rc, err := s.Open(ctx, key)
	if err != nil {
		return false, err
	}
	defer func() { _ = rc.Close() }()
	there, err := io.ReadAll(rc)
	return bytes.Equal(there, data), err
}
