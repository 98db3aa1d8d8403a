package activity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/registry"
	"vigie/notify"
	"vigie/notify/facts"
	"vigie/notify/wording"
)

// Statement is what people say of an incident and no machine can know: what
// happened, in words, and what has been done. It is stored as facts of no
// controller in particular, in versions.
type Statement struct {
	Summary  map[string]string `json:"summary"` // by language
	Measures []string          `json:"measures"`
}

// Statement returns the latest statement on an incident; breach.ErrNotFound
// while nobody has made one.
func (s *Steps) Statement(ctx context.Context, id breach.IncidentID) (Statement, error) {
	var st Statement
	_, raw, err := s.Store.Facts(ctx, id, "")
	if err != nil {
		return st, err
	}
	if err := json.Unmarshal(raw, &st); err != nil {
		return st, fmt.Errorf("parsing the statement on %s: %w", id, err)
	}
	return st, nil
}

// writeFacts gathers what is known for one controller and stores it, as a new
// version when it differs from the last; every document renders from it.
// Nothing in it comes from the leak site's words or the dump's values.
func (s *Steps) writeFacts(ctx context.Context, inc breach.Incident, m registry.Manifest, c breach.Controller, persons, own int64, bases []notify.Basis) ([]byte, error) {
	f, err := s.known(ctx, inc, m, c, persons, own, bases)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.FactsVersions(ctx, inc.ID, c.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range slices.Backward(list) { // what a person said stands
		if v.By == "" {
			continue
		}
		var said notify.Facts
		if err := json.Unmarshal(v.Facts, &said); err != nil {
			return nil, fmt.Errorf("parsing version %d of the facts of %s: %w", v.Number, inc.ID, err)
		}
		f.Facts = facts.Of(said).Apply(f.Facts)
		break
	}
	if len(f.Summary) == 0 {
		return nil, fmt.Errorf("nobody has stated what happened in %s: %w", inc.ID, breach.ErrNotFound)
	}
	return s.saveFacts(ctx, f)
}

// known is what is known without anybody's edit.
func (s *Steps) known(ctx context.Context, inc breach.Incident, m registry.Manifest, c breach.Controller, persons, own int64, bases []notify.Basis) (out frozen, err error) {
	d, _, err := s.Store.Dump(ctx, inc.Dump)
	if err != nil && (inc.Dump != "" || !errors.Is(err, breach.ErrNotFound)) {
		return out, err
	}
	alert, err := s.Store.Alert(ctx, inc.Alert)
	if err != nil {
		return out, err
	}
	said, err := s.Statement(ctx, inc.ID)
	if ignoreMissing(err) != nil {
		return out, err
	}
	f := notify.Facts{
		Incident: inc.ID, Controller: c, System: m.System, Summary: said.Summary, Measures: said.Measures,
		DiscoveredAt: alert.RaisedAt, Present: d.Profile.Present, NotFound: d.Profile.Absent,
		Records: d.Profile.Rows, Own: own, Persons: persons,
		Complaint: "none", PageURL: s.PageURL + "/" + string(inc.ID) + "/",
	}
	rest(&f, bases)
	k, err := s.Store.Case(ctx, inc.ID, c.ID)
	if err != nil && !errors.Is(err, breach.ErrNotFound) {
		return out, err
	}
	f.AwareAt = k.AwareAt
	sums, err := s.Store.Summaries(ctx, inc.ID)
	if err != nil {
		return out, err
	}
	for _, sum := range sums {
		// An attested number has no interval. This one is the whole registry's: beside the number of one of
		// several controllers it would say something false.
		if sum.Registry == m.Name && len(m.Controllers) == 1 && len(bases) == 0 {
			f.Low, f.High = sum.Low, sum.High
		}
	}
	read, err := s.ReadOver(ctx)
	if err != nil {
		return out, err
	}
	return frozen{wording.Propose(f), wording.Hash(), passwords(d.Profile) || f.TakenAttested("password") || f.TakenAttested("credentials"), read}, nil
}

// passwords tells whether a column of a dump holds passwords or their hashes.
func passwords(p breach.Profile) bool {
	return slices.ContainsFunc(p.Columns, func(c breach.Column) bool {
		return c.Filled > 0 && (c.Meaning == dump.MeaningPassword || c.Meaning == dump.MeaningHash)
	})
}

func (s *Steps) saveFacts(ctx context.Context, f frozen) ([]byte, error) {
	version, old, err := s.Store.Facts(ctx, f.Incident, f.Controller.ID)
	if ignoreMissing(err) != nil {
		return nil, err
	}
	f.Version = max(1, version)
	raw, err := json.Marshal(f)
	if err == nil && version > 0 && !bytes.Equal(raw, old) {
		f.Version++
		raw, err = json.Marshal(f)
	}
	if err != nil {
		return nil, err
	}
	return raw, s.Store.SaveFacts(ctx, f.Incident, f.Controller.ID, f.Version, raw)
}
