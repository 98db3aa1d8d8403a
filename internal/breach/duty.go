package breach

import "time"

// Duty is the waking of people for an alert: it stands open until somebody
// answers, in the console or with the code of a page, or nobody is left.
type Duty struct {
	Alert    AlertID   `json:"alert"`
	OpenedAt time.Time `json:"opened_at"`
	OpenedBy UserID    `json:"opened_by"` // "" when the policy did
	AckedAt  time.Time `json:"acked_at"`
	AckedBy  string    `json:"acked_by"` // a user ID, or "page:<role>"
	EndedAt  time.Time `json:"ended_at"` // nobody answered and nobody is left to wake
}

// Open tells whether somebody is still to be woken.
func (d Duty) Open() bool { return d.AckedAt.IsZero() && d.EndedAt.IsZero() }

// Page is one message that wakes one person: it names a role and not a person.
type Page struct {
	ID      string    `json:"id"`
	Alert   AlertID   `json:"alert"`
	Rung    int       `json:"rung"` // step of the escalation, from 0
	Role    string    `json:"role"` // team, dpo, security, head
	Channel Channel   `json:"channel"`
	Code    string    `json:"-"` // digest of the one-time code
	At      time.Time `json:"at"`
	Ref     string    `json:"ref"`   // of the provider
	Fault   string    `json:"fault"` // reason code when it could not be handed over
	UsedAt  time.Time `json:"used_at"`
}
