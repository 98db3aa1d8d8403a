package breach

import "time"

// Band is what follows from a match probability.
type Band string

// The three bands of Fellegi and Sunter (1969).
const (
	BandLink    Band = "link"     // certain enough to need no review
	BandReview  Band = "review"   // a possible link: a person decides
	BandNonLink Band = "non-link" // not this person
)

// Evidence is what one comparison contributed to a match weight.
type Evidence struct {
	Field  string  `json:"field"`
	Level  string  `json:"level"` // such as "exact", "close", "swapped", "different", "missing"
	Weight float64 `json:"weight"`
}

// CandidateState is where a candidate pair stands.
type CandidateState string

// The life of a candidate pair.
const (
	CandidateOpen     CandidateState = "open"     // waits for clerical review
	CandidateLinked   CandidateState = "linked"   // the row is this person
	CandidateRejected CandidateState = "rejected" // it is not
)

// Candidate is a dump row beside a registered person. It holds no personal
// data: the row and the person are opened, masked, only to be shown.
type Candidate struct {
	ID          CandidateID    `json:"id"`
	Incident    IncidentID     `json:"incident"`
	Registry    RegistryID     `json:"registry"`
	Row         int64          `json:"row"` // data row of the dump, from 1
	Person      PersonID       `json:"person"`
	Weight      float64        `json:"weight"` // bits
	Probability float64        `json:"probability"`
	Band        Band           `json:"band"`
	Why         []Evidence     `json:"why"`
	State       CandidateState `json:"state"`
	Version     int            `json:"version"`    // optimistic lock: a decision names the version it saw
	DecidedBy   UserID         `json:"decided_by"` // "" when the band decided
	DecidedAt   time.Time      `json:"decided_at"`
	Reason      string         `json:"reason"`
}

// MatchSummary counts the outcome of matching a dump with one registry.
type MatchSummary struct {
	Registry   RegistryID `json:"registry"`
	Rows       int64      `json:"rows"`
	Candidates int64      `json:"candidates"`
	Links      int64      `json:"links"`
	Reviews    int64      `json:"reviews"`
	Persons    int64      `json:"persons"` // distinct persons linked
	Low        int64      `json:"low"`     // 95 % interval of the persons truly concerned
	High       int64      `json:"high"`
	Model      string     `json:"model"` // version of the frozen parameters
}
