package activity

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"
	"unicode"

	sdk "go.temporal.io/sdk/activity"
	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify/recipient"
)

// visitor is called with a person to be told, by the controller who tells, and
// why: the dump rows they are linked to, or an extraction that has them.
type visitor func(part *part, s breach.Subject, l store.Linked)

// human is what tells the persons of a dump row apart across registries.
type human struct {
	registry breach.RegistryID
	born     time.Time
	given    string // letters alone
	elected  breach.Address
	person   breach.PersonID
	barred   bool // a protection order names somebody near, and the person is not hidden
}

func humanOf(s breach.Subject) human {
	return human{registry: s.Registry, born: s.BirthDate, given: letters(s.Contact.Given), elected: s.Elected, person: s.Person, barred: !s.Protected && barred(s)}
}

// barred tells whether a protection order names somebody around a person. The
// registry that knows it excludes them by name; another does not know them by
// that name, so that a human tells the person there.
func barred(s breach.Subject) bool {
	return slices.ContainsFunc(s.Relations, func(r breach.Relation) bool { return r.Barred })
}

// each visits every person to be told, once: a human found in several
// registries is told by the one of the lowest rank. Within a registry every
// person is somebody else, twins on one row included.
func (p *planner) each(ctx context.Context, visit visitor) error {
	claims := map[int64][]human{}
	for _, reg := range p.registries {
		name := reg.Manifest().Name
		var after breach.PersonID
		for more := true; more; {
			sdk.RecordHeartbeat(ctx)
			page, err := p.steps.Store.Affected(ctx, p.incident.ID, name, p.taken[name].Seq, after, planPage)
			if err != nil {
				return err
			}
			p.expect(name, page)
			if err := p.before.load(ctx, name, page); err != nil {
				return err
			}
			for _, l := range page {
				after = l.Person
				subject, err := p.subject(ctx, reg, l.Person)
				if err != nil {
					return err
				}
				l.Rows = append(l.Rows, p.ties(subject)...)
				if subject.Protected || barred(subject) {
					p.remember(l, subject)
				}
				part := p.parts[subject.Controller]
				if part == nil {
					return fmt.Errorf("person %s: controller %q is not in the manifest: %w", l.Person, subject.Controller, breach.ErrInvalid)
				}
				if !claimed(claims, l.Rows, humanOf(subject)) {
					visit(part, subject, l)
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

// expect says whom the visits that follow may open.
func (p *planner) expect(name breach.RegistryID, page []store.Linked) {
	p.gone.expect()
	for _, l := range page {
		if l.Taken {
			p.gone.add(name, l.Person)
		}
	}
}

// ties stand in for the rows of the dump where people are known by attestation:
// whoever has the same mailbox, number or home in another registry may be the
// same human, whom birth date and given name then tell. They are below zero, as
// no row is.
func (p *planner) ties(s breach.Subject) (ties []int64) {
	if len(p.taken) == 0 {
		return nil
	}
	for _, c := range []string{strings.ToLower(s.Contact.Email), s.Contact.Phone, recipient.Place(s.Contact.Address)} {
		if c != "" {
			ties = append(ties, -int64(maphash.String(readersSeed, c)>>1)-1)
		}
	}
	return ties
}

// rowsOf are the rows of a dump without the ties.
func rowsOf(l store.Linked) int {
	n := 0
	for _, row := range l.Rows {
		if row > 0 {
			n++
		}
	}
	return n
}

// subject opens a person. One who has left the registry since the matching is
// not forgotten: the first controller looks into it, or tells them at what is
// kept of them where it attests that they were taken and wants them told.
func (p *planner) subject(ctx context.Context, reg *Protected, id breach.PersonID) (breach.Subject, error) {
	s, err := p.gone.subject(ctx, reg, id)
	if errors.Is(err, breach.ErrNotFound) {
		m := reg.Manifest()
		return breach.Subject{Registry: m.Name, Person: id, Controller: m.Controllers[0].ID}, nil
	}
	return s, err
}

// remember keeps that a human is protected, whichever registry says so.
func (p *planner) remember(l store.Linked, s breach.Subject) {
	for _, row := range l.Rows {
		if h := humanOf(s); !slices.Contains(p.shielded[row], h) {
			p.shielded[row] = append(p.shielded[row], h)
		}
	}
}

// shield marks a person as protected when another registry protects the same
// human: a protection that stands anywhere holds everywhere.
func (p *planner) shield(s breach.Subject, rows []int64) breach.Subject {
	for _, row := range rows {
		for _, o := range p.shielded[row] {
			if !s.Protected && o.is(humanOf(s)) && (!o.barred || o.registry != s.Registry) {
				s.Protected, s.Elected = true, o.elected
			}
		}
	}
	return s
}

// claimed tells whether an earlier registry tells this human, and otherwise
// remembers that this one does.
func claimed(claims map[int64][]human, rows []int64, h human) bool {
	for _, row := range rows {
		for _, o := range claims[row] {
			if o.registry != h.registry && o.is(h) {
				return true
			}
		}
	}
	for _, row := range rows {
		claims[row] = append(claims[row], h)
	}
	return false
}

// is takes two persons on one row of the dump for one human when they share
// the birth date and the given name: a twin has another name. Where they
// differ by more than accents and case both are told; twice is better than not
// at all.
func (h human) is(o human) bool {
	if h.born.IsZero() || !h.born.Equal(o.born) {
		return false
	}
	return h.given == o.given || h.given != "" && o.given != "" && (strings.HasPrefix(h.given, o.given) || strings.HasPrefix(o.given, h.given))
}

// letters is s without accents, case, spaces and hyphens.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFD.String(s))
}
