package linkage_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

// table reads a public data set from linkage/ in the folder named by
// VIGIE_BENCH_DATA, where those of other rooms lie too.
func table(b *testing.B, file string) []map[string]string {
	b.Helper()
	dir := os.Getenv("VIGIE_BENCH_DATA")
	if dir == "" {
		b.Skip("VIGIE_BENCH_DATA names no folder with linkage/dataset4a.csv, dataset4b.csv and fake_1000.csv")
	}
	f, err := os.Open(filepath.Join(dir, "linkage", file))
	if err != nil {
		b.Skipf("public data set not there: %v", err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, h := range rows[0] {
			m[strings.TrimSpace(h)] = strings.TrimSpace(row[i])
		}
		out = append(out, m)
	}
	return out
}

func febrl(rows []map[string]string) []matchers.Record {
	var out []matchers.Record
	for _, r := range rows {
		rec := matchers.Record{ID: r["rec_id"]}
		v := &rec.Values
		v[matchers.GivenNames], v[matchers.BirthName] = r["given_name"], r["surname"]
		v[matchers.Street] = strings.TrimSpace(r["street_number"] + " " + r["address_1"])
		v[matchers.City], v[matchers.Postcode] = r["suburb"], r["postcode"]
		v[matchers.BirthDate], v[matchers.NIR] = r["date_of_birth"], r["soc_sec_id"]
		out = append(out, rec)
	}
	return out
}

// score returns precision, recall and F1 of the pairs at a threshold.
func score(pairs []linkage.Pair, least float64, truth func(a, b string) bool, all int) (p, r, f float64) {
	right, n := 0, 0
	for _, x := range pairs {
		if x.Probability >= least {
			n++
			if truth(x.Left, x.Right) {
				right++
			}
		}
	}
	p, r = float64(right)/float64(max(n, 1)), float64(right)/float64(all)
	return p, r, 2 * p * r / (p + r)
}

// BenchmarkFEBRL4 links 5,000 with 5,000 records, training included. Splink 5
// reaches an F1 of 0.9991 in 8.5 s.
func BenchmarkFEBRL4(b *testing.B) {
	left, right := febrl(table(b, "dataset4a.csv")), febrl(table(b, "dataset4b.csv"))
	entity := func(id string) string { return strings.Join(strings.Split(id, "-")[:2], "-") }
	start := time.Now()
	var pairs []linkage.Pair
	for b.Loop() {
		var err error
		if pairs, err = linkage.Link(context.Background(), columns, rows(left), rows(right), linkage.LinkOptions{OneToOne: true}); err != nil {
			b.Fatal(err)
		}
	}
	truth := func(x, y string) bool { return entity(x) == entity(y) }
	p, r, f := score(pairs, linkage.LinkThreshold, truth, len(left))
	b.ReportMetric(p, "precision")
	b.ReportMetric(r, "recall")
	b.ReportMetric(f, "F1")
	b.Logf("%v per run", time.Since(start)/time.Duration(b.N))
	if testing.Verbose() {
		found := map[string]bool{}
		byID := map[string]matchers.Record{}
		for _, r := range append(append([]matchers.Record{}, left...), right...) {
			byID[r.ID] = r
		}
		for _, x := range pairs {
			if x.Probability >= .5 {
				found[x.Left] = true
				if !truth(x.Left, x.Right) {
					b.Logf("FALSE %+v\n%q\n%q", x, byID[x.Left].Values, byID[x.Right].Values)
				}
			}
		}
		for _, l := range left {
			if !found[l.ID] {
				b.Logf("MISSED %q\n%q", l.Values, byID[entity(l.ID)+"-dup-0"].Values)
			}
		}
	}
}

// BenchmarkFake1000 deduplicates Splink's invented 1,000 records.
func BenchmarkFake1000(b *testing.B) {
	cluster := map[string]string{}
	size := map[string]int{}
	var records []matchers.Record
	for _, r := range table(b, "fake_1000.csv") {
		rec := matchers.Record{ID: r["unique_id"]}
		v := &rec.Values
		v[matchers.GivenNames], v[matchers.BirthName], v[matchers.BirthDate] = r["first_name"], r["surname"], r["dob"]
		v[matchers.City], v[matchers.Email] = r["city"], r["email"]
		records = append(records, rec)
		cluster[rec.ID] = r["cluster"]
		size[r["cluster"]]++
	}
	all := 0
	for _, n := range size {
		all += n * (n - 1) / 2
	}
	var pairs []linkage.Pair
	for b.Loop() {
		var err error
		if pairs, err = linkage.Dedupe(context.Background(), columns, rows(records), linkage.LinkOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	p, r, f := score(pairs, linkage.LinkThreshold, func(x, y string) bool { return cluster[x] == cluster[y] }, all)
	b.ReportMetric(p, "precision")
	b.ReportMetric(r, "recall")
	b.ReportMetric(f, "F1")
}
