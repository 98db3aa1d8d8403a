package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vigie/internal/breach"
)

// classify gives an engine's error a kind of ours, and keeps its text out:
// engines like to quote the value they choked on.
func classify(err error) error {
	if err == nil || kindOf(err) != nil {
		return err
	}
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return breach.ErrNotFound
	case errors.As(err, &lite):
		return liteError(lite)
	case errors.As(err, &pg):
		return pgError(pg)
	case errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone):
		return fmt.Errorf("the database does not answer: %w", breach.ErrTemporary)
	}
	return err
}

func liteError(e *sqlite.Error) error {
	switch code := e.Code() & 0xff; code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("the database is busy: %w", breach.ErrTemporary)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full: %w (%w)", breach.ErrTemporary, syscall.ENOSPC)
	case sqlite3.SQLITE_IOERR:
		if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // the log beside the database cannot be begun
			return fmt.Errorf("the disk is full: %w (%w)", breach.ErrTemporary, syscall.ENOSPC)
		}
		return fmt.Errorf("the disk does not answer (SQLite %d): %w", e.Code(), breach.ErrTemporary)
	case sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	case sqlite3.SQLITE_CONSTRAINT:
		return fmt.Errorf("a rule of the schema is broken (SQLite %d): %w", e.Code(), breach.ErrConflict)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return &breach.RefusedError{Code: "not-a-database", What: "database",
			Hint: "the file is damaged or is something else: restore a backup, or name another file"}
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return &breach.RefusedError{Code: "not-writable", What: "database",
			Hint: "the directory must exist and be writable by this account"}
	default:
		return fmt.Errorf("the database refused a statement (SQLite %d)", e.Code())
	}
}

func pgError(e *pgconn.PgError) error {
	switch {
	case e.Code == "40001", e.Code == "40P01", e.Code == "55P03", e.Code[:2] == "08", e.Code[:2] == "53", e.Code[:2] == "57":
		return fmt.Errorf("the database is busy (SQLSTATE %s): %w", e.Code, breach.ErrTemporary)
	case e.Code[:2] == "23":
		return fmt.Errorf("a rule of the schema is broken (SQLSTATE %s): %w", e.Code, breach.ErrConflict)
	case e.Code[:2] == "28", e.Code == "3D000", e.Code == "42501":
		return &breach.RefusedError{Code: "not-writable", What: "database",
			Hint: "the role must exist, own its schema and be let in (SQLSTATE " + e.Code + ")"}
	default:
		return fmt.Errorf("the database refused a statement (SQLSTATE %s)", e.Code)
	}
}

// kinds are the errors that are ours already, with their names in the audit log.
var kinds = []struct {
	err     error
	name    string
	audited bool // as a refusal: somebody tried what could not be
}{
	{breach.ErrForbidden, "forbidden", true},
	{breach.ErrConflict, "conflict", true},
	{breach.ErrNotFound, "not found", true},
	{breach.ErrInvalid, "invalid", true},
	{breach.ErrTemporary, "temporary", false},
}

func kindOf(err error) error {
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return k.err
		}
	}
	return nil
}

func refusal(err error) string {
	for _, k := range kinds {
		if errors.Is(err, k.err) && k.audited {
			return k.name
		}
	}
	return ""
}
