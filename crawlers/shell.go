package crawlers

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"

	"vigie/internal/breach"
)

// A shell shows nothing without its scripts. The data that they would show is
// mostly JSON from the same site, whose address stands in the page or in a
// script: it is asked for directly. Only then does a browser help.
const (
	shellScripts = 4       // scripts read for addresses
	shellData    = 8       // addresses tried
	scriptBytes  = 4 << 20 // searched in each script
)

// behindShell returns what lies behind a shell, or the shell.
func (t *tour) behindShell(shell Page, r Reading) (Page, Reading) {
	links, scripts := dataLinks(shell.Body), []string{}
	for _, src := range scriptLinks(shell.Body) {
		if u := t.within(shell.URL, src); u != nil && len(scripts) < shellScripts {
			scripts = append(scripts, u.String())
		}
	}
	if p, found := t.data(shell.URL, links); len(found.Posts) > 0 {
		return p, found
	}
	for _, s := range scripts {
		t.gate.scripts = true
		_ = t.visit(s, func(p Page, _ http.Header) {
			t.states[t.last.ID] = StateOther
			links = dataCalls(p.Body[:min(len(p.Body), scriptBytes)])
		})
		t.gate.scripts = false
		if p, found := t.data(shell.URL, links); len(found.Posts) > 0 {
			return p, found
		}
		links = nil
	}
	if t.src.Render && t.c.Renderer != nil && t.goingOn() {
		if p, found, ok := t.render(shell); ok {
			return p, found
		}
	}
	return shell, r
}

// data asks for the first addresses that give posts.
func (t *tour) data(base string, links []string) (Page, Reading) {
	tried := 0
	for _, link := range links {
		u := t.within(base, link)
		if u == nil || t.seen[u.String()] || LooksLikeFile(u) && path.Ext(u.Path) != ".json" {
			continue
		}
		if tried++; tried > shellData {
			break
		}
		p, r, err := t.read(u.String())
		if err != nil || p.Status != http.StatusOK {
			continue
		}
		if media, _, _ := mime.ParseMediaType(p.ContentType); strings.Contains(media, "json") && len(r.Posts) > 0 {
			return p, r
		}
	}
	return Page{}, Reading{}
}

// render has a browser run the page. All it asks for goes through the gate and
// is recorded; what it made of it is recorded too.
func (t *tour) render(shell Page) (Page, Reading, bool) {
	made, err := t.c.Renderer.Render(t.ctx, shell.URL, &browserGate{t: t})
	if err != nil || t.broken != nil || len(made.DOM) == 0 {
		return shell, Reading{}, false
	}
	made.DOM = made.DOM[:min(int64(len(made.DOM)), t.c.Limits.Body)]
	if keeper, ok := t.rec.(ResourceRecorder); ok {
		for _, res := range []breach.Resource{
			{Kind: "dom", ContentType: "text/html; charset=utf-8", Body: made.DOM},
			{Kind: "screenshot", ContentType: "image/png", Body: made.Screenshot},
		} {
			if len(res.Body) == 0 {
				continue
			}
			res.Source, res.URL, res.At, res.Tool = t.src.ID, shell.URL, t.c.Now(), t.c.Tool
			if err := keeper.Resource(context.WithoutCancel(t.ctx), res); err != nil {
				t.broken = err
				return shell, Reading{}, false
			}
		}
	}
	p := Page{URL: shell.URL, Status: http.StatusOK, ContentType: "text/html; charset=utf-8", Body: made.DOM}
	return p, t.reader.Read(p), true
}

// browserGate lets a browser ask for what a page consists of, within the
// budget of the visit: one after the other, whatever the browser would like.
type browserGate struct {
	mu sync.Mutex
	t  *tour
}

// RoundTrip implements http.RoundTripper.
func (b *browserGate) RoundTrip(req *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.t
	t.seen[req.URL.String()] = true
	if !t.goingOn() {
		return nil, refuse("budget", "the visit has asked for enough pages")
	}
	t.asked++
	leave, err := t.c.Lanes.enter(t.ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	for _, c := range t.jar.Cookies(req.URL) {
		req.AddCookie(c)
	}
	t.gate.scripts = true
	defer func() { t.gate.scripts = false }()
	resp, err := t.gate.RoundTrip(req)
	if err == nil {
		t.jar.SetCookies(req.URL, resp.Cookies())
	}
	return resp, err
}

// quoted are strings of a script that look like an address on the same site.
var quoted = regexp.MustCompile("[\"'`]((?:https?://[^\"'`\\s<>]{1,300}|\\.{0,2}/[^\"'`\\s<>]{0,300}|[\\w./-]{1,200}\\.json(?:\\?[^\"'`\\s<>]{0,200})?|api/[^\"'`\\s<>]{1,300}))[\"'`]")

// calls are functions that ask for data; what they are given needs no more
// reason to be tried.
var calls = regexp.MustCompile("(?i)(?:fetch|axios(?:\\.get)?|\\$\\.(?:get|getJSON|ajax)|\\.open\\(\\s*[\"']GET[\"']\\s*,|\\$http\\.get|useSWR|useFetch)\\s*\\(?\\s*(?:\\{\\s*url\\s*:\\s*)?[\"'`]([^\"'`\\s<>]{1,300})[\"'`]")

var dataPath = regexp.MustCompile(`(?i)(^|/)(api|json|data|graphql|wp-json|rest|v\d)(/|$|\?)|\.json(\?|$)|[?&]format=json`)

// dataCalls finds the addresses of data in a script, the likeliest first.
func dataCalls(script []byte) []string {
	var sure, likely []string
	script = bytes.ReplaceAll(script, []byte(`\/`), []byte("/"))
	for _, m := range calls.FindAllSubmatch(script, 64) {
		sure = append(sure, plainLink(m[1]))
	}
	for _, m := range quoted.FindAllSubmatch(script, 4096) {
		if link := plainLink(m[1]); dataPath.MatchString(link) {
			likely = append(likely, link)
		}
	}
	return unique(append(sure, likely...), 4*shellData)
}

// plainLink cuts a template where a value would stand.
func plainLink(b []byte) string {
	link := string(b)
	if i := strings.Index(link, "${"); i >= 0 {
		link = link[:i]
	}
	return link
}

// dataLinks finds them in a page: in its inline scripts, and where it declares
// data by a link or attribute.
func dataLinks(page []byte) []string {
	var out []string
	walkTags(page, func(tok html.Token, text []byte) {
		if tok.Data == "script" && len(text) > 0 {
			out = append(out, dataCalls(text)...)
		}
		for _, a := range tok.Attr {
			switch {
			case tok.Data == "link" && a.Key == "href", strings.HasPrefix(a.Key, "data-"):
				if dataPath.MatchString(a.Val) && !strings.ContainsAny(a.Val, " <>{") {
					out = append(out, a.Val)
				}
			}
		}
	})
	return unique(out, 4*shellData)
}

// scriptLinks are the scripts of a page, those of the application first:
// libraries name themselves.
func scriptLinks(page []byte) []string {
	var out []string
	walkTags(page, func(tok html.Token, _ []byte) {
		if tok.Data != "script" {
			return
		}
		for _, a := range tok.Attr {
			if a.Key == "src" && a.Val != "" {
				out = append(out, a.Val)
			}
		}
	})
	out = unique(out, 16*shellScripts)
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

var library = regexp.MustCompile(`(?i)jquery|bootstrap|vendor|polyfill|runtime|react(-dom)?[.@-]|vue[.@-]|angular[.@-]|lodash|popper|analytics`)

func rank(script string) int {
	if library.MatchString(script) {
		return 1
	}
	return 0
}

// walkTags gives every start tag, and the text within if it is a script.
func walkTags(page []byte, do func(html.Token, []byte)) {
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			var text []byte
			if tok.Data == "script" && z.Next() == html.TextToken {
				text = slices.Clone(z.Text())
			}
			do(tok, text)
		}
	}
}

// unique drops empty and repeated links, and all after the first n.
func unique(list []string, n int) []string {
	var out []string
	seen := map[string]bool{}
	for _, l := range list {
		if _, err := url.Parse(l); err == nil && l != "" && !seen[l] && len(out) < n {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}
