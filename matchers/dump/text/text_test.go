package text

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers/dump/dumptest"
)

// read gives the one table of a text.
func read(t testing.TB, data string) *dumptest.Table {
	t.Helper()
	s := dumptest.Read(context.Background(), New(), "x.csv", []byte(data))
	if s.Err != nil || len(s.Tables) != 1 {
		t.Fatalf("error %v, %d tables", s.Err, len(s.Tables))
	}
	return s.Tables[0]
}

func TestRead(t *testing.T) {
	got := read(t, "nom;email\nMartineau;\"lina@example.org\"\n")
	want := [][]string{{"nom", "email"}, {"Martineau", "lina@example.org"}}
	if d := cmp.Diff(want, got.Rows); d != "" {
		t.Error(d)
	}
}

func refusal(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}
