//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"vigie/internal/cli"
)

// startPostgres runs a private server in a temporary directory, on a socket
// there, and returns its URL.
func startPostgres(t *testing.T) string {
	t.Helper()
	initdb, err1 := postgresBinary("initdb")
	server, err2 := postgresBinary("postgres")
	if err1 != nil || err2 != nil {
		t.Skip("PostgreSQL's initdb and postgres are not on this machine (package postgresql)")
	}
	dir, err := os.MkdirTemp("", "vigie-pg-") // not t.TempDir: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	as := unprivileged(t, dir)
	run := func(program string, args ...string) *exec.Cmd {
		if path, err := filepath.EvalSymlinks(program); err == nil {
			program = path
		}
		cmd := exec.Command(program, args...)
		cmd.Dir, cmd.SysProcAttr = dir, as
		return cmd
	}
	data := filepath.Join(dir, "data")
	if out, err := run(initdb, "--pgdata", data, "--username=vigie", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	cmd := run(server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // fast shutdown
		_ = cmd.Wait()
	})
	return "postgres:///postgres?user=vigie&host=" + dir
}

// postgresBinary finds one of PostgreSQL's programs in PATH or where Debian
// keeps them.
func postgresBinary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", exec.ErrNotFound
	}
	return slices.Max(found), nil
}

// unprivileged makes the server run as somebody else when we are root, which
// PostgreSQL refuses; the directory is then theirs.
func unprivileged(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skipf("root cannot run PostgreSQL and there is no account nobody to run it: %v", err)
	}
	uid, err1 := strconv.Atoi(who.Uid)
	gid, err2 := strconv.Atoi(who.Gid)
	if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func TestRegistriesAreImportedFromPostgreSQL(t *testing.T) {
	url := startPostgres(t)
	var conn *pgx.Conn
	var err error
	for range 500 {
		if conn, err = pgx.Connect(context.Background(), url); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
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
