package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

func sourcePlace(id breach.SourceID) string { return "source " + string(id) }
func pagesPlace(id breach.SourceID) string  { return "pages of source " + string(id) }

// LeaseSource lets one holder visit a source for a while, and nobody else:
// breach.ErrConflict while another holds it. A crawler that was killed holds it
// no longer than that. A lease that ends later than two of its lengths from now
// was written by a clock that has been set back since, and counts for nothing.
// Leases are not audited: what visits keep is.
func (s *Store) LeaseSource(ctx context.Context, id breach.SourceID, holder string, now time.Time, length time.Duration) error {
	until := nanos(now.Add(length))
	n, err := exec(ctx, s.w, `
		INSERT INTO sources (id, holder, until, sealed) VALUES ?
		ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE sources.holder = '' OR sources.until <= ? OR sources.until > ?`,
		tuples{{id, holder, until, []byte{}}}, nanos(now), nanos(now.Add(2*length)))
	if err == nil && n == 0 {
		err = breach.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("leasing source %s: %w", id, err)
	}
	return nil
}

// SourceHolder names who holds a source, "" for nobody.
func (s *Store) SourceHolder(ctx context.Context, id breach.SourceID) (string, error) {
	holder, err := one(ctx, s.r, scanString, `SELECT holder FROM sources WHERE id = ?`, id)
	if notFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the lease of source %s: %w", id, err)
	}
	return holder, nil
}

// TakeSource gives the lease of a holder that is proved to be dead to another,
// once: breach.ErrConflict when it is no longer that one's.
func (s *Store) TakeSource(ctx context.Context, id breach.SourceID, dead, holder string, now time.Time, length time.Duration) error {
	n, err := exec(ctx, s.w, `UPDATE sources SET holder = ?, until = ? WHERE id = ? AND holder = ? AND holder <> ''`, holder, nanos(now.Add(length)), id, dead)
	if err == nil && n == 0 {
		err = breach.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("taking over the lease of source %s: %w", id, err)
	}
	return nil
}

// KeepSource prolongs a lease; breach.ErrConflict when it was lost.
func (s *Store) KeepSource(ctx context.Context, id breach.SourceID, holder string, now time.Time, length time.Duration) error {
	n, err := exec(ctx, s.w, `UPDATE sources SET until = ? WHERE id = ? AND holder = ?`, nanos(now.Add(length)), id, holder)
	if err == nil && n == 0 {
		err = breach.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("keeping the lease of source %s: %w", id, err)
	}
	return nil
}

// LeaveSource ends the lease and keeps what the visit has taught, unless that
// is nil. Who has lost the lease meanwhile keeps nothing: breach.ErrConflict.
func (s *Store) LeaveSource(ctx context.Context, id breach.SourceID, holder string, memory []byte) error {
	set, args := `holder = ''`, []any{id, holder}
	if memory != nil {
		sealed, err := s.keys.SealField(memory, sourcePlace(id))
		if err != nil {
			return fmt.Errorf("leaving source %s: %w", id, err)
		}
		set, args = `holder = '', sealed = ?`, []any{sealed, id, holder}
	}
	n, err := exec(ctx, s.w, `UPDATE sources SET `+set+` WHERE id = ? AND holder = ?`, args...)
	if err == nil && n == 0 {
		err = breach.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("leaving source %s: %w", id, err)
	}
	return nil
}

// KeepTaught keeps what a source's pages have taught, for the holder of the
// lease; breach.ErrConflict when it was lost.
func (s *Store) KeepTaught(ctx context.Context, id breach.SourceID, holder string, taught []byte) error {
	sealed, err := s.keys.SealField(taught, pagesPlace(id))
	if err != nil {
		return fmt.Errorf("keeping the pages of source %s: %w", id, err)
	}
	n, err := exec(ctx, s.w, `UPDATE sources SET pages = ? WHERE id = ? AND holder = ?`, sealed, id, holder)
	if err == nil && n == 0 {
		err = breach.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("keeping the pages of source %s: %w", id, err)
	}
	return nil
}

// Taught returns what a source's pages have taught, nil for nothing yet.
func (s *Store) Taught(ctx context.Context, id breach.SourceID) ([]byte, error) {
	sealed, err := one(ctx, s.r, func(r scanner) (b []byte, err error) { err = r.Scan(&b); return b, err }, `SELECT pages FROM sources WHERE id = ?`, id)
	if notFound(err) || err == nil && len(sealed) == 0 {
		return nil, nil
	}
	var taught []byte
	if err == nil {
		taught, err = s.keys.OpenField(sealed, pagesPlace(id))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the pages of source %s: %w", id, err)
	}
	return taught, nil
}

// NoteSession enters in the audit log that a person handed over a log-in
// session of a source, and who had allowed it.
func (s *Store) NoteSession(ctx context.Context, id breach.SourceID, by breach.UserID, cookies int, allowed string) error {
	return s.change(ctx, string(by), "source.session", string(id), func(u *unit) error {
		u.did("cookies=%d allowed=%q", cookies, allowed)
		return nil
	})
}

// SourceMemories returns what visits have taught, by source.
func (s *Store) SourceMemories(ctx context.Context) (map[breach.SourceID][]byte, error) {
	type row struct {
		id     breach.SourceID
		sealed []byte
	}
	rows, err := all(ctx, s.r, func(r scanner) (x row, err error) { err = r.Scan(&x.id, &x.sealed); return x, err },
		`SELECT id, sealed FROM sources ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("reading what is known of sources: %w", err)
	}
	out := map[breach.SourceID][]byte{}
	for _, x := range rows {
		if len(x.sealed) == 0 {
			continue
		}
		if out[x.id], err = s.keys.OpenField(x.sealed, sourcePlace(x.id)); err != nil {
			return nil, fmt.Errorf("reading what is known of source %s: %w", x.id, err)
		}
	}
	return out, nil
}
