package console

import (
	"context"
	"errors"
	"hash/fnv"
	"net/http"
	"net/url"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
)

type reviewStore interface {
	Candidate(ctx context.Context, id breach.CandidateID) (breach.Candidate, error)
	NextOpen(ctx context.Context, incident breach.IncidentID, after breach.CandidateID, n int) ([]breach.Candidate, error)
	Decisions(ctx context.Context, incident breach.IncidentID, by breach.UserID, limit int) ([]breach.Candidate, error)
	CountCandidates(ctx context.Context, incident breach.IncidentID) (map[breach.CandidateState]int64, error)
	ReviewClosed(ctx context.Context, incident breach.IncidentID) (bool, error)
	candidateDecider
	decisionUndoer
	reviewCloser
}

// undoDepth is how many of one's own decisions are shown and can be undone.
const undoDepth = 10

// spread is among how many of the most uncertain pairs reviewers are spread,
// so that two of them seldom look at the same one.
const spread = 8

type reviewView struct {
	page
	Incident  breach.Incident
	Candidate breach.Candidate // ID is "" when nothing is open
	Lines     []pairLine
	For       []breach.Evidence
	Against   []breach.Evidence
	Notes     []note
	After     breach.CandidateID // skipped up to this one
	Next      breach.CandidateID
	NextURL   string
	Open      int64
	Decided   int64
	Closed    bool
	Decisions []breach.Candidate
	Shown     shownValue // opened by a reveal
}

// shownValue is one value in clear, asked for with a reason.
type shownValue struct {
	Field, Side, Value string
}

func (c *console) reviewShow(w http.ResponseWriter, r *http.Request) error {
	v, err := c.reviewView(r, breach.CandidateID(r.URL.Query().Get("candidate")), breach.CandidateID(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "review", v)
}

// reviewView builds the screen of one candidate pair: the one asked for while
// it is open, else the next.
func (c *console) reviewView(r *http.Request, wanted, after breach.CandidateID) (v reviewView, err error) {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return v, err
	}
	v = reviewView{page: c.page(r, "review.of", inc.Title), Incident: inc, After: after}
	queue, err := c.Store.NextOpen(ctx, id, after, spread+1)
	if err != nil {
		return v, err
	}
	if err := c.loadReview(ctx, &v, len(queue) == 0); err != nil {
		return v, err
	}
	chosen, next := choose(queue, v.User.ID, wanted)
	if chosen.ID != wanted && wanted != "" {
		k, err := c.Store.Candidate(ctx, wanted)
		if err == nil && k.Incident == id && k.State == breach.CandidateOpen {
			chosen, next = k, first(queue, k.ID)
		} else if err != nil && !errors.Is(err, breach.ErrNotFound) {
			return v, err
		}
	}
	if chosen.ID == "" {
		return v, nil
	}
	v.Candidate, v.Next = chosen, next.ID
	if next.ID != "" {
		v.NextURL = reviewURL(id, next.ID, after)
	}
	row, person, err := c.openPair(ctx, v.User.ID, chosen, "shown masked")
	if err != nil {
		return v, err
	}
	v.Lines = pairLines(row, person, chosen.Why)
	v.Notes = v.notes(chosen.Why)
	v.For, v.Against = strongest(chosen.Why, 1), strongest(chosen.Why, -1)
	return v, nil
}

func (c *console) loadReview(ctx context.Context, v *reviewView, fresh bool) error {
	counts, err := c.count(ctx, v.Incident.ID, fresh)
	if err != nil {
		return err
	}
	v.Open = counts[breach.CandidateOpen]
	v.Decided = counts[breach.CandidateLinked] + counts[breach.CandidateRejected]
	if v.Closed, err = c.Store.ReviewClosed(ctx, v.Incident.ID); err != nil {
		return err
	}
	v.Decisions, err = c.Store.Decisions(ctx, v.Incident.ID, v.User.ID, undoDepth)
	return err
}

// choose picks the pair a reviewer sees and the one after it.
func choose(queue []breach.Candidate, by breach.UserID, wanted breach.CandidateID) (now, next breach.Candidate) {
	if len(queue) == 0 {
		return now, next
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(by))
	at := int(h.Sum32() % uint32(min(spread, len(queue))))
	for i, k := range queue {
		if k.ID == wanted {
			at = i
		}
	}
	if len(queue) == 1 {
		return queue[0], next
	}
	return queue[at], queue[(at+1)%len(queue)]
}

func first(queue []breach.Candidate, but breach.CandidateID) breach.Candidate {
	for _, k := range queue {
		if k.ID != but {
			return k
		}
	}
	return breach.Candidate{}
}

func reviewURL(id breach.IncidentID, candidate, after breach.CandidateID) string {
	q := url.Values{}
	if candidate != "" {
		q.Set("candidate", string(candidate))
	}
	if after != "" {
		q.Set("after", string(after))
	}
	u := "/incidents/" + string(id) + "/review"
	if len(q) > 0 {
		u += "?" + q.Encode()
	}
	return u
}

// openPair opens both sides of a pair, after the audit log has it.
func (c *console) openPair(ctx context.Context, by breach.UserID, k breach.Candidate, detail string) (row, person matchers.Record, err error) {
	if err = c.Auditor.Audit(ctx, by, "candidate.open", string(k.ID), detail); err != nil {
		return row, person, err
	}
	if row, err = c.Rows.Row(ctx, k.ID); err != nil {
		return row, person, err
	}
	if c.Records != nil {
		person, err = c.Records.Record(ctx, k.Registry, k.Person)
		return row, person, err
	}
	s, err := c.People.Subject(ctx, k.Registry, k.Person)
	return row, recordOf(s), err
}

// SkipURL is the queue after this pair.
func (v reviewView) SkipURL() string { return reviewURL(v.Incident.ID, "", v.Candidate.ID) }

// Ago tells how long ago a decision was taken.
func (v reviewView) Ago(t time.Time) string { return v.Length(v.Now.Sub(t)) }
