package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"vigie/internal/breach"
)

// Backup writes a consistent copy of a SQLite database to a new file while
// others go on writing (VACUUM INTO). PostgreSQL has tools of its own.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.path == "" {
		return fmt.Errorf("backup: %w", &breach.RefusedError{Code: "not-sqlite", What: "database",
			Hint: "back a PostgreSQL database up with pg_dump or pg_basebackup"})
	}
	// An empty file of our own: nobody else may read it, nothing is overwritten.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w: %w", breach.ErrInvalid, err)
	}
	err = errors.Join(f.Close(), s.vacuumInto(ctx, path))
	if err != nil {
		return errors.Join(fmt.Errorf("backup: %w", err), os.Remove(path))
	}
	return s.Audit(ctx, Event{Who: actor(ctx), Action: "store.backup", OK: true})
}

// vacuumInto uses a connection of its own: it reads only, so that writers need
// not wait.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", sqliteDSN(s.path))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
	if err = errors.Join(classify(err), db.Close()); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
