package evidence

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"vigie/internal/breach"
)

// sharedLedger is a ledger that several write to, as processes do to a store.
type sharedLedger struct {
	sync.Mutex
	ledger
}

func (l *sharedLedger) AddCustody(ctx context.Context, c breach.Custody) error {
	l.Lock()
	defer l.Unlock()
	return l.ledger.AddCustody(ctx, c)
}

// Two crawlers, each with a vault of its own on the same folder, may visit one
// source at a time: every visit of both is kept, once, and verifies.
func TestTwoCrawlersOnOneSource(t *testing.T) {
	first, _ := vault(t)
	l := &sharedLedger{}
	const each = 8
	kept := make([][]breach.Capture, 2)
	var both sync.WaitGroup
	for who := range kept {
		v, err := Open(first.dir, first.keys, l, now)
		if err != nil {
			t.Fatal(err)
		}
		both.Go(func() {
			for i := range each {
				s, err := v.Begin(t.Context(), breach.Source{ID: "invented"})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Record(t.Context(), exchange("https://example.org/", page(i))); err != nil {
					t.Error(err)
				}
				captures, err := s.Close(t.Context())
				if err != nil {
					t.Error(err)
				}
				kept[who] = append(kept[who], captures...)
			}
		})
	}
	both.Wait()
	after, err := Open(first.dir, first.keys, l, now) // as after a restart
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for who, captures := range kept {
		for _, c := range captures {
			names[c.File] = true
		}
		if len(captures) != each {
			t.Errorf("crawler %d kept %d captures of %d", who, len(captures), each)
		}
	}
	if files, _, err := after.List(); err != nil || len(files) != 2*each || len(names) != 2*each {
		t.Errorf("%d files, %d names, %v; want %d", len(files), len(names), err, 2*each)
	}
	rep, err := after.Verify(t.Context(), l)
	if err != nil || !rep.OK || left(t, after) != 0 {
		t.Errorf("%d temporary files left, %+v, %v", left(t, after), rep, fmt.Sprint(err))
	}
}
