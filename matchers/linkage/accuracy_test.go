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

func TestAccuracy(t *testing.T) {
	c := newCountry(11, 12_000)
	people := c.registry(0.4)
	leak := c.leak(people, 6000, 0.4)
	m := trained(t, c, people, leak, linkage.Options{})
	start := time.Now()
	o := judge(t, m, leak)
	t.Logf("%.0f rows/s", float64(len(leak))/time.Since(start).Seconds())
	t.Logf("links %d false %d (strangers %d) reviews %d of %d truths: linked %.4f seen %.4f ece %.4f", o.links, o.falseLinks, o.strangersLinked, o.reviews, o.truths,
		float64(o.linked)/float64(o.truths), float64(o.seen)/float64(o.truths), o.ece())
	for i, b := range o.bins {
		t.Logf("bin %d: n %.0f p %.3f observed %.3f", i, b.n, b.p/b.n, b.hit/b.n)
	}
	t.Logf("persons %d low %d high %d", o.persons, o.summary.Low, o.summary.High)
}
