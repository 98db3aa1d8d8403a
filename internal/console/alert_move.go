package console

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"vigie/internal/breach"
)

type alertMover interface {
	MoveAlert(ctx context.Context, id breach.AlertID, m breach.AlertMove) error
	RecordTold(ctx context.Context, id breach.AlertID, by breach.UserID, at time.Time, url string) error
}

func alertPath(r *http.Request) (breach.AlertID, string) {
	id := breach.AlertID(r.PathValue("alert"))
	return id, "/alerts/" + string(id)
}

func (c *console) move(w http.ResponseWriter, r *http.Request, done string, m breach.AlertMove) error {
	id, here := alertPath(r)
	m.By, m.At = who(r).ID, c.Now().UTC()
	err := c.Store.MoveAlert(r.Context(), id, m)
	if err == nil {
		c.nudgeDuty(r.Context(), id)
	}
	return answer(w, r, here, done, err)
}

// alertSeen says that somebody has the alert in hand. It answers a page too.
func (c *console) alertSeen(w http.ResponseWriter, r *http.Request) error {
	return c.move(w, r, "seen", breach.AlertMove{To: breach.AlertSeen})
}

// alertTrue confirms an alert without fetching anything.
func (c *console) alertTrue(w http.ResponseWriter, r *http.Request) error {
	reason, _ := field(r, "reason")
	return c.move(w, r, "sure", breach.AlertMove{To: breach.AlertConfirmed, Reason: reason})
}

// alertDismiss closes an alert with a code, and words where the code says none.
func (c *console) alertDismiss(w http.ResponseWriter, r *http.Request) error {
	_, here := alertPath(r)
	reason, _ := field(r, "reason")
	m := breach.AlertMove{To: breach.AlertDismissed, Code: r.PostForm.Get("code"), Reason: reason}
	if m.Code == "" || m.Code == breach.DismissOther && reason == "" {
		return back(w, r, here, "err", "reason")
	}
	return c.move(w, r, "dismissed", m)
}

// alertHand says to which body or service an alert was handed over.
func (c *console) alertHand(w http.ResponseWriter, r *http.Request) error {
	_, here := alertPath(r)
	to, ok := field(r, "to")
	if !ok {
		return back(w, r, here, "err", "handed")
	}
	reason, _ := field(r, "reason")
	return c.move(w, r, "handed", breach.AlertMove{To: breach.AlertHanded, Handed: to, Reason: reason})
}

// alertTold records that the body itself has told the public.
func (c *console) alertTold(w http.ResponseWriter, r *http.Request) error {
	id, here := alertPath(r)
	at, ok := instant(r, "at")
	link, ok2 := field(r, "url")
	u, err := url.Parse(link)
	if !ok || !ok2 || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || at.After(c.Now()) {
		return back(w, r, here, "err", "told")
	}
	return answer(w, r, here, "told", c.Store.RecordTold(r.Context(), id, who(r).ID, at, u.String()))
}
