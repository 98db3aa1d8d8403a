package letter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/internal/blob"
	"vigie/internal/blob/blobtest"
	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

func dirShelf(t testing.TB, now func() time.Time) *Shelf {
	t.Helper()
	d, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return NewShelf(d, Options{}, Calendar{}, now)
}

// released releases, and lists the keys that all manifests hold, in order.
func released(t *testing.T, s *Shelf) (keys []string) {
	t.Helper()
	if _, err := s.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	for info, err := range s.store.List(t.Context(), manifests, "") {
		if err != nil {
			t.Fatal(err)
		}
		var o Order
		if err := s.readJSON(t.Context(), info.Key, maxOrder, &o); err != nil {
			t.Fatal(err)
		}
		pages := 0
		for _, l := range o.Letters {
			keys = append(keys, l.Key)
			pages += l.Pages
			rc, err := s.store.Open(t.Context(), l.ref())
			if err != nil {
				t.Fatalf("a manifest lists what is not there: %v", err)
			}
			pdf, err := io.ReadAll(rc)
			if err = errors.Join(err, rc.Close()); err != nil || digest(pdf) != l.SHA256 {
				t.Errorf("%s is not what its name says, %v", l.Key, err)
			}
		}
		if o.Pages != pages || !o.CutOff.Equal(o.Letters[0].CutOff) {
			t.Errorf("manifest %s: %d pages, want %d; cut-off %v", info.Key, o.Pages, pages, o.CutOff)
		}
	}
	slices.Sort(keys)
	return keys
}

// suite runs what every channel must pass over a shelf in a store.
func suite(t *testing.T, open func(t *testing.T) blob.Store) {
	shelf := func(t *testing.T) *Shelf { return NewShelf(open(t), Options{}, Calendar{}, time.Now) }
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel { return shelf(t) },
		Count: func(t *testing.T, key string) int {
			n := 0
			for info, err := range open(t).List(t.Context(), handed, "") {
				if err != nil {
					t.Fatal(err)
				}
				if info.Key == handed+key+".json" {
					n++
				}
			}
			return n
		},
		Spoil: func(e *notify.Envelope) { e.To.Address.Street = strings.Repeat("Hapax", 12) },
	})
}

func TestShelfInDirectory(t *testing.T) {
	dir := t.TempDir()
	suite(t, func(t *testing.T) blob.Store {
		d, err := blob.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func TestShelfInBucket(t *testing.T) {
	cfg := blobtest.Serve(t).Bucket(t, "letters", false)
	cfg.Prefix = "letters"
	suite(t, func(t *testing.T) blob.Store { return blobtest.Open(t, cfg) })
}

// TestRelease: nothing is released before its cut-off, and each letter stands
// in one manifest however often, and by however many, it is asked for.
func TestRelease(t *testing.T) {
	at := monday(17, 0)
	s := dirShelf(t, func() time.Time { return at })
	send := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			if _, err := s.Send(t.Context(), notifytest.Envelope(key)); err != nil {
				t.Fatal(err)
			}
		}
	}
	send("msg_1", "msg_2")
	if keys := released(t, s); keys != nil {
		t.Fatalf("before the cut-off: %v", keys)
	}
	at = monday(17, 31)
	send("msg_3") // leaves on Tuesday
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := s.Release(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if keys := released(t, s); !slices.Equal(keys, []string{"msg_1", "msg_2"}) {
		t.Errorf("on Monday: %v", keys)
	}
	at = monday(17, 31).AddDate(0, 0, 1)
	if keys := released(t, s); !slices.Equal(keys, []string{"msg_1", "msg_2", "msg_3"}) {
		t.Errorf("on Tuesday: %v", keys)
	}
	for info, err := range s.store.List(t.Context(), waiting, "") {
		t.Errorf("still waiting: %s, %v", info.Key, err)
	}
}

// cutting fails every store operation from the nth on, as a crash would.
type cutting struct {
	blob.Store
	mu   sync.Mutex
	left int
}

var errCut = errors.New("cut")

func (c *cutting) fails() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left--
	return c.left < 0
}

func (c *cutting) Put(ctx context.Context, key string, body io.ReaderAt, size int64, o blob.Options) (bool, error) {
	if c.fails() {
		return false, errCut
	}
	return c.Store.Put(ctx, key, body, size, o)
}

func (c *cutting) Delete(ctx context.Context, key string) error {
	if c.fails() {
		return errCut
	}
	return c.Store.Delete(ctx, key)
}

// TestCrashes cuts hand-over and release off at every step, on either side of a
// cut-off; what is done again afterwards prints each letter once.
func TestCrashes(t *testing.T) {
	for n := range 12 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			d, err := blob.OpenDir(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			at := monday(17, 29)
			now := func() time.Time { return at }
			c := &cutting{Store: d, left: n}
			broken, sound := NewShelf(c, Options{}, Calendar{}, now), NewShelf(d, Options{}, Calendar{}, now)
			var sent []string
			for _, key := range []string{"msg_1", "msg_2"} {
				_, err := broken.Send(t.Context(), notifytest.Envelope(key))
				if err != nil && !errors.Is(err, errCut) {
					t.Fatal(err)
				}
				if _, ok, err := sound.Ask(t.Context(), key); err != nil || ok != (err == nil && ok) {
					t.Fatal(err)
				}
				sent = append(sent, key)
			}
			at = monday(17, 31)
			if _, err := broken.Release(t.Context()); err != nil && !errors.Is(err, errCut) {
				t.Fatal(err)
			}
			// After the crash the pipeline asks, and hands over what is not there.
			for _, key := range sent {
				if _, ok, err := sound.Ask(t.Context(), key); err != nil {
					t.Fatal(err)
				} else if !ok {
					if _, err := sound.Send(t.Context(), notifytest.Envelope(key)); err != nil {
						t.Fatal(err)
					}
				}
			}
			released(t, sound)
			at = monday(17, 31).AddDate(0, 0, 1)
			if keys := released(t, sound); !slices.Equal(keys, sent) {
				t.Errorf("printed %v, want %v", keys, sent)
			}
		})
	}
}

// TestHostileSlip: what somebody else put in the bucket is refused.
func TestHostileSlip(t *testing.T) {
	s := dirShelf(t, time.Now)
	if err := s.put(t.Context(), handed+"msg_1.json", "", []byte("no JSON")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Ask(t.Context(), "msg_1"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("got %v, want ErrInvalid", err)
	}
}

func BenchmarkHandOver(b *testing.B) {
	for _, where := range []string{"directory", "s3"} {
		b.Run(where, func(b *testing.B) {
			var s *Shelf
			if where == "s3" {
				s = NewShelf(blobtest.Open(b, blobtest.Serve(b).Bucket(b, "letters", false)), Options{}, Calendar{}, time.Now)
			} else {
				s = dirShelf(b, time.Now)
			}
			var n int
			var mu sync.Mutex
			b.SetParallelism(4) // eight hand-overs at once on two processors, as the pipeline does
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					mu.Lock()
					n++
					key := fmt.Sprintf("msg_%d", n)
					mu.Unlock()
					if _, err := s.Send(b.Context(), notifytest.Envelope(key)); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
		})
	}
}
