package activity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/duty"
	"vigie/workflows"
)

// Duties is what waking people needs beside the store. The zero value wakes
// nobody.
type Duties struct {
	Directory *duty.Directory
	Channels  map[breach.Channel]notify.Channel
	From      string // who writes
	Console   string // address of the console, with a slash at its end
	// Start starts the workflow of an alert's duty; nil where no engine runs: the
	// next start of the program makes up for it.
	Start func(ctx context.Context, id breach.AlertID) error
}

// wake opens the duty of an alert that the policy says is worth it, and starts
// its workflow. A repeat after a crash starts what the first could not.
func (s *Steps) wake(ctx context.Context, id breach.AlertID) error {
	dir := s.Duties.Directory
	if dir == nil || dir.Policy.Auto == "" {
		return nil
	}
	a, err := s.Store.Alert(ctx, id)
	if errors.Is(err, breach.ErrNotFound) {
		return nil // a repeat of another alert's event
	}
	if err != nil || a.State != breach.AlertNew || !a.Urgency.AtLeast(dir.Policy.Auto) || s.Now().Sub(a.RaisedAt) > 24*time.Hour {
		return err
	}
	if _, err := s.Store.OpenDuty(ctx, id, "", s.Now()); err != nil {
		return err
	}
	d, err := s.Store.Duty(ctx, id)
	if err != nil || !d.Open() || s.Duties.Start == nil {
		return err
	}
	return s.Duties.Start(ctx, id)
}

// Duty says which rung of an alert's escalation is due and when, and closes an
// escalation that nobody answered.
func (s *Steps) Duty(ctx context.Context, in workflows.DutyInput) (workflows.DutyState, error) {
	closed := workflows.DutyState{Closed: true}
	d, a, ladder, err := s.ladder(ctx, in.Alert)
	if err != nil || !d.Open() {
		return closed, kind(err)
	}
	pages, err := s.Store.Pages(ctx, in.Alert)
	if err != nil {
		return closed, kind(err)
	}
	rung, at, ok := s.Duties.Directory.Policy.Next(a, d, pages, len(ladder), i18n.Paris())
	if !ok && !at.After(s.Now()) {
		s.Log.Error("nobody answered", "alert", in.Alert, "rungs", len(ladder))
		return closed, kind(s.Store.EndDuty(ctx, in.Alert, s.Now()))
	}
	if !ok { // the last rung still has its time
		return workflows.DutyState{Rung: rung, DueUnix: at.Unix() + 1}, nil
	}
	return workflows.DutyState{Rung: rung, DueUnix: at.Unix()}, nil
}

func (s *Steps) ladder(ctx context.Context, id breach.AlertID) (breach.Duty, breach.Alert, []duty.Rung, error) {
	if s.Duties.Directory == nil {
		return breach.Duty{}, breach.Alert{}, nil, fmt.Errorf("no duty directory is configured: %w", breach.ErrInvalid)
	}
	d, err := s.Store.Duty(ctx, id)
	if err != nil {
		return d, breach.Alert{}, nil, err
	}
	a, err := s.Store.Alert(ctx, id)
	return d, a, s.Duties.Directory.Ladder(a, d.OpenedBy != ""), err
}

// Wake pages everybody on a rung. Each page is durable before it is handed
// over; after a crash it is handed over again, since a second ring harms less
// than none. What a carrier refuses is kept as a fault; the next rung follows.
func (s *Steps) Wake(ctx context.Context, in workflows.WakeInput) error {
	d, a, ladder, err := s.ladder(ctx, in.Alert)
	if err != nil || !d.Open() || len(ladder) == 0 {
		return kind(err)
	}
	done := map[string]breach.Page{}
	pages, err := s.Store.Pages(ctx, in.Alert)
	if err != nil {
		return kind(err)
	}
	for _, p := range pages {
		done[p.ID] = p
	}
	rung := ladder[in.Rung%len(ladder)]
	var failed error
	for i, c := range rung.Contacts {
		for _, ch := range c.Channels() {
			id := "page_" + s.Keys.Digest("page", string(a.ID), fmt.Sprint(in.Rung, i), string(ch))[:20]
			p, there := done[id]
			if !there {
				p = breach.Page{ID: id, Alert: a.ID, Rung: in.Rung, Role: rung.Role, Channel: ch, Code: s.CodeDigest(s.code(id)), At: s.Now()}
			}
			if p.Ref == "" {
				failed = errors.Join(failed, s.page(ctx, p, a, c))
			}
		}
	}
	return kind(failed)
}

func (s *Steps) page(ctx context.Context, p breach.Page, a breach.Alert, c duty.Contact) error {
	if err := s.Store.SavePage(ctx, p); err != nil {
		return err
	}
	channel, ok := s.Duties.Channels[p.Channel]
	if !ok {
		p.Fault = "no-carrier"
		return s.Store.SavePage(ctx, p)
	}
	ref, err := channel.Send(ctx, c.Envelope(p.ID, a, s.Duties.From, s.Duties.Console, s.code(p.ID), p.At))
	switch {
	case err == nil:
		p.Ref, p.Fault = ref, ""
	case errors.Is(err, breach.ErrInvalid):
		p.Fault, err = "refused", nil
	default:
		p.Fault = "temporary"
		err = fmt.Errorf("page %s: %w", p.ID, breach.ErrTemporary)
	}
	return errors.Join(err, s.Store.SavePage(ctx, p))
}

// codeAlphabet is Crockford's base 32: no letter that is taken for another.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// code is a page's one-time code: 100 bits that follow from the page under our
// key, so that a repeat after a crash says the same.
func (s *Steps) code(page string) string {
	raw := s.Keys.Digest("page code", page)
	out := make([]byte, 0, 20)
	for i := 0; len(out) < 20; i++ {
		// Five bits at a time of the 128 that the digest's hex holds.
		bit := i * 5
		v := 0
		for b := bit; b < bit+5; b++ {
			n := hexValue(raw[b/4])
			v = v<<1 | n>>(3-b%4)&1
		}
		out = append(out, codeAlphabet[v])
	}
	return string(out)
}

func hexValue(c byte) int {
	if c >= 'a' {
		return int(c-'a') + 10
	}
	return int(c - '0')
}

// CodeDigest is what the store keeps of a code, however it is typed: in small
// letters, with hyphens or spaces, with O for 0 and I or L for 1.
func (s *Steps) CodeDigest(code string) string {
	var out []byte
	for _, c := range []byte(code) {
		switch {
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c == '-' || c == ' ':
			continue
		}
		switch c {
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		if out = append(out, c); len(out) > 64 {
			break
		}
	}
	return s.Keys.Digest("page answer", string(out))
}
