package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"

	"vigie/internal/breach"
)

func userPlace(id breach.UserID) string { return "user " + string(id) + " totp" }

// AddUser adds an account; an ID that is taken is a conflict. The log-in
// secret is sealed here, whatever the caller did to it before.
func (s *Store) AddUser(ctx context.Context, x breach.User) error {
	return s.change(ctx, actor(ctx), "user.add", string(x.ID), func(u *unit) error {
		if x.ID == "" || len(x.ID) > 64 {
			return fmt.Errorf("an account needs an ID of at most 64 bytes: %w", breach.ErrInvalid)
		}
		sealed, err := s.keys.SealField(x.TOTP, userPlace(x.ID))
		if err != nil {
			return err
		}
		n, err := exec(ctx, u, `
			INSERT INTO users (id, name, roles, controller, password_hash, sealed, totp_step, disabled, created_at) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{x.ID, x.Name, document(x.Roles), x.Controller, x.PasswordHash, sealed, x.TOTPStep, x.Disabled, nanos(x.CreatedAt)}})
		if err == nil && n == 0 {
			err = fmt.Errorf("the account exists: %w", breach.ErrConflict)
		}
		u.did("roles=%s controller=%s", document(x.Roles), x.Controller)
		return err
	})
}

const selectUsers = `SELECT id, name, roles, controller, password_hash, sealed, totp_step, disabled, created_at FROM users `

func (s *Store) scanUser(r scanner) (u breach.User, err error) {
	var sealed []byte
	if err := r.Scan(&u.ID, &u.Name, parsed{&u.Roles}, &u.Controller, &u.PasswordHash, &sealed, &u.TOTPStep, &u.Disabled, (*instant)(&u.CreatedAt)); err != nil {
		return u, err
	}
	u.TOTP, err = s.keys.OpenField(sealed, userPlace(u.ID))
	return u, err
}

// User returns one account, disabled or not.
func (s *Store) User(ctx context.Context, id breach.UserID) (breach.User, error) {
	u, err := one(ctx, s.r, s.scanUser, selectUsers+`WHERE id = ?`, id)
	if err != nil {
		return u, fmt.Errorf("reading an account: %w", err) // what was typed may be a password
	}
	return u, nil
}

// Users lists accounts by ID.
func (s *Store) Users(ctx context.Context) ([]breach.User, error) {
	list, err := all(ctx, s.r, s.scanUser, selectUsers+`ORDER BY id LIMIT ?`, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return list, nil
}

// DisableUser shuts an account for good: what it decided stays.
func (s *Store) DisableUser(ctx context.Context, id breach.UserID) error {
	return s.change(ctx, actor(ctx), "user.disable", string(id), func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE users SET disabled = ? WHERE id = ?`, true, id)
		if err == nil && n == 0 {
			err = breach.ErrNotFound
		}
		return err
	})
}

// UseTOTP spends the time step of a code: a code works once, and none older
// than the last one used.
func (s *Store) UseTOTP(ctx context.Context, id breach.UserID, step int64) error {
	return s.change(ctx, string(id), "user.totp", string(id), func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE users SET totp_step = ? WHERE id = ? AND totp_step < ?`, step, id, step)
		if err != nil || n == 1 {
			return err
		}
		if _, err := one(ctx, u, scanString, `SELECT id FROM users WHERE id = ?`, id); err != nil {
			return err
		}
		return fmt.Errorf("the code was used already: %w", breach.ErrConflict)
	})
}

// RecordLogin keeps an attempt to log in. People type passwords into the wrong
// field, so a name that is no account is kept as a keyed digest only.
func (s *Store) RecordLogin(ctx context.Context, id breach.UserID, ok bool, at time.Time) error {
	return s.change(ctx, "unknown", "user.login", "unknown", func(u *unit) error {
		known, err := all(ctx, u, scanString, `SELECT id FROM users WHERE id = ?`, id)
		if err != nil {
			return err
		}
		u.event.OK = ok
		if len(known) > 0 {
			u.event.Who, u.event.Object = known[0], known[0]
		}
		_, err = exec(ctx, u, `INSERT INTO logins (digest, at, ok) VALUES ?`, tuples{{s.digest("logins", string(id)), nanos(at), ok}})
		return err
	})
}

// RecentFailures counts the failed attempts since an instant, and since the
// last one that succeeded.
func (s *Store) RecentFailures(ctx context.Context, id breach.UserID, since time.Time) (int, error) {
	d := s.digest("logins", string(id))
	n, err := one(ctx, s.r, scanInt, `
		SELECT count(at) FROM logins WHERE digest = ? AND ok = ? AND at >= ?
		AND at > coalesce((SELECT max(at) FROM logins WHERE digest = ? AND ok = ?), 0)`, d, false, nanos(since), d, true)
	if err != nil {
		return 0, fmt.Errorf("counting attempts to log in: %w", err)
	}
	return int(n), nil
}

// digest is a keyed digest of something that is looked up but not kept.
func (s *Store) digest(purpose, value string) []byte {
	mac := hmac.New(sha256.New, s.keys.Secret("store "+purpose))
	mac.Write([]byte(value))
	return mac.Sum(nil)
}
