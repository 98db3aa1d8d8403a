package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// output is a file that may hold personal data: its owner alone reads it, and
// it appears whole, so that a command that is stopped leaves what was there.
type output struct {
	*os.File
	path string // its name once it is whole; "" where it was written in place
}

// create makes a file that is none of the inputs.
func create(path string, inputs ...string) (*output, error) {
	for _, in := range inputs {
		if sameFile(path, in) {
			return nil, usage("%s is read: name another file to write", path)
		}
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	switch st, err := os.Stat(path); {
	case err == nil && st.IsDir():
		return nil, usage("%s is a directory: name a file to write", path)
	case err == nil && st.Mode()&fs.ModeType != 0: // a pipe or a device
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("writing: %w", err)
		}
		return &output{File: f}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, fmt.Errorf("writing: %w", err)
	}
	return &output{f, path}, nil
}

// commit gives the file its name.
func (o *output) commit() error {
	err := o.Close()
	if err == nil && o.path != "" {
		err = os.Rename(o.Name(), o.path)
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// discard removes what was not committed.
func (o *output) discard() {
	_ = o.Close()
	if o.path != "" {
		_ = os.Remove(o.Name()) // it is gone once it has its name
	}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}
