package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/console"
)

// account is an invented member of the team or of a controller. Passwords and
// TOTP secrets are random for each data directory.
type account struct {
	User     breach.User `json:"user"`
	Password string      `json:"password"`
	TOTP     string      `json:"totp"` // base 32 secret
	URL      string      `json:"url"`  // otpauth:// for an authenticator
}

// cast lists who plays: the watch team, and one person of each controller.
func cast(controllers []breach.Controller) []breach.User {
	team := []breach.User{
		{ID: "camille", Name: "Camille Desroches", Roles: []breach.Role{breach.RoleAnalyst}},
		{ID: "noa", Name: "Noa Belkhir", Roles: []breach.Role{breach.RoleReviewer}},
		{ID: "sacha", Name: "Sacha Le Goff", Roles: []breach.Role{breach.RoleApprover}},
		{ID: "admin", Name: "Alix Tremblay", Roles: []breach.Role{breach.RoleAdmin}},
	}
	for i, c := range controllers {
		team = append(team, breach.User{
			ID: breach.UserID(fmt.Sprintf("dpo%d", i+1)), Name: "DPO, " + c.Name,
			Roles: []breach.Role{breach.RoleController}, Controller: c.ID,
		})
	}
	return team
}

// hire makes the accounts, or finds those of an earlier start.
func hire(ctx context.Context, a *app.App, dir string, controllers []breach.Controller) (map[breach.UserID]account, error) {
	path := filepath.Join(dir, "accounts.json")
	out := map[breach.UserID]account{}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reading the demo's accounts: %w", err)
	}
	if len(out) == 0 {
		for _, u := range cast(controllers) {
			secret, url, err := console.NewTOTP(u.ID)
			if err != nil {
				return nil, err
			}
			out[u.ID] = account{User: u, Password: breach.NewID("pw"), TOTP: secret, URL: url}
		}
		if raw, err = json.MarshalIndent(out, "", "  "); err != nil {
			return nil, err
		}
		if err := writeFile(path, raw); err != nil {
			return nil, err
		}
	}
	for _, acc := range out {
		err := a.AddUser(ctx, acc.User, acc.Password, acc.TOTP, time.Now().UTC())
		if err != nil && !errors.Is(err, breach.ErrConflict) {
			return nil, fmt.Errorf("making account %s: %w", acc.User.ID, err)
		}
	}
	return out, nil
}
