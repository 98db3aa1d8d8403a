//go:build !noembed

package embedded

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	temporalsql "go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/resolver"
	_ "modernc.org/sqlite" // the driver named "sqlite"

	"vigie/internal/breach"
)

// The files of a directory.
const (
	mainFile       = "temporal.db"
	visibilityFile = "visibility.db"
	schemaFile     = "schema.sha256" // of the schema that both were made with
	lockFile       = "lock"
)

// lock keeps other processes out: two servers on one file start without a
// complaint and then fight. The lock goes with the process, however it ends.
func lock(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the workflow directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 20))
		_ = f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %q: %w", path, err)
		}
		return nil, fmt.Errorf("the workflow directory %q is in use by process %s: %w",
			dir, strings.TrimSpace(string(holder)), breach.ErrConflict)
	}
	if err := errors.Join(f.Truncate(0), func() error {
		_, err := fmt.Fprintln(f, os.Getpid())
		return err
	}()); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("writing %q: %w", path, err)
	}
	return func() { _ = f.Close() }, nil
}

// prepare makes the files that are missing and refuses those of another
// schema. It returns the paths of the main and the visibility file.
func prepare(ctx context.Context, dir string) ([]string, error) {
	plan, hash, err := blueprint(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the workflow schema: %w", err)
	}
	defer func() { _ = plan.Close() }()
	paths := []string{filepath.Join(dir, mainFile), filepath.Join(dir, visibilityFile)}
	made := filepath.Join(dir, schemaFile)
	got, err := os.ReadFile(made)
	switch {
	case err == nil && strings.TrimSpace(string(got)) != hash:
		return nil, fmt.Errorf("the files in %q have workflow schema %.12s, this program needs %.12s; "+
			"let the program that made them finish its work, or move them away: %w",
			dir, strings.TrimSpace(string(got)), hash, breach.ErrInvalid)
	case errors.Is(err, os.ErrNotExist):
		// The hash comes first: files without one could be of any schema.
		if _, err := os.Stat(paths[0]); err == nil {
			return nil, fmt.Errorf("%q is missing beside %s: %w", made, mainFile, breach.ErrInvalid)
		}
		err = install(made, func(tmp string) error { return os.WriteFile(tmp, []byte(hash+"\n"), 0o600) })
		if err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("reading the workflow schema's hash: %w", err)
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			continue
		} else if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("looking at the workflow files: %w", err)
		}
		err := install(path, func(tmp string) error {
			_, err := plan.ExecContext(ctx, "VACUUM INTO ?", tmp)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// install makes a file whole or not at all.
func install(path string, write func(tmp string) error) error {
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing what a cut start left: %w", err)
	}
	if err := write(tmp); err != nil {
		return fmt.Errorf("making %q: %w", path, err)
	}
	if err := errors.Join(os.Chmod(tmp, 0o600), syncFile(tmp), os.Rename(tmp, path), syncFile(filepath.Dir(path))); err != nil {
		return fmt.Errorf("making %q: %w", path, err)
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// blueprint returns an empty database in memory with the schema that this
// server was built with, and the digest of that schema.
func blueprint(ctx context.Context) (*sql.DB, string, error) {
	const name = "vigie-workflow-schema"
	// Opening an in-memory store sets the schema up. The server keeps its own
	// connection, and with it the database, for the life of the process.
	_, err := temporalsql.NewSQLAdminDB(sqlplugin.DbKindUnknown, &config.SQL{
		PluginName:        sqliteplugin.PluginName,
		DatabaseName:      name,
		ConnectAttributes: map[string]string{"mode": "memory", "cache": "shared"},
	}, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		return nil, "", err
	}
	db, err := sql.Open("sqlite", "file:"+name+"?mode=memory&cache=shared")
	if err != nil {
		return nil, "", err
	}
	hash, err := schemaHash(ctx, db)
	if err != nil {
		_ = db.Close()
	}
	return db, hash, err
}

func schemaHash(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	sum := sha256.New()
	tables := 0
	for ; rows.Next(); tables++ {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(sum, "%q %q %q\n", kind, name, text)
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	if tables == 0 {
		return "", errors.New("no table in it")
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// checkpoints truncates the logs from time to time until the server stops.
func (s *Server) checkpoints() {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.truncate()
		case <-s.stopped:
			return
		}
	}
}

// truncate moves what the logs hold into the files and empties them. A busy
// file is left for the next time.
func (s *Server) truncate() {
	for _, path := range s.files {
		db, err := sql.Open("sqlite", "file:"+escape(path)+"?mode=rw&_pragma=busy_timeout(2000)")
		if err != nil {
			continue
		}
		if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			s.log.Warn("truncating a write-ahead log: " + err.Error())
		}
		_ = db.Close()
	}
}
