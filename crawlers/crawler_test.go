package crawlers

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/internal/breach"
)

// site serves invented pages on loopback.
func site(t *testing.T, h http.HandlerFunc) breach.Source {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return breach.Source{ID: "invented", URL: srv.URL + "/", Local: true}
}

// tape is a Recorder in memory.
type tape struct {
	mu        sync.Mutex
	exchanges []breach.Exchange
	captures  []breach.Capture
	err       error
	closed    bool
}

func (r *tape) Record(_ context.Context, ex breach.Exchange) (breach.Capture, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return breach.Capture{}, r.err
	}
	c := breach.Capture{ID: breach.CaptureID(breach.NewID("cap")), URL: ex.URL, Status: ex.Status, Truncated: ex.Truncated != ""}
	r.exchanges, r.captures = append(r.exchanges, ex), append(r.captures, c)
	return c, nil
}

func (r *tape) Close(context.Context) ([]breach.Capture, error) {
	r.closed = true
	return r.captures, r.err
}
func (r *tape) Abort() {}

// h2Reader takes every <h2> for a post and rel=next for a further page.
type h2Reader struct{}

var (
	h2   = regexp.MustCompile(`<h2><a href="([^"]*)">([^<]*)</a></h2>`)
	next = regexp.MustCompile(`<a rel="next" href="([^"]*)">`)
)

func (h2Reader) Read(p Page) Reading {
	r := Reading{State: StateOther}
	for _, m := range h2.FindAllSubmatch(p.Body, -1) {
		r.State = StateListing
		r.Posts = append(r.Posts, breach.Post{Title: string(m[2]), Links: []string{string(m[1])}})
	}
	for _, m := range next.FindAllSubmatch(p.Body, -1) {
		r.Next = append(r.Next, string(m[1]))
	}
	return r
}

func (h2Reader) Complete(post breach.Post, p Page) breach.Post {
	post.Text = "completed"
	post.Links = append(post.Links, "/files/extract.csv")
	return post
}

func fast() Limits {
	l := DefaultLimits()
	l.Stall, l.Page, l.Visit, l.Pause = 300*time.Millisecond, time.Second, 4*time.Second, 0
	return l
}

func crawler(r *tape) *Crawler {
	return &Crawler{Reader: h2Reader{}, Limits: fast(), Now: time.Now, Tool: "vigie test",
		Begin: recordTo(r)}
}

func recordTo(r *tape) func(context.Context, breach.Source) (Recorder, error) {
	return func(context.Context, breach.Source) (Recorder, error) { return r, nil }
}

func visit(t *testing.T, c *Crawler, src breach.Source) Visit {
	t.Helper()
	v, err := c.Visit(t.Context(), src)
	if err != nil {
		t.Fatalf("visit: %v", err)
	}
	return v
}

func TestVisitRecordsThenReads(t *testing.T) {
	var files int
	src := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/":
			_, _ = w.Write([]byte(`<h2><a href="/post/1">Mairie inventée</a></h2><a rel="next" href="/?page=2">more</a>` +
				strings.Repeat("<!-- filler -->", 1000)))
		case "/post/1":
			_, _ = w.Write([]byte("details"))
		default:
			files++
		}
	})
	tp := &tape{}
	v, err := crawler(tp).Visit(t.Context(), breach.Source{ID: src.ID, URL: src.URL + "?page=1", Local: true})
	if err != nil {
		t.Fatal(err)
	}
	if v.State != StateListing || len(v.Posts) != 1 || !tp.closed {
		t.Fatalf("visit: %+v", v)
	}
	p := v.Posts[0]
	if p.Text != "completed" || p.ID != PostID("invented", "mairie  INVENTÉE") || p.Capture != v.Captures[0].ID {
		t.Errorf("post: %+v", p)
	}
	if want := src.URL + "files/extract.csv"; len(p.Links) != 2 || p.Links[1] != want {
		t.Errorf("links %q, want the second to be %q", p.Links, want)
	}
	if files != 0 {
		t.Errorf("%d files were asked for; a visit fetches none", files)
	}
	ex := tp.exchanges[0]
	if !bytes.HasPrefix(ex.Request, []byte("GET /?page=1 HTTP/1.1\r\n")) || !bytes.HasPrefix(ex.Response, []byte("HTTP/1.1 200 OK\r\n")) {
		t.Errorf("exchange is not as on the wire: %.60q %.60q", ex.Request, ex.Response)
	}
	if !bytes.Contains(ex.Response, []byte("Transfer-Encoding: chunked")) || ex.Address == "" {
		t.Errorf("transfer encoding or address lost: %q, %.200q", ex.Address, ex.Response)
	}
}

func TestPostIDs(t *testing.T) {
	for _, tc := range []struct {
		name, a, b string
		same       bool
	}{
		{"case, spaces and form do not matter", "Mairie  d’E\u0301tables", "MAIRIE d’Étables", true},
		{"other words do", "Mairie de Saint-Orbe", "Mairie de Saint-Orbe part 2", false},
	} {
		if same := PostID("s", tc.a) == PostID("s", tc.b); same != tc.same {
			t.Errorf("%s: same %v", tc.name, same)
		}
	}
	if PostID("s", "x") == PostID("t", "x") {
		t.Error("two sources share a post")
	}
	order := []int{1, 2, 3}
	src := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for _, i := range order {
			_, _ = fmt.Fprintf(w, `<h2><a href="/p/%d?t=%d">[hidden]</a></h2>`, i, order[0])
		}
	})
	ids := func() map[breach.PostID]bool {
		c := crawler(&tape{})
		c.Limits.Pages = 1
		out := map[breach.PostID]bool{}
		for _, p := range visit(t, c, src).Posts {
			out[p.ID] = true
		}
		return out
	}
	before := ids()
	order = []int{3, 1, 2}
	if after := ids(); len(before) != 3 || !maps.Equal(before, after) {
		t.Errorf("posts of one title: %v, shuffled %v", before, after)
	}
}
