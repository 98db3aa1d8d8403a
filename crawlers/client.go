package crawlers

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"vigie/internal/breach"
)

// Client makes requests of ours to addresses that an operator configured, such
// as webhooks, under the same guard as visits: public addresses alone, looked
// at after names are resolved and before anything is sent, or, when local,
// this machine alone. It follows no redirect and uses no proxy of the
// environment.
func Client(local bool, timeout time.Duration) *http.Client {
	d := &net.Dialer{Timeout: timeout, Control: func(_, resolved string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return refuse("private-address", "the address could not be checked")
		}
		return checkAddress(ap, local)
	}}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: guarded{local, &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: timeout,
			ResponseHeaderTimeout: timeout, MaxResponseHeaderBytes: 64 << 10, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute}},
	}
}

// guarded refuses what can be told from the address alone, names of Tor among
// it: they must never reach DNS.
type guarded struct {
	local bool
	next  http.RoundTripper
}

func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkURL(r.URL, g.local); err != nil {
		return nil, err
	}
	if isOnion(r.URL.Hostname()) {
		return nil, refuse("onion-needs-proxy", "a webhook on Tor is not supported")
	}
	resp, err := g.next.RoundTrip(r)
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return nil, refused
	}
	return resp, err
}
