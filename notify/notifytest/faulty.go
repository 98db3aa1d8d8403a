package notifytest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is a way in which a provider fails one hand-over.
type Fault string

// The faults. Accepted ones keep the message all the same.
const (
	Throttle     Fault = "throttle"      // 429 or 421, with Retry-After; not accepted
	Quota        Fault = "quota"         // a quota is used up; not accepted
	Denied       Fault = "denied"        // our credentials are refused; not accepted
	Broken       Fault = "broken"        // 500; not accepted
	BrokenKept   Fault = "broken-kept"   // 500; accepted
	DropBefore   Fault = "drop-before"   // the connection breaks before the request is read
	DropAfter    Fault = "drop-after"    // accepted, then the connection breaks
	TimeoutAfter Fault = "timeout-after" // accepted, and no answer in time
	Slow         Fault = "slow"          // accepted, and answered late, but in time
	Garbage      Fault = "garbage"       // accepted; the answer is no answer
	Huge         Fault = "huge"          // accepted; the answer does not end
	Redirect     Fault = "redirect"      // sent elsewhere; not accepted
	Final        Fault = "final"         // this recipient is refused for good
)

// Faulty stands before an honest HTTP provider and spoils its answer to one
// hand-over of a key, once. What it answers repeats what it was sent, secrets,
// number and name, since providers do.
type Faulty struct {
	Honest http.Handler
	// KeyOf finds the message key of a hand-over; "" for other requests.
	KeyOf func(r *http.Request, body []byte) string
	// Answer writes what this provider says when it throttles, has no quota left,
	// denies, or refuses for good, and tells whether it did; nil or false: plain
	// HTTP statuses 429, 429, 401 and 422.
	Answer func(w http.ResponseWriter, f Fault, echo string) bool
	// Late is how long an answer takes that comes too late; SlowFor one in time.
	Late, SlowFor time.Duration

	mu     sync.Mutex
	faults map[string]Fault
	strays int
	stray  *httptest.Server
}

// Serve starts the provider and, beside it, the place that redirects point to.
func (f *Faulty) Serve(t *testing.T) *httptest.Server {
	t.Helper()
	f.faults = map[string]Fault{}
	f.stray = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.strays++
	}))
	t.Cleanup(f.stray.Close)
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s
}

// Break spoils the answer to the next hand-over of a key.
func (f *Faulty) Break(_ *testing.T, key string, x Fault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[key] = x
	return true
}

// Strays counts requests that followed a redirect.
func (f *Faulty) Strays() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.strays
}

func (f *Faulty) take(key string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.faults[key]
	delete(f.faults, key)
	return x
}

func (f *Faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	x := Fault("")
	if key := f.KeyOf(r, body); key != "" {
		x = f.take(key)
	}
	keep := func() *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		f.Honest.ServeHTTP(rec, r)
		return rec
	}
	echo := fmt.Sprintf("%s %v %s", r.URL, r.Header, body)
	if f.Answer != nil && f.Answer(w, x, echo) {
		return
	}
	say := func(code int) { http.Error(w, echo, code) }
	switch x {
	case Throttle, Quota:
		w.Header().Set("Retry-After", map[Fault]string{Throttle: "1", Quota: "3600"}[x])
		say(http.StatusTooManyRequests)
	case Denied:
		say(http.StatusUnauthorized)
	case Final:
		say(http.StatusUnprocessableEntity)
	case Broken:
		say(http.StatusInternalServerError)
	case BrokenKept:
		keep()
		say(http.StatusInternalServerError)
	case DropBefore:
		drop()
	case DropAfter:
		keep()
		drop()
	case TimeoutAfter, Slow:
		rec := keep()
		wait := f.SlowFor
		if x == TimeoutAfter {
			wait = f.Late
		}
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
		}
		copyAnswer(w, rec)
	case Garbage:
		keep()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("<html>\x00" + echo))
	case Huge:
		keep()
		huge(w, r)
	case Redirect:
		w.Header().Set("Location", f.stray.URL+"/"+strings.Repeat("x", 8))
		w.WriteHeader(http.StatusTemporaryRedirect)
	default:
		copyAnswer(w, keep())
	}
}

func drop() { panic(http.ErrAbortHandler) }

func huge(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	block := bytes.Repeat([]byte(" "), 1<<16)
	for range 1 << 12 { // 256 MiB, unless the client hangs up
		if _, err := w.Write(block); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

func copyAnswer(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}
