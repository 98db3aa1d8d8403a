package console

import (
	"context"
	"io"
	"time"

	"vigie/internal/breach"
)

// Bodies gives what goes to an institution and to the authority, and takes in
// what comes back. Config.Bodies may be nil: the pages are then not served.
type Bodies interface {
	paperKeeper
	handover
	followups
	dossiers
}

// paperKeeper writes the institution's documents and keeps who was given them.
type paperKeeper interface {
	// Papers writes what the current facts give, and lists everything written.
	Papers(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Paper, error)
	PaperFile(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, file string) ([]byte, error)
	Deliveries(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Delivery, error)
	AddDelivery(ctx context.Context, d breach.Delivery) error
}

// handover seals the list of the institution's people.
type handover interface {
	HandoverKey(ctx context.Context, controller breach.ControllerID) (breach.HandoverKey, error)
	SetHandoverKey(ctx context.Context, k breach.HandoverKey) error
	SealPeople(ctx context.Context, dst io.Writer, incident breach.IncidentID, controller breach.ControllerID, by breach.UserID, why string) (people int64, err error)
}

type followups interface {
	Followups(ctx context.Context, incident breach.IncidentID) ([]breach.Followup, error)
	AnswerFollowup(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, months int, a breach.Strategy, by breach.UserID, at time.Time) error
}

// dossiers draws the notification to the authority up.
type dossiers interface {
	Dossier(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (Dossier, error)
	// DossierFile is one of Dossier.Files, and its media type.
	DossierFile(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, name string) (data []byte, media string, err error)
	// Answer and Assess keep a new version of what people state, as JSON.
	Answer(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, answers []byte, reason string, by breach.UserID) error
	Assess(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, factors []byte, reason string, by breach.UserID) error
	// Notify freezes the form as it stands under the number that was given.
	Notify(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, sentAt time.Time, number string, by breach.UserID) error
}

// Dossier is what the page shows of a notification.
type Dossier struct {
	Type      string // as the form names it
	Gravity   string
	Score     float64
	Confirmed bool
	Reasons   string // for a delay
	Unknown   []string
	Changes   []string // fields that differ from what was sent
	Sent      []breach.Notification
	History   []Assessed
	Files     []string
	Answers   []byte // JSON, as stated last
	Lists     map[string][]Choice
	// Factors are those of the severity, confirmed or proposed, as the form has
	// them.
	Factors map[string]string
}

// Assessed is a version of the severity.
type Assessed struct {
	By        breach.UserID
	At        time.Time
	Reason    string
	Score     float64
	Level     string
	Rationale []string
}
