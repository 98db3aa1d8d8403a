package facts

import (
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Version is one version of the facts and, where a person made it, who, when
// and why.
type Version struct {
	Number int
	By     breach.UserID // "" where the machine gathered it
	At     time.Time
	Why    string
	Tell   Tell
}

// DocumentChange is what a version changes in one document.
type DocumentChange struct {
	Name    string // letter, sms, page, dossier, paper-* and kit-* of the institution; the e-mail reads like the letter
	Variant string // of the reader, "" for none in particular
	Lang    string
	Blocks  []BlockChange
}

// BlockChange is one block before and after; "" where it is not.
type BlockChange struct{ Heading, Before, After string }

// Impact is what an edit would change, and for whom.
type Impact struct {
	Documents []DocumentChange
	// Told counts the recipients who were told an earlier version; Corrected and
	// Informed those of them who would be written to again, and Waiting those who
	// were not told yet and get the version as it is.
	Told, Corrected, Informed, Waiting int64
	// Statements are the changed statements, for no group in particular.
	Statements []notify.Change
}
