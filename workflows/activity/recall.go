package activity

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
)

// Recaller takes letters back that have not left yet.
type Recaller interface {
	// Recall tells whether it had the letter: one that no shelf had is with a
	// print service. One that has left is a breach.RefusedError.
	Recall(ctx context.Context, key string) (bool, error)
}

// Recalled is what became of a recall.
type Recalled struct {
	Back    int // taken back from the printer
	Stopped int // planned, and now not handed over
	Gone    int // left already: the cut-off has passed
	Flying  int // being handed over just now: to be asked for once more
	Service int // with a print service, which takes none back: a person asks it
}

// recallPage is how many letters are taken back between two commits; a crash in
// between is made good by asking for the same again.
const recallPage = 200

// RecallLetters takes back what can be taken back of a controller's letters:
// those at the printer whose cut-off has not passed, and those still planned.
// Their rows are held with the reason "recalled", and whoever no other channel
// has told is listed for a person. The printer refuses a recalled letter from
// then on. It may be called again.
func (s *Steps) RecallLetters(ctx context.Context, printer Recaller, incident breach.IncidentID, c breach.ControllerID, by breach.UserID, reason string) (out Recalled, err error) {
	if strings.TrimSpace(reason) == "" || by == "" {
		return out, fmt.Errorf("a recall needs a person and a reason: %w", breach.ErrInvalid)
	}
	if _, err := s.Store.Case(ctx, incident, c); err != nil {
		return out, err
	}
	// Written first and whatever happens; what it came to follows.
	if err := s.Store.Audit(ctx, store.Event{Who: string(by), Action: "letters.recall", Object: string(incident), Detail: "controller=" + string(c) + " reason=" + reason, OK: true}); err != nil {
		return out, err
	}
	if err := s.eachLetter(ctx, incident, c, breach.MessagePlanned, func(m breach.Message) (bool, error) {
		out.Stopped++
		return true, nil
	}); err != nil {
		return out, err
	}
	asked := map[string]bool{} // of a letter about several children the printer is asked once
	err = s.eachLetter(ctx, incident, c, breach.MessageHandedOver, func(m breach.Message) (bool, error) {
		back, known := asked[m.Key()]
		var err error
		if !known {
			back, err = printer.Recall(ctx, m.Key())
		}
		if m.Joined != "" && err == nil {
			asked[m.Key()] = back
		}
		switch {
		case errors.Is(err, breach.ErrInvalid):
			out.Gone++
			return false, nil
		case err != nil:
			return false, fmt.Errorf("recalling %s: %w", m.ID, err)
		case back:
			out.Back++
		default:
			out.Service++
		}
		return back, nil
	})
	if err != nil {
		return out, err
	}
	if err := s.listExhausted(ctx, incident, c); err != nil {
		return out, err
	}
	totals, err := s.Store.MessageTotals(ctx, incident, c)
	for _, t := range totals {
		if t.Channel == breach.ChannelLetter && t.State == breach.MessageReserved {
			out.Flying += int(t.N)
		}
	}
	return out, err
}

// eachLetter goes through a controller's letters in a state, and holds those for
// which f says so.
func (s *Steps) eachLetter(ctx context.Context, incident breach.IncidentID, c breach.ControllerID, state breach.MessageState, f func(breach.Message) (bool, error)) error {
	for after := int64(0); ; {
		rows, err := s.Store.MessagesOf(ctx, incident, store.MessageFilter{Controller: c, Channel: breach.ChannelLetter, State: state, After: after, Limit: recallPage})
		if err != nil || len(rows) == 0 {
			return err
		}
		var held []store.Settlement
		var failed error
		for _, m := range rows {
			after = m.Seq
			hold, err := f(m)
			if err != nil {
				failed = err
				break
			}
			if hold {
				held = append(held, store.Settlement{ID: m.ID, State: breach.MessageHeld, Why: notify.ReasonRecalled, At: s.Now()})
			}
		}
		// What the printer gave back is settled whatever has ended the round.
		if err := errors.Join(failed, s.Store.Settle(context.WithoutCancel(ctx), held)); err != nil {
			return err
		}
	}
}

// TakeReturned takes letters in that came back (PND), by what is read of their
// code: each becomes a bounce with the post's reason, and whoever no channel has
// told is listed for a person. It answers for each in order: nil, or why it was
// refused.
func (s *Steps) TakeReturned(ctx context.Context, list []notify.Outcome) ([]error, error) {
	answers := make([]error, len(list))
	ids := make([]breach.MessageID, len(list))
	for i, o := range list {
		ids[i] = breach.MessageID(o.Key)
	}
	rows, err := s.Store.MessagesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var sets []store.Settlement
	type side struct {
		incident   breach.IncidentID
		controller breach.ControllerID
	}
	touched := map[side]bool{}
	for i, o := range list {
		m, known := rows[ids[i]]
		switch {
		case !known || m.Channel != breach.ChannelLetter:
			answers[i] = &breach.RefusedError{Code: "not-ours", What: "returned letter", Hint: "the ledger has no letter with this code"}
			continue
		case m.State != breach.MessageHandedOver && m.State != breach.MessageDelivered && m.State != breach.MessageDoubt && m.State != breach.MessageBounced:
			answers[i] = &breach.RefusedError{Code: "not-sent", What: "returned letter", Hint: "this letter was not handed over"}
			continue
		}
		sets = append(sets, store.Settlement{ID: m.ID, State: breach.MessageBounced, Why: o.Code, At: s.Now()})
		touched[side{m.Incident, m.Controller}] = true
	}
	joined, err := s.Store.Joined(ctx, ids)
	if err != nil {
		return nil, err
	}
	if err := s.Store.Settle(ctx, spread(sets, joined)); err != nil {
		return nil, err
	}
	for t := range touched {
		if err := s.listExhausted(ctx, t.incident, t.controller); err != nil {
			return nil, err
		}
	}
	return answers, nil
}
