package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/breach"
)

// Options are what an import needs.
type Options struct {
	Dir       string // the registry's own directory, made if missing
	Manifest  Manifest
	Persons   io.Reader // persons.csv: CSV, or a JSON object a line
	Relations io.Reader // relations.csv, likewise; nil if the registry has none
	Keys      Sealer
	Now       time.Time
	// MinShare refuses a file that brings fewer persons than this share of the
	// last version, or that loses more than the rest of its own rows to
	// refusals, or whose columns look otherwise: a cut file or shifted columns
	// must not empty a registry.
	// 0 means 0.8; a negative share lifts the guard.
	MinShare float64

	cipher newCipher // nil: AES-256-GCM
}

// DefaultMinShare is the share of the last version that a new one must reach.
const DefaultMinShare = 0.8

// Refusal is one row that was refused: where and why, never a value.
type Refusal struct {
	File string `json:"file"`
	Line int64  `json:"line"`
	Code string `json:"code"`
}

// Refusals are the rows that an import refused while it went on.
type Refusals struct {
	Count  int64            `json:"count"`
	ByCode map[string]int64 `json:"by_code"`
	First  []Refusal        `json:"first"` // the first keepRefusals of them
}

const keepRefusals = 1000

func (r *Refusals) add(file string, line int64, code string) {
	if r.ByCode == nil {
		r.ByCode = map[string]int64{}
	}
	r.Count++
	r.ByCode[code]++
	if len(r.First) < keepRefusals {
		r.First = append(r.First, Refusal{file, line, code})
	}
}

// Import builds a new version from CSV files and puts it in force. Rows with a
// defect are refused and counted; a file with a defect is refused as a whole
// (breach.RefusedError) and the last version stays.
func Import(ctx context.Context, o Options) (Info, Refusals, error) {
	b := &builder{Options: o, cur: current{Schema: schema, Name: o.Manifest.Name, Version: 1},
		refused: Refusals{ByCode: map[string]int64{}, First: []Refusal{}}}
	info, err := b.build(ctx)
	if err != nil {
		return Info{}, b.refused, fmt.Errorf("importing registry %s: %w", o.Manifest.Name, err)
	}
	return info, b.refused, nil
}

// builder builds one version.
type builder struct {
	Options
	cur     current
	vault   *vault
	old     *Registry // the last version, if there is one
	tmp     string    // directory of the version in the making
	shelf   *shelf
	sorter  *sorter // index entries
	seen    idSet
	boxes   io.Writer
	offset  int64 // where the next box begins
	votes   dateVotes
	looks   profiler
	refused Refusals
	persons int64
	rows    int64
	meta    meta
}

func (b *builder) build(ctx context.Context) (info Info, err error) {
	if err := b.Manifest.Check(); err != nil {
		return info, err
	}
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return info, err
	}
	unlock, err := lock(b.Dir)
	if err != nil {
		return info, err
	}
	defer unlock()
	err = b.prepare()
	if b.old != nil {
		defer func() { _ = b.old.Close() }() // it was only read
	}
	if err != nil {
		return info, err
	}
	defer func() { _ = os.RemoveAll(b.tmp) }()
	if err := b.open(); err != nil {
		return info, err
	}
	err = b.fill(ctx)
	if cerr := b.shelf.close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = b.finish()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = b.putInForce()
	}
	return b.meta.Info, err
}

// open makes the version's keys, and those of its temporary files.
func (b *builder) open() error {
	var err error
	if b.vault, err = newVault(b.cur.blob(""), b.cipher); err != nil {
		return err
	}
	if err := b.vault.writeKey(b.tmp, b.cur, b.Keys); err != nil {
		return err
	}
	passing, err := newVault("passing", b.cipher)
	if err != nil {
		return err
	}
	d, err := newDigests(b.Keys, b.cur.Name)
	if err != nil {
		return err
	}
	b.sorter, b.votes.order = newSorter(b.tmp, passing), b.Manifest.Dates
	b.shelf, err = newShelf(b.tmp, d, passing)
	return err
}

// prepare looks at the last version.
func (b *builder) prepare() error {
	if b.MinShare == 0 {
		b.MinShare = DefaultMinShare
	}
	switch last, err := Open(b.Dir, b.Keys); {
	case err == nil:
		b.old, b.cur.Version = last, last.cur.Version+1
		if last.cur.Name != b.Manifest.Name {
			return refuse("other-registry", "directory of registry "+string(last.cur.Name), "import each registry into its own directory")
		}
	case !errors.Is(err, breach.ErrNotFound):
		return err // a damaged version or a wrong key is not replaced blindly
	}
	b.sweep()
	tmp, err := os.MkdirTemp(b.Dir, building+"*")
	b.tmp = tmp
	return err
}

// fill writes records, boxes and their index.
func (b *builder) fill(ctx context.Context) error {
	if b.Relations != nil {
		if err := shelve(b.shelf, untilDone{ctx, b.Relations}, &b.Manifest, &b.refused); err != nil {
			return err
		}
	}
	b.meta.Files = map[string]fileMark{}
	err := b.create(recordsFile, sealTo(b.vault, b.cur.blob(recordsFile), func(records io.Writer) error {
		return b.create(boxesFile, func(w io.Writer) error {
			b.boxes = w
			return b.people(ctx, records)
		})
	}))
	if err != nil {
		return err
	}
	b.shelf.unknown(&b.refused)
	return b.weigh()
}

// create writes a file of the version and marks it.
func (b *builder) create(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(b.tmp, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := fillFile(f, write)
	if err != nil {
		return err
	}
	b.meta.Files[name] = fileMark{Bytes: n}
	return nil
}

// weigh refuses files that are not what they should be, before anything is
// compared with the last version.
func (b *builder) weigh() error {
	if err := b.votes.verdict(personsName); err != nil {
		return err
	}
	var last int64
	if b.old != nil {
		last = b.old.meta.Info.Persons
	}
	switch {
	case b.persons == 0:
		return refuse("no-person", personsName, "no row could be taken")
	case float64(b.persons) < b.MinShare*float64(b.rows):
		return refuse("too-many-refused", fmt.Sprintf("%s, %d of %d rows", personsName, b.rows-b.persons, b.rows), "see the refusals: are the columns shifted?")
	case float64(b.persons) < b.MinShare*float64(last):
		return refuse("too-few-persons", fmt.Sprintf("%s, %d persons where the last version has %d", personsName, b.persons, last), "is the file whole? lower the share if so many have left")
	}
	b.meta.Columns = b.looks.named()
	if b.old == nil || b.MinShare < 0 {
		return nil
	}
	return b.meta.Columns.shifted(b.old.meta.Columns)
}

// finish writes index, past and meta.
func (b *builder) finish() error {
	if err := b.index(); err != nil {
		return err
	}
	if err := b.strangers(); err != nil {
		return err
	}
	b.meta.Manifest = b.Manifest
	b.meta.Info = Info{
		Name: b.cur.Name, Kind: b.Manifest.Kind, Persons: b.persons, Version: b.cur.Version, BuiltAt: b.Now.UTC(),
		Key: b.Keys.Digest("registry key")[:8], Changes: b.meta.Info.Changes,
	}
	for _, mark := range b.meta.Files {
		b.meta.Info.Bytes += mark.Bytes
	}
	m := b.meta
	return b.create(metaFile, sealTo(b.vault, b.cur.blob(metaFile), func(w io.Writer) error {
		return json.NewEncoder(w).Encode(m)
	}))
}

// fewPeople is a registry of which anything may be true.
const fewPeople = 20

// strangers refuses a file that knows hardly anybody of the last version: that
// of another registry, or one whose ids were given anew. Everybody would stand
// in the index twice, and nobody be told from their other self.
func (b *builder) strangers() error {
	if b.old == nil || b.MinShare < 0 {
		return nil
	}
	last := b.old.meta.Info.Persons
	known := last - b.meta.Info.Changes.Departed
	if last < fewPeople || float64(known) >= (1-b.MinShare)*float64(last) {
		return nil
	}
	return refuse("other-people", fmt.Sprintf("%s, %d of the %d persons of the last version", personsName, known, last),
		"is it the file of this registry, with the same ids?")
}

// putInForce renames the finished version into place and points to it.
func (b *builder) putInForce() error {
	if err := syncDir(b.tmp); err != nil {
		return err
	}
	place := filepath.Join(b.Dir, b.cur.dir())
	if err := os.Rename(b.tmp, place); err != nil {
		return fmt.Errorf("version %d: %w: %w", b.cur.Version, breach.ErrConflict, err)
	}
	if err := syncDir(b.Dir); err != nil {
		return err
	}
	if err := putCurrent(b.Dir, b.cur); err != nil {
		return err
	}
	b.sweep()
	return nil
}

// building starts the names of versions in the making.
const building = ".building-"

// sweep removes what no reader can want: versions older than the last two, a
// version that was never put in force, and what killed imports have left: none
// is at work while this one holds the lock. It is best effort.
func (b *builder) sweep() {
	cur, err := readCurrent(b.Dir)
	if err != nil && !errors.Is(err, breach.ErrNotFound) {
		return
	}
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		var v int
		st, err := e.Info()
		if err != nil {
			continue
		}
		old := b.Now.Sub(st.ModTime()) > 24*time.Hour
		n, _ := fmt.Sscanf(e.Name(), "v%06d", &v)
		switch {
		case n == 1 && (v < cur.Version-1 || v > cur.Version),
			strings.HasPrefix(e.Name(), building) && e.Name() != filepath.Base(b.tmp):
			_ = os.RemoveAll(filepath.Join(b.Dir, e.Name()))
		case old && len(e.Name()) > 1 && e.Name()[0] == '.':
			_ = os.RemoveAll(filepath.Join(b.Dir, e.Name()))
		}
	}
}
