package app

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
)

// AddUser makes an account of the console with a password and a TOTP secret
// (base 32). It is breach.ErrConflict when the account exists.
func (a *App) AddUser(ctx context.Context, u breach.User, password, totp string, at time.Time) error {
	if _, err := a.Store.User(ctx, u.ID); err == nil {
		return fmt.Errorf("account %s: %w", u.ID, breach.ErrConflict)
	}
	hash, err := console.HashPassword(password)
	if err != nil {
		return fmt.Errorf("account %s: %w", u.ID, err)
	}
	u.PasswordHash, u.TOTP, u.CreatedAt = hash, []byte(totp), at
	return a.Store.AddUser(ctx, u)
}
