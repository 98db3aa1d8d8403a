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
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

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
	Header      http.Header // as received; nil for a page that was never on the wire
}

// Reading is what a page says. Posts carry no ID, source or time yet, and
// their links are verbatim.
type Reading struct {
	State      string
	Confidence float64 // of State, 0 to 1
	Posts      []breach.Post
	Next       []string // links to further pages of the same listing, verbatim
	Open       bool     // nothing follows the last post
	Cut        bool     // and it is unfinished: the page stopped there
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

// Renderer runs a page as a browser does. Whatever the page asks for goes
// through the transport it is given and through nothing else.
type Renderer interface {
	Render(ctx context.Context, address string, through http.RoundTripper) (Rendering, error)
}

// Rendering is what a browser made of a page.
type Rendering struct {
	URL        string // where scripts have led
	DOM        []byte // HTML, UTF-8
	Screenshot []byte // PNG
}

// ResourceRecorder is a Recorder that also keeps what was made of exchanges,
// such as a rendered page and its picture.
type ResourceRecorder interface {
	Resource(context.Context, breach.Resource) error
}

// Visit is the outcome of a visit.
type Visit struct {
	Source   breach.SourceID
	At       time.Time
	Address  string // of the source or a mirror, the one that came furthest
	State    string // of its first page
	Alarm    string // "", AlarmSilent, AlarmDown or AlarmPerson
	Fault    string // reason code when the first page could not be had
	Captures []breach.Capture
	Posts    []breach.Post // in the order of the site, each once
	Change   Change        // none without a Learner
	Attempts []Attempt     // one for each address that was asked

	NotBefore time.Time // the site asks to be left alone until then

	Proposed []Proposal // perhaps new mirrors, for a person to decide

	// Taught is what later visits are to know of the source's posts, nil for
	// nothing new. It tells what posts say: whoever keeps it seals it.
	Taught json.RawMessage

	session string // for Memory.Note
	cookies []Cookie
	given   bool // a session that a person opened was used
}

// Attempt is how one address of a source answered.
type Attempt struct {
	URL   string
	At    time.Time
	State string
	Fault string
	Posts int
}

// up tells whether the site itself answered: not an error page, nor whoever
// bought its name.
func (a Attempt) up() bool {
	return a.Fault == "" && a.State != StateError && a.State != StateParked
}

// needsPerson tells what patience does not get through.
func (a Attempt) needsPerson() bool {
	return a.State == StateCaptcha || a.State == StateLogin || a.Fault == "onion-needs-key" || a.Fault == "onion-wrong-key"
}

// rank orders attempts by how far they came.
func (a Attempt) rank() int {
	switch {
	case a.Posts > 0:
		return 5
	case a.up() && a.State == StateListing:
		return 4
	case a.needsPerson():
		return 3
	case a.up():
		return 2
	case a.Fault == "":
		return 1
	}
	return 0
}

// The alarms of a visit. Whoever keeps the history decides whether a source
// that is down is past its usual outage (decisions.md 28).
const (
	AlarmSilent = "silent" // it answered, yet no post could be read
	AlarmDown   = "down"   // it did not answer
	AlarmPerson = "person" // it wants a captcha, a log-in or a key of its onion service
)

// Limits bound what one hostile site may cost.
type Limits struct {
	Pages     int           // pages a visit asks for, redirects not counted
	Tries     int           // addresses of a source asked in one visit
	Body      int64         // bytes kept of a page, before and after decoding
	Head      int64         // bytes of a response's head
	File      int64         // bytes of an acquired file
	Redirects int           // in a row
	Visit     time.Duration // a whole visit
	Page      time.Duration // one page, from dialling to the last byte
	Stall     time.Duration // without StallBytes new bytes
	Acquire   time.Duration // one acquired file
	Pause     time.Duration // between two pages of a site
	Patience  time.Duration // in queues, for a whole visit
}

// StallBytes is how much must arrive in every Limits.Stall, lest a server that
// drips one byte a second holds a crawler for ever.
const StallBytes = 64

// DefaultLimits suit sites behind Tor, which are slow.
func DefaultLimits() Limits {
	return Limits{
		Pages: 30, Tries: 5, Body: 16 << 20, Head: 256 << 10, File: 1 << 40, Redirects: 10,
		Visit: 15 * time.Minute, Page: 3 * time.Minute, Stall: 60 * time.Second,
		Acquire: 24 * time.Hour, Pause: 500 * time.Millisecond, Patience: 10 * time.Minute,
	}
}

// PostID derives a post's identifier from its source and the title under which
// it was first seen, so that the same post over captures is one whatever counts
// down beside it. A History keeps it when the title is edited.
func PostID(source breach.SourceID, title string) breach.PostID {
	sum := sha256.Sum256([]byte(string(source) + "\x00" + foldTitle(title)))
	return breach.PostID("pst_" + hex.EncodeToString(sum[:10]))
}

func foldTitle(title string) string { return Fold(title) }

// foldASCII is Fold of what is all ASCII, in one pass: most titles are, and
// each is folded several times.
func foldASCII(title string) (string, bool) {
	out := make([]byte, 0, len(title))
	gap := false
	for i := range len(title) {
		switch c := title[i]; {
		case c >= utf8.RuneSelf:
			return "", false
		case c == ' ' || c >= '\t' && c <= '\r':
			gap = len(out) > 0
		default:
			if gap {
				out, gap = append(out, ' '), false
			}
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			out = append(out, c)
		}
	}
	return string(out), true
}

// Fold makes spellings equal that a site changes without meaning it: case,
// spacing, Unicode form.
func Fold(title string) string {
	if folded, ascii := foldASCII(title); ascii {
		return folded
	}
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(title))), " ")
}
