package console

import (
	"net/http"

	"vigie/internal/breach"
	"vigie/matchers"
)

// reviewReveal shows one value of one side in clear, once: the answer to the
// form is the page itself, so that no address leads to the value. Which value
// was opened, by whom and why is in the audit log before it is shown.
func (c *console) reviewReveal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	k, err := c.candidateOf(r, breach.CandidateID(r.PathValue("candidate")))
	if err != nil {
		return err
	}
	after := breach.CandidateID(r.PostForm.Get("after"))
	f, known := matchers.ParseField(r.PostForm.Get("field"))
	side := r.PostForm.Get("side")
	reason, ok := field(r, "reason")
	if !known || !ok || (side != "row" && side != "person") {
		return back(w, r, reviewURL(k.Incident, k.ID, after), "err", "reveal")
	}
	row, person, err := c.openPair(ctx, who(r).ID, k, "revealed "+side+" "+f.String()+" why="+MaskText(reason))
	if err != nil {
		return err
	}
	v, err := c.reviewView(r, k.ID, after)
	if err != nil {
		return err
	}
	v.Shown = shownValue{Field: f.String(), Side: side, Value: row.Values[f]}
	if side == "person" {
		v.Shown.Value = person.Values[f]
	}
	return c.show(w, http.StatusOK, "review", v)
}
