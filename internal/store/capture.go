package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// SaveCaptures keeps records of exchanges with sources; one that is there
// already stays as it is, but for a state that it lacked: one entered after a
// crash has none.
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
				VALUES ? ON CONFLICT (id) DO UPDATE SET state = excluded.state WHERE captures.state = '' AND excluded.state <> ''`, rows)
			added += n
			return err
		})
		u.did("new=%d given=%d", added, len(captures))
		u.quiet = added == 0
		return err
	})
}

const selectCaptures = `SELECT id, source, url, at, status, file, record, digest, bytes, truncated, state FROM captures `

func scanCapture(r scanner) (c breach.Capture, err error) {
	err = r.Scan(&c.ID, &c.Source, &c.URL, (*instant)(&c.At), &c.Status, &c.File, &c.Record, &c.Digest, &c.Bytes, &c.Truncated, &c.State)
	return c, err
}

// Captures lists the newest captures of a source first; of all when it is "".
func (s *Store) Captures(ctx context.Context, source breach.SourceID, limit int) ([]breach.Capture, error) {
	query, args := selectCaptures+`WHERE source = ? ORDER BY at DESC, id DESC LIMIT ?`, []any{source, bounded(limit, mostRows)}
	if source == "" {
		query, args = selectCaptures+`ORDER BY at DESC, id DESC LIMIT ?`, args[1:]
	}
	return s.captures(ctx, query, args...)
}

// CapturesIn lists the captures that a WARC file holds, in order of time.
func (s *Store) CapturesIn(ctx context.Context, file string) ([]breach.Capture, error) {
	return s.captures(ctx, selectCaptures+`WHERE file = ? ORDER BY at, id`, file)
}

// CaptureFiles names every WARC file of which a capture is listed.
func (s *Store) CaptureFiles(ctx context.Context) (map[string]bool, error) {
	files, err := all(ctx, s.r, scanString, `SELECT DISTINCT file FROM captures`)
	if err != nil {
		return nil, fmt.Errorf("listing the files of captures: %w", err)
	}
	listed := make(map[string]bool, len(files))
	for _, f := range files {
		listed[f] = true
	}
	return listed, nil
}

// CapturesAround lists the captures of an address that frame a span of time: the
// last one before it, all in it, the first one after it, at most limit.
func (s *Store) CapturesAround(ctx context.Context, source breach.SourceID, url string, from, to time.Time, limit int) ([]breach.Capture, error) {
	return s.captures(ctx, selectCaptures+`WHERE source = ? AND url = ?
		AND at >= coalesce((SELECT max(at) FROM captures WHERE source = ? AND url = ? AND at < ?), 0)
		AND at <= coalesce((SELECT min(at) FROM captures WHERE source = ? AND url = ? AND at > ?), ?)
		ORDER BY at, id LIMIT ?`,
		source, url, source, url, nanos(from), source, url, nanos(to), nanos(to), bounded(limit, mostRows))
}

// Capture returns one capture.
func (s *Store) Capture(ctx context.Context, id breach.CaptureID) (breach.Capture, error) {
	c, err := one(ctx, s.r, scanCapture, selectCaptures+`WHERE id = ?`, id)
	if err != nil {
		return c, fmt.Errorf("reading capture %s: %w", id, err)
	}
	return c, nil
}

func (s *Store) captures(ctx context.Context, query string, args ...any) ([]breach.Capture, error) {
	list, err := all(ctx, s.r, scanCapture, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing captures: %w", err)
	}
	return list, nil
}

// FileOf names the WARC file that holds a record of a source.
func (s *Store) FileOf(ctx context.Context, source breach.SourceID, record string) (string, error) {
	file, err := one(ctx, s.r, scanString, `SELECT file FROM captures WHERE source = ? AND record = ? LIMIT 1`, source, record)
	if err != nil {
		return "", fmt.Errorf("looking for a record of source %s: %w", source, err)
	}
	return file, nil
}

// FilesBefore names the WARC files of a source whose newest capture is older.
func (s *Store) FilesBefore(ctx context.Context, source breach.SourceID, horizon time.Time) ([]string, error) {
	files, err := all(ctx, s.r, scanString, `SELECT file FROM captures WHERE source = ? AND file <> '' GROUP BY file HAVING max(at) < ? ORDER BY max(at)`,
		source, nanos(horizon))
	if err != nil {
		return nil, fmt.Errorf("listing old captures of source %s: %w", source, err)
	}
	return files, nil
}
