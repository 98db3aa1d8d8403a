package extract

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/crawlers"
)

// TestEngines reads pages as forums, blogs, scripts and hands make them, with
// invented posts: titles and days in order, and no page taken for something else.
func TestEngines(t *testing.T) {
	dir := filepath.Join("testdata", "engines")
	var truth map[string]struct{ Titles, Dates []string }
	raw, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Sorted(maps.Keys(truth)) {
		t.Run(file, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			kind := "text/html; charset=utf-8"
			if strings.HasSuffix(file, ".json") {
				kind = "application/json"
			}
			r := Reader{}.Read(crawlers.Page{Status: 200, ContentType: kind, Body: body})
			if r.State != crawlers.StateListing {
				t.Errorf("state %s, want listing", r.State)
			}
			want := truth[file]
			if diff := cmp.Diff(want.Titles, titles(r.Posts)); diff != "" {
				t.Errorf("titles (-want +got):\n%s", diff)
			}
			for i, d := range want.Dates {
				if i < len(r.Posts) && dayOf(r.Posts[i].Date) != d {
					t.Errorf("post %d has the date %q, want %s", i, r.Posts[i].Date, d)
				}
			}
		})
	}
}
