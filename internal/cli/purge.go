package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/workflows/activity"
)

// purgeCmd destroys what an incident no longer needs.
type purgeCmd struct {
	Incident string `arg:"" optional:"" help:"The incident; without one, captures and people who left registries are forgotten where their retention has ended." placeholder:"ID"`
	Reason   string `help:"Why now; entered in the audit log and the chain of custody." required:"" placeholder:"TEXT"`
	Yes      bool   `help:"Do it; without this nothing is destroyed."`
}

// Help says what is destroyed.
func (purgeCmd) Help() string {
	return "Destroys the sealed dump, the rows kept for review and the letters and SMS as they were handed over, and puts commitments in the place of people in the ledger: who has the registry and the keys can still prove that a person was told. Counts, decisions, custody and the audit log stay. Without an incident: ends what incidents keep longer than retention says (dump, access log, categories, proof, each on its own), destroys captures older than their source's retention_days, and forgets the people who left the registries longer ago than their manifests allow. Holds (vigie evidence hold) and incidents under way keep what they need.\n\nExamples:\n  vigie purge inc_0123456789 --reason \"closed 30 days ago\" --yes\n  vigie purge --reason \"yearly\" --yes"
}

// Run purges, or says what would be.
func (c purgeCmd) Run(s *session) error {
	open := s.existing
	if c.Incident == "" {
		open = s.withRegistries
	}
	a, err := open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if c.Incident == "" {
		if err := c.captures(s, a); err != nil {
			return err
		}
		if err := c.incidents(s, a); err != nil {
			return err
		}
		return c.registries(s, a)
	}
	inc, err := a.Store.Incident(s, breach.IncidentID(c.Incident))
	if err != nil {
		return err
	}
	if inc.Stage != breach.StageDone {
		return fmt.Errorf("incident %s is at stage %s: only a finished one is purged: %w", inc.ID, inc.Stage, breach.ErrConflict)
	}
	if !c.Yes {
		_, err := fmt.Fprintf(s.std.Out, "would destroy dump %s and the rows kept for review of %s; add --yes to do it\n", inc.Dump, inc.ID)
		return err
	}
	return a.Purge(s, inc, c.Reason)
}

// incidents ends what each incident keeps longer than it may: dump, access log,
// categories and proof have a retention each. One under a hold is left alone.
func (c purgeCmd) incidents(s *session, a *app.App) error {
	list, err := a.Store.Incidents(s)
	if err != nil {
		return err
	}
	for _, inc := range list {
		due, held, err := a.Overdue(s, inc)
		if err != nil {
			return err
		}
		verb := "would end"
		if c.Yes {
			verb = "ended"
			if due, err = a.Retire(s, inc, c.Reason); err != nil {
				return err
			}
		}
		switch {
		case !held.IsZero():
			_, err = fmt.Fprintf(s.std.Out, "incident %s: under a hold until %s\n", inc.ID, held.Format(time.DateOnly))
		case len(due) > 0:
			_, err = fmt.Fprintf(s.std.Out, "incident %s: %s %s\n", inc.ID, verb, strings.Join(due, ", "))
		}
		if err != nil {
			return err
		}
	}
	if !c.Yes {
		return nil
	}
	n, err := a.ForgetRequests(s)
	if err == nil && n > 0 {
		_, err = fmt.Fprintf(s.std.Out, "requests: forgot the words of %d\n", n)
	}
	if err != nil {
		return err
	}
	asks, err := a.Store.ForgetAsks(s, time.Now().AddDate(0, 0, -keepAsks))
	if err == nil && asks > 0 {
		_, err = fmt.Fprintf(s.std.Out, "codes: forgot who asked about %d\n", asks)
	}
	return err
}

// keepAsks is how many days it is kept, as a keyed digest, who asked about a
// code: long enough to see one code asked from many places.
const keepAsks = 30

// captures destroys those whose retention has ended, source by source.
func (c purgeCmd) captures(s *session, a *app.App) error {
	for _, src := range a.Config.Sources {
		files, err := a.Expired(s, src)
		if err != nil {
			return err
		}
		verb, n := "would destroy", len(files)
		if c.Yes {
			verb = "destroyed"
			if n, err = a.PurgeCaptures(s, src, c.Reason); err != nil {
				return err
			}
		}
		if src.RetentionDays == 0 {
			continue
		}
		if _, err := fmt.Fprintf(s.std.Out, "source %s: %s %d visits\n", src.ID, verb, n); err != nil {
			return err
		}
	}
	return nil
}

// registries forgets who left, registry by registry. One that cannot be read
// does not keep the others.
func (c purgeCmd) registries(s *session, a *app.App) error {
	regs := &activity.Registries{Dir: registriesDir(a.Config), Keys: a.Keys, Seen: a.Store, Models: a.Store}
	names, err := regs.List()
	if err != nil {
		return err
	}
	var failed error
	for _, name := range names {
		if err := c.registry(s, a, regs, name); err != nil {
			if s.Err() != nil {
				return err
			}
			if failed != nil {
				s.tell(failed)
			}
			failed = err
		}
	}
	return failed
}

func (c purgeCmd) registry(s *session, a *app.App, regs *activity.Registries, name breach.RegistryID) error {
	verb, forget := "would forget", func() (int64, error) { return expired(regs, name, now()) }
	if c.Yes {
		verb, forget = "forgot", func() (int64, error) { return regs.Forget(s, name, now()) }
	}
	n, err := forget()
	if c.Yes {
		event := store.Event{Who: operator(), Action: "registry.purge", Object: string(name), Detail: fmt.Sprintf("persons=%d reason=%s", n, c.Reason), OK: err == nil}
		err = errors.Join(err, a.Store.Audit(s, event))
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.std.Out, "registry %s: %s %d people who left\n", name, verb, n)
	return err
}

// expired counts who would be forgotten.
func expired(regs *activity.Registries, name breach.RegistryID, now time.Time) (n int64, err error) {
	reg, err := regs.Open(name)
	if err != nil {
		return 0, err
	}
	horizon := now.AddDate(0, 0, -reg.Manifest().RetentionDays)
	for gone, err := range reg.Departed() {
		if err != nil {
			return n, err
		}
		if gone.At.Before(horizon) {
			n++
		}
	}
	return n, nil
}
