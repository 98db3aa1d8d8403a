package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/facts"
)

// FactsDesk edits the facts of one controller and says what an edit means.
type FactsDesk interface {
	Draft(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (notify.Facts, error)
	// Amend keeps the next version of the one that was seen, and sets going what
	// follows from it.
	Amend(ctx context.Context, id breach.IncidentID, c breach.ControllerID, seen int, e facts.Edit, tell facts.Tell, by breach.UserID, why string) (version int, err error)
	Impact(ctx context.Context, id breach.IncidentID, c breach.ControllerID, e facts.Edit, tell facts.Tell) (facts.Impact, error)
	Between(ctx context.Context, id breach.IncidentID, c breach.ControllerID, from, to int) ([]facts.DocumentChange, error)
	Versions(ctx context.Context, id breach.IncidentID, c breach.ControllerID) ([]facts.Version, error)
	// Choices lists the codes of a field in words: category, consequence,
	// measure or action.
	Choices(lang, field string) []Choice
}

type factsView struct {
	page
	Incident   breach.Incident
	Controller breach.ControllerID
	Name       string
	Facts      notify.Facts
	Edit       facts.Edit
	Tell       facts.Tell
	Reason     string
	Versions   []facts.Version
	Lists      []factsList
	Groups     []factsGroup
	Attested   []Choice
	Faults     []string // reason codes of an edit that is refused
	Impact     *facts.Impact
	Changes    []facts.DocumentChange // of a version that was saved
	Number     int
}

// factsList is one list of codes to tick.
type factsList struct {
	Field   string
	Choices []Choice
}

type factsGroup struct {
	Code    string
	Choices []Choice
}

func (c *console) factsShow(w http.ResponseWriter, r *http.Request) error {
	v, err := c.factsView(r)
	if err != nil {
		return err
	}
	v.fill(facts.Of(v.Facts))
	return c.show(w, http.StatusOK, "facts", v)
}

func (c *console) factsView(r *http.Request) (v factsView, err error) {
	ctx := r.Context()
	id, controller, _ := casePath(r)
	if c.Facts == nil {
		return v, breach.ErrNotFound
	}
	v = factsView{page: c.page(r, "edit.title"), Controller: controller}
	if v.Incident, err = c.Store.Incident(ctx, id); err != nil {
		return v, err
	}
	if v.Facts, err = c.Facts.Draft(ctx, id, controller); err != nil {
		return v, err
	}
	v.Name = v.Facts.Controller.Name
	v.Versions, err = c.Facts.Versions(ctx, id, controller)
	slices.Reverse(v.Versions)
	return v, err
}

// fill shows an edit in the form.
func (v *factsView) fill(e facts.Edit) {
	v.Edit = e
	ticked := func(field string, codes []string) (out []Choice) {
		for _, x := range v.c.Facts.Choices(v.Lang, field) {
			x.Chosen = slices.Contains(codes, x.Code)
			out = append(out, x)
		}
		return out
	}
	v.Lists = []factsList{{"present", ticked("category", e.Present)}, {"consequence", ticked("consequence", e.Consequences)},
		{"measure", ticked("measure", e.Measures)}, {"action", ticked("action", e.Actions)}}
	v.Attested = ticked("category", e.Attestation.Codes)
	v.Groups = nil
	for _, code := range []string{notify.GroupAdults, notify.GroupMinors, notify.GroupProtected} {
		var has []string
		for _, g := range e.Groups {
			if g.Code == code {
				has = g.Present
			}
		}
		v.Groups = append(v.Groups, factsGroup{code, ticked("category", has)})
	}
}

// factsSubmit shows what an edit would change, or keeps it.
func (c *console) factsSubmit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, controller, here := casePath(r)
	v, err := c.factsView(r)
	if err != nil {
		return err
	}
	e, ok := readEdit(r)
	why, said := field(r, "why")
	seen, err := strconv.Atoi(r.PostForm.Get("version"))
	v.Tell, v.Reason = facts.Tell(r.PostForm.Get("tell")), why
	save := r.PostForm.Get("do") == "save"
	if !ok || err != nil || save && !said {
		return back(w, r, here+"/facts", "err", "facts")
	}
	v.fill(e)
	if save {
		version, err := c.Facts.Amend(ctx, id, controller, seen, e, v.Tell, who(r).ID, why)
		if err == nil {
			c.nudge(ctx, id)
			return back(w, r, here+"/facts/"+strconv.Itoa(version), "done", "facts")
		}
		if !refusedEdit(err) {
			return answer(w, r, here+"/facts", "", err)
		}
		v.Faults = facts.Codes(err)
		return c.show(w, http.StatusUnprocessableEntity, "facts", v)
	}
	impact, err := c.Facts.Impact(ctx, id, controller, e, v.Tell)
	if refusedEdit(err) {
		v.Faults = facts.Codes(err)
		return c.show(w, http.StatusUnprocessableEntity, "facts", v)
	}
	if err != nil {
		return err
	}
	v.Impact = &impact
	return c.show(w, http.StatusOK, "facts", v)
}

// refusedEdit tells an edit that a person can put right.
func refusedEdit(err error) bool {
	var refused *breach.RefusedError
	return errors.As(err, &refused)
}

// factsVersion shows what a version changed in each document.
func (c *console) factsVersion(w http.ResponseWriter, r *http.Request) error {
	v, err := c.factsView(r)
	if err != nil {
		return err
	}
	id, controller, _ := casePath(r)
	if v.Number, err = strconv.Atoi(r.PathValue("version")); err != nil || v.Number < 1 || v.Number > v.Facts.Version {
		return breach.ErrNotFound
	}
	if v.Number > 1 {
		if v.Changes, err = c.Facts.Between(r.Context(), id, controller, v.Number-1, v.Number); err != nil {
			return err
		}
	}
	v.Title = v.T("edit.version_title", v.Number)
	return c.show(w, http.StatusOK, "factsversion", v)
}

// readEdit reads the form; ok is false when it is no form of ours. What it
// says is checked by whoever keeps it.
func readEdit(r *http.Request) (e facts.Edit, ok bool) {
	p := r.PostForm
	line := func(name string) string { return strings.TrimSpace(p.Get(name)) }
	e = facts.Edit{
		Summary: map[string]string{i18n.French: line("summary_fr"), i18n.English: line("summary_en")}, System: line("system"),
		Present: p["present"], Consequences: p["consequence"], Measures: p["measure"], Actions: p["action"],
		Complaint: line("complaint"), ComplaintURL: line("complaint_url"), Signer: line("signer"),
		Attestation: facts.Attestation{Codes: p["attested"], Function: line("attested_by"), Name: line("attested_name")},
	}
	for _, code := range []string{notify.GroupAdults, notify.GroupMinors, notify.GroupProtected} {
		if list := p["group_"+code]; len(list) > 0 {
			e.Groups = append(e.Groups, notify.Group{Code: code, Present: list})
		}
	}
	for name, at := range map[string]*time.Time{"occurred_at": &e.OccurredAt, "discovered_at": &e.DiscoveredAt, "attested_at": &e.Attestation.At} {
		if line(name) == "" {
			continue
		}
		if *at, ok = instant(r, name); !ok {
			return e, false
		}
	}
	return e, true
}

// Local writes an instant as the form takes it.
func (v factsView) Local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Paris()).Format("2006-01-02T15:04")
}

// States lists the states of the complaint channel.
func (v factsView) States() []string { return facts.ComplaintStates() }
