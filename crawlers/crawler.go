package crawlers

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/gocolly/colly/v2"

	"vigie/internal/breach"
)

// Crawler visits sources. It is safe for concurrent use; each visit has its
// own connections and cookies.
type Crawler struct {
	Begin    func(context.Context, breach.Source) (Recorder, error)
	Reader   Reader
	Renderer Renderer // nil: pages that need a browser stay shells
	Limits   Limits
	Lanes    *Lanes // nil: no bound over all visits
	Now      func() time.Time
	Tool     string        // name and version, for evidence
	Resolver *net.Resolver // nil is the machine's
}

// UserAgent is a common one: leak sites turn strangers away.
const UserAgent = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"

// Visit is Revisit of a source that nothing is known of.
func (c *Crawler) Visit(ctx context.Context, src breach.Source) (Visit, error) {
	return c.Revisit(ctx, src, &Memory{})
}

// Revisit asks a source for its listing, its further pages and the pages of
// its posts, within the limits, and returns what was kept and read. Its
// mirrors are asked in the order of what they are expected to bring, until one
// shows posts. A site that fails is an outcome, not an error: Visit.State,
// Alarm and Fault say so. An error means that the visit could not be made or
// its evidence not be kept. The memory is read, not changed: Memory.Note is
// for when the visit has been kept.
func (c *Crawler) Revisit(ctx context.Context, src breach.Source, mem *Memory) (Visit, error) {
	order, err := c.reachable(src, mem.Order(src, c.Now()))
	if err != nil {
		return Visit{}, fmt.Errorf("source %s: %w", src.ID, err)
	}
	rec, err := c.Begin(ctx, src)
	if err != nil {
		return Visit{}, fmt.Errorf("visiting source %s: %w", src.ID, err)
	}
	defer rec.Abort()
	bounded, cancel := context.WithTimeout(ctx, c.Limits.Visit)
	defer cancel()
	t := c.tour(bounded, src, mem, rec)
	defer t.gate.close()
	t.run(order)
	if t.broken != nil {
		return Visit{}, fmt.Errorf("visiting source %s: %w", src.ID, t.broken)
	}
	if err := ctx.Err(); err != nil {
		return Visit{}, fmt.Errorf("visiting source %s: %w", src.ID, err)
	}
	kept, err := rec.Close(ctx)
	if err != nil {
		return Visit{}, fmt.Errorf("visiting source %s: %w", src.ID, err)
	}
	v, err := t.outcome(kept)
	if err != nil {
		return Visit{}, fmt.Errorf("visiting source %s: %w", src.ID, err)
	}
	return v, nil
}

// reachable leaves out addresses that no visit could succeed for; when none is
// left it says why.
func (c *Crawler) reachable(src breach.Source, order []string) (ok []string, err error) {
	err = fmt.Errorf("no address: %w", breach.ErrInvalid)
	for _, a := range order {
		u, perr := url.Parse(a)
		if perr != nil {
			err = fmt.Errorf("malformed address: %w", breach.ErrInvalid)
		} else if cerr := c.check(src, u); cerr != nil {
			err = cerr
		} else {
			ok = append(ok, a)
		}
	}
	if len(ok) > 0 {
		err = nil
	}
	return ok, err
}

// check refuses a source that no visit could succeed for.
func (c *Crawler) check(src breach.Source, u *url.URL) error {
	if isOnion(u.Hostname()) && src.Proxy == "" {
		return refuse("onion-needs-proxy", "give the source a socks5h proxy")
	}
	return checkURL(u, src.Local)
}

func (c *Crawler) tour(ctx context.Context, src breach.Source, mem *Memory, rec Recorder) *tour {
	t := &tour{c: c, ctx: ctx, src: src, rec: rec, at: c.Now(), states: map[breach.CaptureID]string{},
		spotted: map[string]string{}, byID: map[breach.PostID]bool{}, seen: map[string]bool{}, jar: newJar(c.Now, allowed(src, mem.Cookies))}
	t.reader, t.history = c.Reader, mem.History
	if t.history != nil {
		t.reader = t.history
	}
	session := mem.Session
	if session == "" {
		session = rand.Text()
	}
	t.gate = &gate{
		dialer: &dialer{source: src, circuit: session, resolver: c.Resolver, stall: c.Limits.Stall},
		limits: c.Limits, now: c.Now, tool: c.Tool,
		record: func(ctx context.Context, ex breach.Exchange) error {
			// A deadline of the page must not lose the evidence of it.
			capture, err := rec.Record(context.WithoutCancel(ctx), ex)
			if err != nil {
				t.broken = err
				return err
			}
			t.last = capture
			t.states[capture.ID] = defaultState(capture.Status)
			return nil
		},
	}
	t.colly = t.newCollector()
	t.colly.OnResponse(func(r *colly.Response) {
		t.onPage(Page{URL: r.Request.URL.String(), Status: r.StatusCode, Body: r.Body,
			ContentType: r.Headers.Get("Content-Type"), Truncated: r.Headers.Get(headerTruncated) != ""}, *r.Headers)
	})
	return t
}

// newCollector sets everything colly would take from its defaults or from
// COLLY_ variables of the environment, a cache on disk among them.
func (t *tour) newCollector() *colly.Collector {
	limits := t.c.Limits
	col := colly.NewCollector(colly.StdlibContext(t.ctx))
	col.UserAgent, col.CacheDir, col.MaxDepth = UserAgent, "", 0
	col.MaxBodySize, col.ParseHTTPErrorResponse, col.AllowURLRevisit = 0, true, true // gate and tour see to it
	col.IgnoreRobotsTxt, col.DetectCharset, col.Async = true, false, false
	col.AllowedDomains, col.DisallowedDomains = nil, nil
	col.WithTransport(t.gate)
	col.SetRequestTimeout(limits.Visit)
	col.SetRedirectHandler(func(_ *http.Request, via []*http.Request) error {
		if len(via) > limits.Redirects {
			return refuse("redirects", fmt.Sprintf("more than %d redirects", limits.Redirects))
		}
		return nil
	})
	col.SetCookieJar(t.jar)
	return col
}
