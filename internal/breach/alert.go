package breach

import (
	"fmt"
	"slices"
	"time"
)

// AlertState is where an alert stands.
type AlertState string

// The life of an alert: new, then seen by somebody who has it in hand, then
// one of three ends. A confirmed alert may be handed over as well, and one
// dismissed for want of proof is new again when another source repeats it.
const (
	AlertNew       AlertState = "new"
	AlertSeen      AlertState = "seen"
	AlertConfirmed AlertState = "confirmed"
	AlertDismissed AlertState = "dismissed"
	AlertHanded    AlertState = "handed_over"
)

// AlertStates lists every state, in order.
var AlertStates = []AlertState{AlertNew, AlertSeen, AlertConfirmed, AlertDismissed, AlertHanded}

// The codes of a dismissal.
const (
	DismissHomonym    = "homonym"    // another body, a hotel, a town abroad
	DismissNotBody    = "not_public" // no public body is concerned
	DismissMisread    = "misread"    // the page was misread: no such post
	DismissOld        = "old_data"   // a file that was published before
	DismissUnproven   = "unproven"   // nothing shows that it is true: put aside until something does
	DismissDuplicate  = "duplicate"  // the same event as another alert
	DismissFabricated = "fabricated" // the data is invented
	DismissOther      = "other"      // said in words
)

// DismissCodes lists the codes of a dismissal.
var DismissCodes = []string{DismissHomonym, DismissNotBody, DismissMisread, DismissOld, DismissUnproven, DismissDuplicate, DismissFabricated, DismissOther}

// FalseAlarm tells whether a dismissal says that the alert should not have
// been raised: it counts against the budget. Old or unproven claims were
// rightly looked at, and the repeat of an event is the merging's mistake.
func FalseAlarm(code string) bool {
	return slices.Contains([]string{DismissHomonym, DismissNotBody, DismissMisread, DismissDuplicate}, code)
}

// AlertMove is one person's step with an alert.
type AlertMove struct {
	To     AlertState
	By     UserID
	At     time.Time
	Code   string // of a dismissal
	Reason string // in words: of a dismissal with the code "other", else if wanted; never a personal value
	Handed string // to whom it was handed over: a body or a service, not a person
}

// Moved is the alert after a move, or why the move may not be.
func (a Alert) Moved(m AlertMove) (Alert, error) {
	if m.By == "" {
		return a, fmt.Errorf("a person is needed: %w", ErrInvalid)
	}
	open := a.State == AlertNew || a.State == AlertSeen
	switch {
	case m.To == AlertSeen && a.State == AlertNew:
		a.SeenBy, a.SeenAt = m.By, m.At
	case m.To == AlertConfirmed && open:
		a.DecidedBy, a.DecidedAt, a.Reason = m.By, m.At, m.Reason
	case m.To == AlertDismissed && open:
		if !slices.Contains(DismissCodes, m.Code) || m.Code == DismissOther && m.Reason == "" {
			return a, fmt.Errorf("a dismissal needs a reason: %w", ErrInvalid)
		}
		a.DecidedBy, a.DecidedAt, a.ReasonCode, a.Reason = m.By, m.At, m.Code, m.Reason
	case m.To == AlertHanded && (open || a.State == AlertConfirmed):
		if m.Handed == "" {
			return a, fmt.Errorf("to whom it was handed over is needed: %w", ErrInvalid)
		}
		a.HandedTo, a.HandedBy, a.HandedAt = m.Handed, m.By, m.At
	case !slices.Contains(AlertStates, m.To) || m.To == AlertNew:
		return a, fmt.Errorf("no such move: %w", ErrInvalid)
	default:
		return a, fmt.Errorf("the alert has been decided already: %w", ErrConflict)
	}
	a.State = m.To
	return a, nil
}

// Sighting is a post of an alert's event: the one that raised it, or a repeat
// on a mirror, another site or by another person.
type Sighting struct {
	Post   PostID    `json:"post"`
	Source SourceID  `json:"source"`
	At     time.Time `json:"at"`
}

// AlarmCount is how many alerts of a kind were decided in a while, and how
// many of them should not have been raised.
type AlarmCount struct {
	Kind    string
	Decided int64
	False   int64
}
