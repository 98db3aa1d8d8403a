package store

import (
	"context"
	"fmt"
	"time"
)

// Sessions keeps console sessions; it is a CtxStore of alexedwards/scs/v2. A
// token is kept as a keyed digest and the data sealed to it, so that a stolen
// database lets nobody in. Sessions are not audited: logging in and out is.
type Sessions struct{ s *Store }

// SessionStore returns the store of console sessions.
func (s *Store) SessionStore() *Sessions { return &Sessions{s} }

func sessionPlace(digest []byte) string { return fmt.Sprintf("session %x", digest) }

// CommitCtx keeps a session until it expires, and drops those that have.
func (x *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	digest := x.s.digest("sessions", token)
	sealed, err := x.s.keys.SealField(data, sessionPlace(digest))
	if err != nil {
		return fmt.Errorf("keeping a session: %w", err)
	}
	if _, err = exec(ctx, x.s.w, `
		INSERT INTO sessions (digest, sealed, expires_at) VALUES ?
		ON CONFLICT (digest) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
		tuples{{digest, sealed, nanos(expiry)}}); err == nil {
		_, err = exec(ctx, x.s.w, `DELETE FROM sessions WHERE expires_at <= ?`, nanos(x.s.now()))
	}
	if err != nil {
		return fmt.Errorf("keeping a session: %w", err)
	}
	return nil
}

// FindCtx returns a session that has not expired.
func (x *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	digest := x.s.digest("sessions", token)
	sealed, err := one(ctx, x.s.r, func(r scanner) (b []byte, err error) { err = r.Scan(&b); return b, err },
		`SELECT sealed FROM sessions WHERE digest = ? AND expires_at > ?`, digest, nanos(x.s.now()))
	if notFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("finding a session: %w", err)
	}
	// One that was tampered with is as if it were not there.
	if data, err := x.s.keys.OpenField(sealed, sessionPlace(digest)); err == nil {
		return data, true, nil
	}
	return nil, false, nil
}

// DeleteCtx ends a session; one that is not there is no error.
func (x *Sessions) DeleteCtx(ctx context.Context, token string) error {
	if _, err := exec(ctx, x.s.w, `DELETE FROM sessions WHERE digest = ?`, x.s.digest("sessions", token)); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// Commit is CommitCtx without a context.
func (x *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, data, expiry)
}

// Find is FindCtx without a context.
func (x *Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Delete is DeleteCtx without a context.
func (x *Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }
