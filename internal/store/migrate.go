package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"vigie/internal/breach"
)

// Each engine has the same migrations in its own words.
//
//go:embed migrations/*/*.sql
var migrations embed.FS

// migrate brings the schema to the newest version this program knows. It
// touches nothing in a database that is not Vigie's, or that is newer.
func (s *Store) migrate(ctx context.Context) error {
	tables, err := all(ctx, s.w, scanString, s.tables)
	if err != nil {
		return err
	}
	if len(tables) > 0 && !slices.Contains(tables, "vigie") && !slices.Equal(tables, []string{versionTable}) {
		return &breach.RefusedError{Code: "not-vigie", What: "database",
			Hint: "it holds tables of something else: name an empty database, or a file that does not exist yet"}
	}
	p, err := s.provider()
	if err != nil {
		return fmt.Errorf("preparing migrations: %w", err)
	}
	if slices.Contains(tables, versionTable) {
		got, known, err := p.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("reading the schema version: %w", err)
		}
		if got > known {
			return &breach.RefusedError{Code: "schema-newer", What: fmt.Sprintf("database schema %d (this program knows %d)", got, known),
				Hint: "it was opened by a newer Vigie: run that one, or restore a backup made before"}
		}
	}
	if _, err := p.Up(ctx); err != nil {
		// Somebody else may have migrated while we waited.
		if got, known, verr := p.GetVersions(ctx); verr != nil || got != known {
			return fmt.Errorf("bringing the schema up to date: %w", classify(err))
		}
	}
	return nil
}

const versionTable = "vigie_schema"

func (s *Store) provider() (*goose.Provider, error) {
	dir := "sqlite"
	opts := []goose.ProviderOption{goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true)}
	if s.name == goose.DialectPostgres {
		dir = "postgres"
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	files, err := fs.Sub(migrations, "migrations/"+dir)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(s.name, s.w.DB, files, opts...)
}
