package notify

import (
	"io"
	"net/http"
	"time"
)

// Client is for a provider's API: it follows no redirect, which would carry a
// message elsewhere, and reads no more of an answer than most bytes.
func Client(timeout time.Duration, most int64) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.MaxResponseHeaderBytes = 16, 64<<10
	return &http.Client{
		Timeout: timeout, Transport: bounded{t, most},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct {
	next http.RoundTripper
	most int64
}

// RoundTrip cuts what is longer than an answer can be.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, b.most), resp.Body}
	}
	return resp, err
}
