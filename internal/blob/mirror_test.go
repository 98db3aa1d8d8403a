package blob_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/blob"
	"vigie/internal/blob/blobtest"
)

// noting keeps the order in which objects are written.
type noting struct {
	blob.Store
	put []string
}

func (n *noting) Put(ctx context.Context, key string, body io.ReaderAt, size int64, o blob.Options) (bool, error) {
	n.put = append(n.put, key)
	return n.Store.Put(ctx, key, body, size, o)
}

func TestMirror(t *testing.T) {
	t.Parallel()
	site := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(site, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(site, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"index.html", "index.en.html", "feed.fr.xml", "v1/index.html", ".writing-123"} {
		write(name, "first")
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(site, "link.html")); err != nil {
		t.Fatal(err)
	}
	s := &noting{Store: blobtest.Open(t, blobtest.Serve(t).Bucket(t, "pages", false))}
	mirror := func() []string {
		t.Helper()
		s.put = nil
		if _, err := blob.Mirror(t.Context(), site, s, "inc_1", time.Minute); err != nil {
			t.Fatal(err)
		}
		return s.put
	}
	if got, want := mirror(), []string{"inc_1/v1/index.html", "inc_1/feed.fr.xml", "inc_1/index.en.html", "inc_1/index.html"}; !slices.Equal(got, want) {
		t.Errorf("written: %v, want %v", got, want)
	}
	if got := mirror(); got != nil {
		t.Errorf("written again: %v", got)
	}
	write("index.html", "other")
	write("v2/index.html", "other")
	if got, want := mirror(), []string{"inc_1/v2/index.html", "inc_1/index.html"}; !slices.Equal(got, want) {
		t.Errorf("after a change: %v, want %v", got, want)
	}
	rc, err := s.Open(t.Context(), "inc_1/index.html")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rc.Close() }()
	if text, err := io.ReadAll(rc); err != nil || string(text) != "other" {
		t.Errorf("%q, %v", text, err)
	}
	write("v3/a b.html", "x")
	if _, err := blob.Mirror(t.Context(), site, s, "inc_1", 0); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("a name that is no key: %v", err)
	}
}
