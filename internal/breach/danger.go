package breach

import "time"

// Exposed says, of one protected value, what the dump holds. It is never the
// value itself.
type Exposed string

// What a dump can hold of a protected value. The order is that of danger.
const (
	ExposedPresent Exposed = "present" // the value itself
	ExposedOther   Exposed = "other"   // another value than the registry's: older, or newer than what the registry knows
	ExposedUnsaid  Exposed = "unsaid"  // cannot say: one side is not known or not readable
	ExposedOlder   Exposed = "older"   // a value known to be former: the shared home, the name before
	ExposedAbsent  Exposed = "absent"  // the dump's row has nothing there
)

// Worse returns the more dangerous of two findings on one field.
func (e Exposed) Worse(o Exposed) Exposed {
	if o.gravity() > e.gravity() {
		return o
	}
	return e
}

func (e Exposed) gravity() int {
	switch e {
	case ExposedPresent:
		return 5
	case ExposedOther:
		return 4
	case ExposedUnsaid:
		return 3
	case ExposedOlder:
		return 2
	case ExposedAbsent:
		return 1
	}
	return 0
}

// The values that a protection may hide.
const (
	FieldAddress     = "address"
	FieldName        = "name"        // the usage name, where it is another than at birth
	FieldInstitution = "institution" // which school, town or service follows the person
	FieldPhone       = "phone"
	FieldEmail       = "email"
)

// DangerFields lists them, the most dangerous first.
var DangerFields = []string{FieldAddress, FieldInstitution, FieldPhone, FieldName, FieldEmail}

// Why somebody stands in the danger lane.
const (
	DangerProtected = "protected"        // the registry hides the address (C. civ. 515-11 6° bis)
	DangerElected   = "elected-domicile" // a domicile was elected (C. civ. 515-11 6°)
	DangerPlaced    = "placed-in-secret" // a placed minor whose follow-up is secret (C. civ. 375-7 al. 4)
	DangerOrder     = "order-stands"     // a protection order names a holder: the person lives where that holder must not look
)

// DangerOutcome is how a person of the lane was settled: by a human's word.
type DangerOutcome string

// The ends of an entry of the danger lane.
const (
	DangerReached   DangerOutcome = "reached"    // the person, by voice
	DangerDomicile  DangerOutcome = "domicile"   // the elected domicile: lawyer or prosecutor
	DangerReferent  DangerOutcome = "referent"   // the service that follows the person tells them
	DangerNotThem   DangerOutcome = "not-them"   // the row of the dump is somebody else's
	DangerNoMeans   DangerOutcome = "no-means"   // everything was tried, with what is written down
	DangerNoAnswer  DangerOutcome = "no-answer"  // of an attempt: nobody there; settles nothing
	DangerCallAgain DangerOutcome = "call-again" // of an attempt: agreed to call again; settles nothing
)

// Settles tells whether an outcome ends an entry.
func (o DangerOutcome) Settles() bool {
	switch o {
	case DangerReached, DangerDomicile, DangerReferent, DangerNotThem, DangerNoMeans:
		return true
	}
	return false
}

// Told tells whether the person knows after this outcome.
func (o DangerOutcome) Told() bool {
	return o == DangerReached || o == DangerDomicile || o == DangerReferent
}

// Danger is a protected person found in a dump, linked or still in review: a
// human reaches them before anything is public (decisions.md 3). It holds no
// name and no value.
type Danger struct {
	ID         DangerID           `json:"id"`
	Incident   IncidentID         `json:"incident"`
	Registry   RegistryID         `json:"registry"`
	Person     PersonID           `json:"person"`
	Controller ControllerID       `json:"controller"`
	Human      DangerID           `json:"human"` // the entry of the same human in another registry, else its own ID
	Why        []string           `json:"why"`
	Exposed    map[string]Exposed `json:"exposed"` // by field
	// Household are keyed digests of the person, of those who answer for them
	// and of the present address: who shares one is not written to meanwhile.
	Household []string      `json:"household"`
	OpenedAt  time.Time     `json:"opened_at"`
	TakenBy   UserID        `json:"taken_by"`
	TakenAt   time.Time     `json:"taken_at"`
	SettledBy UserID        `json:"settled_by"`
	SettledAt time.Time     `json:"settled_at"`
	Outcome   DangerOutcome `json:"outcome"`
	Pair      string        `json:"pair"` // linked, open or rejected: the best of the person's candidates
}

// Open tells whether a human still has to settle it.
func (d Danger) Open() bool { return d.SettledAt.IsZero() }

// Rank orders the lane: 0 is the present address in the hands of anybody.
func (d Danger) Rank() int { return DangerRank(d.Exposed) }

// DangerRank is the place in the queue that follows from what is exposed.
func DangerRank(exposed map[string]Exposed) int {
	for step, e := range []Exposed{ExposedPresent, ExposedOther, ExposedUnsaid, ExposedOlder} {
		for i, f := range DangerFields {
			if exposed[f] == e {
				return step*len(DangerFields) + i
			}
		}
	}
	return 4 * len(DangerFields)
}

// The clock of the danger lane. No law sets it; these are the policy of the
// watch team: somebody takes an entry within half an hour, and it is settled
// within a day, since the 72 hours of Art. 33 and "without undue delay" of Art.
// 34 run meanwhile.
const (
	DangerTakeWithin   = 30 * time.Minute
	DangerSettleWithin = 24 * time.Hour
)

// Due is when an open entry is late: nobody has taken it, or whoever took it
// has not settled it.
func (d Danger) Due() time.Time {
	if d.TakenAt.IsZero() {
		return d.OpenedAt.Add(DangerTakeWithin)
	}
	return d.OpenedAt.Add(DangerSettleWithin)
}

// Attempt is one try to reach a person of the danger lane.
type Attempt struct {
	Danger   DangerID      `json:"danger"`
	At       time.Time     `json:"at"`
	By       UserID        `json:"by"`
	Means    string        `json:"means"`    // call, visit, referent, lawyer, prosecutor
	Domicile bool          `json:"domicile"` // the elected domicile was the one reached
	Outcome  DangerOutcome `json:"outcome"`
	Note     string        `json:"note"` // how, without personal data
}

// AttemptMeans lists how a person may be tried.
var AttemptMeans = []string{"call", "visit", "referent", "lawyer", "prosecutor"}

// Override lets what is public go out although the lane is not empty: an
// approver's written word. It covers what stood in the lane at that time.
type Override struct {
	Incident IncidentID `json:"incident"`
	By       UserID     `json:"by"`
	At       time.Time  `json:"at"`
	Reason   string     `json:"reason"`
}

// Worsen adds to d what an entry made before says, and tells whether d then
// says more than it did.
func (d *Danger) Worsen(old Danger) bool {
	more := false
	merged := map[string]Exposed{}
	for _, f := range DangerFields {
		if e := old.Exposed[f].Worse(d.Exposed[f]); e != "" {
			merged[f] = e
			more = more || e != old.Exposed[f]
		}
	}
	d.Exposed = merged
	return more
}

// LanePage is one message that wakes somebody for a late entry of the lane.
type LanePage struct {
	ID       string
	Incident IncidentID
	Rung     int
	Channel  Channel
	At       time.Time
	Ref      string
	Fault    string
}
