package crawlers

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Queues say when to come back; those that do not are asked after unsaidWait.
// Asking sooner than soonest would lose the place in some.
const (
	soonest     = time.Second
	unsaidWait  = 10 * time.Second
	longestWait = 2 * time.Minute
	gateAsks    = 40 // pages of one queue
)

// getThrough waits in queues that need only patience, as those of EndGame do:
// the page says when to ask again, on the same circuit and with the cookies it
// has set. What then is a shell is looked behind.
func (t *tour) getThrough(p Page, r Reading, err error) (Page, Reading, error) {
	waited := time.Duration(0)
	for range gateAsks {
		if err != nil || len(r.Posts) > 0 || !t.goingOn() {
			return p, r, err
		}
		wait, target, said := refresh(p)
		if r.State != StateGate && (!said || r.State == StateCaptcha || r.State == StateLogin) {
			break
		}
		if r.State != StateGate && target == p.URL {
			break // a page that reloads itself is no queue
		}
		u := t.onward(p.URL, target)
		if u == "" {
			break // it leads to another site
		}
		if waited += wait; waited > t.c.Limits.Patience {
			break
		}
		if t.wait(wait) != nil {
			break
		}
		delete(t.seen, u)
		t.asked-- // a queue's pages do not use up the listing's
		p, r, err = t.read(u)
	}
	if r.State == StateShell && err == nil {
		p, r = t.behindShell(p, r)
	}
	return p, r, err
}

// onward is where a queue sends us: a page of the same site, mirrors included.
func (t *tour) onward(base, target string) string {
	if u := t.within(base, target); u != nil {
		return u.String()
	}
	u, err := url.Parse(target)
	if err != nil || checkURL(u, t.src.Local) != nil {
		return ""
	}
	for _, a := range addresses(t.src) {
		if m, err := url.Parse(a); err == nil && strings.EqualFold(m.Host, u.Host) {
			return u.String()
		}
	}
	return ""
}

// refresh reads when and where a page wants to be asked again: its Refresh
// header or meta element. Unsaid, it is the same page a little later.
func refresh(p Page) (wait time.Duration, target string, said bool) {
	value := p.Header.Get("Refresh")
	if value == "" {
		value = metaRefresh(p.Body)
	}
	m := refreshForm.FindStringSubmatch(value)
	if m == nil {
		return unsaidWait, p.URL, false
	}
	seconds, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return unsaidWait, p.URL, false
	}
	wait = time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	target = p.URL
	if link := strings.Trim(strings.TrimSpace(m[2]), `'"`); link != "" {
		if base, err := url.Parse(p.URL); err == nil {
			if u, err := base.Parse(link); err == nil {
				u.Fragment = ""
				target = u.String()
			}
		}
	}
	return max(wait, soonest), target, true
}

var refreshForm = regexp.MustCompile(`(?i)^\s*(\d{1,9}(?:\.\d{1,9})?)\s*(?:[;,\s]\s*(?:url\s*=)?\s*(.*))?$`)

// headBytes is where a meta element is looked for.
const headBytes = 64 << 10

func metaRefresh(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), headBytes)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			if tok.Data != "meta" {
				continue
			}
			equiv, content := "", ""
			for _, a := range tok.Attr {
				switch a.Key {
				case "http-equiv":
					equiv = a.Val
				case "content":
					content = a.Val
				}
			}
			if strings.EqualFold(equiv, "refresh") {
				return content
			}
		}
	}
}
