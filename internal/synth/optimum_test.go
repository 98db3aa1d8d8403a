package synth

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// The model of errors says what the errors are, for every outcome.
func TestErrorModel(t *testing.T) {
	m := &maker{rng: rand.New(rand.NewPCG(1, 2))}
	const draws = 40_000
	check := func(name string, draw func() string, model map[string]float64) {
		t.Helper()
		seen := map[string]float64{}
		for range draws {
			seen[draw()] += 1.0 / draws
		}
		total := 0.0
		for what, p := range model {
			total += p
			if gap := math.Abs(seen[what] - p); gap > 5*math.Sqrt(p/draws)+1e-4 {
				t.Errorf("%s: %q comes out with %.4f, the model says %.4f", name, what, seen[what], p)
			}
		}
		for what, p := range seen {
			if model[what] == 0 {
				t.Errorf("%s: %q comes out with %.4f, the model has it not", name, what, p)
			}
		}
		if math.Abs(total-1) > 1e-9 {
			t.Errorf("%s: the model sums to %f", name, total)
		}
	}
	for _, s := range []string{"Martin", "Clément", "Jo", "de La Rochebrune", "O'Brien", "Li-Rnald"} {
		model := map[string]float64{}
		for _, o := range slips(s) {
			model[o.what] += o.p
		}
		check("slip", func() string { return m.slip(s) }, model)
		model = map[string]float64{}
		for _, l := range loosened(s) {
			model[l] += 1.0 / 3
		}
		check("loosen", func() string { return loosen(m, s) }, model)
	}
	for _, s := range []string{"1987-11-05", "2001-02-28", "1960-00-00"} {
		model := map[string]float64{}
		for _, w := range wrongDates(s) {
			model[w] += 0.25
		}
		check("wrongDate", func() string { return m.wrongDate(s) }, model)
	}
}

// The whole likelihood of names and date against the recipe itself.
func TestLikelihoodOfRows(t *testing.T) {
	shared, err := Population{People: 1}.maker()
	if err != nil {
		t.Fatal(err)
	}
	m := shared.at(3, chunk{})
	v := known{values: values{birthName: "Le Goff", usageName: "Benoît", given: []string{"Anne-Laure", "Marie"}, sex: "F", born: "1987-11-05"}}
	const draws = 60_000
	names, dates := map[string]float64{}, map[string]float64{}
	for range draws {
		row := spoilA(m, v.values)
		names[fold(row[2])] += 1.0 / draws
		dates[isoDate(row[4])] += 1.0 / draws
	}
	for _, out := range []string{"LE GOFF", "BENOIT", "LE-GOFF", "BENOI", "ANNE-LAURE", "ANNE LAURE"} {
		want := (1-swapped)*v.nameChance(out) + swapped*v.givenChance(out)*(1-lostGiven)
		if gap := math.Abs(names[out] - want); gap > 5*math.Sqrt(want/draws)+2e-4 {
			t.Errorf("%q is written with %.4f, the model says %.4f", out, names[out], want)
		}
	}
	for _, out := range []string{"1987-11-05", "1987-05-11", "1988-11-05", ""} {
		if want := dateChance(v.born, out); math.Abs(dates[out]-want) > 5*math.Sqrt(want/draws) {
			t.Errorf("date %q is written with %.4f, the model says %.4f", out, dates[out], want)
		}
	}
}

func TestOptimum(t *testing.T) {
	registry, _ := write(t, Population{People: 12_000, Seed: 5, Only: "civil", NoRelations: true, OwnPhones: true})
	var found []OptimumFound
	for _, fields := range [][]string{nil, {"names", "birth_date"}} {
		leak := t.TempDir()
		if _, err := (Leak{Registry: registry, Rows: 1_000, Strangers: 0.4, Seed: 6, Fields: fields}).Write(context.Background(), leak); err != nil {
			t.Fatal(err)
		}
		f, err := Optimum{Registry: registry, Leak: leak, Sample: 40_000}.Find(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", f)
		if f.Members != 600 || f.Careful < 0.95 || f.Precision < 0.99 || f.Error > 0.01 {
			t.Errorf("fields %v: %+v", fields, f)
		}
		found = append(found, f)
	}
	if found[0].BestF1 < found[1].BestF1 {
		t.Error("more fields tell less")
	}
}
