package demo

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

// TestPurge runs a whole campaign with the real program, lets six years pass and
// purges. Then no name, number, address or identifier of a registered person is
// left in clear in any file that the program has written, temporary ones
// included: databases and their logs, the engine's histories, the index, the
// sealed dumps' folder, pages, dossiers, what carriers took. The audit chain and
// the chain of custody verify. Before, the same search finds them where they
// have to be, in the outbox, and nowhere else.
func TestPurge(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a whole campaign with the real program")
	}
	home, tmp := t.TempDir(), t.TempDir()
	data, bin := filepath.Join(home, "data"), buildVigie(t)
	vigie := func(args ...string) []byte {
		t.Helper()
		cmd := exec.Command(bin, append(args, "--data", data)...)
		cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, errs.String())
		}
		return out.Bytes()
	}
	var sum Summary
	if err := json.Unmarshal(vigie("demo", "--exit", "--json", "--people", "400"), &sum); err != nil {
		t.Fatal(err)
	}
	if sum.Outbox.SMS == 0 || sum.Outbox.Letters == 0 {
		t.Fatalf("nothing went out: %+v", sum.Outbox)
	}
	h := everybody(t, data)
	found, read := h.walk(t, home, notOurs(data))
	for _, name := range []string{"vigie.db", "temporal.db", "visibility.db", "dossier.json"} {
		if read[name] == 0 {
			t.Errorf("%s was not looked at", name)
		}
	}
	outbox := filepath.Join("data", "outbox")
	if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, outbox) }) {
		t.Fatalf("people are not where this search looks, in what the carriers took: %v", found)
	}
	for _, f := range found {
		if !strings.HasPrefix(f, outbox) && !strings.Contains(f, ": id as ") {
			t.Errorf("in clear before the purge: %s", f)
		}
	}
	dumps := func() []string {
		list, err := filepath.Glob(filepath.Join(data, "evidence", "dumps", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if len(dumps()) == 0 {
		t.Fatal("sealed dumps are not where this test looks")
	}
	sixYearsOn(t, filepath.Join(data, "vigie.db"))
	told := vigie("purge", "--reason", "six years are over", "--yes")
	for _, what := range []string{"dump", "access", "categories", "proof"} {
		if !bytes.Contains(told, []byte(what)) {
			t.Errorf("%s was not ended: %s", what, told)
		}
	}
	for _, dir := range []string{home, tmp} {
		if found, _ := h.walk(t, dir, notOurs(data)); len(found) > 0 {
			t.Errorf("left after the purge: %s", strings.Join(found, "\n"))
		}
	}
	if left := dumps(); len(left) > 0 {
		t.Errorf("dumps left: %v", left)
	}
	vigie("audit", "verify")
	vigie("evidence", "verify")
	t.Logf("%d beginnings of what is secret, %d names of files", len(h.words), len(read))
}

// notOurs leaves out what stands for the world outside: the invented country
// and the mailboxes of those who were written to.
func notOurs(data string) func(string) bool {
	return func(path string) bool {
		return path == filepath.Join(data, "demo", "world") || path == filepath.Join(data, "outbox", "email")
	}
}

// secrets looks for registered people in everything that a run has written but
// what carriers took. The ledger has identifiers until the purge.
func secrets(t *testing.T, data string) {
	t.Helper()
	found, read := everybody(t, data).walk(t, data, func(path string) bool {
		return notOurs(data)(path) || path == filepath.Join(data, "outbox")
	})
	for _, f := range found {
		if !strings.Contains(f, ": id as ") {
			t.Errorf("in clear: %s", f)
		}
	}
	if len(read) < 20 {
		t.Errorf("only %d files looked at", len(read))
	}
}

// everybody looks for all whom the registries know.
func everybody(t *testing.T, data string) *hunt {
	t.Helper()
	h := new(hunt)
	columns := []string{"id", "birth_name", "usage_name", "given_names", "email", "phone", "street", "elected_street", "nir"}
	for _, reg := range registries {
		f, err := os.Open(filepath.Join(data, "demo", "world", reg, "persons.csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			for i, column := range rows[0] {
				if len(row[i]) >= headLen && slices.Contains(columns, column) {
					h.add(column, row[i])
				}
			}
		}
	}
	if len(h.words) < 1000 {
		t.Fatalf("only %d things to look for", len(h.words))
	}
	return h
}

// sixYearsOn makes it six years since every incident was closed.
func sixYearsOn(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	age := 6 * 366 * 24 * time.Hour
	res, err := db.Exec(`UPDATE incidents SET closed_at = closed_at - ? WHERE stage = ?`, age.Nanoseconds(), string(breach.StageDone))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatal("no incident is closed", err)
	}
}
