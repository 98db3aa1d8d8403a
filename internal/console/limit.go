package console

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// limiter allows so many requests an hour from one address, and from all: what
// a public page does for strangers is bounded. An IPv6 customer has a /64. No
// address is kept, only a digest under a key that the process forgets.
type limiter struct {
	each, all int
	key       maphash.Seed

	mu    sync.Mutex
	since time.Time
	seen  map[uint64]int
	total int
}

// maxAddresses bounds what is remembered of an hour; beyond it, strangers share.
const maxAddresses = 10_000

func newLimiter(each, all int) *limiter {
	return &limiter{each: each, all: all, key: maphash.MakeSeed()}
}

func (l *limiter) allow(from netip.Prefix, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil || now.Sub(l.since) >= time.Hour || now.Before(l.since) {
		l.since, l.seen, l.total = now, map[uint64]int{}, 0
	}
	who := maphash.Comparable(l.key, from)
	if _, known := l.seen[who]; !known && len(l.seen) >= maxAddresses {
		who = 0
	}
	if l.seen[who] >= l.each || l.total >= l.all {
		return false
	}
	l.seen[who]++
	l.total++
	return true
}

// remote is where a request comes from, as far as strangers are told apart: an
// IPv4 address, or an IPv6 /64. Behind a proxy of ours it is what the proxy
// says; anybody else's word in the header is not heard.
func (c *console) remote(r *http.Request) netip.Prefix {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	a := ap.Addr().Unmap().WithZone("")
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && c.ours(a); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		a = next.Unmap().WithZone("")
	}
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // the bits fit the address
	return p
}

func (c *console) ours(a netip.Addr) bool {
	for _, p := range c.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
