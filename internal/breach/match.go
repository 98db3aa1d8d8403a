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
	// Held are the categories of data that the row holds, as codes. They are
	// written once, read by Store.Held, and outlive the dump.
	Held []string `json:"-"`
}

// MatchSummary counts the outcome of matching a dump with one registry.
type MatchSummary struct {
	Registry   RegistryID `json:"registry"`
	Rows       int64      `json:"rows"`
	Candidates int64      `json:"candidates"`
	Links      int64      `json:"links"`
	Reviews    int64      `json:"reviews"`
	Persons    int64      `json:"persons"` // distinct persons linked
	Hit        int64      `json:"hit"`     // distinct persons linked or in review
	Low        int64      `json:"low"`     // 95 % interval of the persons truly concerned
	High       int64      `json:"high"`
	// Crowd is how many rows speak of the person whom most speak of.
	Crowd int64  `json:"crowd"`
	Model string `json:"model"` // version of the frozen parameters
}

// Planted tells a dump that was made to hit one person: more than a score of
// its rows speak of somebody, and twenty times as many as of the others.
// Whoever wants a person alarmed, or drowned in doubt, need only repeat a row.
func (m MatchSummary) Planted() bool {
	const score, times = 20, 20
	others := max(m.Hit-1, 1)
	return m.Crowd > score && m.Crowd > times*max((m.Candidates-m.Crowd)/others, 1)
}
