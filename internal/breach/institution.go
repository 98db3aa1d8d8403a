package breach

import "time"

// Paper is a document written for one controller's institution from a version
// of the facts: its name within the dossier, and the digest of its bytes.
type Paper struct {
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Kind       string       `json:"kind"`
	Language   string       `json:"language"`
	Version    int          `json:"version"` // of the facts
	File       string       `json:"file"`    // relative to the controller's dossier
	Digest     string       `json:"digest"`  // SHA-256, hex
	At         time.Time    `json:"at"`      // first written from this version
}

// Delivery says that a person gave the institution a document, to whom (a
// function, never a name) and how.
type Delivery struct {
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Kind       string       `json:"kind"`
	Version    int          `json:"version"`
	At         time.Time    `json:"at"`
	By         UserID       `json:"by"`
	How        string       `json:"how"`
}

// PaperIntranet is the kind of the article that front desks check messages
// with: no message leaves before the institution has it.
const PaperIntranet = "intranet"

// Notification is what a person says was sent to the supervisory authority: a
// number, a date, and the form as it stood, which nobody changes after.
type Notification struct {
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Seq        int          `json:"seq"`    // from 1
	Type       string       `json:"type"`   // initial, complementary, complete
	Number     string       `json:"number"` // that the authority gave
	SentAt     time.Time    `json:"sent_at"`
	By         UserID       `json:"by"`
	At         time.Time    `json:"at"` // recorded
	Version    int          `json:"version"`
	Form       []byte       `json:"form"` // JSON
}

// The types of a notification under Art. 33(4).
const (
	NotificationInitial       = "initial"
	NotificationComplementary = "complementary"
	NotificationComplete      = "complete"
)

// Note is a version of something that people state of a controller's case, as
// JSON: what they answered to the authority's form, or the factors of the
// severity.
type Note struct {
	Seq     int       `json:"seq"` // from 1; the last holds
	By      UserID    `json:"by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
	Content []byte    `json:"content"` // JSON
}

// Followup asks an institution, some months later, what became of its breach.
type Followup struct {
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Months     int          `json:"months"`
	DueAt      time.Time    `json:"due_at"`
	AskedAt    time.Time    `json:"asked_at"`
	AnsweredAt time.Time    `json:"answered_at"` // zero: not yet
	By         UserID       `json:"by"`
	Strategy   Strategy     `json:"strategy"`
}

// Strategy is what an institution answers.
type Strategy struct {
	Measures string `json:"measures"`
	Score    int    `json:"score"` // 0 to 100, its own
	Next     string `json:"next"`
	NewFacts bool   `json:"new_facts"` // only these let people be written to again
}

// HandoverKey is the age recipient that an institution's list of people is
// sealed for, and how a person made sure that it is the institution's.
type HandoverKey struct {
	Controller ControllerID `json:"controller"`
	Recipient  string       `json:"recipient"`
	How        string       `json:"how"`
	By         UserID       `json:"by"`
	At         time.Time    `json:"at"`
}
