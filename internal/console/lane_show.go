package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

// laneLimit is how many messages one screen of the danger lane lists.
const laneLimit = 200

type laneStore interface {
	// Lane lists the ledger rows that need a person: channel human, or state
	// listed, whatever has become of them; open ones first, at most limit.
	Lane(ctx context.Context, incident breach.IncidentID, limit int) ([]breach.Message, error)
	laneSettler
	dangerStore
}

type laneView struct {
	page
	Incident breach.Incident
	Cases    []caseLine
	Open     []breach.Message
	Done     []breach.Message
	Full     bool
	Names    map[breach.ControllerID]string

	Dangers   []dangerLine
	InDanger  int64 // entries not settled
	Holds     bool  // nothing may become public
	Overrides []breach.Override
}

// waiting tells whether somebody still has to reach the person.
func waiting(m breach.Message) bool {
	switch m.State {
	case breach.MessagePlanned, breach.MessageReserved, breach.MessageListed, breach.MessageDoubt:
		return true
	}
	return false
}

func (c *console) laneShow(w http.ResponseWriter, r *http.Request) error {
	v, err := c.laneView(r, breach.IncidentID(r.PathValue("incident")))
	if err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "lane", v)
}

func (c *console) laneView(r *http.Request, id breach.IncidentID) (laneView, error) {
	ctx := r.Context()
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return laneView{}, err
	}
	v := laneView{page: c.page(r, "lane.of", inc.Title), Incident: inc}
	if v.Cases, err = c.caseLines(r, v.page, id); err != nil {
		return v, err
	}
	if v.Names, err = c.controllerNames(ctx); err != nil {
		return v, err
	}
	if err := c.dangers(ctx, &v); err != nil {
		return v, err
	}
	list, err := c.Store.Lane(ctx, id, laneLimit)
	if err != nil {
		return v, err
	}
	for _, m := range list {
		if waiting(m) {
			v.Open = append(v.Open, m)
		} else {
			v.Done = append(v.Done, m)
		}
	}
	v.Full = len(list) == laneLimit || len(v.Dangers) == laneLimit
	return v, nil
}

type laneSettler interface {
	// SettleByHand marks a row of the lane as handed over by a person. The
	// note says how, never what. ErrConflict when it is settled already.
	SettleByHand(ctx context.Context, incident breach.IncidentID, id breach.MessageID, by breach.UserID, note string, at time.Time) error
}

// laneReached records that somebody reached a person, and how.
func (c *console) laneReached(w http.ResponseWriter, r *http.Request) error {
	id := breach.IncidentID(r.PathValue("incident"))
	here := "/incidents/" + string(id) + "/lane"
	note, ok := field(r, "note")
	if !ok {
		return back(w, r, here, "err", "note")
	}
	err := c.Store.SettleByHand(r.Context(), id, breach.MessageID(r.PathValue("message")), who(r).ID, MaskText(note), c.Now().UTC())
	if err != nil {
		return answer(w, r, here, "", err)
	}
	// Only an empty lane changes what the workflow may do.
	if rest, err := c.Store.Lane(r.Context(), id, 1); err != nil || len(rest) == 0 || rest[0].State != breach.MessageListed {
		c.nudge(r.Context(), id)
	}
	return back(w, r, here, "done", "reached")
}
