package extract

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vigie/crawlers"
)

// TestForums reads the invented corpus: thread lists, threads, pastes.
func TestForums(t *testing.T) {
	dir := filepath.Join("testdata", "forums")
	var truth map[string]struct {
		State string
		Posts []struct {
			Title, Date, Link, Text string
			Views                   int64
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Sorted(maps.Keys(truth)) {
		t.Run(file, func(t *testing.T) {
			want := truth[file]
			body, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			kind := "text/html; charset=utf-8"
			if strings.HasSuffix(file, ".txt") {
				kind = "text/plain; charset=utf-8"
			}
			r := Reader{}.Read(crawlers.Page{Status: 200, ContentType: kind, Body: body})
			if r.State != want.State || len(r.Posts) != len(want.Posts) {
				t.Fatalf("%s (%.2f) with %d posts %q, want %s with %d", r.State, r.Confidence, len(r.Posts), titles(r.Posts), want.State, len(want.Posts))
			}
			for i, w := range want.Posts {
				p := r.Posts[i]
				if p.Title != w.Title || w.Date != "" && p.Date != w.Date && strings.TrimSuffix(p.Date, "Z")+"+00:00" != w.Date || w.Views != 0 && p.Views != w.Views ||
					w.Link != "" && !slices.Contains(p.Links, w.Link) || !strings.Contains(p.Text, w.Text) {
					t.Errorf("post %d is %q %s %d views, links %q, text %.300q\nwant %+v", i, p.Title, p.Date, p.Views, p.Links, p.Text, w)
				}
			}
		})
	}
}
