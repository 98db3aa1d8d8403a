package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"vigie/internal/breach"
)

// engine is what differs between SQLite and PostgreSQL.
type engine struct {
	w, r   *bun.DB // writer and readers; the same for PostgreSQL
	name   goose.Dialect
	path   string // of the SQLite file
	lock   string // taken first by each writing transaction
	tables string // lists the tables that are there
	shred  []string
}

// The pragmas of every SQLite connection. busy_timeout comes first: the others
// may have to wait. temp_store keeps sorted rows out of temporary files.
var pragmas = []string{
	"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
	"secure_delete(1)", "trusted_schema(0)", "temp_store(MEMORY)", "cache_size(-16000)",
}

func sqliteDSN(path string, more ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "_timezone": {"UTC"}, "_time_format": {"sqlite"}}
	q["_pragma"] = append(append([]string{}, pragmas...), more...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(path string) (engine, error) {
	path, err := filepath.Abs(strings.TrimPrefix(path, "file:"))
	if err != nil {
		return engine{}, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return engine{}, err
	}
	// SQLite gives its log files the rights of the database.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return engine{}, &breach.RefusedError{Code: "not-writable", What: "database",
			Hint: "it must be a file that this account may write"}
	}
	if err := f.Close(); err != nil {
		return engine{}, err
	}
	w, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return engine{}, err
	}
	w.SetMaxOpenConns(1)
	r, err := sql.Open("sqlite", sqliteDSN(path, "query_only(1)"))
	if err != nil {
		_ = w.Close()
		return engine{}, err
	}
	n := max(4, runtime.GOMAXPROCS(0))
	r.SetMaxOpenConns(n)
	r.SetMaxIdleConns(n)
	return engine{
		w: bun.NewDB(w, sqlitedialect.New()), r: bun.NewDB(r, sqlitedialect.New()),
		name: goose.DialectSQLite3, path: path,
		tables: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
		// Deleted cells are zeroed; their former images still stand in the log.
		shred: []string{`PRAGMA wal_checkpoint(TRUNCATE)`},
	}, nil
}

// writerLock is the advisory lock of Vigie's writers: "vigie" in ASCII.
const writerLock = 0x7669676965

func openPostgres(dsn string) (engine, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The cause may quote the password.
		return engine{}, &breach.RefusedError{Code: "bad-url", What: "database URL",
			Hint: "it reads postgres://user@host:port/name?sslmode=verify-full"}
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // bun has filled the values in
	for k, v := range map[string]string{
		"application_name": "vigie", "synchronous_commit": "on", "timezone": "UTC",
		"standard_conforming_strings": "on", "client_encoding": "UTF8",
	} {
		cfg.RuntimeParams[k] = v
	}
	sqldb := stdlib.OpenDB(*cfg)
	n := max(8, 2*runtime.GOMAXPROCS(0))
	sqldb.SetMaxOpenConns(n)
	sqldb.SetMaxIdleConns(n)
	db := bun.NewDB(sqldb, pgdialect.New())
	return engine{
		w: db, r: db, name: goose.DialectPostgres,
		lock:   fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, int64(writerLock)),
		tables: `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`,
		shred:  []string{`VACUUM (FULL) candidate_rows`, `VACUUM (FULL) candidates`, `VACUUM (FULL) messages`, `VACUUM (FULL) dangers`, `VACUUM (FULL) attempts`, `VACUUM (FULL) requests`, `VACUUM (FULL) accesses`, `VACUUM (FULL) salts`},
	}, nil
}
