package console

import (
	"net/http"
	"slices"
	"time"

	"vigie/internal/breach"
)

type homeView struct {
	page
	Alerts    []breach.Alert
	Incidents []incidentLine
}

// incidentLine is one incident on the home page, as much of it as the account
// may see.
type incidentLine struct {
	breach.Incident
	Open     int64 // candidate pairs that wait for a reviewer
	Cases    []caseLine
	Reviewer bool
	First    firstLine
}

// FirstCases are the clocks that end first.
func (l incidentLine) FirstCases() []caseLine { return l.Cases[:min(len(l.Cases), fewCases)] }

// caseLine is one controller's part with its clock.
type caseLine struct {
	breach.Case
	Name     string
	Notified time.Time
	Deadline time.Time
	Left     time.Duration
	Urgent   bool // less than a day left, or late
	Late     bool
}

func (c *console) homeShow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := homeView{page: c.page(r, "home.title")}
	var err error
	if v.User.Has(breach.RoleAnalyst) {
		if v.Alerts, err = c.Store.Alerts(ctx, breach.AlertNew); err != nil {
			return err
		}
	}
	if seesIncidents(v.User) || v.User.Has(breach.RoleController) {
		if v.Incidents, err = c.incidentLines(r, v.page); err != nil {
			return err
		}
	}
	v.Live = len(v.Incidents) > 0
	return c.show(w, http.StatusOK, "home", v)
}

func seesIncidents(u breach.User) bool { return slices.ContainsFunc(team, u.Has) }

func (c *console) incidentLines(r *http.Request, p page) ([]incidentLine, error) {
	ctx := r.Context()
	list, err := c.Store.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	var lines []incidentLine
	for _, inc := range list {
		line := incidentLine{Incident: inc, Reviewer: p.User.Has(breach.RoleReviewer)}
		if line.Cases, err = c.caseLines(r, p, inc.ID); err != nil {
			return nil, err
		}
		if !seesIncidents(p.User) && len(line.Cases) == 0 {
			continue // not this controller's
		}
		counts, err := c.count(ctx, inc.ID, false)
		if err != nil {
			return nil, err
		}
		line.Open = counts[breach.CandidateOpen]
		if line.First, err = c.firstOf(ctx, p.User, inc.ID); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b incidentLine) int { return b.OpenedAt.Compare(a.OpenedAt) })
	return lines, nil
}

// caseLines lists the cases of an incident that the account may see, the one
// whose deadline comes first at the top.
func (c *console) caseLines(r *http.Request, p page, id breach.IncidentID) ([]caseLine, error) {
	ctx := r.Context()
	cases, err := c.Store.Cases(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := c.controllerNames(ctx)
	if err != nil {
		return nil, err
	}
	var lines []caseLine
	notified, err := c.Store.AllNotified(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, k := range cases {
		if !seesIncidents(p.User) && k.Controller != p.User.Controller {
			continue
		}
		lines = append(lines, newCaseLine(k, names[k.Controller], notified[k.Controller], p.Now))
	}
	slices.SortStableFunc(lines, func(a, b caseLine) int { return rankOf(a).Compare(rankOf(b)) })
	return lines, nil
}

// rankOf sorts running clocks first, by deadline, then those not set, then
// those whose authority was notified.
func rankOf(l caseLine) time.Time {
	switch {
	case !l.Notified.IsZero():
		return l.Deadline.AddDate(1000, 0, 0)
	case l.Deadline.IsZero():
		return time.Date(2900, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return l.Deadline
}

func newCaseLine(k breach.Case, name string, notified, now time.Time) caseLine {
	l := caseLine{Case: k, Name: name, Notified: notified}
	if l.Name == "" {
		l.Name = string(k.Controller)
	}
	if !k.AwareAt.IsZero() {
		l.Deadline = breach.Deadline(k.AwareAt)
		l.Left = l.Deadline.Sub(now)
		l.Late = l.Left < 0 && notified.IsZero()
		l.Urgent = l.Left < 24*time.Hour && notified.IsZero()
	}
	return l
}
