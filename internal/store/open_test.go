package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/store"
)

var noon = time.Date(2031, 3, 29, 12, 0, 0, 0, time.UTC)

func raw(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	mine := keys(t)
	for _, x := range []struct {
		name string
		make func(t *testing.T, path string)
		code string
	}{
		{"a newer schema", func(t *testing.T, path string) {
			s, err := store.Open(ctx, path, mine)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			raw(t, path, `INSERT INTO vigie_schema (version_id, is_applied) VALUES (99999, 1)`)
		}, "schema-newer"},
		{"another program's database", func(t *testing.T, path string) { raw(t, path, `CREATE TABLE moz_places (id INTEGER)`) }, "not-vigie"},
		{"another program that also migrates", func(t *testing.T, path string) {
			raw(t, path, `CREATE TABLE goose_db_version (id INTEGER)`, `CREATE TABLE posts (id INTEGER)`)
		}, "not-vigie"},
		{"other keys", func(t *testing.T, path string) {
			s, err := store.Open(ctx, path, keys(t))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, "wrong-keys"},
		{"a text file", func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("nom;prenom\n"), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not-a-database"},
		{"a directory", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "not-writable"},
	} {
		t.Run(x.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "vigie.db")
			x.make(t, path)
			before := snapshot(t, path)
			s, err := store.Open(ctx, path, mine)
			if err == nil {
				_ = s.Close()
			}
			var refused *breach.RefusedError
			if !errors.As(err, &refused) || refused.Code != x.code || refused.Hint == "" {
				t.Fatalf("got %v, want a refusal %q with a hint", err, x.code)
			}
			if after := snapshot(t, path); x.code != "wrong-keys" && !bytes.Equal(before, after) {
				t.Error("what was refused was changed")
			}
		})
	}
	for _, dsn := range []string{"postgres://user:secret@:bad:port/x", "postgres://%zz"} {
		_, err := store.Open(ctx, dsn, mine)
		if !errors.Is(err, breach.ErrInvalid) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want a refusal that does not quote the URL", err)
		}
	}
}

// snapshot lists the schema of a database, or its bytes when it is none.
func snapshot(t testing.TB, path string) []byte {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var out sql.NullString
	if err := db.QueryRow(`SELECT group_concat(sql) FROM sqlite_schema`).Scan(&out); err != nil {
		b, _ := os.ReadFile(path)
		return b
	}
	return []byte(out.String)
}

func TestOpenTwice(t *testing.T) {
	ctx, k, path := context.Background(), keys(t), filepath.Join(t.TempDir(), "a b%20?#ü.db")
	for i := range 2 {
		s, err := store.Open(ctx, path, k)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Audit(ctx, store.Event{Who: "amina", Action: "page.open"}); err != nil {
			t.Fatal(err)
		}
		r, err := s.VerifyAudit(ctx, nil)
		if err != nil || !r.OK || r.Entries != int64(i+1) {
			t.Fatalf("%+v, %v", r, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal("the file is not where it was asked for")
	}
}

// Two processes may open a new database at once, and write to it.
func TestOpenTogether(t *testing.T) {
	ctx, k, path := context.Background(), keys(t), filepath.Join(t.TempDir(), "vigie.db")
	const n = 4
	errs := make(chan error, n)
	for i := range n {
		go func() {
			s, err := store.Open(ctx, path, k)
			if err == nil {
				for j := range 5 {
					err = errors.Join(err, s.SaveCaptures(ctx, []breach.Capture{{ID: breach.CaptureID(fmt.Sprint(i, j)), Source: "x", At: noon}}))
				}
				err = errors.Join(err, s.Close())
			}
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	s, err := store.Open(ctx, path, k)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if r, err := s.VerifyAudit(ctx, nil); err != nil || !r.OK || r.Entries != 5*n {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestBackup(t *testing.T) {
	ctx, k, dir := context.Background(), keys(t), t.TempDir()
	s, err := store.Open(ctx, filepath.Join(dir, "vigie.db"), k)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.SaveCaptures(ctx, []breach.Capture{{ID: "cap_1", Source: "x", At: noon}}); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "it's a copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	if err := s.Backup(ctx, copied); !errors.Is(err, breach.ErrInvalid) {
		t.Fatalf("a backup over a file: %v", err)
	}
	b, err := store.Open(ctx, copied, k)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	list, err := b.Captures(ctx, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	if r, err := b.VerifyAudit(ctx, nil); err != nil || !r.OK {
		t.Fatalf("%+v %v", r, err)
	}
}

// While another process holds the database a writer waits, for five seconds,
// and writes afterwards.
func TestBusy(t *testing.T) {
	s := openSQLite(t)
	ctx := context.Background()
	conn, err := s.Raw.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	written := make(chan error)
	go func() { written <- s.Audit(ctx, store.Event{Action: "x"}) }()
	select {
	case err := <-written:
		t.Fatalf("written (%v) while somebody else holds the database", err)
	case <-time.After(100 * time.Millisecond):
	}
	if _, err := conn.ExecContext(ctx, `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
}

// Deleted cells are zeroed, in the database and in its log.
func TestPurgeLeavesNoBytes(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "vigie.db")
	s, err := store.Open(ctx, path, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.RaiseAlert(ctx, breach.Alert{ID: "alr_1", Post: "pst_1", Entity: "e", RaisedAt: noon}); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmAlert(ctx, breach.Acquisition{Alert: "alr_1", By: "amina", Purpose: "p", LegalBasis: "l", At: noon},
		breach.Incident{ID: "inc_1", Alert: "alr_1", OpenedAt: noon}, nil); err != nil {
		t.Fatal(err)
	}
	canary := []byte("canary-6f1d-sealed-row")
	var rows []store.CandidateRow
	for i := range 300 {
		rows = append(rows, store.CandidateRow{Sealed: append(canary, fmt.Sprint(i)...), Candidate: breach.Candidate{
			ID: breach.CandidateID(fmt.Sprint("cnd_", i)), Incident: "inc_1", Registry: "youth", Row: int64(i), Person: "p", Probability: 0.5}})
	}
	if err := s.SaveCandidates(ctx, rows); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		for _, f := range []string{path, path + "-wal"} {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(b, canary)
		}
		return n
	}
	if count() < 300 {
		t.Fatalf("%d canaries before the purge: this test looks in the wrong place", count())
	}
	if err := s.Purge(ctx, "inc_1", noon); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 {
		t.Fatalf("%d canaries left in the files", n)
	}
}

// What a leak site writes, sessions, log-in secrets and mistyped names never
// stand in the files in clear.
func TestCanaries(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := store.Open(ctx, filepath.Join(dir, "vigie.db"), keys(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	const canary = "canary-77ab"
	post := breach.Post{ID: "pst_1", Title: canary, Text: canary, Website: canary, Links: []string{canary}, FirstSeenAt: noon, LastSeenAt: noon}
	if _, err := s.SavePosts(ctx, []breach.Post{post}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddUser(ctx, breach.User{ID: "amina", TOTP: []byte(canary)}); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordLogin(ctx, canary, false, noon); err != nil {
		t.Fatal(err)
	}
	if err := s.SessionStore().Commit(canary, []byte(canary), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.db*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b, []byte(canary)); n > 0 {
			t.Errorf("%d canaries in %s", n, filepath.Base(f))
		}
	}
}

// Both engines have the same tables, columns and keys.
func TestMigrationsAgree(t *testing.T) {
	files, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	for _, f := range files {
		lite, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pg, err := os.ReadFile(filepath.Join("migrations/postgres", filepath.Base(f)))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tables(string(lite)), tables(string(pg))); d != "" {
			t.Errorf("%s: -sqlite +postgres:\n%s", filepath.Base(f), d)
		}
	}
}

// tables keeps what both engines must share of a migration: its tables and
// indexes, without the types.
func tables(migration string) []string {
	types := regexp.MustCompile(`\b(TEXT|INTEGER|REAL|BLOB|BIGINT|BOOLEAN|DOUBLE PRECISION|BYTEA|COLLATE "C"|STRICT)`)
	var out []string
	for _, statement := range regexp.MustCompile(`(?s)CREATE (?:TABLE|INDEX) .*?;`).FindAllString(migration, -1) {
		out = append(out, strings.Join(strings.Fields(strings.ReplaceAll(types.ReplaceAllString(statement, ""), ") ;", ");")), " "))
	}
	return out
}
