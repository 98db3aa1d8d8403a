package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vigie/internal/breach"
)

// Extractions keeps what controllers attest was taken from their registries.
// Config.Extractions may be nil: the pages are then not served.
type Extractions interface {
	// Extents lists the attestations in force and how the dump bears each out.
	Extents(ctx context.Context, incident breach.IncidentID) ([]breach.Extraction, []breach.Extent, error)
	// Declare joins an attestation with its registry; ids holds those taken, one
	// a line, nil for everybody.
	Declare(ctx context.Context, e breach.Extraction, ids io.Reader) (breach.Extraction, error)
	// Nobody says how many rows of the dump are nobody's whom a registry knows any
	// more and what a controller decided about them last; "": nothing.
	Nobody(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (NobodyState, error)
	DecideNobody(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, decision string, rows int64, by breach.UserID, reason string) error
	// Categories lists the categories of data in words.
	Categories(lang string) []Choice
}

// NobodyState is what stands of the rows that are nobody's.
type NobodyState struct {
	Rows     int64
	Decision string
	Decided  int64 // rows, when it was taken
	Reason   string
	By       breach.UserID
}

// Open tells whether a decision is owed.
func (n NobodyState) Open() bool { return n.Rows > n.Decided }

type extractionView struct {
	page
	Incident   breach.Incident
	Lines      []extractionLine
	Registries []breach.RegistryID
	Categories []Choice
	Late       bool // the people to be told are planned
}

type extractionLine struct {
	breach.Extraction
	breach.Extent
}

// extractionShow shows what is attested, how the dump bears it out, and the form
// that attests.
func (c *console) extractionShow(w http.ResponseWriter, r *http.Request) error {
	if c.Extractions == nil {
		return breach.ErrNotFound
	}
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	v := extractionView{page: c.page(r, "extraction.title"), Incident: inc, Late: breach.StageReview.Before(inc.Stage)}
	v.Categories = c.Extractions.Categories(v.Lang)
	if v.Registries, err = c.Registries(ctx); err != nil {
		return err
	}
	list, extents, err := c.Extractions.Extents(ctx, id)
	if err != nil {
		return err
	}
	for i, e := range list {
		v.Lines = append(v.Lines, extractionLine{e, extents[i]})
	}
	return c.show(w, http.StatusOK, "extraction", v)
}

// extractionDeclare records a controller's attestation. The controllers sign the
// plan that follows, as every other.
func (c *console) extractionDeclare(w http.ResponseWriter, r *http.Request) error {
	if c.Extractions == nil {
		return breach.ErrNotFound
	}
	id := breach.IncidentID(r.PathValue("incident"))
	here := "/incidents/" + string(id) + "/extraction"
	e := breach.Extraction{Incident: id, Registry: breach.RegistryID(r.PostForm.Get("registry")), Controller: breach.ControllerID(strings.TrimSpace(r.PostForm.Get("controller"))),
		Departed: breach.Departed(r.PostForm.Get("departed")), Categories: slices.Clone(r.PostForm["category"]), RecordedBy: who(r).ID}
	var ok1, ok2, ok3, ok4 bool
	e.AsOf, ok1 = instant(r, "as_of")
	e.AttestedAt, ok2 = instant(r, "attested_at")
	e.By, ok3 = field(r, "by")
	e.Words, ok4 = field(r, "words")
	e.Reference, _ = field(r, "reference")
	if !ok1 || !ok2 || !ok3 || !ok4 || e.Registry == "" {
		return back(w, r, here, "err", "extraction")
	}
	var ids io.Reader
	if list := r.PostForm.Get("ids"); strings.TrimSpace(list) != "" {
		ids = strings.NewReader(list)
	}
	_, err := c.Extractions.Declare(r.Context(), e, ids)
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		code := "extraction"
		if slices.Contains([]string{"before-history", "nobody-taken", "other-controller", "as-of", "attested-at", "no-category", "put-back"}, refused.Code) {
			code = "extraction-" + refused.Code
		}
		return back(w, r, here, "err", code)
	}
	if isKind(err, breach.ErrConflict) {
		return back(w, r, here, "err", "extraction-late")
	}
	if err == nil {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here, "extraction", err)
}

// nobodyDecide records what a controller decides about the rows that are
// nobody's whom a registry knows any more.
func (c *console) nobodyDecide(w http.ResponseWriter, r *http.Request) error {
	if c.Extractions == nil {
		return breach.ErrNotFound
	}
	id, controller, here := casePath(r)
	reason, ok := field(r, "reason")
	rows, err := strconv.ParseInt(r.PostForm.Get("rows"), 10, 64)
	decision := r.PostForm.Get("decision")
	if !ok || err != nil || !slices.Contains(breach.NobodyDecisions, decision) {
		return back(w, r, here, "err", "nobody-rows")
	}
	err = c.Extractions.DecideNobody(r.Context(), id, controller, decision, rows, who(r).ID, reason)
	if err == nil {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here, "nobody", err)
}

// Decisions lists what may be decided about rows of nobody.
func (v caseView) Decisions() []string { return breach.NobodyDecisions }
