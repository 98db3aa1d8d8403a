package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"
)

// Event is one entry of the audit log: identifiers and counts, never a value
// of a person.
type Event struct {
	Seq    int64     `json:"seq"`    // from 1, without a gap
	At     time.Time `json:"at"`     // by the store's clock
	Who    string    `json:"who"`    // user ID, or "system:<part>"
	Action string    `json:"action"` // noun.verb
	Object string    `json:"object"` // ID of the thing
	Detail string    `json:"detail"` // codes and counts
	OK     bool      `json:"ok"`     // false: it was refused
}

// Audit writes an entry for something that the store does not do itself, such
// as a page that was opened. The store dates and numbers it; control
// characters are replaced and overlong fields cut, so that an entry is
// written whatever happens.
func (s *Store) Audit(ctx context.Context, e Event) error {
	u := &unit{event: e}
	if err := s.inTx(ctx, u, func(*unit) error { return nil }); err != nil {
		return fmt.Errorf("writing an audit entry: %w", classify(err))
	}
	return nil
}

// AuditEvents lists the newest entries first: those of one object, or of all.
func (s *Store) AuditEvents(ctx context.Context, object string, limit int) ([]Event, error) {
	query, args := `SELECT seq, at, who, action, object, detail, ok FROM audit `, []any{}
	if object != "" {
		query, args = query+`WHERE object = ? `, []any{object}
	}
	events, err := all(ctx, s.r, scanEvent, query+`ORDER BY seq DESC LIMIT ?`, append(args, bounded(limit, mostRows))...)
	if err != nil {
		return nil, fmt.Errorf("listing audit entries: %w", err)
	}
	return events, nil
}

func scanEvent(r scanner) (e Event, err error) {
	err = r.Scan(&e.Seq, (*instant)(&e.At), &e.Who, &e.Action, &e.Object, &e.Detail, &e.OK)
	return e, err
}

// leaf is an entry's hash in the RFC 6962 tree, over nine lines: the format,
// seq, time, who, action, object, detail, ok, and the leaf before it in base
// 64. So the log is a chain as well as a tree: the chain tells where it was
// broken, the tree lets a short checkpoint stand for all of it.
func (e Event) leaf(prev tlog.Hash) tlog.Hash {
	b := make([]byte, 0, 512)
	b = append(b, "vigie audit 1\n"...)
	b = append(strconv.AppendInt(b, e.Seq, 10), '\n')
	b = append(e.At.UTC().AppendFormat(b, time.RFC3339Nano), '\n')
	for _, field := range [...]string{e.Who, e.Action, e.Object, e.Detail} {
		b = append(append(b, field...), '\n')
	}
	b = append(strconv.AppendBool(b, e.OK), '\n')
	b = append(base64.StdEncoding.AppendEncode(b, prev[:]), '\n')
	return tlog.RecordHash(b)
}

// head is the newest entry, as the next one needs it.
type head struct {
	seq  int64
	leaf tlog.Hash
}

func scanHead(r scanner) (h head, err error) {
	var nodes []byte
	if err := r.Scan(&h.seq, &nodes); err != nil {
		return h, err
	}
	if len(nodes) < tlog.HashSize {
		return h, errDamaged
	}
	copy(h.leaf[:], nodes)
	return h, nil
}

var errDamaged = fmt.Errorf("the audit log is damaged: run vigie audit verify")

func (s *Store) appendAudit(ctx context.Context, tx bun.IDB, e Event) error {
	last, err := one(ctx, tx, scanHead, `SELECT seq, nodes FROM audit ORDER BY seq DESC LIMIT 1`)
	if err != nil && !notFound(err) {
		return err
	}
	e = Event{
		Seq: last.seq + 1, At: s.now().UTC(), OK: e.OK,
		Who: oneLine(e.Who, 64), Action: oneLine(e.Action, 64), Object: oneLine(e.Object, 128), Detail: oneLine(e.Detail, 400),
	}
	hashes, err := tlog.StoredHashesForRecordHash(e.Seq-1, e.leaf(last.leaf), treeReader(ctx, tx))
	if err != nil {
		return err
	}
	nodes := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		nodes = append(nodes, h[:]...)
	}
	_, err = exec(ctx, tx, `INSERT INTO audit (seq, at, who, action, object, detail, ok, prev, nodes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, nanos(e.At), e.Who, e.Action, e.Object, e.Detail, e.OK, last.leaf[:], nodes)
	return err
}

// treeReader finds hashes of the tree in the entries that completed them: the
// hash k at a level was completed by entry (k+1)*2^level.
func treeReader(ctx context.Context, db bun.IDB) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		if len(indexes) == 0 {
			return nil, nil
		}
		seqs := make([]int64, len(indexes))
		levels := make([]int, len(indexes))
		for i, x := range indexes {
			level, k := tlog.SplitStoredHashIndex(x)
			levels[i], seqs[i] = level, (k+1)<<level
		}
		found := map[int64][]byte{}
		if _, err := all(ctx, db, func(r scanner) (struct{}, error) {
			var seq int64
			var nodes []byte
			err := r.Scan(&seq, &nodes)
			found[seq] = nodes
			return struct{}{}, err
		}, `SELECT seq, nodes FROM audit WHERE seq IN (?)`, bun.List(seqs)); err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for i, seq := range seqs {
			nodes := found[seq]
			if len(nodes) < (levels[i]+1)*tlog.HashSize {
				return nil, errDamaged
			}
			copy(out[i][:], nodes[levels[i]*tlog.HashSize:])
		}
		return out, nil
	}
}

// oneLine makes a field printable and at most n bytes long.
func oneLine(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return r
	}, cleanText(s))
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "")
	}
	return s
}
