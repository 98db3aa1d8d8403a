package evidence

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"vigie/internal/breach"
)

// visited is one captured page of a site's history.
type visited struct {
	site string
	at   string
	file string
}

// history reads the captures of leak-sites/timeline in order of time.
func history(b *testing.B) []visited {
	dir := os.Getenv("VIGIE_BENCH_DATA")
	if dir == "" {
		b.Skip("VIGIE_BENCH_DATA names no folder with leak-sites/timeline")
	}
	dir = filepath.Join(dir, "leak-sites", "timeline")
	seen := map[string]visited{}
	add := func(site, at, file string) {
		if _, ok := seen[file]; !ok && file != "" {
			seen[file] = visited{site, at, filepath.Join(dir, file)}
		}
	}
	for _, name := range []string{"events.jsonl", "quiet.jsonl"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		for dec := json.NewDecoder(bytes.NewReader(raw)); ; {
			var e struct {
				Time, File, Site, Before, After string
				Captures                        []struct{ Time, File string }
			}
			if err := dec.Decode(&e); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			add(e.File, e.Time+" 1", e.Before)
			add(e.File, e.Time+" 2", e.After)
			for _, c := range e.Captures {
				add(e.Site, c.Time, c.File)
			}
		}
	}
	out := []visited{}
	for _, c := range seen {
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y visited) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.file, y.file)) })
	return out
}

func unzipped(b *testing.B, path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	zr, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(zr)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// BenchmarkHistory keeps the visits of real sites' histories and tells what one
// costs on disk, everything included; then it verifies them all.
func BenchmarkHistory(b *testing.B) {
	captures := history(b)
	for b.Loop() {
		v, l := vault(b)
		var raw, rest int64
		var kept []breach.Capture
		for _, c := range captures {
			body := unzipped(b, c.file)
			raw += int64(len(body))
			ex := exchange("http://invented.example.org/", string(body))
			ex.Source = breach.SourceID(c.site)
			s, err := v.Begin(b.Context(), breach.Source{ID: ex.Source})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.Record(b.Context(), ex); err != nil {
				b.Fatal(err)
			}
			got, err := s.Close(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			kept = append(kept, got...)
			info, err := os.Stat(v.warcPath(got[0].File))
			if err != nil {
				b.Fatal(err)
			}
			rest += info.Size()
		}
		start := time.Now()
		l.captures = kept
		rep, err := v.Verify(b.Context(), l)
		if err != nil || !rep.OK {
			b.Fatalf("%+v, %v", rep, err)
		}
		n := float64(len(kept))
		b.ReportMetric(float64(raw)/n, "raw-bytes/capture")
		b.ReportMetric(float64(rest)/n, "bytes/capture")
		b.ReportMetric(n/time.Since(start).Seconds(), "verified/s")
		b.ReportMetric(n, "captures")
	}
}
