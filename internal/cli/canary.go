package cli

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/matchers/dump"
	"vigie/matchers/registry"
	"vigie/workflows/activity"
)

// registryCanaryCmd plants invented persons.
type registryCanaryCmd struct {
	Name   string `arg:"" help:"Name of the registry."`
	For    string `help:"Who the export is handed to." placeholder:"RECIPIENT"`
	Count  int    `help:"How many invented persons." default:"10" placeholder:"N"`
	Export string `help:"The export (CSV, UTF-8, with a header); without it the persons are printed as rows of persons.csv." type:"path" placeholder:"FILE"`
	Out    string `help:"The copy of the export that is handed over." type:"path" placeholder:"FILE"`
	Seed   string `help:"Make the same persons again of the same registry (for tests: whoever knows the seed and the registry knows the persons)." placeholder:"TEXT"`
	List   bool   `help:"List who was given canaries, and when; never the persons."`
	JSON   bool   `help:"One JSON document; with --list, one object a line."`
}

// Help shows examples.
func (registryCanaryCmd) Help() string {
	return "The persons exist in that copy alone, never in the registry. vigie dump inspect says from which copy a leaked file came. What was planted rests sealed beside the registry.\n\n" +
		"Their e-mail addresses are made under the domains of canaries.domains in the configuration, which should be the team's own: under those of providers they would be strangers'. Telephone numbers are of the ranges kept for fiction.\n\n" +
		"Examples:\n  vigie registry canary youth --for \"Cabinet Lemaire\" --count 10 --export youth.csv --out for-lemaire.csv\n  vigie registry canary youth --list"
}

// plantedAnswer is what is said of a planting: never its persons.
type plantedAnswer struct {
	ID        string            `json:"id"`
	Registry  breach.RegistryID `json:"registry"`
	Recipient string            `json:"recipient"`
	PlantedAt time.Time         `json:"planted_at"`
	Persons   int               `json:"persons"`
}

func answerOf(p registry.Planting) plantedAnswer {
	return plantedAnswer{p.ID, p.Registry, p.Recipient, p.PlantedAt, len(p.People)}
}

// Run plants, or lists what was planted.
func (c registryCanaryCmd) Run(s *session) error {
	reg, err := s.protected(c.Name)
	if err != nil {
		return err
	}
	defer func() { _ = reg.Close() }()
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	dir := filepath.Join(a.Config.Data, "registries", c.Name)
	known, err := registry.Plantings(dir, a.Keys)
	if err != nil {
		return err
	}
	if c.List {
		return c.list(s, known)
	}
	if err := c.check(); err != nil {
		return err
	}
	p := registry.Planting{Registry: reg.Info().Name, Recipient: strings.TrimSpace(c.For), PlantedAt: now()}
	seed := sha256.Sum256([]byte(c.Seed + "\x00" + p.Recipient))
	if c.Seed == "" {
		_, _ = rand.Read(seed[:]) // never fails: crypto/rand ends the program first
	}
	var dense bool
	p.People, dense, err = reg.Invent(s, registry.Invention{Count: c.Count, Seed: seed, Domains: c.domains(s, a.Config), Known: known})
	if err != nil {
		return err
	}
	if dense {
		s.note("ids of this registry are given without gaps: those of the invented persons are the latest")
	}
	return c.plant(s, a, reg.Registry, p, dir)
}

func (c registryCanaryCmd) check() error {
	switch {
	case strings.TrimSpace(c.For) == "" || len(c.For) > registry.MaxRecipient || strings.ContainsFunc(c.For, unicode.IsControl):
		return usage("--for says who the export is handed to, in one line of at most %d bytes", registry.MaxRecipient)
	case (c.Export == "") != (c.Out == ""):
		return usage("--export and --out go together")
	case c.Out != "" && sameFile(c.Export, c.Out):
		return usage("--out is a copy: name another file than --export")
	}
	return nil
}

// domains are those that nobody else receives mail in.
func (registryCanaryCmd) domains(s *session, cfg app.Config) []string {
	if len(cfg.Canaries.Domains) > 0 {
		return cfg.Canaries.Domains
	}
	s.note("warning: canaries.domains is not configured: e-mail addresses are at example.org, by which a thief may know the invented persons")
	return []string{"example.org"}
}

// plant writes the copy, seals what is in it, and only then gives the copy its
// name: one that nobody could recognise must not exist. Whatever happens stands
// in the audit log.
func (c registryCanaryCmd) plant(s *session, a *app.App, reg *registry.Registry, p registry.Planting, dir string) (err error) {
	defer func() {
		event := store.Event{Who: operator(), Action: "registry.canary", Object: c.Name, Detail: fmt.Sprintf("planting=%s persons=%d", p.ID, len(p.People)), OK: err == nil}
		err = errors.Join(err, a.Store.Audit(s, event))
	}()
	part := c.Out + ".part"
	if c.Export != "" {
		defer func() { _ = os.Remove(part) }() // it is gone once it has its name
		if err = c.copy(s, reg, p.People, part); err != nil {
			return about(c.Export, err)
		}
	}
	if p.ID, err = registry.Plant(dir, a.Keys, p); err != nil {
		return err
	}
	if c.Export == "" {
		return c.print(s, reg, p)
	}
	if err = os.Rename(part, c.Out); err != nil {
		return fmt.Errorf("naming the copy: %w", err)
	}
	if c.JSON {
		return s.document(answerOf(p))
	}
	_, err = fmt.Fprintf(s.std.Out, "%d invented persons are in %s, for %s\n", len(p.People), c.Out, p.Recipient)
	return err
}

func (c registryCanaryCmd) copy(s *session, reg *registry.Registry, people []registry.Canary, part string) error {
	in, err := input(c.Export)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := create(part)
	if err != nil {
		return err
	}
	defer out.discard()
	if _, err = reg.Insert(s, out, in, people); err != nil {
		return err
	}
	return out.commit()
}

// print gives the persons as rows, for whoever builds the export.
func (c registryCanaryCmd) print(s *session, reg *registry.Registry, p registry.Planting) error {
	if c.JSON {
		return s.document(struct {
			plantedAnswer
			People []registry.Canary `json:"people"`
		}{answerOf(p), p.People})
	}
	w := csv.NewWriter(s.std.Out)
	_ = w.Write(reg.Header()) // errors stay until Error
	for i := range p.People {
		_ = w.Write(reg.Row(&p.People[i]))
	}
	w.Flush()
	return w.Error()
}

func (c registryCanaryCmd) list(s *session, known []registry.Planting) error {
	if c.JSON {
		enc := lines(s.std.Out)
		for _, p := range known {
			if err := enc.Encode(answerOf(p)); err != nil {
				return err
			}
		}
		return nil
	}
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	_, _ = io.WriteString(tab, "planted at\tpersons\trecipient\n") // errors stay until Flush
	for _, p := range known {
		_, _ = fmt.Fprintf(tab, "%s\t%d\t%s\n", p.PlantedAt.Format(time.RFC3339), len(p.People), p.Recipient)
	}
	return tab.Flush()
}

// canaries gives those of the registries that are kept here, if any. That keys
// are missing is said by whoever compares the dump with the registries.
func (s *session) canaries() (func() (*dump.Canaries, error), error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	regs := &activity.Registries{Dir: filepath.Join(cfg.Data, "registries")}
	if planted, _ := filepath.Glob(filepath.Join(regs.Dir, "*", "canaries", "*")); len(planted) == 0 {
		return nil, nil
	}
	if regs.Keys, err = openKeys(s, cfg); err != nil {
		s.note("warning: canaries are planted, and without their keys they are not looked for: %v", err)
		return nil, nil //nolint:nilerr // told: the dump is read all the same
	}
	return regs.Canaries, nil
}
