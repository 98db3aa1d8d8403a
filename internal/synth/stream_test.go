package synth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

func write(t testing.TB, p Population) (string, Counts) {
	t.Helper()
	dir := t.TempDir()
	n, err := p.Write(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, n
}

func TestCoresDoNotShow(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var population, leaks []map[string]string
	for _, cores := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(cores)
		dir, _ := write(t, Population{People: 3*chunkPeople + 100, Seed: 5})
		population = append(population, files(t, dir))
		out := t.TempDir()
		if _, err := (Leak{Registry: dir, Rows: 900, Strangers: 0.4, Seed: 3}).Write(context.Background(), out); err != nil {
			t.Fatal(err)
		}
		leaks = append(leaks, files(t, out))
	}
	for i := range 2 {
		if !cmp.Equal(population[i], population[i+1]) || !cmp.Equal(leaks[i], leaks[i+1]) {
			t.Error("the number of cores shows")
		}
	}
}

// Alone and in parts, the civil registry is the same people; a leak finds its
// people in it, and only those.
func TestOneRegistryAndMany(t *testing.T) {
	for _, p := range []Population{{People: 3_000, Seed: 4, Only: "civil", NoRelations: true, OwnPhones: true}, {People: 3_000, Seed: 4, Owners: 7},
		{People: 9_000, Seed: 4, Only: "youth"}} {
		name := fmt.Sprintf("only %q owners %d", p.Only, p.Owners)
		dir, n := write(t, p)
		parts := []string{"civil"}
		if p.Only == "youth" {
			parts = []string{"youth"}
		}
		if p.Owners > 0 {
			parts = nil
			for i := range p.Owners {
				parts = append(parts, ownerFolder(i+1))
			}
		}
		ids := map[string]bool{}
		for _, part := range parts {
			people := rows(t, dir+"/"+part+"/persons.csv", ',')
			for _, row := range people {
				if ids[row["id"]] {
					t.Errorf("%s: %s twice", name, row["id"])
				}
				ids[row["id"]] = true
			}
			if want := 3_000 / max(p.Owners, 1); p.Owners > 0 && (len(people) < want || len(people) > want+1) {
				t.Errorf("%s: %s holds %d people", name, part, len(people))
			}
			if ties := rows(t, dir+"/"+part+"/relations.csv", ','); p.NoRelations != (len(ties) == 0) {
				t.Errorf("%s: %s has %d relations", name, part, len(ties))
			}
			if raw, err := os.ReadFile(dir + "/" + part + "/manifest.yaml"); err != nil || !strings.Contains(string(raw), people[0]["controller"]) {
				t.Errorf("%s: %s: the manifest lacks its controller", name, part)
			}
		}
		want := 3_000
		if p.Only == "youth" {
			want = n.Youth
		}
		if len(ids) != want {
			t.Errorf("%s: %d people, want %d", name, len(ids), want)
		}
		out := t.TempDir()
		c, err := Leak{Registry: dir, Rows: 1_000, Strangers: 0.4, Seed: 9, Recipe: "b"}.Write(context.Background(), out)
		if err != nil {
			t.Fatal(err)
		}
		members := 0
		for _, row := range rows(t, out+"/truth.csv", ',') {
			if id := row["person_civil"] + row["person_youth"]; row["kind"] == "member" {
				members++
				if !ids[id] {
					t.Errorf("%s: %s is not registered", name, id)
				}
			}
		}
		if members != 600 || c.Members != 600 {
			t.Errorf("%s: %d members of 600", name, members)
		}
	}
}

// A named pipe in place of persons.csv carries the same people to whoever reads
// it: a whole country needs no copy on disk.
func TestPipe(t *testing.T) {
	p := Population{People: 2_000, Seed: 4, Only: "civil", NoRelations: true}
	plain, _ := write(t, p)
	want, err := os.ReadFile(filepath.Join(plain, "civil", "persons.csv"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pipe := filepath.Join(dir, "civil", "persons.csv")
	if err := errors.Join(os.Mkdir(filepath.Dir(pipe), 0o700), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Skip("no named pipes here:", err)
	}
	read := make(chan []byte, 1)
	go func() {
		got, _ := os.ReadFile(pipe)
		read <- got
	}()
	if _, err := p.Write(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	if got := <-read; !bytes.Equal(got, want) {
		t.Errorf("through a pipe came %d bytes, want the %d of the file", len(got), len(want))
	}
}

func TestFields(t *testing.T) {
	dir := population(t)
	for recipe, want := range map[string][]string{"a": {"Nom", "Prénom", "Date de naissance"}, "b": {"NOM_USAGE", "NOM_NAISSANCE", "PRENOMS", "DT_NAISS"}} {
		out := t.TempDir()
		if _, err := (Leak{Registry: dir, Rows: 50, Seed: 1, Recipe: recipe, Fields: []string{"names", "birth_date"}}).Write(context.Background(), out); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(out + "/leak.csv")
		if err != nil {
			t.Fatal(err)
		}
		top, _, _ := strings.Cut(strings.TrimPrefix(string(raw), "\ufeff"), "\n")
		if got := strings.Split(strings.TrimSpace(top), ";"); !slices.Equal(got, want) {
			t.Errorf("recipe %s: columns %v, want %v", recipe, got, want)
		}
	}
	if _, err := (Leak{Registry: dir, Rows: 50, Fields: []string{"shoe size"}}).Write(context.Background(), t.TempDir()); err == nil {
		t.Error("an unknown field")
	}
}

// A country has names that few bear, and more of them the more people there
// are; namesakes born on one day occur, at about the rate of chance.
func TestCountryNames(t *testing.T) {
	dir, _ := write(t, Population{People: 50_000, Seed: 6, Only: "civil", NoRelations: true})
	surnames, twice, young := map[string]int{}, map[string]int{}, 0
	for _, p := range rows(t, dir+"/civil/persons.csv", ',') {
		surnames[p["birth_name"]]++
		given, _, _ := strings.Cut(p["given_names"], " ")
		twice[p["birth_name"]+given+p["birth_date"]]++
		if p["birth_date"] > "2006-09-01" {
			young++
		}
	}
	once, same := 0, 0
	for _, n := range surnames {
		if n == 1 {
			once++
		}
	}
	for _, n := range twice {
		same += n - 1
	}
	if len(surnames) < 15_000 || len(surnames) > 30_000 {
		t.Errorf("%d surnames in 50,000 people", len(surnames))
	}
	if most := slices.Max(mapValues(surnames)); most < 50 || most > 750 {
		t.Errorf("the most common surname has %d bearers", most)
	}
	if young < 10_000 || young > 15_000 {
		t.Errorf("%d under 20, of 50,000: France has 23 %%", young)
	}
	if same > 6 {
		t.Errorf("%d pairs of one name and birthday in 50,000 people", same)
	}
	t.Logf("%d surnames, %d borne once, %d equal pairs, %d under 20", len(surnames), once, same, young)
}

func mapValues(m map[string]int) (out []int) {
	for _, n := range m {
		out = append(out, n)
	}
	return out
}

func TestRareNames(t *testing.T) {
	m, err := Population{People: 1}.maker()
	if err != nil {
		t.Fatal(err)
	}
	m = m.at(1, chunk{})
	if first, last := rareRank(0), rareRank(0.9999999); first != 0 || last < rareNames*99/100 || last >= rareNames {
		t.Errorf("ranks from %d to %d", first, last)
	}
	seen := map[string]bool{}
	for k := range 100_000 {
		seen[m.rareName(k*11+1)] = true
	}
	if len(seen) < 70_000 {
		t.Errorf("%d different names of 100,000 ranks", len(seen))
	}
	first := m.rareName(77)
	m.rareName(78)
	if again := m.rareName(77); again != first {
		t.Errorf("rank 77 is %q, then %q", first, again)
	}
}

func TestRefusedPopulations(t *testing.T) {
	for _, p := range []Population{{People: MaxPeople + 1}, {People: 5, Owners: 6}, {People: 5, Only: "fish"}, {People: 5, Owners: 2, Only: "youth"}, {People: 5, Owners: -1}} {
		if _, err := p.Write(context.Background(), t.TempDir()); err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
	country := Population{People: 68_000_000, Only: "civil", NoRelations: true}
	n, err := country.Estimate()
	if err != nil || n < 8e9 || n > 20e9 {
		t.Errorf("the whole country needs %d bytes, %v", n, err)
	}
	if err := country.fits(n * 2); err != nil {
		t.Errorf("twice the room: %v", err)
	}
	var refused *breach.RefusedError
	if err := country.fits(n); !errors.As(err, &refused) || refused.Code != "disk-full" || refused.Hint == "" {
		t.Errorf("a disk that will be full: %v", err)
	}
}

func TestEstimate(t *testing.T) {
	p := Population{People: 20_000, Seed: 3}
	want, err := p.Estimate()
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := write(t, p)
	got := 0
	for _, text := range files(t, dir) {
		got += len(text)
	}
	if ratio := float64(got) / float64(want); ratio < 0.95 || ratio > 1.05 {
		t.Errorf("wrote %d bytes, said %d", got, want)
	}
}

// A folder that is not what Population wrote is refused, not misread.
func TestBrokenPopulations(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"not json":      func(dir string) error { return os.WriteFile(dir+"/population.json", []byte("{"), 0o600) },
		"other columns": func(dir string) error { return os.WriteFile(dir+"/civil/persons.csv", []byte("id,name\n"), 0o600) },
		"cut short":     func(dir string) error { return os.Truncate(dir+"/civil/persons.csv", 20_000) },
		"other order": func(dir string) error {
			return os.WriteFile(dir+"/people.csv", []byte("civil,youth,left\nEC00000002,J1,\n"), 0o600)
		},
	} {
		dir, _ := write(t, Population{People: 500, Seed: 1})
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := (Leak{Registry: dir, Rows: 100, Seed: 1}).Write(context.Background(), t.TempDir()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
