package store

import (
	"context"
	"fmt"

	"vigie/internal/breach"
)

// SaveCaptures keeps records of exchanges with sources; one that is there
// already stays as it is.
func (s *Store) SaveCaptures(ctx context.Context, captures []breach.Capture) error {
	if len(captures) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "captures.save", string(captures[0].Source), func(u *unit) error {
		var added int64
		err := chunks(captures, func(part []breach.Capture) error {
			var rows tuples
			for _, c := range part {
				rows = append(rows, []any{c.ID, c.Source, c.URL, nanos(c.At), c.Status, c.File, c.Record, c.Digest, c.Bytes, c.Truncated, c.State})
			}
			n, err := exec(ctx, u, `
				INSERT INTO captures (id, source, url, at, status, file, record, digest, bytes, truncated, state)
				VALUES ? ON CONFLICT DO NOTHING`, rows)
			added += n
			return err
		})
		u.did("new=%d given=%d", added, len(captures))
		u.quiet = added == 0
		return err
	})
}

// Captures lists the newest captures of a source first; of all when it is "".
func (s *Store) Captures(ctx context.Context, source breach.SourceID, limit int) ([]breach.Capture, error) {
	query, args := selectCaptures+`WHERE source = ? ORDER BY at DESC, id DESC LIMIT ?`, []any{source, bounded(limit, mostRows)}
	if source == "" {
		query, args = selectCaptures+`ORDER BY at DESC, id DESC LIMIT ?`, args[1:]
	}
	list, err := all(ctx, s.r, scanCapture, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing captures: %w", err)
	}
	return list, nil
}

const selectCaptures = `SELECT id, source, url, at, status, file, record, digest, bytes, truncated, state FROM captures `

func scanCapture(r scanner) (c breach.Capture, err error) {
	err = r.Scan(&c.ID, &c.Source, &c.URL, (*instant)(&c.At), &c.Status, &c.File, &c.Record, &c.Digest, &c.Bytes, &c.Truncated, &c.State)
	return c, err
}

// Capture returns one capture.
func (s *Store) Capture(ctx context.Context, id breach.CaptureID) (breach.Capture, error) {
	c, err := one(ctx, s.r, scanCapture, selectCaptures+`WHERE id = ?`, id)
	if err != nil {
		return c, fmt.Errorf("reading capture %s: %w", id, err)
	}
	return c, nil
}
