package linkage

import (
	"testing"

	"vigie/matchers"
)

// BenchmarkPairs compares and weighs pairs of records with every field.
func BenchmarkPairs(b *testing.B) {
	r := matchers.Record{ID: "a"}
	for f, v := range map[matchers.Field]string{
		matchers.BirthName: "Le Gallou-Béranger", matchers.GivenNames: "Hélène Marie", matchers.Sex: "F", matchers.BirthDate: "1984-03-09",
		matchers.Email: "helene.legallou@example.org", matchers.Phone: "+33639980001", matchers.Street: "12 rue des Tanneurs",
		matchers.Postcode: "29300", matchers.City: "Quimperlé", matchers.Nationality: "française",
	} {
		r.Values[f] = v
	}
	ix, err := Build(func(yield func(matchers.Record, error) bool) { yield(r, nil) })
	if err != nil {
		b.Fatal(err)
	}
	p := builtin(1)
	w := newWeigher(ix, &p, Options{})
	other := r
	other.Values[matchers.BirthName], other.Values[matchers.GivenNames] = "LEGALOU", "HELENA"
	other.Values[matchers.BirthDate], other.Values[matchers.Street] = "1984-09-03", "12 R DES TANEURS"
	var e entry
	if err := ix.person(0, &e); err != nil {
		b.Fatal(err)
	}
	rows := []facts{read(ix, &r), read(ix, &other)}
	n := 0
	for b.Loop() {
		var v vector
		w.compare(&rows[n%2], &e, &v)
		w.total(&v, nil)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pairs/s")
}

// read prepares a row.
func read(ix *Index, r *matchers.Record) facts {
	t := newMemory().canonical(r)
	return newFacts(&t, &visitor{ix: ix}, true)
}
