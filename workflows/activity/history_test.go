package activity

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/crawlers/extract"
	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/workflows"
)

// claim is a post of an invented site, with a page of its own.
type claim struct{ path, title, text string }

// mirrors serve each what it is told to show.
func mirrors(t *testing.T, n int) (breach.Source, func(mirror int, claims ...claim)) {
	t.Helper()
	var mu sync.Mutex
	shown := make([][]claim, n)
	src := breach.Source{ID: "site", Local: true, Every: time.Hour}
	for i := range n {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			var b strings.Builder
			b.WriteString(`<html><body><nav><a href="/">Home</a></nav><div class="list">`)
			for _, c := range shown[i] {
				if c.path == r.URL.Path {
					_, _ = fmt.Fprintf(w, `<html><body><h1>%s</h1><div>%s</div></body></html>`, c.title, c.text)
					return
				}
				excerpt := c.text[:min(len(c.text), 60)] + "..."
				_, _ = fmt.Fprintf(&b, `<div class="card"><h3><a href="%s">%s</a></h3><p>%s</p></div>`, c.path, c.title, excerpt)
			}
			_, _ = fmt.Fprint(w, b.String(), `</div><footer>Write to us.</footer></body></html>`)
		}))
		t.Cleanup(srv.Close)
		if src.URL == "" {
			src.URL = srv.URL + "/"
		} else {
			src.Mirrors = append(src.Mirrors, srv.URL+"/")
		}
	}
	return src, func(mirror int, claims ...claim) {
		mu.Lock()
		defer mu.Unlock()
		shown[mirror] = claims
	}
}

// A source is one whatever mirror is asked: what one shows late is neither new
// nor removed nor edited.
func TestHistoryOverMirrors(t *testing.T) {
	t.Parallel()
	src, show := mirrors(t, 2)
	s := crewOn(t, t.TempDir(), keyring, src) // what it knows between visits is in its store alone
	s.Crawler.Reader = extract.Reader{}
	text := func(of string) string { return strings.Repeat("Contracts and mail of "+of+". ", 8) }
	a, b, c := claim{"/p/a1", "Acme Plastics", text("Acme")}, claim{"/p/b2", "Bordes Logistique", text("Bordes")}, claim{"/p/c3", "Durandal Conseil", text("Durandal")}
	late, renamed := claim{"/p/d4", "Kumquat Industrie", text("Kumquat")}, claim{"/p/b2", "Mairie de Saint-Orbe", text("Bordes")}
	var before []breach.Post
	for _, step := range []struct {
		name   string
		first  []claim // shown by the mirror that is asked
		second []claim
		only   int // the mirror that answers
		want   workflows.CrawlResult
	}{
		{"first visit", []claim{a, b, c}, nil, 0, workflows.CrawlResult{Posts: 3, New: 3}},
		{"the mirror shows the same", nil, []claim{a, b, c}, 1, workflows.CrawlResult{Posts: 3}},
		{"new on the first", []claim{late, a, b, c}, nil, 0, workflows.CrawlResult{Posts: 4, New: 1}},
		{"not yet on the mirror", nil, []claim{a, b, c}, 1, workflows.CrawlResult{Posts: 3}},
		{"now on the mirror", nil, []claim{late, a, b, c}, 1, workflows.CrawlResult{Posts: 4}},
		{"renamed under its link", []claim{late, a, renamed, c}, nil, 0, workflows.CrawlResult{Posts: 4, Edited: 1}},
		{"the mirror has the old title still", nil, []claim{late, a, b, c}, 1, workflows.CrawlResult{Posts: 4}},
		{"and the new one later", nil, []claim{late, a, renamed, c}, 1, workflows.CrawlResult{Posts: 4}},
		{"taken away on the first", []claim{late, renamed, c}, nil, 0, workflows.CrawlResult{Posts: 3}},
		{"and then on the mirror", nil, []claim{late, renamed, c}, 1, workflows.CrawlResult{Posts: 3, Removed: 1}},
	} {
		show(0, step.first...)
		show(1, step.second...)
		one := src
		one.URL, one.Mirrors = append([]string{src.URL}, src.Mirrors...)[step.only], nil
		t.Run(step.name, func(t *testing.T) {
			_, got, err := s.VisitSource(t.Context(), one, true)
			if err != nil {
				t.Fatal(err)
			}
			if got.Captures = 0; got != step.want {
				t.Errorf("%+v, want %+v", got, step.want)
			}
			before = stored(t, s.Store)
		})
	}
	if len(before) != 4 {
		t.Fatalf("%d posts, want 4: %+v", len(before), before)
	}
	for _, p := range before {
		if gone := !p.GoneAt.IsZero(); gone != (p.Title == a.title) {
			t.Errorf("%q gone: %t", p.Title, gone)
		}
		if len(p.Text) < 150 || !p.Own {
			t.Errorf("%q holds an excerpt alone: %d bytes", p.Title, len(p.Text))
		}
	}
}

func stored(t *testing.T, st *store.Store) []breach.Post {
	t.Helper()
	list, err := st.PostsOf(t.Context(), "site", 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
