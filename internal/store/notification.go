package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// AddNotification freezes what was sent to the authority. The first one also
// stops the controller's clock. A complementary one needs an earlier one, and
// none follows the same number twice.
func (s *Store) AddNotification(ctx context.Context, n breach.Notification) error {
	return s.change(ctx, string(n.By), "case.notified", string(n.Incident), func(u *unit) error {
		if n.By == "" || n.Number == "" || n.SentAt.IsZero() || len(n.Form) == 0 ||
			n.Type != breach.NotificationInitial && n.Type != breach.NotificationComplementary && n.Type != breach.NotificationComplete {
			return fmt.Errorf("a type, a number, an hour, a form and a person are needed: %w", breach.ErrInvalid)
		}
		if _, err := caseOf(ctx, u, n.Incident, n.Controller); err != nil {
			return err
		}
		before, err := all(ctx, u, scanNotification, selectNotifications+`WHERE incident = ? AND controller = ? ORDER BY seq`, n.Incident, n.Controller)
		if err != nil {
			return err
		}
		if (len(before) > 0) != (n.Type == breach.NotificationComplementary) {
			return fmt.Errorf("%d notifications were sent before this %s one: %w", len(before), n.Type, breach.ErrConflict)
		}
		if len(before) > 0 && n.SentAt.Before(before[0].SentAt) {
			return fmt.Errorf("a complement precedes what it completes: %w", breach.ErrInvalid)
		}
		n.Seq = len(before) + 1
		u.did("controller=%s type=%s seq=%d version=%d sent=%d", n.Controller, n.Type, n.Seq, n.Version, n.SentAt.Unix())
		if _, err = exec(ctx, u, `INSERT INTO notifications (incident, controller, seq, type, number, sent_at, by_user, at, version, form) VALUES ?`,
			tuples{{n.Incident, n.Controller, n.Seq, n.Type, n.Number, nanos(n.SentAt), n.By, nanos(n.At), n.Version, blob(n.Form)}}); err != nil || n.Seq > 1 {
			return err
		}
		_, err = exec(ctx, u, `UPDATE cases SET notified_at = ?, notified_by = ?, notified_ref = ? WHERE incident = ? AND controller = ?`,
			nanos(n.SentAt), n.By, n.Number, n.Incident, n.Controller)
		return err
	})
}

const selectNotifications = `SELECT incident, controller, seq, type, number, sent_at, by_user, at, version, form FROM notifications `

func scanNotification(r scanner) (n breach.Notification, err error) {
	err = r.Scan(&n.Incident, &n.Controller, &n.Seq, &n.Type, &n.Number, (*instant)(&n.SentAt), &n.By, (*instant)(&n.At), &n.Version, &n.Form)
	return n, err
}

// Notifications lists what a controller sent to the authority, in order.
func (s *Store) Notifications(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Notification, error) {
	list, err := all(ctx, s.r, scanNotification, selectNotifications+`WHERE incident = ? AND controller = ? ORDER BY seq`, incident, controller)
	if err != nil {
		return nil, fmt.Errorf("listing the notifications of %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}

// The kinds of notes on a case.
const (
	NoteAnswers  = "answers"  // to the authority's form
	NoteSeverity = "severity" // factors of the ENISA method
	NoteNobody   = "nobody"   // what becomes of rows that are nobody's whom a registry knows
)

// AddNote keeps a new version of what people state of a case. The same content
// as the last changes nothing.
func (s *Store) AddNote(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, kind string, n breach.Note) error {
	return s.change(ctx, string(n.By), "case.note", string(incident), func(u *unit) error {
		if n.By == "" || n.Reason == "" || len(n.Content) == 0 || kind != NoteAnswers && kind != NoteSeverity && kind != NoteNobody {
			return fmt.Errorf("a content, a reason and a person are needed: %w", breach.ErrInvalid)
		}
		last, err := notes(ctx, u, incident, controller, kind)
		if err != nil {
			return err
		}
		if len(last) > 0 && string(last[len(last)-1].Content) == string(n.Content) {
			u.quiet = true
			return nil
		}
		u.did("controller=%s kind=%s seq=%d", controller, kind, len(last)+1)
		_, err = exec(ctx, u, `INSERT INTO case_notes (incident, controller, kind, seq, by_user, at, reason, content) VALUES ?`,
			tuples{{incident, controller, kind, len(last) + 1, n.By, nanos(n.At), n.Reason, blob(n.Content)}})
		return err
	})
}

// Notes lists the versions of what people state of a case, oldest first.
func (s *Store) Notes(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, kind string) ([]breach.Note, error) {
	list, err := notes(ctx, s.r, incident, controller, kind)
	if err != nil {
		return nil, fmt.Errorf("listing the %s of %s in incident %s: %w", kind, controller, incident, err)
	}
	return list, nil
}

func notes(ctx context.Context, db bun.IDB, incident breach.IncidentID, controller breach.ControllerID, kind string) ([]breach.Note, error) {
	return all(ctx, db, func(r scanner) (n breach.Note, err error) {
		err = r.Scan(&n.Seq, &n.By, (*instant)(&n.At), &n.Reason, &n.Content)
		return n, err
	}, `SELECT seq, by_user, at, reason, content FROM case_notes WHERE incident = ? AND controller = ? AND kind = ? ORDER BY seq`, incident, controller, kind)
}

// RegisterEntry is a breach that another register kept, as JSON.
type RegisterEntry struct {
	ID         string // digest of controller, source and content
	Controller breach.ControllerID
	Source     string
	Content    []byte
	By         string
	At         time.Time
}

// AddRegisterEntries takes breaches in from another register, all or none, and
// tells how many are new: one that is there already changes nothing.
func (s *Store) AddRegisterEntries(ctx context.Context, list []RegisterEntry, by string) (fresh int64, err error) {
	err = s.change(ctx, by, "register.import", "register", func(u *unit) error {
		if by == "" {
			return fmt.Errorf("a person is needed: %w", breach.ErrInvalid)
		}
		for _, e := range list {
			n, err := exec(ctx, u, `INSERT INTO register_entries (id, controller, source, entry, by_user, at) VALUES ? ON CONFLICT DO NOTHING`,
				tuples{{e.ID, e.Controller, e.Source, blob(e.Content), by, nanos(e.At)}})
			if err != nil {
				return err
			}
			fresh += n
		}
		u.did("entries=%d new=%d", len(list), fresh)
		return nil
	})
	return fresh, err
}

// RegisterEntries lists what was taken in, by controller ("" for all).
func (s *Store) RegisterEntries(ctx context.Context, controller breach.ControllerID) ([]RegisterEntry, error) {
	list, err := all(ctx, s.r, func(r scanner) (e RegisterEntry, err error) {
		err = r.Scan(&e.ID, &e.Controller, &e.Source, &e.Content, &e.By, (*instant)(&e.At))
		return e, err
	}, `SELECT id, controller, source, entry, by_user, at FROM register_entries WHERE controller = ? OR ? = '' ORDER BY controller, id`, controller, controller)
	if err != nil {
		return nil, fmt.Errorf("listing the register: %w", err)
	}
	return list, nil
}

// FirstTold returns when the first person of a controller was told by e-mail or
// letter; zero while nobody was.
func (s *Store) FirstTold(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (time.Time, error) {
	at, err := one(ctx, s.r, func(r scanner) (t instant, err error) { err = r.Scan(&t); return t, err },
		`SELECT COALESCE(MIN(updated_at), 0) FROM messages WHERE incident = ? AND controller = ?
			AND state IN ('handed_over', 'delivered') AND channel IN ('email', 'letter') AND provider <> 'hand'`, incident, controller)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when %s first told somebody of incident %s: %w", controller, incident, err)
	}
	return time.Time(at), nil
}
