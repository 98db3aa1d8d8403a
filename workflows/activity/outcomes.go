package activity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/workflows"
)

// exhaustedPage bounds how many recipients are listed for a human at once.
const exhaustedPage = 1000

// Outcomes takes in what a provider says became of messages. Only a bounce
// moves a person to the next channel; silence is not evidence. In the last
// round all providers are asked, since a bounce may come late, and whoever no
// channel has told is listed for a human.
func (s *Steps) Outcomes(ctx context.Context, in workflows.OutcomesInput) (workflows.OutcomesResult, error) {
	defer beat(ctx)()
	var out workflows.OutcomesResult
	last := in.Channel == workflows.CampaignChannels[len(workflows.CampaignChannels)-1]
	for _, name := range workflows.CampaignChannels {
		ch := s.Channels[name]
		if ch == nil || name != in.Channel && !last {
			continue
		}
		if err := s.takeIn(ctx, ch, &out); err != nil {
			return out, kind(err)
		}
	}
	pending, err := s.pending(ctx, in)
	if err != nil {
		return out, kind(err)
	}
	out.Pending = pending
	return out, kind(s.listExhausted(ctx, in.Incident, in.Controller))
}

// LateOutcomes takes in what came back after campaigns: a bounce days later, a
// complaint. The letter that was left out follows; whoever no channel has told
// then, and whom none is about to tell, is listed for a human. A carrier that cannot be asked does not stop the others.
func (s *Steps) LateOutcomes(ctx context.Context) error {
	var out workflows.OutcomesResult
	var failed error
	for _, name := range workflows.CampaignChannels {
		if ch := s.Channels[name]; ch != nil {
			failed = errors.Join(failed, s.takeIn(ctx, ch, &out))
		}
	}
	if out.Bounced == 0 {
		return failed
	}
	list, err := s.Store.Incidents(ctx)
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, inc := range list {
		totals, err := s.Store.MessageTotals(ctx, inc.ID, "")
		if err != nil {
			return errors.Join(failed, err)
		}
		last := breach.ControllerID("")
		for _, t := range totals { // in the order of controllers
			if t.Controller != last {
				last = t.Controller
				failed = errors.Join(failed, s.listExhausted(ctx, inc.ID, last))
			}
		}
	}
	return failed
}

// revive plans the letters that were left out, of those whose e-mail came back
// after all. Whoever runs campaigns asks CameBack for them.
func (s *Steps) revive(ctx context.Context, sets []store.Settlement) error {
	var back []breach.MessageID
	for _, x := range sets {
		if x.State == breach.MessageBounced || x.State == breach.MessageFailed {
			back = append(back, x.ID)
		}
	}
	n, err := s.Store.Revive(ctx, back, s.Now())
	if n > 0 {
		s.nothingBack.Store(false)
	}
	return err
}

// CameBack lists whose letters wait because an e-mail has come back, as long as
// there are any. The ledger is looked through at the start and after a bounce.
func (s *Steps) CameBack(ctx context.Context) ([]store.CameBack, error) {
	if s.nothingBack.Swap(true) {
		return nil, nil
	}
	list, err := s.Store.CameBack(ctx)
	if err != nil || len(list) > 0 {
		s.nothingBack.Store(false)
	}
	return list, err
}

// taken is how far this process has taken in a channel's outcomes. One at a
// time asks for them: to ask with a cursor says that all before it is settled.
type taken struct {
	sync.Mutex
	cursor string // a restart begins anew: what is known already changes nothing
}

// takeIn settles every outcome a provider knows. One that names no message of
// ours, by mistake or malice, is counted and left: it must not stop the rest.
func (s *Steps) takeIn(ctx context.Context, ch notify.Channel, out *workflows.OutcomesResult) error {
	v, _ := s.taken.LoadOrStore(ch.Channel(), new(taken))
	at := v.(*taken)
	at.Lock()
	defer at.Unlock()
	for {
		list, next, err := ch.Outcomes(ctx, at.cursor)
		if err != nil {
			return fmt.Errorf("asking for outcomes of %s: %w", ch.Channel(), err)
		}
		if len(list) == 0 || next == at.cursor {
			return nil
		}
		var ids []breach.MessageID
		for _, o := range list {
			ids = append(ids, breach.MessageID(o.Key))
		}
		known, err := s.Store.KnownMessages(ctx, ids)
		if err != nil {
			return err
		}
		var sets []store.Settlement
		for _, o := range list {
			switch {
			case !known[breach.MessageID(o.Key)]:
				continue
			case o.State == breach.MessageDelivered:
				out.Delivered++
			case o.State == breach.MessageBounced, o.State == breach.MessageFailed:
				out.Bounced++
			default: // no verdict
				continue
			}
			sets = append(sets, store.Settlement{ID: breach.MessageID(o.Key), State: o.State, Ref: o.Ref, Why: o.Code, At: s.Now()})
		}
		if n := len(list) - len(sets); n > 0 {
			s.Log.Warn("outcomes that name no message", "channel", ch.Channel(), "count", n)
		}
		joined, err := s.Store.Joined(ctx, ids)
		if err != nil {
			return err
		}
		if err := s.Store.Settle(ctx, spread(sets, joined)); err != nil {
			return err
		}
		if err := s.revive(ctx, sets); err != nil {
			return err
		}
		at.cursor = next
	}
}

// pending counts the messages whose verdict is worth waiting for: none, unless
// the provider says that it gives verdicts soon. A doubt is one of them: the
// event of its delivery spares its recipient a letter about the same.
func (s *Steps) pending(ctx context.Context, in workflows.OutcomesInput) (int64, error) {
	if v, ok := s.Channels[in.Channel].(interface{ Verdicts() bool }); !ok || !v.Verdicts() {
		return 0, nil
	}
	totals, err := s.Store.MessageTotals(ctx, in.Incident, in.Controller)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, t := range totals {
		if t.Channel == in.Channel && (t.State == breach.MessageHandedOver || t.State == breach.MessageDoubt) {
			n += t.N
		}
	}
	return n, nil
}

// listExhausted puts whoever has no channel left and was not told in the lane
// of people to reach by hand. It adds to the ledger and sends nothing.
func (s *Steps) listExhausted(ctx context.Context, id breach.IncidentID, c breach.ControllerID) error {
	for {
		list, err := s.Store.Exhausted(ctx, id, c, exhaustedPage)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			m := &list[i]
			m.ID, m.Why, m.UpdatedAt = s.messageID(*m), exhausted(m.Why), s.Now()
		}
		if err := s.Store.PlanMessages(ctx, list); err != nil {
			return err
		}
	}
}

// exhausted is why a human looks at somebody whom no channel told. One who is
// a recipient no more is not to be reached: who is, a human decides.
func exhausted(late string) string {
	switch late {
	case "", notify.ReasonRecipientExcluded:
		return cmp.Or(late, notify.ReasonChannelsExhausted)
	}
	return late + "," + notify.ReasonChannelsExhausted
}
