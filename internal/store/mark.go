package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// SaveMarks keeps codes before the messages that bear them are handed over, so
// that no message in the world has a code nobody knows. A repeat after a crash
// meets the first.
func (s *Store) SaveMarks(ctx context.Context, list []breach.IssuedMark) error {
	if len(list) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "marks.save", string(list[0].Incident), func(u *unit) error {
		var added int64
		err := chunks(list, func(part []breach.IssuedMark) error {
			var rows tuples
			for _, m := range part {
				rows = append(rows, []any{m.Code, m.Incident, m.Controller, m.Channel, m.Batch, nanos(m.Day)})
			}
			n, err := exec(ctx, u, `INSERT INTO marks (code, incident, controller, channel, batch, day) VALUES ? ON CONFLICT DO NOTHING`, rows)
			added += n
			return err
		})
		u.did("marks=%d", added)
		u.quiet = added == 0
		return err
	})
}

const selectMarks = `SELECT code, incident, controller, channel, batch, day FROM marks `

func scanMark(r scanner) (m breach.IssuedMark, err error) {
	err = r.Scan(&m.Code, &m.Incident, &m.Controller, &m.Channel, &m.Batch, (*instant)(&m.Day))
	return m, err
}

// Mark returns what a code stands for, without counting a question.
func (s *Store) Mark(ctx context.Context, code string) (breach.IssuedMark, error) {
	m, err := one(ctx, s.r, scanMark, selectMarks+`WHERE code = ?`, code)
	if err != nil {
		return m, fmt.Errorf("reading a mark: %w", err)
	}
	return m, nil
}

// AskMark counts a question about a code and tells what the code stands for.
// It runs the same statements for a code that stands for nothing: neither the
// work nor the count tells the two apart. No audit entry is written, since
// strangers ask.
func (s *Store) AskMark(ctx context.Context, code, client string, at time.Time) (breach.Asked, error) {
	var out breach.Asked
	err := s.change(ctx, "public", "mark.ask", "code", func(u *unit) error {
		u.quiet = true
		if _, err := exec(ctx, u, `INSERT INTO mark_asks (code, client, at, n) VALUES ?
			ON CONFLICT (code, client) DO UPDATE SET n = mark_asks.n + 1, at = excluded.at`, tuples{{code, client, nanos(at), 1}}); err != nil {
			return err
		}
		counts, err := one(ctx, u, func(r scanner) (v [2]int64, err error) { err = r.Scan(&v[0], &v[1]); return v, err },
			`SELECT coalesce(sum(n), 0), count(client) FROM mark_asks WHERE code = ?`, code)
		if err != nil {
			return err
		}
		out.Times, out.Clients = counts[0], counts[1]
		found, err := all(ctx, u, scanMark, selectMarks+`WHERE code = ?`, code)
		if out.Known = len(found) == 1; out.Known {
			out.Mark = found[0]
		}
		return err
	})
	return out, err
}

// ForgetAsks drops questions that are older.
func (s *Store) ForgetAsks(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := s.change(ctx, actor(ctx), "marks.forget", "asks", func(u *unit) (err error) {
		n, err = exec(ctx, u, `DELETE FROM mark_asks WHERE at < ?`, nanos(before))
		u.did("asks=%d", n)
		u.quiet = n == 0
		return err
	})
	return n, err
}

// SentDays lists, for an incident, by which channel messages of which day went
// out: those that bear a mark by the day they bear, SMS by the day on which
// they were handed over.
func (s *Store) SentDays(ctx context.Context, incident breach.IncidentID) ([]breach.SentDay, error) {
	rows, err := all(ctx, s.r, func(r scanner) (d breach.SentDay, err error) {
		var batch string
		err = r.Scan(&d.Controller, &d.Channel, (*instant)(&d.Day), &batch)
		d.Batches = []string{batch}
		return d, err
	}, `SELECT DISTINCT controller, channel, day, batch FROM marks WHERE incident = ?
		ORDER BY controller, channel, day, batch LIMIT ?`, incident, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing what was sent about %s: %w", incident, err)
	}
	texts, err := all(ctx, s.r, func(r scanner) (d breach.SentDay, err error) {
		err = r.Scan(&d.Controller, (*instant)(&d.Day))
		d.Channel = breach.ChannelSMS
		return d, err
	}, `SELECT DISTINCT controller, updated_at - updated_at % 86400000000000 FROM messages
		WHERE incident = ? AND channel = 'sms' AND state IN ('handed_over', 'delivered')
		ORDER BY 1, 2 LIMIT ?`, incident, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing what was sent about %s: %w", incident, err)
	}
	var out []breach.SentDay
	for _, d := range append(rows, texts...) {
		if n := len(out) - 1; n >= 0 && out[n].Controller == d.Controller && out[n].Channel == d.Channel && out[n].Day.Equal(d.Day) {
			out[n].Batches = append(out[n].Batches, d.Batches...)
			continue
		}
		out = append(out, d)
	}
	return out, nil
}
