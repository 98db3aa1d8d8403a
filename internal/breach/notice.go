package breach

import "time"

// Channel is a way to reach a person.
type Channel string

// The channels. "Told" is e-mail or letter; an SMS is a pointer and never
// counts as told (decisions.md 5 and 15). Human is the danger lane: somebody
// of the team reaches the person, nothing is mailed.
const (
	ChannelEmail  Channel = "email"
	ChannelSMS    Channel = "sms"
	ChannelLetter Channel = "letter"
	ChannelHuman  Channel = "human"
)

// MessageState is where one ledger row stands.
type MessageState string

// The life of a message. Reserved is written before hand-over and resolved
// after; a row found reserved after a crash is a doubt until the provider
// has been asked.
const (
	MessagePlanned    MessageState = "planned"
	MessageReserved   MessageState = "reserved"
	MessageHandedOver MessageState = "handed_over"
	MessageDelivered  MessageState = "delivered"
	MessageBounced    MessageState = "bounced" // evidence that moves to the next channel
	MessageFailed     MessageState = "failed"  // refused for good by the provider
	MessageDoubt      MessageState = "doubt"   // unknown after a crash, never repeated blindly
	MessageHeld       MessageState = "held"    // a late check removed it, with the reason
	MessageSkipped    MessageState = "skipped" // an earlier channel was enough
	MessageListed     MessageState = "listed"  // no way to reach, or a human must: listed by person
)

// Message is one row of the ledger: unique on notice version, subject,
// recipient and channel. It holds no name, address or number.
type Message struct {
	ID         MessageID    `json:"id"`
	Seq        int64        `json:"seq"` // dense within the incident and controller, from 1: batches are ranges of it
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Registry   RegistryID   `json:"registry"`
	Subject    PersonID     `json:"subject"`
	Recipient  string       `json:"recipient"` // subject or holder ID within the registry
	Role       string       `json:"role"`      // self, parent, tutor, ...
	Notice     int          `json:"notice"`    // version of the facts
	Variant    string       `json:"variant"`   // wording: adult, young, child, parent, tutor, ...
	Channel    Channel      `json:"channel"`
	Rank       int          `json:"rank"` // order of the channel for this recipient, from 0
	State      MessageState `json:"state"`
	Why        string       `json:"why"` // reason codes, comma separated
	// AddressKey is a keyed digest of where the message goes, so that a changed
	// address voids an approval without the address being stored here.
	AddressKey string `json:"address_key"`
	// Former is the version of the facts that this message corrects or completes
	// for somebody told by it; 0 for a first communication.
	Former int `json:"former,omitempty"`
	// Joined is the row whose letter tells this one too: the children of one
	// guardian, in one letter. "" alone; the row itself for the first of them.
	Joined   MessageID `json:"joined,omitempty"`
	Provider string    `json:"provider"`
	Ref      string    `json:"ref"` // the provider's reference
	Attempts int       `json:"attempts"`
	// Waits: reserved, and nothing has left yet, since its hand-over says when it
	// is about to (notify.Envelope.Leave) and has not.
	Waits     bool      `json:"waits,omitempty"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Key is the idempotency key given to providers: one for each letter.
func (m Message) Key() string {
	if m.Joined != "" {
		return string(m.Joined)
	}
	return string(m.ID)
}

// Controller is the body that answers for a registry, and for which the watch
// team works as a processor (GDPR Art. 28).
type Controller struct {
	ID      ControllerID `json:"id" yaml:"id"`
	Name    string       `json:"name" yaml:"name"`
	Kind    string       `json:"kind" yaml:"kind"` // commune, mission_locale, school, ...
	SIREN   string       `json:"siren" yaml:"siren"`
	Address string       `json:"address" yaml:"address"`
	DPO     string       `json:"dpo" yaml:"dpo"`               // contact point as published
	Phone   string       `json:"phone" yaml:"phone"`           // published number
	Hours   string       `json:"hours,omitempty" yaml:"hours"` // when it is answered, as published
	Website string       `json:"website" yaml:"website"`
	Mandate string       `json:"mandate" yaml:"mandate"` // reference of the Art. 28 contract
	// Who gave the standing mandate, when and for what; an incident's own may
	// replace it.
	MandateBy    string    `json:"mandate_by,omitzero" yaml:"mandate_by"`
	MandateAt    time.Time `json:"mandate_at,omitzero" yaml:"mandate_at"`
	MandateScope string    `json:"mandate_scope,omitzero" yaml:"mandate_scope"`
}

// Case is one controller's part of an incident: its clock, its Art. 34
// decision, its approvals. A controller may refuse while the others go on.
type Case struct {
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	// AwareAt starts the 72 hours of Art. 33; it is set by a person with a
	// reason (decisions.md 8).
	AwareAt     time.Time `json:"aware_at"`
	AwareBy     UserID    `json:"aware_by"`
	AwareReason string    `json:"aware_reason"`
	Decision    Decision  `json:"decision"`
	Reason      string    `json:"reason"`    // why, in words
	Exemption   string    `json:"exemption"` // 34(3)(a), (b) or (c) when not telling
	DecidedBy   UserID    `json:"decided_by"`
	DecidedAt   time.Time `json:"decided_at"`
	PlanHash    string    `json:"plan_hash"` // facts, templates, recipient list
	Persons     int64     `json:"persons"`   // persons concerned
	Recipients  int64     `json:"recipients"`
	// Ceiling is up to how many persons somebody allowed to be told, with a
	// reason; 0 where nobody was asked.
	Ceiling       int64  `json:"ceiling"`
	CeilingBy     UserID `json:"ceiling_by"`
	CeilingReason string `json:"ceiling_reason"`
	// Notice is the version of the facts that the plan is about, and FirstRow the
	// ledger row it begins with: 1 for the first plan, later for a correction.
	Notice   int     `json:"notice"`
	FirstRow int64   `json:"first_row"`
	Mandate  Mandate `json:"mandate"`
	// Texts is how many SMS are planned by where their numbers are from, as
	// notify/sms names territories; "" are those that no operator takes.
	Texts map[string]int64 `json:"texts,omitempty"`
}

// Mandate is a controller's order to the watch team to tell people in its name
// (GDPR Art. 28(3)). Nothing is sent without one.
type Mandate struct {
	Reference string    `json:"reference" yaml:"reference"` // of the document
	By        string    `json:"by" yaml:"by"`               // function of who gave it
	At        time.Time `json:"at" yaml:"at"`
	Scope     string    `json:"scope" yaml:"scope"`
	SetBy     UserID    `json:"set_by" yaml:"-"` // who recorded it
}

// Complete tells whether the mandate says who, when, for what and where it is
// written.
func (m Mandate) Complete() bool {
	return m.Reference != "" && m.By != "" && m.Scope != "" && !m.At.IsZero()
}

// Contact certainties: what the controller was told.
const (
	CertaintySuspected   = "suspected"   // a claim that nobody has checked
	CertaintyEstablished = "established" // with evidence that data of its own are out
)

// Call is one attempt to reach a controller, by any channel.
type Call struct {
	ID         string       `json:"id"`
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	At         time.Time    `json:"at"`
	Channel    string       `json:"channel"`     // phone, email, letter, visit, portal
	AnsweredBy string       `json:"answered_by"` // function, not name; "" nobody
	Effective  bool         `json:"effective"`   // somebody who answers for the controller understood
	Certainty  string       `json:"certainty"`   // suspected or established
	Note       string       `json:"note"`
	By         UserID       `json:"by"`
	LoggedAt   time.Time    `json:"logged_at"`
}

// CallChannels are the ways a controller is reached.
var CallChannels = []string{"phone", "email", "letter", "visit", "portal"}

// ProposeAware proposes when a controller became aware: at the earliest
// effective contact that told it with evidence (EDPB 9/2022 II.A.2). suspected
// is the earliest effective contact of all, which starts no clock: the
// controller then owes a prompt look, not a notification. Zero: none.
func ProposeAware(calls []Call) (aware, suspected time.Time) {
	for _, c := range calls {
		if !c.Effective {
			continue
		}
		if suspected.IsZero() || c.At.Before(suspected) {
			suspected = c.At
		}
		if c.Certainty == CertaintyEstablished && (aware.IsZero() || c.At.Before(aware)) {
			aware = c.At
		}
	}
	return aware, suspected
}

// Over tells a case that concerns more persons than the usual ceiling, and than
// anybody allowed: a dump may be made so as to have a crowd alarmed. Nobody can
// sign it, and nothing is sent, before a person has looked and lifted it.
func (c Case) Over(usual int64) bool { return c.Persons > max(usual, c.Ceiling) }

// Decision is a controller's reasoned decision under Art. 34.
type Decision string

// A controller tells, refuses with a reason, or has not decided.
const (
	DecisionNone   Decision = ""
	DecisionTell   Decision = "tell"
	DecisionRefuse Decision = "refuse"
)

// ApprovalRole says for whom an approval is given.
type ApprovalRole string

// Two people of the watch team and one of the controller sign the same hash.
const (
	ApprovalRequest    ApprovalRole = "request"    // watch team, first pair of eyes
	ApprovalTeam       ApprovalRole = "team"       // watch team, second and different person
	ApprovalController ApprovalRole = "controller" // a person of the controller
)

// Approval is one signature under a plan. It is an upper bound: late checks may
// only remove or hold (decisions.md 16).
type Approval struct {
	ID         ApprovalID   `json:"id"`
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Role       ApprovalRole `json:"role"`
	By         UserID       `json:"by"`
	Hash       string       `json:"hash"`
	At         time.Time    `json:"at"`
	ExpiresAt  time.Time    `json:"expires_at"` // governs the start, not the end
}

// Role is what an account may do.
type Role string

// The roles of the console.
const (
	RoleAnalyst    Role = "analyst"    // confirms alerts, acquires, prepares
	RoleReviewer   Role = "reviewer"   // decides candidate pairs
	RoleApprover   Role = "approver"   // second pair of eyes
	RoleController Role = "controller" // a person of one controller
	RoleAdmin      Role = "admin"      // accounts; sees no data
)

// User is an account.
type User struct {
	ID           UserID       `json:"id"` // log-in name
	Name         string       `json:"name"`
	Roles        []Role       `json:"roles"`
	Controller   ControllerID `json:"controller"` // for RoleController
	PasswordHash string       `json:"-"`          // argon2id, PHC string
	TOTP         []byte       `json:"-"`          // sealed secret
	TOTPStep     int64        `json:"-"`          // last step used: a code works once
	Disabled     bool         `json:"disabled"`
	CreatedAt    time.Time    `json:"created_at"`
}

// Has tells whether the account holds a role.
func (u User) Has(r Role) bool {
	for _, x := range u.Roles {
		if x == r {
			return true
		}
	}
	return false
}
