package crawlers

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Forty lanes serve a thousand slow sites, simulated: what each page takes is
// waited for on a clock of its own.
func TestLanesShareFairly(t *testing.T) {
	for _, tc := range []struct {
		name     string
		sites    int
		pages    int // a visit asks for
		takes    func(site int) time.Duration
		atLeast  int           // addresses asked within the first hour
		firstAll time.Duration // by when every site had its first page
	}{
		{"as slow as onions were measured", 1000, 1, func(int) time.Duration { return 31 * time.Second }, 1000, 15 * time.Minute},
		{"every site a tar pit", 600, 5, func(int) time.Duration { return DefaultLimits().Page }, 500, 50 * time.Minute},
		{"tar pits do not starve the rest", 600, 30, func(site int) time.Duration {
			if site%2 == 0 {
				return DefaultLimits().Page
			}
			return 20 * time.Second
		}, 600, 30 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lanes := NewLanes(40)
				start := time.Now()
				var mu sync.Mutex
				var most, open, first int
				var lastFirst time.Duration
				var all sync.WaitGroup
				for i := range tc.sites {
					all.Go(func() {
						for page := range tc.pages {
							leave, err := lanes.enter(context.Background())
							if err != nil {
								t.Error(err)
								return
							}
							mu.Lock()
							open++
							most = max(most, open)
							mu.Unlock()
							time.Sleep(tc.takes(i))
							mu.Lock()
							open--
							if at := time.Since(start); page == 0 && at <= time.Hour {
								first++
								lastFirst = max(lastFirst, at)
							}
							mu.Unlock()
							leave()
						}
					})
				}
				all.Wait()
				if most != 40 || first < tc.atLeast || lastFirst > tc.firstAll {
					t.Errorf("%d at once, %d addresses in the first hour, the last after %s; want 40, at least %d, %s", most, first, lastFirst, tc.atLeast, tc.firstAll)
				}
			})
		})
	}
}
