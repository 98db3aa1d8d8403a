package storetest

import (
	"context"
	"errors"
	"testing"

	"vigie/internal/breach"
)

// registryMarks: versions only go forward, unless a person says why not.
func registryMarks(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	putBack := func(err error) {
		t.Helper()
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != "put-back" {
			t.Fatalf("%v, want refused as put-back", err)
		}
	}
	must(t, s.SeeRegistry(ctx, "youth", 3, "a", noon))
	must(t, s.SeeRegistry(ctx, "youth", 3, "a", noon))
	must(t, s.SeeRegistry(ctx, "youth", 5, "b", noon))
	must(t, s.SeeRegistry(ctx, "civil", 1, "a", noon))
	putBack(s.SeeRegistry(ctx, "youth", 3, "a", noon))
	putBack(s.SeeRegistry(ctx, "youth", 5, "c", noon)) // another under the same number
	wantKind(t, s.RestoreRegistry(ctx, "youth", 3, "a", "root", "", noon), breach.ErrInvalid)
	wantKind(t, s.RestoreRegistry(ctx, "youth", 5, "b", "root", "x", noon), breach.ErrConflict)
	wantKind(t, s.RestoreRegistry(ctx, "none", 5, "b", "root", "x", noon), breach.ErrNotFound)
	must(t, s.RestoreRegistry(ctx, "youth", 3, "a", "root", "the disk of the registries was lost", noon))
	must(t, s.SeeRegistry(ctx, "youth", 3, "a", noon))
	must(t, s.SeeRegistry(ctx, "youth", 4, "d", noon))
	n := 0
	for _, e := range got(s.AuditEvents(ctx, "youth", 100))(t) {
		if e.Action == "registry.restore" && e.OK {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d restores are audited, want one", n)
	}
}
