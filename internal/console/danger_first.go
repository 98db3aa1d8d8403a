package console

import (
	"context"
	"slices"
	"time"

	"vigie/internal/breach"
)

// firstLine is what comes before everything else in an incident: protected
// persons whom nobody has reached yet.
type firstLine struct {
	Incident breach.IncidentID
	N        int64
	Left     time.Duration // until the first of them is late
	Late     bool
}

// firstOf counts them for an account that may open the lane.
func (c *console) firstOf(ctx context.Context, u breach.User, id breach.IncidentID) (firstLine, error) {
	f := firstLine{Incident: id}
	if !slices.ContainsFunc(deskRoles, u.Has) {
		return f, nil
	}
	list, err := c.Store.Dangers(ctx, id, laneLimit)
	if err != nil {
		return f, err
	}
	for _, d := range list {
		if !d.Open() {
			continue
		}
		if left := d.Due().Sub(c.Now()); f.N == 0 || left < f.Left {
			f.Left, f.Late = left, left < 0
		}
		f.N++
	}
	return f, nil
}

type firstPart struct {
	P page
	L firstLine
}
