// Package crawlers visits leak sites, keeps the evidence and tells what was
// published.
//
// A visit goes through one gate. Below colly, a RoundTripper checks every
// address asked for (redirects too), dials only public addresses, takes the
// bytes off the wire and hands them to the Recorder before anything parses
// them. Only then is the body decoded and given to colly and to the Reader,
// which turns pages into posts. Files are never fetched by a visit: that is an
// acquisition, decided by a person, and goes through Fetch.
//
// The package holds the nouns and the visiting; extract reads pages, index
// searches posts, watch recognises public bodies. Assembly happens elsewhere.
package crawlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
)

// The states of a page, as `vigie extract` prints them.
const (
	StateListing  = "listing"  // posts were found
	StateIndex    = "index"    // a list of files
	StateError    = "error"    // an error page, or no answer
	StateEmpty    = "empty"    // nothing to read
	StateLogin    = "login"    // a log-in or negotiation form
	StateGate     = "gate"     // a waiting queue or flood protection
	StateCaptcha  = "captcha"  // only a person gets further
	StateShell    = "shell"    // content comes by JavaScript alone
	StateParked   = "parked"   // the name is for sale or squatted
	StateMarket   = "market"   // a shop of products
	StateRedirect = "redirect" // points elsewhere
	StateOther    = "other"    // none of these
)

// Page is an answer of a site, decoded: no transfer or content encoding, and
// UTF-8 if it is text.
type Page struct {
	URL         string
	Status      int
	ContentType string
	Body        []byte
	Truncated   bool
}

// Reading is what a page says. Posts carry no ID, source or time yet, and
// their links are verbatim.
type Reading struct {
	State      string
	Confidence float64 // of State, 0 to 1
	Posts      []breach.Post
	Next       []string // links to further pages of the same listing, verbatim
}

// Reader understands pages. extract.Reader is one.
type Reader interface {
	Read(Page) Reading
	// Complete adds to a post what its own page says about it.
	Complete(breach.Post, Page) breach.Post
}

// Recorder keeps the exchanges of one visit. They count once Close has
// returned them; Abort drops them. evidence.Session is one.
type Recorder interface {
	Record(context.Context, breach.Exchange) (breach.Capture, error)
	Close(context.Context) ([]breach.Capture, error)
	Abort()
}

// Visit is the outcome of a visit.
type Visit struct {
	Source   breach.SourceID
	At       time.Time
	State    string // of the first page
	Alarm    string // "", AlarmSilent or AlarmDown
	Fault    string // reason code when the first page could not be had
	Captures []breach.Capture
	Posts    []breach.Post // in the order of the site, each title once
}

// The alarms of a visit. Whoever keeps the history decides whether a source
// that is down is past its usual outage (decisions.md 28).
const (
	AlarmSilent = "silent" // it answered, yet no post could be read
	AlarmDown   = "down"   // it did not answer
)

// Limits bound what one hostile site may cost.
type Limits struct {
	Pages     int           // pages a visit asks for, redirects not counted
	Body      int64         // bytes kept of a page, before and after decoding
	Head      int64         // bytes of a response's head
	File      int64         // bytes of an acquired file
	Redirects int           // in a row
	Visit     time.Duration // a whole visit
	Page      time.Duration // one page, from dialling to the last byte
	Stall     time.Duration // without StallBytes new bytes
	Acquire   time.Duration // one acquired file
	Pause     time.Duration // between two pages of a site
}

// StallBytes is how much must arrive in every Limits.Stall, lest a server that
// drips one byte a second holds a crawler for ever.
const StallBytes = 64

// DefaultLimits suit sites behind Tor, which are slow.
func DefaultLimits() Limits {
	return Limits{
		Pages: 30, Body: 16 << 20, Head: 256 << 10, File: 1 << 40, Redirects: 10,
		Visit: 15 * time.Minute, Page: 3 * time.Minute, Stall: 60 * time.Second,
		Acquire: 24 * time.Hour, Pause: 500 * time.Millisecond,
	}
}

// PostID derives a post's identifier from its source and its title alone, so
// that the same post over captures is one whatever counts down beside it.
func PostID(source breach.SourceID, title string) breach.PostID {
	sum := sha256.Sum256([]byte(string(source) + "\x00" + foldTitle(title)))
	return breach.PostID("pst_" + hex.EncodeToString(sum[:10]))
}

// foldTitle makes spellings equal that a site changes without meaning it.
func foldTitle(title string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(title))), " ")
}
