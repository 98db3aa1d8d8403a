package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func accounts(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	u := breach.User{ID: "bruno", Name: "Bruno L.", Roles: []breach.Role{breach.RoleReviewer, breach.RoleApprover}, Controller: town,
		PasswordHash: "$argon2id$v=19$x", TOTP: []byte{1, 2, 0, 255}, CreatedAt: noon}
	must(t, s.AddUser(ctx, u))
	wantKind(t, s.AddUser(ctx, u), breach.ErrConflict)
	wantKind(t, s.AddUser(ctx, breach.User{}), breach.ErrInvalid)
	must(t, s.AddUser(ctx, breach.User{ID: "amina", CreatedAt: noon}))
	wantSame(t, u, got(s.User(ctx, "bruno"))(t))
	wantSame(t, []breach.User{{ID: "amina", CreatedAt: noon}, u}, got(s.Users(ctx))(t))

	for _, x := range []struct {
		step int64
		ok   bool
	}{{100, true}, {100, false}, {99, false}, {101, true}} {
		if err := s.UseTOTP(ctx, "bruno", x.step); (err == nil) != x.ok {
			t.Fatalf("step %d: %v, want ok %t", x.step, err, x.ok)
		} else if !x.ok {
			wantKind(t, err, breach.ErrConflict)
		}
	}
	must(t, s.DisableUser(ctx, "bruno"))
	u.Disabled, u.TOTPStep = true, 101
	wantSame(t, u, got(s.User(ctx, "bruno"))(t))
	wantKind(t, s.DisableUser(ctx, "nobody"), breach.ErrNotFound)
	wantKind(t, s.UseTOTP(ctx, "nobody", 1), breach.ErrNotFound)
	_, err := s.User(ctx, "nobody")
	wantKind(t, err, breach.ErrNotFound)
}

func logins(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	must(t, s.AddUser(ctx, breach.User{ID: "bruno"}))
	const typo = "my secret password"
	for i, x := range []struct {
		id   breach.UserID
		ok   bool
		want int
	}{{"bruno", false, 1}, {"bruno", false, 2}, {typo, false, 1}, {"bruno", true, 0}, {"bruno", false, 1}} {
		must(t, s.RecordLogin(ctx, x.id, x.ok, later(time.Duration(i)*time.Minute)))
		if n := got(s.RecentFailures(ctx, x.id, noon))(t); n != x.want {
			t.Fatalf("after attempt %d: %d failures, want %d", i, n, x.want)
		}
	}
	if n := got(s.RecentFailures(ctx, "bruno", later(time.Hour)))(t); n != 0 {
		t.Fatalf("%d failures in a window after all of them", n)
	}
	for _, e := range got(s.AuditEvents(ctx, "", 100))(t) {
		if e.Who == typo || e.Object == typo {
			t.Fatalf("what was typed as a name stands in the audit log: %+v", e)
		}
	}
}

func sessions(t *testing.T, open Open) {
	now := noon
	ctx, s := context.Background(), open(t, store.WithClock(func() time.Time { return now }))
	var x scs.CtxStore = s.SessionStore()
	_, found, err := x.FindCtx(ctx, "token-a")
	must(t, err)
	if found {
		t.Fatal("found before it was there")
	}
	must(t, x.CommitCtx(ctx, "token-a", []byte("one"), later(time.Hour)))
	must(t, x.CommitCtx(ctx, "token-a", []byte("two"), later(time.Hour)))
	must(t, x.Commit("token-b", []byte("three"), later(2*time.Hour)))
	data, found, err := x.FindCtx(ctx, "token-a")
	must(t, err)
	if !found || string(data) != "two" {
		t.Fatalf("found %t: %q", found, data)
	}
	now = later(90 * time.Minute)
	if _, found, _ = x.Find("token-a"); found {
		t.Fatal("found after it expired")
	}
	must(t, x.CommitCtx(ctx, "token-b", []byte("four"), later(2*time.Hour))) // sweeps
	var left int
	must(t, s.Raw.QueryRowContext(ctx, `SELECT count(digest) FROM sessions`).Scan(&left))
	if left != 1 {
		t.Fatalf("%d sessions left, want 1", left)
	}
	must(t, x.DeleteCtx(ctx, "token-b"))
	must(t, x.DeleteCtx(ctx, "token-b"))
	if _, found, _ = x.Find("token-b"); found {
		t.Fatal("found after it was deleted")
	}
}
