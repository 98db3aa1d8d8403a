package breach

import "time"

// Roles of people who report. They weigh on nothing by themselves: whoever
// reads the alert judges.
var ReportRoles = []string{"school", "body", "citizen", "police", "journalist", "other"}

// Report is what a person tells of a leak. Their words become a post and an
// alert like any other; how to reach them is sealed.
type Report struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Channel string    `json:"channel"` // form, email, console
	Role    string    `json:"role"`    // one of ReportRoles
	Digest  string    `json:"digest"`  // keyed, of the whole: the same report twice is one
	Post    PostID    `json:"post"`
	Alert   AlertID   `json:"alert"`
	Files   []string  `json:"files"` // identifiers of the sealed attachments
	Contact string    `json:"-"`     // sealed at rest
}

// SourceReport is the source of alerts that people raise.
const SourceReport SourceID = "report"
