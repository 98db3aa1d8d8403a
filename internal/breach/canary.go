package breach

import "time"

// CanaryMessage is a copy of what a batch sends, to a mailbox, phone or letter
// box of the team's own. It stands apart from the ledger and in no statistics.
type CanaryMessage struct {
	ID         string       `json:"id"`
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Channel    Channel      `json:"channel"`
	Batch      string       `json:"batch"`
	State      MessageState `json:"state"` // reserved, handed_over, failed, doubt
	Ref        string       `json:"ref"`
	At         time.Time    `json:"at"`
}

// CanaryTotal counts copies apart from messages.
type CanaryTotal struct {
	Controller ControllerID `json:"controller"`
	Channel    Channel      `json:"channel"`
	State      MessageState `json:"state"`
	N          int64        `json:"n"`
}
