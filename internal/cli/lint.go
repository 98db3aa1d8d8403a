package cli

import (
	"fmt"

	"vigie/internal/breach"
	"vigie/notify/lint"
	"vigie/notify/sms"
)

// lintCmd checks a communication.
type lintCmd struct {
	File    string   `arg:"" help:"Plain text, or a document in JSON."`
	Channel string   `help:"Where it is to be read: letter, email, sms or page." enum:"letter,email,sms,page" default:"letter"`
	Contact []string `help:"Address that may stand in the text, such as the data protection officer's (may be repeated)." placeholder:"ADDRESS"`
	Easy    bool     `help:"Hold the text to the rules of easy-to-read language (FALC) as well."`
	JSON    bool     `help:"One JSON document."`
}

// Help shows examples.
func (lintCmd) Help() string {
	return "Exit status 3 when something is to be put right; advice refuses nothing.\n\nExamples:\n  vigie lint notice.txt\n  vigie lint pointer.txt --channel sms --json\n  vigie lint facile.txt --easy"
}

// Run checks the file.
func (c lintCmd) Run(s *session) error {
	f, err := input(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	ch := breach.Channel(c.Channel)
	doc, err := lint.Parse(f, ch)
	if err != nil {
		return about(c.File, err)
	}
	found, advice := lint.Review(doc, ch, lint.Options{Contacts: c.Contact, Count: sms.Count, Easy: c.Easy})
	if c.JSON {
		err = s.document(struct {
			File     string         `json:"file"`
			OK       bool           `json:"ok"`
			Findings []lint.Finding `json:"findings"`
			Advice   []lint.Finding `json:"advice,omitempty"`
		}{c.File, len(found) == 0, append([]lint.Finding{}, found...), advice})
	} else {
		for _, x := range found {
			_, _ = fmt.Fprintf(s.std.Out, "%s: %s: %s\n", x.Where, x.Rule, x.Message)
		}
		for _, x := range advice {
			_, _ = fmt.Fprintf(s.std.Out, "%s: advice, %s: %s\n", x.Where, x.Rule, x.Message)
		}
		_, err = fmt.Fprintf(s.std.Out, "%s: %d findings\n", c.File, len(found))
	}
	if err == nil && len(found) > 0 {
		return errRefused
	}
	return err
}
