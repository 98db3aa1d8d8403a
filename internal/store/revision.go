package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// Heard is what one recipient has been told so far, over all versions.
type Heard struct {
	Registry  breach.RegistryID
	Subject   breach.PersonID
	Recipient string
	Role      string
	Variant   string
	Told      int              // latest version told by e-mail, letter or a human; 0: none
	Mailed    bool             // some channel that is mailed was planned
	Listed    bool             // waits for a human, about whatever version
	Tried     bool             // something was handed over, or may have been
	Why       string           // of the human channel
	Channels  []breach.Channel // that were planned
}

// After is where the next page of Hearing begins.
func (h Heard) After() [3]string {
	return [3]string{string(h.Registry), string(h.Subject), h.Recipient}
}

// Hearing lists what each recipient of a controller has heard by versions
// before one, ordered by registry, person and recipient, after a place in that
// order.
func (s *Store) Hearing(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, before int, after [3]string, limit int) ([]Heard, error) {
	list, err := all(ctx, s.r, func(r scanner) (h Heard, err error) {
		var mailed, listed, tried, mail, text, post int64
		err = r.Scan(&h.Registry, &h.Subject, &h.Recipient, &h.Role, &h.Variant, &h.Told, &mailed, &listed, &tried, &h.Why, &mail, &text, &post)
		for _, c := range []struct {
			on   int64
			name breach.Channel
		}{{mail, breach.ChannelEmail}, {text, breach.ChannelSMS}, {post, breach.ChannelLetter}} {
			if c.on > 0 {
				h.Channels = append(h.Channels, c.name)
			}
		}
		h.Mailed, h.Listed, h.Tried = mailed > 0, listed > 0, tried > 0
		return h, err
	}, `
		SELECT registry, subject, recipient, max(role), max(variant),
			max(CASE WHEN state IN ('handed_over', 'delivered') AND (channel IN ('email', 'letter') OR provider = ?) THEN notice ELSE 0 END),
			max(CASE WHEN channel <> 'human' THEN 1 ELSE 0 END),
			max(CASE WHEN channel = 'human' AND state = 'listed' THEN 1 ELSE 0 END),
			max(CASE WHEN state IN ('reserved', 'handed_over', 'delivered', 'bounced', 'failed', 'doubt') THEN 1 ELSE 0 END),
			max(CASE WHEN channel = 'human' THEN why ELSE '' END),
			max(CASE WHEN channel = 'email' THEN 1 ELSE 0 END), max(CASE WHEN channel = 'sms' THEN 1 ELSE 0 END), max(CASE WHEN channel = 'letter' THEN 1 ELSE 0 END)
		FROM messages WHERE incident = ? AND controller = ? AND notice < ?
			AND (registry > ? OR registry = ? AND (subject > ? OR subject = ? AND recipient > ?))
		GROUP BY registry, subject, recipient ORDER BY registry, subject, recipient LIMIT ?`,
		ByHand, incident, controller, before, after[0], after[0], after[1], after[1], after[2], bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing who heard what in incident %s: %w", incident, err)
	}
	return list, nil
}

// HeardTotal counts recipients by the version they were told and the variant
// they read; those who were told none wait to be mailed.
type HeardTotal struct {
	Told    int
	Variant string
	N       int64
}

// HeardTotals counts what Hearing lists: recipients told, and those who are not
// and have a channel that is mailed.
func (s *Store) HeardTotals(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, before int) ([]HeardTotal, error) {
	list, err := all(ctx, s.r, func(r scanner) (t HeardTotal, err error) {
		err = r.Scan(&t.Told, &t.Variant, &t.N)
		return t, err
	}, `
		SELECT told, variant, count(told) FROM (
			SELECT max(variant) AS variant, max(CASE WHEN channel = 'human' AND state = 'listed' THEN 1 ELSE 0 END) AS listed,
				max(CASE WHEN channel <> 'human' THEN 1 ELSE 0 END) AS mailed,
				max(CASE WHEN state IN ('handed_over', 'delivered') AND (channel IN ('email', 'letter') OR provider = ?) THEN notice ELSE 0 END) AS told
			FROM messages WHERE incident = ? AND controller = ? AND notice < ? GROUP BY registry, subject, recipient
		) AS recipients WHERE told > 0 OR mailed > 0 AND listed = 0 GROUP BY told, variant ORDER BY told, variant`,
		ByHand, incident, controller, before)
	if err != nil {
		return nil, fmt.Errorf("counting who heard what in incident %s: %w", incident, err)
	}
	return list, nil
}

// StepTotal counts recipients of a plan by the channels they go by.
type StepTotal struct {
	Email, SMS, Letter bool
	N                  int64
}

// PlanSteps counts the recipients of a controller's present plan by their
// channels. A letter that tells several children of one is counted once: the
// others have none.
func (s *Store) PlanSteps(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]StepTotal, error) {
	list, err := all(ctx, s.r, func(r scanner) (t StepTotal, err error) {
		var e, m, l int64
		err = r.Scan(&e, &m, &l, &t.N)
		t.Email, t.SMS, t.Letter = e > 0, m > 0, l > 0
		return t, err
	}, `
		SELECT email, sms, letter, count(email) FROM (
			SELECT max(CASE WHEN channel = 'email' THEN 1 ELSE 0 END) AS email, max(CASE WHEN channel = 'sms' THEN 1 ELSE 0 END) AS sms,
				max(CASE WHEN channel = 'letter' AND joined IN ('', id) THEN 1 ELSE 0 END) AS letter
			FROM messages WHERE incident = ? AND controller = ? AND channel <> 'human'
				AND seq >= (SELECT first_row FROM cases WHERE cases.incident = messages.incident AND cases.controller = messages.controller)
			GROUP BY registry, subject, recipient
		) AS recipients GROUP BY email, sms, letter ORDER BY email, sms, letter`, incident, controller)
	if err != nil {
		return nil, fmt.Errorf("counting the plan of %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}

// PendingRevision is a version of the facts whose plan is not made.
type PendingRevision struct {
	Incident   breach.IncidentID
	Controller breach.ControllerID
	Version    int
}

// PendingRevisions lists the versions that people made after a first plan and
// that no plan is about yet.
func (s *Store) PendingRevisions(ctx context.Context) ([]PendingRevision, error) {
	list, err := all(ctx, s.r, func(r scanner) (p PendingRevision, err error) {
		err = r.Scan(&p.Incident, &p.Controller, &p.Version)
		return p, err
	}, `SELECT cases.incident, cases.controller, max(facts.version) FROM cases
		JOIN facts ON facts.incident = cases.incident AND facts.controller = cases.controller
		WHERE cases.notice > 0 AND cases.plan_hash = ''
		GROUP BY cases.incident, cases.controller ORDER BY cases.incident, cases.controller LIMIT ?`, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing versions to plan: %w", err)
	}
	return list, nil
}

// SupersedePlan makes room for a plan about a later version: what is planned
// about earlier ones, or reserved and still here, is held, and what an attempt
// that was cut has planned about this one is dropped. It returns how many rows
// a provider is being asked to take just now: the caller waits for them, since
// they may yet have been told the earlier version. One reserved since before
// stale is a doubt.
// Whoever waits for a human because a letter was recalled is mailed the later
// version: that is what letters are recalled for.
func (s *Store) SupersedePlan(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, version int, now, stale time.Time) (flying int64, err error) {
	err = s.change(ctx, actor(ctx), "messages.supersede", string(incident), func(u *unit) error {
		c, err := caseOf(ctx, u, incident, controller)
		if err != nil {
			return err
		}
		if c.PlanHash != "" || c.Notice >= version {
			return fmt.Errorf("the plan of %s is about version %d: %w", controller, c.Notice, breach.ErrConflict)
		}
		held, err := exec(ctx, u, `UPDATE messages SET state = 'held', updated_at = ?,
				why = CASE WHEN why = '' THEN 'facts-changed' ELSE why || ',facts-changed' END
			WHERE incident = ? AND controller = ? AND notice < ?
				AND (state = 'planned' OR state = 'reserved' AND waits OR state = 'listed' AND channel = 'human' AND ',' || why || ',' LIKE '%,recalled,%')`, nanos(now), incident, controller, version)
		if err != nil {
			return err
		}
		doubts, err := exec(ctx, u, `UPDATE messages SET state = 'doubt', updated_at = ?, why = why || ',provider-gave-no-answer'
			WHERE incident = ? AND controller = ? AND notice < ? AND state = 'reserved' AND updated_at < ?`,
			nanos(now), incident, controller, version, nanos(stale))
		if err != nil {
			return err
		}
		dropped, err := exec(ctx, u, `DELETE FROM messages WHERE incident = ? AND controller = ? AND notice = ? AND attempts = 0 AND state IN ('planned', 'listed', 'skipped')`,
			incident, controller, version)
		if err != nil {
			return err
		}
		flying, err = one(ctx, u, scanInt, `SELECT count(id) FROM messages WHERE incident = ? AND controller = ? AND notice < ? AND state = 'reserved'`,
			incident, controller, version)
		u.did("controller=%s version=%d held=%d doubts=%d dropped=%d flying=%d", controller, version, held, doubts, dropped, flying)
		u.quiet = held+doubts+dropped == 0
		return err
	})
	return flying, err
}

// PlanTotal counts messages of a plan. Tried are those given to a provider
// once at least.
type PlanTotal struct {
	Total
	Tried int64
}

// PlanTotals counts the mailed rows of each controller's present plan by
// state: those of earlier plans are left out.
func (s *Store) PlanTotals(ctx context.Context, incident breach.IncidentID) ([]PlanTotal, error) {
	list, err := all(ctx, s.r, func(r scanner) (t PlanTotal, err error) {
		err = r.Scan(&t.Controller, &t.Channel, &t.State, &t.N, &t.Tried)
		return t, err
	}, `SELECT messages.controller, messages.channel, messages.state, count(messages.id), sum(CASE WHEN attempts > 0 THEN 1 ELSE 0 END) FROM messages
		JOIN cases ON cases.incident = messages.incident AND cases.controller = messages.controller
		WHERE messages.incident = ? AND messages.channel <> 'human' AND messages.seq >= cases.first_row
		GROUP BY messages.controller, messages.channel, messages.state ORDER BY messages.controller, messages.channel, messages.state`, incident)
	if err != nil {
		return nil, fmt.Errorf("counting the plans of incident %s: %w", incident, err)
	}
	return list, nil
}

// LastTold is the latest version that anybody of a controller was told, 0 none.
func (s *Store) LastTold(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (int, error) {
	n, err := one(ctx, s.r, scanInt, `SELECT COALESCE(max(notice), 0) FROM messages WHERE incident = ? AND controller = ?
		AND state IN ('handed_over', 'delivered') AND channel IN ('email', 'letter')`, incident, controller)
	if err != nil {
		return 0, fmt.Errorf("reading the ledger of incident %s: %w", incident, err)
	}
	return int(n), nil
}
