package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"vigie/internal/breach"
	"vigie/internal/seal"
)

// statements remembers the shape of what was run.
type statements struct{ list []string }

func (x *statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (x *statements) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	x.list = append(x.list, e.QueryTemplate)
}

// A question about a code that stands for nothing costs the same work as one
// about a true one: no clock tells them apart. The work is compared, not the
// time.
func TestAskingCostsTheSameWork(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	keys, err := seal.Create(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, filepath.Join(dir, "vigie.db"), keys)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	at := time.Date(2031, 3, 29, 12, 0, 0, 0, time.UTC)
	for _, statement := range []string{
		`INSERT INTO alerts (id, post, source, entity, kind, code, confidence, why, raised_at, state, decided_by, decided_at, reason, incident) VALUES ('a', 'p', 's', 'e', 'other', '', 1, '', 0, 'new', '', 0, '', '')`,
	} {
		if _, err := s.w.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ConfirmAlert(ctx, breach.Acquisition{Alert: "a", Link: "https://files.example.org/x", By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: "inc_1", Alert: "a", Title: "t", OpenedAt: at, OpenedBy: "ana", Stage: breach.StageAcquire}, []breach.RegistryID{"r"}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveMarks(ctx, []breach.IssuedMark{{Code: "known", Incident: "inc_1", Controller: "c", Channel: breach.ChannelLetter, Batch: "b1", Day: at}}); err != nil {
		t.Fatal(err)
	}
	seen := &statements{}
	s.w = s.w.WithQueryHook(seen)
	var work [2][]string
	for i, code := range []string{"known", "unknown"} {
		seen.list = nil
		asked, err := s.AskMark(ctx, code, "client", at)
		if err != nil || asked.Known != (i == 0) || asked.Times != 1 {
			t.Fatalf("%+v, %v", asked, err)
		}
		work[i] = seen.list
	}
	if len(work[0]) < 3 || !strings.Contains(strings.Join(work[0], "\n"), "mark_asks") {
		t.Fatalf("the work is not seen: %v", work[0])
	}
	if d := cmp.Diff(work[0], work[1]); d != "" {
		t.Error(d)
	}
}
