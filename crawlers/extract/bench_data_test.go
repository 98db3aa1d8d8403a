package extract

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

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

// stored is one stored page with what is known of it.
type stored struct {
	file, group, state string
	posts              []truth // nil if nobody wrote them down
}

type truth struct {
	Title, Text, Website, Date string
	Links                      []string
}

// stateWords translates the words of pagestate.csv.
var stateWords = map[string]string{"file_index": "index", "ddos_gate": "gate", "captcha_gate": "captcha", "js_shell": "shell",
	"login_or_negotiation": "login", "parked_or_squatted": "parked", "redirect_or_frame": "redirect", "other_info": "other", "browser_artefact": "other"}

// samples lists the stored pages of the snapshot.
func samples(t testing.TB) []stored {
	dir := filepath.Join(dataDir(t), "snapshot")
	known := map[string][]truth{}
	for line := range strings.Lines(string(load(t, filepath.Join(dir, "truth.jsonl")))) {
		var r struct {
			File string
			truth
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		known[r.File] = append(known[r.File], r.truth)
	}
	rows, err := csv.NewReader(bytes.NewReader(load(t, filepath.Join(dir, "pagestate.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []stored
	for _, row := range rows[1:] {
		if _, err := os.Stat(filepath.Join(dir, "pages", row[0])); err != nil {
			continue
		}
		state := row[2]
		if s, ok := stateWords[state]; ok {
			state = s
		}
		out = append(out, stored{row[0], row[1], state, known[row[0]]})
	}
	return out
}

// halves splits by group: rules are made looking at the first half only.
func halves(t testing.TB) map[string][]stored {
	out := map[string][]stored{}
	for _, s := range samples(t) {
		out[half(s.group)] = append(out[half(s.group)], s)
	}
	return out
}

func half(group string) string {
	looked := slices.Contains([]string{"clop", "darkleakmarket", "pysa"}, group) // to learn from their failures
	if looked || sha256.Sum256([]byte(group))[1]%2 == 0 {
		return "development"
	}
	return "held out"
}

func (s stored) read(t testing.TB) crawlers.Reading {
	return read(t, filepath.Join(dataDir(t), "snapshot", "pages", s.file))
}

// BenchmarkMeasureTitles prints macro F1 of titles over both halves of the
// snapshot and fails below the 25-line generic rule that watching.md names.
func BenchmarkMeasureTitles(b *testing.B) {
	for b.Loop() {
		for name, list := range halves(b) {
			measureTitles(b, name, list)
		}
	}
}

func measureTitles(t testing.TB, name string, list []stored) {
	sum, zero, perfect, n := 0.0, 0, 0, 0
	for _, s := range list {
		if s.posts == nil {
			continue
		}
		n++
		r := s.read(t)
		want, hit := map[string]int{}, 0
		for _, x := range s.posts {
			want[fold(x.Title)]++
		}
		for _, p := range r.Posts {
			if want[fold(p.Title)] > 0 {
				want[fold(p.Title)]--
				hit++
			}
		}
		f1 := 0.0
		if hit > 0 {
			f1 = 2 * float64(hit) / float64(len(r.Posts)+len(s.posts))
		}
		sum += f1
		switch f1 {
		case 0:
			zero++
		case 1:
			perfect++
		}
		if f1 < .97 && name == "development" {
			first := ""
			if len(r.Posts) > 0 {
				first = clip(r.Posts[0].Title, 40)
			}
			t.Logf("%-30.30s f1 %.2f got %d want %d state %s conf %.2f first %q want %q", s.file, f1, len(r.Posts), len(s.posts), r.State, r.Confidence, first, clip(s.posts[0].Title, 40))
		}
	}
	t.Logf("titles, %s: macro F1 %.3f, %d perfect, %d at zero, of %d", name, sum/float64(n), perfect, zero, n)
	if sum/float64(n) < .61 {
		t.Errorf("macro F1 %.3f is below .61", sum/float64(n))
	}
}

// BenchmarkMeasureStates prints macro F1 of page states over both halves.
func BenchmarkMeasureStates(b *testing.B) {
	for b.Loop() {
		for name, list := range halves(b) {
			measureStates(b, name, list)
		}
		measureStates(b, "both", samples(b))
	}
}

func measureStates(t testing.TB, name string, list []stored) {
	hit, told, want := map[string]int{}, map[string]int{}, map[string]int{}
	right := 0
	for _, s := range list {
		r := s.read(t)
		told[r.State]++
		want[s.state]++
		if r.State == s.state {
			right++
			hit[s.state]++
		} else if name == "development" {
			t.Logf("%-40.40s is %s, read as %s (%.2f, %d posts)", s.file, s.state, r.State, r.Confidence, len(r.Posts))
		}
	}
	sum := 0.0
	var each []string
	for state := range want {
		f1 := 2 * float64(hit[state]) / float64(told[state]+want[state])
		sum += f1
		each = append(each, fmt.Sprintf("%s %.2f of %d", state, f1, want[state]))
	}
	slices.Sort(each)
	t.Logf("states, %s: macro F1 %.3f, %d of %d right: %s", name, sum/float64(len(want)), right, len(list), strings.Join(each, ", "))
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
		measureChanges(b, "pairs alone", false, func(string) *Memory { return &Memory{} })
		for mode, apart := range map[string]bool{"with the group's memory": false, "with the group's memory, mirror by mirror": true} {
			memories := map[string]*Memory{}
			measureChanges(b, mode, apart, func(group string) *Memory {
				if memories[group] == nil {
					memories[group] = &Memory{}
				}
				return memories[group]
			})
		}
	}
}

func measureChanges(t testing.TB, mode string, apart bool, memory func(group string) *Memory) {
	dir := filepath.Join(dataDir(t), "timeline")
	hit, told, want, based := 0, 0, 0, 0
	unheld, early := 0, 0                      // told and held by no earlier capture; due, and held by one
	held := map[string][]string{}              // the captures of each group so far, in small letters
	before := func(group, title string) bool { // as raw text: not by what is extracted
		for _, body := range held[group] {
			if strings.Contains(body, fold(title)) {
				return true
			}
		}
		return false
	}
	hold := func(group, path string) {
		held[group] = append(held[group], strings.Join(strings.Fields(strings.ToLower(html.UnescapeString(string(load(t, path))))), " "))
	}
	for line := range strings.Lines(string(load(t, filepath.Join(dir, "events.jsonl")))) {
		var e struct {
			Group, File, Before, After string
			New                        []string `json:"new_titles"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		m := memory(e.Group)
		address := ""
		if apart {
			address = e.File // one for each location
		}
		m.SeeAt(address, page(t, filepath.Join(dir, e.Before)))
		known := m.Turn > 0
		c := m.SeeAt(address, page(t, filepath.Join(dir, e.After)))
		expected := map[string]bool{}
		for _, x := range e.New {
			expected[fold(x)] = true
		}
		right := 0
		hold(e.Group, filepath.Join(dir, e.Before))
		for _, p := range c.New {
			if expected[fold(p.Title)] {
				right++
			} else if !before(e.Group, p.Title) {
				unheld++
			}
			delete(expected, fold(p.Title))
		}
		for title := range expected {
			if before(e.Group, title) {
				early++
			}
		}
		for _, x := range e.New {
			expected[fold(x)] = true
		}
		hold(e.Group, filepath.Join(dir, e.After))
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
	t.Logf("%s: %d told that the truth has not: no earlier capture of the group holds %d of them; %d of the true not told stood in an earlier one", mode, told-hit, unheld, early)
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
// are found, and token F1 of texts; a post that was not found counts as none.
func BenchmarkMeasureFields(b *testing.B) {
	for b.Loop() {
		for name, list := range halves(b) {
			measureFields(b, name, list)
		}
	}
}

func measureFields(t testing.TB, name string, list []stored) {
	dates, dateHit, sites, siteHit, links, linkF1 := 0, 0, 0, 0, 0, 0.0
	f1, texts := 0.0, 0
	for _, s := range list {
		byTitle := map[string][]breach.Post{}
		for _, got := range s.read(t).Posts {
			byTitle[fold(got.Title)] = append(byTitle[fold(got.Title)], got)
		}
		fd, fs, ft, fl, n := 0, 0, 0.0, 0.0, 0 // of this page, to show what is missed
		for _, p := range s.posts {
			var got breach.Post
			if k := fold(p.Title); len(byTitle[k]) > 0 {
				got = byTitle[k][0]
				if len(byTitle[k]) > 1 {
					byTitle[k] = byTitle[k][1:]
				}
			}
			n++
			if p.Date != "" {
				dates++
				if dayOf(got.Date) == dayOf(p.Date) {
					dateHit++
				} else {
					fd++
				}
			}
			if p.Website != "" {
				sites++
				if strings.TrimRight(got.Website, "/") == strings.TrimRight(p.Website, "/") {
					siteHit++
				} else {
					fs++
				}
			}
			if len(p.Links) > 0 {
				links++
				f := setF1(p.Links, got.Links)
				linkF1 += f
				fl += 1 - f
			}
			if p.Text != "" {
				texts++
				f := tokenF1(p.Text, got.Text)
				f1 += f
				ft += 1 - f
			}
		}
		if name == "development" && (fd > 0 || fs > 0 || fl > .1 || ft > float64(n)/10) {
			t.Logf("%-40.40s of %d missed: %d dates, %d websites, %.1f of links, %.1f of texts", s.file, n, fd, fs, fl, ft)
		}
	}
	t.Logf("fields, %s: dates %d/%d, websites %d/%d, links F1 %.3f of %d, text F1 %.3f of %d", name, dateHit, dates, siteHit, sites, linkF1/float64(links), links, f1/float64(texts), texts)
}

// tokens are runs of letters and digits: how elements are joined says nothing.
func tokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func setF1(want, got []string) float64 {
	hit := 0
	for _, l := range want {
		if slices.Contains(got, l) {
			hit++
		}
	}
	return 2 * float64(hit) / float64(max(len(want)+len(got), 1))
}

func tokenF1(want, got string) float64 {
	count := map[string]int{}
	w, g := tokens(want), tokens(got)
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
