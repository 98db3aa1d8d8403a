package breach

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
)

// Identifiers are opaque strings. Only PersonID comes from outside: it is the
// registry's own identifier of a person and must not carry personal data.
type (
	SourceID     string // a leak site as configured; its configured name
	CaptureID    string // one recorded exchange
	PostID       string // one post of a leak site, the same over captures
	AlertID      string // one event worth a person's attention
	IncidentID   string // one confirmed personal data breach
	DumpID       string // one acquired stolen file
	RegistryID   string // one protected registry; its configured name
	ControllerID string // the body that answers for a registry (GDPR Art. 4(7))
	PersonID     string // a registry's own identifier of a person
	CandidateID  string // a dump row beside a registered person
	MessageID    string // one ledger row: one communication, one recipient, one channel
	UserID       string // an account of the watch team or of a controller
	ApprovalID   string // one signature under a plan
	DangerID     string // a protected person in a dump
	RequestID    string // one request of a person, such as for access
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID returns prefix, an underscore and 100 random bits in Crockford base 32.
func NewID(prefix string) string {
	var b [13]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	return prefix + "_" + strings.ToLower(idEncoding.EncodeToString(b[:]))[:20]
}
