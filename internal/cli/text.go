package cli

import (
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/notify/wording"
)

// textCmd looks after the words that are drafts until somebody has read them.
type textCmd struct {
	List textListCmd `cmd:"" help:"Which languages and easy versions have been read over, and by whom."`
	Read textReadCmd `cmd:"" help:"Record that a named person has read a text over: it may then be sent."`
}

type textListCmd struct {
	JSON bool `help:"One JSON object a text."`
}

// Help shows an example.
func (textListCmd) Help() string {
	return "A text whose words have changed since is a draft again.\n\nExample:\n  vigie text list"
}

// textLine is a line of text list.
type textLine struct {
	Text     string     `json:"text"`
	Digest   string     `json:"digest"`
	Draft    bool       `json:"draft"`
	Name     string     `json:"name"`
	Function string     `json:"function"`
	At       *time.Time `json:"at"`
}

// Run lists the texts.
func (c textListCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := a.Store.Readings(s)
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	for _, text := range wording.Texts() {
		line := textLine{Text: text, Digest: wording.TextDigest(text), Draft: true}
		for _, r := range list {
			if r.Text == text && r.Digest == line.Digest {
				line.Draft, line.Name, line.Function, line.At = false, r.Name, r.Function, &r.At
			}
		}
		if c.JSON {
			err = enc.Encode(line)
		} else if line.Draft {
			_, err = fmt.Fprintf(s.std.Out, "%-10s draft: neither sent nor published\n", text)
		} else {
			_, err = fmt.Fprintf(s.std.Out, "%-10s read over by %s (%s), %s\n", text, line.Name, line.Function, line.At.Format(time.DateOnly))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type textReadCmd struct {
	Text     string `arg:"" help:"A text that vigie text list names, such as ar or fr-easy." placeholder:"TEXT"`
	Name     string `help:"Who has read it over." required:"" placeholder:"NAME"`
	Function string `help:"In what capacity: translator, group of people concerned..." required:"" placeholder:"FUNCTION"`
	By       string `help:"The account that records it." required:"" placeholder:"USER"`
}

// Help shows an example.
func (textReadCmd) Help() string {
	return "Texts in easy language are read over with people concerned (RLS 2.1, Information for all). The record is audited and holds for the words as they stand.\n\n" +
		"Example:\n  vigie text read ar --name \"N. Exemple\" --function \"sworn interpreter\" --by amina"
}

// Run records the reading.
func (c textReadCmd) Run(s *session) error {
	digest := wording.TextDigest(c.Text)
	if digest == "" {
		return usage("there is no text %q: vigie text list names them", c.Text)
	}
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.Store.SaveReading(s, breach.Reading{Text: c.Text, Digest: digest, Name: c.Name, Function: c.Function, By: breach.UserID(c.By), At: now()})
}
