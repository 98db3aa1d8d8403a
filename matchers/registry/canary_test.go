package registry

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"vigie/internal/breach"
	"vigie/matchers"
)

var (
	testGiven  = map[string][]string{"F": {"Lina", "Zoé", "Ada", "Eve", "Maé", "Inès"}, "M": {"Omar", "Noé", "Paul", "Élie", "Tom", "Ugo"}}
	testNames  = []string{"Canarival", "Canaridal", "Canarimont", "Canaribel", "Canarifin", "Canarison", "Le Canari", "De La Cage"}
	testTowns  = []string{"00001,ORBEVILLE", "00002,ELUVILLE", "00003,VESLE"}
	testStreet = []string{"rue des Lilas", "avenue Canariste", "place du Perchoir", "chemin de la Volière"}
)

// village invents a registry of n people, with gaps between ids.
func village(n int) string {
	rng := rand.New(rand.NewPCG(7, 9))
	var b strings.Builder
	b.WriteString(personsHeader)
	pick := func(l []string) string { return l[min(rng.IntN(len(l)), rng.IntN(len(l)))] }
	maybe := func(p float64, v string) string {
		if rng.Float64() < p {
			return v
		}
		return ""
	}
	for i := range n {
		sex := []string{"F", "M"}[rng.IntN(2)]
		given, name := pick(testGiven[sex]), pick(testNames)
		mail := fmt.Sprintf("%s.%s%03d@example.org", letters(given), letters(name), i)
		fmt.Fprintf(&b, "ML-%06d,ml-a,%s,%s,%s %s,%s,%d-%02d-%02d,%s,99999,%s,%s,%s,%d %s,%s,,,%s,FR,%s,%s,,%s,,,,,%s,,%s\n",
			i*7+rng.IntN(7), name, maybe(.1, pick(testNames)), given, pick(testGiven[sex]), sex, 2001+rng.IntN(9), 1+rng.IntN(12), 1+rng.IntN(28),
			pick([]string{"Orbeville", "Eluville"}), maybe(.9, "FR"), maybe(.7, mail), maybe(.6, fmt.Sprintf("+33639981%03d", i%1000)),
			1+rng.IntN(90), pick(testStreet), maybe(.2, "Bat B"), pick(testTowns), maybe(.8, map[string]string{"F": "Mme", "M": "M."}[sex]),
			maybe(.02, "2020-01-01"), maybe(.05, "1"), maybe(.3, "1"), maybe(.5, "fr"))
	}
	return b.String()
}

func villageOpen(t testing.TB, n int) (string, Sealer, *Registry) {
	t.Helper()
	dir, keys := filepath.Join(t.TempDir(), "youth"), newKeys(t)
	if _, refused, err := Import(t.Context(), options(dir, keys, village(n), relationsHeader)); err != nil || refused.Count > 0 {
		t.Fatal(refused, err)
	}
	r, err := Open(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return dir, keys, r
}

func invented(t testing.TB, r *Registry, n int, seed byte, known ...Planting) []Canary {
	t.Helper()
	people, _, err := r.Invent(t.Context(), Invention{Count: n, Seed: [32]byte{seed}, Domains: []string{"canary.example.org"}, Known: known})
	if err != nil || len(people) != n {
		t.Fatalf("%d canaries, %v", len(people), err)
	}
	return people
}

func TestCanariesAreNobody(t *testing.T) {
	_, _, r := villageOpen(t, 900)
	first := invented(t, r, 40, 1)
	people := append(slices.Clone(first), invented(t, r, 40, 2, Planting{People: first})...)
	real := newTokens()
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		real.add(&rec)
	}
	own := newTokens()
	for i := range people {
		rec := people[i].Record()
		if real.has(&rec) {
			t.Errorf("canary %d is somebody of the registry", i)
		}
		if own.has(&rec) {
			t.Errorf("canary %d is another canary", i)
		}
		own.add(&rec)
		if _, err := r.Record(t.Context(), breach.PersonID(rec.ID)); err == nil {
			t.Error("a canary is in the registry")
		}
	}
	if again := invented(t, r, 40, 1); !slices.EqualFunc(again, first, func(a, b Canary) bool { return a == b }) {
		t.Error("the same seed gave other people")
	}
}

// What tells canaries from people by looks must do so no better than chance: a
// rule is learnt on half of each by the rates of what a thief can see in a row,
// and must not tell the other half (naive Bayes; 800 of each: sd 1.8 %).
func TestCanariesLookLikePeople(t *testing.T) {
	_, _, r := villageOpen(t, 4000)
	var people, canaries [][]string
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if len(people) < 4000 {
			people = append(people, looks(&rec))
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	people = people[:1600]
	for _, c := range invented(t, r, 1600, 3) {
		rec := c.Record()
		canaries = append(canaries, looks(&rec))
	}
	rates := func(rows [][]string) map[string]float64 {
		m := map[string]float64{}
		for _, row := range rows {
			for _, f := range row {
				m[f]++
			}
		}
		return m
	}
	a, b := rates(people[:800]), rates(canaries[:800])
	right := 0
	for i, side := range [][][]string{people[800:], canaries[800:]} {
		for _, row := range side {
			score := 1.0
			for _, f := range row {
				score *= (b[f] + 1) / (a[f] + 1)
			}
			if (score > 1) == (i == 1) {
				right++
			}
		}
	}
	if share := float64(right) / 1600; share > .55 {
		t.Errorf("canaries are told from people in %.1f %% of cases, by chance 50 %%", 100*share)
	}
}

// looks are what a row shows: columns filled, names by frequency, digits of the
// date, the form of id, address and number.
func looks(rec *matchers.Record) []string {
	out := []string{"id" + idShape(rec.ID), "id" + rec.ID[:5]}
	for f, v := range rec.Values {
		out = append(out, fmt.Sprintf("%d %t %d", f, v == "", len(v)/4))
	}
	v := &rec.Values
	given, _, _ := strings.Cut(v[matchers.GivenNames], " ")
	number, street := houseNumber(v[matchers.Street])
	return append(out, v[matchers.BirthName], v[matchers.Sex]+given, "y"+v[matchers.BirthDate][:4], "m"+v[matchers.BirthDate][5:7], "d"+v[matchers.BirthDate][8:],
		"n"+number, street, v[matchers.City], pattern(v), fmt.Sprint(len(v[matchers.Phone])))
}

func TestPlantingsRestSealedAndOutliveVersions(t *testing.T) {
	dir, keys, r := villageOpen(t, 300)
	people := invented(t, r, 12, 4)
	for i, name := range []string{"Canaricabinet", "Ville de Perchoir"} {
		if _, err := Plant(dir, keys, Planting{Registry: "youth", Recipient: name, PlantedAt: day.AddDate(0, 0, i), People: people}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, _, err := Import(t.Context(), options(dir, keys, village(300), relationsHeader)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Plantings(dir, keys)
	if err != nil || len(list) != 2 || list[0].Recipient != "Canaricabinet" || !slices.Equal(list[1].People, people) {
		t.Fatalf("%d plantings, %v", len(list), err)
	}
	again := open(t, dir, keys)
	if n := again.Info().Persons; n != 300 {
		t.Errorf("the registry has %d persons", n)
	}
	var secrets []string
	for _, p := range people {
		for _, c := range []column{colID, column(matchers.Email), column(matchers.Phone), column(matchers.Street), column(matchers.BirthDate), column(matchers.GivenNames)} {
			if v := p.values[c]; v != "" {
				secrets = append(secrets, v)
			}
		}
	}
	_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, s := range append(secrets, "Canaricabinet", "Perchoir") {
			for _, form := range forms(s) {
				if bytes.Contains(raw, form) || strings.Contains(path, string(form)) {
					t.Errorf("%s holds a value of a canary", filepath.Base(path))
				}
			}
		}
		return err
	})
	if err := os.WriteFile(filepath.Join(dir, canaryDir, list[0].ID), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Plantings(dir, keys); err == nil {
		t.Error("a damaged planting opened")
	}
}

// forms are how a value may stand in a file: as it is, UTF-16 of both orders,
// base 64 at each of three offsets.
func forms(s string) [][]byte {
	out := [][]byte{[]byte(s)}
	var le, be []byte
	for _, u := range utf16.Encode([]rune(s)) {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	out = append(out, le, be)
	for pad := range 3 {
		enc := base64.StdEncoding.EncodeToString(append(make([]byte, pad), s...))
		if len(enc) > 12 {
			out = append(out, []byte(enc[4:len(enc)-4]))
		}
	}
	return out
}
