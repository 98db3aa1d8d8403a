package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/matchers/registry"
	"vigie/notify"
	"vigie/notify/recipient"
	"vigie/notify/wording"
)

// frozen is a controller's facts as stored and approved, with the words they
// were approved in.
type frozen struct {
	notify.Facts
	Templates     string `json:"templates"`      // wording.Hash
	MailboxesLost bool   `json:"mailboxes_lost"` // passwords are in the dump
	// Texts are those that people had read over when the plan was made
	// (wording.Texts): no other is sent.
	Texts []string `json:"texts,omitempty"`
}

// CurrentFacts returns the facts of one controller as last planned.
func (s *Steps) CurrentFacts(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (notify.Facts, error) {
	f, err := s.frozen(ctx, id, c)
	return f.Facts, err
}

// Sample writes the letter that an invented recipient would get, in the words
// that the plan was made with.
func (s *Steps) Sample(ctx context.Context, id breach.IncidentID, c breach.ControllerID, r notify.Recipient) (notify.Document, error) {
	f, err := s.frozen(ctx, id, c)
	if err != nil {
		return notify.Document{}, err
	}
	return wording.Write(f.Facts, r, breach.ChannelLetter, f.Texts, nil)
}

func (s *Steps) frozen(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (frozen, error) {
	var f frozen
	_, raw, err := s.Store.Facts(ctx, id, c)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("parsing the facts of %s: %w: %w", id, breach.ErrInvalid, err)
	}
	return f, nil
}

// approved returns the facts that may be sent. Words that have changed since
// are nobody's approval: the batch waits for the release that has them.
func (s *Steps) approved(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (frozen, error) {
	f, err := s.frozen(ctx, id, c)
	if err == nil && f.Templates != wording.Hash() {
		err = fmt.Errorf("the words for %s in incident %s have changed since they were approved: start the release that planned it: %w",
			c, id, breach.ErrTemporary)
	}
	return f, err
}

// mustTell refuses when the controller does not, or no longer, want to tell.
func (s *Steps) mustTell(ctx context.Context, id breach.IncidentID, c breach.ControllerID) error {
	k, err := s.Store.Case(ctx, id, c)
	// A plan that is being revised hands nothing more over: its rows are held one
	// by one, and those in doubt are resolved.
	if err == nil && (k.Decision != breach.DecisionTell || k.PlanHash == "" && k.Notice == 0) {
		err = fmt.Errorf("controller %s has not decided to tell: %w", c, breach.ErrForbidden)
	}
	return err
}

// recheck resolves the recipients again, today, from the registry as it is. It
// answers with a reason when this row may not go out any more.
func (s *Steps) recheck(ctx context.Context, m breach.Message, f frozen, l lane) (checked, string, error) {
	c := checked{row: m}
	if f.Version != m.Notice {
		return c, notify.ReasonFactsChanged, nil
	}
	if l.suspended[m.AddressKey] {
		return c, notify.ReasonAddressSuspended, nil
	}
	reg, err := s.Registries.Open(m.Registry)
	if err != nil {
		return c, "", err
	}
	subject, err := l.gone.subject(ctx, reg, m.Subject)
	if errors.Is(err, breach.ErrNotFound) {
		return c, notify.ReasonLeftRegistry, nil
	}
	if err != nil {
		return c, "", err
	}
	if subject.Controller != m.Controller {
		return c, notify.ReasonControllerChanged, nil
	}
	if l.holds(s, subject) {
		return c, notify.ReasonHouseholdInDanger, nil
	}
	if away, err := l.shelters(ctx, s, subject); err != nil || away {
		return c, notify.ReasonProtectionStands, err
	}
	d := resolve(subject, s.Now(), f, reg.Manifest())
	for _, r := range d.Recipients {
		if r.Key != m.Recipient || r.Role != m.Role {
			continue
		}
		c.to = r
		switch {
		case !slices.Contains(r.Steps, m.Channel):
			return c, notify.ReasonChannelWithdrawn, nil
		case s.addressKey(r.Contact, m.Channel) != m.AddressKey:
			return c, notify.ReasonAddressChanged, nil
		case r.Variant != m.Variant: // of age since, or under a measure
			return c, notify.ReasonVariantChanged, nil
		}
		c.same = recipient.Together(subject, d, r)
		return c, "", nil
	}
	return c, notify.ReasonRecipientExcluded, nil
}

// resolve applies the rules to one person. When the dump holds passwords no
// mailbox is trusted (decisions.md 6): which ones leaked is not kept. In a
// registry of civil-status acts, only those entitled to an act hear of it.
func resolve(sub breach.Subject, day time.Time, f frozen, m registry.Manifest, opts ...recipient.Option) recipient.Decision {
	if f.MailboxesLost {
		opts = append(opts, recipient.WithoutEmail(func(string) bool { return true }))
	}
	if m.Kind == registry.KindCivilStatus {
		opts = append(opts, recipient.AboutAct())
	}
	return recipient.Resolve(sub, day.In(i18n.Paris()), opts...) // rules count civil days
}
