package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"vigie/internal/cli"
)

const registryManifest = `name: youth
kind: youth
purpose: test
legal_basis: test
retention_days: 30
controllers:
  - {id: ml, name: Mission Locale inventée}
`

func TestRegistriesAreImportedFromParquet(t *testing.T) {
	type person struct {
		Number int64   `parquet:"identifiant"`
		Name   string  `parquet:"nom"`
		Given  string  `parquet:"prenom"`
		Born   int32   `parquet:"date_naissance,date"`
		Mail   *string `parquet:"courriel,optional"`
	}
	mail := "lina@example.org"
	people := []person{{7, "Canarival", "Lina", 13_650, &mail}, {8, "Canaridal", "Omar", 13_651, nil}}
	dir := t.TempDir()
	t.Setenv("VIGIE_KEYS", filepath.Join(dir, "keys"))
	if err := parquet.WriteFile(filepath.Join(dir, "persons.parquet"), people); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.yaml"), []byte(registryManifest), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		code := cli.Main(append(args, "--data", filepath.Join(dir, "data")), cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs}, nil)
		return code, out.String(), errs.String()
	}
	if code, out, errs := run("registry", "import", "youth", dir); code != 0 || !strings.Contains(out, "version 1: 2 persons, 0 rows refused") {
		t.Fatalf("exit status %d: %s%s", code, out, errs)
	}
	path := filepath.Join(dir, "persons.parquet")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run("registry", "import", "youth", dir); code != 3 {
		t.Errorf("half a file: exit status %d: %s", code, errs)
	}
	if code, out, _ := run("registry", "info", "youth"); code != 0 || !strings.Contains(out, "version   1\n") {
		t.Errorf("info: %d, %s", code, out)
	}
}
