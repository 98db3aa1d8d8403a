// Package render runs pages in Chromium that are nothing without their scripts.
//
// The browser has no network. Every request of the page is stopped in the
// browser (the Fetch domain of its DevTools protocol), made by the crawler's
// own gate, which checks the address, records the exchange and decodes it, and
// answered with what the gate brought. Whatever the protocol does not stop
// (WebSocket, WebRTC, prefetching, the browser's own calls home) finds a proxy
// that is not there and a resolver that knows no name. Nothing is downloaded,
// and only GET is spoken: rendering looks, it never acts.
//
// Each page has a browser of its own, in Chromium's sandbox, with its profile
// in memory; it ends with the page.
package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// Browser renders pages with the Chromium at Path.
type Browser struct {
	Path string
	// NoSandbox runs it without its sandbox, as it must be for root. Only for
	// machines that are thrown away.
	NoSandbox bool
	Limit     time.Duration // for a page; 0 is DefaultLimit
}

const (
	// DefaultLimit is long enough for a script and its data over Tor.
	DefaultLimit = 2 * time.Minute
	// quiet without a request is when a page counts as done.
	quiet = 1500 * time.Millisecond
	// mostRequests of one page are answered.
	mostRequests = 100
	// mostDOM bytes of a rendered page are taken.
	mostDOM = 16 << 20
)

// Render implements crawlers.Renderer.
func (b *Browser) Render(ctx context.Context, address string, through http.RoundTripper) (crawlers.Rendering, error) {
	if os.Geteuid() == 0 && !b.NoSandbox {
		return crawlers.Rendering{}, &breach.RefusedError{Code: "no-sandbox", What: "browser",
			Hint: "Chromium has no sandbox for root: run as another user"}
	}
	limit := b.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	profile, err := os.MkdirTemp(memory(), "vigie-browser-")
	if err != nil {
		return crawlers.Rendering{}, fmt.Errorf("making a browser's profile: %w", err)
	}
	defer func() { _ = os.RemoveAll(profile) }()
	alloc, stop := chromedp.NewExecAllocator(ctx, b.options(profile)...)
	defer stop()
	tab, closeTab := chromedp.NewContext(alloc)
	defer closeTab()
	p := &page{tab: tab, through: through}
	made, err := p.render(address)
	closeTab()
	p.answers.Wait()
	if err != nil {
		// The browser's own words may hold the page's.
		return crawlers.Rendering{}, fmt.Errorf("rendering a page: %w", kind(ctx, err))
	}
	return made, nil
}

// kind keeps the words of a browser out of errors.
func kind(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("no browser: %w", breach.ErrNotFound)
	}
	return breach.ErrTemporary
}

// memory is a directory that never reaches a disk, where there is one.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (b *Browser) options(profile string) []chromedp.ExecAllocatorOption {
	opts := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(b.Path), chromedp.UserDataDir(profile),
		// No way out.
		chromedp.Flag("proxy-server", "socks5://127.0.0.1:9"),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.Flag("dns-prefetch-disable", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("disable-popup-blocking", false), // a second window would hold up the first
		chromedp.Flag("block-new-web-contents", true),
		// Nothing on disk.
		chromedp.Flag("disable-dev-shm-usage", false),
		chromedp.Flag("disk-cache-dir", "/dev/null"),
		chromedp.Flag("incognito", true),
		// Less of it.
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-3d-apis", true),
		chromedp.Flag("mute-audio", true),
		chromedp.Flag("js-flags", "--max-old-space-size=256"),
		chromedp.WindowSize(1280, 1600),
	)
	if b.NoSandbox {
		opts = append(opts, chromedp.NoSandbox)
	}
	return opts
}

// page is one page being rendered.
type page struct {
	tab     context.Context
	through http.RoundTripper

	answers sync.WaitGroup
	mu      sync.Mutex
	open    int
	asked   int
	last    time.Time
}

func (p *page) render(address string) (made crawlers.Rendering, err error) {
	err = chromedp.Listen(p.tab, func(ev any) {
		if e, is := ev.(*fetch.EventRequestPaused); is {
			p.begin()
			p.answers.Go(func() { p.answer(e) })
		}
	})
	if err != nil {
		return made, err
	}
	if _, err = chromedp.CallBrowser(p.tab, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny}); err != nil {
		return made, err
	}
	if _, err = chromedp.Call(p.tab, fetch.Enable, fetch.EnableParams{}); err != nil {
		return made, err
	}
	if err = chromedp.Do(p.tab, chromedp.Navigate(address)); err != nil {
		return made, err
	}
	if err = p.settle(); err != nil {
		return made, err
	}
	dom, err := chromedp.Run(p.tab, chromedp.Evaluate[string](fmt.Sprintf("document.documentElement.outerHTML.slice(0, %d)", mostDOM)))
	if err != nil {
		return made, err
	}
	made.DOM = []byte(dom)
	if made.URL, err = chromedp.Run(p.tab, chromedp.Evaluate[string]("location.href")); err != nil {
		return made, err
	}
	made.Screenshot, err = chromedp.Run(p.tab, chromedp.CaptureScreenshot())
	return made, err
}

func (p *page) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open, p.asked, p.last = p.open+1, p.asked+1, time.Now()
}

func (p *page) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open, p.last = p.open-1, time.Now()
}

// settle waits until the page asks for nothing more.
func (p *page) settle() error {
	t := time.NewTicker(quiet / 5)
	defer t.Stop()
	for {
		p.mu.Lock()
		done := p.open == 0 && time.Since(p.last) > quiet
		p.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-t.C:
		case <-p.tab.Done():
			return p.tab.Err()
		}
	}
}

// answer makes a request of the page by the gate.
func (p *page) answer(e *fetch.EventRequestPaused) {
	defer p.end()
	full, err := p.ask(e)
	if err != nil {
		_, _ = chromedp.Call(p.tab, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
		return
	}
	_, _ = chromedp.Call(p.tab, fetch.FulfillRequest, *full)
}

func (p *page) ask(e *fetch.EventRequestPaused) (*fetch.FulfillRequestParams, error) {
	p.mu.Lock()
	over := p.asked > mostRequests
	p.mu.Unlock()
	if over || e.Request.Method != http.MethodGet {
		return nil, &breach.RefusedError{Code: "budget", What: "request of a page"}
	}
	req, err := http.NewRequestWithContext(p.tab, http.MethodGet, e.Request.URL, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", crawlers.UserAgent)
	resp, err := p.through.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostDOM))
	if err != nil {
		return nil, err
	}
	full := &fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: int64(resp.StatusCode), Body: body}
	for name, values := range resp.Header {
		switch name {
		case "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Refresh", "Link", "Alt-Svc", "Report-To", "Nel":
			continue
		}
		for _, v := range values {
			full.ResponseHeaders = append(full.ResponseHeaders, &fetch.HeaderEntry{Name: name, Value: v})
		}
	}
	return full, nil
}
