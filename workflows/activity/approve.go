package activity

import (
	"context"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/workflows"
)

// Approval tells which controllers may start: a reasoned decision to tell,
// both pairs of eyes of the watch team and a person of the controller under
// the current plan, and nobody left in the danger lane (decisions.md 3, 16).
func (s *Steps) Approval(ctx context.Context, in workflows.IncidentInput) (workflows.ApprovalState, error) {
	id := in.Incident
	var out workflows.ApprovalState
	cases, err := s.Store.Cases(ctx, id)
	if err != nil {
		return out, kind(err)
	}
	for _, c := range cases {
		ready, err := s.ready(ctx, c)
		if err != nil {
			return out, kind(err)
		}
		switch {
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

func (s *Steps) ready(ctx context.Context, c breach.Case) (bool, error) {
	if c.Decision != breach.DecisionTell || c.PlanHash == "" {
		return false, nil
	}
	list, err := s.Store.Approvals(ctx, c.Incident, c.Controller)
	if err != nil {
		return false, err
	}
	signed := map[breach.ApprovalRole]bool{}
	for _, a := range list {
		if a.Hash == c.PlanHash && s.Now().Before(a.ExpiresAt) {
			signed[a.Role] = true
		}
	}
	if !signed[breach.ApprovalRequest] || !signed[breach.ApprovalTeam] || !signed[breach.ApprovalController] {
		return false, nil
	}
	lane, err := s.Store.MessagesOf(ctx, c.Incident, laneFilter(c.Controller))
	if err != nil {
		return false, err
	}
	for _, m := range lane {
		if Danger(m) {
			return false, nil
		}
	}
	return true, nil
}

// Danger tells whether a ledger row belongs to the danger lane: a protected
// person whom a human must reach before anything is sent or public.
func Danger(m breach.Message) bool {
	return m.Channel == breach.ChannelHuman && m.State == breach.MessageListed &&
		strings.Contains(","+m.Why+",", ","+notify.ReasonProtected+",")
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

// laneFilter selects the rows of a controller that wait for a human.
func laneFilter(c breach.ControllerID) store.MessageFilter {
	return store.MessageFilter{Controller: c, Channel: breach.ChannelHuman, State: breach.MessageListed, Limit: 10_000}
}
