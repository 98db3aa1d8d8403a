package synth

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

// small is one population for all tests that only read it.
var small struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(small.dir)
	os.Exit(code)
}

func population(t testing.TB) string {
	t.Helper()
	small.once.Do(func() {
		if small.dir, small.err = os.MkdirTemp("", "synth"); small.err == nil {
			_, small.err = Population{People: 5_000, Seed: 2}.Write(context.Background(), small.dir)
		}
	})
	if small.err != nil {
		t.Fatal(small.err)
	}
	return small.dir
}

func leak(t testing.TB, registry, recipe string, rows int) (string, LeakCounts) {
	t.Helper()
	dir := t.TempDir()
	n, err := Leak{Registry: registry, Rows: rows, Strangers: 0.3, Seed: 11, Recipe: recipe}.Write(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, n
}

func TestLeakHasNeitherIBANNorNIR(t *testing.T) {
	registry := population(t)
	iban := regexp.MustCompile(`(?i)FR\d{2}[ ]?(\d{4}[ ]?){2}`)
	nir := regexp.MustCompile(`\b[1-478] ?\d{2} ?(0[1-9]|1[0-2]|[2-9]\d) ?(\d{2}|2[AB]) ?\d{3} ?\d{3}( ?\d{2})?\b`)
	for _, recipe := range []string{"a", "b"} {
		dir, _ := leak(t, registry, recipe, 900)
		raw, err := os.ReadFile(filepath.Join(dir, "leak.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if iban.Match(raw) || nir.Match(raw) {
			t.Errorf("recipe %s: something like an IBAN or a NIR in the leak", recipe)
		}
	}
}

func TestTruthIsConsistent(t *testing.T) {
	registry := population(t)
	youthOf := map[string]string{}
	for _, p := range rows(t, registry+"/people.csv", ',') {
		if p["youth"] != "" || p["left"] == "1" {
			youthOf[p["civil"]] = p["youth"]
		}
	}
	for _, recipe := range []string{"a", "b"} {
		dir, n := leak(t, registry, recipe, 900)
		truth, leaked := rows(t, dir+"/truth.csv", ','), rows(t, dir+"/leak.csv", ';')
		if len(truth) != 900 || len(leaked) != 900 {
			t.Fatalf("recipe %s: %d rows of truth for %d leaked", recipe, len(truth), len(leaked))
		}
		got := LeakCounts{Rows: len(leaked), Repeated: n.Repeated}
		seen := map[string]bool{}
		for i, row := range truth {
			if row["row"] != strconv.Itoa(i+1) {
				t.Fatalf("row %d is numbered %s", i+1, row["row"])
			}
			youth, known := youthOf[row["person_civil"]]
			switch {
			case row["kind"] == "stranger" && row["person_civil"] == "" && row["person_youth"] == "":
				got.Strangers++
			case row["kind"] == "member" && known && youth == row["person_youth"]:
				got.Members++
				if !seen[row["person_civil"]] {
					got.Persons++
					if youth == "" {
						got.Left++
					}
				}
				seen[row["person_civil"]] = true
			default:
				t.Errorf("recipe %s, row %d: inconsistent truth", recipe, i+1)
			}
		}
		if diff := cmp.Diff(n, got); diff != "" {
			t.Errorf("recipe %s: counts (-said +found):\n%s", recipe, diff)
		}
		if got.Left == 0 || got.Repeated == 0 {
			t.Errorf("recipe %s: nobody who left, or no repeated row", recipe)
		}
	}
}

func TestLeakIsDeterministicAndRecipesDiffer(t *testing.T) {
	registry := population(t)
	a, _ := leak(t, registry, "a", 400)
	again, _ := leak(t, registry, "a", 400)
	b, _ := leak(t, registry, "b", 400)
	if cmp.Diff(files(t, a), files(t, again)) != "" {
		t.Error("the same seed gives another leak")
	}
	if files(t, a)["leak.csv"] == files(t, b)["leak.csv"] {
		t.Error("both recipes give the same file")
	}
}

// The disorder must be there, and must not be all there is.
func TestDisorder(t *testing.T) {
	registry := population(t)
	byID := map[string]map[string]string{}
	for _, p := range rows(t, registry+"/youth/persons.csv", ',') {
		byID[p["id"]] = p
	}
	dir, _ := leak(t, registry, "a", 900)
	truth, leaked := rows(t, dir+"/truth.csv", ','), rows(t, dir+"/leak.csv", ';')
	n := map[string]int{}
	for i, row := range leaked {
		p := byID[truth[i]["person_youth"]]
		if p == nil {
			continue
		}
		n["rows"]++
		for what, holds := range map[string]bool{
			"name as registered": row["Nom"] == p["birth_name"], "usage name": p["usage_name"] != "" && row["Nom"] == p["usage_name"],
			"e-mail as registered": row["Email"] != "" && row["Email"] == p["email"], "other e-mail": row["Email"] != "" && row["Email"] != p["email"],
			"no e-mail": row["Email"] == "", "no birth date": row["Date de naissance"] == "",
			"birth date as registered": row["Date de naissance"] == frenchDate(p["birth_date"]), "other postcode": row["Code postal"] != p["postcode"],
		} {
			if holds {
				n[what]++
			}
		}
	}
	for what, bounds := range map[string][2]float64{"name as registered": {0.15, 0.7}, "e-mail as registered": {0.5, 0.8}, "other e-mail": {0.04, 0.2},
		"no e-mail": {0.1, 0.35}, "no birth date": {0.002, 0.04}, "birth date as registered": {0.93, 0.995}, "other postcode": {0.08, 0.35}} {
		if share := float64(n[what]) / float64(n["rows"]); share < bounds[0] || share > bounds[1] {
			t.Errorf("%s: %.3f of the rows, want %v", what, share, bounds)
		}
	}
}

func TestLeakRefusals(t *testing.T) {
	registry := populate(t, 500, 2)
	for _, tt := range []struct {
		name string
		leak Leak
		want error
	}{
		{"no rows", Leak{Registry: registry}, breach.ErrInvalid},
		{"share", Leak{Registry: registry, Rows: 5, Strangers: 1.2}, breach.ErrInvalid},
		{"recipe", Leak{Registry: registry, Rows: 5, Recipe: "z"}, breach.ErrInvalid},
		{"more people than there are", Leak{Registry: registry, Rows: 5_000}, breach.ErrInvalid},
		{"no population", Leak{Registry: t.TempDir(), Rows: 5}, breach.ErrNotFound},
	} {
		if _, err := tt.leak.Write(context.Background(), t.TempDir()); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	all, n := t.TempDir(), 0
	if _, err := (Leak{Registry: registry, Rows: 50, Strangers: 1, Seed: 1}).Write(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows(t, all+"/truth.csv", ',') {
		if row["kind"] == "stranger" {
			n++
		}
	}
	if n != 50 {
		t.Errorf("%d strangers of 50", n)
	}
}

func BenchmarkLeak(b *testing.B) {
	registry := populate(b, 20_000, 1)
	const rows = 3_000
	for b.Loop() {
		if _, err := (Leak{Registry: registry, Rows: rows, Strangers: 0.2, Seed: 1}).Write(context.Background(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
