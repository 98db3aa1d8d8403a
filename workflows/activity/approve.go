package activity

import (
	"context"
	"slices"

	"vigie/internal/breach"
	"vigie/workflows"
)

// Approval tells which controllers may start: a mandate, a reasoned decision to tell,
// both pairs of eyes of the watch team and a person of the controller under
// the current plan, nobody left in the danger lane (decisions.md 3, 16), and the
// institution's front desks told how to check what is sent. A controller that has
// not decided about rows of nobody is waited for, started or not.
func (s *Steps) Approval(ctx context.Context, in workflows.IncidentInput) (workflows.ApprovalState, error) {
	id := in.Incident
	var out workflows.ApprovalState
	cases, err := s.Store.Cases(ctx, id)
	if err != nil {
		return out, kind(err)
	}
	all, err := s.progress(ctx, id)
	if err != nil {
		return out, kind(err)
	}
	for _, c := range cases {
		p := all[c.Controller]
		ready, err := s.ready(ctx, c, p)
		if err != nil {
			return out, kind(err)
		}
		open, err := s.undecided(ctx, c)
		if err != nil {
			return out, kind(err)
		}
		if open && c.Decision != breach.DecisionRefuse { // besides, and holding up nobody
			out.Waiting = append(out.Waiting, c.Controller)
		}
		switch {
		case c.FirstRow > 1 && c.Decision != breach.DecisionRefuse:
			// A revision hands this one over; the incident waits for its end.
			if ready && p.open == 0 {
				out.Refused = append(out.Refused, c.Controller)
			} else {
				out.Waiting = append(out.Waiting, c.Controller)
			}
		case c.Decision == breach.DecisionRefuse, c.Persons == 0:
			out.Refused = append(out.Refused, c.Controller)
		case ready:
			out.Ready = append(out.Ready, c.Controller)
		default:
			out.Waiting = append(out.Waiting, c.Controller)
		}
	}
	return out, nil
}

// progress counts the rows of one controller's campaign.
type progress struct {
	open int64 // on channels that are mailed, planned or reserved
	mail int64 // of them, e-mails
	gone int64 // on those channels, given to a provider once: the campaign has begun
}

// progress says how far each controller's campaign is.
func (s *Steps) progress(ctx context.Context, id breach.IncidentID) (map[breach.ControllerID]progress, error) {
	totals, err := s.Store.PlanTotals(ctx, id)
	if err != nil {
		return nil, err
	}
	out := map[breach.ControllerID]progress{}
	for _, t := range totals {
		p := out[t.Controller]
		if t.State == breach.MessagePlanned || t.State == breach.MessageReserved {
			p.open += t.N
			if t.Channel == breach.ChannelEmail {
				p.mail += t.N
			}
		}
		// One that was left out or held before its hand-over is no sign of a start.
		p.gone += t.Tried
		out[t.Controller] = p
	}
	return out, nil
}

// ready tells whether a controller's campaign may start, or has. An approval's
// expiry governs the start alone: a campaign that has begun, and one that has
// nothing to mail, are not called back by it.
func (s *Steps) ready(ctx context.Context, c breach.Case, p progress) (bool, error) {
	if c.Decision != breach.DecisionTell || c.PlanHash == "" {
		return false, nil
	}
	if p.gone > 0 {
		return true, nil
	}
	if c.Over(s.Ceiling) || !c.Mandate.Complete() {
		return false, nil
	}
	if passed, err := s.passed(ctx, c); err != nil || !passed {
		return false, err
	}
	list, err := s.Store.Approvals(ctx, c.Incident, c.Controller)
	if err != nil {
		return false, err
	}
	signed := map[breach.ApprovalRole]bool{}
	for _, a := range list {
		if a.Hash == c.PlanHash && (s.Now().Before(a.ExpiresAt) || p.open == 0) {
			signed[a.Role] = true
		}
	}
	if !signed[breach.ApprovalRequest] || !signed[breach.ApprovalTeam] || !signed[breach.ApprovalController] {
		return false, nil
	}
	if danger, err := s.danger(ctx, c); err != nil || danger {
		return false, err
	}
	if p.open == 0 {
		return true, nil // nothing is sent: nobody comes to a front desk
	}
	return s.briefed(ctx, c)
}

// danger tells whether somebody in a controller's danger lane still waits.
func (s *Steps) danger(ctx context.Context, c breach.Case) (bool, error) {
	waiting, err := s.Store.Waiting(ctx, c.Incident)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(waiting, func(d breach.Danger) bool { return d.Controller == c.Controller }) {
		return true, nil
	}
	return s.Store.Unguarded(ctx, c.Incident, c.Controller)
}

// Remind records that a controller's clock has reached a mark.
func (s *Steps) Remind(ctx context.Context, in workflows.RemindInput) error {
	s.Log.Warn("clock of a controller", "incident", in.Incident, "controller", in.Controller, "hours", in.Hours)
	return kind(s.Store.AddReminder(ctx, in.Incident, in.Controller, in.Hours, s.Now()))
}

// Clock says how a controller's 72 hours stand.
func (s *Steps) Clock(ctx context.Context, in workflows.ClockInput) (workflows.ClockState, error) {
	var out workflows.ClockState
	c, err := s.Store.Case(ctx, in.Incident, in.Controller)
	if err != nil {
		return out, kind(err)
	}
	if !c.AwareAt.IsZero() {
		out.AwareUnix = c.AwareAt.Unix()
		out.DeadlineUnix = breach.Deadline(c.AwareAt).Unix()
	}
	at, err := s.Store.Notified(ctx, in.Incident, in.Controller)
	out.Notified = err == nil && !at.IsZero()
	return out, kind(ignoreMissing(err))
}
