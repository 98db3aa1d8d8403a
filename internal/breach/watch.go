package breach

import "time"

// Source is a leak site to visit.
type Source struct {
	ID  SourceID `json:"id" yaml:"name"`
	URL string   `json:"url" yaml:"url"`
	// Mirrors are further addresses of the same site.
	Mirrors []string `json:"mirrors" yaml:"mirrors"`
	// Every is how often it is visited on the average of all sources: one that
	// publishes much is visited more often, one that is down less.
	Every time.Duration `json:"every" yaml:"every"`
	// Local allows loopback and private addresses: the demo's site is one.
	Local bool `json:"local" yaml:"local"`
	// Proxy is a socks5h URL, or empty for a direct connection.
	Proxy string `json:"proxy" yaml:"proxy"`
	// RetentionDays is how long captures are kept; 0: until someone decides.
	RetentionDays int `json:"retention_days" yaml:"retention_days"`
	// Pages is how many pages one visit may ask for; 0 is the default.
	Pages int `json:"pages" yaml:"pages"`
	// Pause is the time between two pages; 0 is the default.
	Pause time.Duration `json:"pause" yaml:"pause"`
	// Render runs pages that are nothing without scripts in a browser.
	Render bool `json:"render" yaml:"render"`
	// Accounts says who allowed a log-in session on this site, and where that is
	// written; without it none is used (decisions.md 27).
	Accounts string `json:"accounts" yaml:"accounts"`
}

// Capture is one exchange with a source as recorded in a WARC file.
type Capture struct {
	ID        CaptureID `json:"id"`
	Source    SourceID  `json:"source"`
	URL       string    `json:"url"`
	At        time.Time `json:"at"`
	Status    int       `json:"status"` // HTTP status; 0 if nothing came back
	File      string    `json:"file"`   // name of the sealed WARC file
	Record    string    `json:"record"` // WARC-Record-ID of the response
	Digest    string    `json:"digest"` // "sha256:<hex>" of the payload as received
	Bytes     int64     `json:"bytes"`  // payload bytes kept
	Truncated bool      `json:"truncated"`
	State     string    `json:"state"` // listing, index, error, empty, ... (page state)
}

// Post is a claim published on a leak site.
type Post struct {
	ID          PostID    `json:"id"`
	Source      SourceID  `json:"source"`
	Capture     CaptureID `json:"capture"` // the capture that first brought it
	Title       string    `json:"title"`
	Text        string    `json:"text"`
	Website     string    `json:"website"`
	Country     string    `json:"country"` // ISO 3166-1 alpha-2, or ""
	Date        string    `json:"date"`    // RFC 3339 or a day, as the site tells it
	Links       []string  `json:"links"`
	Deadline    string    `json:"deadline,omitempty"` // RFC 3339 or a day, when the site says it will publish or sell
	Price       string    `json:"price,omitempty"`    // amount and ISO 4217 or coin code: "95272 USD"
	Size        int64     `json:"size,omitempty"`     // bytes claimed, 0 if none
	Views       int64     `json:"views,omitempty"`    // as the site counts them, 0 if it does not
	Files       []string  `json:"files,omitempty"`    // links that offer files, verbatim; also in Links
	Own         bool      `json:"own,omitempty"`      // its own page was read, not only the listing
	Confidence  float64   `json:"confidence"`
	FirstSeenAt time.Time `json:"first_seen_at"`
	LastSeenAt  time.Time `json:"last_seen_at"`
	GoneAt      time.Time `json:"gone_at,omitzero"` // since when no mirror shows it; zero while one does
	// Marks tells for each field, by its JSON name, how sure it is and where
	// it stood on the page.
	Marks map[string]Mark `json:"marks,omitempty"`
}

// Mark is where a field of a post was read, and how surely.
type Mark struct {
	Place      string  `json:"place"` // CSS selector, or $.path[0].key in JSON
	Confidence float64 `json:"confidence"`
}

// Alert says that a post names a body on a watch-list, and why.
type Alert struct {
	ID         AlertID    `json:"id"`
	Post       PostID     `json:"post"`
	Source     SourceID   `json:"source"`
	Entity     string     `json:"entity"` // the body or software named
	Kind       string     `json:"kind"`   // commune, mission_locale, software, ...
	Code       string     `json:"code"`   // insee:34172, siren:..., or ""
	Confidence float64    `json:"confidence"`
	Why        string     `json:"why"`
	RaisedAt   time.Time  `json:"raised_at"`
	State      AlertState `json:"state"`
	DecidedBy  UserID     `json:"decided_by"`
	DecidedAt  time.Time  `json:"decided_at"`
	Reason     string     `json:"reason"` // of the decision, in words
	Incident   IncidentID `json:"incident"`
	// Event is what posts on several sites have in common when they tell of one
	// leak; "" where nothing merged them yet.
	Event      string    `json:"event"`
	ReasonCode string    `json:"reason_code"` // one of DismissCodes, or ""
	SeenBy     UserID    `json:"seen_by"`
	SeenAt     time.Time `json:"seen_at"`
	HandedTo   string    `json:"handed_to"`
	HandedBy   UserID    `json:"handed_by"`
	HandedAt   time.Time `json:"handed_at"`
	Urgency    Urgency   `json:"urgency"`
	// ToldAt is when the body itself told the public, as a person recorded it:
	// before that, nothing public names it. TellURL is where.
	ToldAt  time.Time `json:"told_at"`
	TellURL string    `json:"tell_url"`
}

// Acquisition is the decision to fetch a stolen file: nothing stolen is
// downloaded without one (decisions.md; Penal Code and GDPR Art. 6).
type Acquisition struct {
	Alert      AlertID   `json:"alert"`
	Link       string    `json:"link"` // the file's address, as the post gives it
	By         UserID    `json:"by"`
	Purpose    string    `json:"purpose"`
	LegalBasis string    `json:"legal_basis"`
	At         time.Time `json:"at"`
}
