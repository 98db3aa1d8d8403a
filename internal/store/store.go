package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
	"vigie/internal/lock"
)

// Keys seal columns and derive secrets; seal.Keyring is one.
type Keys interface {
	SealField(plain []byte, place string) ([]byte, error)
	OpenField(box []byte, place string) ([]byte, error)
	Secret(purpose string) []byte
}

// Store is the state of one Vigie. It is safe for concurrent use.
type Store struct {
	engine
	keys Keys
	now  func() time.Time
}

// Option changes how a store is opened.
type Option func(*Store)

// WithClock sets the clock by which audit entries are dated.
func WithClock(now func() time.Time) Option { return func(s *Store) { s.now = now } }

// Open opens, or creates, the database at dsn: the path of a SQLite file, or a
// postgres:// URL. It brings an older schema up to date, and refuses a newer
// one, a database that is not Vigie's, and keys that are not the database's;
// the refusals are breach.RefusedError with a hint.
func Open(ctx context.Context, dsn string, keys Keys, opts ...Option) (*Store, error) {
	s := &Store{keys: keys, now: time.Now}
	for _, o := range opts {
		o(s)
	}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		s.engine, err = openPostgres(dsn)
	} else {
		s.engine, err = openSQLite(dsn)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if s.path != "" { // SQLite has no lock around all migrations, nor around the switch to its log
		unlock, err := lock.Dir(ctx, filepath.Dir(s.path))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("opening the database: %w", err), s.Close())
		}
		defer unlock()
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", classify(err)), s.Close())
	}
	if err := s.bindKeys(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", classify(err)), s.Close())
	}
	return s, nil
}

// Close waits for running statements and closes the database.
func (s *Store) Close() error {
	err := s.w.Close()
	if s.r != s.w {
		err = errors.Join(s.r.Close(), err)
	}
	return err
}

// bindKeys remembers a digest of the keys the database was made with, and
// refuses others: later they would fail one row at a time.
func (s *Store) bindKeys(ctx context.Context) error {
	mac := hmac.New(sha256.New, s.keys.Secret("store"))
	mac.Write([]byte("key check"))
	want := hex.EncodeToString(mac.Sum(nil))
	if _, err := exec(ctx, s.w, `INSERT INTO vigie (name, value) VALUES ('keys', ?) ON CONFLICT DO NOTHING`, want); err != nil {
		return err
	}
	got, err := one(ctx, s.r, scanString, `SELECT value FROM vigie WHERE name = 'keys'`)
	if err != nil {
		return err
	}
	if got != want {
		return &breach.RefusedError{Code: "wrong-keys", What: "database",
			Hint: "it was made with another key directory: give that one, or another data directory"}
	}
	return nil
}

type actorKey struct{}

// As says who acts, for the methods that do not take a person: a user ID, or
// "system:<part>". The audit log tells "system" otherwise.
func As(ctx context.Context, who string) context.Context {
	return context.WithValue(ctx, actorKey{}, who)
}

func actor(ctx context.Context) string {
	if who, ok := ctx.Value(actorKey{}).(string); ok {
		return who
	}
	return "system"
}

// unit is one unit of work: a transaction and the audit event that commits
// with it.
type unit struct {
	bun.Tx
	event Event
	quiet bool // nothing has changed: there is nothing to tell
}

// did says what was done, in identifiers and counts.
func (u *unit) did(format string, args ...any) { u.event.Detail = fmt.Sprintf(format, args...) }

// change runs do in a transaction and commits it with its audit event. A
// refusal is audited as well, after the transaction was rolled back.
func (s *Store) change(ctx context.Context, who, action, object string, do func(*unit) error) error {
	u := &unit{event: Event{Who: who, Action: action, Object: object, OK: true}}
	err := classify(s.inTx(ctx, u, do))
	if err == nil {
		return nil
	}
	if kind := refusal(err); kind != "" {
		u = &unit{event: Event{Who: who, Action: action, Object: object, Detail: "refused: " + kind}}
		if aerr := s.inTx(ctx, u, func(*unit) error { return nil }); aerr != nil {
			err = errors.Join(err, fmt.Errorf("auditing the refusal: %w", classify(aerr)))
		}
	}
	return fmt.Errorf("%s %s: %w", action, object, err)
}

func (s *Store) inTx(ctx context.Context, u *unit, do func(*unit) error) error {
	return s.w.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if s.lock != "" {
			if _, err := exec(ctx, tx, s.lock); err != nil {
				return err
			}
		}
		u.Tx = tx
		if err := do(u); err != nil || u.quiet {
			return err
		}
		return s.appendAudit(ctx, tx, u.event)
	})
}
