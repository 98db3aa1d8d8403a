package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
)

// userCmd manages accounts.
type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Make an account; prints its password and its TOTP address once."`
	List    userListCmd    `cmd:"" help:"List the accounts."`
	Disable userDisableCmd `cmd:"" help:"Disable an account at once."`
}

type userAddCmd struct {
	Name       string   `arg:"" help:"Log-in name."`
	Full       string   `help:"Name of the person." placeholder:"TEXT"`
	Role       []string `help:"Role: analyst, reviewer, approver, controller, admin (may be repeated)." required:"" placeholder:"ROLE"`
	Controller string   `help:"Controller of a controller account." placeholder:"ID"`
}

// Help shows an example.
func (userAddCmd) Help() string {
	return "Example:\n  vigie user add camille --full \"Camille Desroches\" --role analyst"
}

var allRoles = []breach.Role{breach.RoleAnalyst, breach.RoleReviewer, breach.RoleApprover, breach.RoleController, breach.RoleAdmin}

// Run makes the account.
func (c userAddCmd) Run(s *session) error {
	u := breach.User{ID: breach.UserID(c.Name), Name: c.Full, Controller: breach.ControllerID(c.Controller)}
	for _, r := range c.Role {
		if !slices.Contains(allRoles, breach.Role(r)) {
			return usageError{fmt.Errorf("role %q: want one of %v", r, allRoles)}
		}
		u.Roles = append(u.Roles, breach.Role(r))
	}
	if u.Has(breach.RoleController) != (u.Controller != "") {
		return usageError{fmt.Errorf("a controller account needs --role controller and --controller ID")}
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	secret, url, err := console.NewTOTP(u.ID)
	if err != nil {
		return err
	}
	password := strings.TrimPrefix(breach.NewID("p"), "p_")
	if err := a.AddUser(s, u, password, secret, time.Now().UTC()); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.std.Out, "account   %s\npassword  %s\ntotp      %s\n", u.ID, password, url)
	return nil
}

type userListCmd struct {
	JSON bool `help:"One JSON object a line."`
}

// Help shows an example.
func (userListCmd) Help() string { return "Example:\n  vigie user list --json" }

// Run lists the accounts.
func (c userListCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := a.Store.Users(s)
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	for _, u := range list {
		if c.JSON {
			if err := enc.Encode(u); err != nil {
				return err
			}
			continue
		}
		state := "active"
		if u.Disabled {
			state = "disabled"
		}
		_, _ = fmt.Fprintf(s.std.Out, "%-16s %-9s %v %s\n", u.ID, state, u.Roles, u.Controller)
	}
	return nil
}

type userDisableCmd struct {
	Name string `arg:"" help:"Log-in name."`
}

// Help shows an example.
func (userDisableCmd) Help() string {
	return "Its sessions end at once; what it decided stays.\n\nExample:\n  vigie user disable camille"
}

// Run disables the account.
func (c userDisableCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.Store.DisableUser(s, breach.UserID(c.Name))
}
