package activity

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gocolly/colly/v2"

	"vigie/crawlers"
	"vigie/crawlers/extract"
	"vigie/internal/breach"
)

// books serves a listing of many pages, some 11 kB each, as the shop does that
// crawlers are compared on: invented bodies instead of its books.
func books(b *testing.B) *httptest.Server {
	b.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 0
		_, _ = fmt.Sscanf(r.URL.Path, "/page-%d", &n)
		var s strings.Builder
		s.WriteString(`<!doctype html><html><head><title>Companies</title></head><body><div class="list">`)
		for i := range 20 {
			name := invented(n*20 + i)
			_, _ = fmt.Fprintf(&s, `<div class="post"><h3><a href="#%d-%d">%s</a></h3><p>%s</p><span>2031-03-%02d</span></div>`,
				n, i, name, strings.Repeat("Les données de "+name+", par centaines de milliers. ", 7), 1+i)
		}
		_, _ = fmt.Fprintf(&s, `</div><ul class="pager"><li class="next"><a rel="next" href="/page-%d">next</a></li></ul></body></html>`, n+1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(s.String()))
	}))
	b.Cleanup(srv.Close)
	return srv
}

// invented is the n-th of many company names.
func invented(n int) string {
	parts := []string{"Bor", "Cal", "Dun", "Fer", "Gim", "Hal", "Jor", "Kem", "Lor", "Mun", "Nav", "Pel", "Quin", "Ros", "Sul", "Tav"}
	return parts[n%16] + strings.ToLower(parts[n/16%16]) + strings.ToLower(parts[n/256%16]) + "ex " + []string{"Logistique", "Industrie", "Santé", "Énergie"}[n%4]
}

const inFlight = 8

// worked is the processor time this process has used.
func worked() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rates gives pages a second of both clocks: that of the wall, and that of two
// processors with nothing else to do.
func rates(b *testing.B, pages int, work time.Duration) {
	b.ReportMetric(float64(pages)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(2*float64(pages)/work.Seconds(), "pages/s-of-2-cpus")
	b.ReportMetric(float64(work.Microseconds())/float64(pages), "cpu-µs/page")
}

// query reads a page as the comparison does: parsed, with one CSS query.
type query struct{}

func (query) Read(p crawlers.Page) crawlers.Reading {
	r := crawlers.Reading{State: crawlers.StateListing}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(p.Body))
	if err != nil {
		return crawlers.Reading{State: crawlers.StateError}
	}
	doc.Find("div.post h3 a").Each(func(_ int, a *goquery.Selection) {
		r.Posts = append(r.Posts, breach.Post{Title: a.Text()})
	})
	next, _ := doc.Find("a[rel=next]").Attr("href")
	r.Next = []string{next}
	return r
}
func (query) Complete(p breach.Post, _ crawlers.Page) breach.Post { return p }

// BenchmarkPages fetches pages by visits of 30, records them in sealed WARC
// files and reads them, with one CSS query or with the extractor that needs no
// rule; colly alone fetches the same pages, keeps nothing and runs the query.
func BenchmarkPages(b *testing.B) {
	for name, reader := range map[string]crawlers.Reader{"evidence": query{}, "evidence, extracted without a rule": extract.Reader{}} {
		b.Run(name, func(b *testing.B) {
			srv := books(b)
			s := crewOn(b, b.TempDir(), keyring)
			s.Crawler.Reader = reader
			pages, work := parallel(b, func(i int) int {
				v, err := s.Crawler.Visit(b.Context(), breach.Source{ID: breach.SourceID(fmt.Sprint("site", i)), URL: srv.URL + "/page-0", Local: true})
				if err != nil || len(v.Posts) != 20*len(v.Captures) {
					b.Errorf("%d posts on %d pages: %v", len(v.Posts), len(v.Captures), err)
				}
				return len(v.Captures)
			})
			rates(b, pages, work)
		})
	}
	b.Run("colly alone", func(b *testing.B) {
		srv := books(b)
		pages, work := parallel(b, func(int) int {
			c := colly.NewCollector()
			n, posts := 0, 0
			c.OnHTML("div.post h3 a", func(*colly.HTMLElement) { posts++ })
			c.OnScraped(func(*colly.Response) {
				if n++; n < 30 {
					_ = c.Visit(fmt.Sprintf("%s/page-%d", srv.URL, n))
				}
			})
			if err := c.Visit(srv.URL + "/page-0"); err != nil || posts != 600 {
				b.Errorf("%d posts: %v", posts, err)
			}
			return n
		})
		rates(b, pages, work)
	})
}

// parallel makes b.N visits, inFlight at a time, and sums their pages.
func parallel(b *testing.B, visit func(i int) int) (int, time.Duration) {
	var all sync.WaitGroup
	var mu sync.Mutex
	pages := 0
	slots := make(chan struct{}, inFlight)
	b.ResetTimer()
	before := worked()
	for i := range b.N {
		slots <- struct{}{}
		all.Go(func() {
			n := visit(i)
			mu.Lock()
			pages += n
			mu.Unlock()
			<-slots
		})
	}
	all.Wait()
	return pages, worked() - before
}
