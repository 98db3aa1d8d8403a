package activity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"vigie/crawlers"
	"vigie/crawlers/index"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/france"
	"vigie/internal/seal"
	"vigie/internal/store"
	"vigie/workflows"
)

// titles reads every line of a page as a post.
type titles struct{}

func (titles) Read(p crawlers.Page) crawlers.Reading {
	r := crawlers.Reading{State: crawlers.StateOther}
	for line := range lines(string(p.Body)) {
		r.State = crawlers.StateListing
		r.Posts = append(r.Posts, breach.Post{Title: line})
	}
	return r
}
func (titles) Complete(p breach.Post, _ crawlers.Page) breach.Post { return p }

func lines(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i, at := 0, 0; i < len(s); i++ {
			if s[i] == '\n' {
				if !yield(s[at:i]) {
					return
				}
				at = i + 1
			}
		}
	}
}

// crewOn is what visits need, on a directory that others may share.
func crewOn(t testing.TB, dir string, keys *seal.Keyring, sources ...breach.Source) *Steps {
	t.Helper()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &Steps{Keys: keys, Now: func() time.Time { return time.Now().UTC() }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Sources: map[breach.SourceID]breach.Source{}}
	for _, src := range sources {
		s.Sources[src.ID] = src
	}
	var err error
	s.Store, err = store.Open(t.Context(), filepath.Join(dir, "vigie.db"), keys)
	fatal(err)
	t.Cleanup(func() { _ = s.Store.Close() })
	s.Vault, err = evidence.Open(filepath.Join(dir, "evidence"), keys, s.Store, s.Now)
	fatal(err)
	s.Index, err = index.Open(filepath.Join(t.TempDir(), "index"), keyring.Secret("index")) // one key a process
	fatal(err)
	t.Cleanup(func() { _ = s.Index.Close() })
	fr, err := france.Load()
	fatal(err)
	s.Watch = watch.New(fr)
	limits := crawlers.DefaultLimits()
	limits.Stall, limits.Page, limits.Visit = 5*time.Second, 10*time.Second, 20*time.Second
	s.Crawler = &crawlers.Crawler{Reader: titles{}, Limits: limits, Now: s.Now, Tool: "vigie test",
		Begin: func(ctx context.Context, src breach.Source) (crawlers.Recorder, error) {
			return s.Vault.Begin(ctx, src)
		}}
	return s
}

func served(t testing.TB, h http.HandlerFunc) breach.Source {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return breach.Source{ID: "site", URL: srv.URL + "/", Local: true, Every: time.Hour}
}

func crawl(t *testing.T, s *Steps) workflows.CrawlResult {
	t.Helper()
	env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	env.RegisterActivity(s.Crawl)
	v, err := env.ExecuteActivity(s.Crawl, workflows.CrawlInput{Source: "site"})
	if err != nil {
		t.Fatal(err)
	}
	var out workflows.CrawlResult
	if err := v.Get(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// A source is visited when it is due, learns, and is left alone in between.
func TestCrawlHeedsThePlan(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var down atomic.Bool
	src := served(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if down.Load() {
			w.WriteHeader(500)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintln(w, "Commune inventée")
	})
	s := crewOn(t, t.TempDir(), keyring, src)
	now := time.Now().UTC()
	s.Now = func() time.Time { return now }
	s.Crawler.Now = s.Now
	visits := func(want int64, what string) workflows.CrawlResult {
		t.Helper()
		out := crawl(t, s)
		if n := asked.Load(); n != want {
			t.Fatalf("%s: asked %d times, want %d", what, n, want)
		}
		return out
	}
	if out := visits(1, "first"); out.New != 1 || out.Wait != 0 {
		t.Errorf("%+v", out)
	}
	visits(1, "again at once")
	now = now.Add(59 * time.Minute)
	visits(2, "when nearly due")
	down.Store(true)
	now = now.Add(time.Hour)
	if out := visits(3, "down"); out.Wait <= 0 || out.Wait >= time.Hour {
		t.Errorf("after a first failure: %+v, want another try before the Schedule's", out)
	}
	now = now.Add(10 * 24 * time.Hour) // the machine was off
	visits(4, "down for long")
	if out := visits(4, "back-off"); out.Wait != 0 {
		t.Errorf("%+v", out)
	}
	now = now.Add(6 * time.Hour)
	visits(4, "still backing off")
	known, err := Known(t.Context(), s.Store, []breach.Source{src})
	if err != nil || known[0].Memory.Alarm != crawlers.AlarmDown || known[0].Memory.Visits != 4 {
		t.Errorf("%+v %v", known[0].Memory, err)
	}
	// A clock set back by a year does not silence the source.
	now = now.Add(-365 * 24 * time.Hour)
	visits(5, "clock set back")
}

// Of many crawlers on one source one is there at a time.
func TestOneVisitorAtATime(t *testing.T) {
	t.Parallel()
	var in, most, asked atomic.Int64
	src := served(t, func(w http.ResponseWriter, _ *http.Request) {
		n := in.Add(1)
		most.Store(max(most.Load(), n))
		asked.Add(1)
		time.Sleep(150 * time.Millisecond)
		in.Add(-1)
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintln(w, "Commune inventée")
	})
	dir := t.TempDir()
	crews := []*Steps{crewOn(t, dir, keyring, src), crewOn(t, dir, keyring, src), crewOn(t, dir, keyring, src)}
	var turned atomic.Int64
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			_, _, err := crews[i%3].VisitSource(t.Context(), src, true)
			switch {
			case errors.Is(err, breach.ErrConflict):
				turned.Add(1)
			case err != nil:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 || asked.Load()+turned.Load() != 12 || turned.Load() == 0 {
		t.Errorf("%d at once, %d visits, %d turned away", most.Load(), asked.Load(), turned.Load())
	}
}

// Whose lease was given to another, by a clock that jumped, ends his visit and
// keeps nothing of it.
func TestALostLeaseEndsTheVisit(t *testing.T) {
	t.Parallel()
	there, leave := make(chan struct{}, 8), make(chan struct{})
	src := served(t, func(w http.ResponseWriter, r *http.Request) {
		there <- struct{}{}
		select {
		case <-leave:
		case <-r.Context().Done():
		}
	})
	defer close(leave)
	s := crewOn(t, t.TempDir(), keyring, src)
	s.Lease = 300 * time.Millisecond
	failed := make(chan error, 1)
	go func() {
		_, _, err := s.VisitSource(t.Context(), src, true)
		failed <- err
	}()
	<-there
	if err := s.Store.LeaseSource(t.Context(), src.ID, "another", s.Now().Add(24*time.Hour), time.Minute); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		if !errors.Is(err, breach.ErrConflict) {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the visit went on")
	}
	if m, err := s.Store.SourceMemories(t.Context()); err != nil || len(m) != 0 {
		t.Errorf("%d memories, %v", len(m), err)
	}
	if list, err := s.Store.Captures(t.Context(), src.ID, 10); err != nil || len(list) != 0 {
		t.Errorf("%d captures, %v", len(list), err)
	}
}

// A crawler killed in the middle of a visit leaves nothing half done: what it
// had not acknowledged is not there, what it had is, and its lease ends.
func TestKilledVisit(t *testing.T) {
	if dir := os.Getenv("VIGIE_TEST_VISIT"); dir != "" {
		keys, err := seal.Open(filepath.Join(dir, "keys"))
		if err != nil {
			t.Fatal(err)
		}
		src := breach.Source{ID: "site", URL: os.Getenv("VIGIE_TEST_SITE"), Local: true, Every: time.Hour}
		s := crewOn(t, dir, keys, src)
		for { // until killed
			if _, _, err := s.VisitSource(t.Context(), src, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Parallel()
	var asked atomic.Int64
	third := make(chan struct{})
	src := served(t, func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "Commune inventée %d\n", n)
		if n == 3 { // the head and half a page have gone out
			w.(http.Flusher).Flush()
			close(third)
			<-r.Context().Done()
		}
	})
	dir := t.TempDir()
	keys, err := seal.Create(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledVisit$")
	child.Env = append(os.Environ(), "VIGIE_TEST_VISIT="+dir, "VIGIE_TEST_SITE="+src.URL)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-third:
	case <-time.After(60 * time.Second):
		t.Error("the child did not come to its third visit")
	}
	_ = child.Process.Kill() // SIGKILL
	_ = child.Wait()

	s := crewOn(t, dir, keys, src)
	list, err := s.Store.Captures(t.Context(), src.ID, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d captures of 2 acknowledged, %v", len(list), err)
	}
	// On this machine the dead crawler is proved to be dead: nobody waits for its
	// lease to end.
	if v, out, err := s.VisitSource(t.Context(), src, true); err != nil || len(v.Posts) != 1 || out.New != 1 {
		t.Errorf("after the kill: %+v %v", out, err)
	}
	list, err = s.Store.Captures(t.Context(), src.ID, 10)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d captures, %v", len(list), err)
	}
	if r, err := s.Vault.Verify(t.Context(), s.Store); err != nil || !r.OK {
		t.Errorf("%+v %v", r, err)
	}
}
