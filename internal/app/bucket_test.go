package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/blob"
	"vigie/internal/blob/blobtest"
	"vigie/internal/breach"
	"vigie/notify/notifytest"
)

// bucketYAML is a bucket as people write it into the configuration.
func bucketYAML(c blob.S3Config, more string) string {
	return fmt.Sprintf("{endpoint: %q, region: %s, bucket: %s, path_style: true, key_id: %s, key: %q%s}", c.Endpoint, c.Region, c.Bucket, c.KeyID, c.Secret, more)
}

// TestBuckets: a configuration alone sends evidence, letters and pages to
// buckets.
func TestBuckets(t *testing.T) {
	server := blobtest.Serve(t)
	evidence, letters, pages := server.Bucket(t, "evidence", true), server.Bucket(t, "letters", false), server.Bucket(t, "pages", false)
	dir := t.TempDir()
	file := filepath.Join(dir, "vigie.yaml")
	text := fmt.Sprintf("data: %s\nkeys: %s\nevidence: {s3: %s}\nchannels: {letters: {s3: %s, cut_off: 16h00, territory: alsace-moselle}}\npage: {s3: %s}\n",
		filepath.Join(dir, "data"), filepath.Join(dir, "keys"), bucketYAML(evidence, ", lock_days: 2"), bucketYAML(letters, ", prefix: post"), bucketYAML(pages, ""))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(file, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*S3Config{&cfg.Evidence.S3.S3Config, cfg.Channels.Letters.S3, cfg.Page.S3} {
		if err := b.Reach(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if locks, err := cfg.Evidence.S3.Locks(t.Context()); err != nil || !locks {
		t.Errorf("the evidence's bucket locks: %v, %v", locks, err)
	}
	if printed := fmt.Sprintf("%v %+v %#v", cfg, cfg, *cfg.Page.S3); strings.Contains(printed, evidence.Secret) {
		t.Error("the configuration prints a key")
	}
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	if err := a.Equip(t.Context()); err != nil {
		t.Fatal(err)
	}

	visit, err := a.Vault.Begin(t.Context(), breach.Source{ID: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := visit.Record(t.Context(), breach.Exchange{Source: "invented", URL: "https://example.org/", At: now(), Status: 200,
		Request: []byte("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"), Response: []byte("HTTP/1.1 200 OK\r\n\r\nHapax in clear")}); err != nil {
		t.Fatal(err)
	}
	if _, err := visit.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Anchor(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Vault.Copy(t.Context()); err != nil || n != 1 {
		t.Errorf("%d WARC files copied, %v", n, err)
	}
	wantKeys(t, blobtest.Open(t, evidence), "checkpoints/", "warc/")

	if _, err := a.Steps.Channels[breach.ChannelLetter].Send(t.Context(), notifytest.Envelope("msg_1")); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, blobtest.Open(t, letters), "post/")

	built := t.TempDir()
	if err := os.WriteFile(filepath.Join(built, "index.html"), []byte("<p>page</p>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := a.Steps.Mirror(t.Context(), built, "inc_1"); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, blobtest.Open(t, pages), "inc_1/index.html")
}

// wantKeys fails unless every object's key begins with one of the prefixes, each
// is there, and no object holds what was captured in clear.
func wantKeys(t *testing.T, s *blob.S3, prefixes ...string) {
	t.Helper()
	seen := map[string]bool{}
	for info, err := range s.List(context.WithoutCancel(t.Context()), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		known := false
		for _, p := range prefixes {
			if strings.HasPrefix(info.Key, p) {
				seen[p], known = true, true
			}
		}
		if !known || info.Size == 0 && !strings.Contains(info.Key, "/waiting/") {
			t.Errorf("object %s of %d bytes", info.Key, info.Size)
		}
	}
	for _, p := range prefixes {
		if !seen[p] {
			t.Errorf("nothing below %s", p)
		}
	}
}
