package bundle

import (
	"net/url"
	"slices"
	"strings"
)

// surt is the form of an address that indexes of web archives sort by: the host
// from its end, then path and query in lower case, parameters sorted, without
// scheme and www.
func surt(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return strings.ToLower(strings.Map(printable, address))
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	parts := strings.Split(host, ".")
	slices.Reverse(parts)
	out := strings.Join(parts, ",")
	if p := u.Port(); p != "" && (u.Scheme != "http" || p != "80") && (u.Scheme != "https" || p != "443") {
		out += ":" + p
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	out += ")" + path
	if u.RawQuery != "" {
		query := strings.Split(u.RawQuery, "&")
		slices.Sort(query)
		out += "?" + strings.Join(query, "&")
	}
	return strings.ToLower(strings.Map(printable, out))
}

// printable drops what would end a line or a field of the index.
func printable(r rune) rune {
	if r <= ' ' || r == 0x7f {
		return -1
	}
	return r
}
