package linkage_test

import (
	"context"
	"testing"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

// BenchmarkRun matches a leak with all columns, 40 % strangers, against a
// registry of about 100,000 people.
func BenchmarkRun(b *testing.B) {
	c := newCountry(5, 30_000)
	people := c.registry(1)
	leak := c.leak(people[:len(people)*6/10], 20_000, 0.4)
	ix, err := linkage.Build(c.records(people))
	if err != nil {
		b.Fatal(err)
	}
	model, err := linkage.Train(context.Background(), ix, rowsOf(leak[:5000]), linkage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m := linkage.NewMatcher(ix, model, linkage.Options{})
	b.Logf("%+v", ix.Stats())
	for b.Loop() {
		if _, err := m.Run(context.Background(), rowsOf(leak), func(matchers.Record, []linkage.Match) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(leak))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
