package extract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// lesson is a page with its choices and how good each is: F1 of its titles.
type lesson struct {
	file  string
	posts int
	x     []traits
	f1    []float64
	what  []string // the first title of each
}

// tale is a page as its writer tells it.
type tale struct {
	File, URL, State string
	Posts            []struct{ Title string }
	Page             string // where it stands in no file
}

// talesIn reads the pages of one writer: lines of JSON, in testdata; or a folder
// in which pages.jsonl tells the file, the state and the posts of each, and
// pages/ holds them.
func talesIn(t *testing.T, path string) (out []tale) {
	t.Helper()
	whole := strings.HasSuffix(path, ".gz")
	body, err := unzipped(path)
	if !whole {
		body, err = os.ReadFile(filepath.Join(path, "pages.jsonl"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(body) {
		var x tale
		if json.Unmarshal(line, &x) != nil {
			t.Fatal("a page is not told in JSON")
		}
		if !whole {
			page, err := os.ReadFile(filepath.Join(path, "pages", filepath.Base(x.File)))
			if err != nil {
				t.Fatal(err)
			}
			x.Page = string(page)
		}
		out = append(out, x)
	}
	return out
}

func unzipped(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// lessonsIn reads the pages of one writer. What is read before any choice is made
// (JSON, threads, pastes) teaches nothing, nor do folders: they are lists, and
// what tells them apart comes later.
func lessonsIn(t *testing.T, path string) (out []lesson) {
	t.Helper()
	for _, row := range talesIn(t, path) {
		page := []byte(row.Page)
		root, err := html.Parse(bytes.NewReader(decoded(page, "")))
		if err != nil {
			t.Fatal(err)
		}
		lay(root)
		d := newDocument(root)
		_, coded := fromJSON(page)
		_, thread := d.thread()
		_, paste := d.paste()
		if coded || thread || strings.HasSuffix(row.State, "index") {
			continue
		}
		want := map[string]int{}
		for _, p := range row.Posts {
			want[fold(p.Title)]++
		}
		l := lesson{file: row.File, posts: len(row.Posts)}
		add := func(x traits, titles []located) {
			l.x, l.f1 = append(l.x, x), append(l.f1, f1Of(titles, want, len(row.Posts)))
			l.what = append(l.what, titles[0].key+" "+clip(titles[0].text, 40))
		}
		groups, singles := append(d.groups(), d.texts()...), d.singles()
		if paste { // that is what it is, unless its lines are posts
			groups, singles = d.texts(), nil
		}
		for _, g := range groups {
			for _, c := range d.choices(g) {
				add(c.x, d.titlesAt(g.records, c.titles))
			}
		}
		for _, g := range singles {
			add(g.x, []located{*g.fixed})
		}
		if paste && slices.Max(append(l.f1, 0)) < .5 {
			l.posts = 0 // none but itself
		}
		if len(l.x) > 0 {
			out = append(out, l)
		}
	}
	return out
}

func f1Of(titles []located, want map[string]int, posts int) float64 {
	got := map[string]int{}
	if len(titles) > 1 {
		unnumbered(titles)
	}
	hit, all := 0, 0
	for _, t := range titles {
		if t.text == "" {
			continue
		}
		all++
		k := fold(clip(bared(t.text), maxTitle))
		if got[k]++; got[k] <= want[k] {
			hit++
		}
	}
	if hit == 0 {
		return 0
	}
	return 2 * float64(hit) / float64(all+posts)
}

const (
	rounds    = 1000
	stride    = .03 // of Adam
	hold      = .001
	sharpness = 8   // near the best is good, half as good is not
	barren    = 1.5 // weight of pages without posts: there are many more kinds of them than any set has
	single    = 2   // weight of pages of one post: they are few, and lists teach nothing of them
)

// fit climbs the mean log of the likelihood that the model gives the best
// choices, or none where none is right; exponents are held near the start.
func fit(lessons []lesson, start traits) traits {
	w := start
	var m, v traits
	for round := 1; round <= rounds; round++ {
		var grad traits
		for _, l := range lessons {
			weight := 1 / float64(len(lessons))
			switch l.posts {
			case 0:
				weight *= barren
			case 1:
				weight *= single
			}
			l.climb(&w, &grad, weight)
		}
		for k := range w {
			g := grad[k] - hold*(w[k]-start[k])
			m[k] = .9*m[k] + .1*g
			v[k] = .999*v[k] + .001*g*g
			w[k] += stride * (m[k] / (1 - math.Pow(.9, float64(round)))) / (math.Sqrt(v[k]/(1-math.Pow(.999, float64(round)))) + 1e-8)
		}
	}
	return w
}

// climb adds the gradient of one page.
func (l lesson) climb(w, grad *traits, weight float64) {
	best, top := 0.0, 0.0
	u := make([]float64, len(l.x)+1) // the last one is no choice
	for i := range l.x {
		best = max(best, l.f1[i])
		u[i] = l.x[i].score(w)
		top = max(top, u[i])
	}
	all, good := 0.0, 0.0
	right := make([]float64, len(u))
	for i := range u {
		u[i] = math.Exp(u[i] - top)
		all += u[i]
		switch {
		case i < len(l.f1) && best > 0:
			right[i] = math.Pow(l.f1[i]/best, sharpness)
		case i == len(l.f1) && best == 0:
			right[i] = 1
		}
		good += u[i] * right[i]
	}
	for i := range l.x {
		d := weight * (u[i]*right[i]/max(good, 1e-300) - u[i]/all)
		for k, x := range l.x[i] {
			grad[k] += d * x
		}
	}
}

// judged tells macro F1 over the pages with posts; say names the pages of which
// a better choice was there.
func judged(t *testing.T, name string, lessons []lesson, w traits, say bool) float64 {
	t.Helper()
	sum, oracle, n, zero, falsely := 0.0, 0.0, 0, 0, 0
	for _, l := range lessons {
		f, top, best, listed := 0.0, 0.0, 0.0, false
		for i := range l.x {
			if u := l.x[i].score(&w); u > top {
				f, top, listed = l.f1[i], u, true
			}
			best = max(best, l.f1[i])
		}
		if l.posts == 0 {
			if listed {
				falsely++
			}
			continue
		}
		n++
		sum, oracle = sum+f, oracle+best
		if f == 0 {
			zero++
		}
		if say && f < best {
			t.Logf("%s: F1 %.2f of %.2f", l.file, f, best)
		}
	}
	t.Logf("%s: macro F1 %.3f (the best choices: %.3f), %d of %d pages at zero; %d of %d without posts taken for a list", name, sum/float64(n), oracle/float64(n), zero, n, falsely, len(lessons)-n)
	return sum / float64(n)
}

// byHand are the exponents that were guessed before any were learnt: learning
// begins at them, and stays near them where pages say nothing.
var byHand = traits{
	tOne: 1.2, tPresence: .8, tDifferent: 1.5, tGood: 1, tEarly: 1, tMark: 1, tCoverage: .35, tNumber: 1, tAside: -.92, tCell: -.7, tInline: -.7,
	tPost: -3, tKinds: .5, tProse: 1, tForm: -1, tNote: -3, tLabels: .5, tFiles: .5, tWords: 1, tPlace: .5, tFar: -.3, tPassed: -.7, tLate: -1, tCalled: 1.5, tTop: .5, tPosted: 1,
}

// TestLearnChoice learns the weights of choices from the pages of writers who had
// not seen the code, says how well those of all but one do on it, and prints what
// all teach: what is learnt must do better on a writer it has not seen than what
// was guessed. VIGIE_LEARN names more of them, parted by colons.
func TestLearnChoice(t *testing.T) {
	paths := toldPages(t, "testdata/writers/*.jsonl.gz")
	var sets [][]lesson
	var all []lesson
	for _, path := range paths {
		l := lessonsIn(t, path)
		sets, all = append(sets, l), append(all, l...)
	}
	for i, held := range sets {
		guessed := judged(t, "guessed", held, byHand, false)
		if learnt := judged(t, "learnt from the others", held, fit(without(sets, i), byHand), true); learnt <= guessed {
			t.Errorf("set %d: what is learnt reaches %.3f, what was guessed %.3f", i, learnt, guessed)
		}
	}
	w := fit(all, byHand)
	judged(t, "learnt from all", all, w, true)
	t.Logf("%.3f", w)
}

// toldPages are the files of told pages, and the folders that VIGIE_LEARN names.
func toldPages(t *testing.T, files string) []string {
	t.Helper()
	paths, err := filepath.Glob(files)
	if err != nil || len(paths) < 2 {
		t.Fatal(paths, err)
	}
	if more := os.Getenv("VIGIE_LEARN"); more != "" {
		paths = append(paths, strings.Split(more, ":")...)
	}
	return paths
}

// without is all that the sets hold but for one of them.
func without[T any](sets [][]T, held int) []T {
	return slices.Concat(slices.Concat(sets[:held]...), slices.Concat(sets[held+1:]...))
}
