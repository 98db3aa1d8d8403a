package linkage_test

import (
	"context"
	"fmt"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// TestIntervalCoverage holds the 95 % interval of the people concerned against
// the truth over many small leaks: of 20 intervals that hold it 95 times in 100,
// fewer than 17 do about once in sixty such tests. Where little is known the
// interval may be wide, but not wider than stated here, as a share of the truth.
func TestIntervalCoverage(t *testing.T) {
	const seeds = 20
	dob := []matchers.Field{matchers.BirthDate}
	for _, s := range []struct {
		name      string
		keep      []matchers.Field
		full      bool
		strangers float64
		wide      float64 // mean width
	}{
		{"all columns", nil, false, .4, .12},
		{"names and birth date", with(names, dob), false, .4, .2},
		{"names only", names, false, .4, .6},
		{"names only, nearly all strangers", names, false, .95, 4},
		{"names only, everybody registered", names, false, 0, .4},
		{"full name and postcode", []matchers.Field{matchers.FullName, matchers.Postcode}, true, .4, .6},
		{"names and commune", with(names, []matchers.Field{matchers.City}), false, .4, .6},
		{"e-mail only", []matchers.Field{matchers.Email}, false, .4, 1},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var in int
			var width float64
			for seed := range uint64(seeds) {
				c := newCountry(100+seed, 150)
				people := c.registry(0.3)
				leak := scenario{keep: s.keep, full: s.full}.apply(c.leak(people, 100, s.strangers))
				for i := range leak {
					if leak[i].rec.Values == [matchers.NumFields]string{} {
						leak[i].truth = "" // a row that says nothing exposes nobody
					}
				}
				ix, err := linkage.Build(c.records(people))
				if err != nil {
					t.Fatal(err)
				}
				model, err := linkage.Train(context.Background(), ix, rowsOf(leak), linkage.Options{})
				if err != nil {
					t.Fatal(err)
				}
				o := judge(t, linkage.NewMatcher(ix, model, linkage.Options{}), leak)
				n, sum := int64(o.persons), o.summary
				if sum.Low <= n && n <= sum.High {
					in++
				} else {
					t.Logf("seed %d: %d persons, stated %d to %d", seed, n, sum.Low, sum.High)
				}
				width += float64(sum.High-sum.Low) / float64(max(n, 1)) / seeds
			}
			t.Logf("%d of %d intervals hold the truth, of width %.3f of it", in, seeds, width)
			if in < 17 {
				t.Errorf("%d of %d intervals hold the truth", in, seeds)
			}
			if width > s.wide {
				t.Errorf("intervals are %.3f of the truth wide, want at most %.3f", width, s.wide)
			}
		})
	}
}

// TestIntervalKnowsCutBlocks is a registry whose blocks are cut: a leak of its
// own people by name alone finds few of them, and the interval does not say that
// the others are not concerned.
func TestIntervalKnowsCutBlocks(t *testing.T) {
	const n, rows = 5000, 400
	records := func(yield func(matchers.Record, error) bool) {
		for i := range n {
			if !yield(person(fmt.Sprint(i), fmt.Sprintf("birth_name=Martin; given_names=Marie; sex=F; birth_date=19%02d-%02d-%02d", 50+i%40, 1+i%12, 1+i/12%28)), nil) {
				return
			}
		}
	}
	ix, err := linkage.Build(records)
	if err != nil {
		t.Fatal(err)
	}
	if ix.Stats().Capped == 0 {
		t.Fatal("no block was cut")
	}
	model, err := linkage.Train(context.Background(), ix, slice(nil), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var leak []matchers.Record
	for range rows {
		leak = append(leak, person("", "birth_name=Martin; given_names=Marie"))
	}
	var sum breach.MatchSummary
	if sum, err = linkage.NewMatcher(ix, model, linkage.Options{}).Run(context.Background(), slice(leak), func(matchers.Record, []linkage.Match) error { return nil }); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d to %d people for %d rows, %+v", sum.Low, sum.High, rows, ix.Stats())
	if sum.High < rows/4 {
		t.Errorf("at most %d people, while half of %d rows may be about somebody registered", sum.High, rows)
	}
}
