package cli

import "vigie/notify/authority"

// severityCmd scores a breach.
type severityCmd struct {
	JSON bool `help:"One JSON document (the only form; accepted for scripts)." default:"true"`
}

// Help shows an example.
func (severityCmd) Help() string {
	return "Example:\n  echo '{\"dpc\":{\"simple\":3},\"ei\":1,\"cb\":{\"confidentiality\":0.5,\"integrity\":0,\"availability\":0,\"malice\":0.5},\"people\":4000,\"unintelligible\":false}' | vigie severity"
}

// Run scores the factors on standard input.
func (severityCmd) Run(s *session) error {
	f, err := authority.ReadFactors(s.stdin())
	if err != nil {
		return err
	}
	score, err := authority.Assess(f)
	if err != nil {
		return err
	}
	return s.document(score)
}
