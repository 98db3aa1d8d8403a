package crawlers

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"vigie/internal/breach"
)

// Crawler visits sources. It is safe for concurrent use; each visit has its
// own connections and cookies.
type Crawler struct {
	Begin    func(context.Context, breach.Source) (Recorder, error)
	Reader   Reader
	Limits   Limits
	Now      func() time.Time
	Tool     string        // name and version, for evidence
	Resolver *net.Resolver // nil is the machine's
}

// userAgent is a common one: leak sites turn strangers away.
const userAgent = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"

// Visit asks a source for its listing, its further pages and the pages of its
// posts, within the limits, and returns what was kept and read. A site that
// fails is an outcome, not an error: Visit.State, Alarm and Fault say so. An
// error means that the visit could not be made or its evidence not be kept.
func (c *Crawler) Visit(ctx context.Context, src breach.Source) (Visit, error) {
	start, err := url.Parse(src.URL)
	if err != nil {
		return Visit{}, fmt.Errorf("source %s: malformed address: %w", src.ID, breach.ErrInvalid)
	}
	if err := c.check(src, start); err != nil {
		return Visit{}, fmt.Errorf("source %s: %w", src.ID, err)
	}
	rec, err := c.Begin(ctx, src)
	if err != nil {
		return Visit{}, fmt.Errorf("visiting source %s: %w", src.ID, err)
	}
	defer rec.Abort()
	bounded, cancel := context.WithTimeout(ctx, c.Limits.Visit)
	defer cancel()
	t := c.tour(bounded, src, rec)
	t.run(start)
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
	return t.outcome(kept), nil
}

// check refuses a source that no visit could succeed for.
func (c *Crawler) check(src breach.Source, u *url.URL) error {
	if isOnion(u.Hostname()) && src.Proxy == "" {
		return refuse("onion-needs-proxy", "give the source a socks5h proxy")
	}
	return checkURL(u, src.Local)
}

// tour is one visit under way.
type tour struct {
	c      *Crawler
	ctx    context.Context
	src    breach.Source
	colly  *colly.Collector
	at     time.Time
	last   breach.Capture // of the exchange that colly is being given
	broken error          // evidence could not be kept
	states map[breach.CaptureID]string
	posts  []breach.Post
	byID   map[breach.PostID]int
	seen   map[string]bool // addresses asked for
	asked  int
	state  string
	fault  string
	onPage func(Page)
}

func (c *Crawler) tour(ctx context.Context, src breach.Source, rec Recorder) *tour {
	t := &tour{c: c, ctx: ctx, src: src, at: c.Now(), states: map[breach.CaptureID]string{},
		byID: map[breach.PostID]int{}, seen: map[string]bool{}}
	g := &gate{
		dialer: &dialer{source: src, circuit: rand.Text(), resolver: c.Resolver, stall: c.Limits.Stall},
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
	t.colly = newCollector(ctx, g, c.Limits, src.Local)
	t.colly.OnResponse(func(r *colly.Response) {
		t.onPage(Page{URL: r.Request.URL.String(), Status: r.StatusCode, Body: r.Body,
			ContentType: r.Headers.Get("Content-Type"), Truncated: r.Headers.Get(headerTruncated) != ""})
	})
	return t
}

// newCollector sets everything colly would take from its defaults or from
// COLLY_ variables of the environment, a cache on disk among them.
func newCollector(ctx context.Context, rt http.RoundTripper, limits Limits, local bool) *colly.Collector {
	col := colly.NewCollector(colly.StdlibContext(ctx))
	col.UserAgent, col.CacheDir, col.MaxDepth = userAgent, "", 0
	col.MaxBodySize, col.ParseHTTPErrorResponse, col.AllowURLRevisit = 0, true, true // gate and tour see to it
	col.IgnoreRobotsTxt, col.DetectCharset, col.Async = true, false, false
	col.AllowedDomains, col.DisallowedDomains = nil, nil
	col.WithTransport(rt)
	col.SetRequestTimeout(limits.Visit)
	col.SetRedirectHandler(func(_ *http.Request, via []*http.Request) error {
		if len(via) > limits.Redirects {
			return refuse("redirects", fmt.Sprintf("more than %d redirects", limits.Redirects))
		}
		return nil
	})
	if jar, err := cookiejar.New(nil); err == nil { // it never fails
		col.SetCookieJar(jar)
	}
	pause := limits.Pause
	if local {
		pause = 0
	}
	// One rule a collector: colly 2.3.0 deadlocks on a shared one.
	_ = col.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: 1, Delay: pause})
	return col
}

// run walks the listing page by page, then the posts' own pages.
func (t *tour) run(start *url.URL) {
	queue := []string{start.String()}
	for first := true; len(queue) > 0; first = false {
		address := queue[0]
		queue = queue[1:]
		err := t.visit(address, func(p Page) {
			reading := t.c.Reader.Read(p)
			t.states[t.last.ID] = reading.State
			if first {
				t.state = reading.State
				if p.Status >= http.StatusInternalServerError {
					t.fault = "http-" + strconv.Itoa(p.Status) // it answers, but not for itself
				}
			}
			t.collect(p, reading.Posts)
			for _, next := range reading.Next {
				if u := t.follow(p.URL, next); u != "" {
					queue = append(queue, u)
				}
			}
		})
		if err != nil && first {
			t.state, t.fault = StateError, faultCode(err)
		}
		if t.broken != nil {
			return
		}
	}
	for i := range t.posts {
		t.detail(&t.posts[i])
	}
}

// detail reads the post's own page, if it has one on the same site.
func (t *tour) detail(post *breach.Post) {
	for _, link := range post.Links {
		address := t.follow(t.src.URL, link)
		if address == "" {
			continue
		}
		_ = t.visit(address, func(p Page) {
			t.states[t.last.ID] = StateOther
			if p.Status == http.StatusOK {
				*post = t.c.Reader.Complete(*post, p)
				post.Links = absolute(p.URL, post.Links)
			}
		}) // a post's page that fails is recorded, and the listing stands
		return
	}
}

// visit asks for one page within the budget.
func (t *tour) visit(address string, onPage func(Page)) error {
	over := t.asked >= t.c.Limits.Pages || t.broken != nil || t.ctx.Err() != nil
	if over || t.seen[address] {
		return nil
	}
	t.seen[address] = true
	t.asked++
	t.onPage = onPage
	return t.colly.Visit(address)
}

// collect adds posts that were not on an earlier page.
func (t *tour) collect(p Page, posts []breach.Post) {
	shared := sharedTitles(posts)
	for _, post := range posts {
		post.ID = PostID(t.src.ID, post.Title)
		if shared[foldTitle(post.Title)] {
			post.ID = PostID(t.src.ID, post.Title+"\x00"+ownPath(p.URL, post.Links))
		}
		post.Source, post.Capture = t.src.ID, t.last.ID
		post.FirstSeenAt, post.LastSeenAt = t.at, t.at
		post.Links = absolute(p.URL, post.Links)
		if _, dup := t.byID[post.ID]; dup {
			continue
		}
		t.byID[post.ID] = len(t.posts)
		t.posts = append(t.posts, post)
	}
}

// sharedTitles finds titles that stand for several posts of one page, such as
// "[hidden]": those are told apart by where their first link leads.
func sharedTitles(posts []breach.Post) map[string]bool {
	first, shared := map[string]string{}, map[string]bool{}
	for _, post := range posts {
		link, title := "", foldTitle(post.Title)
		if len(post.Links) > 0 {
			link = post.Links[0]
		}
		if was, seen := first[title]; seen && was != link {
			shared[title] = true
		}
		first[title] = link
	}
	return shared
}

// ownPath is where a post's first link leads, without query and fragment:
// those may hold tokens.
func ownPath(base string, links []string) string {
	b, err := url.Parse(base)
	if err != nil || len(links) == 0 {
		return ""
	}
	u, err := b.Parse(links[0])
	if err != nil {
		return ""
	}
	return u.Host + u.Path
}

// follow returns the absolute address of a link worth a visit: a page of the
// same host that does not look like a file. Else "".
func (t *tour) follow(base, link string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	u, err := b.Parse(link)
	if err != nil || !strings.EqualFold(u.Host, b.Host) || LooksLikeFile(u) || checkURL(u, t.src.Local) != nil {
		return ""
	}
	u.Fragment = ""
	if t.seen[u.String()] {
		return ""
	}
	return u.String()
}

func (t *tour) outcome(kept []breach.Capture) Visit {
	for i := range kept {
		kept[i].State = t.states[kept[i].ID]
	}
	v := Visit{Source: t.src.ID, At: t.at, State: t.state, Fault: t.fault, Captures: kept, Posts: t.posts}
	switch {
	case t.fault != "":
		v.Alarm = AlarmDown
	case len(t.posts) == 0:
		v.Alarm = AlarmSilent
	}
	return v
}

func defaultState(status int) string {
	switch {
	case status >= 300 && status < 400:
		return StateRedirect
	case status == 0 || status >= 400:
		return StateError
	}
	return StateOther
}

// absolute resolves links against the page they stand on and drops doubles.
// What is not an address of the web (magnet:, tox:) stays as it is.
func absolute(base string, links []string) []string {
	b, err := url.Parse(base)
	if err != nil {
		return links
	}
	var out []string
	seen := map[string]bool{}
	for _, l := range links {
		if u, err := b.Parse(strings.TrimSpace(l)); err == nil {
			l = u.String()
		}
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}
