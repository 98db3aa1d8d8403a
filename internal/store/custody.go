package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"vigie/internal/breach"
)

// AddCustody adds a link to the chain of custody of a capture or a dump. The
// store numbers it; control characters are replaced and overlong fields cut.
// The chain is a log of its own, so that a third party can be given proofs of
// the links that concern it and no others.
func (s *Store) AddCustody(ctx context.Context, c breach.Custody) error {
	c.Subject, c.Event, c.Who = oneLine(c.Subject, 128), oneLine(c.Event, 64), oneLine(c.Who, 64)
	c.Why, c.Digest = oneLine(c.Why, 400), oneLine(c.Digest, 128)
	return s.change(ctx, c.Who, "custody."+c.Event, c.Subject, func(u *unit) error {
		n, err := custodyLog.grow(ctx, u, func(seq int64, prev tlog.Hash) tlog.Hash {
			c.Seq = seq
			return custody{c}.leaf(prev)
		})
		if err != nil {
			return err
		}
		u.did("custody=%d digest=%s", c.Seq, c.Digest)
		_, err = exec(ctx, u, `INSERT INTO custody (seq, subject, event, who, why, digest, at, prev, nodes) VALUES ?`,
			tuples{{c.Seq, c.Subject, c.Event, c.Who, c.Why, c.Digest, nanos(c.At), n.prev, n.nodes}})
		return err
	})
}

// custody is an entry of the log.
type custody struct{ breach.Custody }

// text is what is hashed: nine lines, the last of them the leaf before it in
// base 64.
func (c custody) text(prev tlog.Hash) []byte {
	b := append(make([]byte, 0, 512), "vigie custody 1\n"...)
	b = append(strconv.AppendInt(b, c.Seq, 10), '\n')
	b = append(c.At.UTC().AppendFormat(b, time.RFC3339Nano), '\n')
	for _, field := range [...]string{c.Subject, c.Event, c.Who, c.Why, c.Digest} {
		b = append(append(b, field...), '\n')
	}
	return append(base64.StdEncoding.AppendEncode(b, prev[:]), '\n')
}

func (c custody) leaf(prev tlog.Hash) tlog.Hash { return tlog.RecordHash(c.text(prev)) }

const selectCustody = `SELECT seq, subject, event, who, why, digest, at, prev, nodes FROM custody `

func scanCustody(r scanner) (c custody, n nodes, err error) {
	err = r.Scan(&c.Seq, &c.Subject, &c.Event, &c.Who, &c.Why, &c.Digest, (*instant)(&c.At), &n.prev, &n.nodes)
	return c, n, err
}

// Custody lists the chain of custody of a thing, oldest first; of everything
// when subject is "".
func (s *Store) Custody(ctx context.Context, subject string) ([]breach.Custody, error) {
	query, args := selectCustody+`WHERE subject = ? ORDER BY seq`, []any{subject}
	if subject == "" {
		query, args = selectCustody+`ORDER BY seq`, nil
	}
	list, err := all(ctx, s.r, func(r scanner) (breach.Custody, error) {
		c, _, err := scanCustody(r)
		return c.Custody, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing the custody of %q: %w", subject, err)
	}
	return list, nil
}

// Held tells what should be there by the chain of custody: the digest of every
// file and dump that was taken in and not destroyed since.
func (s *Store) Held(ctx context.Context) (map[string]string, error) {
	held := map[string]string{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var subject, event, digest string
		if err := r.Scan(&subject, &event, &digest); err != nil {
			return struct{}{}, err
		}
		if held[subject] = digest; event == "purged" {
			delete(held, subject)
		}
		return struct{}{}, nil
	}, `SELECT subject, event, digest FROM custody WHERE event IN ('captured', 'acquired', 'purged') ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("listing what is held: %w", err)
	}
	return held, nil
}

// VerifyCustody recomputes the chain of custody, as VerifyAudit does the audit
// log. Links are dated by those who make them: a clock that was corrected is no
// fault here.
func (s *Store) VerifyCustody(ctx context.Context, checkpoint []byte) (LogReport, error) {
	return s.verify(ctx, custodyLog, checkpoint, 0, func(ctx context.Context, give func(stored)) error {
		rows, err := s.r.QueryContext(ctx, selectCustody+`ORDER BY seq`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			c, n, err := scanCustody(rows)
			if err != nil {
				return err
			}
			give(stored{c.Seq, c.At, c, n})
		}
		return rows.Err()
	})
}

// ProveCustody gives the links of the chain of custody of some subjects that a
// tree of that size holds, each with its proof: what
// is hashed, and the hashes beside its way to the root (RFC 6962, 2.1.1).
func (s *Store) ProveCustody(ctx context.Context, subjects []string, size int64) ([]breach.Inclusion, error) {
	var out []breach.Inclusion
	for _, subject := range subjects {
		list, err := all(ctx, s.r, func(r scanner) (in breach.Inclusion, err error) {
			c, n, err := scanCustody(r)
			var prev tlog.Hash
			copy(prev[:], n.prev)
			return breach.Inclusion{Custody: c.Custody, Text: c.text(prev)}, err
		}, selectCustody+`WHERE subject = ? AND seq <= ? ORDER BY seq`, subject, size)
		if err != nil {
			return nil, fmt.Errorf("proving the custody of %s: %w", subject, err)
		}
		for i := range list {
			path, err := tlog.ProveRecord(size, list[i].Seq-1, custodyLog.reader(ctx, s.r))
			if err != nil {
				return nil, fmt.Errorf("proving link %d of the chain of custody: %w", list[i].Seq, err)
			}
			for _, h := range path {
				list[i].Path = append(list[i].Path, h)
			}
		}
		out = append(out, list...)
	}
	return out, nil
}
