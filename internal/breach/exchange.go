package breach

import "time"

// Exchange is one HTTP exchange as it went over the wire, before anything
// parsed it. It is what evidence keeps and what a crawler hands over.
type Exchange struct {
	Source    SourceID
	URL       string // the address asked for
	At        time.Time
	Request   []byte   // request line, headers, body: the bytes sent
	Response  []byte   // status line, headers, body: the bytes received, still encoded
	Status    int      // HTTP status; 0 if no response head came
	Truncated string   // "" if whole, else "length", "time", "disconnect" or "unspecified"
	Fault     string   // reason code of what went wrong, never a server's own words
	Address   string   // address and port spoken to, after resolution
	Proxy     string   // proxy's host and port, without credentials
	Circuit   string   // "sha256:<hex>" of what told the proxy circuits apart (source and session), or ""
	TLS       string   // protocol and cipher, or ""
	Certs     []string // "sha256:<hex>" of each certificate, leaf first
	Tool      string   // name and version of the crawler
}

// Resource is something made from exchanges: a page as a browser rendered it,
// or its picture. It becomes a WARC resource record.
type Resource struct {
	Source      SourceID
	URL         string // of the page
	At          time.Time
	Kind        string // "dom" or "screenshot"
	ContentType string
	Body        []byte
	Tool        string // what made it
}
