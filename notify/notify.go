// Package notify tells people, institutions and the authority. This root holds
// the nouns its rooms share: the facts of an incident, a recipient, a document
// and the channel that hands one over. The rooms (recipient, wording, email,
// sms, letter, page, authority) import this package and never each other;
// workflows/activity puts them together.
//
// Every document renders from one version of Facts and carries its number.
// Nothing is personalised from a dump: only the registry's data is used.
package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"vigie/internal/breach"
)

// Facts is what is known of an incident for one controller. A change makes a
// new version; each document says which version it was rendered from.
type Facts struct {
	Incident   breach.IncidentID `json:"incident"`
	Version    int               `json:"version"`
	Controller breach.Controller `json:"controller"`
	// What happened, in the team's words; never copied from a leak site.
	Summary map[string]string `json:"summary"` // by language, "fr" and "en"
	// System is the software the data came from, such as "Similo".
	System       string    `json:"system"`
	OccurredAt   time.Time `json:"occurred_at"` // zero: unknown
	DiscoveredAt time.Time `json:"discovered_at"`
	AwareAt      time.Time `json:"aware_at"`
	// Present are the categories found in the dump, with counts.
	Present []breach.Category `json:"present"`
	// NotFound are those looked for in what was examined and not found.
	NotFound []breach.Absence `json:"not_found"`
	// Attested are those a named person of the controller attests that the
	// source did not hold: only these may be called "not taken".
	Attested   []string `json:"attested"`
	AttestedBy string   `json:"attested_by"` // function, not name
	// AttestedName and AttestedAt say who attests and since when; the name stands
	// in the facts and the dossier and is never printed elsewhere.
	AttestedName string    `json:"attested_name,omitzero"`
	AttestedAt   time.Time `json:"attested_at,omitzero"`
	// Groups say which categories concern which readers, where that is known;
	// without them every reader is told of Present.
	Groups []Group `json:"groups,omitempty"`
	// Signer is the function under which the controller signs.
	Signer  string `json:"signer,omitzero"`
	Records int64  `json:"records"`       // of the whole file, everybody's
	Own     int64  `json:"own,omitempty"` // about this controller's people; one known by attestation alone counts once
	Persons int64  `json:"persons"`
	// Unreached are persons whom no channel reaches: what is public is their
	// communication (Art. 34(3)(c)). Counted when something is published.
	Unreached int64 `json:"unreached,omitempty"`
	// Bases are set where the controller attests who was taken: the people
	// concerned are then those of its register at a moment, and not those found
	// in a file. Empty: they were found in the dump.
	Bases []Basis `json:"bases,omitempty"`
	Low   int64   `json:"low"` // 95 % interval of persons concerned
	High  int64   `json:"high"`
	// Consequences, Measures and Actions are codes of the wording catalogue.
	Consequences []string `json:"consequences"`
	Measures     []string `json:"measures"`
	Actions      []string `json:"actions"`
	Complaint    string   `json:"complaint"` // none, announced, open, withdrawn
	ComplaintURL string   `json:"complaint_url"`
	PageURL      string   `json:"page_url"`
}

// Concerned is how many records are about this controller's people; in facts
// of before that was counted, those of the whole file.
func (f Facts) Concerned() int64 {
	if f.Own > 0 || f.Persons == 0 {
		return f.Own
	}
	return f.Records
}

// Basis is an attestation of what was taken from a register, and how far the
// dump bears it out for this controller's people.
type Basis struct {
	Registry   breach.RegistryID `json:"registry"`
	AsOf       time.Time         `json:"as_of"`
	Listed     bool              `json:"listed,omitzero"` // some of the people then, by a list
	By         string            `json:"by"`              // function, not name
	At         time.Time         `json:"at"`              // of the attestation
	Reference  string            `json:"reference,omitzero"`
	Categories []string          `json:"categories"` // attested as taken
	// Taken are told by the attestation; of them, Seen are in the dump as well.
	// Outside are told although it does not cover them: the dump has them.
	Taken   int64 `json:"taken"`
	Seen    int64 `json:"seen"`
	Outside int64 `json:"outside,omitzero"`
	// Nobody are rows of the dump, of Rows, that are nobody's whom a registry
	// knows any more. Rows is 0 where no dump was compared.
	Nobody int64 `json:"nobody,omitzero"`
	Rows   int64 `json:"rows,omitzero"`
}

// Found tells whether somebody is told by what the dump holds alone.
func (f Facts) Found() bool {
	for _, b := range f.Bases {
		if b.Outside > 0 {
			return true
		}
	}
	return len(f.Bases) == 0
}

// TakenAttested tells whether the controller attests that a category was taken.
func (f Facts) TakenAttested(code string) bool {
	for _, b := range f.Bases {
		for _, c := range b.Categories {
			if c == code {
				return true
			}
		}
	}
	return false
}

// The groups of readers that facts may tell apart, by the variants they read.
const (
	GroupAdults    = "adults"    // told about themselves, of age
	GroupMinors    = "minors"    // and those who represent them
	GroupProtected = "protected" // those who represent a protected adult
)

// Group is a group of people and the categories found for it.
type Group struct {
	Code    string   `json:"code" yaml:"code"`
	Present []string `json:"present" yaml:"present"` // codes, each also in Facts.Present
}

// GroupOf is the group whose data a reader of a variant is told about.
func GroupOf(variant string) string {
	switch variant {
	case VariantYoung, VariantChild, VariantGuardian, VariantInformation:
		return GroupMinors
	case VariantTutor, VariantCurator, VariantAgent:
		return GroupProtected
	}
	return GroupAdults
}

// PresentFor is what the facts say was found about a group; a group that they
// do not tell apart is told everything.
func (f Facts) PresentFor(group string) []breach.Category {
	for _, g := range f.Groups {
		if g.Code != group {
			continue
		}
		var list []breach.Category
		for _, c := range f.Present {
			if slices.Contains(g.Present, c.Code) {
				list = append(list, c)
			}
		}
		return list
	}
	return f.Present
}

// Recipient is somebody who must be told about one subject, where, and why.
type Recipient struct {
	Key     string           `json:"key"`     // subject or holder ID within the registry
	Role    string           `json:"role"`    // self, parent, tutor, curator, delegate, institute, agent
	Variant string           `json:"variant"` // wording: one of Variants
	Steps   []breach.Channel `json:"steps"`   // channels in order; empty when listed
	Contact breach.Contact   `json:"contact"`
	About   string           `json:"about"`            // given name of the subject when the recipient is somebody else; never outside the message
	Others  []string         `json:"others,omitempty"` // given names of further children told about in the same letter
	Neutral bool             `json:"neutral"`          // neutral sender: nothing outside tells the service
	Why     []string         `json:"why"`              // reason codes, most decisive first
}

// Envelope is one communication ready to be handed over.
type Envelope struct {
	Key      string // idempotency key: the ledger row's ID, no personal data
	To       breach.Contact
	From     breach.Controller
	Neutral  bool
	Easy     bool // the words are easy to read, and so is the type
	Language string
	Date     time.Time // printed on a letter; fixed when planned, so that rendering twice gives the same bytes. Zero: none
	Doc      Document
	Proof    Proof // zero: none
	// Leave is called once, right before what cannot be taken back; an error means
	// that nothing may leave, and comes back in the error of Send. nil: nobody asks.
	Leave func(ctx context.Context) error
}

// Leaving calls Leave, if somebody asks. Its error is no doubt: nothing has left.
func (e Envelope) Leaving(ctx context.Context) error {
	if e.Leave == nil {
		return nil
	}
	if err := e.Leave(ctx); err != nil {
		return &StayedError{err}
	}
	return nil
}

// StayedError is the reason why a message did not leave: Envelope.Leave said no.
type StayedError struct{ err error }

func (e *StayedError) Error() string { return "did not leave: " + e.err.Error() }

// Unwrap gives the reason and the kind: the message may be tried again.
func (e *StayedError) Unwrap() []error { return []error{breach.ErrTemporary, e.err} }

// Proof is the mark that proves one message genuine (notify/mark): Code is
// read by people, Payload by machines; Check is the address, in words, where a
// code is checked.
type Proof struct{ Code, Payload, Check string }

// Document is a communication before it takes the shape of a channel.
type Document struct {
	Version int    // of the facts
	Title   string // subject of an e-mail, heading of a letter
	Blocks  []Block
	Short   string // the SMS pointer: no link, no data category
}

// Block is a heading, a paragraph or a list, in reading order.
type Block struct {
	Heading string
	Text    []string // paragraphs
	List    []string // items, after the paragraphs
	Ordered bool
	Lang    string // of this block, where it is not the document's; ""
}

// Outcome is what a provider said about a message after it was handed over.
type Outcome struct {
	Key   string
	State breach.MessageState // delivered, bounced or failed
	Ref   string
	Code  string // stable reason code; never an address
}

// ErrUnknown is returned by Channel.Ask when the provider cannot say whether
// it has the message: the doubt is then listed by person, never repeated.
var ErrUnknown = errors.New("the provider cannot say")

// Channel hands communications to a provider. Send returns the provider's
// reference. An error wrapping breach.ErrInvalid is final for this recipient
// (a bounce), breach.ErrTemporary may be tried again, and any other error
// leaves a doubt that Ask resolves. No error carries an address or a value.
//
// A channel may also have Blind() bool, true where Ask never knows: it must call
// Envelope.Leaving as late as it can, since each message that left without word is
// a doubt when the process dies;
// Verdicts() bool, true where Outcomes come, and Settled() time.Duration, how
// long after a hand-over Ask may still not show what was accepted: before that,
// "not accepted" is no answer.
type Channel interface {
	Channel() breach.Channel
	Send(ctx context.Context, e Envelope) (ref string, err error)
	// Ask tells whether the provider has accepted the message with this key.
	Ask(ctx context.Context, key string) (ref string, accepted bool, err error)
	// Outcomes returns what has become of messages since the cursor, and the
	// next cursor. The first cursor is "".
	Outcomes(ctx context.Context, cursor string) ([]Outcome, string, error)
}
