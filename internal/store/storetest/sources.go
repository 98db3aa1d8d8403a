package storetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/breach"
)

func leases(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	const site = breach.SourceID("corsaires")
	const length = time.Minute
	must(t, s.LeaseSource(ctx, site, "a", noon, length))
	must(t, s.LeaseSource(ctx, "another", "b", noon, length))
	wantKind(t, s.LeaseSource(ctx, site, "b", later(59*time.Second), length), breach.ErrConflict)
	must(t, s.KeepSource(ctx, site, "a", later(59*time.Second), length))
	wantKind(t, s.KeepSource(ctx, site, "b", later(59*time.Second), length), breach.ErrConflict)
	wantKind(t, s.LeaseSource(ctx, site, "b", later(61*time.Second), length), breach.ErrConflict)

	// a was killed: its lease ends by itself, and it keeps nothing any more.
	must(t, s.LeaseSource(ctx, site, "b", later(119*time.Second), length))
	wantKind(t, s.LeaveSource(ctx, site, "a", []byte("stale")), breach.ErrConflict)
	secret := []byte(`{"cookies":"canary-cookie"}`)
	must(t, s.LeaveSource(ctx, site, "b", secret))
	wantSame(t, map[breach.SourceID][]byte{site: secret}, got(s.SourceMemories(ctx))(t))
	var raw []byte
	must(t, s.Raw.QueryRowContext(ctx, `SELECT sealed FROM sources WHERE id = 'corsaires'`).Scan(&raw))
	if bytes.Contains(raw, []byte("canary")) {
		t.Fatal("a cookie is kept in clear")
	}

	// What pages have taught is for the holder to keep, and sealed.
	wantSame(t, []byte(nil), got(s.Taught(ctx, site))(t))
	wantSame(t, []byte(nil), got(s.Taught(ctx, "never"))(t))
	wantKind(t, s.KeepTaught(ctx, site, "b", []byte("stale")), breach.ErrConflict)
	must(t, s.LeaseSource(ctx, site, "b", later(119*time.Second), length))
	must(t, s.KeepTaught(ctx, site, "b", []byte("canary-title")))
	must(t, s.LeaveSource(ctx, site, "b", nil))
	wantSame(t, []byte("canary-title"), got(s.Taught(ctx, site))(t))
	must(t, s.Raw.QueryRowContext(ctx, `SELECT pages FROM sources WHERE id = 'corsaires'`).Scan(&raw))
	if bytes.Contains(raw, []byte("canary")) {
		t.Fatal("a title is kept in clear")
	}

	// Free again; the memory stays when a visit teaches nothing.
	must(t, s.LeaseSource(ctx, site, "c", later(2*time.Minute), length))
	must(t, s.LeaveSource(ctx, site, "c", nil))
	wantSame(t, secret, got(s.SourceMemories(ctx))(t)[site])

	must(t, s.LeaseSource(ctx, site, "c", later(2*time.Minute), length))
	// c is proved to be dead: who knows its name takes over, once.
	if holder, err := s.SourceHolder(ctx, site); err != nil || holder != "c" {
		t.Errorf("holder %q, %v", holder, err)
	}
	must(t, s.TakeSource(ctx, site, "c", "c2", later(2*time.Minute), length))
	wantKind(t, s.TakeSource(ctx, site, "c", "c3", later(2*time.Minute), length), breach.ErrConflict)
	wantKind(t, s.TakeSource(ctx, "nowhere", "", "c3", later(2*time.Minute), length), breach.ErrConflict)
	wantKind(t, s.KeepSource(ctx, site, "c", later(2*time.Minute), length), breach.ErrConflict)
	must(t, s.LeaveSource(ctx, site, "c2", nil))

	// The clock is set back by a day while d holds the lease.
	must(t, s.LeaseSource(ctx, site, "d", later(24*time.Hour), length))
	must(t, s.LeaseSource(ctx, site, "e", noon, length))
	wantKind(t, s.KeepSource(ctx, site, "d", noon, length), breach.ErrConflict)

	// Of twenty who come at once one gets in.
	var in atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			err := s.LeaseSource(ctx, "busy", string(rune('a'+i)), noon, length)
			switch {
			case err == nil:
				in.Add(1)
			case !errors.Is(err, breach.ErrConflict):
				t.Error(err)
			}
		}()
	}
	all.Wait()
	if in.Load() != 1 {
		t.Fatalf("%d holders of one lease", in.Load())
	}
}
