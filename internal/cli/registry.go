package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers/linkage"
	"vigie/matchers/registry"
	"vigie/workflows/activity"
)

// registryCmd looks after protected registries.
type registryCmd struct {
	Import  registryImportCmd  `cmd:"" help:"Build or refresh a sealed registry."`
	Info    registryInfoCmd    `cmd:"" help:"Say what a registry holds."`
	Verify  registryVerifyCmd  `cmd:"" help:"Read a registry whole and check it."`
	AsOf    registryAsOfCmd    `cmd:"" name:"as-of" help:"List who was in a registry on a day."`
	Restore registryRestoreCmd `cmd:"" help:"Say that an older version of a registry was put back on purpose."`
	Refine  registryRefineCmd  `cmd:"" help:"Refine the model of a registry by the pairs that people judged."`
	Canary  registryCanaryCmd  `cmd:"" help:"Plant invented persons in an export, to know later which copy leaked."`
}

type registryImportCmd struct {
	Name     string   `arg:"" help:"Name of the registry."`
	Files    []string `arg:"" name:"file" help:"persons and relations, as CSV, JSON lines, Parquet or a query (.sql), or the directory that holds them with manifest.yaml."`
	Manifest string   `help:"Manifest (default: manifest.yaml beside the first file)." type:"path" placeholder:"FILE"`
	Map      string   `help:"What columns mean: YAML lines 'column: meaning'." type:"path" placeholder:"FILE"`
	Database string   `help:"PostgreSQL, MySQL or MariaDB database that a FILE ending in .sql, one SELECT, is put to (default: the PG variables, where a password belongs)." placeholder:"URL"`
	Password string   `help:"File with the password of a MySQL database (default: the variable MYSQL_PWD)." name:"password-file" type:"path" placeholder:"FILE"`
	Shrink   bool     `help:"Accept far fewer people than the last version, or columns that look otherwise."`
	JSON     bool     `help:"One JSON document."`
}

// Help shows examples.
func (registryImportCmd) Help() string {
	return "Examples:\n  vigie registry import youth ./country/youth\n  vigie registry import civil persons.csv relations.csv --manifest civil.yaml --map columns.yaml\n  vigie registry import staff staff.sql --database postgres://reader@db.example.org/hr --manifest staff.yaml\n  vigie registry import staff staff.sql --database mysql://reader@db.example.org/hr --password-file db.pass --manifest staff.yaml"
}

// Run imports the files.
func (c registryImportCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	in, err := c.files()
	if err != nil {
		return err
	}
	m, err := c.manifest(in.manifest)
	if err != nil {
		return err
	}
	made := !exists(cfg.Keys)
	keys, err := app.Keys(s, cfg)
	if err != nil {
		return err
	}
	if made {
		s.note("new keys were made in %s: back them up, apart from the data", cfg.Keys)
	}
	return c.run(s, cfg, m, in, keys)
}

func (c registryImportCmd) run(s *session, cfg app.Config, m registry.Manifest, in importFiles, keys *seal.Keyring) error {
	opt := registry.Options{Dir: filepath.Join(cfg.Data, "registries", c.Name), Manifest: m, Keys: keys, Now: time.Now().UTC()}
	if c.Shrink {
		opt.MinShare = -1
	}
	regs, done, err := s.watched(cfg, keys)
	if err != nil {
		return err
	}
	defer done()
	// On a version that was put back no other is built.
	if _, err := registry.InForce(opt.Dir); err == nil {
		var refused *breach.RefusedError
		if _, err := regs.Open(breach.RegistryID(c.Name)); errors.As(err, &refused) && refused.Code == "put-back" {
			return err
		}
	}
	persons, err := c.open(s, in.persons)
	if err != nil {
		return err
	}
	defer func() { _ = persons.Close() }()
	opt.Persons = persons
	if in.relations != "" {
		relations, err := c.open(s, in.relations)
		if err != nil {
			return err
		}
		defer func() { _ = relations.Close() }()
		opt.Relations = relations
	}
	info, refused, err := registry.Import(s, opt)
	if err != nil {
		s.rows(refused)
		return shrunk(err)
	}
	s.rows(refused)
	// The index now, not at three in the morning with the first leak.
	reg, err := regs.Open(info.Name)
	if err != nil {
		return err
	}
	ix, err := reg.Index(s)
	if err != nil {
		return err
	}
	s.crowded(info.Name, ix)
	if c.JSON {
		err = s.document(struct {
			registry.Info
			Refused registry.Refusals `json:"refused"`
		}{info, refused})
	} else {
		_, err = fmt.Fprintf(s.std.Out, "%s version %d: %d persons, %d rows refused\n", info.Name, info.Version, info.Persons, refused.Count)
		if err == nil && info.Version > 1 {
			_, err = fmt.Fprintln(s.std.Out, changes(info.Changes))
		}
	}
	if err == nil && refused.Count > 0 {
		return errRefused
	}
	return err
}

// changes says what a version changed.
func changes(c registry.Changes) string {
	return fmt.Sprintf("%d inserted, %d changed, %d departed, %d died, %d unchanged", c.Inserted, c.Changed, c.Departed, c.Died, c.Unchanged)
}

// rows tells which rows were refused.
func (s *session) rows(refused registry.Refusals) {
	for _, r := range refused.First {
		s.note("%s line %d: %s", r.File, r.Line, r.Code)
	}
	if more := refused.Count - int64(len(refused.First)); more > 0 {
		s.note("and %d more", more)
	}
}

// crowded tells when many bear what people are found by, so that some are not.
func (s *session) crowded(name breach.RegistryID, ix *linkage.Index) {
	if st := ix.Stats(); st.Capped > int64(st.Postings)/20 {
		s.note("warning: %d of %d blocking keys of %s are left out, since too many people share them: rows that agree with a person on such names and dates alone do not find them", st.Capped, st.Postings, name)
	}
}

// shrunk names the flag that lifts the guards against a cut or shifted file.
func shrunk(err error) error {
	var refused *breach.RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	hint := map[string]string{
		"too-many-refused": refused.Hint + " --shrink takes the others",
		"too-few-persons":  "is the file whole? --shrink takes it if so many have left",
		"other-people":     refused.Hint + " --shrink takes it if so many have left",
		"shifted-columns":  refused.Hint + " --shrink takes it if they are right",
		"emptied-column":   refused.Hint + " --shrink takes it if it is",
	}[refused.Code]
	if hint == "" {
		return err
	}
	return &breach.RefusedError{Code: refused.Code, What: refused.What, Hint: hint}
}

func (c registryImportCmd) manifest(path string) (registry.Manifest, error) {
	if !exists(c.Files[0]) {
		f, err := input(c.Files[0])
		_ = f.Close()
		return registry.Manifest{}, err
	}
	if !exists(path) {
		return registry.Manifest{}, usage("no manifest at %s: name one with --manifest", path)
	}
	f, err := input(path)
	if err != nil {
		return registry.Manifest{}, err
	}
	defer func() { _ = f.Close() }()
	m, err := registry.ReadManifest(f)
	if err != nil {
		return m, about(path, err)
	}
	m.Name = breach.RegistryID(c.Name)
	if c.Map != "" {
		raw, err := os.ReadFile(c.Map)
		if err != nil {
			return m, usage("--map: %w", err)
		}
		if err := yaml.Unmarshal(raw, &m.Columns); err != nil {
			return m, usage("--map %s: want YAML lines column: meaning: %w", c.Map, err)
		}
	}
	return m, m.Check()
}

type registryInfoCmd struct {
	Name string `arg:"" help:"Name of the registry."`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (registryInfoCmd) Help() string { return "Example:\n  vigie registry info youth --json" }

// Run prints what the registry holds.
func (c registryInfoCmd) Run(s *session) error {
	reg, err := s.protected(c.Name)
	if err != nil {
		return err
	}
	defer func() { _ = reg.Close() }()
	info := reg.Info()
	models, err := s.models(info.Name)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.document(struct {
			registry.Info
			Models []breach.LinkageModel `json:"models"`
		}{info, models})
	}
	_, err = fmt.Fprintf(s.std.Out, "name      %s\nkind      %s\npersons   %d\nversion   %d\nbuilt at  %s\nbytes     %d\nkey       %s\nchanges   %s\n",
		info.Name, info.Kind, info.Persons, info.Version, info.BuiltAt.Format(time.RFC3339), info.Bytes, info.Key, changes(info.Changes))
	tellModels(s.std.Out, models)
	return err
}

type registryVerifyCmd struct {
	Name string `arg:"" help:"Name of the registry."`
}

// Help shows an example.
func (registryVerifyCmd) Help() string { return "Example:\n  vigie registry verify youth" }

// Run checks the registry whole.
func (c registryVerifyCmd) Run(s *session) error {
	reg, err := s.protected(c.Name)
	if err != nil {
		return err
	}
	defer func() { _ = reg.Close() }()
	if err := reg.Verify(); err != nil {
		return err
	}
	_, err = io.WriteString(s.std.Out, "ok\n")
	return err
}

// protected opens one registry by name.
func (s *session) protected(name string) (*activity.Protected, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	list, err := s.registries(cfg, name)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}
