//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"vigie/internal/cli"
	"vigie/internal/store/storetest"
)

func TestRegistriesAreImportedFromPostgreSQL(t *testing.T) {
	url := storetest.Postgres(t)
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(context.Background(), `CREATE TABLE jeunes (id int, nom text, prenom text, ne date);
		INSERT INTO jeunes VALUES (1, 'Canarival', 'Lina, Zoé', '2009-05-17'), (2, 'Canaridal', 'Omar', NULL)`); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, query string
		code        int
		says        string
	}{
		{"a query", "SELECT id, nom, prenom, ne AS date_naissance FROM jeunes ORDER BY id;\n", 0, "2 persons, 0 rows refused"},
		{"no such table", "SELECT * FROM vieux", 3, `"vieux" does not exist`},
		{"a value that is no number", "SELECT nom::int AS id, nom, prenom, ne AS date_naissance FROM jeunes", 3, "SQLSTATE 22P02"},
		{"what would change something", "DELETE FROM jeunes RETURNING id", 3, "SQLSTATE 25006"},
		{"nothing", " ;\n", 3, "no-query"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("VIGIE_KEYS", filepath.Join(dir, "keys"))
			for name, text := range map[string]string{"manifest.yaml": registryManifest, "persons.sql": tt.query} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, errs bytes.Buffer
			args := []string{"registry", "import", "youth", dir, "--database", url, "--data", filepath.Join(dir, "data")}
			code := cli.Main(args, cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs}, nil)
			said := out.String() + errs.String()
			if code != tt.code || !strings.Contains(said, tt.says) || strings.Contains(said, "Canari") {
				t.Errorf("exit status %d: %s", code, said)
			}
		})
	}
}
