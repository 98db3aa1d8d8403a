package crawlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"vigie/internal/breach"
)

// Fetch hands the bytes of an acquired file to sink as they come, still as
// the server encoded them. A person has decided it: link must be one the post
// offered. The dialling rules of a visit hold, for every redirect too. An
// error may come after sink has seen bytes; sink must then keep nothing. What
// may work later is breach.ErrTemporary.
func (c *Crawler) Fetch(ctx context.Context, src breach.Source, post breach.Post, link string, sink func(io.Reader) error) error {
	if !slices.Contains(post.Links, link) {
		return fmt.Errorf("acquiring from post %s: the post does not offer this link: %w", post.ID, breach.ErrForbidden)
	}
	u, err := url.Parse(link)
	if err != nil {
		return fmt.Errorf("acquiring from post %s: malformed link: %w", post.ID, breach.ErrInvalid)
	}
	if err := c.check(src, u); err != nil {
		return fmt.Errorf("acquiring from post %s: %w", post.ID, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Limits.Acquire)
	defer cancel()
	resp, err := c.ask(ctx, src, u)
	if err != nil {
		return fmt.Errorf("acquiring from post %s: %w", post.ID, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body := &fileReader{r: resp.Body, left: c.Limits.File, limit: c.Limits.File}
	if err := sink(body); err != nil {
		return fmt.Errorf("acquiring from post %s: %w", post.ID, err)
	}
	if body.err != nil { // a sink that swallows errors must not make a cut file whole
		return fmt.Errorf("acquiring from post %s: %w", post.ID, body.err)
	}
	return nil
}

// ask sends the request for a file and judges the status.
func (c *Crawler) ask(ctx context.Context, src breach.Source, u *url.URL) (*http.Response, error) {
	line := newLine(&dialer{source: src, circuit: rand.Text(), resolver: c.Resolver, stall: c.Limits.Stall}, c.Limits)
	line.keep = 0 // a file is not a page: it is kept by its sink
	client := &http.Client{
		Transport: checked{src.Local, line},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > c.Limits.Redirects {
				return refuse("redirects", "")
			}
			return nil
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("malformed link: %w", breach.ErrInvalid)
	}
	req.Header.Set("User-Agent", UserAgent)
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := client.Do(req)
	if err != nil {
		return nil, fetchError(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	_ = resp.Body.Close()
	kind := breach.ErrTemporary
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		kind = breach.ErrNotFound
	case resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusRequestTimeout:
		kind = breach.ErrInvalid
	}
	return nil, fmt.Errorf("the server answered %d: %w", resp.StatusCode, kind)
}

// checked refuses addresses, those of redirects too, before they are dialled.
type checked struct {
	local bool
	next  http.RoundTripper
}

func (c checked) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkURL(req.URL, c.local); err != nil {
		return nil, err
	}
	return c.next.RoundTrip(req)
}

// fetchError keeps a refusal and makes the rest temporary, without the
// address that net/http puts into its errors.
func fetchError(err error) error {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return fmt.Errorf("no answer (%s): %w", faultCode(err), breach.ErrTemporary)
}

// fileReader enforces the size limit and remembers how the body ended.
type fileReader struct {
	r           io.Reader
	left, limit int64
	err         error
}

func (f *fileReader) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.r.Read(p)
	if f.left -= int64(n); f.left < 0 {
		f.err = &breach.RefusedError{Code: "too-large", What: "acquired file",
			Hint: fmt.Sprintf("the limit is %d bytes", f.limit)}
		return 0, f.err
	}
	if err != nil && err != io.EOF {
		f.err = fetchError(err)
		err = f.err
	}
	return n, err
}
