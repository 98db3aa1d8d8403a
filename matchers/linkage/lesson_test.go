package linkage_test

import (
	"slices"
	"testing"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

// What one leak has taught serves another of the same fields: its shares are its
// own, whatever those of the first were.
func TestSettle(t *testing.T) {
	c := newCountry(11, 3000)
	people := c.registry(0.3)
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		t.Fatal(err)
	}
	lesson := func(leak []leakRow, opt linkage.Options) *linkage.Lesson {
		t.Helper()
		l, err := linkage.Draw(t.Context(), ix, rowsOf(leak), opt)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	first := lesson(c.leak(people, 2000, 0.4), linkage.Options{})
	frozen, err := first.Train(t.Context())
	if err != nil || !frozen.Trained() {
		t.Fatal(frozen.Version, err)
	}
	for _, test := range []struct {
		name         string
		rows         int
		strangers    float64
		linked, seen float64
	}{
		{"as the first", 1500, 0.4, 0.9, 0.99},
		{"nearly all strangers", 2000, 0.97, 0.8, 0.95},
		{"few strangers", 1500, 0.05, 0.9, 0.99},
		{"a small one", 120, 0.4, 0.8, 0.95},
	} {
		t.Run(test.name, func(t *testing.T) {
			leak := c.leak(people, test.rows, test.strangers)
			l := lesson(leak, linkage.Options{Workers: 1})
			if l.Fields() != first.Fields() {
				t.Errorf("fields %s, want %s", l.Fields(), first.Fields())
			}
			m, err := l.Settle(t.Context(), frozen)
			if err != nil {
				t.Fatal(err)
			}
			turned := slices.Clone(leak)
			slices.Reverse(turned)
			again, err := lesson(turned, linkage.Options{Workers: 3}).Settle(t.Context(), frozen)
			if err != nil || again.Version != m.Version {
				t.Errorf("from the other end, with more workers: %s, want %s (%v)", again.Version, m.Version, err)
			}
			o := judge(t, linkage.NewMatcher(ix, m, linkage.Options{}), leak)
			linked, seen := float64(o.linked)/float64(o.truths), float64(o.seen)/float64(o.truths)
			t.Logf("links %d, false %d; linked %.3f, seen %.3f; persons %d in %d-%d", o.links, o.falseLinks, linked, seen, o.persons, o.summary.Low, o.summary.High)
			if o.falseLinks > 1+o.links/1000 || linked < test.linked || seen < test.seen {
				t.Errorf("%d of %d links are false, linked %.3f, seen %.3f; want %.3f and %.3f", o.falseLinks, o.links, linked, seen, test.linked, test.seen)
			}
			if n := int64(o.persons); n < o.summary.Low || n > o.summary.High {
				t.Errorf("%d people, not in %d-%d", n, o.summary.Low, o.summary.High)
			}
		})
	}
	fewer := scenario{keep: []matchers.Field{matchers.BirthName, matchers.GivenNames, matchers.BirthDate}}.apply(c.leak(people, 300, 0.4))
	if got := lesson(fewer, linkage.Options{}).Fields(); got == first.Fields() {
		t.Errorf("fields %s of a leak with fewer columns", got)
	}
}
