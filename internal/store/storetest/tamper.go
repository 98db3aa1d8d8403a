package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"vigie/internal/store"
)

// tampering plays an attacker who writes the database, drops the triggers and
// knows how hashes are made, but does not have the checkpoint, which is kept
// elsewhere. The log has 40 entries; the checkpoint was signed at 30.
func tampering(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t, ticking())
	var checkpoint []byte
	for i := range 40 {
		must(t, s.Audit(ctx, store.Event{Who: "amina", Action: "page.open", Object: fmt.Sprint("inc_", i), OK: i%3 == 0}))
		if i == 29 {
			checkpoint = got(s.Checkpoint(ctx))(t)
		}
	}
	const columns = `seq, at, who, action, object, detail, ok, prev, nodes`
	attack(t, s.Raw, dropTriggers(s.Raw, "audit")...)
	attack(t, s.Raw, `CREATE TABLE honest AS SELECT `+columns+` FROM audit`)
	for _, x := range []struct {
		name string
		do   []string // SQL of the attacker
		hash int64    // then makes hashes right again: of this entry, or of all (-1)
		want []string // kinds of fault, without the checkpoint
		with []string // and with it
	}{
		{name: "nothing"},
		{name: "edit", do: []string{`UPDATE audit SET who = 'mallory' WHERE seq = 12`},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered, store.FaultRewritten}},
		{name: "edit a refusal into a success", do: []string{`UPDATE audit SET ok = (1 = 1) WHERE seq = 8`},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered, store.FaultRewritten}},
		{name: "move a word between fields", do: []string{`UPDATE audit SET who = who || action, action = '' WHERE seq = 12`},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered, store.FaultRewritten}},
		{name: "edit with its hashes", do: []string{`UPDATE audit SET who = 'mallory' WHERE seq = 12`}, hash: -1,
			want: nil, with: []string{store.FaultRewritten}},
		{name: "edit with its own hash", do: []string{`UPDATE audit SET who = 'mallory' WHERE seq = 12`}, hash: 12,
			want: []string{store.FaultChain}, with: []string{store.FaultChain, store.FaultRewritten}},
		{name: "delete", do: []string{`DELETE FROM audit WHERE seq = 12`},
			want: []string{store.FaultMissing}, with: []string{store.FaultMissing, store.FaultRewritten}},
		{name: "delete the first", do: []string{`DELETE FROM audit WHERE seq = 1`},
			want: []string{store.FaultMissing}, with: []string{store.FaultMissing, store.FaultRewritten}},
		{name: "delete and close the gap", do: []string{`DELETE FROM audit WHERE seq = 12`, shift(13, 41, -1)},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered, store.FaultRewritten}},
		{name: "reorder", do: []string{`UPDATE audit SET seq = 1000 WHERE seq = 12`, `UPDATE audit SET seq = 12 WHERE seq = 13`, `UPDATE audit SET seq = 13 WHERE seq = 1000`},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered, store.FaultRewritten}},
		{name: "insert", do: []string{shift(12, 41, 1), `INSERT INTO audit (seq, at, who, action, object, detail, ok, prev, nodes)
			SELECT 12, at, 'mallory', action, object, detail, ok, prev, nodes FROM audit WHERE seq = 13`},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered, store.FaultRewritten}},
		{name: "insert with its hashes", do: []string{shift(12, 41, 1), `INSERT INTO audit (seq, at, who, action, object, detail, ok, prev, nodes)
			SELECT 12, at, 'mallory', action, object, detail, ok, prev, nodes FROM audit WHERE seq = 13`}, hash: -1,
			want: nil, with: []string{store.FaultRewritten}},
		{name: "replace hashes", do: []string{`UPDATE audit SET nodes = (SELECT nodes FROM audit WHERE seq = 11) WHERE seq = 12`},
			want: []string{store.FaultAltered}, with: []string{store.FaultAltered}},
		{name: "break the tree", do: []string{`UPDATE audit SET nodes = substr(nodes, 1, 32) WHERE seq = 16`},
			want: []string{store.FaultTree}, with: []string{store.FaultTree}},
		{name: "cut the tail", do: []string{`DELETE FROM audit WHERE seq > 25`},
			want: nil, with: []string{store.FaultCut}},
		{name: "cut after the checkpoint", do: []string{`DELETE FROM audit WHERE seq > 35`}}, // what no checkpoint has seen cannot be missed
		{name: "empty", do: []string{`DELETE FROM audit`}, want: nil, with: []string{store.FaultCut}},
		{name: "fork", do: []string{`DELETE FROM audit WHERE seq > 28`, `INSERT INTO audit (seq, at, who, action, object, detail, ok, prev, nodes)
			SELECT seq + 20, at, 'mallory', action, object, detail, ok, prev, nodes FROM audit WHERE seq BETWEEN 9 AND 20`}, hash: -1,
			want: []string{store.FaultClock}, with: []string{store.FaultClock, store.FaultRewritten}},
	} {
		t.Run(x.name, func(t *testing.T) {
			attack(t, s.Raw, `DELETE FROM audit`, `INSERT INTO audit (`+columns+`) SELECT `+columns+` FROM honest`)
			attack(t, s.Raw, x.do...)
			if x.hash != 0 {
				rehash(t, s.Raw, x.hash)
			}
			check := func(checkpoint []byte, want []string) {
				t.Helper()
				r := got(s.VerifyAudit(ctx, checkpoint))(t)
				var kinds []string
				for _, f := range r.Faults {
					if !slices.Contains(kinds, f.Kind) {
						kinds = append(kinds, f.Kind)
					}
				}
				for _, w := range want {
					if !slices.Contains(kinds, w) {
						t.Errorf("checkpoint %t: faults %v, want a %q", checkpoint != nil, r.Faults, w)
					}
				}
				if r.OK != (len(want) == 0) {
					t.Errorf("checkpoint %t: ok %t with faults %v, want %v", checkpoint != nil, r.OK, r.Faults, want)
				}
			}
			check(nil, x.want)
			check(checkpoint, x.with)
		})
	}
}

// clockBack: the chain is right, but the machine was set back to backdate.
func clockBack(t *testing.T, open Open) {
	now := noon
	ctx, s := context.Background(), open(t, store.WithClock(func() time.Time { return now }))
	for _, at := range []time.Duration{0, time.Minute, time.Minute - 5*time.Second, time.Hour, -24 * time.Hour, time.Hour} {
		now = later(at)
		must(t, s.Audit(ctx, store.Event{Who: "amina", Action: "page.open", OK: true}))
	}
	wantSame(t, store.LogReport{Entries: 6, Faults: []store.Fault{{Seq: 5, Kind: store.FaultClock}}}, got(s.VerifyAudit(ctx, nil))(t))
}

// located: a fault is told where it is, once.
func located(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t, ticking())
	for range 40 {
		must(t, s.Audit(ctx, store.Event{Who: "amina", Action: "page.open", OK: true}))
	}
	attack(t, s.Raw, dropTriggers(s.Raw, "audit")...)
	attack(t, s.Raw, `UPDATE audit SET detail = 'n=9' WHERE seq IN (12, 31)`, `DELETE FROM audit WHERE seq = 20`)
	wantSame(t, []store.Fault{{Seq: 12, Kind: store.FaultAltered}, {Seq: 20, Kind: store.FaultMissing}, {Seq: 31, Kind: store.FaultAltered}},
		withoutTree(got(s.VerifyAudit(ctx, nil))(t).Faults))
}

// withoutTree leaves out what follows from a hole: the tree above it.
func withoutTree(faults []store.Fault) []store.Fault {
	return slices.DeleteFunc(faults, func(f store.Fault) bool { return f.Kind == store.FaultTree })
}

// ticking is a clock that moves by a minute at each entry.
func ticking() store.Option {
	now := noon
	return store.WithClock(func() time.Time { now = now.Add(time.Minute); return now })
}

func shift(from, to, by int) string {
	// By way of far numbers: a primary key is checked row by row.
	return fmt.Sprintf(`UPDATE audit SET seq = seq + 1000 WHERE seq BETWEEN %d AND %d; UPDATE audit SET seq = seq - 1000 + %d WHERE seq > 1000`, from, to, by)
}

func attack(t testing.TB, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func isSQLite(db *sql.DB) bool {
	_, err := db.Exec(`SELECT 1 FROM sqlite_schema LIMIT 1`)
	return err == nil
}

func dropTriggers(db *sql.DB, table string) []string {
	if isSQLite(db) {
		return []string{`DROP TRIGGER ` + table + `_no_update`, `DROP TRIGGER ` + table + `_no_delete`, `DROP TRIGGER ` + table + `_no_replace`}
	}
	return []string{`DROP TRIGGER ` + table + `_append_only ON ` + table}
}

// rehash makes prev and nodes of one entry right, or of all (-1), as documented in
// Event.leaf: written a second time here, so that the format is checked too.
func rehash(t testing.TB, db *sql.DB, only int64) {
	t.Helper()
	type entry struct {
		seq, at                     int64
		who, action, object, detail string
		ok                          bool
	}
	rows, err := db.Query(`SELECT seq, at, who, action, object, detail, ok FROM audit ORDER BY seq`)
	must(t, err)
	defer func() { _ = rows.Close() }()
	var entries []entry
	for rows.Next() {
		var e entry
		must(t, rows.Scan(&e.seq, &e.at, &e.who, &e.action, &e.object, &e.detail, &e.ok))
		entries = append(entries, e)
	}
	must(t, rows.Err())
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	var prev tlog.Hash
	for i, e := range entries {
		text := fmt.Sprintf("vigie audit 1\n%d\n%s\n%s\n%s\n%s\n%s\n%t\n%s\n", e.seq, time.Unix(0, e.at).UTC().Format(time.RFC3339Nano),
			e.who, e.action, e.object, e.detail, e.ok, prev)
		hashes, err := tlog.StoredHashes(int64(i), []byte(text), read)
		must(t, err)
		stored = append(stored, hashes...)
		var nodes []byte
		for _, h := range hashes {
			nodes = append(nodes, h[:]...)
		}
		if only != -1 && only != e.seq {
			prev = hashes[0]
			continue
		}
		_, err = db.Exec(fmt.Sprintf(`UPDATE audit SET prev = %s, nodes = %s WHERE seq = %d`, literal(db, prev[:]), literal(db, nodes), e.seq))
		must(t, err)
		prev = hashes[0]
	}
}

func literal(db *sql.DB, b []byte) string {
	if isSQLite(db) {
		return fmt.Sprintf("X'%x'", b)
	}
	return fmt.Sprintf(`'\x%x'`, b)
}
