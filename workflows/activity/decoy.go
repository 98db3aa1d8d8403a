package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/wording"
)

// Decoy is an invented recipient of the team's own: a mailbox, a phone, a
// letter box. It receives a copy of everything that is sent, in every batch and
// by every channel it has, so that the team sees what people see, and when. It
// is in no registry, no ledger and no statistics.
type Decoy struct {
	Name    string
	Contact breach.Contact
}

// has tells whether a decoy can receive by a channel.
func (d Decoy) has(ch breach.Channel) bool {
	switch ch {
	case breach.ChannelEmail:
		return d.Contact.Email != ""
	case breach.ChannelSMS:
		return d.Contact.Phone != ""
	case breach.ChannelLetter:
		return d.Contact.Address.Street != ""
	}
	return false
}

// face is what a batch's messages look like: one copy each.
type face struct {
	variant, role, language string
	neutral                 bool
}

// saw remembers what the messages of a group look like.
func (b *batch) saw(group []due) {
	for _, d := range group {
		f := face{d.row.Variant, d.row.Role, d.env.Language, d.env.Neutral}
		if !slices.Contains(b.faces, f) {
			b.faces = append(b.faces, f)
		}
	}
}

// decoys sends the copies of what the batch has sent. A copy that fails holds
// nobody up: it is counted apart, as failed or in doubt.
func (b *batch) decoys(ctx context.Context) error {
	for _, f := range b.faces {
		for n, d := range b.steps.Decoys {
			if !d.has(b.in.Channel) {
				continue
			}
			if err := b.decoy(ctx, n, d, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *batch) decoy(ctx context.Context, n int, d Decoy, f face) error {
	s, in := b.steps, b.in
	batchID := s.batchID(in)
	m := breach.CanaryMessage{Incident: in.Incident, Controller: in.Controller, Channel: in.Channel, Batch: batchID, At: s.Now(),
		ID: "canary_" + s.Keys.Digest("canary", string(in.Incident), batchID, fmt.Sprint(b.facts.Version, n), fmt.Sprintf("%+v", f))[:20]}
	now, added, err := s.Store.ReserveCanary(ctx, m)
	if err != nil || now.State != breach.MessageReserved {
		return err
	}
	if !added { // an attempt was cut before it could settle
		ref, accepted, err := b.ch.Ask(ctx, m.ID)
		switch {
		case accepted:
			return s.Store.SettleCanary(ctx, m.ID, breach.MessageHandedOver, ref, s.Now())
		case err != nil:
			return s.Store.SettleCanary(ctx, m.ID, breach.MessageDoubt, "", s.Now())
		}
	}
	contact := d.Contact
	contact.Language = f.language
	doc, err := wording.Write(b.facts.Facts, notify.Recipient{Role: f.role, Variant: f.variant, Neutral: f.neutral, Contact: contact}, in.Channel, b.facts.Texts, nil)
	if err != nil {
		return fmt.Errorf("rendering a canary of %s: %w", batchID, err)
	}
	env := notify.Envelope{Key: m.ID, To: contact, From: b.facts.Controller, Neutral: f.neutral, Language: f.language, Date: now.At, Doc: doc}
	issued, err := s.prove(&env, in)
	if err != nil {
		return err
	}
	if issued.Code != "" {
		if err := s.Store.SaveMarks(ctx, []breach.IssuedMark{issued}); err != nil {
			return err
		}
	}
	ref, err := b.ch.Send(ctx, env)
	state := breach.MessageHandedOver
	switch {
	case errors.Is(err, breach.ErrInvalid), errors.Is(err, breach.ErrTemporary):
		state = breach.MessageFailed
	case err != nil:
		state = breach.MessageDoubt
	}
	if err != nil {
		s.Log.Warn("a canary was not handed over", "batch", batchID, "channel", in.Channel, "state", state)
	}
	return s.Store.SettleCanary(context.WithoutCancel(ctx), m.ID, state, ref, s.Now())
}
