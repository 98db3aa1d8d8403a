package console

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"vigie/internal/breach"
)

// How long a session lasts (ASVS 5.0, 7.3).
const (
	sessionIdle     = 30 * time.Minute
	sessionAbsolute = 10 * time.Hour
)

// What a session holds: an account's ID, when it began, when it was last used.
const (
	keyUser  = "user"
	keyBegan = "began"
	keySeen  = "seen"
)

func newSessions(cfg Config) *scs.SessionManager {
	m := scs.New()
	m.Store = cfg.Sessions
	m.Lifetime, m.IdleTimeout = sessionAbsolute, sessionIdle
	m.Cookie.Name, m.Cookie.Path = "vigie", "/"
	m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Secure = true, http.SameSiteLaxMode, cfg.Secure
	m.Cookie.Persist = false
	if cfg.Secure {
		m.Cookie.Name = "__Host-vigie"
	}
	return m
}

// open begins a session for an account under a fresh token.
func (c *console) open(ctx context.Context, id breach.UserID) error {
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	now := c.Now().Unix()
	c.sessions.Put(ctx, keyUser, string(id))
	c.sessions.Put(ctx, keyBegan, now)
	c.sessions.Put(ctx, keySeen, now)
	return nil
}

// current returns the account of the session, or ok false when there is none,
// it has expired, or the account was disabled since. A page that polls does
// not keep a session alive.
func (c *console) current(r *http.Request) (u breach.User, ok bool, err error) {
	ctx := r.Context()
	id := breach.UserID(c.sessions.GetString(ctx, keyUser))
	if id == "" {
		return u, false, nil
	}
	now := c.Now()
	began, seen := time.Unix(c.sessions.GetInt64(ctx, keyBegan), 0), time.Unix(c.sessions.GetInt64(ctx, keySeen), 0)
	if now.Sub(began) >= sessionAbsolute || now.Sub(seen) >= sessionIdle {
		return u, false, c.sessions.Destroy(ctx)
	}
	if u, err = c.Store.User(ctx, id); err != nil || u.Disabled {
		if err != nil && !isKind(err, breach.ErrNotFound) {
			return u, false, err
		}
		return u, false, c.sessions.Destroy(ctx)
	}
	if !polling(r) {
		c.sessions.Put(ctx, keySeen, now.Unix())
	}
	return u, true, nil
}

func polling(r *http.Request) bool { return r.Header.Get("HX-Trigger") == "live" }

type userKey struct{}

// who returns the account that a guarded handler serves.
func who(r *http.Request) breach.User {
	u, _ := r.Context().Value(userKey{}).(breach.User)
	return u
}
