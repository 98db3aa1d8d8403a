package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
	"vigie/workflows/activity"
)

// matchCmd compares a file with registries without opening an incident.
type matchCmd struct {
	File     string   `arg:"" help:"The leaked file." type:"existingfile"`
	Registry []string `help:"Registry to compare with (may be repeated)." required:"" placeholder:"NAME"`
	Table    string   `help:"Table of the file to read; a CSV file has one." placeholder:"NAME"`
	Out      string   `help:"File for the match lines (default: standard output)." type:"path" placeholder:"FILE"`
	All      bool     `help:"Show non-links as well."`
}

// Help shows examples.
func (matchCmd) Help() string {
	return "Prints JSON lines, one a match, then a summary a registry. The person is the registry's own id.\n\nExample:\n  vigie match stolen.csv --registry youth --registry civil --out matches.jsonl"
}

// matchLine is a line of the answer.
type matchLine struct {
	Type        string            `json:"type"`
	Registry    breach.RegistryID `json:"registry"`
	Table       string            `json:"table"`
	Row         int64             `json:"row"`
	Person      string            `json:"person"`
	Weight      float64           `json:"weight"`
	Probability float64           `json:"probability"`
	Band        breach.Band       `json:"band"`
	Why         []breach.Evidence `json:"why"`
}

// Run matches the file.
func (c matchCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	keys, err := app.Keys(cfg)
	if err != nil {
		return err
	}
	fr, err := france.Load()
	if err != nil {
		return err
	}
	open := func() (io.ReadCloser, error) { return os.Open(c.File) }
	layout, _, err := inspect(s, c.File)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.std.Out)
	lines := io.Writer(out)
	if c.Out != "" {
		f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		lines = f
	}
	regs := &activity.Registries{Dir: filepath.Join(cfg.Data, "registries"), Keys: keys}
	opt := linkage.Options{Population: cfg.Linkage.Population, Share: fr.NameShare, FalseLinks: cfg.Linkage.FalseLinks, Missed: cfg.Linkage.Missed}
	for _, name := range c.Registry {
		reg, err := regs.Open(breach.RegistryID(name))
		if err != nil {
			return err
		}
		if err := c.one(s, reg, open, layout, opt, lines, out); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (c matchCmd) one(s *session, reg *activity.Protected, open dump.Opener, layout *dump.Layout, opt linkage.Options, lines, out io.Writer) error {
	ix, err := reg.Index()
	if err != nil {
		return err
	}
	train, err := dump.Open(open, layout)
	if err != nil {
		return err
	}
	model, err := linkage.Train(s, ix, train.Records(), opt)
	_ = train.Close()
	if err != nil {
		return err
	}
	rows, err := dump.Open(open, layout)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	name := reg.Info().Name
	w := bufio.NewWriter(lines)
	enc := json.NewEncoder(w)
	began := time.Now()
	sum, err := linkage.NewMatcher(ix, model, opt).Run(s, rows.Records(), func(row matchers.Record, ms []linkage.Match) error {
		for _, m := range ms {
			if m.Band == breach.BandNonLink && !c.All {
				continue
			}
			if err := enc.Encode(matchLine{
				Type: "match", Registry: name, Table: row.Table, Row: row.Row, Person: m.Person,
				Weight: m.Weight, Probability: m.Probability, Band: m.Band, Why: m.Why,
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("matching with %s: %w", name, err)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	sum.Registry = name
	return json.NewEncoder(out).Encode(struct {
		Type string `json:"type"`
		breach.MatchSummary
		RowsPerSecond float64 `json:"rows_per_second"`
	}{"summary", sum, float64(sum.Rows) / max(time.Since(began).Seconds(), 1e-9)})
}
