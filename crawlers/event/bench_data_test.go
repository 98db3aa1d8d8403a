package event_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/crawlers"
	"vigie/crawlers/event"
	"vigie/crawlers/extract"
	"vigie/internal/breach"
)

// BenchmarkMeasureMirrors prints how the posts of captured mirrors merge. Pairs
// of one group with the same title are true; what else is joined is right if
// the titles share a long word, and listed if they do not. Without
// VIGIE_BENCH_DATA it is skipped.
func BenchmarkMeasureMirrors(b *testing.B) {
	dir := os.Getenv("VIGIE_BENCH_DATA")
	if dir == "" {
		b.Skip("VIGIE_BENCH_DATA is not set: it names the folder that holds leak-sites/")
	}
	dir = filepath.Join(dir, "leak-sites", "snapshot")
	f, err := os.Open(filepath.Join(dir, "pagestate.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	var posts []breach.Post
	at := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	groups := map[breach.PostID]string{}
	for _, row := range rows[1:] {
		body, err := os.ReadFile(filepath.Join(dir, "pages", row[0]))
		if err != nil {
			continue
		}
		for _, p := range (extract.Reader{}).Read(crawlers.Page{Status: 200, Body: body}).Posts {
			p.Source, p.FirstSeenAt, p.LastSeenAt = breach.SourceID(row[0]), at, at
			p.ID = crawlers.PostID(p.Source, p.Title)
			posts, groups[p.ID] = append(posts, p), strings.TrimRight(row[1], "0123456789")
		}
	}
	for b.Loop() {
		measure(b, posts, groups)
	}
}

func measure(b *testing.B, posts []breach.Post, groups map[breach.PostID]string) {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	titles, truth := map[breach.PostID]string{}, map[string]int{}
	for _, p := range posts {
		if titles[p.ID] == "" {
			titles[p.ID] = fold(p.Title)
			truth[groups[p.ID]+" "+fold(p.Title)]++
		}
	}
	all := 0
	for _, n := range truth {
		all += n * (n - 1) / 2
	}
	same, alike, over, doubtful := 0, 0, 0, 0
	for _, e := range event.Merge(posts) {
		for i, x := range e.Posts {
			for _, y := range e.Posts[i+1:] {
				switch {
				case groups[x] == groups[y] && titles[x] == titles[y]:
					same++
				case !akin(titles[x], titles[y]):
					doubtful++
					b.Logf("joined: %s %.60q and %s %.60q", groups[x], titles[x], groups[y], titles[y])
				case groups[x] == groups[y]:
					alike++
				default:
					over++
				}
			}
		}
	}
	b.Logf("mirrors: %d of %d pairs of one title joined, %d of like titles, %d over groups, %d doubtful: pairwise F1 %.3f",
		same, all, alike, over, doubtful, 2*float64(same+alike+over)/float64(same+alike+over+doubtful+all+alike+over))
}

// akin tells titles that share a word of four letters or more.
func akin(a, b string) bool {
	for _, w := range strings.FieldsFunc(a, func(r rune) bool { return r < 'a' || r > 'z' }) {
		if len(w) >= 4 && strings.Contains(b, w) {
			return true
		}
	}
	return false
}
