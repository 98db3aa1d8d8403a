package console

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify/forecast"
)

type caseStore interface {
	Case(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (breach.Case, error)
	Cases(ctx context.Context, incident breach.IncidentID) ([]breach.Case, error)
	Approvals(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Approval, error)
	Notified(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (time.Time, error)
	Facts(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (version int, facts []byte, err error)
	awareSetter
	caseDecider
	approvalAdder
	ceilingLifter
	proofreader
	notificationRecorder
	mandateSetter
	callStore
	caseLister
}

// shownFacts is what the page shows of notify.Facts.
type shownFacts struct {
	Version      int               `json:"version"`
	Controller   breach.Controller `json:"controller"`
	Summary      map[string]string `json:"summary"`
	System       string            `json:"system"`
	DiscoveredAt time.Time         `json:"discovered_at"`
	AwareAt      time.Time         `json:"aware_at"`
	Present      []breach.Category `json:"present"`
	NotFound     []breach.Absence  `json:"not_found"`
	Attested     []string          `json:"attested"`
	AttestedBy   string            `json:"attested_by"`
	Records      int64             `json:"records"`
	Persons      int64             `json:"persons"`
	Low          int64             `json:"low"`
	High         int64             `json:"high"`
}

type caseView struct {
	page
	Incident breach.Incident
	Case     caseLine
	Mandate  breach.Controller
	Facts    shownFacts // Version is 0 until there are some
	Previews []PreviewDoc
	// Incomplete: the facts have holes, so that nothing can be rendered.
	Incomplete bool
	Totals     []Total
	Approvals  []signature
	Next       breach.ApprovalRole // what this account may sign now, "" nothing
	Why        string              // why not, as a key
	Read       breach.Proofread    // what the linter said
	Over       bool                // more persons than anybody allowed to tell
	Usual      int64               // so many are told without asking
	Calls      []breach.Call
	Proposed   time.Time // of awareness, from the calls
	Suspected  time.Time
	Told       ToldTotal
	Precision  breach.Precision
	Forecast   *forecast.Forecast // nil before there is a plan
	Editable   bool
	Nobody     NobodyState // rows that are nobody's whom a registry knows
}

// signature is an approval and whether it still counts.
type signature struct {
	breach.Approval
	Valid bool
}

func (c *console) caseShow(w http.ResponseWriter, r *http.Request) error {
	v, err := c.caseView(r)
	if err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "case", v)
}

func (c *console) caseView(r *http.Request) (v caseView, err error) {
	ctx, id, controller := r.Context(), breach.IncidentID(r.PathValue("incident")), breach.ControllerID(r.PathValue("controller"))
	k, err := c.Store.Case(ctx, id, controller)
	if err != nil {
		return v, err
	}
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return v, err
	}
	v = caseView{page: c.page(r, "case.title"), Incident: inc}
	if err := c.loadCase(ctx, &v, k); err != nil {
		return v, err
	}
	v.Title = v.T("case.of", v.Case.Name)
	if v.Facts, err = c.factsOf(ctx, k); err != nil {
		return v, err
	}
	v.Previews, err = c.Preview(ctx, id, controller)
	if v.Incomplete = isKind(err, breach.ErrInvalid); err != nil && !v.Incomplete {
		return v, err
	}
	if v.Calls, err = c.Store.Calls(ctx, id, controller); err != nil {
		return v, err
	}
	v.Proposed, v.Suspected = breach.ProposeAware(v.Calls)
	v.Editable = c.Facts != nil
	if c.Extractions != nil {
		if v.Nobody, err = c.Extractions.Nobody(ctx, id, controller); err != nil {
			return v, err
		}
	}
	if c.Forecast != nil && k.PlanHash != "" {
		f, err := c.Forecast(ctx, id, controller)
		if err != nil && !isKind(err, breach.ErrNotFound) && !isKind(err, breach.ErrInvalid) {
			return v, err
		}
		if err == nil {
			v.Forecast = &f
		}
	}
	if v.Totals, err = c.Store.MessageTotals(ctx, id, controller); err != nil {
		return v, err
	}
	return v, c.loadTold(ctx, &v, k)
}

// loadTold says how many were told, and how many of them wrongly.
func (c *console) loadTold(ctx context.Context, v *caseView, k breach.Case) (err error) {
	list, err := c.Store.Told(ctx, k.Incident, k.Controller)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		v.Told = list[0]
	}
	v.Precision, err = c.Store.Precision(ctx, k.Incident, k.Controller)
	return err
}

func (c *console) loadCase(ctx context.Context, v *caseView, k breach.Case) error {
	list, err := c.Controllers(ctx)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID == k.Controller {
			v.Mandate = x
		}
	}
	notified, err := c.Store.Notified(ctx, k.Incident, k.Controller)
	if err != nil {
		return err
	}
	v.Case = newCaseLine(k, v.Mandate.Name, notified, v.Now)
	approvals, err := c.Store.Approvals(ctx, k.Incident, k.Controller)
	if err != nil {
		return err
	}
	for _, a := range approvals {
		v.Approvals = append(v.Approvals, signature{a, counts(a, k, v.Now)})
	}
	v.Over, v.Usual = k.Over(c.Ceiling), c.Ceiling
	if v.Read, err = c.proofread(ctx, k); err != nil {
		return err
	}
	v.Next, v.Why = nextSignature(v.User, k, approvals, c.Ceiling, v.Read.Passed(), v.Now)
	return nil
}

func (c *console) factsOf(ctx context.Context, k breach.Case) (f shownFacts, err error) {
	_, raw, err := c.Store.Facts(ctx, k.Incident, k.Controller)
	if isKind(err, breach.ErrNotFound) || (err == nil && len(raw) == 0) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(raw, &f)
}

// AwareUnsaid tells whether the documents of the latest version do not say when
// the controller became aware as it was set since: they say so from the next
// version on, all at once.
func (v caseView) AwareUnsaid() bool {
	return v.Facts.Version > 0 && !v.Case.AwareAt.IsZero() && !v.Facts.AwareAt.Equal(v.Case.AwareAt)
}

// NotifiedLate tells whether the authority was told after the 72 hours as they
// are counted now. An earlier hour of awareness, set after the notification,
// makes it so: the complement gives the reasons (GDPR Art. 33(1)).
func (v caseView) NotifiedLate() bool {
	return !v.Case.AwareAt.IsZero() && v.Case.Notified.After(v.Case.Deadline)
}

// Lines is the case alone, as parts that show several cases take it.
func (v caseView) Lines() []caseLine { return []caseLine{v.Case} }

// Euros writes micro-euros.
func (v caseView) Euros(micro int64) string { return forecast.Euros(v.Lang, micro) }

// CallChannels lists the ways a controller is reached.
func (v caseView) CallChannels() []string { return breach.CallChannels }

// Local writes an instant as a form takes it.
func (v caseView) Local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Paris()).Format("2006-01-02T15:04")
}

// Exemptions lists the grounds for not telling.
func (v caseView) Exemptions() []string { return exemptions }
