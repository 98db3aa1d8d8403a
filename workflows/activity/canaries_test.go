package activity

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"vigie/matchers/dump"
	"vigie/matchers/registry"
)

func TestCanariesGoToTheReaderAsDigestsAndComeBackAsExports(t *testing.T) {
	w := newWorld(t)
	if c, err := w.Registries.Canaries(); err != nil || c != nil {
		t.Fatalf("without plantings: %v, %v", c, err)
	}
	reg, err := w.Registries.Open("youth")
	w.must(err)
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var ids []string
	var known []registry.Planting
	for i, name := range []string{"Cabinet", "Ville"} {
		p := registry.Planting{Registry: "youth", Recipient: name, PlantedAt: at.AddDate(0, i, 0)}
		p.People, _, err = reg.Invent(t.Context(), registry.Invention{Count: 2, Seed: [32]byte{byte(i)}, Domains: []string{"example.org"}, Known: known})
		w.must(err)
		id, err := registry.Plant(filepath.Join(w.Registries.Dir, "youth"), w.Keys, p)
		w.must(err)
		ids, known = append(ids, id), append(known, p)
	}
	c, err := w.Registries.Canaries()
	w.must(err)
	if len(c.People) != 4 || len(c.Plantings) != 2 || c.Plantings[0].ID != ids[1] {
		t.Errorf("%d people of %+v: want the newest first", len(c.People), c.Plantings)
	}
	again, err := w.Registries.Canaries()
	w.must(err)
	if bytes.Equal(c.Salt, again.Salt) || bytes.Equal(c.People[0].Digests, again.People[0].Digests) {
		t.Error("two readings are given the same digests")
	}
	found, err := w.Registries.Exports([]dump.FoundCanaries{
		{Planting: ids[0], Persons: 2, Sure: true}, {Planting: "invented", Persons: 1}, {Planting: ids[1], Persons: 3}})
	w.must(err)
	if len(found) != 1 || found[0].Recipient != "Cabinet" || found[0].Registry != "youth" || !found[0].PlantedAt.Equal(at) || found[0].Planted != 2 {
		t.Errorf("exports %+v", found)
	}
	w.must(w.auditCanaries(t.Context(), "dmp_1", found))
	events, err := w.Store.AuditEvents(t.Context(), "dmp_1", 10)
	w.must(err)
	if len(events) == 0 || events[0].Action != "dump.canaries" {
		t.Errorf("audit %+v", events)
	}
}
