package letter

import (
	"errors"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/notifytest"
)

func code(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

func TestReturned(t *testing.T) {
	s := dirShelf(t, time.Now)
	if _, err := s.Send(t.Context(), notifytest.Envelope("msg_1")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ scanned, reason, want string }{
		{"msg_1 1/2", "unknown", ""},
		{"VIGIE1 letter batch_1 20260309 msg_1 c2ln", "address", ""},
		{"msg_1", "refused", ""},
		{"msg_2", "unknown", "not-sent"},
		{"../msg_1", "unknown", "key"},
		{"", "unknown", "key"},
		{"msg_1", "eaten", "reason"},
	} {
		key, err := s.Returned(t.Context(), tt.scanned, tt.reason)
		if code(err) != tt.want || (tt.want == "") != (key == "msg_1") {
			t.Errorf("%q: %q, %v", tt.scanned, key, err)
		}
	}
	got, cursor, err := s.Outcomes(t.Context(), "")
	if err != nil || len(got) != 3 || got[0].State != breach.MessageBounced || got[0].Code != "returned-unknown" {
		t.Errorf("got %+v, %v", got, err)
	}
	if more, _, err := s.Outcomes(t.Context(), cursor); err != nil || len(more) != 0 {
		t.Errorf("behind the cursor: %+v, %v", more, err)
	}
}

// monday is a working Monday in Paris, at an hour and minute.
func monday(hour, minute int) time.Time {
	return time.Date(2026, 3, 9, hour, minute, 0, 0, i18n.Paris())
}

func TestRecall(t *testing.T) {
	at := monday(9, 0)
	s := dirShelf(t, func() time.Time { return at })
	for _, key := range []string{"msg_1", "msg_2"} {
		if _, err := s.Send(t.Context(), notifytest.Envelope(key)); err != nil {
			t.Fatal(err)
		}
	}
	at = monday(17, 28)
	for range 2 { // once more after a crash
		if ok, err := s.Recall(t.Context(), "msg_1"); !ok || err != nil {
			t.Fatalf("before the cut-off: %v, %v", ok, err)
		}
	}
	if _, err := s.Send(t.Context(), notifytest.Envelope("msg_1")); code(err) != "recalled" {
		t.Errorf("a recalled letter is handed over again: %v", err)
	}
	if _, ok, err := s.Ask(t.Context(), "msg_1"); !ok || err != nil {
		t.Errorf("it was handed over once: %v, %v", ok, err)
	}
	at = monday(17, 30)
	if _, err := s.Recall(t.Context(), "msg_2"); code(err) != "cut-off" {
		t.Errorf("after the cut-off: %v", err)
	}
	// Whoever recalled, crashed and asks again too late, learns that it is back:
	// the ledger must not call the person told.
	if ok, err := s.Recall(t.Context(), "msg_1"); !ok || err != nil {
		t.Errorf("recalled before the cut-off and asked about after it: %v, %v", ok, err)
	}
	if ok, err := s.Recall(t.Context(), "msg_3"); ok || err != nil {
		t.Errorf("one that is not there: %v, %v", ok, err)
	}
	if keys := released(t, s); len(keys) != 1 || keys[0] != "msg_2" {
		t.Errorf("printed: %v, want msg_2 alone", keys)
	}
}

// FuzzReturn: whatever a scanner reads, what comes of it is a key or a refusal.
func FuzzReturn(f *testing.F) {
	for _, seed := range []string{"msg_1 1/2", "VIGIE1 letter batch_1 20260309 msg_1 c2ln", "../x", "\x00", "VIGIE1    "} {
		f.Add(seed, "unknown")
	}
	f.Fuzz(func(t *testing.T, scanned, reason string) {
		out, err := Return(scanned, reason)
		if err != nil && (out.Key != "" || code(err) == "") {
			t.Errorf("%+v, %v", out, err)
		}
		if err == nil && (notify.CheckKey(out.Key) != nil || out.State != breach.MessageBounced) {
			t.Errorf("%+v", out)
		}
	})
}
