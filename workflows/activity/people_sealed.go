package activity

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// SealPeople writes the list of one institution's own people who are concerned,
// encrypted for the key that a person of the team has recorded for it. It holds
// what the institution needs to find them again in its own file, and whether a
// named human reaches them first; no address, no contact, nothing of the dump.
//
// The audit log is told before the first byte leaves, with how many people and
// for which key; who and why are needed. Without a recorded key it refuses.
func (s *Steps) SealPeople(ctx context.Context, dst io.Writer, id breach.IncidentID, c breach.ControllerID, by breach.UserID, why string) (people int64, err error) {
	if by == "" || strings.TrimSpace(why) == "" {
		return 0, fmt.Errorf("handing people over: a person and a reason are needed: %w", breach.ErrInvalid)
	}
	if _, err := s.Store.Case(ctx, id, c); err != nil {
		return 0, err
	}
	key, err := s.Store.HandoverKey(ctx, c)
	if errors.Is(err, breach.ErrNotFound) {
		return 0, &breach.RefusedError{Code: "no-key", What: "controller " + string(c), Hint: "record the institution's age recipient first, read back to it on its published number"}
	}
	if err != nil {
		return 0, err
	}
	to, err := Recipient(key.Recipient)
	if err != nil {
		return 0, err
	}
	list, err := s.peopleOf(ctx, id, c)
	if err != nil {
		return 0, err
	}
	people = int64(len(list) - 1)
	if err := s.Store.Audit(ctx, store.Event{Who: string(by), Action: "people.handover", Object: string(id), OK: true,
		Detail: fmt.Sprintf("controller=%s people=%d recipient=%s why=%s", c, people, key.Recipient, why)}); err != nil {
		return 0, err
	}
	sealed, err := age.Encrypt(dst, to)
	if err != nil {
		return 0, fmt.Errorf("sealing the list: %w", err)
	}
	w := csv.NewWriter(sealed)
	err = w.WriteAll(list)
	if err = errors.Join(err, sealed.Close()); err != nil {
		return 0, fmt.Errorf("sealing the list: %w", err)
	}
	return people, nil
}

// Recipient parses the public key of an institution.
func Recipient(key string) (age.Recipient, error) {
	list, err := age.ParseRecipients(strings.NewReader(key))
	if err != nil || len(list) != 1 {
		return nil, &breach.RefusedError{Code: "bad-recipient", What: "key of an institution", Hint: "want one age recipient, age1..."}
	}
	return list[0], nil
}

// peopleOf lists the linked people of a controller, with a header.
func (s *Steps) peopleOf(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([][]string, error) {
	p, err := s.newPlanner(ctx, id)
	if err != nil {
		return nil, err
	}
	lane, err := s.lanePeople(ctx, id, c)
	if err != nil {
		return nil, err
	}
	out := [][]string{{"registry", "person", "name", "given_name", "birth_date", "reached_by_a_human_first"}}
	for _, reg := range p.registries {
		name := reg.Manifest().Name
		var after breach.PersonID
		for more := true; more; {
			page, err := s.Store.Affected(ctx, id, name, p.taken[name].Seq, after, planPage)
			if err != nil {
				return nil, err
			}
			for _, l := range page {
				after = l.Person
				subject, err := p.subject(ctx, reg, l.Person)
				if err != nil {
					return nil, err
				}
				if subject.Controller == c {
					out = append(out, []string{string(name), string(l.Person), subject.Contact.Name, subject.Contact.Given, day(subject.BirthDate),
						fmt.Sprint(lane[l.Person] || subject.Protected)})
				}
			}
			more = len(page) == planPage
		}
	}
	return out, nil
}

// lanePeople are those of a controller whom only a human reaches, whatever has
// become of them, protected in this registry or in another.
func (s *Steps) lanePeople(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (map[breach.PersonID]bool, error) {
	out := map[breach.PersonID]bool{}
	f := store.MessageFilter{Controller: c, Channel: breach.ChannelHuman, Limit: planPage}
	for {
		page, err := s.Store.MessagesOf(ctx, id, f)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			out[m.Subject] = true
		}
		if len(page) < planPage {
			return out, nil
		}
		f.After = page[len(page)-1].Seq
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
