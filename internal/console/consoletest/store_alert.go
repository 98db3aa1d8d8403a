package consoletest

import (
	"context"
	"time"

	"vigie/internal/breach"
)

// MoveAlert and the methods after it keep what people do with alerts.
func (s *Store) MoveAlert(_ context.Context, id breach.AlertID, m breach.AlertMove) error {
	defer s.lock()()
	a, err := find(s.alerts, id)
	if err != nil {
		return err
	}
	if a, err = a.Moved(m); err != nil {
		return err
	}
	s.alerts[id] = a
	s.log(string(m.By), "alert."+string(m.To), string(id), "code="+m.Code, true)
	return nil
}

func (s *Store) RecordTold(_ context.Context, id breach.AlertID, by breach.UserID, at time.Time, url string) error {
	defer s.lock()()
	a, err := find(s.alerts, id)
	if err != nil {
		return err
	}
	if a.DecidedBy == "" || a.ReasonCode != "" {
		return breach.ErrConflict
	}
	a.ToldAt, a.TellURL = at, url
	s.alerts[id] = a
	s.log(string(by), "alert.told", string(id), "", true)
	return nil
}

func (s *Store) Sightings(_ context.Context, id breach.AlertID) ([]breach.Sighting, error) {
	defer s.lock()()
	a, err := find(s.alerts, id)
	return []breach.Sighting{{Post: a.Post, Source: a.Source, At: a.RaisedAt}}, err
}

func (s *Store) AlertsSince(ctx context.Context, _ time.Time) ([]breach.Alert, error) {
	return s.Alerts(ctx, "")
}

func (s *Store) FalseAlarms(ctx context.Context, _ time.Time) ([]breach.AlarmCount, error) {
	list, err := s.Alerts(ctx, "")
	c := breach.AlarmCount{Kind: "software"}
	for _, a := range list {
		if a.DecidedBy != "" {
			c.Decided++
			if breach.FalseAlarm(a.ReasonCode) {
				c.False++
			}
		}
	}
	return []breach.AlarmCount{c}, err
}

// AddAlert adds an alert as it is.
func (s *Store) AddAlert(a breach.Alert) {
	defer s.lock()()
	s.alerts[a.ID] = a
}
