package consoletest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
)

func (s *Store) theCase(incident breach.IncidentID, controller breach.ControllerID) (*breach.Case, error) {
	for i := range s.cases {
		if s.cases[i].Incident == incident && s.cases[i].Controller == controller {
			return &s.cases[i], nil
		}
	}
	return nil, fmt.Errorf("case of %s: %w", controller, breach.ErrNotFound)
}

// Case and the methods after it keep each controller's part.
func (s *Store) Case(_ context.Context, incident breach.IncidentID, controller breach.ControllerID) (breach.Case, error) {
	defer s.lock()()
	k, err := s.theCase(incident, controller)
	if err != nil {
		return breach.Case{}, err
	}
	return *k, nil
}

func (s *Store) Cases(_ context.Context, incident breach.IncidentID) (list []breach.Case, err error) {
	defer s.lock()()
	for _, k := range s.cases {
		if k.Incident == incident {
			list = append(list, k)
		}
	}
	return list, nil
}

func (s *Store) SetAware(_ context.Context, incident breach.IncidentID, controller breach.ControllerID, at time.Time, by breach.UserID, reason string) error {
	defer s.lock()()
	k, err := s.theCase(incident, controller)
	if err != nil {
		return err
	}
	k.AwareAt, k.AwareBy, k.AwareReason = at, by, reason
	s.log(string(by), "case.aware", string(incident), "", true)
	return nil
}

func (s *Store) DecideCase(_ context.Context, incident breach.IncidentID, controller breach.ControllerID, d breach.Decision, reason, exemption string, by breach.UserID, at time.Time) error {
	defer s.lock()()
	k, err := s.theCase(incident, controller)
	if err != nil {
		return err
	}
	k.Decision, k.Reason, k.Exemption, k.DecidedBy, k.DecidedAt = d, reason, exemption, by, at
	s.log(string(by), "case.decide", string(incident), "", true)
	return nil
}

func (s *Store) LiftCeiling(_ context.Context, incident breach.IncidentID, controller breach.ControllerID, persons int64, by breach.UserID, reason string) error {
	defer s.lock()()
	k, err := s.theCase(incident, controller)
	if err != nil {
		return err
	}
	k.Ceiling, k.CeilingBy, k.CeilingReason = persons, by, reason
	s.log(string(by), "case.ceiling", string(incident), "", true)
	return nil
}

// SetPersons changes how many persons a case concerns.
func (s *Store) SetPersons(incident breach.IncidentID, controller breach.ControllerID, n int64) {
	defer s.lock()()
	if k, err := s.theCase(incident, controller); err == nil {
		k.Persons = n
	}
}

// SetPlan replaces a controller's plan.
func (s *Store) SetPlan(incident breach.IncidentID, controller breach.ControllerID, hash string) {
	defer s.lock()()
	if k, err := s.theCase(incident, controller); err == nil {
		k.PlanHash = hash
	}
}

func (s *Store) Approvals(_ context.Context, incident breach.IncidentID, controller breach.ControllerID) (list []breach.Approval, err error) {
	defer s.lock()()
	for _, a := range s.approvals {
		if a.Incident == incident && a.Controller == controller {
			list = append(list, a)
		}
	}
	return list, nil
}

func (s *Store) AddApproval(_ context.Context, a breach.Approval) error {
	defer s.lock()()
	k, err := s.theCase(a.Incident, a.Controller)
	if err != nil {
		return err
	}
	if a.Hash != k.PlanHash {
		return breach.ErrConflict
	}
	for _, b := range s.approvals {
		if b.Incident != a.Incident || b.Controller != a.Controller || b.Hash != a.Hash || !b.ExpiresAt.After(a.At) {
			continue
		}
		if b.Role == a.Role {
			return breach.ErrConflict
		}
		if b.By == a.By {
			return breach.ErrForbidden
		}
	}
	s.approvals = append(s.approvals, a)
	s.log(string(a.By), "approval.add", string(a.Incident), string(a.Role), true)
	return nil
}

func (s *Store) Notified(_ context.Context, _ breach.IncidentID, controller breach.ControllerID) (time.Time, error) {
	defer s.lock()()
	return s.notified[controller], nil
}

func (s *Store) SetNotified(_ context.Context, incident breach.IncidentID, controller breach.ControllerID, at time.Time, by, _ string) error {
	defer s.lock()()
	s.notified[controller] = at
	s.log(by, "case.notified", string(incident), "", true)
	return nil
}

func (s *Store) Facts(_ context.Context, _ breach.IncidentID, controller breach.ControllerID) (int, []byte, error) {
	defer s.lock()()
	f, err := find(s.facts, controller)
	return 1, f, err
}

// MessageTotals and the methods after it keep the ledger.
func (s *Store) MessageTotals(_ context.Context, incident breach.IncidentID, c breach.ControllerID) ([]console.Total, error) {
	defer s.lock()()
	n := map[console.Total]int64{}
	for _, m := range s.messages {
		if m.Incident == incident && (c == "" || m.Controller == c) {
			n[console.Total{Controller: m.Controller, Channel: m.Channel, State: m.State}]++
		}
	}
	var list []console.Total
	for t, count := range n {
		t.N = count
		list = append(list, t)
	}
	return list, nil
}

// Precision is that of the test's world: one error among four hundred.
func (s *Store) Precision(context.Context, breach.IncidentID, breach.ControllerID) (breach.Precision, error) {
	return breach.Precision{Told: 400, Wrong: 1, Pending: 2}, nil
}

// CanaryTotals counts what the canaries of the test's world received.
func (s *Store) CanaryTotals(_ context.Context, _ breach.IncidentID) ([]breach.CanaryTotal, error) {
	return []breach.CanaryTotal{{Controller: "ml-orbe", Channel: breach.ChannelEmail, State: breach.MessageHandedOver, N: 2}}, nil
}

func (s *Store) Told(_ context.Context, incident breach.IncidentID, c breach.ControllerID) (list []console.ToldTotal, err error) {
	defer s.lock()()
	for _, k := range s.cases {
		if k.Incident == incident && (c == "" || k.Controller == c) {
			list = append(list, console.ToldTotal{Controller: k.Controller, Persons: k.Persons, Elsewhere: 3})
		}
	}
	return list, nil
}

func (s *Store) Lane(_ context.Context, incident breach.IncidentID, limit int) (list []breach.Message, err error) {
	defer s.lock()()
	for _, m := range s.messages {
		if m.Incident == incident && (m.Channel == breach.ChannelHuman || m.State == breach.MessageListed) && len(list) < limit {
			list = append(list, m)
		}
	}
	return list, nil
}

func (s *Store) SettleByHand(_ context.Context, incident breach.IncidentID, id breach.MessageID, by breach.UserID, note string, at time.Time) error {
	defer s.lock()()
	i := slices.IndexFunc(s.messages, func(m breach.Message) bool { return m.ID == id && m.Incident == incident })
	if i < 0 {
		return breach.ErrNotFound
	}
	if s.messages[i].State == breach.MessageHandedOver {
		return breach.ErrConflict
	}
	s.messages[i].State, s.messages[i].UpdatedAt = breach.MessageHandedOver, at
	s.log(string(by), "message.reached", string(incident), note, true)
	return nil
}

// SetProofread says what the linter found.
func (s *Store) SetProofread(incident breach.IncidentID, controller breach.ControllerID, p breach.Proofread) {
	defer s.lock()()
	s.read[string(incident)+"/"+string(controller)] = p
}

func (s *Store) Proofread(_ context.Context, incident breach.IncidentID, controller breach.ControllerID) (breach.Proofread, error) {
	defer s.lock()()
	p, ok := s.read[string(incident)+"/"+string(controller)]
	if !ok {
		return p, fmt.Errorf("findings on %s: %w", controller, breach.ErrNotFound)
	}
	return p, nil
}

func (s *Store) OverrideLint(_ context.Context, incident breach.IncidentID, controller breach.ControllerID, digest string, o breach.LintOverride) error {
	defer s.lock()()
	key := string(incident) + "/" + string(controller)
	p, ok := s.read[key]
	if !ok || p.Digest != digest {
		return fmt.Errorf("other findings: %w", breach.ErrConflict)
	}
	p.Override = o
	s.read[key] = p
	s.log(string(o.By), "plan.override", string(incident), "", true)
	return nil
}

// SetMandate replaces a controller's mandate.
func (s *Store) SetMandate(_ context.Context, incident breach.IncidentID, controller breach.ControllerID, m breach.Mandate) error {
	defer s.lock()()
	k, err := s.theCase(incident, controller)
	if err != nil {
		return err
	}
	k.Mandate = m
	return nil
}

// AddCall and Calls keep the contacts with controllers.
func (s *Store) AddCall(_ context.Context, c breach.Call) error {
	defer s.lock()()
	s.calls = append(s.calls, c)
	return nil
}

func (s *Store) Calls(_ context.Context, incident breach.IncidentID, controller breach.ControllerID) (list []breach.Call, err error) {
	defer s.lock()()
	for _, c := range s.calls {
		if c.Incident == incident && c.Controller == controller {
			list = append(list, c)
		}
	}
	return list, nil
}

// IncidentApprovals lists the signatures of all cases.
func (s *Store) IncidentApprovals(_ context.Context, incident breach.IncidentID) (list []breach.Approval, err error) {
	defer s.lock()()
	for _, a := range s.approvals {
		if a.Incident == incident {
			list = append(list, a)
		}
	}
	return list, nil
}

// AllNotified tells when the authority was notified.
func (s *Store) AllNotified(_ context.Context, _ breach.IncidentID) (map[breach.ControllerID]time.Time, error) {
	defer s.lock()()
	out := map[breach.ControllerID]time.Time{}
	for k, at := range s.notified {
		out[k] = at
	}
	return out, nil
}

// AddCase adds a controller's part.
func (s *Store) AddCase(k breach.Case) {
	defer s.lock()()
	s.cases = append(s.cases, k)
}
