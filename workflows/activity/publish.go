package activity

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/mark"
	"vigie/notify/page"
	"vigie/workflows"
)

// Publish builds the public page of an incident and each controller's Art. 33
// dossier from the same facts as the letters. Building again changes nothing
// unless the facts have changed.
func (s *Steps) Publish(ctx context.Context, in workflows.PublishInput) error {
	defer beat(ctx)()
	return s.publish(ctx, in)
}

// Renew builds again each public page whose promised day of the next update has
// come, so that no page promises a day that is past. It returns how many.
func (s *Steps) Renew(ctx context.Context) (n int, err error) {
	list, err := s.Store.Incidents(ctx)
	if err != nil {
		return 0, err
	}
	var failed error
	for _, inc := range list {
		stale, err := page.Stale(filepath.Join(s.PageDir, string(inc.ID)), s.PageEvery, s.Now())
		if err == nil && stale {
			if err = s.publish(ctx, workflows.PublishInput{Incident: inc.ID}); err == nil {
				n++
			}
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("renewing the page of %s: %w", inc.ID, err))
		}
	}
	return n, failed
}

func (s *Steps) publish(ctx context.Context, in workflows.PublishInput) error {
	cases, err := s.Store.Cases(ctx, in.Incident)
	if err != nil {
		return kind(err)
	}
	unreached, err := s.Store.Unreached(ctx, in.Incident)
	if err != nil {
		return kind(err)
	}
	for _, c := range cases {
		f, err := s.CurrentFacts(ctx, in.Incident, c.Controller)
		if errors.Is(err, breach.ErrNotFound) {
			continue
		}
		if err != nil {
			return kind(err)
		}
		f.Unreached = unreached[c.Controller]
		if err := s.dossier(ctx, c, f); err != nil {
			return kind(err)
		}
		if c.Persons > 0 || c.FirstRow > 1 {
			if _, err := s.papers(ctx, c, f); err != nil {
				return kind(err)
			}
		}
	}
	tell, err := s.Shown(ctx, in.Incident)
	if err != nil || len(tell) == 0 {
		return kind(err)
	}
	dir := filepath.Join(s.PageDir, string(in.Incident))
	if err := s.BuildPage(ctx, dir, in.Incident, tell); err != nil || s.Mirror == nil {
		return kind(err)
	}
	return kind(s.Mirror(ctx, dir, in.Incident))
}

// Shown are the facts that the public may see now, of those controllers whose
// people were told, in the version that was approved, with the number of those
// whom no letter reaches. There are none before every institution knows.
func (s *Steps) Shown(ctx context.Context, id breach.IncidentID) (tell []notify.Facts, err error) {
	cases, err := s.Store.Cases(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := s.progress(ctx, id)
	if err != nil {
		return nil, err
	}
	unreached, err := s.Store.Unreached(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		version, err := s.public(ctx, c, all[c.Controller])
		if err != nil {
			return nil, err
		}
		if version == 0 {
			continue
		}
		h, err := s.history(ctx, id, c.Controller)
		if err != nil {
			return nil, err
		}
		f := h.told[version].Facts // what letters say, and whom they do not reach
		f.Unreached = unreached[c.Controller]
		tell = append(tell, f)
	}
	for _, c := range cases {
		if told, err := s.informed(ctx, c); len(tell) > 0 && (err != nil || !told) {
			if err == nil {
				s.Log.Warn("nothing is public before every institution was told", "incident", id, "controller", c.Controller)
			}
			return nil, err
		}
	}
	return tell, nil
}

// BuildPage writes the public page of an incident to a directory.
func (s *Steps) BuildPage(ctx context.Context, dir string, id breach.IncidentID, tell []notify.Facts) error {
	texts, err := s.pageTexts(ctx)
	if err != nil {
		return err
	}
	site := page.Site{Facts: tell, Texts: texts, Check: s.CheckURL, Report: s.ReportURL, Sender: s.Sender, Every: s.PageEvery, Procedure: mark.Procedure}
	if site.Sent, err = s.Store.SentDays(ctx, id); err != nil {
		return err
	}
	if s.Marks != nil {
		if site.Key, err = s.Marks.PublicPEM(); err != nil {
			return err
		}
	}
	return page.Build(dir, site, s.Now())
}

// public is the version of a controller's facts that may be published, 0 for
// none: after its own communication, and never while a protected person waits
// to be reached, whichever controller's (decisions.md 3 and 9): the page says that
// there is a dump. Another controller's campaign ending
// changes nothing; letters that a printer takes over days, and texts that wait
// for the morning, hold nothing up once the e-mails are through. A later version is shown once it is approved, before the
// corrections arrive; until then the page says what people were told.
func (s *Steps) public(ctx context.Context, c breach.Case, p progress) (int, error) {
	if c.Decision != breach.DecisionTell || c.Notice == 0 {
		return 0, nil
	}
	told, err := s.Store.LastTold(ctx, c.Incident, c.Controller)
	if err != nil {
		return 0, err
	}
	before := 0 // the version that is public already
	if c.FirstRow > 1 || c.PlanHash == "" {
		before = told
	}
	// What nobody signed is not public either, also where nothing is mailed.
	ready, err := s.ready(ctx, c, p)
	if err != nil || !ready || told == 0 && p.open > 0 || before == 0 && p.mail > 0 {
		return before, err
	}
	if waits, err := s.waits(ctx, c.Incident); err != nil || waits {
		return before, err
	}
	return c.Notice, nil
}

// informed tells whether an institution whose people are concerned knows: it
// decided, an hour was set at which it became aware, or its head has the letter.
func (s *Steps) informed(ctx context.Context, c breach.Case) (bool, error) {
	if c.PlanHash == "" || c.Persons == 0 || c.Decision != breach.DecisionNone || !c.AwareAt.IsZero() {
		return true, nil
	}
	return s.Store.Delivered(ctx, c.Incident, c.Controller, breach.PaperLetter, 1)
}

// ignoreMissing drops an ErrNotFound.
func ignoreMissing(err error) error {
	if errors.Is(err, breach.ErrNotFound) {
		return nil
	}
	return err
}
