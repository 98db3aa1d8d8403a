package activity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/authority"
	"vigie/notify/institution"
	"vigie/notify/wording"
)

// logLength bounds how much of the audit log the reasons for a delay look at.
const logLength = 5000

// Dossier gathers what a controller knows when it notifies the authority: its
// facts, what its people answered, the severity they confirmed, what was sent
// before and what the log says of a delay.
func (s *Steps) Dossier(ctx context.Context, id breach.IncidentID, controller breach.ControllerID) (authority.Dossier, error) {
	c, err := s.Store.Case(ctx, id, controller)
	if err != nil {
		return authority.Dossier{}, err
	}
	f, err := s.CurrentFacts(ctx, id, controller)
	if err != nil {
		return authority.Dossier{}, err
	}
	return s.gather(ctx, c, f)
}

func (s *Steps) gather(ctx context.Context, c breach.Case, f notify.Facts) (d authority.Dossier, err error) {
	d = authority.Dossier{Facts: f, Case: c, At: s.Now(), Words: wording.Say}
	for _, step := range []func(context.Context, *authority.Dossier) error{s.answers, s.assessments, s.notified, s.told, s.moments, s.read, s.nobodys} {
		if err := step(ctx, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// read adds what the linter found in the communications.
func (s *Steps) read(ctx context.Context, d *authority.Dossier) (err error) {
	d.Read, err = s.Store.Proofread(ctx, d.Case.Incident, d.Case.Controller)
	return ignoreMissing(err)
}

// nobodys adds what was decided about rows of nobody.
func (s *Steps) nobodys(ctx context.Context, d *authority.Dossier) error {
	n, note, err := s.NobodyDecided(ctx, d.Case.Incident, d.Case.Controller)
	d.Nobody, d.NobodyWhy = n.Decision, note.Reason
	return err
}

func (s *Steps) answers(ctx context.Context, d *authority.Dossier) error {
	list, err := s.Store.Notes(ctx, d.Case.Incident, d.Case.Controller, store.NoteAnswers)
	if err != nil || len(list) == 0 {
		return err
	}
	d.Answers, err = authority.ReadAnswers(bytes.NewReader(list[len(list)-1].Content))
	return err
}

// assessments scores every version of the factors; the last one holds.
func (s *Steps) assessments(ctx context.Context, d *authority.Dossier) error {
	list, err := s.Store.Notes(ctx, d.Case.Incident, d.Case.Controller, store.NoteSeverity)
	if err != nil {
		return err
	}
	for _, n := range list {
		factors, err := authority.ReadFactors(bytes.NewReader(n.Content))
		if err != nil {
			return err
		}
		score, err := authority.Assess(factors)
		if err != nil {
			return err
		}
		d.Factors = &factors
		d.History = append(d.History, authority.Assessment{Seq: n.Seq, By: n.By, At: n.At, Reason: n.Reason, Severity: score})
	}
	return nil
}

func (s *Steps) notified(ctx context.Context, d *authority.Dossier) (err error) {
	if d.Sent, err = s.Store.Notifications(ctx, d.Case.Incident, d.Case.Controller); err != nil {
		return err
	}
	d.NotifiedAt, err = s.Store.Notified(ctx, d.Case.Incident, d.Case.Controller)
	return ignoreMissing(err)
}

// told says who was told, when first, how and in which words.
func (s *Steps) told(ctx context.Context, d *authority.Dossier) error {
	totals, err := s.Store.Told(ctx, d.Case.Incident, d.Case.Controller)
	if err != nil {
		return err
	}
	for _, t := range totals {
		d.Told, d.Elsewhere = t.Told+t.Reached, t.Elsewhere
	}
	if d.Precision, err = s.Store.Precision(ctx, d.Case.Incident, d.Case.Controller); err != nil {
		return err
	}
	if d.ToldAt, err = s.Store.FirstTold(ctx, d.Case.Incident, d.Case.Controller); err != nil {
		return err
	}
	doc, err := wording.Render(d.Facts, notify.Recipient{Role: "self", Variant: notify.VariantAdult, Contact: breach.Contact{Language: i18n.French}})
	if err == nil { // facts with holes have no text yet
		d.Text = string(institution.Text(doc))
	}
	if len(d.Answers.Means) > 0 {
		return nil
	}
	rows, err := s.Store.MessageTotals(ctx, d.Case.Incident, d.Case.Controller)
	if err != nil {
		return err
	}
	for _, ch := range []breach.Channel{breach.ChannelLetter, breach.ChannelEmail, breach.ChannelSMS, breach.ChannelHuman} {
		for _, t := range rows {
			if t.Channel == ch && t.N > 0 && (t.State == breach.MessageHandedOver || t.State == breach.MessageDelivered) {
				d.Answers.Means = append(d.Answers.Means, string(ch))
				break
			}
		}
	}
	return nil
}

// moments reads from the audit log what may explain a delay.
func (s *Steps) moments(ctx context.Context, d *authority.Dossier) error {
	inc, err := s.Store.Incident(ctx, d.Case.Incident)
	if err != nil {
		return err
	}
	d.Log = append(d.Log, authority.Moment{At: inc.OpenedAt, Code: "incident.open"})
	events, err := s.Store.AuditEvents(ctx, string(d.Case.Incident), logLength)
	if err != nil {
		return err
	}
	for _, e := range events {
		code := e.Action
		if stage, ok := strings.CutPrefix(e.Detail, "stage="); ok {
			code = "stage." + stage
		}
		other := strings.Contains(e.Detail, "controller=") && !strings.Contains(e.Detail+" ", "controller="+string(d.Case.Controller)+" ")
		if e.OK && !other {
			d.Log = append(d.Log, authority.Moment{At: e.At, Code: code})
		}
	}
	return nil
}

// dossier writes the notification to the authority for one controller.
func (s *Steps) dossier(ctx context.Context, c breach.Case, f notify.Facts) error {
	d, err := s.gather(ctx, c, f)
	if err != nil {
		return err
	}
	return authority.Write(filepath.Join(s.DossierDir, string(c.Incident), string(c.Controller)), d)
}

// Notify records that a person sent the notification, under the number that the
// authority gave, and freezes the form as it stands: initial or complete first,
// complementary after.
func (s *Steps) Notify(ctx context.Context, id breach.IncidentID, controller breach.ControllerID, sentAt time.Time, number string, by breach.UserID) error {
	d, err := s.Dossier(ctx, id, controller)
	if err != nil {
		return err
	}
	if sentAt.After(s.Now()) {
		return fmt.Errorf("a notification sent in the future: %w", breach.ErrInvalid)
	}
	r, err := authority.Render(d)
	if err != nil {
		return err
	}
	kind := breach.NotificationInitial
	switch {
	case len(d.Sent) > 0:
		kind = breach.NotificationComplementary
	case len(r.Form.Unknown) == 0:
		kind = breach.NotificationComplete
	}
	return s.Store.AddNotification(ctx, breach.Notification{Incident: id, Controller: controller, Type: kind, Number: number, SentAt: sentAt,
		By: by, At: s.Now(), Version: r.Form.Version, Form: r.JSON})
}

// Breaches gathers the register of Art. 33(5): every controller's part of every
// incident, notified or not, and what was taken in from another register.
// controller "" is all of them.
func (s *Steps) Breaches(ctx context.Context, controller breach.ControllerID) ([]authority.Entry, error) {
	incidents, err := s.Store.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	var out []authority.Entry
	for _, inc := range incidents {
		cases, err := s.Store.Cases(ctx, inc.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			if controller != "" && c.Controller != controller || c.PlanHash != "" && c.Persons == 0 {
				continue // another's, or nobody of its own is concerned
			}
			d, err := s.Dossier(ctx, inc.ID, c.Controller)
			if errors.Is(err, breach.ErrNotFound) {
				continue // nothing is known of its part yet
			}
			if err != nil {
				return nil, err
			}
			e, err := authority.NewEntry(d)
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
	}
	taken, err := s.Store.RegisterEntries(ctx, controller)
	if err != nil {
		return nil, err
	}
	for _, t := range taken {
		e := authority.Entry{Controller: t.Controller, Source: t.Source}
		if err := json.Unmarshal(t.Content, &e.Madis); err != nil {
			return nil, fmt.Errorf("register entry %s: %w: %w", t.ID, breach.ErrInvalid, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// TakeIn takes a register of Madis in for one controller; entries that are
// there already change nothing.
func (s *Steps) TakeIn(ctx context.Context, r io.Reader, controller breach.ControllerID, by string) (entries int, fresh int64, err error) {
	list, err := authority.ReadMadis(r)
	if err != nil {
		return 0, 0, err
	}
	var rows []store.RegisterEntry
	for _, e := range list {
		data, err := json.Marshal(e)
		if err != nil {
			return 0, 0, err
		}
		sum := sha256.Sum256([]byte(string(controller) + "\x00madis\x00" + string(data)))
		rows = append(rows, store.RegisterEntry{ID: hex.EncodeToString(sum[:16]), Controller: controller, Source: "madis", Content: data, At: s.Now()})
	}
	fresh, err = s.Store.AddRegisterEntries(ctx, rows, by)
	return len(rows), fresh, err
}
