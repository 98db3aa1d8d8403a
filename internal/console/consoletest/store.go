// Package consoletest holds an in-memory store and an invented incident to
// try the console with. It keeps the rules of the real store that the
// console's pages lean on: versions, four eyes, closed reviews.
package consoletest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
)

// Store is an in-memory store. The zero value is not ready; see NewStore.
type Store struct {
	asked        petitions
	danger       dangers
	mu           sync.Mutex
	now          func() time.Time
	users        map[breach.UserID]breach.User
	logins       map[breach.UserID][]login
	posts        map[breach.PostID]breach.Post
	captures     []breach.Capture
	alerts       map[breach.AlertID]breach.Alert
	acquisitions map[breach.AlertID]breach.Acquisition
	incidents    map[breach.IncidentID]breach.Incident
	registries   map[breach.IncidentID][]breach.RegistryID
	dumps        map[breach.DumpID]breach.Dump
	summaries    map[breach.IncidentID][]breach.MatchSummary
	custody      []breach.Custody
	candidates   map[breach.CandidateID]breach.Candidate
	closed       map[breach.IncidentID]bool
	cases        []breach.Case
	approvals    []breach.Approval
	notified     map[breach.ControllerID]time.Time
	facts        map[breach.ControllerID][]byte
	messages     []breach.Message
	read         map[string]breach.Proofread
	calls        []breach.Call
	duties       map[breach.AlertID]breach.Duty
	pages        []breach.Page
	Events       []console.Event
}

type login struct {
	at time.Time
	ok bool
}

// NewStore makes an empty store.
func NewStore(now func() time.Time) *Store {
	return &Store{now: now, read: map[string]breach.Proofread{}, users: map[breach.UserID]breach.User{}, logins: map[breach.UserID][]login{},
		posts: map[breach.PostID]breach.Post{}, alerts: map[breach.AlertID]breach.Alert{},
		acquisitions: map[breach.AlertID]breach.Acquisition{}, incidents: map[breach.IncidentID]breach.Incident{},
		registries: map[breach.IncidentID][]breach.RegistryID{}, dumps: map[breach.DumpID]breach.Dump{},
		summaries: map[breach.IncidentID][]breach.MatchSummary{}, candidates: map[breach.CandidateID]breach.Candidate{},
		closed: map[breach.IncidentID]bool{}, notified: map[breach.ControllerID]time.Time{}, duties: map[breach.AlertID]breach.Duty{}, facts: map[breach.ControllerID][]byte{}}
}

func (s *Store) lock() func() { s.mu.Lock(); return s.mu.Unlock }

func (s *Store) log(who, action, object, detail string, ok bool) {
	s.Events = append(s.Events, console.Event{Seq: int64(len(s.Events) + 1), At: s.now(), Who: who, Action: action, Object: object, Detail: detail, OK: ok})
}

func find[K comparable, V any](m map[K]V, k K) (V, error) {
	v, ok := m[k]
	if !ok {
		return v, fmt.Errorf("looking up %v: %w", k, breach.ErrNotFound)
	}
	return v, nil
}

// User, UseTOTP, RecordLogin and RecentFailures keep accounts.
func (s *Store) User(_ context.Context, id breach.UserID) (breach.User, error) {
	defer s.lock()()
	return find(s.users, id)
}

func (s *Store) UseTOTP(_ context.Context, id breach.UserID, step int64) error {
	defer s.lock()()
	u, err := find(s.users, id)
	if err != nil {
		return err
	}
	if step <= u.TOTPStep {
		return breach.ErrConflict
	}
	u.TOTPStep = step
	s.users[id] = u
	return nil
}

func (s *Store) RecordLogin(_ context.Context, id breach.UserID, ok bool, at time.Time) error {
	defer s.lock()()
	s.logins[id] = append(s.logins[id], login{at, ok})
	s.log(string(id), "user.login", string(id), "", ok)
	return nil
}

func (s *Store) RecentFailures(_ context.Context, id breach.UserID, since time.Time) (n int, err error) {
	defer s.lock()()
	for _, l := range s.logins[id] {
		switch {
		case l.ok:
			n = 0
		case !l.at.Before(since):
			n++
		}
	}
	return n, nil
}

// SetUser adds or changes an account.
func (s *Store) SetUser(u breach.User) {
	defer s.lock()()
	s.users[u.ID] = u
}

// Alert and the methods after it keep what watching found.
func (s *Store) Alert(_ context.Context, id breach.AlertID) (breach.Alert, error) {
	defer s.lock()()
	return find(s.alerts, id)
}

func (s *Store) Alerts(_ context.Context, state breach.AlertState) (list []breach.Alert, err error) {
	defer s.lock()()
	for _, id := range slices.Sorted(maps.Keys(s.alerts)) {
		if a := s.alerts[id]; state == "" || a.State == state {
			list = append(list, a)
		}
	}
	return list, nil
}

func (s *Store) Post(_ context.Context, id breach.PostID) (breach.Post, error) {
	defer s.lock()()
	return find(s.posts, id)
}

func (s *Store) Capture(_ context.Context, id breach.CaptureID) (breach.Capture, error) {
	defer s.lock()()
	for _, k := range s.captures {
		if k.ID == id {
			return k, nil
		}
	}
	return breach.Capture{}, breach.ErrNotFound
}

func (s *Store) ConfirmAlert(_ context.Context, acq breach.Acquisition, inc breach.Incident, registries []breach.RegistryID) error {
	defer s.lock()()
	a, err := find(s.alerts, acq.Alert)
	if err != nil {
		return err
	}
	if a.State != breach.AlertConfirmed || a.Incident != "" {
		if a, err = a.Moved(breach.AlertMove{To: breach.AlertConfirmed, By: acq.By, At: acq.At}); err != nil {
			return err
		}
	}
	a.Incident = inc.ID
	s.alerts[a.ID], s.acquisitions[a.ID], s.incidents[inc.ID], s.registries[inc.ID] = a, acq, inc, registries
	s.log(string(acq.By), "alert.confirm", string(inc.ID), "", true)
	return nil
}

func (s *Store) Acquisition(_ context.Context, alert breach.AlertID) (breach.Acquisition, error) {
	defer s.lock()()
	return find(s.acquisitions, alert)
}

// Incident and the methods after it keep incidents.
func (s *Store) Incident(_ context.Context, id breach.IncidentID) (breach.Incident, error) {
	defer s.lock()()
	return find(s.incidents, id)
}

func (s *Store) Incidents(context.Context) ([]breach.Incident, error) {
	defer s.lock()()
	var list []breach.Incident
	for _, id := range slices.Sorted(maps.Keys(s.incidents)) {
		list = append(list, s.incidents[id])
	}
	return list, nil
}

func (s *Store) Registries(_ context.Context, id breach.IncidentID) ([]breach.RegistryID, error) {
	defer s.lock()()
	return s.registries[id], nil
}

func (s *Store) Dump(_ context.Context, id breach.DumpID) (breach.Dump, []byte, error) {
	defer s.lock()()
	d, err := find(s.dumps, id)
	return d, nil, err
}

func (s *Store) Summaries(_ context.Context, id breach.IncidentID) ([]breach.MatchSummary, error) {
	defer s.lock()()
	return s.summaries[id], nil
}

func (s *Store) Custody(_ context.Context, subject string) (list []breach.Custody, err error) {
	defer s.lock()()
	for _, k := range s.custody {
		if k.Subject == subject {
			list = append(list, k)
		}
	}
	return list, nil
}

// Candidate and the methods after it keep the review.
func (s *Store) Candidate(_ context.Context, id breach.CandidateID) (breach.Candidate, error) {
	defer s.lock()()
	return find(s.candidates, id)
}

func (s *Store) NextOpen(_ context.Context, incident breach.IncidentID, after breach.CandidateID, n int) ([]breach.Candidate, error) {
	defer s.lock()()
	order := func(a, b breach.Candidate) int {
		return cmp.Or(cmp.Compare(math.Abs(a.Probability-.5), math.Abs(b.Probability-.5)), cmp.Compare(a.ID, b.ID))
	}
	var list []breach.Candidate
	for _, k := range s.candidates {
		if k.Incident == incident && k.State == breach.CandidateOpen && (after == "" || order(k, s.candidates[after]) > 0) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, order)
	return list[:min(n, len(list))], nil
}

func (s *Store) Decisions(_ context.Context, incident breach.IncidentID, by breach.UserID, limit int) ([]breach.Candidate, error) {
	defer s.lock()()
	var list []breach.Candidate
	for _, k := range s.candidates {
		if k.Incident == incident && k.DecidedBy == by {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b breach.Candidate) int {
		return cmp.Or(b.DecidedAt.Compare(a.DecidedAt), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))], nil
}

func (s *Store) CountCandidates(_ context.Context, incident breach.IncidentID) (map[breach.CandidateState]int64, error) {
	defer s.lock()()
	return s.count(incident), nil
}

func (s *Store) count(incident breach.IncidentID) map[breach.CandidateState]int64 {
	n := map[breach.CandidateState]int64{}
	for _, k := range s.candidates {
		if k.Incident == incident {
			n[k.State]++
		}
	}
	return n
}

func (s *Store) ReviewClosed(_ context.Context, incident breach.IncidentID) (bool, error) {
	defer s.lock()()
	return s.closed[incident], nil
}

func (s *Store) DecideCandidate(_ context.Context, id breach.CandidateID, version int, state breach.CandidateState, by breach.UserID, reason string, at time.Time) error {
	defer s.lock()()
	k, err := find(s.candidates, id)
	if err != nil {
		return err
	}
	if k.Version != version || s.closed[k.Incident] {
		return breach.ErrConflict
	}
	k.Version++
	k.State, k.DecidedBy, k.DecidedAt, k.Reason = state, by, at, reason
	s.candidates[id] = k
	s.log(string(by), "candidate.decide", string(id), "", true)
	return nil
}

func (s *Store) UndoDecision(_ context.Context, id breach.CandidateID, by breach.UserID, _ time.Time) error {
	defer s.lock()()
	k, err := find(s.candidates, id)
	switch {
	case err != nil:
		return err
	case k.DecidedBy == "" || s.closed[k.Incident]:
		return breach.ErrConflict
	case k.DecidedBy != by:
		return breach.ErrForbidden
	}
	k.Version++
	k.State, k.DecidedBy, k.DecidedAt, k.Reason = breach.CandidateOpen, "", time.Time{}, ""
	s.candidates[id] = k
	s.log(string(by), "candidate.undo", string(id), "", true)
	return nil
}

func (s *Store) CloseReview(_ context.Context, incident breach.IncidentID, by breach.UserID, _ time.Time) error {
	defer s.lock()()
	if s.closed[incident] || s.count(incident)[breach.CandidateOpen] > 0 {
		return breach.ErrConflict
	}
	s.closed[incident] = true
	s.log(string(by), "review.close", string(incident), "", true)
	return nil
}

// AuditEvents and Checkpoint stand for the log.
func (s *Store) AuditEvents(_ context.Context, object string, limit int) (list []console.Event, err error) {
	defer s.lock()()
	for _, e := range slices.Backward(s.Events) {
		if (object == "" || e.Object == object) && len(list) < limit {
			list = append(list, e)
		}
	}
	return list, nil
}

func (s *Store) Checkpoint(context.Context) ([]byte, error) {
	defer s.lock()()
	return fmt.Appendf(nil, "vigie.example.org/audit\n%d\n", len(s.Events)), nil
}

// Audit is the console's Auditor.
func (s *Store) Audit(_ context.Context, who breach.UserID, action, object, detail string) error {
	defer s.lock()()
	s.log(string(who), action, object, detail, true)
	return nil
}
