package crawlers

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"

	"vigie/internal/breach"
)

// Recorded is one exchange of a visit as evidence holds it.
type Recorded struct {
	Capture  breach.Capture
	Response []byte // as received; without a body where it was the same as before
}

// Reread reads the posts of a visit again from its evidence, with nothing asked
// of any site: what a listing shows, and what the pages of its posts add. It
// also gives each capture the state that its page has now.
func Reread(src breach.Source, reader Reader, history History, visit []Recorded) []breach.Post {
	t := &tour{src: src, reader: reader, history: history, byID: map[breach.PostID]bool{}}
	own := map[string]int{} // a post's own page, to the post
	for i := range visit {
		r := &visit[i]
		p, ok := r.page()
		if !ok {
			continue
		}
		if at, is := own[p.URL]; is {
			t.posts[at] = reader.Complete(t.posts[at], p)
			t.posts[at].Own = true
			continue
		}
		got := reader.Read(p)
		r.Capture.State = got.State
		t.last, t.at = r.Capture, r.Capture.At
		if got.State != StateListing && got.State != StateIndex && got.State != StateMarket {
			continue
		}
		if t.listing == "" {
			t.listing = p.URL
		}
		before := len(t.posts)
		t.collect(p, got.Posts)
		for k := before; k < len(t.posts); k++ {
			if l := t.posts[k].Links; len(l) > 0 && l[0] != p.URL && sameHost(l[0], p.URL) {
				own[l[0]] = k
			}
		}
	}
	if history != nil && len(t.posts) > 0 {
		history.Follow(Listing{Address: t.listing, Posts: t.posts})
	}
	return t.posts
}

// page decodes what came back, as a visit does.
func (r Recorded) page() (Page, bool) {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(r.Response)), nil)
	if err != nil {
		return Page{}, false
	}
	g := gate{limits: DefaultLimits()}
	body, err := io.ReadAll(io.LimitReader(resp.Body, g.limits.Body))
	_ = resp.Body.Close()
	if err != nil && len(body) == 0 || len(body) == 0 {
		return Page{}, false
	}
	read, err := g.decode(resp, body, r.Capture.Truncated)
	if err != nil {
		return Page{}, false
	}
	defer func() { _ = read.Body.Close() }()
	plain, err := io.ReadAll(read.Body)
	if err != nil {
		return Page{}, false
	}
	return Page{URL: r.Capture.URL, Status: read.StatusCode, ContentType: read.Header.Get("Content-Type"), Body: plain, Truncated: r.Capture.Truncated}, true
}

func sameHost(a, b string) bool {
	ua, err := url.Parse(a)
	ub, err2 := url.Parse(b)
	return err == nil && err2 == nil && ua.Host == ub.Host
}
