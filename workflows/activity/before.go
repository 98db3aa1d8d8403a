package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/recipient"
)

// past is what people were told in other incidents whose dumps share people
// with this one: a file that is sold again tells them nothing new. A plan looks
// at it, and each hand-over again: two incidents may be planned on one day.
type past struct {
	steps     *Steps
	incident  breach.IncidentID
	incidents []breach.IncidentID
	toldTo    map[breach.PersonID][]earlier // of the page at hand
	flying    map[breach.PersonID][]earlier // the same of what is being handed over now
	held      map[breach.PersonID][]string
}

// earlier is what one person was told once.
type earlier struct {
	recipients []string
	held       []string
	salt       []byte // under which the recipients are committed to, if they are
}

// lookBack finds the incidents whose dumps share people with this one.
func (p *planner) lookBack(ctx context.Context) error {
	var err error
	p.before, err = p.steps.past(ctx, p.incident)
	return err
}

// past finds the incidents whose dumps share people with an incident's,
// whichever of the two was read first.
func (s *Steps) past(ctx context.Context, inc breach.Incident) (*past, error) {
	x := &past{steps: s, incident: inc.ID}
	if inc.Dump == "" {
		return x, nil
	}
	own, _, err := s.Store.Dump(ctx, inc.Dump)
	if err != nil {
		return x, ignoreMissing(err)
	}
	list, err := s.Store.Incidents(ctx)
	if err != nil {
		return x, err
	}
	repeats := func(p breach.Profile, id breach.DumpID) bool {
		return slices.ContainsFunc(p.Recycled, func(o breach.Overlap) bool { return o.Dump == id })
	}
	for _, other := range list {
		if other.ID == inc.ID || other.Dump == "" {
			continue
		}
		shares := repeats(own.Profile, other.Dump)
		if !shares {
			d, _, err := s.Store.Dump(ctx, other.Dump)
			if ignoreMissing(err) != nil {
				return x, err
			}
			shares = repeats(d.Profile, inc.Dump)
		}
		if shares {
			x.incidents = append(x.incidents, other.ID)
		}
	}
	return x, nil
}

// load looks up what the people of a page were told.
func (x *past) load(ctx context.Context, reg breach.RegistryID, page []store.Linked) error {
	if x == nil || len(x.incidents) == 0 || len(page) == 0 {
		return nil
	}
	people := make([]breach.PersonID, len(page))
	for i, l := range page {
		people[i] = l.Person
	}
	var err error
	if x.held, err = x.steps.Store.HeldOf(ctx, x.incident, reg, people); err != nil {
		return err
	}
	x.toldTo, x.flying = map[breach.PersonID][]earlier{}, map[breach.PersonID][]earlier{}
	for _, id := range x.incidents {
		if err := x.loadFrom(ctx, id, reg, people); err != nil {
			return err
		}
	}
	return nil
}

func (x *past) loadFrom(ctx context.Context, id breach.IncidentID, reg breach.RegistryID, people []breach.PersonID) error {
	salt, err := x.steps.salt(ctx, id)
	if err != nil {
		return err
	}
	names, who := slices.Clone(people), map[breach.PersonID]breach.PersonID{}
	for _, p := range people {
		who[p] = p
		if salt != nil {
			name := breach.PersonID(commitment(salt, reg, string(p)))
			names, who[name] = append(names, name), p
		}
	}
	held, err := x.steps.Store.HeldOf(ctx, id, reg, names)
	if err != nil {
		return err
	}
	told, flying, err := x.steps.Store.ToldTo(ctx, id, reg, names)
	for name, to := range told {
		x.toldTo[who[name]] = append(x.toldTo[who[name]], earlier{to, held[name], salt})
	}
	for name, to := range flying {
		x.flying[who[name]] = append(x.flying[who[name]], earlier{to, held[name], salt})
	}
	return err
}

// told tells whether a recipient was told, in an earlier incident, about
// everything that this dump holds of a person. A new category is a new fact.
func (x *past) told(reg breach.RegistryID, person breach.PersonID, key string) bool {
	return x != nil && x.among(x.toldTo[person], reg, person, key)
}

func (x *past) among(list []earlier, reg breach.RegistryID, person breach.PersonID, key string) bool {
	if len(x.held[person]) == 0 {
		return false
	}
	return slices.ContainsFunc(list, func(e earlier) bool {
		known := slices.Contains(e.recipients, key) || e.salt != nil && slices.Contains(e.recipients, commitment(e.salt, reg, key))
		if !known {
			return false
		}
		return !slices.ContainsFunc(x.held[person], func(c string) bool { return !slices.Contains(e.held, c) })
	})
}

// elsewhere takes out of a group of reserved letters those that tell somebody
// what another incident has told since the plan, and leaves for a later walk
// those that it is telling at this moment. Each incident reserves before it
// looks, so that of two that do so at once one at least sees the other.
func (b *batch) elsewhere(ctx context.Context, group []due) ([]due, error) {
	if len(group) == 0 || len(b.others.incidents) == 0 {
		return group, nil
	}
	var free []store.Hold
	calm := context.WithoutCancel(ctx)
	told, flying, err := b.toldElsewhere(ctx, group)
	if err != nil {
		for _, d := range group {
			free = append(free, d.held...)
		}
		return nil, errors.Join(err, b.steps.Store.Release(calm, free, b.steps.Now()))
	}
	var known []store.Settlement
	group = slices.DeleteFunc(group, func(d due) bool {
		if d.row.Former > 0 || !slices.ContainsFunc(d.held, func(h store.Hold) bool { return told[h.ID] || flying[h.ID] }) {
			return false // a correction is news wherever else its reader was told
		}
		for _, h := range d.held {
			if !told[h.ID] {
				free = append(free, h)
				continue
			}
			b.out.Skipped++
			known = append(known, store.Settlement{ID: h.ID, State: breach.MessageSkipped, Why: notify.ReasonToldElsewhere, At: b.steps.Now()})
		}
		if !told[d.row.ID] || len(d.held) > 1 {
			b.again(fmt.Errorf("another incident is telling the reader of %s: %w", d.row.Key(), breach.ErrTemporary))
		}
		return true
	})
	return group, errors.Join(b.steps.Store.Settle(calm, known), b.steps.Store.Release(calm, free, b.steps.Now()))
}

// toldElsewhere tells which rows say what their readers were told, or are being
// told, in another incident. After a day nobody waits for the other any more.
func (b *batch) toldElsewhere(ctx context.Context, group []due) (told, flying map[breach.MessageID]bool, err error) {
	rows := map[breach.RegistryID][]breach.Message{}
	for _, d := range group {
		for _, m := range append([]breach.Message{d.row}, d.with...) {
			rows[m.Registry] = append(rows[m.Registry], m)
		}
	}
	told, flying = map[breach.MessageID]bool{}, map[breach.MessageID]bool{}
	for reg, list := range rows {
		page := make([]store.Linked, len(list))
		for i, m := range list {
			page[i].Person = m.Subject
		}
		if err := b.others.load(ctx, reg, page); err != nil {
			return nil, nil, err
		}
		for _, m := range list {
			told[m.ID] = b.others.told(reg, m.Subject, m.Recipient)
			flying[m.ID] = b.patient() && b.others.among(b.others.flying[m.Subject], reg, m.Subject, m.Recipient)
		}
	}
	return told, flying, nil
}

// suspend takes out of a decision the addresses that somebody said are not the
// person's; without another way, a human looks.
func (p *planner) suspend(d *recipient.Decision) {
	for i := range d.Recipients {
		r := &d.Recipients[i]
		before := len(r.Steps)
		r.Steps = slices.DeleteFunc(r.Steps, func(ch breach.Channel) bool {
			key := p.steps.addressKey(r.Contact, ch)
			return key != "" && p.suspended[key]
		})
		if len(r.Steps) == before {
			continue
		}
		r.Why = append([]string{notify.ReasonAddressSuspended}, r.Why...)
		if len(r.Steps) == 0 || !slices.Contains(r.Steps, breach.ChannelEmail) && !slices.Contains(r.Steps, breach.ChannelLetter) {
			r.Steps, d.Listed = []breach.Channel{breach.ChannelHuman}, true
		}
	}
}
