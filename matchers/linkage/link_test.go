package linkage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// columns are the fields of a record as columns of a file.
var (
	columns = []linkage.Meaning{
		linkage.MeansSurname, linkage.MeansUsageName, linkage.MeansGivenName, linkage.MeansFullName, linkage.MeansSex, linkage.MeansBirthDate,
		linkage.MeansBirthPlace, linkage.MeansEmail, linkage.MeansPhone, linkage.MeansStreet, linkage.MeansPostcode, linkage.MeansCity, linkage.MeansNationalID,
	}
	columnFields = []matchers.Field{
		matchers.BirthName, matchers.UsageName, matchers.GivenNames, matchers.FullName, matchers.Sex, matchers.BirthDate,
		matchers.BirthPlace, matchers.Email, matchers.Phone, matchers.Street, matchers.Postcode, matchers.City, matchers.NIR,
	}
)

func rows(records []matchers.Record) []linkage.Row {
	out := make([]linkage.Row, len(records))
	for i, r := range records {
		out[i].ID = r.ID
		for _, f := range columnFields {
			out[i].Values = append(out[i].Values, r.Values[f])
		}
	}
	return out
}

func TestLink(t *testing.T) {
	c := newCountry(31, 700)
	var left []matchers.Record
	for i, row := range c.leak(c.people, 900, 0) {
		row.rec.ID = fmt.Sprintf("%s/%d", row.truth, i)
		left = append(left, row.rec)
	}
	var right []matchers.Record
	for r, err := range c.records(c.people) {
		if err != nil {
			t.Fatal(err)
		}
		right = append(right, r)
	}
	pairs, err := linkage.Link(context.Background(), columns, rows(left), rows(right), linkage.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	truth := func(a, b string) bool { return a[:8] == b[:8] }
	p, r, f := score(pairs, linkage.LinkThreshold, truth, len(left))
	t.Logf("link: precision %.4f recall %.4f F1 %.4f", p, r, f)
	if f < 0.985 {
		t.Errorf("F1 %.4f, want at least 0.985", f)
	}
	once, err := linkage.Link(context.Background(), columns, rows(left), rows(right), linkage.LinkOptions{OneToOne: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, x := range once {
		if seen[x.Left] || seen[x.Right] {
			t.Fatalf("one-to-one used %s or %s twice", x.Left, x.Right)
		}
		seen[x.Left], seen[x.Right] = true, true
		if i > 0 && once[i-1].Left > x.Left {
			t.Fatal("pairs are not sorted")
		}
	}
}

func TestDedupe(t *testing.T) {
	c := newCountry(32, 500)
	var records []matchers.Record
	count := map[string]int{}
	for i, row := range c.leak(c.people, 1500, 0) {
		row.rec.ID = fmt.Sprintf("%s/%d", row.truth, i)
		records = append(records, row.rec)
		count[row.truth]++
	}
	all := 0
	for _, n := range count {
		all += n * (n - 1) / 2
	}
	pairs, err := linkage.Dedupe(context.Background(), columns, rows(records), linkage.LinkOptions{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	p, r, f := score(pairs, linkage.LinkThreshold, func(a, b string) bool { return a[:8] == b[:8] }, all)
	t.Logf("dedupe: precision %.4f recall %.4f F1 %.4f", p, r, f)
	if f < 0.95 {
		t.Errorf("F1 %.4f, want at least 0.95", f)
	}
	stated, right := 0.0, 0.0
	for _, x := range pairs {
		if x.Probability >= linkage.LinkThreshold {
			stated += x.Probability
			if x.Left[:8] == x.Right[:8] {
				right++
			}
		}
	}
	if stated < .98*right || stated > 1.02*right {
		t.Errorf("%.1f pairs of one person stated, %.0f are: want them within two in a hundred", stated, right)
	}
	for _, x := range pairs {
		if x.Left >= x.Right {
			t.Fatalf("pair %s, %s: the smaller ID comes first", x.Left, x.Right)
		}
	}
	for i, j := 0, len(records)-1; i < j; i, j = i+1, j-1 {
		records[i], records[j] = records[j], records[i]
	}
	again, err := linkage.Dedupe(context.Background(), columns, rows(records), linkage.LinkOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(pairs, again); d != "" {
		t.Errorf("pairs depend on the order of the records: %s", d)
	}
}

func TestClusters(t *testing.T) {
	pairs := []linkage.Pair{{"b", "c", 9, 0.99}, {"a", "b", 9, 0.95}, {"d", "e", 9, 0.99}, {"c", "d", 1, 0.4}}
	got, err := linkage.Clusters(pairs, 0.9)
	want := map[string]string{"a": "a", "b": "a", "c": "a", "d": "d", "e": "d"}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("clusters: %v %s", err, d)
	}
	if _, err := linkage.Clusters(pairs, 0); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("least 0: %v, want ErrInvalid", err)
	}
}
