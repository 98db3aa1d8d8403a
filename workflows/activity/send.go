package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	sdk "go.temporal.io/sdk/activity"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/wording"
	"vigie/workflows"
)

const (
	sendGroup    = 50 // rows reserved in one commit: each commit waits for the disk
	sendParallel = 8  // hand-overs at once within a group
	maxSteps     = 4  // no recipient has more channels than this, so earlier steps lie this close
)

// sendPatience is how long a provider may answer "not now" about a row before
// the person goes on to the next channel: what is owed without undue delay
// (GDPR Art. 34(1)) does not wait for one full mailbox.
const sendPatience = 24 * time.Hour

// lastPatience is the same for a letter, after which no channel is left: a print
// provider may stop for days, and a hundred thousand people are not reached by
// hand meanwhile.
const lastPatience = 10 * 24 * time.Hour

// Send hands over the rows of a range that are due on a channel. A row is
// durable as reserved before its hand-over and settled after; a row found
// reserved is a doubt that the provider resolves, never a blind repetition; one
// that is known to have waited has not left.
// A row that cannot go now does not hold the others up: the batch is walked
// again for it, here for as long as that gets on.
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

	begun := sdk.GetInfo(ctx).ScheduledTime
	for pause := walkFirst; ; pause *= 2 {
		out.NotBefore = 0
		b := batch{steps: s, in: in, ch: ch, out: &out, begun: begun}
		if err := b.run(ctx); err != nil || b.later == nil {
			return out, kind(err)
		}
		if b.moved {
			pause = walkFirst
		}
		if !b.walk(ctx, pause) {
			return out, b.giveBack()
		}
	}
}

// batch gathers rows that are due and hands them over in groups.
type batch struct {
	steps *Steps
	in    workflows.BatchInput
	ch    notify.Channel
	facts frozen
	past  versions // loaded when a row corrects one
	lane  lane
	// others are the incidents that may be telling the same people.
	others *past
	out    *workflows.BatchResult
	begun  time.Time // when the batch was first ordered
	due    []due
	faces  []face             // what was handed over looks like
	other  []store.Settlement // rows settled without a hand-over
	later  error              // why rows are left that could have gone: the first reason
	moved  bool               // a row has got on

	families map[breach.MessageID]bool // whose rows were considered together
}

type due struct {
	row  breach.Message
	with []breach.Message // rows that the same letter tells
	env  notify.Envelope
	mark breach.IssuedMark // zero: none
	via  notify.Channel    // the provider that has it, or gets it

	held []store.Hold // on its rows
}

func (b *batch) run(ctx context.Context) error {
	in := b.in
	if err := b.steps.mustTell(ctx, in.Incident, in.Controller); err != nil {
		return err
	}
	var err error
	if b.facts, err = b.steps.approved(ctx, in.Incident, in.Controller); err != nil {
		return err
	}
	if b.lane, err = b.steps.lane(ctx, in.Incident); err != nil {
		return err
	}
	inc, err := b.steps.Store.Incident(ctx, in.Incident)
	if err != nil {
		return err
	}
	if b.others, err = b.steps.past(ctx, inc); err != nil {
		return err
	}
	rows, err := b.steps.Store.Messages(ctx, in.Incident, in.Controller, max(1, in.From-maxSteps), in.To+maxSteps)
	if err != nil {
		return err
	}
	if err := b.lane.look(ctx, b.steps, in.Incident, rows); err != nil {
		return err
	}
	for _, m := range rows {
		if m.State == breach.MessagePlanned && slices.Contains(strings.Split(m.Why, ","), notify.ReasonTaken) {
			b.lane.gone.add(m.Registry, m.Subject)
		}
	}
	for _, m := range rows {
		if m.Channel != in.Channel || m.Seq < in.From || m.Seq > in.To {
			continue
		}
		if err := b.consider(ctx, m, rows); err != nil {
			return err
		}
		if len(b.due) >= sendGroup {
			if err := b.flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	return b.decoys(ctx)
}

// again asks for another walk over the batch; the other rows go on.
func (b *batch) again(err error) {
	if b.later == nil {
		b.later = err
	}
}

// patient tells whether "not now" is still an answer.
func (b *batch) patient() bool {
	most := sendPatience
	if b.in.Channel == breach.ChannelLetter {
		most = lastPatience
	}
	return b.steps.Now().Sub(b.begun) < most
}

// consider decides about one row: due, skipped because an earlier channel was
// enough, or held because a late check removed it.
func (b *batch) consider(ctx context.Context, m breach.Message, rows []breach.Message) error {
	if m.Joined != "" {
		return b.together(ctx, m, rows)
	}
	if ready, err := b.ready(ctx, m, rows); err != nil || !ready {
		return err
	}
	c, err := b.check(ctx, m, rows)
	if err != nil || !c.ok {
		return err
	}
	return b.compose(ctx, c)
}

// ready tells whether a row still has to be handed over.
func (b *batch) ready(ctx context.Context, m breach.Message, rows []breach.Message) (bool, error) {
	switch m.State {
	case breach.MessagePlanned:
		if told(m, rows) {
			b.out.Skipped++
			b.settle(m, breach.MessageSkipped, "", "told-before")
			return false, nil
		}
		return true, nil
	case breach.MessageReserved: // a former attempt was cut between reservation and settlement
		return b.resolve(ctx, m, rows), nil
	}
	return false, nil
}

// checked is a row that passed the late checks, with who is told.
type checked struct {
	row  breach.Message
	with []breach.Message // rows that the same letter tells
	to   notify.Recipient
	same string // recipient.Together
	ok   bool
}

// check runs the late checks on a row. They look at the registries as they
// stand now and may only remove or hold (decisions.md 16). A row that may not go
// at this hour is left for a later walk.
func (b *batch) check(ctx context.Context, m breach.Message, rows []breach.Message) (checked, error) {
	c, why, err := b.steps.recheck(ctx, m, b.facts, b.lane)
	if err != nil {
		return c, err
	}
	if why != "" {
		b.out.Held++
		b.settle(m, breach.MessageHeld, "", why)
		return c, nil
	}
	if pending(m, rows) || b.quiet(notify.Envelope{Key: m.Key(), To: c.to.Contact}) {
		return c, b.putBack(ctx, m)
	}
	c.ok = true
	return c, nil
}

// putBack plans a row again that was found reserved and has not left: its provider
// has just said that it has it not, or it waits. The hold on one that waits is
// taken first, from whoever may still be about to send it.
func (b *batch) putBack(ctx context.Context, m breach.Message) error {
	if m.State != breach.MessageReserved {
		return nil
	}
	held := []store.Hold{{ID: m.ID, Attempt: m.Attempts}}
	if m.Waits {
		var err error
		if held, err = b.steps.Store.Reserve(ctx, []breach.MessageID{m.ID}, m.Provider, true, b.steps.Now()); err != nil {
			return err
		}
	}
	return b.steps.Store.Release(ctx, held, b.steps.Now())
}

// compose renders what a row, and those that ride with it, are told by.
func (b *batch) compose(ctx context.Context, c checked) error {
	if err := b.join(ctx, &c); err != nil {
		return err
	}
	m, r := c.row, c.to
	var err error
	if m.Former > 0 && b.past.told == nil {
		if b.past, err = b.steps.history(ctx, m.Incident, m.Controller); err != nil {
			return err
		}
	}
	doc, err := b.past.render(b.facts, r, m.Channel, m.Former)
	if err != nil {
		return fmt.Errorf("rendering %s: %w", m.ID, err)
	}
	d := due{row: m, with: c.with, env: notify.Envelope{
		Key: m.Key(), To: r.Contact, From: b.facts.Controller, Neutral: r.Neutral, Easy: b.easy(r, m.Channel), Language: wording.Spoken(r, m.Channel, b.facts.Texts), Doc: doc, Date: m.UpdatedAt,
	}}
	if d.mark, err = b.steps.prove(&d.env, b.in); err != nil {
		return err
	}
	b.due = append(b.due, d)
	return nil
}

// easy tells whether a recipient gets easy words, in type that is easy as well.
func (b *batch) easy(r notify.Recipient, ch breach.Channel) bool {
	return wording.Simply(r.Variant, wording.Spoken(r, ch, b.facts.Texts), b.facts.Texts)
}

// resolve asks the provider about a row that was reserved before a crash, and
// tells whether it must be handed over again. A provider that does not answer
// for a day leaves a doubt.
func (b *batch) resolve(ctx context.Context, m breach.Message, rows []breach.Message) bool {
	ref, accepted, err := b.ask(ctx, m)
	switch {
	case errors.Is(err, notify.ErrUnknown), err != nil && !b.patient():
		b.out.Doubt++
		b.settle(m, breach.MessageDoubt, "", "crash-provider-cannot-say")
	case err != nil:
		b.again(fmt.Errorf("asking about %s: %w", m.ID, err))
	case accepted:
		b.out.Sent++
		b.settle(m, breach.MessageHandedOver, ref, "confirmed-after-crash")
	case told(m, rows):
		b.out.Skipped++
		b.settle(m, breach.MessageSkipped, "", "told-before")
	case !m.Waits && b.steps.Now().Before(m.UpdatedAt.Add(settled(b.via(m)))): // it may still turn up there: handing over again could tell twice
		b.again(fmt.Errorf("asking about %s: the provider may not show yet what it accepted: %w", m.ID, breach.ErrTemporary))
	default:
		return true
	}
	return false
}

// ask asks a row's provider about it; what waits has not left.
func (b *batch) ask(ctx context.Context, m breach.Message) (ref string, accepted bool, err error) {
	if m.Waits {
		return "", false, nil
	}
	return b.via(m).Ask(ctx, m.Key())
}

// settled is how long a provider may have a message that it does not show yet.
func settled(ch notify.Channel) time.Duration {
	if s, ok := ch.(interface{ Settled() time.Duration }); ok {
		return s.Settled()
	}
	return 0
}

func (b *batch) settle(m breach.Message, state breach.MessageState, ref, why string) {
	b.moved = true
	b.other = append(b.other, store.Settlement{ID: m.ID, State: state, Ref: ref, Why: why, At: b.steps.Now()})
}

// told says whether an earlier channel has already told this recipient. An SMS
// is a pointer and never counts (decisions.md 5); a bounce, a doubt, a failure
// or a hold does not either.
func told(m breach.Message, rows []breach.Message) bool {
	for _, o := range rows {
		if o.Notice != m.Notice || o.Subject != m.Subject || o.Registry != m.Registry || o.Recipient != m.Recipient || o.Rank >= m.Rank {
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
