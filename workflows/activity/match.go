package activity

import (
	"context"
	"encoding/json"
	"fmt"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/matchers"
	"vigie/matchers/linkage"
	"vigie/workflows"
)

// candidateBatch bounds how many candidates are written in one transaction.
const candidateBatch = 500

// Match compares the dump with one registry. Rows that concern nobody leave
// nothing but counts (decisions.md 11); a row that a person must look at is
// sealed beside its candidate.
func (s *Steps) Match(ctx context.Context, in workflows.MatchInput) (breach.MatchSummary, error) {
	defer beat(ctx)()
	var none breach.MatchSummary
	if sum, ok, err := s.matched(ctx, in); err != nil || ok {
		return sum, kind(err)
	}
	if nothing, err := s.fileless(ctx, in.Incident); err != nil || nothing {
		if err == nil {
			err = s.openCases(ctx, in.Incident, in.Registry)
		}
		return breach.MatchSummary{Registry: in.Registry}, kind(err)
	}
	layout, err := s.layout(ctx, in.Incident)
	if err != nil {
		return none, kind(err)
	}
	src, err := s.Vault.OpenDump(ctx, dumpID(in.Incident), "system:matchers", "matching with "+string(in.Registry))
	if err != nil {
		return none, kind(err)
	}
	defer func() { _ = src.Close() }()
	reg, err := s.Registries.Open(in.Registry)
	if err != nil {
		return none, kind(err)
	}
	ix, err := reg.Index(ctx)
	if err != nil {
		return none, kind(err)
	}
	opt := reg.Options(s.Linkage)
	if layout.Hashed() {
		if opt.Joined, err = linkage.Join(ctx, s.Dumps.Records(ctx, src, layout), ix); err != nil {
			return none, kind(fmt.Errorf("reading the hashed contacts of %s: %w", dumpID(in.Incident), err))
		}
	}
	model, err := reg.Model(in.Incident, func() (*linkage.Model, error) {
		return linkage.Train(ctx, ix, s.Dumps.Records(ctx, src, layout), opt)
	})
	if err != nil {
		return none, kind(fmt.Errorf("learning the parameters for %s: %w", in.Registry, err))
	}
	w := candidateWriter{steps: s, in: in}
	if w.sentry, err = s.sentry(ctx, in.Incident, reg); err != nil {
		return none, kind(err)
	}
	sampler := s.sampler(in)
	sum, err := linkage.NewMatcher(ix, model, opt).Sampling(sampler).Run(ctx, s.Dumps.Records(ctx, src, layout), func(row matchers.Record, ms []linkage.Match) error {
		return w.add(ctx, row, ms)
	})
	if err == nil {
		err = w.flush(ctx)
	}
	if err == nil {
		err = s.keepSample(ctx, in, model, sampler)
	}
	if err != nil {
		return none, kind(fmt.Errorf("matching %s with %s: %w", dumpID(in.Incident), in.Registry, err))
	}
	sum.Registry = in.Registry
	if err := s.Store.SaveSummary(ctx, in.Incident, sum); err != nil {
		return none, kind(err)
	}
	return sum, kind(s.openCases(ctx, in.Incident, in.Registry))
}

// matched returns the summary of a matching that has ended. An incident that is
// driven again keeps it: the registry may be another by now, the review closed.
func (s *Steps) matched(ctx context.Context, in workflows.MatchInput) (breach.MatchSummary, bool, error) {
	list, err := s.Store.Summaries(ctx, in.Incident)
	if err != nil {
		return breach.MatchSummary{}, false, err
	}
	for _, sum := range list {
		if sum.Registry == in.Registry {
			return sum, true, s.openCases(ctx, in.Incident, in.Registry)
		}
	}
	return breach.MatchSummary{}, false, nil
}

// openCases opens a case for every controller of a registry that was compared,
// so that each can set its clock and decide while the review goes on.
func (s *Steps) openCases(ctx context.Context, id breach.IncidentID, name breach.RegistryID) error {
	reg, err := s.Registries.Open(name)
	if err != nil {
		return err
	}
	for _, c := range reg.Manifest().Controllers {
		if err := s.Store.OpenCase(ctx, breach.Case{Incident: id, Controller: c.ID, Mandate: standing(c)}); err != nil {
			return err
		}
	}
	return nil
}

// candidateWriter gathers candidates into batches.
type candidateWriter struct {
	steps  *Steps
	in     workflows.MatchInput
	batch  []store.CandidateRow
	sentry *sentry
	danger []breach.Danger
}

func (w *candidateWriter) add(ctx context.Context, row matchers.Record, ms []linkage.Match) error {
	held := categories(&row)
	for _, m := range ms {
		if m.Band == breach.BandNonLink {
			continue
		}
		c := breach.Candidate{
			ID:       w.steps.candidateID(w.in, row, m.Person),
			Incident: w.in.Incident, Registry: w.in.Registry, Row: row.Row, Person: breach.PersonID(m.Person),
			Weight: m.Weight, Probability: m.Probability, Band: m.Band, Why: m.Why,
			State: breach.CandidateOpen, Version: 1, Held: held,
		}
		var box []byte
		if m.Band == breach.BandLink {
			c.State = breach.CandidateLinked
		} else {
			raw, err := json.Marshal(row)
			if err != nil {
				return err
			}
			if box, err = w.steps.Keys.SealField(raw, CandidatePlace(c.ID)); err != nil {
				return err
			}
		}
		w.batch = append(w.batch, store.CandidateRow{Candidate: c, Sealed: box})
		d, found, err := w.sentry.look(ctx, w.in.Incident, &row, m.Person)
		if err != nil {
			return err
		}
		if found {
			w.danger = append(w.danger, d)
		}
	}
	if len(w.batch) < candidateBatch && len(w.danger) == 0 { // nobody in danger waits for a batch to fill
		return nil
	}
	return w.flush(ctx)
}

func (w *candidateWriter) flush(ctx context.Context) error {
	if len(w.batch) == 0 {
		return nil
	}
	err := w.steps.Store.SaveCandidates(ctx, w.batch)
	if err == nil {
		err = w.steps.Store.OpenDangers(ctx, w.danger)
	}
	w.batch, w.danger = w.batch[:0], w.danger[:0]
	return err
}

// candidateID follows from what is compared, so that a second run of the same
// matching meets the decisions taken on the first.
func (s *Steps) candidateID(in workflows.MatchInput, row matchers.Record, person string) breach.CandidateID {
	return breach.CandidateID("cnd_" + s.Keys.Digest("candidate", string(in.Incident), string(in.Registry),
		row.Table, fmt.Sprint(row.Row), person)[:24])
}

// CandidatePlace is the place a candidate's dump row is sealed for.
func CandidatePlace(id breach.CandidateID) string { return "candidate " + string(id) }

// Row opens the dump row of a candidate under review.
func (s *Steps) Row(ctx context.Context, id breach.CandidateID) (matchers.Record, error) {
	var rec matchers.Record
	c, err := s.Store.Candidate(ctx, id)
	if err != nil {
		return rec, err
	}
	if len(c.Sealed) == 0 {
		return rec, fmt.Errorf("candidate %s keeps no row: %w", id, breach.ErrNotFound)
	}
	raw, err := s.Keys.OpenField(c.Sealed, CandidatePlace(id))
	if err != nil {
		return rec, fmt.Errorf("opening the row of %s: %w", id, err)
	}
	return rec, json.Unmarshal(raw, &rec)
}

// Review says how many candidate pairs wait for a person. The review counts as
// open until somebody closes it, so that the last decision can be undone, and
// until somebody has stated what no machine knows: no letter goes out without.
func (s *Steps) Review(ctx context.Context, in workflows.IncidentInput) (workflows.ReviewState, error) {
	id := in.Incident
	counts, err := s.Store.CountCandidates(ctx, id)
	if err != nil {
		return workflows.ReviewState{}, kind(err)
	}
	closed, err := s.Store.ReviewClosed(ctx, id)
	if err != nil {
		return workflows.ReviewState{}, kind(err)
	}
	_, err = s.Statement(ctx, id)
	if ignoreMissing(err) != nil {
		return workflows.ReviewState{}, kind(err)
	}
	state := workflows.ReviewState{Open: counts[breach.CandidateOpen], Closed: closed && err == nil}
	if none, err := s.fileless(ctx, id); err != nil || !none || !state.Closed {
		return state, kind(err)
	}
	// Without a file somebody must have said who is concerned.
	list, err := s.Store.Extractions(ctx, id, false)
	state.Closed = len(list) > 0
	return state, kind(err)
}
