package console

import (
	"net/netip"
	"sync"
	"time"
)

// limiter allows so many requests an hour from one address, and from all: what
// a public page does for strangers is bounded. An IPv6 customer has a /64.
type limiter struct {
	each, all int

	mu    sync.Mutex
	since time.Time
	seen  map[netip.Prefix]int
	total int
}

// maxAddresses bounds what is remembered of an hour; beyond it, strangers share.
const maxAddresses = 10_000

func newLimiter(each, all int) *limiter { return &limiter{each: each, all: all} }

func (l *limiter) allow(remote string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil || now.Sub(l.since) >= time.Hour || now.Before(l.since) {
		l.since, l.seen, l.total = now, map[netip.Prefix]int{}, 0
	}
	who := prefix(remote)
	if _, known := l.seen[who]; !known && len(l.seen) >= maxAddresses {
		who = netip.Prefix{}
	}
	if l.seen[who] >= l.each || l.total >= l.all {
		return false
	}
	l.seen[who]++
	l.total++
	return true
}

func prefix(remote string) netip.Prefix {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	a := ap.Addr().Unmap()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.WithZone("").Prefix(bits) // the bits fit the address
	return p
}
