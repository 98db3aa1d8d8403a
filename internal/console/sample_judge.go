package console

import (
	"net/http"

	"vigie/internal/breach"
	"vigie/matchers"
)

var verdicts = map[string]breach.PairState{"same": breach.PairSame, "other": breach.PairOther, "unclear": breach.PairUnclear}

// sampleJudge keeps what a reviewer says of a drawn pair. Nobody learns from the
// answer what others said.
func (c *console) sampleJudge(w http.ResponseWriter, r *http.Request) error {
	if c.Samples == nil {
		return breach.ErrNotFound
	}
	p, err := c.pairOf(r, breach.PairID(r.PathValue("pair")))
	if err != nil {
		return err
	}
	says, ok := verdicts[r.PostForm.Get("verdict")]
	if !ok {
		return back(w, r, sampleURL(p.Incident), "err", "invalid")
	}
	_, err = c.Samples.JudgePair(r.Context(), breach.Verdict{Pair: p.ID, By: who(r).ID, Says: says, At: c.Now().UTC()})
	return answer(w, r, sampleURL(p.Incident), "judged", err)
}

// sampleReveal shows one value of one side of a drawn pair in clear, once, as
// reviewReveal does.
func (c *console) sampleReveal(w http.ResponseWriter, r *http.Request) error {
	if c.Samples == nil {
		return breach.ErrNotFound
	}
	p, err := c.pairOf(r, breach.PairID(r.PathValue("pair")))
	if err != nil {
		return err
	}
	f, known := matchers.ParseField(r.PostForm.Get("field"))
	side := r.PostForm.Get("side")
	reason, ok := field(r, "reason")
	if !known || !ok || side != "row" && side != "person" || p.State != breach.PairOpen {
		return back(w, r, sampleURL(p.Incident), "err", "reveal")
	}
	row, person, err := c.openSampled(r.Context(), who(r).ID, p, "revealed "+side+" "+f.String()+" why="+MaskText(reason))
	if err != nil {
		return err
	}
	v, err := c.sampleView(r, p.ID)
	if err != nil {
		return err
	}
	v.Shown = shownValue{Field: f.String(), Side: side, Value: row.Values[f]}
	if side == "person" {
		v.Shown.Value = person.Values[f]
	}
	return c.show(w, http.StatusOK, "sample", v)
}
