package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type dutyStore interface {
	OpenDuty(ctx context.Context, id breach.AlertID, by breach.UserID, at time.Time) (bool, error)
	Duty(ctx context.Context, id breach.AlertID) (breach.Duty, error)
	Pages(ctx context.Context, id breach.AlertID) ([]breach.Page, error)
	AnswerPage(ctx context.Context, code string, at time.Time) (breach.AlertID, error)
	Reports(ctx context.Context, alert breach.AlertID, limit int) ([]breach.Report, error)
	ReportContact(ctx context.Context, id string, by breach.UserID, why string) (string, error)
}

// Wake is somebody an alert would wake, by function.
type Wake struct {
	Role, Name string
	Channels   []breach.Channel
}

// Concerned is a body that an alert on its supplier or software concerns, and
// why. One without name stands for every body of its kind.
type Concerned struct{ Name, Kind, Code, Why string }

// answersHour is how many codes may be tried an hour from one address, and
// answersAll from everywhere: a code has 100 bits.
const (
	answersHour = 20
	answersAll  = 1000
)

// alertWake begins to wake the people of a body, as a person decides.
func (c *console) alertWake(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, here := alertPath(r)
	a, err := c.Store.Alert(ctx, id)
	if err != nil {
		return err
	}
	if len(c.Wakes(a)) == 0 {
		return back(w, r, here, "err", "nobody")
	}
	opened, err := c.Store.OpenDuty(ctx, id, who(r).ID, c.Now().UTC())
	if err != nil {
		return answer(w, r, here, "", err)
	}
	if !opened {
		return back(w, r, here, "err", "conflict")
	}
	if err := c.StartDuty(ctx, id); err != nil {
		c.Log.ErrorContext(ctx, "starting the duty", "alert", id, "error", err)
		return back(w, r, here, "err", "start_duty")
	}
	return back(w, r, here, "done", "waking")
}

type answerView struct {
	page
	Outcome string // "", taken, used, unknown, busy
}

// answerShow is where the code of a page is given. Opening it answers nothing:
// what reads e-mail for people opens addresses too.
func (c *console) answerShow(w http.ResponseWriter, r *http.Request) error {
	v := answerView{page: c.page(r, "ack.title")}
	v.Path = "/ack"
	return c.show(w, http.StatusOK, "ack", v)
}

func (c *console) answerSubmit(w http.ResponseWriter, r *http.Request) error {
	v := answerView{page: c.page(r, "ack.title"), Outcome: "taken"}
	v.Path = "/ack"
	if c.CodeDigest == nil {
		return breach.ErrNotFound
	}
	if !c.answers.allow(c.remote(r), c.Now()) {
		v.Outcome = "busy"
		return c.show(w, http.StatusTooManyRequests, "ack", v)
	}
	code := r.PostForm.Get("code")
	if len(code) > 100 {
		code = ""
	}
	id, err := c.Store.AnswerPage(r.Context(), c.CodeDigest(code), c.Now().UTC())
	status := http.StatusOK
	switch {
	case isKind(err, breach.ErrNotFound):
		v.Outcome, status = "unknown", http.StatusNotFound
	case isKind(err, breach.ErrConflict):
		v.Outcome, status = "used", http.StatusConflict
		c.Log.WarnContext(r.Context(), "the code of a page was used again", "alert", id)
	case err != nil:
		return err
	default:
		c.nudgeDuty(r.Context(), id)
	}
	return c.show(w, status, "ack", v)
}

// nudgeDuty tells the escalation that somebody answered. A lost nudge costs
// minutes: the answer stands in the store.
func (c *console) nudgeDuty(ctx context.Context, id breach.AlertID) {
	if c.NudgeDuty == nil {
		return
	}
	if err := c.NudgeDuty(ctx, id); err != nil && !isKind(err, breach.ErrNotFound) {
		c.Log.WarnContext(ctx, "nudging the duty", "alert", id, "error", err)
	}
}

// dutyOf gathers who is woken for an alert, and who would be.
func (c *console) dutyOf(ctx context.Context, v *alertView) error {
	v.Wakes, v.Concerned = c.Wakes(v.Alert), c.Concerned(v.Alert)
	d, err := c.Store.Duty(ctx, v.Alert.ID)
	if err != nil && !isKind(err, breach.ErrNotFound) {
		return err
	}
	if v.HasDuty = err == nil; v.HasDuty {
		v.Duty = d
		if v.Pages, err = c.Store.Pages(ctx, v.Alert.ID); err != nil {
			return err
		}
	}
	v.Reports, err = c.Store.Reports(ctx, v.Alert.ID, 100)
	return err
}

type contactView struct {
	page
	Report  string
	Contact string
}

// reportContact shows how to reach the person behind a report, for a reason.
func (c *console) reportContact(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("report")
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, "/alerts", "err", "reason")
	}
	v := contactView{page: c.page(r, "report.contact"), Report: id}
	var err error
	if v.Contact, err = c.Store.ReportContact(r.Context(), id, who(r).ID, reason); err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "contact", v)
}
