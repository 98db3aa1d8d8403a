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

// Kin and JoinIncident join the alerts of one event: all alerts of this world are of one
// post.
func (s *Store) Kin(_ context.Context, id breach.AlertID) (breach.IncidentID, error) {
	defer s.lock()()
	a, err := find(s.alerts, id)
	for _, o := range s.alerts {
		if err == nil && o.ID != id && a.Event != "" && o.Event == a.Event && o.Incident != "" {
			return o.Incident, nil
		}
	}
	return "", err
}

func (s *Store) JoinIncident(_ context.Context, id breach.AlertID, incident breach.IncidentID, by breach.UserID, at time.Time) error {
	defer s.lock()()
	a, err := find(s.alerts, id)
	if err != nil {
		return err
	}
	if a, err = a.Moved(breach.AlertMove{To: breach.AlertConfirmed, By: by, At: at}); err != nil {
		return err
	}
	a.Incident = incident
	s.alerts[id] = a
	s.log(string(by), "alert.join", string(id), "incident="+string(incident), true)
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

// OpenDuty and the methods after it keep who is woken.
func (s *Store) OpenDuty(_ context.Context, id breach.AlertID, by breach.UserID, at time.Time) (bool, error) {
	defer s.lock()()
	if _, there := s.duties[id]; there {
		return false, nil
	}
	s.duties[id] = breach.Duty{Alert: id, OpenedAt: at, OpenedBy: by}
	s.pages = append(s.pages, breach.Page{ID: "page_" + string(id), Alert: id, Role: "dpo", Channel: breach.ChannelSMS, Code: "digest of CODE-" + string(id), At: at})
	return true, nil
}

func (s *Store) Duty(_ context.Context, id breach.AlertID) (breach.Duty, error) {
	defer s.lock()()
	return find(s.duties, id)
}

func (s *Store) Pages(_ context.Context, id breach.AlertID) (out []breach.Page, err error) {
	defer s.lock()()
	for _, p := range s.pages {
		if p.Alert == id {
			out = append(out, p)
		}
	}
	return out, nil
}

func (s *Store) AnswerPage(_ context.Context, code string, at time.Time) (breach.AlertID, error) {
	defer s.lock()()
	for i, p := range s.pages {
		if p.Code != code {
			continue
		}
		if !p.UsedAt.IsZero() {
			return p.Alert, breach.ErrConflict
		}
		s.pages[i].UsedAt = at
		d := s.duties[p.Alert]
		d.AckedAt, d.AckedBy = at, "page:"+p.Role
		s.duties[p.Alert] = d
		return p.Alert, nil
	}
	return "", breach.ErrNotFound
}

func (s *Store) Reports(_ context.Context, alert breach.AlertID, _ int) ([]breach.Report, error) {
	if alert != "alert_2" {
		return nil, nil
	}
	return []breach.Report{{ID: "rep_1", At: s.now(), Channel: "form", Role: "school", Alert: alert, Files: []string{"rep_1-0"}}}, nil
}

func (s *Store) ReportContact(_ context.Context, id string, by breach.UserID, why string) (string, error) {
	defer s.lock()()
	if id != "rep_1" {
		return "", breach.ErrNotFound
	}
	s.log(string(by), "report.contact", id, "", true)
	return "ecole@example.org", nil
}
