// Package export tells other systems of alerts in their own shapes: MISP
// events, STIX 2.1 bundles, IntelMQ events, a JSON feed, a digest in words and
// the body of a signed webhook. It is pure: the same alerts give the same
// bytes, so that a repeat is seen to be one.
//
// What leaves is what a CSIRT needs and no more: which body, where, since when,
// how sure, and digests by which evidence can be asked for. The text of a post
// and its links to stolen files never leave; a title leaves masked, since sites
// put names, addresses and numbers of people into it.
package export

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
)

// Item is an alert with what is needed to tell of it.
type Item struct {
	Alert     breach.Alert
	Title     string // of the post, as published
	Website   string // that the post names
	Country   string // ISO 3166-1 alpha-2, or ""
	Date      string // as the site tells it
	LastSeen  time.Time
	Site      string // address of the leak site; "" for a person's report
	Captures  []breach.Capture
	Sightings []breach.Sighting
	Dump      *breach.Dump // when a file was acquired
	Stamp     *Stamp       // when the evidence was time-stamped
}

// Stamp is a trusted time-stamp (RFC 3161) over evidence of an item.
type Stamp struct {
	Response []byte // DER
	Digest   string // hex SHA-256 that was stamped
	At       time.Time
	Certs    []byte // PEM, of the authority; may be empty
}

// Options say who tells, under which marking.
type Options struct {
	Producer string // name of the team
	Domain   string // of identifiers, such as "vigie.example.org"
	TLP      string // clear, green, amber (default), amber+strict, red (FIRST TLP 2.0)
	PAP      string // clear, green, amber (default), red (permissible actions)
}

// Markings lists the traffic lights that may be set.
var (
	tlps = []string{"clear", "green", "amber", "amber+strict", "red"}
	paps = []string{"clear", "green", "amber", "red"}
)

// Check completes options and refuses markings that do not exist.
func (o Options) Check() (Options, error) {
	if o.TLP == "" {
		o.TLP = "amber"
	}
	if o.PAP == "" {
		o.PAP = "amber"
	}
	if o.Producer == "" {
		o.Producer = "Vigie"
	}
	if o.Domain == "" {
		o.Domain = "vigie.invalid"
	}
	if !slices.Contains(tlps, o.TLP) || !slices.Contains(paps, o.PAP) {
		return o, fmt.Errorf("marking tlp %q, pap %q: want one of %v and of %v: %w", o.TLP, o.PAP, tlps, paps, breach.ErrInvalid)
	}
	return o, nil
}

// The namespaces of RFC 4122 appendix C for DNS names, and of STIX 2.1 section
// 2.9 for observables.
const (
	nsDNS  = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	nsSTIX = "00abedb4-aa42-466c-9c01-fed23315a9b7"
)

// uuid5 is a name-based UUID (RFC 9562 section 5.5): SHA-1 names here and
// protects nothing.
func uuid5(namespace, name string) string {
	ns, err := hex.DecodeString(strings.ReplaceAll(namespace, "-", ""))
	if err != nil {
		panic("export: a namespace that is no UUID")
	}
	sum := sha1.Sum(append(ns, name...))
	u := sum[:16]
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// name is the UUID of a thing of ours.
func (o Options) name(parts ...string) string {
	return uuid5(uuid5(nsDNS, o.Domain), strings.Join(parts, "\x00"))
}

// host is the registered host that a post names as its victim's, or "".
func host(website string) string {
	website = strings.TrimSpace(website)
	if !strings.Contains(website, "://") {
		website = "http://" + website
	}
	u, err := url.Parse(website)
	if err != nil {
		return ""
	}
	h := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if len(h) > 253 || !strings.Contains(h, ".") || strings.ContainsFunc(h, func(r rune) bool {
		return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}) {
		return ""
	}
	if last := h[strings.LastIndexByte(h, '.')+1:]; last == "" || strings.Trim(last, "0123456789") == "" {
		return ""
	}
	return h
}

func onion(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(strings.ToLower(u.Hostname()), ".onion") {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// when reads the date a site gives; zero when it gives none that can be read.
func when(date string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, date); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// hashOf is the hex of a digest written "sha256:<hex>", or "".
func hashOf(digest string) string {
	h, ok := strings.CutPrefix(digest, "sha256:")
	if _, err := hex.DecodeString(h); !ok || err != nil || len(h) != 64 {
		return ""
	}
	return h
}

// country is an item's, France where the site says none: the watch-lists are
// of French bodies.
func (x Item) country() string {
	if c := strings.ToUpper(x.Country); len(c) == 2 && c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z' {
		return c
	}
	return "FR"
}

// updated is when anything of an item last changed.
func (x Item) updated() time.Time {
	last := x.Alert.RaisedAt
	for _, t := range []time.Time{x.Alert.SeenAt, x.Alert.DecidedAt, x.Alert.HandedAt, x.Alert.ToldAt} {
		if t.After(last) {
			last = t
		}
	}
	for _, s := range x.Sightings {
		if s.At.After(last) {
			last = s.At
		}
	}
	return last.UTC()
}

// reported tells what people reported from what a site published.
func (x Item) reported() bool { return x.Alert.Source == breach.SourceReport }

// headline names what an item is.
func (x Item) headline() string {
	if x.reported() {
		return "Report of a leak concerning " + x.Alert.Entity
	}
	return "Publication on a leak site concerning " + x.Alert.Entity
}

// summary says in a sentence what is known.
func (x Item) summary() string {
	what := "A publication on " + string(x.Alert.Source)
	if x.reported() {
		what = "What a person reported"
	}
	s := fmt.Sprintf("%s concerns %s (%s", what, x.Alert.Entity, x.Alert.Kind)
	if x.Alert.Code != "" {
		s += ", " + x.Alert.Code
	}
	s += fmt.Sprintf("). Confidence of the match %.2f: %s. State: %s.", x.Alert.Confidence, Mask(x.Alert.Why), x.Alert.State)
	if n := len(x.Sightings); n > 1 {
		s += fmt.Sprintf(" Seen %d times.", n)
	}
	return s
}

// severity by the urgency of an alert, in the words of MISP.
func severity(u breach.Urgency) string {
	switch u {
	case breach.UrgencyCritical:
		return "critical"
	case breach.UrgencyHigh:
		return "high"
	case breach.UrgencyNormal:
		return "medium"
	}
	return "low"
}
