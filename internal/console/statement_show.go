package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"vigie/internal/breach"
	"vigie/notify/facts"
)

// statementStore keeps what people say of an incident and no machine can know.
// It is stored as facts of no controller in particular, in versions.
type statementStore interface {
	SaveFacts(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, version int, facts []byte) error
}

// statement is what happened, in words by language, and what has been done, as
// codes of the wording catalogue. No communication goes out without it.
type statement struct {
	Summary  map[string]string `json:"summary"`
	Measures []string          `json:"measures"`
}

// Choice is one option of a form: its code and its words.
type Choice struct {
	Code, Words string
	Chosen      bool
}

type statementView struct {
	page
	Incident  breach.Incident
	Version   int // 0 until somebody has stated something
	Statement statement
	Measures  []Choice
}

// statementShow shows the statement and the form that makes a new version.
func (c *console) statementShow(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	v := statementView{page: c.page(r, "statement.title"), Incident: inc}
	version, raw, err := c.Store.Facts(ctx, id, "")
	if err != nil && !isKind(err, breach.ErrNotFound) {
		return err
	}
	if err == nil {
		v.Version = version
		if err := json.Unmarshal(raw, &v.Statement); err != nil {
			return err
		}
	}
	for _, m := range c.Measures(v.Lang) {
		m.Chosen = slices.Contains(v.Statement.Measures, m.Code)
		v.Measures = append(v.Measures, m)
	}
	return c.show(w, http.StatusOK, "statement", v)
}

// statementSubmit keeps a new version. Once the plan is made it would bind
// nobody: the facts of each controller were frozen with it.
func (c *console) statementSubmit(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	here := "/incidents/" + string(id) + "/statement"
	inc, err := c.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	if breach.StageReview.Before(inc.Stage) {
		return back(w, r, here, "err", "statement_late")
	}
	fr, ok1 := field(r, "summary_fr")
	en, ok2 := field(r, "summary_en")
	var known []string
	for _, m := range c.Measures("fr") {
		if slices.Contains(r.PostForm["measure"], m.Code) {
			known = append(known, m.Code)
		}
	}
	if !ok1 || !ok2 || len(known) == 0 {
		return back(w, r, here, "err", "statement")
	}
	if facts.Personal(fr)+facts.Personal(en) != "" {
		return back(w, r, here, "err", "statement_value")
	}
	raw, err := json.Marshal(statement{Summary: map[string]string{"fr": fr, "en": en}, Measures: known})
	if err != nil {
		return err
	}
	version, _, err := c.Store.Facts(ctx, id, "")
	if err != nil && !isKind(err, breach.ErrNotFound) {
		return err
	}
	if err := c.Store.SaveFacts(ctx, id, "", version+1, raw); err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudge(ctx, id)
	return back(w, r, "/incidents/"+string(id), "done", "statement")
}
