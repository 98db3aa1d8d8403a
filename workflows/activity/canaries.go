package activity

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/matchers/dump"
	"vigie/matchers/registry"
)

// Canaries gives what a reading process must know of the invented persons that
// were planted in exports of the registries here: salted digests, the newest
// plantings first. nil is none.
func (r *Registries) Canaries() (*dump.Canaries, error) {
	all, err := r.plantings()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	slices.Reverse(all)
	c := &dump.Canaries{Salt: make([]byte, 16)}
	_, _ = rand.Read(c.Salt) // never fails: crypto/rand ends the program first
	for _, p := range all {
		c.Plantings = append(c.Plantings, dump.Planting{ID: p.ID, Persons: int64(len(p.People))})
		for i := range p.People {
			rec := p.People[i].Record()
			if !c.Add(&rec) {
				return c, nil
			}
		}
	}
	return c, nil
}

// plantings of every registry, oldest first.
func (r *Registries) plantings() ([]registry.Planting, error) {
	names, err := r.List()
	if err != nil {
		return nil, err
	}
	var all []registry.Planting
	for _, name := range names {
		list, err := registry.Plantings(filepath.Join(r.Dir, string(name)), r.Keys)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b registry.Planting) int { return a.PlantedAt.Compare(b.PlantedAt) })
	return all, nil
}

// Exports says which exports the canaries that were found had been planted in.
// What the reading process said is believed no further than that.
func (r *Registries) Exports(found []dump.FoundCanaries) ([]dump.FoundCanaries, error) {
	out := []dump.FoundCanaries{}
	if len(found) == 0 {
		return out, nil
	}
	all, err := r.plantings()
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		i := slices.IndexFunc(all, func(p registry.Planting) bool { return p.ID == f.Planting })
		if i < 0 || f.Persons > int64(len(all[i].People)) {
			continue
		}
		f.Registry, f.Recipient, f.PlantedAt, f.Planted = string(all[i].Registry), all[i].Recipient, all[i].PlantedAt, int64(len(all[i].People))
		out = append(out, f)
	}
	return out, nil
}

// auditCanaries enters which exports a dump was found to come from.
func (s *Steps) auditCanaries(ctx context.Context, d breach.DumpID, found []dump.FoundCanaries) error {
	for _, f := range found {
		detail := fmt.Sprintf("registry=%s planting=%s persons=%d planted=%d sure=%t", f.Registry, f.Planting, f.Persons, f.Planted, f.Sure)
		if err := s.Store.Audit(ctx, store.Event{Who: "system:matchers", Action: "dump.canaries", Object: string(d), Detail: detail, OK: true}); err != nil {
			return err
		}
	}
	return nil
}
