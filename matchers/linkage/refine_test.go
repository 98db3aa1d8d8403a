package linkage_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// audit matches a leak, draws pairs and has each judged by who made the leak.
func audit(t testing.TB, ix *linkage.Index, leak []leakRow, name string, base *linkage.Model, pairs, workers int) ([]linkage.Judged, linkage.Sampled) {
	t.Helper()
	for i := range leak {
		leak[i].rec.Row = int64(i + 1)
	}
	opt := linkage.Options{Base: base, Workers: workers}
	m, err := linkage.Train(context.Background(), ix, rowsOf(leak), opt)
	if err != nil {
		t.Fatal(err)
	}
	s := linkage.NewSampler([]byte("a secret of the test "+name), pairs)
	tellNobody := func(matchers.Record, []linkage.Match) error { return nil }
	if _, err := linkage.NewMatcher(ix, m, opt).Sampling(s).Run(context.Background(), rowsOf(leak), tellNobody); err != nil {
		t.Fatal(err)
	}
	truth := map[int64]string{}
	for i := range leak {
		truth[leak[i].rec.Row] = leak[i].truth
	}
	dump := linkage.Sampled{Rows: int64(len(leak)), Drawn: map[int]int{}}
	var out []linkage.Judged
	for i, d := range s.Drawn() {
		dump.Drawn[d.Stratum]++
		j := linkage.Judged{Drawn: d, Dump: name, Model: m, Same: truth[d.Row] == d.Person}
		for k := range 2 {
			j.Judges = append(j.Judges, []string{"ana", "rose", "paul"}[(i+k)%3])
		}
		out = append(out, j)
	}
	return out, dump
}

// audited is a registry and three leaks of it, of which so many pairs were judged.
func audited(t *testing.T) (ix *linkage.Index, dumps map[string]linkage.Sampled, all []linkage.Judged, registered float64) {
	t.Helper()
	const pairs = 240
	c := newCountry(7, 600)
	people := c.registry(0.3)
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		t.Fatal(err)
	}
	dumps = map[string]linkage.Sampled{}
	for k := range 3 {
		name := fmt.Sprintf("dmp_%d", k)
		leak := c.leak(people, 600, 0.4)
		for _, r := range leak {
			if r.truth != "" {
				registered += 1. / 3 / float64(len(leak))
			}
		}
		list, dump := audit(t, ix, leak, name, nil, pairs, 2)
		dumps[name], all = dump, append(all, list...)
	}
	return ix, dumps, all, registered
}

// The draw is the same in any order of rows and with any number of workers; who
// does not know the secret draws others; a row that stands there ten times is one.
func TestDrawIsBitIdentical(t *testing.T) {
	c := newCountry(8, 300)
	people := c.registry(0.3)
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		t.Fatal(err)
	}
	leak := c.leak(people, 400, 0.4)
	model, err := linkage.Train(context.Background(), ix, rowsOf(leak), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	draw := func(secret string, workers int, leak []leakRow) []linkage.Drawn {
		s := linkage.NewSampler([]byte(secret), 60)
		m := linkage.NewMatcher(ix, model, linkage.Options{Workers: workers}).Sampling(s)
		if _, err := m.Run(context.Background(), rowsOf(leak), func(matchers.Record, []linkage.Match) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return s.Drawn()
	}
	want := draw("one secret of the test", 1, leak)
	if len(want) < 40 {
		t.Fatalf("%d pairs drawn", len(want))
	}
	strata := map[int]bool{}
	for _, d := range want {
		strata[d.Stratum] = true
	}
	if len(strata) < 6 {
		t.Errorf("pairs of %d strata", len(strata))
	}
	tenfold := slices.Clone(leak)
	for range 9 {
		tenfold = append(tenfold, leak[:200]...)
	}
	slices.Reverse(tenfold)
	for name, got := range map[string][]linkage.Drawn{
		"four workers": draw("one secret of the test", 4, leak),
		"in reverse":   draw("one secret of the test", 3, reversed(leak)),
		"repeated":     draw("one secret of the test", 2, tenfold),
	} {
		if name == "repeated" { // only the strata are larger
			for i := range got {
				got[i].Of = want[i].Of
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if cmp.Equal(want, draw("another secret of the test", 1, leak)) {
		t.Error("another secret draws the same pairs")
	}
}

func reversed(leak []leakRow) []leakRow {
	out := slices.Clone(leak)
	slices.Reverse(out)
	return out
}

// What pairs stand for adds up to what is there: the estimate of the number of
// true pairs is unbiased over many draws.
func TestDrawIsUnbiased(t *testing.T) {
	c := newCountry(9, 300)
	people := c.registry(0.3)
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		t.Fatal(err)
	}
	leak := c.leak(people, 500, 0.4)
	truth := map[int64]string{}
	for i := range leak {
		leak[i].rec.Row = int64(i + 1)
		truth[int64(i+1)] = leak[i].truth
	}
	model, err := linkage.Train(context.Background(), ix, rowsOf(leak), linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	total := func(secret string, pairs int) (pairsThere, same float64) {
		s := linkage.NewSampler([]byte(secret), pairs)
		if _, err := linkage.NewMatcher(ix, model, linkage.Options{}).Sampling(s).Run(context.Background(), rowsOf(leak),
			func(matchers.Record, []linkage.Match) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for _, d := range s.Drawn() {
			pairsThere += 1 / d.Inclusion
			if truth[d.Row] == d.Person {
				same += 1 / d.Inclusion
			}
		}
		return pairsThere, same
	}
	wantPairs, wantSame := total("all of them", 1_000_000)
	const draws = 30
	var pairs, same, squares float64
	for k := range draws {
		p, s := total(fmt.Sprint("secret ", k), 60)
		pairs, same, squares = pairs+p/draws, same+s/draws, squares+s*s/draws
	}
	deviation := math.Sqrt((squares - same*same) / draws)
	t.Logf("%.0f pairs and %.0f true ones; %d draws of 60 say %.0f and %.0f ± %.1f", wantPairs, wantSame, draws, pairs, same, deviation)
	if math.Abs(same-wantSame) > 4*deviation || math.Abs(pairs-wantPairs) > 0.1*wantPairs {
		t.Errorf("draws are biased")
	}
}

func TestRefine(t *testing.T) {
	ix, dumps, pairs, registered := audited(t)
	r, err := linkage.Refine(nil, dumps, pairs, linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d pairs, %d same, worth %.1f; registered %.3f; calibration %.4f then %.4f; false %+v missed %+v margin %.0f", r.Pairs, r.Same, r.Worth,
		r.Registered.After, r.Calibration.Before.Share, r.Calibration.After.Share, r.FalseLinks, r.Missed, r.Margin)
	for _, l := range r.Levels {
		t.Logf("%-12s %-12s %.4f -> %.4f judged %.4f [%.4f %.4f] %+.2f bits", l.Field, l.Level, l.Before, l.After, l.Judged.Share, l.Judged.Low, l.Judged.High, l.Bits)
	}
	for _, a := range r.Alarms {
		t.Logf("alarm %s: %s", a.Code, a.Text)
	}
	if math.Abs(r.Registered.After-registered) > 0.02 {
		t.Errorf("%.3f of rows are said to be about somebody registered, want %.3f", r.Registered.After, registered)
	}
	if err := r.Refused("shift"); err != nil {
		t.Errorf("an honest sample is refused: %v", err)
	}
	again, err := linkage.Refine(nil, dumps, reversedPairs(pairs), linkage.Options{})
	if err != nil || again.After != r.After {
		t.Errorf("in another order: %s, want %s: %v", again.After, r.After, err)
	}
	// The refined model survives its own text, and weighs a leak too small to teach.
	raw, err := r.Model.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var back linkage.Model
	if err := back.UnmarshalJSON(raw); err != nil || back.Version != r.After {
		t.Fatalf("reading it back: %s, %v", back.Version, err)
	}
	small, err := linkage.Train(context.Background(), ix, slice(nil), linkage.Options{Base: &back})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(small.Version, "refined-") {
		t.Errorf("a small leak is weighed by %s", small.Version)
	}
}

func reversedPairs(pairs []linkage.Judged) []linkage.Judged {
	out := slices.Clone(pairs)
	slices.Reverse(out)
	return out
}

// What one dump, one reviewer or one person would teach is refused.
func TestRefineAlarms(t *testing.T) {
	_, dumps, pairs, _ := audited(t)
	for _, tt := range []struct {
		name, want string
		spoil      func(i int, p *linkage.Judged) (keep bool)
	}{
		{"few pairs", "too-few", func(i int, p *linkage.Judged) bool { return i < 60 }},
		{"one dump", "one-dump", func(i int, p *linkage.Judged) bool { return p.Dump == "dmp_1" || i%20 == 0 }},
		{"one reviewer", "one-reviewer", func(i int, p *linkage.Judged) bool {
			p.Judges = []string{"ana", []string{"rose", "paul"}[i%2]}
			return true
		}},
		{"disputed", "disputed", func(i int, p *linkage.Judged) bool { p.Disputed = i%3 == 0; return true }},
		{"planted on one person", "one-person", func(i int, p *linkage.Judged) bool {
			if p.Dump == "dmp_2" && p.Same && i%2 == 0 {
				p.Person = "the victim"
			}
			return true
		}},
		{"a poisoned dump", "odd-dump", func(i int, p *linkage.Judged) bool {
			if p.Dump == "dmp_2" && p.Same {
				p.Levels = strings.ReplaceAll(p.Levels, "birth_date=exact", "birth_date=different")
			}
			return true
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var list []linkage.Judged
			for i, p := range pairs {
				if tt.spoil(i, &p) {
					list = append(list, p)
				}
			}
			r, err := linkage.Refine(nil, dumps, list, linkage.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var refused *breach.RefusedError
			if err := r.Refused("shift"); !errors.As(err, &refused) || refused.Code != tt.want {
				t.Errorf("refused as %v, want %s; alarms %v", refused, tt.want, r.Alarms)
			}
		})
	}
}

// BenchmarkSampling is a match with a sample drawn beside it and without.
func BenchmarkSampling(b *testing.B) {
	c := newCountry(11, 2000)
	people := c.registry(0.3)
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		b.Fatal(err)
	}
	leak := c.leak(people, 5000, 0.4)
	model, err := linkage.Train(context.Background(), ix, rowsOf(leak), linkage.Options{Workers: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"without", "with"} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				m := linkage.NewMatcher(ix, model, linkage.Options{Workers: 1})
				if name == "with" {
					m = m.Sampling(linkage.NewSampler([]byte("a secret of the benchmark"), 160))
				}
				if _, err := m.Run(context.Background(), rowsOf(leak), func(matchers.Record, []linkage.Match) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
