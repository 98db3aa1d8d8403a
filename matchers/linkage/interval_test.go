package linkage_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// without is the upper end of the interval before candidates below the least
// match and cut blocks were counted.
func without(t *testing.T, m *linkage.Matcher, leak []leakRow) (low, high int64) {
	t.Helper()
	best := map[string]float64{}
	_, err := m.Run(context.Background(), rowsOf(leak), func(_ matchers.Record, ms []linkage.Match) error {
		for _, x := range ms {
			best[x.Person] = max(best[x.Person], x.Probability)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var e, v float64
	for _, p := range best {
		e, v = e+p, v+p*(1-p)
	}
	half := 1.96*math.Sqrt(v+(0.005*e)*(0.005*e)) + v
	return max(int64(math.Floor(e-half)), 0), int64(math.Ceil(e + half))
}

// TestIntervalCoverage holds the 95 % interval of the people concerned against
// the truth over many small leaks. Names without a birth date are known to fall
// short: on so little, posteriors are too low all together, and some rows are so
// damaged that they find nobody. There the end that counts must not get worse.
func TestIntervalCoverage(t *testing.T) {
	const seeds = 20
	dob := []matchers.Field{matchers.BirthDate}
	for _, s := range []struct {
		name  string
		keep  []matchers.Field
		full  bool
		least float64 // coverage
	}{
		{"all columns", nil, false, .9},
		{"names and birth date", with(names, dob), false, .9},
		{"names only", names, false, 0},
		{"full name and postcode", []matchers.Field{matchers.FullName, matchers.Postcode}, true, 0},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var in, was int
			var width, wide float64
			for seed := range uint64(seeds) {
				c := newCountry(100+seed, 150)
				people := c.registry(0.3)
				leak := scenario{keep: s.keep, full: s.full}.apply(c.leak(people, 100, 0.4))
				ix, err := linkage.Build(c.records(people))
				if err != nil {
					t.Fatal(err)
				}
				model, err := linkage.Train(context.Background(), ix, rowsOf(leak), linkage.Options{})
				if err != nil {
					t.Fatal(err)
				}
				m := linkage.NewMatcher(ix, model, linkage.Options{})
				o := judge(t, m, leak)
				n, sum := int64(o.persons), o.summary
				low, high := without(t, m, leak)
				if sum.Low <= n && n <= sum.High {
					in++
				}
				if low <= n && n <= high {
					was++
				}
				width, wide = width+float64(sum.High-sum.Low)/float64(n), wide+float64(high-low)/float64(n)
			}
			t.Logf("%d of %d intervals hold the truth, of width %.3f of it; before %d of width %.3f", in, seeds, width/seeds, was, wide/seeds)
			if float64(in) < s.least*seeds || in < was {
				t.Errorf("%d of %d intervals hold the truth", in, seeds)
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
