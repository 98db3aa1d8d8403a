package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"vigie/internal/seal"
	"vigie/internal/store"
	"vigie/internal/store/storetest"
)

// keys makes a key directory for one test.
func keys(t testing.TB) *seal.Keyring {
	t.Helper()
	k, err := seal.Create(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func open(t testing.TB, dsn, driver, raw string, opts ...store.Option) *storetest.DB {
	t.Helper()
	s, err := store.Open(context.Background(), dsn, keys(t), opts...)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(driver, raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &storetest.DB{Store: s, Raw: db}
}

func openSQLite(t testing.TB, opts ...store.Option) *storetest.DB {
	path := filepath.Join(t.TempDir(), "vigie.db")
	return open(t, path, "sqlite", path+"?_pragma=busy_timeout(5000)", opts...)
}

func TestSQLite(t *testing.T) { storetest.Run(t, openSQLite) }

func TestDatabaseIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "vigie.db")
	s, err := store.Open(context.Background(), path, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, f := range []string{path, path + "-wal"} {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, want 0600", filepath.Base(f), info.Mode().Perm())
		}
	}
}
