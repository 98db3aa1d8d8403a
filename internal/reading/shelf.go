package reading

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"vigie/matchers/dump"
)

// Shelf keeps the sketches of dumps that were read before, keyed, so that one
// that is sold again is known. A sketch outlives its dump: it holds no value,
// and without the key nobody can ask it for a person.
type Shelf struct {
	Dir    string
	Digest func(purpose string, parts ...string) string // keyed; seal.Keyring has it
}

const sketchSuffix = ".sketch.json"

// leastOverlap is the share of rows below which two dumps are not said to share
// any: two registries of one town always share some people.
const leastOverlap = 0.05

func (s *Shelf) keyed(x *dump.Sketch) *dump.Sketch {
	return x.Keyed(func(d []byte) []byte { return []byte(s.Digest("sketch", string(d)))[:32] })
}

// Keep keeps the sketch of a dump under its ID; a second time changes nothing.
func (s *Shelf) Keep(id string, x *dump.Sketch) error {
	if x == nil || len(x.Items) == 0 {
		return nil
	}
	if id != filepath.Base(id) {
		return fmt.Errorf("keeping a sketch: malformed identifier")
	}
	raw, err := json.Marshal(s.keyed(x))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("keeping a sketch: %w", err)
	}
	tmp, err := os.CreateTemp(s.Dir, ".sketch-*")
	if err != nil {
		return fmt.Errorf("keeping a sketch: %w", err)
	}
	_, err = tmp.Write(raw)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(s.Dir, id+sketchSuffix))
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("keeping a sketch: %w", err)
	}
	return nil
}

// Recycled lists the earlier dumps that share people with this one, the most
// alike first; but is the dump itself.
func (s *Shelf) Recycled(x *dump.Sketch, but string) ([]dump.Recycled, error) {
	out := []dump.Recycled{}
	if x == nil || len(x.Items) == 0 {
		return out, nil
	}
	files, err := os.ReadDir(s.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("reading sketches: %w", err)
	}
	mine := s.keyed(x)
	for _, f := range files {
		id, ok := strings.CutSuffix(f.Name(), sketchSuffix)
		if !ok || id == but {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(s.Dir, f.Name()))
		if err != nil {
			return out, fmt.Errorf("reading sketches: %w", err)
		}
		var other dump.Sketch
		if err := json.Unmarshal(raw, &other); err != nil {
			return out, fmt.Errorf("reading the sketch of %s: %w", id, err)
		}
		share, low, high, _ := dump.Overlap(mine, &other)
		if low >= leastOverlap {
			out = append(out, dump.Recycled{Dump: id, Share: share, Low: low, High: high})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Share > out[j].Share })
	return out, nil
}
