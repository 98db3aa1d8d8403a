package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	sdk "go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/recipient"
	"vigie/notify/wording"
	"vigie/workflows"
)

const (
	sendGroup    = 50 // rows reserved in one commit: no more than these can be in doubt after a crash
	sendParallel = 8  // hand-overs at once within a group
	maxSteps     = 4  // no recipient has more channels than this, so earlier steps lie this close
)

// Send hands over the rows of a range that are due on a channel. A row is
// durable as reserved before its hand-over and settled after; a row found
// reserved is a doubt that the provider resolves, never a blind repetition.
func (s *Steps) Send(ctx context.Context, in workflows.BatchInput) (workflows.BatchResult, error) {
	defer beat(ctx)()
	var out workflows.BatchResult
	ch := s.Channels[in.Channel]
	if ch == nil {
		return out, kind(fmt.Errorf("channel %s is not configured: %w", in.Channel, breach.ErrInvalid))
	}
	// A retry that overlaps the attempt it replaces waits for it to end.
	lock, _ := s.batches.LoadOrStore(in, new(sync.Mutex))
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()

	rows, err := s.Store.Messages(ctx, in.Incident, in.Controller, max(1, in.From-maxSteps), in.To+maxSteps)
	if err != nil {
		return out, kind(err)
	}
	facts, err := s.CurrentFacts(ctx, in.Incident, in.Controller)
	if err != nil {
		return out, kind(err)
	}
	b := batch{steps: s, ch: ch, facts: facts, out: &out}
	for _, m := range rows {
		if m.Channel != in.Channel || m.Seq < in.From || m.Seq > in.To {
			continue
		}
		if err := b.consider(ctx, m, rows); err != nil {
			return out, kind(err)
		}
		if len(b.due) >= sendGroup {
			if err := b.flush(ctx); err != nil {
				return out, kind(err)
			}
		}
	}
	return out, kind(b.flush(ctx))
}

// batch gathers rows that are due and hands them over in groups.
type batch struct {
	steps *Steps
	ch    notify.Channel
	facts notify.Facts
	out   *workflows.BatchResult
	due   []due
	other []store.Settlement // rows settled without a hand-over
}

type due struct {
	row breach.Message
	env notify.Envelope
}

// consider decides about one row: due, skipped because an earlier channel was
// enough, or held because a late check removed it.
func (b *batch) consider(ctx context.Context, m breach.Message, rows []breach.Message) error {
	switch m.State {
	case breach.MessagePlanned:
	case breach.MessageReserved: // a former attempt was cut between reservation and settlement
		return b.resolve(ctx, m, rows)
	default:
		return nil
	}
	if told(m, rows) {
		b.out.Skipped++
		b.settle(m, breach.MessageSkipped, "", "told-before")
		return nil
	}
	return b.prepare(ctx, m)
}

// prepare runs the late checks on a row and renders it. The checks look at the
// registry as it stands now and may only remove or hold (decisions.md 16).
func (b *batch) prepare(ctx context.Context, m breach.Message) error {
	r, why, err := b.steps.recheck(ctx, m)
	if err != nil {
		return err
	}
	if why != "" {
		b.out.Held++
		b.settle(m, breach.MessageHeld, "", why)
		return nil
	}
	doc, err := wording.Render(b.facts, r)
	if err != nil {
		return fmt.Errorf("rendering %s: %w", m.ID, err)
	}
	b.due = append(b.due, due{row: m, env: notify.Envelope{
		Key: m.Key(), To: r.Contact, From: b.facts.Controller, Neutral: r.Neutral, Language: r.Contact.Language, Doc: doc, Date: m.UpdatedAt,
	}})
	return nil
}

// resolve asks the provider about a row that was reserved before a crash.
func (b *batch) resolve(ctx context.Context, m breach.Message, rows []breach.Message) error {
	ref, accepted, err := b.ch.Ask(ctx, m.Key())
	switch {
	case errors.Is(err, notify.ErrUnknown):
		b.out.Doubt++
		b.settle(m, breach.MessageDoubt, "", "crash-provider-cannot-say")
	case err != nil:
		return fmt.Errorf("asking about %s: %w", m.ID, err)
	case accepted:
		b.out.Sent++
		b.settle(m, breach.MessageHandedOver, ref, "confirmed-after-crash")
	default:
		if told(m, rows) {
			b.settle(m, breach.MessageHeld, "", "told-before")
			return nil
		}
		return b.prepare(ctx, m)
	}
	return nil
}

func (b *batch) settle(m breach.Message, state breach.MessageState, ref, why string) {
	b.other = append(b.other, store.Settlement{ID: m.ID, State: state, Ref: ref, Why: why, At: b.steps.Now()})
}

// flush reserves the due rows in one commit, hands them over and settles them
// in another.
func (b *batch) flush(ctx context.Context) error {
	settled := b.other
	b.other = nil
	group := b.due
	b.due = nil
	if len(group) > 0 {
		var ids []breach.MessageID
		for _, d := range group {
			if d.row.State == breach.MessagePlanned {
				ids = append(ids, d.row.ID)
			}
		}
		reserved, err := b.steps.Store.Reserve(ctx, ids, string(b.ch.Channel()), b.steps.Now())
		if err != nil {
			return err
		}
		// A row that somebody else reserved meanwhile is theirs.
		group = slices.DeleteFunc(group, func(d due) bool {
			return d.row.State == breach.MessagePlanned && !slices.Contains(reserved, d.row.ID)
		})
	}
	done, err := b.handOver(ctx, group)
	// What the provider has accepted is settled even when the run is being
	// cancelled, so that the doubt never lasts longer than it must.
	if serr := b.steps.Store.Settle(context.WithoutCancel(ctx), append(settled, done...)); serr != nil {
		return serr
	}
	sdk.RecordHeartbeat(ctx)
	return err
}

func (b *batch) handOver(ctx context.Context, group []due) ([]store.Settlement, error) {
	var mu sync.Mutex
	var done []store.Settlement
	var g errgroup.Group
	g.SetLimit(sendParallel)
	for _, d := range group {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			set, err := b.one(ctx, d)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				return err
			}
			switch set.State {
			case breach.MessageHandedOver:
				b.out.Sent++
			case breach.MessageBounced:
				b.out.Bounced++
			case breach.MessageDoubt:
				b.out.Doubt++
			}
			done = append(done, set)
			return nil
		})
	}
	err := g.Wait()
	return done, err
}

// one hands one message over and says how it ended. An error means that the
// row stays reserved and the batch is tried again later.
func (b *batch) one(ctx context.Context, d due) (store.Settlement, error) {
	set := store.Settlement{ID: d.row.ID, State: breach.MessageHandedOver}
	ref, err := b.ch.Send(ctx, d.env)
	set.At = b.steps.Now()
	switch {
	case err == nil:
		set.Ref = ref
	case errors.Is(err, breach.ErrInvalid):
		set.State, set.Why = breach.MessageBounced, "refused-by-provider"
	case errors.Is(err, breach.ErrTemporary):
		return set, fmt.Errorf("handing over %s: %w", d.row.ID, err)
	default: // the connection broke at an unknown moment
		ref, accepted, aerr := b.ch.Ask(context.WithoutCancel(ctx), d.row.Key())
		switch {
		case errors.Is(aerr, notify.ErrUnknown):
			set.State, set.Why = breach.MessageDoubt, "provider-cannot-say"
		case aerr != nil:
			return set, fmt.Errorf("asking about %s: %w", d.row.ID, aerr)
		case accepted:
			set.Ref = ref
		default:
			return set, fmt.Errorf("handing over %s: %w: %w", d.row.ID, breach.ErrTemporary, err)
		}
	}
	return set, nil
}

// told says whether an earlier channel has already told this recipient. An SMS
// is a pointer and never counts (decisions.md 5); a bounce, a doubt, a failure
// or a hold does not either.
func told(m breach.Message, rows []breach.Message) bool {
	for _, o := range rows {
		if o.Subject != m.Subject || o.Registry != m.Registry || o.Recipient != m.Recipient || o.Rank >= m.Rank {
			continue
		}
		if o.Channel == breach.ChannelSMS {
			continue
		}
		if o.State == breach.MessageHandedOver || o.State == breach.MessageDelivered {
			return true
		}
	}
	return false
}

// recheck resolves the recipients again, today, from the registry as it is. It
// answers with a reason when this row may not go out any more.
func (s *Steps) recheck(ctx context.Context, m breach.Message) (notify.Recipient, string, error) {
	reg, err := s.Registries.Open(m.Registry)
	if err != nil {
		return notify.Recipient{}, "", err
	}
	subject, err := reg.Subject(ctx, m.Subject)
	if errors.Is(err, breach.ErrNotFound) {
		return notify.Recipient{}, "person-left-registry", nil
	}
	if err != nil {
		return notify.Recipient{}, "", err
	}
	for _, r := range recipient.Resolve(subject, s.Now()).Recipients {
		if r.Key != m.Recipient || r.Role != m.Role {
			continue
		}
		if !slices.Contains(r.Steps, m.Channel) {
			return r, "channel-withdrawn", nil
		}
		if s.addressKey(r.Contact, m.Channel) != m.AddressKey {
			return r, "address-changed", nil
		}
		return r, "", nil
	}
	return notify.Recipient{}, "recipient-excluded", nil
}

// CurrentFacts returns the facts of one controller as last planned.
func (s *Steps) CurrentFacts(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (notify.Facts, error) {
	var f notify.Facts
	_, raw, err := s.Store.Facts(ctx, id, c)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("parsing the facts of %s: %w", id, err)
	}
	return f, nil
}

// Outcomes takes in what a provider says became of messages. Only a bounce
// moves a person to the next channel; silence is not evidence.
func (s *Steps) Outcomes(ctx context.Context, in workflows.OutcomesInput) (workflows.OutcomesResult, error) {
	defer beat(ctx)()
	var out workflows.OutcomesResult
	ch := s.Channels[in.Channel]
	if ch == nil {
		return out, nil
	}
	list, _, err := ch.Outcomes(ctx, "")
	if err != nil {
		return out, kind(fmt.Errorf("asking for outcomes of %s: %w", in.Channel, err))
	}
	var sets []store.Settlement
	for _, o := range list {
		switch o.State {
		case breach.MessageDelivered:
			out.Delivered++
		case breach.MessageBounced, breach.MessageFailed:
			out.Bounced++
		}
		sets = append(sets, store.Settlement{ID: breach.MessageID(o.Key), State: o.State, Ref: o.Ref, Why: o.Code, At: s.Now()})
	}
	return out, kind(s.Store.Settle(ctx, sets))
}
