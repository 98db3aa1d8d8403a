package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"vigie/internal/breach"
)

// Total counts the ledger rows of one controller, channel and state.
type Total struct {
	Controller breach.ControllerID
	Channel    breach.Channel
	State      breach.MessageState
	N          int64
}

// ToldTotal counts the persons of one controller and those of them for whom
// every recipient has an e-mail or a letter handed over.
type ToldTotal struct {
	Controller breach.ControllerID
	Persons    int64
	Told       int64
	Elsewhere  int64 // told of the same facts in another incident
	Partly     int64 // some recipients told, not all
	Listed     int64 // nobody told, and somebody must reach them
}

// Event is one entry of the audit log.
type Event struct {
	Seq    int64
	At     time.Time
	Who    string
	Action string
	Object string
	Detail string
	OK     bool
}

type incidentStore interface {
	Incident(ctx context.Context, id breach.IncidentID) (breach.Incident, error)
	Incidents(ctx context.Context) ([]breach.Incident, error)
	Registries(ctx context.Context, id breach.IncidentID) ([]breach.RegistryID, error)
	Acquisition(ctx context.Context, alert breach.AlertID) (breach.Acquisition, error)
	Dump(ctx context.Context, id breach.DumpID) (dump breach.Dump, layout []byte, err error)
	Summaries(ctx context.Context, id breach.IncidentID) ([]breach.MatchSummary, error)
	Custody(ctx context.Context, subject string) ([]breach.Custody, error)
	// MessageTotals, Told and Precision are those of one controller, "" for all.
	MessageTotals(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]Total, error)
	Told(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]ToldTotal, error)
	Precision(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (breach.Precision, error)
	CanaryTotals(ctx context.Context, id breach.IncidentID) ([]breach.CanaryTotal, error)
}

type incidentView struct {
	page
	Extractable bool // attestations are taken in here
	Sampled     bool // pairs were drawn to be judged
	Incident    breach.Incident
	First       firstLine
	Stages      []stageStep
	Acquisition breach.Acquisition
	Dump        breach.Dump
	Contents    contents // what the dump holds
	Summaries   []breach.MatchSummary
	Counts      map[breach.CandidateState]int64
	Closed      bool // the review is
	Cases       []caseLine
	Approvals   map[breach.ControllerID][]breach.Approval
	Totals      []Total
	Told        []ToldTotal
	Precision   breach.Precision
	Canaries    []breach.CanaryTotal // copies that mailboxes and phones of ours received
	Custody     []breach.Custody
	Events      []Event
	Links       []Link
}

type stageStep struct {
	Stage breach.Stage
	State string // past, now, later
}

func (c *console) incidentShow(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	v := incidentView{page: c.page(r, "incident.of", inc.Title), Incident: inc, Stages: stageSteps(inc.Stage), Links: c.Links(id)}
	v.Extractable = c.Extractions != nil
	if c.Samples != nil {
		counts, err := c.Samples.CountSample(ctx, id)
		if err != nil {
			return err
		}
		v.Sampled = len(counts) > 0
	}
	v.Live = inc.Stage != breach.StageDone
	for _, load := range []func(context.Context, *incidentView) error{
		c.loadDump, c.loadMatch, c.loadMessages, c.loadEvents,
	} {
		if err := load(ctx, &v); err != nil {
			return err
		}
	}
	if v.Cases, err = c.caseLines(r, v.page, id); err != nil {
		return err
	}
	if v.First, err = c.firstOf(ctx, v.User, id); err != nil {
		return err
	}
	v.Approvals = map[breach.ControllerID][]breach.Approval{}
	given, err := c.Store.IncidentApprovals(ctx, id)
	if err != nil {
		return err
	}
	for _, a := range given {
		v.Approvals[a.Controller] = append(v.Approvals[a.Controller], a)
	}
	return c.show(w, http.StatusOK, "incident", v)
}

func stageSteps(now breach.Stage) []stageStep {
	var out []stageStep
	for _, s := range breach.Stages {
		step := stageStep{Stage: s, State: "later"}
		switch {
		case s == now:
			step.State = "now"
		case s.Before(now):
			step.State = "past"
		}
		out = append(out, step)
	}
	return out
}

func (c *console) loadDump(ctx context.Context, v *incidentView) (err error) {
	if v.Acquisition, err = c.Store.Acquisition(ctx, v.Incident.Alert); err != nil && !isKind(err, breach.ErrNotFound) {
		return err
	}
	if v.Incident.Dump == "" {
		return nil
	}
	if v.Dump, _, err = c.Store.Dump(ctx, v.Incident.Dump); err != nil {
		return err
	}
	v.Contents = newContents(v.page, v.Incident.ID, v.Dump)
	v.Custody, err = c.Store.Custody(ctx, string(v.Incident.Dump))
	return err
}

func (c *console) loadMatch(ctx context.Context, v *incidentView) (err error) {
	if v.Summaries, err = c.Store.Summaries(ctx, v.Incident.ID); err != nil {
		return err
	}
	if v.Counts, err = c.count(ctx, v.Incident.ID, false); err != nil {
		return err
	}
	v.Closed, err = c.Store.ReviewClosed(ctx, v.Incident.ID)
	return err
}

func (c *console) loadMessages(ctx context.Context, v *incidentView) (err error) {
	if v.Totals, err = c.Store.MessageTotals(ctx, v.Incident.ID, ""); err != nil {
		return err
	}
	slices.SortStableFunc(v.Totals, func(a, b Total) int {
		if a.Controller != b.Controller {
			return compare(a.Controller, b.Controller)
		}
		if a.Channel != b.Channel {
			return compare(a.Channel, b.Channel)
		}
		return compare(a.State, b.State)
	})
	if v.Told, err = c.Store.Told(ctx, v.Incident.ID, ""); err != nil {
		return err
	}
	if v.Precision, err = c.Store.Precision(ctx, v.Incident.ID, ""); err != nil {
		return err
	}
	v.Canaries, err = c.Store.CanaryTotals(ctx, v.Incident.ID)
	return err
}

func compare[S ~string](a, b S) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (c *console) loadEvents(ctx context.Context, v *incidentView) (err error) {
	v.Events, err = c.Store.AuditEvents(ctx, string(v.Incident.ID), 50)
	return err
}

// FirstCases are the clocks that end first; the list has the others.
func (v incidentView) FirstCases() []caseLine { return v.Cases[:min(len(v.Cases), fewCases)] }

// Count counts the candidate pairs of one state.
func (v incidentView) Count(state string) int64 { return v.Counts[breach.CandidateState(state)] }

// Name is what a controller of the incident is called.
func (v incidentView) Name(id breach.ControllerID) string { return nameIn(v.Cases, id) }

func nameIn(cases []caseLine, id breach.ControllerID) string {
	for _, k := range cases {
		if k.Controller == id {
			return k.Name
		}
	}
	return string(id)
}

// Signed tells whether anybody has signed anything.
func (v incidentView) Signed() bool {
	for _, list := range v.Approvals {
		if len(list) > 0 {
			return true
		}
	}
	return false
}

func (c *console) controllerNames(ctx context.Context) (map[breach.ControllerID]string, error) {
	list, err := c.Controllers(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[breach.ControllerID]string, len(list))
	for _, k := range list {
		names[k.ID] = k.Name
	}
	return names, nil
}
