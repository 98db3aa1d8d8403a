package store

import (
	"context"
	"time"
)

// clockSlack is how far the clock may go back between two entries of the audit
// log: time services correct small errors in steps.
const clockSlack = 10 * time.Second

// VerifyAudit reads the whole audit log and recomputes its chain and its tree.
// With a checkpoint it also finds what the log alone cannot show: that its end
// was cut, or that it was rewritten with all its hashes.
func (s *Store) VerifyAudit(ctx context.Context, checkpoint []byte) (LogReport, error) {
	return s.verify(ctx, auditLog, checkpoint, clockSlack, s.readAudit)
}

// readAudit gives the log in order.
func (s *Store) readAudit(ctx context.Context, give func(stored)) error {
	rows, err := s.r.QueryContext(ctx, `SELECT seq, at, who, action, object, detail, ok, prev, nodes FROM audit ORDER BY seq`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var e Event
		var n nodes
		if err := rows.Scan(&e.Seq, (*instant)(&e.At), &e.Who, &e.Action, &e.Object, &e.Detail, &e.OK, &n.prev, &n.nodes); err != nil {
			return err
		}
		give(stored{e.Seq, e.At, e, n})
	}
	return rows.Err()
}
