package store

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// SaveSample keeps the pairs that were drawn when a dump was matched. Those that
// are there already stay as they are: verdicts survive another run.
func (s *Store) SaveSample(ctx context.Context, incident breach.IncidentID, list []breach.SampledPair) error {
	if len(list) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "sample.save", string(incident), func(u *unit) error {
		var added int64
		err := chunks(list, func(part []breach.SampledPair) error {
			var rows tuples
			for _, p := range part {
				if p.Incident != incident || !(p.Inclusion > 0 && p.Inclusion <= 1) || !(p.Probability >= 0 && p.Probability <= 1) || math.IsNaN(p.Weight) || math.IsInf(p.Weight, 0) {
					return fmt.Errorf("pair %s: incident, inclusion, weight or probability: %w", p.ID, breach.ErrInvalid)
				}
				rows = append(rows, []any{p.ID, incident, p.Registry, p.Person, p.Table, p.Row, p.Stratum, p.Place, strconv.FormatUint(p.Rank, 16),
					p.Inclusion, p.Of, p.Weight, p.Probability, p.Band, p.Levels, p.Model, breach.PairOpen, 0})
			}
			n, err := exec(ctx, u, `INSERT INTO sampled_pairs (id, incident, registry, person, tbl, dump_row, stratum, place, draw,
				inclusion, of_pairs, weight, probability, band, levels, model, state, settled_at) VALUES ? ON CONFLICT DO NOTHING`, rows)
			added += n
			return err
		})
		u.did("new=%d given=%d", added, len(list))
		u.quiet = added == 0
		return err
	})
}

const pairColumns = `id, incident, registry, person, tbl, dump_row, stratum, place, draw, inclusion, of_pairs, weight, probability, band, levels, model, state`

func scanPair(r scanner) (p breach.SampledPair, err error) {
	var draw string
	if err = r.Scan(&p.ID, &p.Incident, &p.Registry, &p.Person, &p.Table, &p.Row, &p.Stratum, &p.Place, &draw, &p.Inclusion, &p.Of, &p.Weight,
		&p.Probability, &p.Band, &p.Levels, &p.Model, &p.State); err != nil {
		return p, err
	}
	p.Rank, err = strconv.ParseUint(draw, 16, 64)
	return p, err
}

// SampledPair returns one drawn pair.
func (s *Store) SampledPair(ctx context.Context, id breach.PairID) (breach.SampledPair, error) {
	p, err := one(ctx, s.r, scanPair, `SELECT `+pairColumns+` FROM sampled_pairs WHERE id = ?`, id)
	if err != nil {
		return p, fmt.Errorf("reading pair %s: %w", id, err)
	}
	return p, nil
}

// OpenPairs lists the pairs of an incident on which people have not settled, in
// the order in which they are judged: by their place in the draw.
func (s *Store) OpenPairs(ctx context.Context, incident breach.IncidentID) ([]breach.SampledPair, error) {
	list, err := all(ctx, s.r, scanPair, `SELECT `+pairColumns+` FROM sampled_pairs
		WHERE incident = ? AND state = 'open' ORDER BY place, stratum, id LIMIT ?`, incident, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the sample of incident %s: %w", incident, err)
	}
	return list, nil
}

// NextSampled is the next pair that a person may judge: not one of theirs, and
// not one they decided in the review, which showed them what the model says.
// breach.ErrNotFound when there is none.
func (s *Store) NextSampled(ctx context.Context, incident breach.IncidentID, by breach.UserID) (breach.SampledPair, error) {
	p, err := one(ctx, s.r, scanPair, `SELECT `+pairColumns+` FROM sampled_pairs p
		WHERE incident = ? AND state = 'open'
		AND NOT EXISTS (SELECT 1 FROM sampled_verdicts v WHERE v.pair = p.id AND v.by_user = ?) AND NOT `+decidedBy+`
		ORDER BY place, stratum, id LIMIT 1`, incident, by, by)
	if err != nil {
		return p, fmt.Errorf("reading the sample of incident %s: %w", incident, err)
	}
	return p, nil
}

// decidedBy tells a pair that a person decided in the review.
const decidedBy = `EXISTS (SELECT 1 FROM candidates c WHERE c.incident = p.incident AND c.registry = p.registry
	AND c.dump_row = p.dump_row AND c.person = p.person AND c.decided_by = ?)`

// CountSample counts an incident's drawn pairs by state.
func (s *Store) CountSample(ctx context.Context, incident breach.IncidentID) (map[breach.PairState]int64, error) {
	counts := map[breach.PairState]int64{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var state breach.PairState
		var n int64
		err := r.Scan(&state, &n)
		counts[state] = n
		return struct{}{}, err
	}, `SELECT state, count(id) FROM sampled_pairs WHERE incident = ? GROUP BY state`, incident)
	if err != nil {
		return nil, fmt.Errorf("counting the sample of incident %s: %w", incident, err)
	}
	return counts, nil
}

// JudgePair keeps what a person says of a drawn pair, and what it is once two
// agree or three have spoken. Nobody judges a pair twice, nor one they decided in
// the review. The audit log has who judged, never what they said: the next one
// must not read it there.
func (s *Store) JudgePair(ctx context.Context, v breach.Verdict) (now breach.PairState, err error) {
	err = s.change(ctx, string(v.By), "sample.judge", string(v.Pair), func(u *unit) error {
		if v.By == "" || v.At.IsZero() || v.Says != breach.PairSame && v.Says != breach.PairOther && v.Says != breach.PairUnclear {
			return fmt.Errorf("a verdict is a person's, and same, other or unclear: %w", breach.ErrInvalid)
		}
		p, err := one(ctx, u, scanPair, `SELECT `+pairColumns+` FROM sampled_pairs WHERE id = ?`, v.Pair)
		if err != nil {
			return err
		}
		if p.State != breach.PairOpen {
			return fmt.Errorf("the pair is settled: %w", breach.ErrConflict)
		}
		seen, err := one(ctx, u, scanInt, `SELECT count(*) FROM sampled_pairs p WHERE id = ? AND `+decidedBy, v.Pair, v.By)
		if err != nil {
			return err
		}
		if seen > 0 {
			return fmt.Errorf("this person decided the pair in the review: %w", breach.ErrForbidden)
		}
		n, err := exec(ctx, u, `INSERT INTO sampled_verdicts (pair, by_user, says, at) VALUES ? ON CONFLICT DO NOTHING`, tuples{{v.Pair, v.By, v.Says, nanos(v.At)}})
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("this person has judged the pair: %w", breach.ErrConflict)
		}
		list, err := verdicts(ctx, u, []breach.PairID{v.Pair})
		if err != nil {
			return err
		}
		now = breach.Settle(list)
		u.did("incident=%s verdicts=%d settled=%t", p.Incident, len(list), now != breach.PairOpen)
		if now == breach.PairOpen {
			return nil
		}
		person := p.Person
		if now != breach.PairSame {
			person = ""
		}
		_, err = exec(ctx, u, `UPDATE sampled_pairs SET state = ?, settled_at = ?, person = ?, tbl = '', dump_row = 0 WHERE id = ?`, now, nanos(v.At), person, v.Pair)
		return err
	})
	return now, err
}

// verdicts are what people say of pairs, in the order they said it.
func verdicts(ctx context.Context, db bun.IDB, pairs []breach.PairID) (out []breach.Verdict, err error) {
	err = chunks(pairs, func(part []breach.PairID) error {
		list, err := all(ctx, db, func(r scanner) (v breach.Verdict, err error) {
			err = r.Scan(&v.Pair, &v.By, &v.Says, (*instant)(&v.At))
			return v, err
		}, `SELECT pair, by_user, says, at FROM sampled_verdicts WHERE pair IN (?) ORDER BY pair, at, by_user`, bun.List(part))
		out = append(out, list...)
		return err
	})
	return out, err
}

// JudgedPair is a drawn pair with what people said of it, in order.
type JudgedPair struct {
	breach.SampledPair
	Verdicts []breach.Verdict
}

// Sample lists what was ever drawn of a registry, settled or not, by ID.
func (s *Store) Sample(ctx context.Context, registry breach.RegistryID) ([]JudgedPair, error) {
	var out []JudgedPair
	for last := breach.PairID(""); ; {
		list, err := all(ctx, s.r, scanPair, `SELECT `+pairColumns+` FROM sampled_pairs WHERE registry = ? AND id > ? ORDER BY id LIMIT ?`, registry, last, mostRows)
		if err != nil {
			return nil, fmt.Errorf("reading the samples of registry %s: %w", registry, err)
		}
		at := make(map[breach.PairID]int, len(list))
		ids := make([]breach.PairID, len(list))
		for i, p := range list {
			at[p.ID], ids[i] = len(out), p.ID
			out = append(out, JudgedPair{SampledPair: p})
		}
		said, err := verdicts(ctx, s.r, ids)
		if err != nil {
			return nil, fmt.Errorf("reading the verdicts of registry %s: %w", registry, err)
		}
		for _, v := range said {
			out[at[v.Pair]].Verdicts = append(out[at[v.Pair]].Verdicts, v)
		}
		if len(list) < mostRows {
			return out, nil
		}
		last = ids[len(ids)-1]
	}
}

// forgetSample drops what points from drawn pairs to rows and people. Pairs on
// which people have not settled can be judged no more.
func forgetSample(ctx context.Context, u *unit, incident breach.IncidentID, at time.Time) error {
	_, err := exec(ctx, u, `UPDATE sampled_pairs SET person = '', tbl = '', dump_row = 0,
		settled_at = CASE state WHEN 'open' THEN ? ELSE settled_at END, state = CASE state WHEN 'open' THEN 'lost' ELSE state END
		WHERE incident = ?`, nanos(at), incident)
	return err
}
