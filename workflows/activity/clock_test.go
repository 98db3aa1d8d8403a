package activity

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/breach"
)

// A clock that jumps, by an hour or a year, either way, between visits or in the
// middle of one: each visit is made, nothing acknowledged is lost, the chain of
// custody and the evidence stay sound, the schedule does not stand still, and
// no alert is raised twice.
func TestAClockThatJumps(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"an hour back": -time.Hour, "an hour forward": time.Hour, "a year back": -365 * 24 * time.Hour, "a year forward": 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var offset, asked atomic.Int64
			src := served(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if n := asked.Add(1); n == 3 { // in the middle of the third visit
					offset.Store(0)
				}
				_, _ = fmt.Fprintln(w, "Mairie de Quimper, base des agents")
			})
			s := crewOn(t, t.TempDir(), keyring, src)
			s.Now = func() time.Time { return time.Now().UTC().Add(time.Duration(offset.Load())) }
			s.Crawler.Now = s.Now
			alerts := 0
			visit := func() {
				t.Helper()
				v, out, err := s.VisitSource(t.Context(), src, true)
				if err != nil || len(v.Captures) != 1 {
					t.Fatalf("%d captures, %v", len(v.Captures), err)
				}
				alerts += out.Alerts
			}
			visit()
			offset.Store(int64(jump))
			visit()
			visit() // the clock goes back to where it was meanwhile
			if alerts != 1 {
				t.Errorf("%d alerts, want one", alerts)
			}
			if list, err := s.Store.Alerts(t.Context(), breach.AlertNew); err != nil || len(list) != 1 {
				t.Errorf("%d alerts, %v", len(list), err)
			}
			if list, err := s.Store.Captures(t.Context(), src.ID, 10); err != nil || len(list) != 3 {
				t.Errorf("%d captures of 3, %v", len(list), err)
			}
			if rep, err := s.Vault.Verify(t.Context(), s.Store); err != nil || !rep.OK {
				t.Errorf("evidence: %+v, %v", rep, err)
			}
			if rep, err := s.Store.VerifyCustody(t.Context(), nil); err != nil || !rep.OK {
				t.Errorf("custody: %+v, %v", rep, err)
			}
			for _, back := range []time.Duration{0, jump, -jump} { // whatever the clock says next
				offset.Store(int64(back))
				if wait, err := s.due(t.Context(), src); err != nil || wait > 24*time.Hour {
					t.Errorf("the next visit is in %s, %v", wait, err)
				}
			}
		})
	}
}

// Two crawlers on one source: one visits, the other is turned away and asks
// nothing of the site; what the first one saw raises one alert.
func TestTwoCrawlersOnOneSource(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	inside, release := make(chan struct{}), make(chan struct{})
	src := served(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			close(inside)
			<-release
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintln(w, "Mairie de Quimper, base des agents")
	})
	s := crewOn(t, t.TempDir(), keyring, src)
	done := make(chan error, 1)
	alerts := 0
	go func() {
		_, out, err := s.VisitSource(t.Context(), src, true)
		alerts = out.Alerts
		done <- err
	}()
	<-inside
	if out := crawl(t, s); out.Captures != 0 || out.Wait <= 0 {
		t.Errorf("the second crawler: %+v", out)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 1 || alerts != 1 {
		t.Errorf("the site was asked %d times, %d alerts", asked.Load(), alerts)
	}
	if _, out, err := s.VisitSource(t.Context(), src, true); err != nil || out.Alerts != 0 {
		t.Errorf("after it: %+v, %v", out, err)
	}
}
