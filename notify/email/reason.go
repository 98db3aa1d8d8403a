package email

import "fmt"

// Status is an enhanced status code (RFC 3463), such as 5.1.1; zero when a
// reply has none.
type Status [3]int

func (s Status) String() string { return fmt.Sprintf("%d.%d.%d", s[0], s[1], s[2]) }

// ParseStatus reads an enhanced status code at the start of a text.
func ParseStatus(text string) (Status, bool) {
	var s Status
	var n, field, width int
	for ; n < len(text) && field < 3; n++ {
		switch c := text[n]; {
		case c >= '0' && c <= '9' && width < 3:
			s[field] = s[field]*10 + int(c-'0')
			width++
		case c == '.' && width > 0 && field < 2:
			field, width = field+1, 0
		case (c == ' ' || c == '\t' || c == '(' || c == ';') && field == 2 && width > 0:
			return s, true
		default:
			return Status{}, false
		}
	}
	return s, field == 2 && width > 0
}

// The reasons why a message did not arrive: stable, kept in the ledger, and the
// same whether a relay says so at once, a bounce later or SES by an event.
const (
	NoMailbox       = "no-mailbox"       // nobody has this address
	NoDomain        = "no-domain"        // its domain takes no mail
	BadAddress      = "bad-address"      // not an address
	Moved           = "mailbox-moved"    // gone, without a new address that may be used
	MailboxDisabled = "mailbox-disabled" // there, and closed
	MailboxFull     = "mailbox-full"
	TooLarge        = "too-large"
	NoRoute         = "no-route" // its domain could not be reached
	Expired         = "expired"  // tried for days
	ContentRefused  = "content-refused"
	Policy          = "policy"     // refused by a rule of the receiver, such as a block list
	Refused         = "refused"    // for good, without a reason that we know
	Suppressed      = "suppressed" // on the provider's list of addresses it does not write to
	Complaint       = "complaint"  // the reader, or the mailbox for the reader, called it spam
)

// reasons maps enhanced codes to reasons by subject and detail (IANA, SMTP
// Enhanced Status Codes); detail -1 stands for the others of its subject.
var reasons = []struct {
	subject, detail int
	reason          string
}{
	{1, 1, NoMailbox}, {1, 2, NoDomain}, {1, 3, BadAddress}, {1, 6, Moved}, {1, 10, NoDomain}, {1, -1, NoMailbox},
	{2, 1, MailboxDisabled}, {2, 2, MailboxFull}, {2, 3, TooLarge}, {2, -1, MailboxDisabled},
	{3, 4, TooLarge},
	{4, 7, Expired}, {4, -1, NoRoute},
	{6, -1, ContentRefused},
	{7, -1, Policy},
}

// Reason names why a message was refused for good. Codes that say nothing, or
// that nobody knows, are Refused.
func Reason(s Status) string {
	for _, r := range reasons {
		if s[0] >= 4 && s[1] == r.subject && (s[2] == r.detail || r.detail < 0) {
			return r.reason
		}
	}
	return Refused
}

// unreachable tells whether a reason is one for which a sender is blamed: an
// address that does not work, or a receiver that does not want the message.
func unreachable(reason string) bool {
	switch reason {
	case MailboxFull, TooLarge, NoRoute, Expired:
		return false
	}
	return true
}

// scope says what a temporary refusal is about.
type scope int

const (
	ofMailbox scope = iota // this recipient alone
	ofDomain               // everybody of the recipient's domain
	ofRelay                // everybody
)

// about tells who must wait after a temporary reply (RFC 3463 3): a full
// mailbox delays nobody else, a throttled or unreachable domain delays its
// domain, a relay that is itself in trouble, or that closes (421), everybody.
func about(r *refusedError) scope {
	switch {
	case r.code == 421:
		return ofRelay
	case r.status[1] == 1 || r.status[1] == 2 || r.status[1] == 6:
		return ofMailbox
	case r.status[1] == 3:
		return ofRelay
	}
	return ofDomain
}
