package activity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/notify/duty"
)

// Lane wakes people for entries of danger lanes that are late: nobody has taken
// one, or whoever took it has not settled it. Each incident climbs the ladder of
// its alert, a rung every Policy.Ack, the team first. A page is durable before
// it is handed over; a carrier that refuses is noted, and the next rung follows.
func (s *Steps) Lane(ctx context.Context) error {
	if s.Duties.Directory == nil {
		return nil
	}
	list, err := s.Store.InDanger(ctx)
	if err != nil {
		return kind(err)
	}
	var failed error
	for _, id := range list {
		failed = errors.Join(failed, s.lateLane(ctx, id))
	}
	return kind(failed)
}

// lateLane wakes the rung that is due for one incident.
func (s *Steps) lateLane(ctx context.Context, id breach.IncidentID) error {
	waiting, err := s.Store.Waiting(ctx, id)
	if err != nil {
		return err
	}
	late, first := 0, time.Time{}
	for _, d := range waiting {
		if due := d.Due(); !due.After(s.Now()) {
			late++
			if first.IsZero() || due.Before(first) {
				first = due
			}
		}
	}
	if late == 0 {
		return nil
	}
	inc, err := s.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	a, err := s.Store.Alert(ctx, inc.Alert)
	if err != nil {
		return err
	}
	a.Urgency = breach.UrgencyCritical // quiet hours do not keep a hidden address safe
	ladder := s.Duties.Directory.Ladder(a, true)
	pages, err := s.Store.LanePages(ctx, id, first)
	if err != nil || len(ladder) == 0 {
		return err
	}
	rung := 0
	if n := len(pages); n > 0 {
		if last := pages[n-1]; s.Now().Before(last.At.Add(s.Duties.Directory.Policy.Ack)) {
			return nil
		}
		rung = pages[n-1].Rung + 1
	}
	if rung >= len(ladder)*s.Duties.Directory.Policy.Rounds {
		return nil // everybody was woken; the console shows the entry as late
	}
	var failed error
	for i, c := range ladder[rung%len(ladder)].Contacts {
		failed = errors.Join(failed, s.lanePage(ctx, inc, a, c, rung, i, late))
	}
	return failed
}

// lanePage wakes one contact on every channel they have.
func (s *Steps) lanePage(ctx context.Context, inc breach.Incident, a breach.Alert, c duty.Contact, rung, i, late int) error {
	var failed error
	for _, ch := range c.Channels() {
		p := breach.LanePage{
			ID:       "page_" + s.Keys.Digest("lane page", string(inc.ID), fmt.Sprint(rung, i, s.Now().UnixNano()), string(ch))[:20],
			Incident: inc.ID, Rung: rung, Channel: ch, At: s.Now(),
		}
		if err := s.Store.SaveLanePage(ctx, p); err != nil {
			return err
		}
		channel, ok := s.Duties.Channels[ch]
		if !ok {
			p.Fault = "no-carrier"
		} else {
			where := s.Duties.Console + "incidents/" + string(inc.ID) + "/lane"
			ref, err := channel.Send(ctx, c.LaneEnvelope(p.ID, a.Entity, late, s.Duties.From, where, p.At))
			if p.Ref = ref; err != nil {
				p.Ref, p.Fault = "", "refused"
				if !errors.Is(err, breach.ErrInvalid) {
					p.Fault = "temporary"
				}
			}
		}
		failed = errors.Join(failed, s.Store.SaveLanePage(ctx, p))
	}
	return failed
}
