package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/dump/parquet"
)

// importFiles are the files of one import.
type importFiles struct{ persons, relations, manifest string }

// endings are those of the files that a registry's directory may hold.
var endings = []string{".csv", ".jsonl", ".ndjson", ".parquet", ".sql"}

func (c registryImportCmd) files() (importFiles, error) {
	var in importFiles
	first := c.Files[0]
	if st, err := os.Stat(first); err == nil && st.IsDir() {
		in.persons, in.relations = within(first, "persons"), within(first, "relations")
		if in.persons == "" {
			in.persons = filepath.Join(first, "persons.csv")
		}
		in.manifest = filepath.Join(first, "manifest.yaml")
	} else {
		in.persons = first
		in.manifest = filepath.Join(filepath.Dir(first), "manifest.yaml")
		if len(c.Files) > 1 {
			in.relations = c.Files[1]
		}
	}
	if c.Manifest != "" {
		in.manifest = c.Manifest
	}
	if len(c.Files) > 2 {
		return in, usage("%d files: want persons and relations", len(c.Files))
	}
	return in, nil
}

// within finds a file of a directory by its name without ending; "" if there
// is none.
func within(dir, name string) string {
	i := slices.IndexFunc(endings, func(ending string) bool { return exists(filepath.Join(dir, name+ending)) })
	if i < 0 {
		return ""
	}
	return filepath.Join(dir, name+endings[i])
}

// open opens a file of an import, or what it asks a database for.
func (c registryImportCmd) open(s *session, path string) (io.ReadCloser, error) {
	if strings.EqualFold(filepath.Ext(path), ".sql") {
		if isMySQL(c.Database) {
			return s.queryMySQL(path, c.Database, c.Password)
		}
		return s.query(path, c.Database)
	}
	return s.registryFile(path)
}

// registryFile opens a file of persons or relations. Parquet is turned into CSV
// on the way: the registry itself reads text alone.
func (s *session) registryFile(path string) (io.ReadCloser, error) {
	f, err := input(path)
	if err != nil {
		return nil, err
	}
	magic := make([]byte, 4)
	if n, _ := f.ReadAt(magic, 0); n < len(magic) || string(magic) != "PAR1" {
		return f, nil
	}
	st, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		e := &dump.Engine{Formats: []dump.Format{parquet.New()}}
		refused, err := e.Convert(s, w, io.NewSectionReader(f, 0, st.Size()), dump.Conversion{})
		if err == nil && refused > 0 {
			err = &breach.RefusedError{Code: "unread-rows", What: fmt.Sprintf("%s, %d rows", path, refused), Hint: "the file is damaged: get it again"}
		}
		_ = w.CloseWithError(err) // it never fails
	}()
	return &converted{r, f, done}, nil
}

// converted is a file that is read as CSV.
type converted struct {
	*io.PipeReader
	file *os.File
	done chan struct{}
}

// Close stops the conversion and waits for it.
func (c *converted) Close() error {
	err := c.PipeReader.Close()
	<-c.done
	return errors.Join(err, c.file.Close())
}
