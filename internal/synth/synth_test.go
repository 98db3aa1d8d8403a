package synth

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

func populate(t testing.TB, people int, seed uint64) string {
	t.Helper()
	dir := t.TempDir()
	n, err := Population{People: people, Seed: seed}.Write(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if n.People != people {
		t.Fatalf("wrote %d people, want %d", n.People, people)
	}
	return dir
}

// rows reads a CSV file as maps by header.
func rows(t testing.TB, path string, comma rune) []map[string]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
	r.Comma = comma
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, h := range all[0] {
			m[h] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, c := files(t, populate(t, 1500, 7)), files(t, populate(t, 1500, 7)), files(t, populate(t, 1500, 8))
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error("the same seed gives other files")
	}
	if len(a) != 8 {
		t.Errorf("%d files, want 8", len(a))
	}
	if a["civil/persons.csv"] == c["civil/persons.csv"] {
		t.Error("another seed gives the same people")
	}
}

func TestEverySituationOccurs(t *testing.T) {
	dir := populate(t, 20_000, 1)
	people, ties, youth := rows(t, dir+"/civil/persons.csv", ','), rows(t, dir+"/civil/relations.csv", ','), rows(t, dir+"/youth/persons.csv", ',')
	n := map[string]int{}
	byID := map[string]map[string]string{}
	names, births := map[string]int{}, map[string]int{}
	for _, p := range people {
		byID[p["id"]] = p
		count(n, p)
		names[p["birth_name"]+"|"+strings.Fields(p["given_names"])[0]]++
	}
	parents := map[string][]map[string]string{}
	for _, r := range ties {
		n["relation "+r["kind"]]++
		n["authority "+r["authority"]]++
		n["barred"] += len(r["barred"])
		n["deceased holder"] += len(r["deceased"])
		if r["until"] != "" {
			n["relation that ends"]++
		}
		if r["kind"] == "parent" {
			parents[r["person"]] = append(parents[r["person"]], r)
		}
	}
	for id, ps := range parents {
		if len(ps) == 1 {
			n["single parent"]++
		} else if ps[0]["street"] != ps[1]["street"] {
			n["separated parents"]++
		}
		key := ps[0]["holder"] + byID[id]["birth_date"]
		if births[key]++; births[key] == 2 {
			n["twins"]++
		}
		if p := byID[id]; p["email"] != "" && p["email"] == ps[0]["email"] {
			n["parent's e-mail"]++
		}
	}
	for _, k := range names {
		if k > 1 {
			n["namesakes"]++
		}
	}
	for _, p := range youth {
		n["secret"] += len(p["secret"])
		n["controller "+p["controller"]]++
	}
	for _, situation := range []string{"relation parent", "relation tutor", "relation curator", "relation delegate", "relation institute", "relation agent",
		"authority joint", "authority sole", "authority none", "authority withdrawn", "authority suspended", "authority unknown", "barred", "deceased holder",
		"relation that ends", "single parent", "separated parents", "twins", "parent's e-mail", "namesakes", "secret", "regime emancipated", "regime tutelle",
		"regime curatelle", "regime habilitation", "regime mandate", "regime sauvegarde", "protected", "elected", "deceased on a day", "deceased unknown",
		"born abroad", "born overseas", "usage name", "compound given name", "several given names", "particle", "accent", "double name", "day unknown",
		"no e-mail", "no phone", "no contact", "lives abroad", "language", "foreign", "Vietnamese", "Turkish", "Portuguese", "Maghreb",
		"controller ml-val-d-orbe", "controller ml-plaine-de-vesle", "controller ml-monts-d-aure"} {
		if n[situation] == 0 {
			t.Errorf("%q does not occur in 20,000 people", situation)
		}
	}
	if share := float64(len(youth)) / 20_000; share < 0.2 || share > 0.3 {
		t.Errorf("youth registry holds %.3f of the people", share)
	}
	t.Log(n)
}

func count(n map[string]int, p map[string]string) {
	if p["regime"] != "" {
		n["regime "+p["regime"]]++
	}
	for situation, holds := range map[string]bool{
		"protected": p["protected"] == "1", "elected": p["elected_postcode"] != "",
		"deceased unknown": p["deceased_at"] == "unknown", "deceased on a day": len(p["deceased_at"]) == 10,
		"born abroad": strings.HasPrefix(p["birth_commune"], "99"), "born overseas": strings.HasPrefix(p["birth_commune"], "97"),
		"usage name": p["usage_name"] != "", "compound given name": strings.Contains(p["given_names"], "-"),
		"several given names": strings.Contains(p["given_names"], " "),
		"particle":            strings.HasPrefix(p["birth_name"], "de ") || strings.HasPrefix(p["birth_name"], "d'"),
		"accent":              unaccent(p["birth_name"]) != p["birth_name"], "double name": len(strings.Fields(p["birth_name"])) == 2,
		"day unknown": strings.HasSuffix(p["birth_date"], "-00-00"), "no e-mail": p["email"] == "", "no phone": p["phone"] == "",
		"no contact":   p["email"] == "" && p["phone"] == "" && p["postcode"] == "" && p["elected_postcode"] == "",
		"lives abroad": p["country"] != "", "language": p["language"] != "fr", "foreign": p["nationality"] != "Française",
		"Vietnamese": strings.HasPrefix(p["birth_name"], "Nguyen"), "Turkish": p["birth_name"] == "Yılmaz",
		"Portuguese": p["birth_name"] == "da Silva", "Maghreb": p["birth_name"] == "Benali",
	} {
		if holds {
			n[situation]++
		}
	}
}

func TestRegistriesAgreeWithThemselves(t *testing.T) {
	dir := populate(t, 6_000, 3)
	for _, registry := range []string{"civil", "youth"} {
		ids := map[string]bool{}
		for _, p := range rows(t, dir+"/"+registry+"/persons.csv", ',') {
			if ids[p["id"]] {
				t.Errorf("%s: %s twice", registry, p["id"])
			}
			ids[p["id"]] = true
			for _, field := range []string{"email", "phone"} {
				checkInvented(t, field, p[field])
			}
			for _, field := range []string{"street", "line2", "line3", "line5"} {
				if len([]rune(p[field])) > 38 {
					t.Errorf("%s %s: %s longer than a line of NF Z 10-011", registry, p["id"], field)
				}
			}
		}
		for _, r := range rows(t, dir+"/"+registry+"/relations.csv", ',') {
			if !ids[r["person"]] {
				t.Errorf("%s: relation of nobody, %s", registry, r["person"])
			}
			if registry == "civil" && strings.HasPrefix(r["holder"], "EC") && !ids[r["holder"]] {
				t.Errorf("civil: holder %s is not registered", r["holder"])
			}
			if r["person"] == r["holder"] {
				t.Errorf("%s: %s holds themself", registry, r["person"])
			}
			checkInvented(t, "email", r["email"])
			checkInvented(t, "phone", r["phone"])
		}
	}
	civil, youth := map[string]bool{}, map[string]bool{}
	for _, p := range rows(t, dir+"/people.csv", ',') {
		civil[p["civil"]], youth[p["youth"]] = true, true
	}
	for _, p := range rows(t, dir+"/youth/persons.csv", ',') {
		if !youth[p["id"]] || civil[p["id"]] {
			t.Errorf("youth person %s is not mapped, or has a civil number", p["id"])
		}
	}
}

func checkInvented(t *testing.T, field, value string) {
	t.Helper()
	if value == "" {
		return
	}
	allowed := []string{"example.org", "example.net", "example.com"}
	match := strings.HasSuffix
	if field == "phone" {
		allowed = []string{"+3363998", "+3319900", "+3326191", "+3335301", "+3346571", "+3353649"}
		match = strings.HasPrefix
		if len(value) != 12 {
			t.Errorf("a phone number of %d characters", len(value))
		}
	}
	for _, a := range allowed {
		if match(value, a) {
			return
		}
	}
	t.Errorf("%s outside what is reserved: %q", field, value)
}

func TestPopulationRefusals(t *testing.T) {
	if _, err := (Population{}).Write(context.Background(), t.TempDir()); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("nobody: %v", err)
	}
	dir := populate(t, 10, 1)
	if _, err := (Population{People: 10}).Write(context.Background(), dir); !errors.Is(err, breach.ErrConflict) {
		t.Errorf("twice in one folder: %v", err)
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	half := t.TempDir()
	if _, err := (Population{People: 10}).Write(stopped, half); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := os.Stat(filepath.Join(half, populationFile)); err == nil {
		t.Error("a cancelled population looks whole")
	}
}

func BenchmarkPopulation(b *testing.B) {
	const people = 20_000
	for b.Loop() {
		if _, err := (Population{People: people, Seed: 1}).Write(context.Background(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(people*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}
