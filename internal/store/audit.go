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

// leaf is an entry's hash in the tree, over nine lines: the format, seq, time, who,
// action, object, detail, ok, and the leaf before it in base 64.
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

func (s *Store) appendAudit(ctx context.Context, tx bun.IDB, e Event) error {
	e = Event{
		At: s.now().UTC(), OK: e.OK,
		Who: oneLine(e.Who, 64), Action: oneLine(e.Action, 64), Object: oneLine(e.Object, 128), Detail: oneLine(e.Detail, 400),
	}
	n, err := auditLog.grow(ctx, tx, func(seq int64, prev tlog.Hash) tlog.Hash {
		e.Seq = seq
		return e.leaf(prev)
	})
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `INSERT INTO audit (seq, at, who, action, object, detail, ok, prev, nodes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, nanos(e.At), e.Who, e.Action, e.Object, e.Detail, e.OK, n.prev, n.nodes)
	return err
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
