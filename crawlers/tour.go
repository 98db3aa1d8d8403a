package crawlers

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"vigie/internal/breach"
)

// tour is one visit under way.
type tour struct {
	c      *Crawler
	ctx    context.Context
	src    breach.Source
	rec    Recorder
	colly  *colly.Collector
	gate   *gate
	jar    *jar
	at     time.Time
	last   breach.Capture // of the exchange that colly is being given
	broken error          // evidence could not be kept
	states map[breach.CaptureID]string
	posts  []breach.Post
	byID   map[breach.PostID]bool
	seen   map[string]bool // addresses asked for
	asked  int
	askAt  time.Time // when the last page was asked for
	busy   int       // answers in a row by which the site asks to be left alone
	onPage func(Page, http.Header)

	attempts  []Attempt
	notBefore time.Time
	listing   string // the address posts were read from

	spotted map[string]string // onion services named, and by which page

	reader  Reader
	history History // nil when the reader learns nothing
	whole   Listing // what that address shows
	change  Change
}

// storm is how many such answers end a visit.
const storm = 2

// run asks the addresses in order until one shows posts, and then for the
// pages of the posts.
func (t *tour) run(order []string) {
	for _, address := range order[:min(len(order), t.c.Limits.Tries)] {
		a := t.attempt(address)
		if circuitFaults[a.Fault] && t.src.Proxy != "" && t.goingOn() {
			t.gate.dialer.circuit = rand.Text() // another circuit may work
			delete(t.seen, address)
			a = t.attempt(address)
		}
		t.attempts = append(t.attempts, a)
		if len(t.posts) > 0 || !t.goingOn() {
			break
		}
	}
	t.follow()
	for _, i := range t.due() {
		if !t.goingOn() {
			return
		}
		t.detail(&t.posts[i])
	}
}

// follow tells what the listing changes, before the pages of its posts say
// more about them.
func (t *tour) follow() {
	if t.history == nil || len(t.posts) == 0 {
		return
	}
	t.whole.Posts = t.posts
	t.change = t.history.Follow(t.whole)
}

// due orders posts by how much their own pages are worth: those that are new or
// were edited first, the others as they stand.
func (t *tour) due() []int {
	urgent := map[breach.PostID]bool{}
	for _, id := range t.change.New {
		urgent[id] = true
	}
	for _, e := range t.change.Edited {
		urgent[e.Post] = true
	}
	order := make([]int, len(t.posts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch ua, ub := urgent[t.posts[a].ID], urgent[t.posts[b].ID]; {
		case ua && !ub:
			return -1
		case ub && !ua:
			return 1
		}
		return 0
	})
	return order
}

// goingOn tells whether more may be asked of the source.
func (t *tour) goingOn() bool {
	pages := t.c.Limits.Pages
	if t.src.Pages > 0 {
		pages = min(pages, t.src.Pages)
	}
	return t.asked < pages && t.broken == nil && t.ctx.Err() == nil && t.busy < storm
}

// attempt walks the listing at one address, page by page.
func (t *tour) attempt(address string) Attempt {
	a := Attempt{URL: address, At: t.c.Now()}
	t.whole = Listing{Address: address}
	queue := []string{address}
	for first := true; len(queue) > 0 && t.goingOn(); first = false {
		next := queue[0]
		queue = queue[1:]
		page, reading, err := t.read(next)
		if first {
			page, reading, err = t.getThrough(page, reading, err)
			a.State, a.Fault = reading.State, t.fault(page, reading, err)
		}
		if err != nil || t.broken != nil {
			t.whole.More = true
			continue
		}
		t.whole.Open, t.whole.Cut = reading.Open, t.whole.Cut || reading.Cut
		before := len(t.posts)
		t.collect(page, reading.Posts)
		a.Posts += len(t.posts) - before
		for _, link := range reading.Next {
			if u := t.worth(page.URL, link); u != "" && len(queue) < t.c.Limits.Pages {
				queue = append(queue, u)
			}
		}
	}
	t.whole.More = t.whole.More || len(queue) > 0
	if a.Posts > 0 {
		t.listing = address
	}
	return a
}

// read asks for a page and understands it.
func (t *tour) read(address string) (page Page, reading Reading, err error) {
	err = t.visit(address, func(p Page, h http.Header) {
		page, page.Header = p, h
		reading = t.understand(p)
	})
	if page.URL == "" && err == nil {
		reading.State = StateError
	}
	if err != nil {
		reading.State = StateError
	}
	return page, reading, err
}

// understand reads a page that was just recorded. Queues and captchas come
// with any status: behind an error's head may stand one.
func (t *tour) understand(p Page) Reading {
	reading := t.reader.Read(p)
	if reading.State == StateError && protected(p.Status) {
		plain := p
		plain.Status = http.StatusOK
		if r := t.reader.Read(plain); r.State == StateGate || r.State == StateCaptcha || r.State == StateLogin {
			reading = r
		}
	}
	t.states[t.last.ID] = reading.State
	t.spot(p)
	return reading
}

// protected are the statuses of flood protections and log-ins.
func protected(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// fault is why the first page was not the site's, or "".
func (t *tour) fault(p Page, r Reading, err error) string {
	if err != nil {
		return faultCode(err)
	}
	if p.Status < http.StatusInternalServerError && p.Status != http.StatusTooManyRequests && p.Status != http.StatusForbidden {
		return ""
	}
	if r.State == StateGate || r.State == StateCaptcha || r.State == StateLogin {
		return ""
	}
	return "http-" + strconv.Itoa(p.Status) // it answers, but not for itself
}

// detail reads the post's own page, if it has one on the same site.
func (t *tour) detail(post *breach.Post) {
	for _, link := range post.Links {
		address := t.worth(t.listing, link)
		if address == "" {
			continue
		}
		_ = t.visit(address, func(p Page, _ http.Header) {
			t.states[t.last.ID] = StateOther
			if p.Status == http.StatusOK {
				*post = t.reader.Complete(*post, p)
				post.Own = true
				post.Links = absolute(p.URL, post.Links)
			}
		}) // a post's page that fails is recorded, and the listing stands
		return
	}
}

// visit asks for one page within the budget, in a lane of its own, and not
// sooner after the last one than politeness has it.
func (t *tour) visit(address string, onPage func(Page, http.Header)) error {
	if !t.goingOn() || t.seen[address] {
		return nil
	}
	if err := t.wait(t.pause() - t.c.Now().Sub(t.askAt)); err != nil {
		return err
	}
	leave, err := t.c.Lanes.enter(t.ctx)
	if err != nil {
		return err
	}
	defer leave()
	t.seen[address] = true
	t.asked++
	t.askAt = t.c.Now()
	t.onPage = func(p Page, h http.Header) {
		t.mind(p.Status, h)
		onPage(p, h)
	}
	return t.colly.Visit(address)
}

func (t *tour) pause() time.Duration {
	switch {
	case t.asked == 0:
		return 0
	case t.src.Pause > 0:
		return t.src.Pause
	case t.src.Local:
		return 0
	}
	return t.c.Limits.Pause
}

// wait sleeps, or says why not.
func (t *tour) wait(d time.Duration) error {
	if d = min(d, t.c.Limits.Visit); d <= 0 {
		return t.ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
}

// mind heeds a site that asks to be left alone.
func (t *tour) mind(status int, h http.Header) {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		t.busy = 0
		return
	}
	t.busy++
	if d := retryAfter(h.Get("Retry-After"), t.c.Now()); d > 0 {
		t.notBefore = t.c.Now().Add(d)
	}
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3), at most a day.
func retryAfter(value string, now time.Time) time.Duration {
	const most = 24 * time.Hour
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return time.Duration(min(max(n, 0), int(most/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	return 0
}

// worth returns the absolute address of a link worth a visit: a page of the
// same host that does not look like a file. Else "".
func (t *tour) worth(base, link string) string {
	u := t.within(base, link)
	if u == nil || LooksLikeFile(u) || t.seen[u.String()] {
		return ""
	}
	return u.String()
}

// within resolves a link that stays on the host of base; else nil.
func (t *tour) within(base, link string) *url.URL {
	b, err := url.Parse(base)
	if err != nil {
		return nil
	}
	u, err := b.Parse(link)
	if err != nil || !strings.EqualFold(u.Host, b.Host) || checkURL(u, t.src.Local) != nil {
		return nil
	}
	u.Fragment = ""
	return u
}

// outcome tells how the visit ended: as the attempt that came furthest.
func (t *tour) outcome(kept []breach.Capture) (Visit, error) {
	for i := range kept {
		kept[i].State = t.states[kept[i].ID]
	}
	v := Visit{Source: t.src.ID, At: t.at, Captures: kept, Posts: t.posts, Attempts: t.attempts, Change: t.change, Proposed: t.proposals(),
		NotBefore: t.notBefore, session: t.gate.dialer.circuit, cookies: t.jar.all(), given: t.src.Accounts != ""}
	if t.history != nil && len(t.posts) > 0 {
		var err error
		if v.Taught, err = t.history.Taught(); err != nil {
			return v, err
		}
	}
	if len(t.attempts) == 0 {
		return v, nil
	}
	best := slices.MaxFunc(t.attempts, func(a, b Attempt) int { return a.rank() - b.rank() })
	v.Address, v.State, v.Fault = best.URL, best.State, best.Fault
	switch {
	case len(t.posts) > 0:
	case best.needsPerson():
		v.Alarm = AlarmPerson
	case v.Fault != "":
		v.Alarm = AlarmDown
	default:
		v.Alarm = AlarmSilent
	}
	if v.Fault != "" && !guardedFault(v.Fault) {
		v.session = "" // the next visit takes a new circuit
	}
	return v, nil
}

// guardedFault are answers on a circuit that works.
func guardedFault(fault string) bool { return strings.HasPrefix(fault, "http-") }

func defaultState(status int) string {
	switch {
	case status >= 300 && status < 400:
		return StateRedirect
	case status == 0 || status >= 400:
		return StateError
	}
	return StateOther
}
