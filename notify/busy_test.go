package notify

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, " 30 ": 30 * time.Second, "-5": 0, "1.5": 0, "soon": 0,
		"99999999999999999999": 0, "9999999": MostBusy, strings.Repeat("1", 65): 0,
		"Sun, 22 Nov 2026 10:00:30 GMT": 30 * time.Second, "Sun, 22 Nov 2026 09:00:00 GMT": 0, "Mon, 22 Nov 2027 10:00:00 GMT": MostBusy,
	} {
		if got := RetryAfter(in, now); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
	err := error(&BusyError{After: time.Second})
	if !errors.Is(err, breach.ErrTemporary) || errors.Is(err, breach.ErrInvalid) {
		t.Errorf("%v is of another kind", err)
	}
}
