package activity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/matchers/linkage"
)

// Samples is what refining a model asks of the store.
type Samples interface {
	Models
	Sample(ctx context.Context, registry breach.RegistryID) ([]store.JudgedPair, error)
	Summaries(ctx context.Context, incident breach.IncidentID) ([]breach.MatchSummary, error)
	PutModel(ctx context.Context, m breach.LinkageModel) error
}

// Refine says what all that was ever judged of a registry makes of its model. The
// pairs of incidents named are left out.
func Refine(ctx context.Context, from Samples, id breach.RegistryID, without []breach.IncidentID, opt linkage.Options) (linkage.Refinement, error) {
	var none linkage.Refinement
	now, err := Refined(ctx, from, id)
	if err != nil {
		return none, err
	}
	drawn, err := from.Sample(ctx, id)
	if err != nil {
		return none, err
	}
	dumps, models := map[string]linkage.Sampled{}, map[string]*linkage.Model{}
	var judged []linkage.Judged
	for _, p := range drawn {
		if slices.Contains(without, p.Incident) {
			continue
		}
		name := string(p.Incident)
		d, known := dumps[name]
		if !known {
			if d.Rows, err = rowsRead(ctx, from, p.Incident, id); err != nil {
				return none, err
			}
			d.Drawn = map[int]int{}
		}
		d.Drawn[p.Stratum]++
		if p.State == breach.PairUnclear {
			d.Unclear++
		}
		dumps[name] = d
		if p.State != breach.PairSame && p.State != breach.PairOther {
			continue
		}
		if _, known := models[p.Model]; !known {
			if models[p.Model], err = modelOf(ctx, from, id, p.Model); err != nil {
				return none, err
			}
		}
		judged = append(judged, judgedOf(p, models[p.Model]))
	}
	return linkage.Refine(now, dumps, judged, opt)
}

func rowsRead(ctx context.Context, from Samples, incident breach.IncidentID, id breach.RegistryID) (int64, error) {
	list, err := from.Summaries(ctx, incident)
	for _, sum := range list {
		if sum.Registry == id {
			return sum.Rows, err
		}
	}
	return 0, err
}

func modelOf(ctx context.Context, from Samples, id breach.RegistryID, version string) (*linkage.Model, error) {
	m, err := from.LinkageModel(ctx, id, version)
	if errors.Is(err, breach.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readModel(m)
}

func judgedOf(p store.JudgedPair, m *linkage.Model) linkage.Judged {
	j := linkage.Judged{
		Drawn: linkage.Drawn{Person: string(p.Person), Stratum: p.Stratum, Rank: p.Rank, Inclusion: p.Inclusion, Of: p.Of,
			Weight: p.Weight, Probability: p.Probability, Band: p.Band, Levels: p.Levels},
		Dump: string(p.Incident), Same: p.State == breach.PairSame, Model: m,
	}
	for _, v := range p.Verdicts {
		j.Judges = append(j.Judges, string(v.By))
	}
	j.Disputed = len(p.Verdicts) > 1 && p.Verdicts[0].Says != p.Verdicts[1].Says
	return j
}

// PutRefined puts a refinement in force as a new version beside the old ones.
// Alarms that nobody accepted refuse it.
func PutRefined(ctx context.Context, to Samples, id breach.RegistryID, r linkage.Refinement, accepted []string, by, reason string, at time.Time) error {
	if err := r.Refused(accepted...); err != nil {
		return err
	}
	body, err := r.Model.MarshalJSON()
	if err != nil {
		return err
	}
	report, err := json.Marshal(r)
	if err != nil {
		return err
	}
	base := ""
	if now, err := to.LinkageModel(ctx, id, ""); err == nil {
		base = now.Version
	} else if !errors.Is(err, breach.ErrNotFound) {
		return err
	}
	if base == r.After {
		return &breach.RefusedError{Code: "unchanged", What: "registry " + string(id), Hint: "the model in force is made of these very pairs: judge more"}
	}
	if base != "" && base != r.Before {
		return &breach.RefusedError{Code: "moved-on", What: "registry " + string(id), Hint: "somebody refined the model meanwhile: look again"}
	}
	return to.PutModel(ctx, breach.LinkageModel{Registry: id, Version: r.After, Base: base, Body: string(body), Report: string(report), MadeBy: by, MadeAt: at, Reason: reason})
}
