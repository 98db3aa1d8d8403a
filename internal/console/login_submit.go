package console

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"vigie/internal/breach"
)

// Guessing: this many failures within this time lock an account's log-in.
const (
	maxFailures = 5
	lockTime    = 60 * time.Second
)

type accountStore interface {
	// User returns an account with its one-time code secret opened.
	User(ctx context.Context, id breach.UserID) (breach.User, error)
	UseTOTP(ctx context.Context, id breach.UserID, step int64) error
	// RecordLogin and RecentFailures serve unknown accounts as well.
	RecordLogin(ctx context.Context, id breach.UserID, ok bool, at time.Time) error
	RecentFailures(ctx context.Context, id breach.UserID, since time.Time) (int, error)
}

// gate bounds how many passwords are checked at once: each takes 64 MiB.
type gate struct {
	slots chan struct{}
	decoy string // hash of nobody's password, so that unknown accounts cost the same
}

func (g *gate) init() {
	g.slots = make(chan struct{}, 2)
	g.decoy = decoy(passwordCost)
}

func (g *gate) check(ctx context.Context, phc, password string) (bool, error) {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-g.slots }()
	return checkPassword(phc, password)
}

type loginView struct {
	page
	Refused bool
}

func (c *console) loginShow(w http.ResponseWriter, r *http.Request) error {
	if who(r).ID != "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	return c.show(w, http.StatusOK, "login", loginView{page: c.page(r, "login.title")})
}

// loginSubmit answers the same to a wrong password, a wrong or used code, an
// unknown or disabled account and a locked one, after the same work.
func (c *console) loginSubmit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id := breach.UserID(r.PostForm.Get("user"))
	ok, err := c.authenticate(ctx, id, r.PostForm.Get("password"), r.PostForm.Get("code"))
	if err != nil {
		return err
	}
	if !ok {
		v := loginView{page: c.page(r, "login.title"), Refused: true}
		v.Path = "/login"
		return c.show(w, http.StatusUnauthorized, "login", v)
	}
	if err := c.open(ctx, id); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

var userShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func (c *console) authenticate(ctx context.Context, id breach.UserID, password, code string) (bool, error) {
	if !userShape.MatchString(string(id)) || password == "" || len(password) > maxPassword {
		return false, nil // nobody's, for known and unknown accounts alike; kept nowhere
	}
	u, known, err := c.account(ctx, id)
	if err != nil {
		return false, err
	}
	right, locked, err := c.passwordOf(ctx, u, password)
	if err != nil {
		return false, err
	}
	if locked { // not recorded as a failure, or a lock would never end under attack
		return false, c.Auditor.Audit(ctx, u.ID, "login.locked", string(u.ID), "")
	}
	ok := right && known && !u.Disabled
	if ok {
		if ok, err = c.useCode(ctx, u, code); err != nil {
			return false, err
		}
	}
	return ok, c.Store.RecordLogin(ctx, u.ID, ok, c.Now())
}

// account finds an account, or the decoy that stands for unknown ones.
func (c *console) account(ctx context.Context, id breach.UserID) (breach.User, bool, error) {
	u, err := c.Store.User(ctx, id)
	if errors.Is(err, breach.ErrNotFound) {
		return breach.User{ID: id, PasswordHash: c.gate.decoy}, false, nil
	}
	return u, err == nil, err
}

// passwordOf checks a password and whether the account is locked. The work is
// done in either case.
func (c *console) passwordOf(ctx context.Context, u breach.User, password string) (right, locked bool, err error) {
	n, err := c.Store.RecentFailures(ctx, u.ID, c.Now().Add(-lockTime))
	if err != nil {
		return false, false, err
	}
	right, err = c.gate.check(ctx, u.PasswordHash, password)
	return right, n >= maxFailures, err
}

// useCode checks a one-time code and uses it up.
func (c *console) useCode(ctx context.Context, u breach.User, code string) (bool, error) {
	step, ok := matchTOTP(string(u.TOTP), code, c.Now())
	if !ok || step <= u.TOTPStep {
		return false, nil
	}
	err := c.Store.UseTOTP(ctx, u.ID, step)
	if isKind(err, breach.ErrConflict) {
		return false, nil // somebody was faster with the same code
	}
	return err == nil, err
}

func (c *console) logoutSubmit(w http.ResponseWriter, r *http.Request) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
