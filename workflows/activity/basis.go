package activity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
)

// attested are the extractions in force of an incident, by registry.
func (s *Steps) attested(ctx context.Context, id breach.IncidentID) (map[breach.RegistryID]breach.Extraction, error) {
	list, err := s.Store.Extractions(ctx, id, false)
	if err != nil {
		return nil, err
	}
	out := make(map[breach.RegistryID]breach.Extraction, len(list))
	for _, e := range list {
		out[e.Registry] = e
	}
	return out, nil
}

// extent counts how the people whom a controller tells are known.
type extent struct{ taken, seen, outside int64 }

// know counts one of them.
func (p *part) know(name breach.RegistryID, e breach.Extraction, l store.Linked) {
	x := p.extent[name]
	if x == nil {
		x = new(extent)
		p.extent[name] = x
	}
	switch {
	case l.Taken && rowsOf(l) > 0:
		x.taken, x.seen = x.taken+1, x.seen+1
	case l.Taken:
		x.taken++
	case e.Covers(p.controller.ID):
		x.outside++
	}
}

// bases are what this controller's facts say of how its people are known, by
// registry.
func (p *part) bases(taken map[breach.RegistryID]breach.Extraction, dump map[breach.RegistryID]breach.Extent) (list []notify.Basis) {
	for name, e := range taken {
		if !e.Covers(p.controller.ID) || !slices.Contains(p.registries, name) {
			continue
		}
		b := notify.Basis{Registry: name, AsOf: e.AsOf, Listed: e.Listed, By: e.By, At: e.AttestedAt, Reference: e.Reference, Categories: e.Categories}
		if x := p.extent[name]; x != nil {
			b.Taken, b.Seen, b.Outside = x.taken, x.seen, x.outside
		}
		b.Rows, b.Nobody = dump[name].Rows, dump[name].Nobody
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b notify.Basis) int { return cmp.Compare(a.Registry, b.Registry) })
	return list
}

// rest makes facts rest on what a controller attests: its categories were taken,
// whether or not the dump has them, and are not among those that were looked for
// in vain.
func rest(f *notify.Facts, bases []notify.Basis) {
	if f.Bases = bases; len(bases) == 0 {
		return
	}
	var people int64
	for _, b := range bases {
		people += b.Taken
	}
	f.Present, f.NotFound = slices.Clone(f.Present), slices.DeleteFunc(slices.Clone(f.NotFound), func(a breach.Absence) bool { return f.TakenAttested(a.Code) })
	for _, b := range bases {
		for _, code := range b.Categories {
			if !slices.ContainsFunc(f.Present, func(c breach.Category) bool { return c.Code == code }) {
				f.Present = append(f.Present, breach.Category{Code: code, Count: people})
			}
		}
	}
}

// NobodyNote is what a controller decides about rows that are nobody's whom a
// registry knows any more, and how many they were then.
type NobodyNote struct {
	Decision string `json:"decision"`
	Rows     int64  `json:"rows"`
}

// Extents says of every extraction in force how the dump bears it out.
func (s *Steps) Extents(ctx context.Context, id breach.IncidentID) ([]breach.Extraction, []breach.Extent, error) {
	list, err := s.Store.Extractions(ctx, id, false)
	if err != nil {
		return nil, nil, err
	}
	out := make([]breach.Extent, len(list))
	for i, e := range list {
		if out[i], err = s.Store.Extent(ctx, e); err != nil {
			return nil, nil, err
		}
	}
	return list, out, nil
}

// extents is the same by registry.
func (s *Steps) extents(ctx context.Context, id breach.IncidentID) (map[breach.RegistryID]breach.Extent, error) {
	list, found, err := s.Extents(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make(map[breach.RegistryID]breach.Extent, len(list))
	for i, e := range list {
		out[e.Registry] = found[i]
	}
	return out, nil
}

// DecideNobody records what a controller decides about the rows that are
// nobody's whom a registry knows any more. rows is how many the person saw;
// another number meanwhile is breach.ErrConflict.
func (s *Steps) DecideNobody(ctx context.Context, id breach.IncidentID, c breach.ControllerID, decision string, rows int64, by breach.UserID, reason string) error {
	if !slices.Contains(breach.NobodyDecisions, decision) {
		return &breach.RefusedError{Code: "nobody-decision", What: "rows of nobody", Hint: "search, public or others"}
	}
	now, err := s.Nobody(ctx, id, c)
	if err != nil {
		return err
	}
	if now != rows {
		return fmt.Errorf("%d rows are nobody's now: %w", now, breach.ErrConflict)
	}
	raw, err := json.Marshal(NobodyNote{decision, rows})
	if err != nil {
		return err
	}
	return s.Store.AddNote(ctx, id, c, store.NoteNobody, breach.Note{By: by, At: s.Now(), Reason: reason, Content: raw})
}

// NobodyDecided returns the latest decision; the zero note when there is none.
func (s *Steps) NobodyDecided(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (NobodyNote, breach.Note, error) {
	list, err := s.Store.Notes(ctx, id, c, store.NoteNobody)
	if err != nil || len(list) == 0 {
		return NobodyNote{}, breach.Note{}, err
	}
	last := list[len(list)-1]
	var n NobodyNote
	return n, last, json.Unmarshal(last.Content, &n)
}

// Nobody counts the rows about which a controller decides: those that a dump has
// beyond every registry, where an extraction covers its people. Where several
// controllers share a registry each of them decides: nobody can tell whose the
// rows are.
func (s *Steps) Nobody(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (rows int64, err error) {
	list, extents, err := s.Extents(ctx, id)
	if err != nil {
		return 0, err
	}
	for i, e := range list {
		if !e.Covers(c) {
			continue
		}
		reg, err := s.Registries.Open(e.Registry)
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(reg.Manifest().Controllers, func(x breach.Controller) bool { return x.ID == c }) {
			rows = max(rows, extents[i].Nobody)
		}
	}
	return rows, nil
}

// undecided tells whether rows of nobody wait for a controller. They hold nobody
// else up, and the incident does not end before.
func (s *Steps) undecided(ctx context.Context, c breach.Case) (bool, error) {
	rows, err := s.Nobody(ctx, c.Incident, c.Controller)
	if err != nil || rows == 0 {
		return false, err
	}
	n, _, err := s.NobodyDecided(ctx, c.Incident, c.Controller)
	return n.Rows < rows, err
}
