package consoletest

import (
	"context"
	"slices"
	"time"

	"vigie/internal/breach"
)

// dangers keeps the danger lane as the real store does.
type dangers struct {
	list      []breach.Danger
	tries     []breach.Attempt
	overrides []breach.Override
}

func (w *World) addDangers() {
	w.danger.list = append(w.danger.list, breach.Danger{ID: "dng_1", Incident: "inc_1", Registry: "jeunes", Person: "J0042", Controller: "ml-orbe", Human: "dng_1",
		Why: []string{breach.DangerProtected}, OpenedAt: w.clock, Pair: "open",
		Exposed: map[string]breach.Exposed{breach.FieldAddress: breach.ExposedPresent, breach.FieldPhone: breach.ExposedOlder, breach.FieldEmail: breach.ExposedAbsent}})
}

func (s *Store) Dangers(_ context.Context, incident breach.IncidentID, _ int) (list []breach.Danger, err error) {
	defer s.lock()()
	for _, d := range s.danger.list {
		if d.Incident == incident {
			list = append(list, d)
		}
	}
	return list, nil
}

func (s *Store) dangerAt(id breach.DangerID) int {
	return slices.IndexFunc(s.danger.list, func(d breach.Danger) bool { return d.ID == id })
}

func (s *Store) Danger(_ context.Context, id breach.DangerID) (breach.Danger, error) {
	defer s.lock()()
	if i := s.dangerAt(id); i >= 0 {
		return s.danger.list[i], nil
	}
	return breach.Danger{}, breach.ErrNotFound
}

func (s *Store) Attempts(_ context.Context, ids ...breach.DangerID) (list []breach.Attempt, err error) {
	defer s.lock()()
	for _, a := range s.danger.tries {
		if slices.Contains(ids, a.Danger) {
			list = append(list, a)
		}
	}
	return list, nil
}

func (s *Store) Overrides(context.Context, breach.IncidentID) ([]breach.Override, error) {
	defer s.lock()()
	return s.danger.overrides, nil
}

func (s *Store) Waiting(_ context.Context, incident breach.IncidentID) (list []breach.Danger, err error) {
	defer s.lock()()
	for _, d := range s.danger.list {
		covered := slices.ContainsFunc(s.danger.overrides, func(o breach.Override) bool { return !d.OpenedAt.After(o.At) })
		if d.Incident == incident && d.Open() && !covered {
			list = append(list, d)
		}
	}
	return list, nil
}

func (s *Store) TakeDanger(_ context.Context, incident breach.IncidentID, id breach.DangerID, by breach.UserID, at time.Time) error {
	defer s.lock()()
	i := s.dangerAt(id)
	switch {
	case i < 0 || s.danger.list[i].Incident != incident:
		return breach.ErrNotFound
	case !s.danger.list[i].Open():
		return breach.ErrConflict
	}
	s.danger.list[i].TakenBy, s.danger.list[i].TakenAt = by, at
	s.log(string(by), "danger.take", string(incident), string(id), true)
	return nil
}

func (s *Store) TryDanger(_ context.Context, incident breach.IncidentID, a breach.Attempt) error {
	defer s.lock()()
	i := s.dangerAt(a.Danger)
	switch {
	case i < 0 || s.danger.list[i].Incident != incident:
		return breach.ErrNotFound
	case !s.danger.list[i].Open() || s.danger.list[i].TakenBy != a.By:
		return breach.ErrConflict
	}
	s.danger.tries = append(s.danger.tries, a)
	if a.Outcome.Settles() {
		s.danger.list[i].SettledAt, s.danger.list[i].SettledBy, s.danger.list[i].Outcome = a.At, a.By, a.Outcome
	}
	s.log(string(a.By), "danger.attempt", string(incident), string(a.Outcome), true)
	return nil
}

func (s *Store) OverrideDanger(_ context.Context, o breach.Override) error {
	defer s.lock()()
	if !slices.ContainsFunc(s.danger.list, breach.Danger.Open) {
		return breach.ErrConflict
	}
	s.danger.overrides = append(s.danger.overrides, o)
	s.log(string(o.By), "danger.override", string(o.Incident), o.Reason, true)
	return nil
}
