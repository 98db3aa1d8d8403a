package breach

import "time"

// RequestKind is what a person asks or says after they were told, or were not.
type RequestKind string

// The kinds of request.
const (
	RequestAccess  RequestKind = "access"         // GDPR Art. 15: what is held, was I told, when and how
	RequestWrong   RequestKind = "wrong-person"   // the message was not for me
	RequestPartner RequestKind = "former-partner" // you wrote to my former partner, or to my former address
	RequestObject  RequestKind = "object"         // GDPR Art. 21: do not write to me again
)

// RequestKinds lists them.
var RequestKinds = []RequestKind{RequestAccess, RequestWrong, RequestPartner, RequestObject}

// Suspends tells whether nothing more goes to the address concerned until a
// human has looked.
func (k RequestKind) Suspends() bool { return k != RequestAccess }

// RequestState is where a request stands.
type RequestState string

// The life of a request.
const (
	RequestOpen     RequestState = "open"
	RequestAnswered RequestState = "answered"
	RequestRefused  RequestState = "refused" // with reasons, and the right to complain (Art. 12(4))
)

// Outcomes of a request that says that a message went wrong. They count in the
// measured precision of what was told.
const (
	OutcomeConfirmed = "wrong"     // it was a wrong person or address
	OutcomeRight     = "right"     // it was not
	OutcomeNone      = ""          // not looked into, or does not apply
	OutcomeUnknown   = "unfounded" // nothing was found about who asks
)

// Request is one request of a person. Who asks, in which words and how to
// answer are sealed beside it.
type Request struct {
	ID         RequestID    `json:"id"`
	Kind       RequestKind  `json:"kind"`
	State      RequestState `json:"state"`
	Incident   IncidentID   `json:"incident"`
	Controller ControllerID `json:"controller"`
	Registry   RegistryID   `json:"registry"` // once it is known who asks
	Person     PersonID     `json:"person"`
	Message    MessageID    `json:"message"` // the communication it is about, if any
	ReceivedAt time.Time    `json:"received_at"`
	DueAt      time.Time    `json:"due_at"`
	TakenBy    UserID       `json:"taken_by"`
	Longer     string       `json:"longer"` // why two months more are needed; "" for none
	AnsweredBy UserID       `json:"answered_by"`
	AnsweredAt time.Time    `json:"answered_at"`
	Outcome    string       `json:"outcome"`
}

// Term is a legal period in months with its dates of validity.
type Term struct {
	From   time.Time
	Months int // to answer
	Longer int // more, with reasons given within the first
	Source string
}

// RequestTerms are the periods for answering a person, oldest first.
var RequestTerms = []Term{{
	From:   time.Date(2018, 5, 25, 0, 0, 0, 0, time.UTC),
	Months: 1, Longer: 2,
	Source: "GDPR Art. 12(3); Regulation 1182/71 Art. 3(2)(c)",
}}

func termAt(at time.Time) Term {
	term := RequestTerms[0]
	for _, t := range RequestTerms {
		if !at.Before(t.From) {
			term = t
		}
	}
	return term
}

// AnswerBy is when an answer is due: the end of the day, in zone, that has the
// date of the day of receipt a month later (three with reasons); where that
// month has no such day, its last (Regulation 1182/71 Art. 3(2)(c)). A week-end
// or holiday does not move it: the Regulation would allow the next working day,
// and earlier is never late.
func AnswerBy(received time.Time, longer bool, zone *time.Location) time.Time {
	t := termAt(received)
	months := t.Months
	if longer {
		months += t.Longer
	}
	day := received.In(zone)
	last := time.Date(day.Year(), day.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, zone).Day()
	return time.Date(day.Year(), day.Month()+time.Month(months), min(day.Day(), last)+1, 0, 0, 0, 0, zone).UTC()
}
