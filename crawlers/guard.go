package crawlers

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"vigie/internal/breach"
)

// special are the ranges that no leak site lives in: IANA's special-purpose
// address registries for IPv4 and IPv6 (RFC 6890 and its updates), multicast
// and reserved space. IPv6 outside 2000::/3 is refused as a whole.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

var (
	globalUnicast = netip.MustParsePrefix("2000::/3")
	nat64         = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: the last 32 bits are IPv4
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// publicAddress tells whether an address is one of the open Internet. IPv4
// hidden in IPv6 is judged by what it hides.
func publicAddress(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.Is6() && !globalUnicast.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}

// checkAddress is the last word: it sees the address about to be dialled,
// after any name was resolved. A local source may reach loopback and nothing
// else.
func checkAddress(ap netip.AddrPort, local bool) error {
	switch {
	case local && ap.Addr().Unmap().IsLoopback():
		return nil
	case local:
		return refuse("not-loopback", "a source declared local may only reach this machine")
	case !publicAddress(ap.Addr()):
		return refuse("private-address", "declare the source local if it is a site of your own")
	case ap.Port() != 80 && ap.Port() != 443:
		return refuse("port", "ports 80 and 443 only")
	}
	return nil
}

// checkURL refuses what can be told from the address alone.
func checkURL(u *url.URL, local bool) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return refuse("scheme", "http and https only")
	}
	host := u.Hostname()
	switch {
	case u.User != nil:
		return refuse("userinfo", "an address with a user name hides its host")
	case host == "" || len(host) > 253 || strings.ContainsAny(host, "\\ \t\r\n\x00%"):
		return refuse("host", "the address has no usable host")
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" && !local {
		return refuse("port", "ports 80 and 443 only")
	}
	if a, err := netip.ParseAddr(host); err == nil {
		port, _ := strconv.ParseUint(portOf(u), 10, 16)
		return checkAddress(netip.AddrPortFrom(a, uint16(port)), local)
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil {
		return refuse("host", "the host is not a domain name")
	}
	// 127.1, 0x7f.1, 017700000001, 2130706433: resolvers read them as addresses.
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || strings.Trim(last, "0123456789") == "" {
		return refuse("numeric-host", "write addresses in full")
	}
	if !local && inwardName(strings.ToLower(ascii)) {
		return refuse("private-name", "declare the source local if it is a site of your own")
	}
	return nil
}

// inwardName tells names that lead inward wherever they are resolved: those of
// one label and the special-use ones (RFC 6761, 6762, 8375, and what is
// reserved for private use since). A proxy resolves names out of our sight, so
// this is all that can be checked of them there.
func inwardName(name string) bool {
	if !strings.Contains(name, ".") {
		return true
	}
	for _, end := range []string{".localhost", ".local", ".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".home.arpa", ".localdomain"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// isOnion tells names that must never reach DNS (RFC 7686).
func isOnion(host string) bool {
	host = strings.TrimRight(strings.ToLower(host), ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	return host == "onion" || strings.HasSuffix(host, ".onion")
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func refuse(code, hint string) error {
	return &breach.RefusedError{Code: code, What: "address", Hint: hint}
}
