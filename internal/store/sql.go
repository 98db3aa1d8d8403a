package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"vigie/internal/breach"
)

// scanner is a row being read.
type scanner interface{ Scan(dest ...any) error }

// all reads every row of a query.
func all[T any](ctx context.Context, db bun.IDB, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, clean(args)...)
	if err != nil {
		return nil, classify(err)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, classify(rows.Err())
}

// one reads one row; breach.ErrNotFound when there is none.
func one[T any](ctx context.Context, db bun.IDB, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	ts, err := all(ctx, db, scan, query, args...)
	if err == nil && len(ts) == 0 {
		err = breach.ErrNotFound
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return ts[0], nil
}

// exec runs a statement and tells how many rows it touched.
func exec(ctx context.Context, db bun.IDB, query string, args ...any) (int64, error) {
	res, err := db.ExecContext(ctx, query, clean(args)...)
	if err != nil {
		return 0, classify(err)
	}
	n, err := res.RowsAffected()
	return n, classify(err)
}

func scanString(r scanner) (v string, err error) { err = r.Scan(&v); return v, err }
func scanInt(r scanner) (v int64, err error)     { err = r.Scan(&v); return v, err }

// clean makes text storable in both engines: PostgreSQL takes neither a NUL
// nor invalid UTF-8, and leak sites write both.
func clean(args []any) []any {
	for i, a := range args {
		if v := reflect.ValueOf(a); v.IsValid() && v.Kind() == reflect.String {
			args[i] = cleanText(v.String())
		}
	}
	return args
}

func cleanText(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// tuples is the list behind VALUES.
type tuples [][]any

// AppendQuery writes (1, 'a'), (2, 'b').
func (t tuples) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	for i, row := range t {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '(')
		for j, v := range clean(row) {
			if j > 0 {
				b = append(b, ',')
			}
			b = gen.Append(b, v)
		}
		b = append(b, ')')
	}
	return b, nil
}

// chunk is how many rows go into one statement.
const chunk = 500

// chunks cuts a list into pieces of at most chunk.
func chunks[T any](list []T, do func([]T) error) error {
	for len(list) > 0 {
		n := min(chunk, len(list))
		if err := do(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// learn tells PostgreSQL's planner about a table that has just grown by much.
// It would find out within minutes, and walk the wrong index until then.
func (s *Store) learn(ctx context.Context, table string, added int) error {
	if s.name != goose.DialectPostgres || added < 10*chunk {
		return nil
	}
	_, err := exec(ctx, s.w, `ANALYZE `+table)
	return err
}

// nanos is a time as the database keeps it: Unix nanoseconds, 0 for none.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// instant reads what nanos wrote.
type instant time.Time

// Scan implements sql.Scanner.
func (t *instant) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("reading a time: got %T", src)
	}
	*t = instant{}
	if n != 0 {
		*t = instant(time.Unix(0, n).UTC())
	}
	return nil
}

// document is a JSON column.
func document(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("store: a noun that JSON cannot hold") // floats are checked before
	}
	return string(raw)
}

// parsed reads what document wrote.
type parsed struct{ into any }

// Scan implements sql.Scanner.
func (p parsed) Scan(src any) error {
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	return json.Unmarshal([]byte(s.String), p.into)
}

// bounded is a page size: what was asked, within 1 and most.
func bounded(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

// mostRows is the longest list a method gives at once.
const mostRows = 10_000

func notFound(err error) bool { return errors.Is(err, breach.ErrNotFound) }
