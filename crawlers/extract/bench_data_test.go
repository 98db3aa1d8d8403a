package extract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// dataDir is a folder of captured pages with known truth. It is not part of
// the project; without it these measurements are skipped.
func dataDir(t testing.TB) string {
	dir := os.Getenv("VIGIE_BENCH_DATA")
	if dir == "" {
		t.Skip("VIGIE_BENCH_DATA is not set: it names the folder that holds leak-sites/")
	}
	return filepath.Join(dir, "leak-sites")
}

func load(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		zr, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(zr); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// BenchmarkMeasureTitles prints macro F1 of titles over the snapshot and fails
// below the 25-line generic rule that watching.md names.
func BenchmarkMeasureTitles(b *testing.B) {
	for b.Loop() {
		measureTitles(b)
	}
}

func measureTitles(t testing.TB) {
	dir := filepath.Join(dataDir(t), "snapshot")
	truth := map[string][]string{}
	sc := bufio.NewScanner(bytes.NewReader(load(t, filepath.Join(dir, "truth.jsonl"))))
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var r struct{ File, Title string }
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		truth[r.File] = append(truth[r.File], r.Title)
	}
	var files []string
	for f := range truth {
		files = append(files, f)
	}
	sort.Strings(files)
	sum, zero, perfect, n := 0.0, 0, 0, 0
	for _, f := range files {
		path := filepath.Join(dir, "pages", f)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		n++
		r := Reader{}.Read(crawlers.Page{URL: "http://x/", Status: 200, Body: load(t, path)})
		want, got := map[string]int{}, 0
		for _, x := range truth[f] {
			want[fold(x)]++
		}
		hit := 0
		for _, p := range r.Posts {
			got++
			if want[fold(p.Title)] > 0 {
				want[fold(p.Title)]--
				hit++
			}
		}
		f1 := 0.0
		if hit > 0 {
			pr, re := float64(hit)/float64(got), float64(hit)/float64(len(truth[f]))
			f1 = 2 * pr * re / (pr + re)
		}
		sum += f1
		if f1 == 0 {
			zero++
		}
		if f1 == 1 {
			perfect++
		}
		if f1 < .9 {
			first := ""
			if len(r.Posts) > 0 {
				first = clip(r.Posts[0].Title, 40)
			}
			t.Logf("%-30.30s f1 %.2f got %d want %d state %s conf %.2f first %q want %q", f, f1, got, len(truth[f]), r.State, r.Confidence, first, clip(truth[f][0], 40))
		}
	}
	t.Logf("titles: macro F1 %.3f, %d perfect, %d at zero, of %d", sum/float64(n), perfect, zero, n)
	if sum/float64(n) < .61 {
		t.Errorf("macro F1 %.3f is below .61", sum/float64(n))
	}
}

// BenchmarkMeasureStates prints how many page states are right.
func BenchmarkMeasureStates(b *testing.B) {
	for b.Loop() {
		measureStates(b)
	}
}

func measureStates(t testing.TB) {
	dir := filepath.Join(dataDir(t), "snapshot")
	names := map[string]string{"file_index": "index", "ddos_gate": "gate", "captcha_gate": "captcha", "js_shell": "shell",
		"login_or_negotiation": "login", "parked_or_squatted": "parked", "redirect_or_frame": "redirect", "other_info": "other", "browser_artefact": "other"}
	rows, err := csv.NewReader(bytes.NewReader(load(t, filepath.Join(dir, "pagestate.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	right, n := 0, 0
	for _, row := range rows[1:] {
		path := filepath.Join(dir, "pages", row[0])
		if _, err := os.Stat(path); err != nil {
			continue
		}
		want := row[2]
		if s, ok := names[want]; ok {
			want = s
		}
		n++
		r := Reader{}.Read(crawlers.Page{URL: "http://x/", Status: 200, Body: load(t, path)})
		if r.State == want {
			right++
		} else {
			t.Logf("%-40.40s is %s, read as %s (%.2f, %d posts)", row[0], want, r.State, r.Confidence, len(r.Posts))
		}
	}
	t.Logf("states: %d of %d right", right, n)
}

// page is a stored capture.
func page(t testing.TB, path string) crawlers.Page {
	return crawlers.Page{URL: "http://x/", Status: 200, Body: load(t, path)}
}

// read extracts a stored capture.
func read(t testing.TB, path string) crawlers.Reading { return Reader{}.Read(page(t, path)) }

// BenchmarkMeasureChanges prints precision and recall of new titles between
// two captures, and with the memory of all captures of the group before them.
func BenchmarkMeasureChanges(b *testing.B) {
	for b.Loop() {
		measureChanges(b, "pairs alone", func(string) *Memory { return &Memory{} })
		memories := map[string]*Memory{}
		measureChanges(b, "with the group's memory", func(group string) *Memory {
			if memories[group] == nil {
				memories[group] = &Memory{}
			}
			return memories[group]
		})
	}
}

func measureChanges(t testing.TB, mode string, memory func(group string) *Memory) {
	dir := filepath.Join(dataDir(t), "timeline")
	hit, told, want, based := 0, 0, 0, 0
	for line := range strings.Lines(string(load(t, filepath.Join(dir, "events.jsonl")))) {
		var e struct {
			Group, Before, After string
			New                  []string `json:"new_titles"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		m := memory(e.Group)
		m.See(page(t, filepath.Join(dir, e.Before)))
		known := len(m.Last) > 0
		c := m.See(page(t, filepath.Join(dir, e.After)))
		expected := map[string]bool{}
		for _, x := range e.New {
			expected[fold(x)] = true
		}
		right := 0
		for _, p := range c.New {
			if expected[fold(p.Title)] {
				right++
			}
		}
		if known {
			based += len(expected)
		}
		hit, told, want = hit+right, told+len(c.New), want+len(expected)
		if right != len(expected) || right != len(c.New) {
			t.Logf("%-14s %d of %d right, %d told, %d shown: %.60q", e.Group, right, len(expected), len(c.New), len(c.Shown), e.New)
		}
	}
	t.Logf("new titles, %s: precision %.3f recall %.3f (%d told, %d true, %d of them after a capture that could be read)",
		mode, float64(hit)/float64(max(told, 1)), float64(hit)/float64(want), told, want, based)
}

// BenchmarkMeasureQuiet prints what is told of captures that bring nothing.
func BenchmarkMeasureQuiet(b *testing.B) {
	for b.Loop() {
		measureQuiet(b)
	}
}

func measureQuiet(t testing.TB) {
	dir := filepath.Join(dataDir(t), "timeline")
	news, edits, removals, pairs := 0, 0, 0, 0
	for line := range strings.Lines(string(load(t, filepath.Join(dir, "quiet.jsonl")))) {
		var q struct {
			Site     string
			Captures []struct{ File string }
		}
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(q.Captures); i++ {
			pairs++
			d := Diff(page(t, filepath.Join(dir, q.Captures[i-1].File)), page(t, filepath.Join(dir, q.Captures[i].File)))
			edits += len(d.Edited)
			removals += len(d.Removed)
			for _, e := range d.Edited {
				t.Logf("quiet %.30s edited %q %v", q.Site, clip(e.Title, 50), e.Fields)
			}
			if len(d.New) > 0 {
				news++
				t.Logf("quiet %.30s told %q", q.Site, clip(d.New[0].Title, 50))
			}
		}
	}
	t.Logf("quiet: %d false alerts of %d pairs, %d edits and %d removals told", news, pairs, edits, removals)
}

// BenchmarkMeasureFields prints how many of the truth's dates, websites and links
// are found, over posts whose title is.
func BenchmarkMeasureFields(b *testing.B) {
	for b.Loop() {
		measureFields(b)
	}
}

func measureFields(t testing.TB) {
	dir := filepath.Join(dataDir(t), "snapshot")
	type post struct {
		File, Title, Text, Website, Date string
		Links                            []string
	}
	pages := map[string]map[string]breach.Post{}
	dates, dateHit, sites, siteHit, links, linkHit := 0, 0, 0, 0, 0, 0
	f1, texts := 0.0, 0
	for line := range strings.Lines(string(load(t, filepath.Join(dir, "truth.jsonl")))) {
		var p post
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if pages[p.File] == nil {
			pages[p.File] = map[string]breach.Post{}
			for _, got := range read(t, filepath.Join(dir, "pages", p.File)).Posts {
				pages[p.File][fold(got.Title)] = got
			}
		}
		got, ok := pages[p.File][fold(p.Title)]
		if !ok {
			continue
		}
		if p.Date != "" {
			dates++
			if dayOf(got.Date) == dayOf(p.Date) {
				dateHit++
			}
		}
		if p.Website != "" {
			sites++
			if strings.TrimRight(got.Website, "/") == strings.TrimRight(p.Website, "/") {
				siteHit++
			}
		}
		for _, l := range p.Links {
			links++
			if slices.Contains(got.Links, l) {
				linkHit++
			}
		}
		if p.Text != "" {
			texts++
			f1 += tokenF1(p.Text, got.Text)
		}
	}
	t.Logf("dates %d/%d websites %d/%d links %d/%d text F1 %.3f of %d", dateHit, dates, siteHit, sites, linkHit, links, f1/float64(texts), texts)
}

func tokenF1(want, got string) float64 {
	count := map[string]int{}
	w, g := strings.Fields(want), strings.Fields(got)
	for _, x := range w {
		count[x]++
	}
	hit := 0
	for _, x := range g {
		if count[x] > 0 {
			count[x]--
			hit++
		}
	}
	return 2 * float64(hit) / float64(max(len(w)+len(g), 1))
}
