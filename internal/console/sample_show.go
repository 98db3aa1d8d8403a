package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Samples is the queue of pairs drawn by chance, which people judge without
// seeing what the model says of them. Config.Samples may be nil: the pages are
// then not served.
type Samples interface {
	// NextSampled is the next pair that a person may judge; breach.ErrNotFound: none.
	NextSampled(ctx context.Context, incident breach.IncidentID, by breach.UserID) (breach.SampledPair, error)
	SampledPair(ctx context.Context, id breach.PairID) (breach.SampledPair, error)
	CountSample(ctx context.Context, incident breach.IncidentID) (map[breach.PairState]int64, error)
	JudgePair(ctx context.Context, v breach.Verdict) (breach.PairState, error)
	// SampledRow reads a pair's row from the sealed dump; breach.ErrTemporary: ask
	// again in a while.
	SampledRow(ctx context.Context, id breach.PairID) (matchers.Record, error)
}

type sampleView struct {
	page
	Incident breach.Incident
	Pair     breach.SampledPair // ID is "" when there is none for this person
	Lines    []pairLine
	Open     int64
	Settled  int64
	Reading  bool // the dump is being read
	Gone     bool // one side cannot be shown any more
	Shown    shownValue
}

// sampleShow shows the next pair of the sample: both sides masked and how they
// compare, no weight, no probability, and nothing of what others say.
func (c *console) sampleShow(w http.ResponseWriter, r *http.Request) error {
	if c.Samples == nil {
		return breach.ErrNotFound
	}
	v, err := c.sampleView(r, "")
	if err != nil {
		return err
	}
	if v.Reading {
		w.Header().Set("Refresh", "10")
	}
	return c.show(w, http.StatusOK, "sample", v)
}

// sampleView builds the screen of one pair: the one asked for, else the next.
func (c *console) sampleView(r *http.Request, wanted breach.PairID) (v sampleView, err error) {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	if v.Incident, err = c.Store.Incident(ctx, id); err != nil {
		return v, err
	}
	v.page = c.page(r, "sample.of", v.Incident.Title)
	counts, err := c.Samples.CountSample(ctx, id)
	if err != nil {
		return v, err
	}
	v.Open = counts[breach.PairOpen]
	v.Settled = counts[breach.PairSame] + counts[breach.PairOther] + counts[breach.PairUnclear]
	if wanted != "" {
		v.Pair, err = c.pairOf(r, wanted)
	} else {
		v.Pair, err = c.Samples.NextSampled(ctx, id, v.User.ID)
	}
	if err != nil {
		if wanted == "" && errors.Is(err, breach.ErrNotFound) {
			v.Pair, err = breach.SampledPair{}, nil
		}
		return v, err
	}
	row, person, err := c.openSampled(ctx, v.User.ID, v.Pair, "shown masked, blind")
	if errors.Is(err, breach.ErrTemporary) {
		v.Reading = true
		return v, nil
	}
	if errors.Is(err, breach.ErrNotFound) { // left the registry for good, or the dump is no more: the next pair is not kept waiting
		v.Gone = true
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Lines = pairLines(row, person, blind(v.Pair.Levels))
	return v, nil
}

// blind are the levels of a comparison without what they weigh.
func blind(levels string) (why []breach.Evidence) {
	for part := range strings.FieldsSeq(levels) {
		field, level, _ := strings.Cut(part, "=")
		why = append(why, breach.Evidence{Field: field, Level: level})
	}
	return why
}

// openSampled opens both sides of a pair, after the audit log has it.
func (c *console) openSampled(ctx context.Context, by breach.UserID, p breach.SampledPair, detail string) (row, person matchers.Record, err error) {
	if row, err = c.Samples.SampledRow(ctx, p.ID); err != nil {
		return row, person, err
	}
	if err = c.Auditor.Audit(ctx, by, "sample.open", string(p.ID), detail); err != nil {
		return row, person, err
	}
	if c.Records != nil {
		person, err = c.Records.Record(ctx, p.Registry, p.Person)
		return row, person, err
	}
	s, err := c.People.Subject(ctx, p.Registry, p.Person)
	return row, recordOf(s), err
}

// pairOf finds a drawn pair of the incident that the path names.
func (c *console) pairOf(r *http.Request, id breach.PairID) (breach.SampledPair, error) {
	p, err := c.Samples.SampledPair(r.Context(), id)
	if err == nil && p.Incident != breach.IncidentID(r.PathValue("incident")) {
		err = breach.ErrNotFound
	}
	return p, err
}

func sampleURL(id breach.IncidentID) string { return "/incidents/" + string(id) + "/sample" }
