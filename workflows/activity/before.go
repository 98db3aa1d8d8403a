package activity

import (
	"context"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/recipient"
)

// past is what people were told in earlier incidents whose dumps share people
// with this one: a file that is sold again tells them nothing new.
type past struct {
	steps     *Steps
	incident  breach.IncidentID
	incidents []breach.IncidentID
	toldTo    map[breach.PersonID][]earlier // of the page at hand
	held      map[breach.PersonID][]string
}

// earlier is what one person was told once.
type earlier struct {
	recipients []string
	held       []string
	salt       []byte // under which the recipients are committed to, if they are
}

// lookBack finds the incidents whose dumps this one repeats.
func (p *planner) lookBack(ctx context.Context) error {
	p.before = &past{steps: p.steps, incident: p.incident.ID}
	for _, o := range p.profile.Recycled {
		d, _, err := p.steps.Store.Dump(ctx, o.Dump)
		if err := ignoreMissing(err); err != nil {
			return err
		}
		if err == nil && d.Incident != p.incident.ID {
			p.before.incidents = append(p.before.incidents, d.Incident)
		}
	}
	return nil
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
	x.toldTo = map[breach.PersonID][]earlier{}
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
	told, err := x.steps.Store.ToldTo(ctx, id, reg, names)
	for name, to := range told {
		x.toldTo[who[name]] = append(x.toldTo[who[name]], earlier{to, held[name], salt})
	}
	return err
}

// told tells whether a recipient was told, in an earlier incident, about
// everything that this dump holds of a person. A new category is a new fact.
func (x *past) told(s breach.Subject, key string) bool {
	if x == nil || len(x.held[s.Person]) == 0 {
		return false
	}
	return slices.ContainsFunc(x.toldTo[s.Person], func(e earlier) bool {
		known := slices.Contains(e.recipients, key) || e.salt != nil && slices.Contains(e.recipients, commitment(e.salt, s.Registry, key))
		if !known {
			return false
		}
		return !slices.ContainsFunc(x.held[s.Person], func(c string) bool { return !slices.Contains(e.held, c) })
	})
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
