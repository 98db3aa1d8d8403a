package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type alarmCounter interface {
	FalseAlarms(ctx context.Context, since time.Time) ([]breach.AlarmCount, error)
	AlertsSince(ctx context.Context, since time.Time) ([]breach.Alert, error)
}

// budgetWindow is how far back false alarms count against the budget, and
// fewBelow is the number of decided alerts under which a share says nothing.
const (
	budgetWindow = 30 * 24 * time.Hour
	fewBelow     = 10
)

type alertHealthView struct {
	page
	Kinds   []breach.AlarmCount
	All     breach.AlarmCount
	Budget  float64
	Few     bool // too few for a share
	Over    bool
	Raised  int // in the window
	Waiting int // nobody has looked
	Oldest  time.Time
	Sources []Standing
}

// Standing is where a watched source stands.
type Standing struct {
	Source    breach.SourceID
	State     string   // of its page at the last visit, "" before the first
	Fault     string   // why it did not answer for itself
	Alarm     string   // silent, down, person or ""
	Proposed  []string // addresses that its pages name, for a person to decide
	VisitedAt time.Time
	GoodAt    time.Time // a post was last read
	NextAt    time.Time
	Late      bool
}

// alertHealth shows how many alerts were false, against the stated budget, and
// how many nobody has looked at.
func (c *console) alertHealth(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := alertHealthView{page: c.page(r, "health.title"), Budget: c.FalseAlarmBudget}
	since := c.Now().Add(-budgetWindow)
	var err error
	if v.Kinds, err = c.Store.FalseAlarms(ctx, since); err != nil {
		return err
	}
	for _, k := range v.Kinds {
		v.All.Decided += k.Decided
		v.All.False += k.False
	}
	v.Few = v.All.Decided < fewBelow
	v.Over = !v.Few && Share(v.All) > v.Budget
	raised, err := c.Store.AlertsSince(ctx, since)
	if err != nil {
		return err
	}
	v.Raised = len(raised)
	waiting, err := c.Store.Alerts(ctx, breach.AlertNew)
	if err != nil {
		return err
	}
	for _, a := range waiting {
		v.Waiting++
		if v.Oldest.IsZero() || a.RaisedAt.Before(v.Oldest) {
			v.Oldest = a.RaisedAt
		}
	}
	if c.Sources != nil {
		if v.Sources, err = c.Sources(ctx); err != nil {
			return err
		}
	}
	return c.show(w, http.StatusOK, "health", v)
}

// Share is the part of false alarms among those decided.
func Share(c breach.AlarmCount) float64 {
	if c.Decided == 0 {
		return 0
	}
	return float64(c.False) / float64(c.Decided)
}
