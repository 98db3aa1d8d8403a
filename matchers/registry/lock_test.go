package registry

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

// slowly is a file whose reading waits for somebody.
type slowly struct {
	io.Reader
	began, goOn chan struct{}
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.began != nil {
		close(s.began)
		<-s.goOn
		s.began = nil
	}
	return s.Reader.Read(p)
}

func TestNobodyElseChangesARegistryDuringAnImport(t *testing.T) {
	dir, keys, _ := imported(t)
	s := &slowly{strings.NewReader(personsHeader + lina + omar), make(chan struct{}), make(chan struct{})}
	began, done := s.began, make(chan error)
	go func() {
		o := options(dir, keys, "", relationsHeader)
		o.Persons = s
		_, _, err := Import(context.Background(), o)
		done <- err
	}()
	<-began
	for name, change := range map[string]func() error{
		"import": func() error {
			_, _, err := Import(context.Background(), options(dir, keys, personsHeader+lina+omar, relationsHeader))
			return err
		},
		"purge":  func() error { _, err := Purge(dir, keys, day); return err },
		"rewrap": func() error { return Rewrap(dir, keys) },
	} {
		if err := change(); !errors.Is(err, breach.ErrTemporary) {
			t.Errorf("%s beside an import: %v", name, err)
		}
	}
	open(t, dir, keys) // readers are let in
	close(s.goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if r := open(t, dir, keys); r.Info().Version != 2 {
		t.Errorf("version %d", r.Info().Version)
	}
}

func TestWhatAKilledImportLeftGoesWithTheNext(t *testing.T) {
	dir, keys, _ := imported(t)
	left := filepath.Join(dir, building+"1")
	if err := os.MkdirAll(filepath.Join(left, "records"), 0o700); err != nil {
		t.Fatal(err)
	}
	o := options(dir, keys, personsHeader+lina+omar, relationsHeader)
	o.Now = time.Now()
	if _, _, err := Import(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v", left, err)
	}
}

// Relations are read before persons, and may be long.
func TestRelationsEndWithTheContext(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	o := options(t.TempDir(), newKeys(t), personsHeader+lina, relationsHeader+linaMother)
	o.Persons = nil // never asked for
	if _, _, err := Import(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("Import: %v", err)
	}
}

func TestVerifyFindsDamageInWhatLinkageDerived(t *testing.T) {
	dir, keys, r := imported(t)
	if err := r.Seal("index", func(w io.Writer) error { _, err := w.Write(make([]byte, 200_000)); return err }); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, r.cur.dir(), extraPrefix+"index")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 40, len(whole) / 2, len(whole) - 1} {
		changed := append([]byte(nil), whole...)
		changed[at] ^= 4
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := open(t, dir, keys).Verify(); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestAMissingFileIsDamage(t *testing.T) {
	for _, name := range []string{keyFile, metaFile, recordsFile, boxesFile, indexFile, marksFile, pastFile} {
		dir, keys, r := imported(t)
		if err := os.Remove(filepath.Join(dir, r.cur.dir(), name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, keys); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
