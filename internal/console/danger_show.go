package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"vigie/internal/breach"
)

type dangerStore interface {
	// Dangers lists the danger lane of an incident, open entries first, the most
	// exposed before the others.
	Dangers(ctx context.Context, incident breach.IncidentID, limit int) ([]breach.Danger, error)
	Danger(ctx context.Context, id breach.DangerID) (breach.Danger, error)
	Attempts(ctx context.Context, ids ...breach.DangerID) ([]breach.Attempt, error)
	Overrides(ctx context.Context, incident breach.IncidentID) ([]breach.Override, error)
	// Waiting lists the entries that no override covers.
	Waiting(ctx context.Context, incident breach.IncidentID) ([]breach.Danger, error)
	// TakeDanger gives an entry to a person, by name.
	TakeDanger(ctx context.Context, incident breach.IncidentID, id breach.DangerID, by breach.UserID, at time.Time) error
	// TryDanger logs an attempt; one that settles closes the entry. ErrConflict
	// when the entry is settled, or is not theirs.
	TryDanger(ctx context.Context, incident breach.IncidentID, a breach.Attempt) error
	OverrideDanger(ctx context.Context, o breach.Override) error
}

// dangerLine is one protected person as the lane shows them: what is exposed,
// never a value.
type dangerLine struct {
	breach.Danger
	Fields   []dangerField
	Attempts []breach.Attempt
	Late     bool
	Left     time.Duration // until it is late
	Mine     bool
	Reach    *reach // shown once, to who asked with a reason
}

type dangerField struct {
	Field string
	State breach.Exposed
}

// reach is how a protected person may be reached: what is marked safe, and the
// elected domicile.
type reach struct {
	Domicile breach.Address
	Email    string
	Phone    string
}

// Nothing tells whether the registry knows no safe way.
func (r reach) Nothing() bool { return r.Domicile.IsZero() && r.Email == "" && r.Phone == "" }

// dangers fills the upper half of the lane.
func (c *console) dangers(ctx context.Context, v *laneView) error {
	list, err := c.Store.Dangers(ctx, v.Incident.ID, laneLimit)
	if err != nil {
		return err
	}
	ids := make([]breach.DangerID, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	tries, err := c.Store.Attempts(ctx, ids...)
	if err != nil {
		return err
	}
	for _, d := range list {
		l := dangerLine{Danger: d, Late: d.Open() && c.Now().After(d.Due()), Left: d.Due().Sub(c.Now()), Mine: d.TakenBy == v.User.ID}
		for _, f := range breach.DangerFields {
			if e := d.Exposed[f]; e != "" {
				l.Fields = append(l.Fields, dangerField{f, e})
			}
		}
		for _, a := range tries {
			if a.Danger == d.ID {
				l.Attempts = append(l.Attempts, a)
			}
		}
		v.Dangers = append(v.Dangers, l)
		if d.Open() {
			v.InDanger++
		}
	}
	if v.Overrides, err = c.Store.Overrides(ctx, v.Incident.ID); err != nil {
		return err
	}
	waiting, err := c.Store.Waiting(ctx, v.Incident.ID)
	v.Holds = len(waiting) > 0
	return err
}

// Means and Outcomes are the choices of the form for an attempt.
func (laneView) Means() []string { return breach.AttemptMeans }

// Outcomes lists how an attempt can end, those that settle first.
func (laneView) Outcomes() []breach.DangerOutcome {
	return []breach.DangerOutcome{breach.DangerNoAnswer, breach.DangerCallAgain, breach.DangerReached, breach.DangerDomicile,
		breach.DangerReferent, breach.DangerNotThem, breach.DangerNoMeans}
}

func dangerPath(r *http.Request) (breach.IncidentID, breach.DangerID, string) {
	id := breach.IncidentID(r.PathValue("incident"))
	return id, breach.DangerID(r.PathValue("danger")), "/incidents/" + string(id) + "/lane"
}

// dangerTake gives an entry to whoever is logged in.
func (c *console) dangerTake(w http.ResponseWriter, r *http.Request) error {
	id, danger, here := dangerPath(r)
	return answer(w, r, here, "taken", c.Store.TakeDanger(r.Context(), id, danger, who(r).ID, c.Now().UTC()))
}

// dangerTry logs an attempt, or settles the entry on the word of who took it.
func (c *console) dangerTry(w http.ResponseWriter, r *http.Request) error {
	id, danger, here := dangerPath(r)
	note, ok := field(r, "note")
	outcome, means := breach.DangerOutcome(r.PostForm.Get("outcome")), r.PostForm.Get("means")
	if !ok || !slices.Contains(breach.AttemptMeans, means) || !slices.Contains(laneView{}.Outcomes(), outcome) {
		return back(w, r, here, "err", "attempt")
	}
	err := c.Store.TryDanger(r.Context(), id, breach.Attempt{Danger: danger, At: c.Now().UTC(), By: who(r).ID, Means: means,
		Domicile: outcome == breach.DangerDomicile, Outcome: outcome, Note: MaskText(note)})
	if err == nil && outcome.Settles() {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here, "attempt", err)
}

// dangerReach shows how a person may be reached, to who took the entry and says
// why. The opening is in the audit log before anything is shown.
func (c *console) dangerReach(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, danger, here := dangerPath(r)
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here, "err", "reason")
	}
	d, err := c.Store.Danger(ctx, danger)
	if err != nil {
		return err
	}
	if d.Incident != id || d.TakenBy != who(r).ID {
		return back(w, r, here, "err", "forbidden")
	}
	if err := c.Auditor.Audit(ctx, who(r).ID, "danger.reach", string(id), "danger="+string(danger)+" why="+MaskText(reason)); err != nil {
		return err
	}
	sub, err := c.People.Subject(ctx, d.Registry, d.Person)
	if err != nil {
		return err
	}
	shown := &reach{Domicile: sub.Elected}
	if sub.Contact.EmailSafe {
		shown.Email = sub.Contact.Email
	}
	if sub.Contact.PhoneSafe {
		shown.Phone = sub.Contact.Phone
	}
	v, err := c.laneView(r, id)
	if err != nil {
		return err
	}
	for i := range v.Dangers {
		if v.Dangers[i].ID == danger {
			v.Dangers[i].Reach = shown
		}
	}
	return c.show(w, http.StatusOK, "lane", v)
}

// dangerOverride lets the public hear although somebody was not reached.
func (c *console) dangerOverride(w http.ResponseWriter, r *http.Request) error {
	id, _, here := dangerPath(r)
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here, "err", "reason")
	}
	err := c.Store.OverrideDanger(r.Context(), breach.Override{Incident: id, By: who(r).ID, At: c.Now().UTC(), Reason: MaskText(reason)})
	if err == nil {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here, "overridden", err)
}
