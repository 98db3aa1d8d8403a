package storetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func custody(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	c := breach.Custody{Subject: "dmp_1", Event: "acquired", Who: "amina", Why: "mandate", Digest: "sha256:aa", At: noon}
	must(t, s.AddCustody(ctx, c))
	other := c
	other.Subject, other.Why = "dmp_2", "forged\nline"
	must(t, s.AddCustody(ctx, other))
	opened := c
	opened.Event, opened.Who, opened.At = "opened", "system:read", later(time.Minute)
	must(t, s.AddCustody(ctx, opened))
	c.Seq, other.Seq, opened.Seq = 1, 2, 3
	other.Why = "forged\uFFFDline"
	wantSame(t, []breach.Custody{c, opened}, got(s.Custody(ctx, "dmp_1"))(t))
	wantSame(t, []breach.Custody{c, other, opened}, got(s.Custody(ctx, ""))(t))
}

// custodyProofs: whoever holds the public key checks a link without the rest
// of the log.
func custodyProofs(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	for i := range 13 {
		must(t, s.AddCustody(ctx, breach.Custody{Subject: fmt.Sprint("wrc_", i%5), Event: "captured", Why: fmt.Sprint(i), At: noon}))
	}
	v, err := note.NewVerifier(s.CustodyVerifierKey())
	must(t, err)
	n, err := note.Open(got(s.CustodyCheckpoint(ctx))(t), note.VerifierList(v))
	must(t, err)
	lines := strings.Split(n.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(t, err)
	root, err := tlog.ParseHash(lines[2])
	must(t, err)
	if lines[0] != "vigie/evidence" || size != 13 {
		t.Fatalf("the checkpoint reads %q", n.Text)
	}
	proofs := got(s.ProveCustody(ctx, []string{"wrc_0", "wrc_3"}, size))(t)
	if len(proofs) != 5 {
		t.Fatalf("%d proofs, want 5", len(proofs))
	}
	for _, p := range proofs {
		var path tlog.RecordProof
		for _, h := range p.Path {
			path = append(path, h)
		}
		must(t, tlog.CheckRecord(path, size, root, p.Seq-1, tlog.RecordHash(p.Text)))
		if tlog.CheckRecord(path, size, root, p.Seq-1, tlog.RecordHash(append(p.Text, 'x'))) == nil {
			t.Error("another text has the same proof")
		}
	}
	if _, err := note.Open(got(s.Checkpoint(ctx))(t), note.VerifierList(v)); err == nil {
		t.Error("one key signs both logs")
	}
}

// custodyTampering plays the attacker of tampering against the chain of custody.
func custodyTampering(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	for i := range 20 {
		must(t, s.AddCustody(ctx, breach.Custody{Subject: fmt.Sprint("wrc_", i), Event: "captured", Why: "visit", Digest: "sha256:aa", At: later(time.Duration(-i) * time.Hour)}))
	}
	checkpoint := got(s.CustodyCheckpoint(ctx))(t)
	must(t, s.AddCustody(ctx, breach.Custody{Subject: "wrc_21", Event: "captured", At: noon}))
	if r := got(s.VerifyCustody(ctx, checkpoint))(t); !r.OK || r.Entries != 21 {
		t.Fatalf("an untouched log, by a clock that was set back: %+v", r)
	}
	const columns = `seq, subject, event, who, why, digest, at, prev, nodes`
	attack(t, s.Raw, dropTriggers(s.Raw, "custody")...)
	attack(t, s.Raw, `CREATE TABLE honest_custody AS SELECT `+columns+` FROM custody`)
	for _, x := range []struct {
		name, do, want string
	}{
		{"digest", `UPDATE custody SET digest = 'sha256:bb' WHERE seq = 7`, store.FaultAltered},
		{"date", `UPDATE custody SET at = at + 1 WHERE seq = 7`, store.FaultAltered},
		{"who", `UPDATE custody SET who = 'mallory' WHERE seq = 7`, store.FaultAltered},
		{"deleted", `DELETE FROM custody WHERE seq = 7`, store.FaultMissing},
		{"cut", `DELETE FROM custody WHERE seq > 15`, store.FaultCut},
	} {
		attack(t, s.Raw, `DELETE FROM custody`, `INSERT INTO custody (`+columns+`) SELECT `+columns+` FROM honest_custody`, x.do)
		if r := got(s.VerifyCustody(ctx, checkpoint))(t); r.OK || r.Faults[0].Kind != x.want {
			t.Errorf("%s: %+v, want %s", x.name, r, x.want)
		}
	}
}
