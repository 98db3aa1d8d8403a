package cli

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
	"vigie/matchers/registry"
	"vigie/workflows/activity"
)

// everyRegistry is what --registry says for all that were imported.
const everyRegistry = "all"

// names are the registries to compare with, each once, in the order asked for.
func (c matchCmd) names(cfg app.Config) ([]string, error) {
	var out []string
	for _, n := range c.Registry {
		list := []string{n}
		if n == everyRegistry {
			known, err := registry.List(registriesDir(cfg))
			if err != nil {
				return nil, err
			}
			if list = list[:0]; len(known) == 0 {
				return nil, usage("no registry in %s: vigie registry import makes one", cfg.Data)
			}
			for _, k := range known {
				list = append(list, string(k))
			}
		}
		for _, n := range list {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 { // an empty variable of a script must not look like a dump that concerns nobody
		return nil, usage("--registry is empty: name a registry, or all")
	}
	return out, nil
}

// many compares with several registries at once: the dump is read twice in all,
// once for the sample and once for the rows; a short one once.
func (c matchCmd) many(s *session, regs []*activity.Protected, d *openedDump, layout *dump.Layout, opt linkage.Options, matches, summary io.Writer) error {
	members := make([]linkage.Member, len(regs))
	for i, reg := range regs {
		ix, err := reg.Index(s)
		if err != nil {
			return err
		}
		s.crowded(reg.Info().Name, ix)
		own := reg.Options(opt)
		members[i] = linkage.Member{Registry: reg.Info().Name, Index: ix, NIR: own.NIR, Base: own.Base}
	}
	panel, err := linkage.NewPanel(s, members)
	if err != nil {
		return err
	}
	stage := func(what string) iter.Seq2[matchers.Record, error] {
		d.reader.Progress = newProgress(s.std.Err, c.File+": "+what).told
		return d.reader.Records(s, d, layout)
	}
	indexes := make([]*linkage.Index, len(members))
	for i := range members {
		indexes[i] = members[i].Index
	}
	opt.Joined, err = s.join(layout, func() iter.Seq2[matchers.Record, error] { return stage("reading hashed contacts") }, indexes...)
	if err != nil {
		return err
	}
	var short brief
	models, err := panel.Train(s, short.keep(stage("drawing a sample")), opt)
	if err != nil {
		return fmt.Errorf("learning from a sample: %w", err)
	}
	rows := short.rows()
	if rows == nil {
		rows = stage(fmt.Sprintf("comparing with %d registries", len(regs)))
	}
	w := bufio.NewWriter(matches)
	enc := lines(w)
	began := time.Now()
	sums, err := panel.Matcher(models, opt).Run(s, rows, func(row matchers.Record, answers []linkage.Answer) error {
		for _, a := range answers {
			if err := c.tell(enc.Encode, members[a.Member].Registry, row, a.Matches); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("matching: %w", err)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, sum := range sums {
		if err := tellSummary(summary, sum, nil, layout, time.Since(began)); err != nil {
			return err
		}
	}
	return nil
}

// tell writes the matches of a row.
func (c matchCmd) tell(encode func(any) error, name breach.RegistryID, row matchers.Record, ms []linkage.Match) error {
	for _, m := range ms {
		if m.Band == breach.BandNonLink && !c.All {
			continue
		}
		if err := encode(matchLine{
			Type: "match", Registry: name, Table: row.Table, Row: row.Row, Person: m.Person,
			Weight: m.Weight, Probability: m.Probability, Band: m.Band, Why: m.Why,
		}); err != nil {
			return err
		}
	}
	return nil
}

// tellSummary writes the line that ends a registry.
func tellSummary(w io.Writer, sum breach.MatchSummary, frozen *linkage.Model, layout *dump.Layout, took time.Duration) error {
	version := ""
	if frozen != nil {
		version = frozen.Version
	}
	return lines(w).Encode(struct {
		Type string `json:"type"`
		breach.MatchSummary
		Frozen        string  `json:"frozen,omitempty"` // the registry's model, which was fitted to the file
		Planted       bool    `json:"planted"`          // made to hit one person, by the look of it
		Canaries      int64   `json:"canaries"`         // rows of invented persons, left out
		RowsPerSecond float64 `json:"rows_per_second"`
	}{"summary", sum, version, sum.Planted(), layout.Canaries(), float64(sum.Rows) / max(took.Seconds(), 1e-9)})
}

// briefRows is how many rows are kept for them not to be read again.
const briefRows = 100_000

// brief keeps the rows of a short dump while they go by.
type brief struct {
	kept []keptRow
	all  bool // nothing was left out
}

type keptRow struct {
	rec matchers.Record
	err error
}

func (b *brief) keep(rows iter.Seq2[matchers.Record, error]) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		long := false
		for rec, err := range rows {
			if long = long || len(b.kept) == briefRows; !long {
				b.kept = append(b.kept, keptRow{rec, err})
			} else {
				b.kept = nil
			}
			if !yield(rec, err) {
				return
			}
		}
		b.all = !long
	}
}

// rows are the rows again; nil when they have to be read.
func (b *brief) rows() iter.Seq2[matchers.Record, error] {
	if !b.all {
		return nil
	}
	return func(yield func(matchers.Record, error) bool) {
		for _, k := range b.kept {
			if !yield(k.rec, k.err) {
				return
			}
		}
	}
}
