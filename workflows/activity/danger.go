package activity

import (
	"context"
	"errors"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
	"vigie/matchers/registry"
	"vigie/notify/recipient"
)

// dangerOf says why a person belongs to the danger lane; nil when nothing
// protects them.
func dangerOf(s breach.Subject, day time.Time) (why []string) {
	if s.Deceased {
		return nil
	}
	if s.Protected {
		why = append(why, breach.DangerProtected)
	}
	if !s.Elected.IsZero() {
		why = append(why, breach.DangerElected)
	}
	placed := slices.ContainsFunc(s.Relations, func(r breach.Relation) bool { return r.Kind == breach.RelationAuthority })
	if age := s.AgeAt(day); s.Secret && placed && age < 18 {
		why = append(why, breach.DangerPlaced)
	}
	if slices.ContainsFunc(s.Relations, func(r breach.Relation) bool {
		return r.Barred && !r.Deceased && (r.Until.IsZero() || !r.Until.Before(day.AddDate(0, 0, -1)))
	}) {
		why = append(why, breach.DangerOrder)
	}
	return why
}

// sentry watches a matching for protected persons, linked or not.
type sentry struct {
	steps   *Steps
	reg     *Protected
	profile breach.Profile
	known   map[string][]string           // why a person is in danger, once looked up
	gone    map[string]registry.Departure // protected persons who left; nil until somebody who left is met
}

// mostKnown bounds how many persons a sentry remembers.
const mostKnown = 1 << 16

func (s *Steps) sentry(ctx context.Context, id breach.IncidentID, reg *Protected) (*sentry, error) {
	d, _, err := s.Store.Dump(ctx, dumpID(id))
	return &sentry{steps: s, reg: reg, profile: d.Profile, known: map[string][]string{}}, err
}

// look tells whether a row that may be somebody's concerns a protected person,
// and what it gives away. A person who has left the registry is looked up in
// its past: leaving does not end a protection.
func (w *sentry) look(ctx context.Context, id breach.IncidentID, row *matchers.Record, person string) (breach.Danger, bool, error) {
	if why, ok := w.known[person]; ok && why == nil {
		return breach.Danger{}, false, nil
	}
	sub, rec, err := w.reg.Person(ctx, breach.PersonID(person))
	if errors.Is(err, breach.ErrNotFound) {
		if err = w.readPast(ctx); err == nil {
			sub, rec = w.gone[person].Subject, w.gone[person].Record
		}
	}
	if err != nil {
		return breach.Danger{}, false, err
	}
	why := dangerOf(sub, w.steps.Now())
	if len(w.known) >= mostKnown {
		clear(w.known)
	}
	w.known[person] = why
	if why == nil {
		return breach.Danger{}, false, nil
	}
	d := w.steps.entry(id, sub, why)
	d.Exposed = linkage.Exposed(row, &rec, former(sub)...)
	d.Exposed[breach.FieldInstitution] = institutionTold(w.profile, w.reg.Manifest())
	return d, true, nil
}

// readPast finds the protected among those who left, in one pass.
func (w *sentry) readPast(ctx context.Context) error {
	if w.gone != nil {
		return ctx.Err()
	}
	w.gone = map[string]registry.Departure{}
	for d, err := range w.reg.Departed() {
		if err != nil {
			return err
		}
		if dangerOf(d.Subject, w.steps.Now()) != nil {
			w.gone[d.Record.ID] = d
		}
	}
	return ctx.Err()
}

// entry is an entry of the lane without what is exposed.
func (s *Steps) entry(id breach.IncidentID, sub breach.Subject, why []string) breach.Danger {
	return breach.Danger{
		ID:       s.dangerID(id, sub.Registry, sub.Person),
		Incident: id, Registry: sub.Registry, Person: sub.Person, Controller: sub.Controller,
		Why: why, Household: s.household(sub), OpenedAt: s.Now(),
	}
}

// dangerID follows from who it is, so that a second run meets the first.
func (s *Steps) dangerID(id breach.IncidentID, reg breach.RegistryID, person breach.PersonID) breach.DangerID {
	return breach.DangerID("dng_" + s.Keys.Digest("danger", string(id), string(reg), string(person))[:24])
}

// former are homes and numbers that somebody who is barred knows already: those
// of the barred holders themselves.
func former(s breach.Subject) (list []matchers.Record) {
	for _, r := range s.Relations {
		if r.Barred || r.Authority == breach.AuthorityWithdrawn || r.Authority == breach.AuthoritySuspended {
			list = append(list, contactRecord(r.Contact))
		}
	}
	return list
}

func contactRecord(c breach.Contact) (rec matchers.Record) {
	v := &rec.Values
	v[matchers.Email], v[matchers.Phone] = c.Email, c.Phone
	v[matchers.Street], v[matchers.Postcode], v[matchers.City], v[matchers.Country] = c.Address.Street, c.Address.Postcode, c.Address.City, c.Address.Country
	return rec
}

// institutionTold tells whether the dump gives away which school, town or service
// follows the people of a registry: it does when it is taken to be that
// registry's own file. A column of schools or employers cannot be compared, a
// registry has none.
func institutionTold(p breach.Profile, m registry.Manifest) breach.Exposed {
	for _, o := range p.Owners {
		if o.Name == string(m.Name) {
			return breach.ExposedPresent
		}
	}
	for _, c := range p.Columns {
		if c.Filled > 0 && slices.Contains([]string{dump.MeaningSchool, dump.MeaningEmployer, dump.MeaningUAI, dump.MeaningSIREN, dump.MeaningSIRET}, c.Meaning) {
			return breach.ExposedUnsaid
		}
	}
	if len(p.Columns) == 0 {
		return breach.ExposedUnsaid
	}
	return breach.ExposedAbsent
}

// household are keyed digests of what ties people together: the person, who
// answers for them, and where they live.
func (s *Steps) household(sub breach.Subject) (keys []string) {
	add := func(kind, value string) {
		if value != "" {
			keys = append(keys, s.Keys.Digest("household", kind, value)[:32])
		}
	}
	add("person", string(sub.Registry)+"/"+string(sub.Person))
	for _, r := range sub.Relations {
		if !r.Barred {
			add("person", string(sub.Registry)+"/"+string(r.Holder))
		}
	}
	add("place", recipient.Place(sub.Contact.Address))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// categories are the categories of data that a row holds, as codes of notify.
func categories(row *matchers.Record) []string {
	has := func(fields ...matchers.Field) bool {
		return slices.ContainsFunc(fields, func(f matchers.Field) bool { return row.Values[f] != "" })
	}
	var list []string
	for _, c := range []struct {
		code string
		held bool
	}{
		{"address", has(matchers.Street, matchers.Postcode, matchers.City)},
		{"birth_date", has(matchers.BirthDate)},
		{"birth_place", has(matchers.BirthPlace, matchers.BirthCommune)},
		{"email", has(matchers.Email)},
		{"name", has(matchers.BirthName, matchers.UsageName, matchers.GivenNames, matchers.FullName)},
		{"nationality", has(matchers.Nationality)},
		{"nir", has(matchers.NIR)},
		{"phone", has(matchers.Phone)},
		{"sex", has(matchers.Sex)},
	} {
		if c.held {
			list = append(list, c.code)
		}
	}
	return list
}

// lane remembers, for one batch of hand-overs, who of an incident waits in the
// danger lane and which addresses somebody said are not the person's.
type lane struct {
	household map[string]bool
	suspended map[string]bool
	gone      *departures
	elsewhere map[twin][]twin // who may be the same human in other registries
}

// twin is a person of a registry.
type twin struct {
	registry breach.RegistryID
	person   breach.PersonID
}

// look finds, for the people of the rows that may still go, who of the incident's
// other registries may be the same human.
func (l *lane) look(ctx context.Context, s *Steps, id breach.IncidentID, rows []breach.Message) error {
	of := map[breach.RegistryID][]breach.PersonID{}
	for _, m := range rows {
		if m.State == breach.MessagePlanned || m.State == breach.MessageReserved {
			of[m.Registry] = append(of[m.Registry], m.Subject)
		}
	}
	if len(of) == 0 {
		return nil
	}
	names, err := s.Store.Registries(ctx, id)
	if err != nil || len(names) < 2 {
		return err
	}
	l.elsewhere = map[twin][]twin{}
	for reg, people := range of {
		for _, other := range names {
			if other == reg {
				continue
			}
			found, err := s.Store.Sharing(ctx, id, reg, slices.Compact(people), other)
			if err != nil {
				return err
			}
			for p, list := range found {
				for _, o := range list {
					at := twin{reg, p}
					l.elsewhere[at] = append(l.elsewhere[at], twin{other, o})
				}
			}
		}
	}
	return nil
}

// shelters tells whether another registry protects the same human, as it stands
// now: a protection that stands anywhere holds everywhere.
func (l lane) shelters(ctx context.Context, s *Steps, sub breach.Subject) (bool, error) {
	for _, o := range l.elsewhere[twin{sub.Registry, sub.Person}] {
		reg, err := s.Registries.Open(o.registry)
		if err != nil {
			return false, err
		}
		other, err := reg.Subject(ctx, o.person)
		if errors.Is(err, breach.ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		if (other.Protected || barred(other)) && humanOf(other).is(humanOf(sub)) {
			return true, nil
		}
	}
	return false, nil
}

func (s *Steps) lane(ctx context.Context, id breach.IncidentID) (lane, error) {
	l := lane{household: map[string]bool{}}
	waiting, err := s.Store.Waiting(ctx, id)
	if err != nil {
		return l, err
	}
	for _, d := range waiting {
		for _, k := range d.Household {
			l.household[k] = true
		}
	}
	if l.suspended, err = s.Store.Suspended(ctx); err != nil {
		return l, err
	}
	l.gone, err = s.departures(ctx, id)
	return l, err
}

// holds tells whether a person lives with, or answers for, somebody who waits
// in the danger lane.
func (l lane) holds(s *Steps, sub breach.Subject) bool {
	return len(l.household) > 0 && slices.ContainsFunc(s.household(sub), func(k string) bool { return l.household[k] })
}

// waits tells whether somebody of an incident waits in the danger lane: nothing
// of it becomes public before (decisions.md 3).
func (s *Steps) waits(ctx context.Context, id breach.IncidentID) (bool, error) {
	list, err := s.Store.Waiting(ctx, id)
	if err != nil || len(list) > 0 {
		return len(list) > 0, err
	}
	return s.Store.Unguarded(ctx, id, "")
}

// Clear refuses with the code "lane-open" while a person waits in the danger
// lane of an incident. Whatever makes an incident public asks it first.
func (s *Steps) Clear(ctx context.Context, id breach.IncidentID) error {
	waits, err := s.waits(ctx, id)
	if err != nil || !waits {
		return err
	}
	return &breach.RefusedError{Code: "lane-open", What: "incident " + string(id),
		Hint: "protected persons are still to be reached by a human: settle the danger lane, or have an approver override it in writing"}
}

// guard puts those of a plan into the lane whom matching did not: a protection
// entered since, or one that another registry knows of. What their row held is
// not known any more.
func (p *planner) guard(s breach.Subject, rows []int64) {
	why := dangerOf(s, p.at)
	if why == nil {
		return
	}
	d := p.steps.entry(p.incident.ID, s, why)
	d.Exposed = map[string]breach.Exposed{}
	for _, f := range breach.DangerFields {
		d.Exposed[f] = breach.ExposedUnsaid
	}
	d.Human = p.sameHuman(s, rows)
	p.dangers = append(p.dangers, d)
}

// sameHuman finds the entry of the same human in a registry that was walked
// before.
func (p *planner) sameHuman(s breach.Subject, rows []int64) breach.DangerID {
	for _, row := range rows {
		for _, o := range p.shielded[row] {
			if o.registry != s.Registry && o.is(humanOf(s)) {
				return p.steps.dangerID(p.incident.ID, o.registry, o.person)
			}
		}
	}
	return ""
}
