package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// HeldOf lists the categories of data that the rows taken to be somebody's hold,
// as codes: of linked pairs alone.
func (s *Store) HeldOf(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, people []breach.PersonID) (map[breach.PersonID][]string, error) {
	out := map[breach.PersonID][]string{}
	err := chunks(people, func(part []breach.PersonID) error {
		_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
			var person breach.PersonID
			var held string
			err := r.Scan(&person, &held)
			for c := range strings.SplitSeq(held, ",") {
				if c != "" && !slices.Contains(out[person], c) {
					out[person] = append(out[person], c)
				}
			}
			return struct{}{}, err
		}, `SELECT person, held FROM candidates WHERE incident = ? AND registry = ? AND state = 'linked' AND person IN (?) ORDER BY person, dump_row`,
			incident, registry, bun.List(part))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the categories held in incident %s: %w", incident, err)
	}
	return out, nil
}

// ToldTo lists, by person, the recipients who were told about them, by e-mail,
// by letter or by a human, and those to whom an e-mail or a letter is being handed
// over now.
func (s *Store) ToldTo(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, people []breach.PersonID) (told, flying map[breach.PersonID][]string, err error) {
	told, flying = map[breach.PersonID][]string{}, map[breach.PersonID][]string{}
	err = chunks(people, func(part []breach.PersonID) error {
		_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
			var person breach.PersonID
			var to string
			var now bool
			err := r.Scan(&person, &to, &now)
			if now {
				flying[person] = append(flying[person], to)
			} else {
				told[person] = append(told[person], to)
			}
			return struct{}{}, err
		}, `SELECT DISTINCT subject, recipient, state = 'reserved' FROM messages WHERE incident = ? AND registry = ? AND subject IN (?)
			AND state IN ('handed_over', 'delivered', 'reserved') AND (channel IN ('email', 'letter') OR provider = ?) ORDER BY subject, recipient`,
			incident, registry, bun.List(part), ByHand)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading who was told in incident %s: %w", incident, err)
	}
	return told, flying, nil
}

// MessagesFor lists the communications made for one person.
func (s *Store) MessagesFor(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, person breach.PersonID) ([]breach.Message, error) {
	list, err := all(ctx, s.r, scanMessage, selectMessages+`WHERE incident = ? AND registry = ? AND subject = ? ORDER BY controller, seq LIMIT ?`,
		incident, registry, person, mostRows)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger of incident %s for one person: %w", incident, err)
	}
	return list, nil
}

// DangerFor tells whether a person stood in the danger lane.
func (s *Store) DangerFor(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, person breach.PersonID) (bool, error) {
	list, err := all(ctx, s.r, scanString, `SELECT id FROM dangers WHERE incident = ? AND registry = ? AND person = ?`, incident, registry, person)
	return len(list) > 0, err
}

// Salt returns the sealed salt of an incident; nothing when there is none.
func (s *Store) Salt(ctx context.Context, incident breach.IncidentID) ([]byte, error) {
	list, err := all(ctx, s.r, func(r scanner) (b []byte, err error) { err = r.Scan(&b); return b, err },
		`SELECT sealed FROM salts WHERE incident = ? AND erased_at = 0`, incident)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// SaltErased tells whether the proofs of an incident were ended.
func (s *Store) SaltErased(ctx context.Context, incident breach.IncidentID) (bool, error) {
	list, err := all(ctx, s.r, scanInt, `SELECT erased_at FROM salts WHERE incident = ? AND erased_at <> 0`, incident)
	return len(list) > 0, err
}

// SaveSalt keeps the sealed salt of an incident, once: another is a conflict,
// since it would cut off what was committed to under the first.
func (s *Store) SaveSalt(ctx context.Context, incident breach.IncidentID, sealed []byte) error {
	return s.change(ctx, actor(ctx), "salt.make", string(incident), func(u *unit) error {
		_, err := exec(ctx, u, `INSERT INTO salts (incident, sealed, erased_at) VALUES ?`, tuples{{incident, blob(sealed), 0}})
		return err
	})
}

// Commit puts what name gives in the place of every person and recipient of an
// incident, some thousand rows a transaction. name must be injective and give
// what it gave back unchanged.
func (s *Store) Commit(ctx context.Context, incident breach.IncidentID, name func(breach.RegistryID, string) string) error {
	for _, t := range []struct{ table, first, second string }{
		{"messages", "subject", "recipient"}, {"candidates", "person", "person"}, {"dangers", "person", "person"}, {"requests", "person", "person"},
	} {
		if err := s.commitTable(ctx, incident, t.table, t.first, t.second, name); err != nil {
			return err
		}
	}
	err := s.change(ctx, actor(ctx), "people.commit", string(incident), func(u *unit) error {
		if _, err := exec(ctx, u, `UPDATE messages SET address_key = '' WHERE incident = ? AND address_key <> ''`, incident); err != nil {
			return err
		}
		if _, err := exec(ctx, u, `UPDATE dangers SET household = '[]' WHERE incident = ?`, incident); err != nil {
			return err
		}
		// Whoever was taken stands in the ledger, under the name given above.
		if _, err := exec(ctx, u, `DELETE FROM extracted WHERE incident = ?`, incident); err != nil {
			return err
		}
		_, err := exec(ctx, u, `UPDATE attempts SET note = '' WHERE danger IN (SELECT id FROM dangers WHERE incident = ?)`, incident)
		return err
	})
	if err != nil {
		return err
	}
	return s.wipe(ctx)
}

// named is a row with the one or two names in it.
type named struct {
	id, first, second string
	registry          breach.RegistryID
}

// commitTable walks a table by its key.
func (s *Store) commitTable(ctx context.Context, incident breach.IncidentID, table, first, second string, name func(breach.RegistryID, string) string) error {
	for after := ""; ; {
		page, err := all(ctx, s.r, func(r scanner) (n named, err error) {
			err = r.Scan(&n.id, &n.registry, &n.first, &n.second)
			return n, err
		}, `SELECT id, registry, `+first+`, `+second+` FROM `+table+` WHERE incident = ? AND id > ? ORDER BY id LIMIT ?`, incident, after, mostRows)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].id
		err = s.change(ctx, actor(ctx), "people.commit", string(incident), func(u *unit) error {
			n := 0
			err := chunks(page, func(part []named) error {
				done, err := commitRows(ctx, u, part, table, first, second, name)
				n += done
				return err
			})
			u.did("table=%s rows=%d", table, n)
			u.quiet = n == 0
			return err
		})
		if err != nil {
			return err
		}
	}
}

func commitRows(ctx context.Context, u *unit, part []named, table, first, second string, name func(breach.RegistryID, string) string) (int, error) {
	to := func(reg breach.RegistryID, key string) string {
		if key == "" {
			return ""
		}
		return name(reg, key)
	}
	var rows tuples
	for _, w := range part {
		if a, b := to(w.registry, w.first), to(w.registry, w.second); a != w.first || b != w.second {
			rows = append(rows, []any{w.id, a, b})
		}
	}
	if len(rows) == 0 {
		return 0, nil
	}
	set := first + ` = news.a`
	if second != first {
		set += `, ` + second + ` = news.b`
	}
	_, err := exec(ctx, u, `WITH news (id, a, b) AS (VALUES ?) UPDATE `+table+` SET `+set+` FROM news WHERE `+table+`.id = news.id`, rows)
	return len(rows), err
}

// What has a retention of its own.
const (
	KeepDump       = "dump"       // the file, the rows under review, who is who
	KeepAccess     = "access"     // who looked at what
	KeepCategories = "categories" // which categories a row held, per person
	KeepProof      = "proof"      // the salt: that a person was told, when, how
)

// Retired tells when each thing of an incident was destroyed.
func (s *Store) Retired(ctx context.Context, incident breach.IncidentID) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var what string
		var at time.Time
		err := r.Scan(&what, (*instant)(&at))
		out[what] = at
		return struct{}{}, err
	}, `SELECT what, at FROM retentions WHERE incident = ?`, incident)
	if err != nil {
		return nil, fmt.Errorf("reading the retentions of incident %s: %w", incident, err)
	}
	return out, nil
}

// Retire destroys one thing of an incident whose retention has ended, and keeps
// that it did. The dump has methods of its own: here it is only noted.
func (s *Store) Retire(ctx context.Context, incident breach.IncidentID, what string, at time.Time) error {
	statements := map[string][]string{
		KeepDump:       {},
		KeepAccess:     {`DELETE FROM accesses WHERE incident = ?`},
		KeepCategories: {`UPDATE candidates SET held = '' WHERE incident = ?`},
		KeepProof:      {`DELETE FROM salts WHERE incident = ?`},
	}
	list, known := statements[what]
	if !known {
		return fmt.Errorf("retiring %q: %w", what, breach.ErrInvalid)
	}
	err := s.change(ctx, actor(ctx), "retention.end", string(incident), func(u *unit) error {
		u.did("what=%s", what)
		n, err := exec(ctx, u, `INSERT INTO retentions (incident, what, at) VALUES ? ON CONFLICT DO NOTHING`, tuples{{incident, what, nanos(at)}})
		u.quiet = n == 0
		for _, q := range list {
			if err == nil {
				_, err = exec(ctx, u, q, incident)
			}
		}
		if err == nil && what == KeepProof { // one that never had a salt can never be proven to
			_, err = exec(ctx, u, `INSERT INTO salts (incident, sealed, erased_at) VALUES ? ON CONFLICT (incident) DO UPDATE SET erased_at = excluded.erased_at`,
				tuples{{incident, []byte{}, nanos(at)}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.wipe(ctx)
}

// Access is one look at personal data.
type Access struct {
	At       time.Time
	Who      string
	Incident breach.IncidentID
	Action   string // what was done, as the audit log names it
	Object   string // to which candidate, incident or request
	What     string // which value, in identifiers
	Why      string // in words
}

// AddAccess keeps who looked at what and why; the audit log keeps that there
// was a look. The words have a retention, the audit log has none.
func (s *Store) AddAccess(ctx context.Context, a Access) error {
	return s.change(ctx, a.Who, a.Action, a.Object, func(u *unit) error {
		u.did("%s", a.What)
		_, err := exec(ctx, u, `INSERT INTO accesses (id, at, who, incident, object, why)
			SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ? FROM accesses`, nanos(a.At), a.Who, a.Incident, a.Action+" "+a.Object+" "+a.What, a.Why)
		return err
	})
}

// Accesses lists the looks at an incident's data, the newest first.
func (s *Store) Accesses(ctx context.Context, incident breach.IncidentID, limit int) ([]Access, error) {
	list, err := all(ctx, s.r, func(r scanner) (a Access, err error) {
		err = r.Scan((*instant)(&a.At), &a.Who, &a.Incident, &a.What, &a.Why)
		return a, err
	}, `SELECT at, who, incident, object, why FROM accesses WHERE incident = ? ORDER BY at DESC, id DESC LIMIT ?`, incident, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("reading the access log of incident %s: %w", incident, err)
	}
	return list, nil
}
