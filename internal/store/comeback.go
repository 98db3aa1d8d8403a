package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// Revive plans the letters again that were left out because an e-mail had been
// handed over, for those of these messages that have come back since: a mail
// system may accept first and return days later. What a human has taken over,
// and a plan that another has replaced, stays as it is. Again changes nothing.
func (s *Store) Revive(ctx context.Context, returned []breach.MessageID, at time.Time) (n int64, err error) {
	if len(returned) == 0 {
		return 0, nil
	}
	err = s.change(ctx, actor(ctx), "messages.revive", "", func(u *unit) error {
		err := chunks(returned, func(part []breach.MessageID) error {
			list, err := all(ctx, u, scanMessage, selectMessages+`WHERE id IN (?) AND state IN ('bounced', 'failed') AND channel = 'email'`, bun.List(part))
			if err != nil {
				return err
			}
			for _, m := range list {
				done, err := exec(ctx, u, `UPDATE messages SET state = 'planned', why = why || ',came-back', updated_at = ?
					WHERE incident = ? AND controller = ? AND registry = ? AND subject = ? AND recipient = ? AND channel = 'letter' AND notice = ?
						AND state = 'skipped' AND ',' || why || ',' LIKE '%,told-before,%'
						AND EXISTS (SELECT 1 FROM cases WHERE cases.incident = messages.incident AND cases.controller = messages.controller
							AND cases.notice = messages.notice AND cases.plan_hash <> '' AND cases.decision = 'tell')
						AND NOT EXISTS (SELECT 1 FROM messages AS other WHERE other.incident = messages.incident AND other.controller = messages.controller
							AND other.registry = messages.registry AND other.subject = messages.subject AND other.recipient = messages.recipient
							AND other.notice = messages.notice AND other.channel = 'human')`,
					nanos(at), m.Incident, m.Controller, m.Registry, m.Subject, m.Recipient, m.Notice)
				if err != nil {
					return err
				}
				u.event.Object = string(m.Incident)
				n += done
			}
			return nil
		})
		u.did("revived=%d", n)
		u.quiet = n == 0
		return err
	})
	return n, err
}

// CameBack is where a controller's letters lie that Revive has planned again.
type CameBack struct {
	Incident    breach.IncidentID
	Controller  breach.ControllerID
	First, Last int64 // seqs
}

// CameBack lists them, as long as they are planned.
func (s *Store) CameBack(ctx context.Context) ([]CameBack, error) {
	list, err := all(ctx, s.r, func(r scanner) (c CameBack, err error) {
		err = r.Scan(&c.Incident, &c.Controller, &c.First, &c.Last)
		return c, err
	}, `SELECT cases.incident, cases.controller, min(messages.seq), max(messages.seq) FROM cases
		JOIN messages ON messages.incident = cases.incident AND messages.controller = cases.controller
		WHERE messages.channel = 'letter' AND messages.state = 'planned' AND messages.why LIKE '%,came-back'
		GROUP BY cases.incident, cases.controller ORDER BY cases.incident, cases.controller LIMIT ?`, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing letters that follow e-mails that came back: %w", err)
	}
	return list, nil
}
