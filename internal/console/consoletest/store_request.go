package consoletest

import (
	"context"
	"slices"
	"time"

	"vigie/internal/breach"
)

// petitions keeps requests as the real store does.
type petitions struct {
	list []breach.Request
	box  map[breach.RequestID][]byte
}

func (w *World) addRequests() {
	w.asked.box = map[breach.RequestID][]byte{"req_1": []byte(`{"text":"Que savez-vous de moi ?","reply":"par courrier","lang":"fr"}`)}
	w.asked.list = append(w.asked.list, breach.Request{ID: "req_1", Kind: breach.RequestAccess, State: breach.RequestOpen, ReceivedAt: w.clock.AddDate(0, 0, -2), DueAt: w.clock.AddDate(0, 1, -2), TakenBy: "ana"})
}

func (s *Store) Requests(context.Context, int) ([]breach.Request, error) {
	defer s.lock()()
	return slices.Clone(s.asked.list), nil
}

func (s *Store) requestAt(id breach.RequestID) int {
	return slices.IndexFunc(s.asked.list, func(q breach.Request) bool { return q.ID == id })
}

func (s *Store) Request(_ context.Context, id breach.RequestID) (breach.Request, []byte, error) {
	defer s.lock()()
	if i := s.requestAt(id); i >= 0 {
		return s.asked.list[i], s.asked.box[id], nil
	}
	return breach.Request{}, nil, breach.ErrNotFound
}

func (s *Store) AddRequest(_ context.Context, q breach.Request, sealed []byte) error {
	defer s.lock()()
	if q.Message != "" && !slices.ContainsFunc(s.messages, func(m breach.Message) bool { return m.ID == q.Message }) {
		return breach.ErrNotFound
	}
	s.asked.list, s.asked.box[q.ID] = append(s.asked.list, q), sealed
	s.log(string(q.TakenBy), "request.open", string(q.ID), string(q.Kind), true)
	return nil
}

func (s *Store) IdentifyRequest(_ context.Context, id breach.RequestID, incident breach.IncidentID, registry breach.RegistryID, person breach.PersonID, by breach.UserID) error {
	return s.edit(id, by, "request.identify", func(q *breach.Request) error {
		q.Incident, q.Registry, q.Person = incident, registry, person
		return nil
	})
}

func (s *Store) ExtendRequest(_ context.Context, id breach.RequestID, due time.Time, reason string, by breach.UserID) error {
	return s.edit(id, by, "request.extend", func(q *breach.Request) error {
		if q.Longer != "" {
			return breach.ErrInvalid
		}
		q.DueAt, q.Longer = due, reason
		return nil
	})
}

func (s *Store) AnswerRequest(_ context.Context, id breach.RequestID, state breach.RequestState, outcome string, by breach.UserID, at time.Time) error {
	return s.edit(id, by, "request.answer", func(q *breach.Request) error {
		if state != breach.RequestAnswered && state != breach.RequestRefused || q.Kind.Suspends() && q.Message != "" && outcome == "" {
			return breach.ErrInvalid
		}
		q.State, q.Outcome, q.AnsweredBy, q.AnsweredAt = state, outcome, by, at
		return nil
	})
}

// edit changes an open request.
func (s *Store) edit(id breach.RequestID, by breach.UserID, action string, do func(*breach.Request) error) error {
	defer s.lock()()
	i := s.requestAt(id)
	switch {
	case i < 0:
		return breach.ErrNotFound
	case s.asked.list[i].State != breach.RequestOpen:
		return breach.ErrConflict
	}
	s.log(string(by), action, string(id), "", true)
	return do(&s.asked.list[i])
}
