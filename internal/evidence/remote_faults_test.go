package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/blob/blobtest"
)

// TestEachVerbRefused lets each verb of the service fail in turn, in each way
// that services fail. Visits go on and what they acknowledged is here; once the
// service is back every file is there, once, and comes back as it was.
func TestEachVerbRefused(t *testing.T) {
	server := blobtest.Serve(t)
	for name, hit := range map[string]func(*http.Request) bool{
		"put":  func(r *http.Request) bool { return r.Method == http.MethodPut },
		"head": func(r *http.Request) bool { return r.Method == http.MethodHead },
		"get":  func(r *http.Request) bool { return r.Method == http.MethodGet && !r.URL.Query().Has("list-type") },
		"list": func(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.Query().Has("list-type") },
	} {
		for how, fault := range map[string]blobtest.Fault{"500": blobtest.Broken, "throttled": blobtest.SlowDown, "403": blobtest.Denied, "cut": blobtest.Cut, "answer lost": blobtest.Lost} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				var down atomic.Bool
				bucket := fmt.Sprintf("faults-%s-%x", name, how)
				cfg := blobtest.Faulty(t, server.Bucket(t, bucket, true), func(r *http.Request) blobtest.Fault {
					if down.Load() && hit(r) {
						return fault
					}
					return blobtest.None
				})
				v, l := vault(t)
				v.now = time.Now
				v.CopyTo(blobtest.Open(t, cfg), time.Hour)
				first, before := visits(t, v, 1)
				copies(t, v)

				down.Store(true)
				more, after := visits(t, v, 2) // acknowledged while the service is down
				short, cancel := context.WithTimeout(t.Context(), time.Second)
				_, _ = v.Copy(short) // whether it fails depends on the verb; nothing may be lost
				cancel()
				if there, _, err := v.List(); err != nil || len(there) != 3 {
					t.Fatalf("%d files here while the service is down, %v", len(there), err)
				}

				down.Store(false)
				v.CopyTo(blobtest.Open(t, cfg), time.Hour) // as after a restart
				copies(t, v)
				list, err := v.remote.packs(t.Context())
				if err != nil || len(list) != 3 {
					t.Fatalf("%d copies of 3, %v", len(list), err)
				}
				if err := errors.Join(os.RemoveAll(v.warcDir()), os.Mkdir(v.warcDir(), 0o700)); err != nil {
					t.Fatal(err)
				}
				for i, file := range append(first, more...) {
					if got := bytesOf(t, v, file); !bytes.Equal(got, append(before, after...)[i]) {
						t.Errorf("file %d came back other than it was", i)
					}
				}
				if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK {
					t.Errorf("%+v, %v", rep, err)
				}
			})
		}
	}
}
