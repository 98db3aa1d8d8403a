package cli_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vigie/internal/cli"
)

// canaryWorld is a registry of invented people and a way to run commands on it.
type canaryWorld struct {
	*testing.T
	dir, persons string
}

func newCanaryWorld(t *testing.T) *canaryWorld {
	t.Helper()
	w := &canaryWorld{t, t.TempDir(), ""}
	t.Setenv("VIGIE_KEYS", filepath.Join(w.dir, "keys"))
	w.do(0, "synth", "population", "--people", "3000", "--seed", "11", "--out", w.path("country"))
	w.persons = w.path("country/youth/persons.csv")
	w.do(0, "registry", "import", "youth", w.path("country/youth"))
	return w
}

func (w *canaryWorld) path(name string) string { return filepath.Join(w.dir, name) }

func (w *canaryWorld) do(want int, args ...string) (out, errs string) {
	w.Helper()
	var o, e bytes.Buffer
	code := cli.Main(append(args, "--data", w.path("data")), cli.IO{In: strings.NewReader(""), Out: &o, Err: &e}, nil)
	if code != want {
		w.Fatalf("vigie %s: exit status %d, want %d: %s", strings.Join(args[:2], " "), code, want, e.String())
	}
	return o.String(), e.String()
}

// foundExport is what inspect says of an export.
type foundExport struct {
	Registry, Recipient string
	Persons, Planted    int
	Fields              []string
	Sure                bool
}

func (w *canaryWorld) inspect(path string) []foundExport {
	w.Helper()
	out, _ := w.do(0, "dump", "inspect", path, "--json")
	var rep struct{ Canaries []foundExport }
	if err := json.Unmarshal([]byte(out), &rep); err != nil || rep.Canaries == nil {
		w.Fatalf("report: %v", err)
	}
	return rep.Canaries
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// leak writes some columns of a file under other names, with semicolons, after
// change has had each value.
func leak(t *testing.T, path string, rows [][]string, columns [][2]string, change func(column, v string) string) {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = ';'
	for i, row := range rows {
		line := make([]string, len(columns))
		for j, c := range columns {
			if line[j] = c[1]; i > 0 {
				line[j] = change(c[0], row[slices.Index(rows[0], c[0])])
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func frenchDay(v string) string {
	d := strings.Split(v, "-")
	slices.Reverse(d)
	return strings.Join(d, "/")
}

func TestCanariesNameTheExportThatLeaked(t *testing.T) {
	w := newCanaryWorld(t)
	_, warned := w.do(0, "registry", "canary", "youth", "--for", "Cabinet Lemaire", "--count", "12", "--seed", "1", "--export", w.persons, "--out", w.path("a.csv"))
	if !strings.Contains(warned, "canaries.domains") {
		t.Error("nothing warned that example.org can be recognised")
	}
	w.do(0, "registry", "canary", "youth", "--for", "Ville d'Orbe", "--count", "10", "--seed", "2", "--export", w.persons, "--out", w.path("b.csv"))
	original, b := readCSV(t, w.persons), readCSV(t, w.path("b.csv"))
	if len(b) != len(original)+10 {
		t.Fatalf("%d rows in the copy, %d in the original", len(b), len(original))
	}
	if found := w.inspect(w.persons); len(found) != 0 {
		t.Errorf("the original holds canaries: %+v", found)
	}

	// Reordered and in capitals, without e-mail addresses, telephones and ids.
	leak(t, w.path("leak.csv"), b, [][2]string{{"city", "VILLE"}, {"given_names", "PRENOMS"}, {"birth_name", "NOM"}, {"birth_date", "NE LE"}},
		func(column, v string) string {
			if column == "birth_date" {
				return frenchDay(v)
			}
			return strings.ToUpper(v)
		})
	// Nothing but addresses.
	leak(t, w.path("mails.csv"), b, [][2]string{{"email", "login"}}, func(_, v string) string { return strings.ToUpper(v) })
	for _, name := range []string{"b.csv", "leak.csv", "mails.csv"} {
		found := w.inspect(w.path(name))
		if len(found) != 1 || found[0].Recipient != "Ville d'Orbe" || found[0].Registry != "youth" || !found[0].Sure || found[0].Planted != 10 || found[0].Persons < 3 {
			t.Errorf("%s: %+v", name, found)
		}
	}
	out, _ := w.do(0, "dump", "inspect", w.path("leak.csv"))
	if !strings.Contains(out, "of youth to Ville d'Orbe of 20") || !strings.Contains(out, "10 of 10 canaries found") {
		t.Errorf("inspect says %s", out[max(0, len(out)-400):])
	}

	// One canary by name and birth date alone may be a stranger.
	var single [][]string
	for _, row := range b {
		if slices.ContainsFunc(original, func(o []string) bool { return slices.Equal(o, row) }) || len(single) < 2 {
			single = append(single, row)
		}
		if len(single) == 400 {
			break
		}
	}
	canary := slices.IndexFunc(b, func(row []string) bool {
		return !slices.ContainsFunc(original, func(o []string) bool { return slices.Equal(o, row) })
	})
	single = append(single, b[canary])
	leak(t, w.path("one.csv"), single, [][2]string{{"given_names", "prenom"}, {"birth_name", "nom"}, {"birth_date", "ne le"}}, func(_, v string) string { return v })
	if found := w.inspect(w.path("one.csv")); len(found) != 1 || found[0].Sure || found[0].Persons != 1 {
		t.Errorf("one canary by name alone: %+v", found)
	}
	if out, _ := w.do(0, "dump", "inspect", w.path("one.csv")); !strings.Contains(out, "possible") {
		t.Error("a possible export is not called so")
	}
	w.do(0, "key", "rotate")
	if found := w.inspect(w.path("leak.csv")); len(found) != 1 {
		t.Error("after a rotation of keys the canaries are lost")
	}
}

func TestCanariesAreNeverMatched(t *testing.T) {
	w := newCanaryWorld(t)
	w.do(0, "registry", "canary", "youth", "--for", "Cabinet", "--count", "10", "--seed", "2", "--export", w.persons, "--out", w.path("a.csv"))
	type line struct {
		Type                    string
		Row                     int
		Rows, Persons, Canaries int
	}
	match := func(path string) (summary line, rows map[int]bool) {
		out, _ := w.do(0, "match", path, "--registry", "youth", "--all")
		rows = map[int]bool{}
		for _, raw := range strings.Split(strings.TrimSpace(out), "\n") {
			var l line
			if err := json.Unmarshal([]byte(raw), &l); err != nil {
				t.Fatal(err)
			}
			if rows[l.Row] = true; l.Type == "summary" {
				summary = l
			}
		}
		return summary, rows
	}
	before, _ := match(w.persons)
	after, rows := match(w.path("a.csv"))
	if after.Canaries != 10 || before.Canaries != 0 || after.Rows != before.Rows || after.Persons != before.Persons {
		t.Errorf("without canaries %+v, with them %+v", before, after)
	}
	original := map[string]bool{}
	for _, row := range readCSV(t, w.persons) {
		original[strings.Join(row, ",")] = true
	}
	for i, row := range readCSV(t, w.path("a.csv")) {
		if !original[strings.Join(row, ",")] && rows[i] {
			t.Errorf("row %d is a canary and was compared", i)
		}
	}
	// The registry itself knows none, now and in its next version.
	for range 2 {
		if out, _ := w.do(0, "registry", "info", "youth", "--json"); !strings.Contains(out, fmt.Sprintf(`"persons": %d`, len(original)-1)) {
			t.Errorf("the registry has other persons: %s", out)
		}
		w.do(0, "registry", "import", "youth", w.path("country/youth"))
	}
}

func TestCanariesAreListedWithoutPersons(t *testing.T) {
	w := newCanaryWorld(t)
	rows, _ := w.do(0, "registry", "canary", "youth", "--for", "Cabinet Perchoir", "--count", "5", "--seed", "3")
	list, _ := w.do(0, "registry", "canary", "youth", "--list")
	answers, _ := w.do(0, "registry", "canary", "youth", "--list", "--json")
	if !strings.Contains(list, "Cabinet Perchoir") || strings.Count(answers, "\n") != 1 || !strings.Contains(answers, `"persons":5`) {
		t.Errorf("list: %s%s", list, answers)
	}
	people, err := csv.NewReader(strings.NewReader(rows)).ReadAll()
	if err != nil || len(people) != 6 || people[0][0] != "id" {
		t.Fatalf("%d rows, %v", len(people), err)
	}
	var secrets []string
	for _, row := range people[1:] {
		for i, name := range people[0] {
			if slices.Contains([]string{"id", "email", "phone", "birth_date", "street"}, name) && row[i] != "" {
				secrets = append(secrets, row[i])
			}
		}
	}
	if len(secrets) < 10 {
		t.Fatalf("only %d values to look for", len(secrets))
	}
	_ = filepath.WalkDir(w.path("data"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, s := range append(secrets, "Perchoir") {
			if bytes.Contains(raw, []byte(s)) || strings.Contains(list+answers, s) && s != "Perchoir" {
				t.Errorf("%s or the list holds a value in clear", filepath.Base(path))
			}
		}
		return err
	})
	if out, _ := w.do(0, "audit", "verify"); !strings.Contains(out, "2 entries, 0 faults") {
		t.Errorf("audit: %s", out)
	}
	for _, args := range [][]string{{}, {"--for", "a\nb"}, {"--for", "x", "--count", "3", "--export", w.persons}, {"--for", "x", "--export", w.persons, "--out", w.persons}} {
		w.do(2, append([]string{"registry", "canary", "youth"}, args...)...)
	}
	w.do(3, "registry", "canary", "youth", "--for", "x", "--count", "100000")
}
