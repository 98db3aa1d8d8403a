package activity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	sdk "go.temporal.io/sdk/activity"

	"vigie/internal/breach"
	"vigie/matchers/registry"
	"vigie/notify"
	"vigie/notify/recipient"
	"vigie/notify/wording"
	"vigie/workflows"
)

// planPage bounds how many linked persons are held at once.
const planPage = 1000

// Plan works out, for every linked person, who must be told, where and why,
// and writes it as ledger rows without a name in them. The hash of each
// controller's part is what people approve: facts, templates, recipient list.
// The facts are frozen first, so that a plan that was cut goes on with them.
func (s *Steps) Plan(ctx context.Context, in workflows.IncidentInput) (workflows.PlanResult, error) {
	defer beat(ctx)()
	var out workflows.PlanResult
	p, err := s.newPlanner(ctx, in.Incident)
	if err != nil {
		return out, kind(err)
	}
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return p.each(ctx, p.count) },
		p.freeze,
		func(ctx context.Context) error { return p.each(ctx, p.tell) },
		p.finish,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return out, kind(fmt.Errorf("planning %s: %w", in.Incident, err))
		}
	}
	for _, c := range p.order {
		part := p.parts[c]
		out.Controllers = append(out.Controllers, workflows.ControllerPlan{
			Controller: c, Persons: part.persons, Messages: part.seq,
		})
	}
	return out, nil
}

// planner holds one planning in progress.
type planner struct {
	steps      *Steps
	incident   breach.Incident
	at         time.Time
	registries []*Protected
	manifests  map[breach.ControllerID]registry.Manifest
	parts      map[breach.ControllerID]*part
	order      []breach.ControllerID
}

// part is one controller's share of the plan.
type part struct {
	controller breach.Controller
	facts      notify.Facts
	raw        []byte // the facts as stored and hashed
	seq        int64
	persons    int64
	recipients int64
	rows       []breach.Message
	sum        hash.Hash
}

func (s *Steps) newPlanner(ctx context.Context, id breach.IncidentID) (*planner, error) {
	inc, err := s.Store.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := s.Store.Registries(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &planner{
		steps: s, incident: inc, at: s.Now(),
		parts: map[breach.ControllerID]*part{}, manifests: map[breach.ControllerID]registry.Manifest{},
	}
	for _, n := range names {
		reg, err := s.Registries.Open(n)
		if err != nil {
			return nil, err
		}
		p.registries = append(p.registries, reg)
	}
	slices.SortStableFunc(p.registries, func(a, b *Protected) int { return a.Manifest().TellRank - b.Manifest().TellRank })
	for _, reg := range p.registries {
		for _, c := range reg.Manifest().Controllers {
			if p.parts[c.ID] == nil {
				p.parts[c.ID] = &part{controller: c, sum: sha256.New()}
				p.manifests[c.ID] = reg.Manifest()
				p.order = append(p.order, c.ID)
			}
		}
	}
	return p, nil
}

// each visits every person to be told, once: a human found in several
// registries is told by the one of the lowest rank. Two persons are taken for
// one human when they share a row of the dump and the birth date.
func (p *planner) each(ctx context.Context, visit func(*part, breach.Subject)) error {
	told := map[int64][]time.Time{}
	for _, reg := range p.registries {
		var after breach.PersonID
		for more := true; more; {
			sdk.RecordHeartbeat(ctx)
			page, err := p.steps.Store.Linked(ctx, p.incident.ID, reg.Manifest().Name, after, planPage)
			if err != nil {
				return err
			}
			for _, l := range page {
				after = l.Person
				subject, err := reg.Subject(ctx, l.Person)
				if err != nil {
					return err
				}
				part := p.parts[subject.Controller]
				if part == nil {
					return fmt.Errorf("person %s: controller %q is not in the manifest: %w", l.Person, subject.Controller, breach.ErrInvalid)
				}
				if !claimed(told, l.Rows, subject.BirthDate) {
					visit(part, subject)
				}
			}
			if err := p.flush(ctx); err != nil {
				return err
			}
			more = len(page) == planPage
		}
	}
	return nil
}

// claimed tells whether an earlier registry tells this human, and otherwise
// remembers that this one does.
func claimed(told map[int64][]time.Time, rows []int64, born time.Time) bool {
	for _, row := range rows {
		for _, other := range told[row] {
			if !born.IsZero() && other.Equal(born) {
				return true
			}
		}
	}
	for _, row := range rows {
		told[row] = append(told[row], born)
	}
	return false
}

func (p *planner) count(part *part, _ breach.Subject) { part.persons++ }

// tell adds the ledger rows of one person.
func (p *planner) tell(part *part, s breach.Subject) {
	d := recipient.Resolve(s, p.at)
	if len(d.Recipients) == 0 {
		m := p.row(part, s, notify.Recipient{Key: string(s.Person), Role: "self"}, breach.ChannelHuman, 0, d.Why)
		if !d.Listed { // nobody to tell, as for the deceased: kept with its reason
			m.State = breach.MessageSkipped
		}
		part.add(m)
	}
	for _, r := range d.Recipients {
		part.recipients++
		if len(r.Steps) == 0 {
			part.add(p.row(part, s, r, breach.ChannelHuman, 0, r.Why))
		}
		for rank, ch := range r.Steps {
			part.add(p.row(part, s, r, ch, rank, r.Why))
		}
	}
}

// freeze stores the facts of each controller, or takes those that an earlier
// attempt at this plan has stored.
func (p *planner) freeze(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		_, raw, err := p.steps.Store.Facts(ctx, p.incident.ID, c)
		if errors.Is(err, breach.ErrNotFound) {
			raw, err = p.steps.writeFacts(ctx, p.incident, p.manifests[c], part.controller, part.persons)
		}
		if err != nil {
			return err
		}
		part.raw = raw
		if err := json.Unmarshal(raw, &part.facts); err != nil {
			return fmt.Errorf("parsing the facts of %s: %w", c, err)
		}
	}
	return nil
}

func (p *planner) row(part *part, s breach.Subject, r notify.Recipient, ch breach.Channel, rank int, why []string) breach.Message {
	m := breach.Message{
		Incident: p.incident.ID, Controller: s.Controller, Registry: s.Registry, Subject: s.Person,
		Recipient: r.Key, Role: r.Role, Notice: part.facts.Version, Variant: r.Variant,
		Channel: ch, Rank: rank, State: breach.MessagePlanned, Why: strings.Join(why, ","),
		AddressKey: p.steps.addressKey(r.Contact, ch), UpdatedAt: p.at,
	}
	if ch == breach.ChannelHuman {
		m.State = breach.MessageListed
	}
	m.ID = breach.MessageID("msg_" + p.steps.Keys.Digest("message", string(m.Incident), string(m.Controller),
		fmt.Sprint(m.Notice), string(m.Registry), string(m.Subject), m.Recipient, string(ch))[:24])
	return m
}

// add appends a ledger row and takes it into the hash that is approved.
func (p *part) add(m breach.Message) {
	p.seq++
	m.Seq = p.seq
	p.rows = append(p.rows, m)
	_, _ = fmt.Fprintf(p.sum, "%d %q %q %q %q %q %q %d %q %q\n", m.Seq, m.Registry, m.Subject, m.Recipient, m.Role,
		m.Variant, m.Channel, m.Rank, m.AddressKey, m.Why)
}

func (p *planner) flush(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		if len(part.rows) == 0 {
			continue
		}
		if err := p.steps.Store.PlanMessages(ctx, part.rows); err != nil {
			return err
		}
		part.rows = part.rows[:0]
	}
	return nil
}

// finish stores the hash over facts, templates and recipients.
func (p *planner) finish(ctx context.Context) error {
	for _, c := range p.order {
		part := p.parts[c]
		sum := sha256.New()
		_, _ = fmt.Fprintf(sum, "facts %d\n%s\ntemplates %s\nrecipients %x\n", len(part.raw), part.raw, wording.Hash(), part.sum.Sum(nil))
		if err := p.steps.Store.SavePlan(ctx, p.incident.ID, c, hex.EncodeToString(sum.Sum(nil)), part.persons, part.recipients); err != nil {
			return err
		}
	}
	return nil
}

// addressKey is a keyed digest of where a message goes.
func (s *Steps) addressKey(c breach.Contact, ch breach.Channel) string {
	switch ch {
	case breach.ChannelEmail:
		return s.Keys.Digest("address", string(ch), c.Email)
	case breach.ChannelSMS:
		return s.Keys.Digest("address", string(ch), c.Phone)
	case breach.ChannelLetter:
		a := c.Address
		return s.Keys.Digest("address", string(ch), c.Given, c.Name, a.Line2, a.Line3, a.Street, a.Line5, a.Postcode, a.City, a.Country)
	}
	return ""
}
