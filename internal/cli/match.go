package cli

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"runtime/debug"
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
	File     string   `arg:"" help:"The leaked file, or the ID of a sealed dump."`
	Registry []string `help:"Registry to compare with (may be repeated), or all." required:"" placeholder:"NAME"`
	Out      string   `help:"File for the match lines (default: standard output)." type:"path" placeholder:"FILE"`
	All      bool     `help:"Show non-links as well."`
	Learn    bool     `help:"Learn how fields agree from this file, not from the model that is frozen with the registry for files of the same fields."`
	Table    string   `help:"Compare one table of the file alone." placeholder:"NAME"`
	dumpFlags
}

// Help shows examples.
func (matchCmd) Help() string {
	return "Prints JSON lines, one a match, then a summary a registry. The person is the registry's own id. Several registries are compared at once: the file is read as often as for one, and the lines come row by row.\n\nExamples:\n  vigie match stolen.csv --registry youth --registry civil --out matches.jsonl\n  vigie match stolen.csv --registry all"
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
	debug.SetGCPercent(200) // what an index holds is no garbage, and is looked through each time
	names, err := c.names(cfg)
	if err != nil {
		return err
	}
	regs, err := s.registries(cfg, names...)
	if err != nil {
		return err
	}
	type told struct {
		opt linkage.Options
		err error
	}
	france := make(chan told, 1) // read while the file is looked at
	go func() {
		opt, err := linkageOptions(cfg)
		france <- told{opt, err}
	}()
	var file *output
	if c.Out != "" {
		if file, err = create(c.Out, c.File); err != nil {
			return err
		}
		defer file.discard()
	}
	d, err := c.open(s, c.File)
	if err != nil {
		return err
	}
	defer func() { _ = d.close() }()
	if d.reader.Canaries, err = s.canaries(); err != nil {
		return err
	}
	layout, report, err := d.reader.Inspect(s, d)
	if err != nil {
		return about(c.File, err)
	}
	if layout, err = layout.Only(c.Table); err != nil {
		return about(c.File, err)
	}
	fr := <-france
	opt := fr.opt
	if fr.err != nil {
		return fr.err
	}
	out := bufio.NewWriter(s.std.Out)
	matches := io.Writer(out)
	if file != nil {
		matches = file
	}
	if len(regs) == 1 {
		err = c.compare(s, regs[0], func() iter.Seq2[matchers.Record, error] { return d.reader.Records(s, d, layout) }, opt, matches, out, layout)
	} else {
		err = c.many(s, regs, d, layout, opt, matches, out)
	}
	if err != nil {
		return err
	}
	if file != nil {
		if err := file.commit(); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if report.Refused > 0 || len(report.Unread) > 0 {
		s.note("vigie: %s: %d rows and %d parts could not be read: the rest is matched; vigie dump inspect tells more", c.File, report.Refused, len(report.Unread))
		return errRefused
	}
	return nil
}

// linkageOptions are the budgets of the configuration and what France tells.
func linkageOptions(cfg app.Config) (linkage.Options, error) {
	fr, err := france.Load()
	if err != nil {
		return linkage.Options{}, err
	}
	places, err := app.Places(fr, cfg.Linkage.Movements)
	if err != nil {
		return linkage.Options{}, err
	}
	return linkage.Options{Population: cfg.Linkage.Population, Share: fr.NameShare, FalseLinks: cfg.Linkage.FalseLinks, Missed: cfg.Linkage.Missed, Places: places}, nil
}

// join learns whose the contacts are that a dump gives by their hash, and says so.
func (s *session) join(layout *dump.Layout, rows func() iter.Seq2[matchers.Record, error], indexes ...*linkage.Index) (*linkage.Joined, error) {
	if !layout.Hashed() {
		return nil, nil
	}
	joined, err := linkage.Join(s, rows(), indexes...)
	if err != nil {
		return nil, err
	}
	switch hashed, known := joined.Hashed(); {
	case known > 0:
		s.note("vigie: %d different e-mails and phones are given by their hash, %d of them are somebody's", hashed, known)
	case hashed > 0:
		s.note("vigie: %d different e-mails and phones are given by their hash, and none is anybody's: they may have a salt, and say nothing", hashed)
	}
	return joined, nil
}

// compare matches rows, which are read twice unless they are few, with one registry.
func (c matchCmd) compare(s *session, reg *activity.Protected, rows func() iter.Seq2[matchers.Record, error], opt linkage.Options, matches, summary io.Writer, layout *dump.Layout) error {
	ix, err := reg.Index(s)
	if err != nil {
		return err
	}
	s.crowded(reg.Info().Name, ix)
	opt = reg.Options(opt)
	if opt.Joined, err = s.join(layout, rows, ix); err != nil {
		return err
	}
	var short brief
	lesson, err := linkage.Draw(s, ix, short.keep(rows()), opt)
	if err != nil {
		return err
	}
	model, frozen, isNew, err := c.model(s, reg, lesson)
	if err != nil {
		return err
	}
	again := short.rows()
	if again == nil {
		again = rows()
	}
	name := reg.Info().Name
	w := bufio.NewWriter(matches)
	enc := lines(w)
	began := time.Now()
	sum, err := linkage.NewMatcher(ix, model, opt).Run(s, again, func(row matchers.Record, ms []linkage.Match) error {
		return c.tell(enc.Encode, name, row, ms)
	})
	if err != nil {
		return fmt.Errorf("matching with %s: %w", name, err)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	sum.Registry = name
	took := time.Since(began)
	if isNew && !sum.Planted() { // a dump made to hit somebody teaches nobody else's
		if err := reg.Freeze(fieldsName(lesson), frozen); err != nil {
			s.note("vigie: the model for leaks of these fields is not kept: %v", err)
		}
	}
	return tellSummary(summary, sum, frozen, layout, took)
}

// model is that of this version of the registry for files of the same fields,
// fitted to this one. The first such file that can teach makes it. frozen is nil
// where none was used.
func (c matchCmd) model(s *session, reg *activity.Protected, lesson *linkage.Lesson) (m, frozen *linkage.Model, isNew bool, err error) {
	if c.Learn {
		m, err = lesson.Train(s)
		return m, nil, false, err
	}
	if frozen, err = reg.Frozen(fieldsName(lesson)); err != nil { // none yet, or of another release
		if m, err = lesson.Train(s); err != nil || !m.Trained() {
			return m, nil, false, err
		}
		frozen, isNew = m, true
	}
	m, err = lesson.Settle(s, frozen)
	return m, frozen, isNew, err
}

func fieldsName(l *linkage.Lesson) string { return "fields-" + l.Fields() }
