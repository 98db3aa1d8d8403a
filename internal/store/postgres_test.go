package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"vigie/internal/store"
	"vigie/internal/store/storetest"
)

// TestPostgres runs the suite on a server of its own.
func TestPostgres(t *testing.T) {
	server := &postgres{server: storetest.Postgres(t)}
	storetest.Run(t, server.open)
}

// postgres is a private server.
type postgres struct {
	server string // its URL
	made   atomic.Int64
}

func (p *postgres) url(schema string) string {
	return p.server + "&search_path=" + schema
}

// open makes a store in a schema of its own: that is much faster than a
// database of its own, and also what a shared server would give.
func (p *postgres) open(t testing.TB, opts ...store.Option) *storetest.DB {
	t.Helper()
	schema := fmt.Sprintf("vigie_%d", p.made.Add(1))
	db, err := sql.Open("pgx", p.url("public"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("CREATE SCHEMA " + schema)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return open(t, p.url(schema), "pgx", p.url(schema), opts...)
}
