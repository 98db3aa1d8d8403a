package registry

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
)

// schema is the layout on disk that this code reads and writes.
const schema = 2

const currentFile = "current"

// current names the version in force. It is the only file in plain text.
type current struct {
	Schema  int               `json:"schema"`
	Name    breach.RegistryID `json:"name"`
	Version int               `json:"version"`
}

func (c current) dir() string { return fmt.Sprintf("v%06d", c.Version) }

func readCurrent(dir string) (current, error) {
	var c current
	raw, err := os.ReadFile(filepath.Join(dir, currentFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return c, fmt.Errorf("registry %s: %w", filepath.Base(dir), breach.ErrNotFound)
	case err != nil:
		return c, fmt.Errorf("registry %s: %w", filepath.Base(dir), err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("registry %s: %s is damaged: %w", filepath.Base(dir), currentFile, breach.ErrInvalid)
	}
	if c.Schema != schema {
		return c, &breach.RefusedError{Code: "old-schema", What: "registry " + filepath.Base(dir),
			Hint: fmt.Sprintf("it was written in schema %d, this program reads schema %d: remove its directory and import it again", c.Schema, schema)}
	}
	return c, nil
}

// putCurrent puts a version in force: the one step that readers can see.
func putCurrent(dir string, c current) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = replaceFile(filepath.Join(dir, currentFile), func(w io.Writer) error {
		_, err := w.Write(append(raw, '\n'))
		return err
	})
	return err
}

// replaceFile writes a file beside its place, syncs it and renames it.
func replaceFile(path string, write func(io.Writer) error) (int64, error) {
	forsaken(filepath.Dir(path))
	tmp, err := os.CreateTemp(filepath.Dir(path), newFile+"*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	n, err := fillFile(tmp, write)
	if err != nil {
		return 0, err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return 0, err
	}
	return n, syncDir(filepath.Dir(path))
}

// newFile starts the names of files that are being written.
const newFile = ".new-"

// forsaken removes what was being written a day ago: whoever wrote it was
// killed, and a country's index takes gigabytes. It is best effort.
func forsaken(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, newFile+"*"))
	for _, name := range left {
		if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > 24*time.Hour {
			_ = os.Remove(name)
		}
	}
}

// fillFile writes, syncs and closes a file and says how long it is.
func fillFile(f *os.File, write func(io.Writer) error) (n int64, err error) {
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	c := &counter{w: f}
	bw := bufio.NewWriterSize(c, 256<<10)
	if err := write(bw); err != nil {
		return 0, err
	}
	if err := bw.Flush(); err != nil {
		return 0, err
	}
	return c.n, f.Sync()
}

// counter counts what is written through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

// blob binds a sealed file to its registry, version and place, so that a file
// brought back from another one does not open.
func (c current) blob(file string) string {
	return fmt.Sprintf("registry %s v%06d %s", c.Name, c.Version, file)
}

// sealTo returns a write function that seals what write gives.
func sealTo(v *vault, name string, write func(io.Writer) error) func(io.Writer) error {
	return func(dst io.Writer) error {
		w, err := v.writer(dst, name)
		if err != nil {
			return err
		}
		if err := write(w); err != nil {
			return err
		}
		return w.Close()
	}
}

// readSealed opens a sealed file for read.
func readSealed(v *vault, path, name string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	src, err := v.reader(f, name)
	if err != nil {
		return err
	}
	return read(src)
}
