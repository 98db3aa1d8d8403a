package ses

import (
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds an answer of AWS, in bytes: ten events of a queue are 2.5 MB
// at most, a page of the suppression list less.
const maxAnswer = 4 << 20

// client follows no redirect, which would carry the message elsewhere, and reads
// no endless answer.
func client(timeout time.Duration) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.MaxResponseHeaderBytes = 16, 64<<10
	return &http.Client{
		Timeout: timeout, Transport: bounded{t},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct{ next http.RoundTripper }

// RoundTrip cuts what is longer than an answer can be.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}
