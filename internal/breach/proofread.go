package breach

import "time"

// Finding is one thing to put right in a communication of a plan.
type Finding struct {
	Text    string `json:"text"` // which communication: variant, role, channel, language
	Rule    string `json:"rule"`
	Where   string `json:"where"`
	Message string `json:"message"`
}

// LintOverride is the written word of a controller's data protection officer
// that communications go out although the linter found them wanting. It holds
// for the findings that were read, and for no others.
type LintOverride struct {
	Name     string    `json:"name"`
	Function string    `json:"function"`
	Reasons  string    `json:"reasons"`
	By       UserID    `json:"by"` // the account that entered it
	At       time.Time `json:"at"`
}

// Proofread is what the linter said of a controller's plan.
type Proofread struct {
	Digest   string    `json:"digest"` // of facts, words and findings
	Findings []Finding `json:"findings"`
	At       time.Time `json:"at"`
	Override LintOverride
}

// Passed tells whether the communications may be approved.
func (p Proofread) Passed() bool { return len(p.Findings) == 0 || p.Override.Name != "" }

// Reading records that a person has read over the words of a language or of an
// easy version: until then they are a draft (decisions.md 29). Other words have
// another digest, and are a draft again.
type Reading struct {
	Text     string    `json:"text"` // such as "ar", "fr-easy", "fr-child"
	Digest   string    `json:"digest"`
	Name     string    `json:"name"`
	Function string    `json:"function"`
	By       UserID    `json:"by"`
	At       time.Time `json:"at"`
}
