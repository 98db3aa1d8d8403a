package store

import (
	"context"
	"fmt"

	"vigie/internal/breach"
)

// AddCustody adds a link to the chain of custody of a capture or a dump. The
// store numbers it.
func (s *Store) AddCustody(ctx context.Context, c breach.Custody) error {
	return s.change(ctx, c.Who, "custody."+c.Event, c.Subject, func(u *unit) error {
		last, err := one(ctx, u, scanInt, `SELECT coalesce(max(seq), 0) FROM custody`)
		if err != nil {
			return err
		}
		u.did("custody=%d digest=%s", last+1, c.Digest)
		_, err = exec(ctx, u, `INSERT INTO custody (seq, subject, event, who, why, digest, at) VALUES ?`,
			tuples{{last + 1, c.Subject, c.Event, c.Who, c.Why, c.Digest, nanos(c.At)}})
		return err
	})
}

// Custody lists the chain of custody of a thing, oldest first.
func (s *Store) Custody(ctx context.Context, subject string) ([]breach.Custody, error) {
	list, err := all(ctx, s.r, func(r scanner) (c breach.Custody, err error) {
		err = r.Scan(&c.Seq, &c.Subject, &c.Event, &c.Who, &c.Why, &c.Digest, (*instant)(&c.At))
		return c, err
	}, `SELECT seq, subject, event, who, why, digest, at FROM custody WHERE subject = ? ORDER BY seq`, subject)
	if err != nil {
		return nil, fmt.Errorf("listing the custody of %s: %w", subject, err)
	}
	return list, nil
}
