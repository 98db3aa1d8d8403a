package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// MostBusy bounds how long a provider is left alone because it asked so: an
// answer may be wrong, and what is owed does not wait for it.
const MostBusy = 24 * time.Hour

// ErrElsewhere marks an ErrTemporary that says nothing about the provider: a
// full mailbox, a domain that throttles, a turn that has not come. Nobody
// leaves a provider because of it.
var ErrElsewhere = fmt.Errorf("not the provider's doing: %w", breach.ErrTemporary)

// ErrSame marks an ErrTemporary after which the provider may have the message,
// and takes it once if it is asked again: nobody else may get it.
var ErrSame = fmt.Errorf("only this provider may be tried again: %w", breach.ErrTemporary)

// BusyError says that a provider takes no message now: it throttles (429, 421)
// or a quota is used up. It is ErrTemporary, says nothing about the recipient,
// and whoever gets it leaves the provider alone for as long as it asks.
type BusyError struct {
	After time.Duration // until it may be tried again; 0: the provider does not say
	Quota bool          // of a day, a month or an account: no matter of seconds
}

func (e *BusyError) Error() string {
	what := "the provider is busy"
	if e.Quota {
		what = "a quota is used up"
	}
	if e.After > 0 {
		what += ": not before " + e.After.String()
	}
	return what
}

// Unwrap makes a busy provider an ErrTemporary.
func (e *BusyError) Unwrap() error { return breach.ErrTemporary }

// RetryAfter reads the header of that name (RFC 9110, 10.2.3): seconds, or a
// date. It is 0 where nothing sensible is said, and MostBusy at most.
func RetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if len(value) > 64 {
		return 0
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), int64(MostBusy/time.Second))) * time.Second
	}
	for _, layout := range []string{time.RFC1123, time.RFC850, time.ANSIC} {
		if at, err := time.Parse(layout, value); err == nil {
			return min(max(at.Sub(now), 0), MostBusy)
		}
	}
	return 0
}
