package letter

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vigie/internal/breach"
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
	d, err := NewDirectory(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Send(t.Context(), notifytest.Envelope("msg_1")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(d.dir, Accessible, "msg_1.pdf")); err != nil {
		t.Errorf("no accessible copy: %v", err)
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
		key, err := d.Returned(t.Context(), tt.scanned, tt.reason)
		if code(err) != tt.want || (tt.want == "") != (key == "msg_1") {
			t.Errorf("%q: %q, %v", tt.scanned, key, err)
		}
	}
	got, _, err := d.Outcomes(t.Context(), "")
	if err != nil || len(got) != 3 || got[0].State != breach.MessageBounced || got[0].Code != "returned-unknown" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRecall(t *testing.T) {
	d, err := NewDirectory(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"msg_1", "msg_2"} {
		if _, err := d.Send(t.Context(), notifytest.Envelope(key)); err != nil {
			t.Fatal(err)
		}
	}
	cutOff, _ := Calendar{}.Leaves(time.Now())
	if ok, err := d.Recall(t.Context(), "msg_1", cutOff.Add(-time.Second), Calendar{}); !ok || err != nil {
		t.Fatalf("before the cut-off: %v, %v", ok, err)
	}
	if _, err := d.Send(t.Context(), notifytest.Envelope("msg_1")); code(err) != "recalled" {
		t.Errorf("a recalled letter is handed over again: %v", err)
	}
	if _, err := d.Recall(t.Context(), "msg_2", cutOff.Add(time.Minute), Calendar{}); code(err) != "cut-off" {
		t.Errorf("after the cut-off: %v", err)
	}
	if ok, err := d.Recall(t.Context(), "msg_3", cutOff, Calendar{}); ok || err != nil {
		t.Errorf("one that is not there: %v, %v", ok, err)
	}
}
