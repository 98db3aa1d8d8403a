package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/matchers/linkage"
	"vigie/matchers/registry"
	"vigie/workflows/activity"
)

// registryRefineCmd learns from judged pairs, or takes that back.
type registryRefineCmd struct {
	Name    string   `arg:"" help:"Name of the registry."`
	Write   bool     `help:"Put the refined model in force from the next match on (default: only say what would change)."`
	Without []string `help:"Leave the pairs of an incident out (may be repeated)." placeholder:"INCIDENT"`
	Accept  []string `help:"Accept an alarm after looking at the pairs: shift or odd-dump." placeholder:"CODE"`
	Back    bool     `help:"Go back to the model before the one in force."`
	Reason  string   `help:"Why; audited. Needed with --write and --back." placeholder:"TEXT"`
	JSON    bool     `help:"One JSON document."`
}

// Help says what refining is.
func (registryRefineCmd) Help() string {
	return "When a dump is matched, pairs are drawn by chance over the whole range of weights, linked and rejected ones included (linkage.sample). Reviewers judge them in the console without seeing what the model says: two of them each, a third where they disagree. This estimates from them how often people's own rows deviate, each pair standing for as many as the probability with which it was drawn says, and writes a new model beside the old ones. Too few pairs, one dump, one reviewer or one person behind most of them, and shifts that sampling does not explain are refused.\n\nExamples:\n  vigie registry refine youth\n  vigie registry refine youth --write --reason \"three dumps judged\"\n  vigie registry refine youth --back --reason \"links were lost\""
}

// Run says what would change, or changes it.
func (c registryRefineCmd) Run(s *session) error {
	if (c.Write || c.Back) && strings.TrimSpace(c.Reason) == "" {
		return usage("--reason: say why")
	}
	if c.Write && c.Back {
		return usage("--write and --back exclude each other")
	}
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	name := breach.RegistryID(c.Name)
	if _, err := registry.InForce(filepath.Join(registriesDir(a.Config), c.Name)); err != nil {
		return err
	}
	if c.Back {
		return c.back(s, a, name)
	}
	var without []breach.IncidentID
	for _, id := range c.Without {
		without = append(without, breach.IncidentID(id))
	}
	opt := linkage.Options{Population: a.Config.Linkage.Population, FalseLinks: a.Config.Linkage.FalseLinks, Missed: a.Config.Linkage.Missed}
	r, err := activity.Refine(s, a.Store, name, without, opt)
	if err != nil {
		return err
	}
	if c.JSON {
		err = s.document(r)
	} else {
		tellRefinement(s.std.Out, r)
	}
	if err != nil {
		return err
	}
	if !c.Write {
		if err := r.Refused(c.Accept...); err != nil {
			return err
		}
		s.note("nothing was written: --write --reason TEXT puts it in force")
		return nil
	}
	if err := activity.PutRefined(s, a.Store, name, r, c.Accept, operator(), c.Reason, time.Now().UTC()); err != nil {
		return err
	}
	s.note("%s is in force from the next match on; vigie registry refine %s --back goes back", r.After, name)
	return nil
}

func (c registryRefineCmd) back(s *session, a *app.App, name breach.RegistryID) error {
	now, err := a.Store.LinkageModel(s, name, "")
	if err != nil {
		return fmt.Errorf("no refined model is in force: %w", err)
	}
	if err := a.Store.ReturnToModel(s, name, now.Base, operator(), c.Reason, time.Now().UTC()); err != nil {
		return err
	}
	then := now.Base
	if then == "" {
		then = "what is generally known"
	}
	_, err = fmt.Fprintf(s.std.Out, "%s begins with %s from the next match on; %s is kept\n", name, then, now.Version)
	return err
}

// tellRefinement prints what judged pairs would change.
func tellRefinement(w io.Writer, r linkage.Refinement) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("%d pairs of %d dumps are judged, %d of one person, worth %.0f drawn evenly\n", r.Pairs, r.Dumps, r.Same, r.Worth)
	p("model        %s -> %s\n", r.Before, r.After)
	p("registered   %.4f -> %.4f of rows\n", r.Registered.Before, r.Registered.After)
	p("calibration  error %s as stated, %s of pairs that did not teach\n", interval(r.Calibration.Before), interval(r.Calibration.After))
	p("false links  %s of links\n", interval(r.FalseLinks))
	p("missed       %s of true pairs below review\n", interval(r.Missed))
	p("threshold    a link needs %.0f bits more\n", r.Margin)
	for _, l := range r.Levels {
		if l.Bits > 0.1 || l.Bits < -0.1 {
			p("  %-12s %-14s %.4f -> %.4f (judged %s) %+.1f bits\n", l.Field, l.Level, l.Before, l.After, interval(l.Judged), l.Bits)
		}
	}
	for _, a := range r.Alarms {
		p("alarm %s: %s\n", a.Code, a.Text)
	}
}

func interval(s linkage.Share) string {
	return fmt.Sprintf("%.4f [%.4f, %.4f]", s.Share, s.Low, s.High)
}

// models lists the refined models of a registry; none where nothing is kept.
func (s *session) models(name breach.RegistryID) ([]breach.LinkageModel, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	none := []breach.LinkageModel{}
	if cfg.Database == "" && !exists(filepath.Join(cfg.Data, "vigie.db")) {
		return none, nil
	}
	a, err := app.Open(s, cfg, s.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Close() }()
	list, err := a.Store.RefinedModels(s, name)
	return append(none, list...), err
}

func tellModels(w io.Writer, models []breach.LinkageModel) {
	now := "none was refined: each dump teaches its own"
	for _, m := range models {
		if m.InForce {
			now = m.Version
		}
	}
	_, _ = fmt.Fprintf(w, "model     %s\n", now)
	for _, m := range models {
		_, _ = fmt.Fprintf(w, "          %s  %s  %s: %s\n", m.MadeAt.Format(time.RFC3339), m.Version, m.MadeBy, m.Reason)
	}
}
