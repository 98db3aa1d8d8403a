package notify

// Effect is what a changed statement means for somebody who was told the
// former one.
type Effect string

// A statement that proved wrong is corrected; a new one may matter, which a
// person decides; a quiet one is for the page and the dossier alone.
const (
	EffectWrong Effect = "wrong"
	EffectNew   Effect = "new"
	EffectQuiet Effect = "quiet"
)

// Change is one statement that differs between two versions of the facts.
type Change struct {
	// What is the statement: name, summary, occurred, discovered, aware, system,
	// extent, category, attested, not_found, consequence, measure, action,
	// complaint, dpo, phone, address, site, signer.
	What   string
	Code   string // of a list, which of it
	Before string // code, day (2006-01-02) or text told before; "" nothing was said
	After  string
	Effect Effect
}

// Revision is what somebody gets who was told an earlier version.
type Revision struct {
	Former   int // the version they were told
	Changes  []Change
	Corrects bool // something told was wrong, as against news alone
}
