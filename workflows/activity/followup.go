package activity

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/institution"
	"vigie/workflows"
)

// followupMonths are when institutions are asked, counted from the hour at
// which each became aware, else from the day the incident was opened.
var followupMonths = [...]int{3, 6}

// Followup asks the institutions that are due, by a document that is written
// once, and says when the next one is.
func (s *Steps) Followup(ctx context.Context, in workflows.FollowupInput) (workflows.FollowupState, error) {
	defer beat(ctx)()
	out := workflows.FollowupState{Done: true}
	inc, err := s.Store.Incident(ctx, in.Incident)
	if err != nil {
		return out, kind(err)
	}
	cases, err := s.Store.Cases(ctx, in.Incident)
	if err != nil {
		return out, kind(err)
	}
	before, err := s.Store.Followups(ctx, in.Incident)
	if err != nil {
		return out, kind(err)
	}
	asked := map[breach.ControllerID]map[int]bool{}
	for _, f := range before {
		if asked[f.Controller] == nil {
			asked[f.Controller] = map[int]bool{}
		}
		asked[f.Controller][f.Months] = true
	}
	now := time.Unix(in.NowUnix, 0)
	for _, c := range cases {
		if c.PlanHash != "" && c.Persons == 0 {
			continue // nobody of its own is concerned
		}
		for _, months := range followupMonths {
			if asked[c.Controller][months] {
				continue
			}
			due := dueAt(c, inc, months)
			if due.After(now) {
				out.Done = false
				if unix := due.Unix(); out.NextUnix == 0 || unix < out.NextUnix {
					out.NextUnix = unix
				}
				continue
			}
			if err := s.ask(ctx, c, months, due); err != nil {
				return out, kind(err)
			}
			out.Asked++
		}
	}
	return out, nil
}

// dueAt is so many calendar months on; a day that the month does not have is
// its last.
func dueAt(c breach.Case, inc breach.Incident, months int) time.Time {
	from := c.AwareAt
	if from.IsZero() {
		from = inc.OpenedAt
	}
	from = from.In(i18n.Paris())
	due := from.AddDate(0, months, 0)
	if due.Day() != from.Day() {
		due = due.AddDate(0, 0, -due.Day())
	}
	return due
}

// ask writes the document that asks, from the facts as they stand, and keeps
// that it was asked. An institution of which nothing is known is not asked.
func (s *Steps) ask(ctx context.Context, c breach.Case, months int, due time.Time) error {
	f, err := s.CurrentFacts(ctx, c.Incident, c.Controller)
	if err == nil {
		err = s.askPaper(ctx, c, f, months)
	}
	if err != nil && !errors.Is(err, breach.ErrNotFound) {
		return err
	}
	s.Log.Info("an institution is asked what became of its breach", "incident", c.Incident, "controller", c.Controller, "months", months)
	return s.Store.AskFollowup(ctx, breach.Followup{Incident: c.Incident, Controller: c.Controller, Months: months, DueAt: due.UTC(), AskedAt: s.Now()})
}

func (s *Steps) askPaper(ctx context.Context, c breach.Case, f notify.Facts, months int) error {
	b, err := s.brief(ctx, c, f)
	if err != nil {
		return err
	}
	b.At = s.Now()
	w := &paperWriter{steps: s, brief: b, dir: filepath.Join(s.DossierDir, string(c.Incident), string(c.Controller)), version: fmt.Sprintf("v%d", f.Version)}
	if err := os.MkdirAll(filepath.Join(w.dir, w.version), 0o700); err != nil {
		return err
	}
	k := institution.Kind(fmt.Sprintf("followup%d", months))
	for _, lang := range i18n.Languages() {
		doc, err := institution.Render(b, k, lang)
		if err != nil {
			return err
		}
		if err := w.write(ctx, string(k), lang, doc); err != nil {
			return err
		}
	}
	return nil
}
