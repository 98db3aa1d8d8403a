package activity

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/sample"
	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/linkage"
)

// The confidence of an alert that rows raise which a post prints.
const (
	printedSure    = 0.95 // somebody is certainly in a registry
	printedPerhaps = 0.6  // a person would have to look
)

// answerPrinted compares the rows that a new post prints with every registry
// and raises an alert for each that knows somebody: a first answer, with nothing
// acquired. It comes before the post is kept, so that a visit that was cut asks
// again. Nothing stays of the rows but counts (decisions.md 11).
func (s *Steps) answerPrinted(ctx context.Context, p breach.Post) (alerts int, err error) {
	tables := sample.Find(p.Text)
	if len(tables) == 0 {
		return 0, nil
	}
	if _, err := s.Store.Post(ctx, p.ID); err == nil || ignoreMissing(err) != nil {
		return 0, err
	}
	names, err := s.Registries.List()
	if err != nil || len(names) == 0 {
		return 0, err
	}
	rows, err := s.printedRows(ctx, tables)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	for _, name := range names {
		hit, err := s.printedIn(ctx, name, rows)
		if err != nil {
			return alerts, fmt.Errorf("comparing the rows that post %s prints with %s: %w", p.ID, name, err)
		}
		if hit == nil {
			continue
		}
		raised, err := s.raiseHit(ctx, p, *hit)
		if err != nil {
			return alerts, err
		}
		if raised {
			alerts++
		}
	}
	return alerts, nil
}

// printedRows reads the tables as a dump is read, in the jail.
func (s *Steps) printedRows(ctx context.Context, tables []sample.Table) (rows []matchers.Record, err error) {
	for _, t := range tables {
		src := dump.Bytes(t.CSV())
		layout, _, err := s.Dumps.Inspect(ctx, src)
		var refused *breach.RefusedError
		if errors.As(err, &refused) {
			continue // it looked like rows and is none
		}
		if err != nil {
			return nil, err
		}
		for rec, err := range s.Dumps.Records(ctx, src, layout) {
			if errors.As(err, &refused) {
				continue
			}
			if err != nil {
				return nil, err
			}
			rows = append(rows, rec)
		}
	}
	return rows, nil
}

func (s *Steps) printedIn(ctx context.Context, name breach.RegistryID, rows []matchers.Record) (*watch.Hit, error) {
	reg, err := s.Registries.Open(name)
	if err != nil {
		return nil, err
	}
	ix, err := reg.Index(ctx)
	if err != nil {
		return nil, err
	}
	opt := reg.Options(s.Linkage)
	all := func(yield func(matchers.Record, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
	if opt.Joined, err = linkage.Join(ctx, all, ix); err != nil {
		return nil, err
	}
	model, err := linkage.Train(ctx, ix, all, opt)
	if err != nil {
		return nil, err
	}
	sum, err := linkage.NewMatcher(ix, model, opt).Run(ctx, all, func(matchers.Record, []linkage.Match) error { return nil })
	if err != nil || sum.Hit == 0 {
		return nil, err
	}
	m := reg.Manifest()
	h := &watch.Hit{Entity: cmp.Or(m.Title, string(name)), Kind: "registry", Code: "registry:" + string(name), Confidence: printedPerhaps,
		Why: fmt.Sprintf("of %d rows that the post prints, %d persons are in this registry and %d perhaps", sum.Rows, sum.Persons, sum.Hit-sum.Persons)}
	if sum.Persons > 0 {
		h.Confidence = printedSure
	}
	return h, nil
}
