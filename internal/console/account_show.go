package console

import (
	"net/http"
	"time"
)

type accountView struct {
	page
	BeganAt, EndsAt time.Time
	Logins          []Event // of this account, newest first
}

// accountShow shows the session and who logged in, or tried to, under this
// account: its owner is the one who can tell what is not theirs.
func (c *console) accountShow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := accountView{page: c.page(r, "account.title"), BeganAt: time.Unix(c.sessions.GetInt64(ctx, keyBegan), 0)}
	v.EndsAt = v.BeganAt.Add(sessionAbsolute)
	events, err := c.Store.AuditEvents(ctx, string(v.User.ID), 50)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Action == "user.login" || e.Action == "login.locked" {
			v.Logins = append(v.Logins, e)
		}
	}
	return c.show(w, http.StatusOK, "account", v)
}
