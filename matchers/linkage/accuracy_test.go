package linkage_test

import (
	"context"
	"math"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// outcome counts what a run got right.
type outcome struct {
	links, falseLinks, reviews, truths  int
	linked, seen                        int // rows about registered people that were linked, linked or reviewed
	bins                                [10]struct{ n, p, hit float64 }
	summary                             breach.MatchSummary
	strangersLinked, strangers, persons int
}

func judge(t testing.TB, m *linkage.Matcher, leak []leakRow) outcome {
	t.Helper()
	var o outcome
	i := 0
	persons := map[string]bool{}
	sum, err := m.Run(context.Background(), rowsOf(leak), func(row matchers.Record, ms []linkage.Match) error {
		truth := leak[i].truth
		i++
		if truth != "" {
			o.truths++
			persons[truth] = true
		} else {
			o.strangers++
		}
		found, linked := false, false
		for _, x := range ms {
			b := &o.bins[min(int(x.Probability*10), 9)]
			b.n++
			b.p += x.Probability
			right := x.Person == truth
			if right {
				b.hit++
			}
			switch x.Band {
			case breach.BandLink:
				o.links++
				found = found || right
				linked = linked || right
				if !right {
					o.falseLinks++
					if truth == "" {
						o.strangersLinked++
					}
				}
			case breach.BandReview:
				o.reviews++
				found = found || right
			}
		}
		if linked {
			o.linked++
		}
		if found {
			o.seen++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	o.summary = sum
	o.persons = len(persons)
	return o
}

func (o outcome) ece() float64 {
	var n, gap float64
	for _, b := range o.bins {
		n += b.n
		gap += math.Abs(b.p - b.hit)
	}
	return gap / n
}

func trained(t testing.TB, c *country, people []human, leak []leakRow, opt linkage.Options) *linkage.Matcher {
	t.Helper()
	start := time.Now()
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		t.Fatal(err)
	}
	built := time.Now()
	model, err := linkage.Train(context.Background(), ix, rowsOf(leak), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people: built in %v, trained in %v, model %s, %+v", len(people), built.Sub(start), time.Since(built), model.Version, ix.Stats())
	return linkage.NewMatcher(ix, model, opt)
}

// scenario is a leak with some columns, and floors it must reach.
type scenario struct {
	name      string
	keep      []matchers.Field // nil keeps all
	full      bool             // names in one column, of unknown order
	strangers float64
	linked    float64 // least share of rows about registered people linked without review
	seen      float64 // least share linked or reviewed
	ece       float64 // most expected calibration error
}

var (
	names   = []matchers.Field{matchers.BirthName, matchers.UsageName, matchers.GivenNames}
	address = []matchers.Field{matchers.Street, matchers.Postcode, matchers.City}
)

func with(groups ...[]matchers.Field) []matchers.Field {
	var out []matchers.Field
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

func (s scenario) apply(leak []leakRow) []leakRow {
	out := make([]leakRow, len(leak))
	for i, row := range leak {
		out[i] = row
		if s.full {
			a, b := row.rec.Values[matchers.BirthName], row.rec.Values[matchers.GivenNames]
			if i%3 == 0 {
				a, b = b, a
			}
			out[i].rec.Values[matchers.FullName] = a + " " + b
			out[i].rec.Values[matchers.BirthName], out[i].rec.Values[matchers.GivenNames] = "", ""
		}
		if s.keep == nil {
			continue
		}
		all := out[i].rec.Values
		out[i].rec.Values = [matchers.NumFields]string{}
		for _, f := range s.keep {
			out[i].rec.Values[f] = all[f]
		}
	}
	return out
}

func TestAccuracy(t *testing.T) {
	dob := []matchers.Field{matchers.BirthDate}
	full := []matchers.Field{matchers.FullName}
	email, phone := []matchers.Field{matchers.Email}, []matchers.Field{matchers.Phone}
	tests := []scenario{
		{name: "all columns", strangers: 0.4, linked: 0.96, seen: 0.998, ece: 0.005},
		{name: "nearly all strangers", strangers: 0.97, linked: 0.85, seen: 0.98, ece: 0.03},
		{name: "names and birth date", keep: with(names, dob), strangers: 0.4, seen: 0.98, ece: 0.01},
		{name: "names, birth date, address", keep: with(names, dob, address), strangers: 0.4, linked: 0.55, seen: 0.99, ece: 0.01},
		{name: "names, e-mail, phone", keep: with(names, email, phone), strangers: 0.4, linked: 0.6, seen: 0.97, ece: 0.02},
		{name: "full name, birth date, e-mail", full: true, keep: with(full, dob, email), strangers: 0.4, linked: 0.55, seen: 0.99, ece: 0.01},
		{name: "phone and birth date", keep: with(phone, dob), strangers: 0.4, seen: 0.9, ece: 0.05},
		{name: "names only", keep: names, strangers: 0.4, seen: 0.85, ece: 0.1},
	}
	c := newCountry(11, 4000)
	people := c.registry(0.3)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			leak := test.apply(c.leak(people, 2500, test.strangers))
			m := trained(t, c, people, leak, linkage.Options{})
			o := judge(t, m, leak)
			linked, seen := float64(o.linked)/float64(max(o.truths, 1)), float64(o.seen)/float64(max(o.truths, 1))
			t.Logf("links %d false %d (strangers %d) reviews %d of %d truths: linked %.4f seen %.4f ece %.4f; persons %d in %d-%d", o.links, o.falseLinks, o.strangersLinked, o.reviews, o.truths,
				linked, seen, o.ece(), o.persons, o.summary.Low, o.summary.High)
			if o.falseLinks > 1+o.links/1000 {
				t.Errorf("%d of %d links are false", o.falseLinks, o.links)
			}
			if linked < test.linked || seen < test.seen {
				t.Errorf("linked %.4f, seen %.4f; want %.4f and %.4f", linked, seen, test.linked, test.seen)
			}
			if o.ece() > test.ece {
				t.Errorf("expected calibration error %.4f, want at most %.4f", o.ece(), test.ece)
			}
			for i, b := range o.bins {
				if b.n > 20 {
					t.Logf("bin %d: n %.0f p %.3f observed %.3f", i, b.n, b.p/b.n, b.hit/b.n)
				}
			}
		})
	}
}
