package breach

import "time"

// IssuedMark is what a code printed on messages stands for. It names no
// person: one code is on one message, and says of it how, when and about what
// it was sent.
type IssuedMark struct {
	Code       string       `json:"-"` // keyed digest
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Channel    Channel      `json:"channel"`
	Batch      string       `json:"batch"`
	Day        time.Time    `json:"day"` // as the message bears it
}

// Asked is what the checking service knows of a code after one more question.
type Asked struct {
	Mark    IssuedMark
	Known   bool
	Times   int64 // this question included
	Clients int64 // from so many places
}

// SentDay says that messages of one day went out by a channel.
type SentDay struct {
	Controller ControllerID `json:"controller"`
	Channel    Channel      `json:"channel"`
	Day        time.Time    `json:"day"`
	Batches    []string     `json:"batches"` // as the marks name them
}

// SourceMark is the source of alerts on false messages in our name.
const SourceMark SourceID = "mark"
