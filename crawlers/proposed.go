package crawlers

import (
	"bytes"
	"crypto/sha3"
	"encoding/base32"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
)

// Proposal is an onion service that a page of a source names and that is not
// one of its addresses: perhaps a new mirror. It is never visited by itself: a
// person puts it into the configuration, or not.
type Proposal struct {
	Address string    `json:"address"`
	Page    string    `json:"page"` // where it stood
	At      time.Time `json:"at"`   // first seen
}

const (
	maxProposals = 50      // of one source
	spottedBytes = 2 << 20 // of a page, searched
	onionLength  = 56      // characters of a version 3 name
)

// onionNames finds names of 56 characters before ".onion", in lower case. It is
// searched for by hand: a regular expression would cost more than all else that
// happens to a page.
func onionNames(body []byte, most int) (out []string) {
	const end = ".onion"
	for at := 0; len(out) < most; {
		i := bytes.Index(body[at:], []byte(end))
		if i < 0 {
			return out
		}
		dot := at + i
		at = dot + len(end)
		from := dot
		for from > 0 && dot-from <= onionLength && isBase32(body[from-1]) {
			from--
		}
		if dot-from == onionLength {
			out = append(out, strings.ToLower(string(body[from:at])))
		}
	}
	return out
}

func isBase32(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '2' && c <= '7'
}

// spot notes the onion services that a page names, wherever it names them: lists
// of mirrors are links on one site and plain text on another.
func (t *tour) spot(p Page) {
	for _, host := range onionNames(p.Body[:min(len(p.Body), spottedBytes)], 4*maxProposals) {
		if _, seen := t.spotted[host]; seen || len(t.spotted) >= 4*maxProposals || !soundOnion(host) {
			continue
		}
		t.spotted[host] = p.URL
	}
}

// soundOnion checks the checksum of a version 3 name (rend-spec-v3, "Encoding
// onion addresses"): an invented name, or one that was cut, fails it.
func soundOnion(host string) bool {
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(host[:onionLength]))
	if err != nil || len(raw) != 35 || raw[34] != 3 {
		return false
	}
	sum := sha3.Sum256(slices.Concat([]byte(".onion checksum"), raw[:32], raw[34:]))
	return raw[32] == sum[0] && raw[33] == sum[1]
}

// proposals are what was spotted, without the source's own addresses and
// without those that posts link to: these hold files or are their victims'.
func (t *tour) proposals() (out []Proposal) {
	own := map[string]bool{}
	mine := func(address string) {
		if u, err := url.Parse(address); err == nil {
			own[strings.ToLower(u.Hostname())] = true
		}
	}
	for _, a := range addresses(t.src) {
		mine(a)
	}
	for _, p := range t.posts {
		for _, l := range p.Links {
			mine(l)
		}
	}
	for _, host := range slices.Sorted(maps.Keys(t.spotted)) {
		if !own[host] && len(out) < maxProposals {
			out = append(out, Proposal{Address: "http://" + host + "/", Page: t.spotted[host], At: t.at})
		}
	}
	return out
}

// propose remembers proposals from their first sight on, and forgets those that
// a person has made addresses since.
func (m *Memory) propose(list []Proposal) {
	for _, p := range list {
		if len(m.Proposed) < maxProposals && !slices.ContainsFunc(m.Proposed, func(o Proposal) bool { return o.Address == p.Address }) {
			m.Proposed = append(m.Proposed, p)
		}
	}
}

// Proposals are the addresses that a person may want to add to a source.
func (m *Memory) Proposals(src breach.Source) []Proposal {
	known := map[string]bool{}
	for _, a := range addresses(src) {
		if u, err := url.Parse(a); err == nil {
			known[strings.ToLower(u.Hostname())] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(m.Proposed), func(p Proposal) bool {
		u, err := url.Parse(p.Address)
		return err != nil || known[u.Hostname()]
	})
}
