package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"vigie/internal/breach"
)

// maxQuery bounds a file that holds a query.
const maxQuery = 1 << 20

// query asks a PostgreSQL database what a file of SQL says, and gives the
// answer as CSV while it comes: the server itself writes CSV (COPY). The
// transaction can change nothing. An empty URL takes the usual PG variables.
func (s *session) query(path, url string) (io.ReadCloser, error) {
	text, err := readQuery(path)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(s)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		stop()
		// What the driver says may repeat the URL, and with it a password.
		return nil, &breach.RefusedError{Code: "no-database", What: path, Hint: "the database does not answer: check --database, or the PGHOST, PGUSER and PGPASSWORD variables"}
	}
	r, w := io.Pipe()
	a := &answer{PipeReader: r, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		err := copyOut(ctx, conn, w, text)
		if err != nil {
			err = &breach.RefusedError{Code: "query-failed", What: path, Hint: sqlReason(err)}
		}
		_ = w.CloseWithError(err) // it never fails
	}()
	return a, nil
}

func copyOut(ctx context.Context, conn *pgx.Conn, w io.Writer, query string) error {
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	_, err = conn.PgConn().CopyTo(ctx, w, "COPY ("+query+") TO STDOUT WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')")
	return err
}

// sqlReason says what a database complains of, and no value: those it quotes
// when a cast or a constraint fails. What is wrong with the query it may quote.
func sqlReason(err error) string {
	var pg *pgconn.PgError
	switch {
	case !errors.As(err, &pg):
		return "the connection broke: start again"
	case strings.HasPrefix(pg.Code, "42"): // syntax, names and rights
		return "the database says: " + pg.Message
	}
	return "the database says SQLSTATE " + pg.Code
}

func readQuery(path string) (string, error) {
	f, err := input(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxQuery+1))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	query := strings.TrimRight(strings.TrimSpace(string(text)), "; \r\n\t")
	if query == "" || len(text) > maxQuery {
		return "", &breach.RefusedError{Code: "no-query", What: path, Hint: fmt.Sprintf("give one SELECT of at most %d bytes", maxQuery)}
	}
	return query, nil
}

// answer is what a query gives.
type answer struct {
	*io.PipeReader
	stop context.CancelFunc
	done chan struct{}
}

// Close ends the query and waits for it.
func (a *answer) Close() error {
	err := a.PipeReader.Close()
	a.stop()
	<-a.done
	return err
}
