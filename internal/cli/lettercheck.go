package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"vigie/internal/breach"
	"vigie/notify/letter"
	"vigie/notify/letter/proof"
)

type letterCheckCmd struct {
	File    string `arg:"" help:"A PDF made by any tool, or the description of a letter in JSON."`
	Profile string `help:"What it is to be read for: print (sheet, address, window of the envelope) or accessible (tags, language, reading order)." enum:"print,accessible" default:"print"`
	JSON    bool   `help:"One JSON document."`
}

// Help shows examples.
func (letterCheckCmd) Help() string {
	return "Exit status 3 when something is to be put right.\n\nExamples:\n  vigie letter check letter.pdf\n  vigie letter check letter.pdf --profile accessible --json\n  vigie letter check letter.json"
}

// letterReport is what a check answers. Proposal is the address as it would
// fit, for a person to accept.
type letterReport struct {
	File     string          `json:"file"`
	OK       bool            `json:"ok"`
	Findings []proof.Finding `json:"findings"`
	Proposal []string        `json:"proposal,omitempty"`
}

// Run checks the file.
func (c letterCheckCmd) Run(s *session) error {
	f, err := input(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, proof.MaxBytes+1))
	if err != nil {
		return about(c.File, err)
	}
	report := letterReport{File: c.File}
	if bytes.HasPrefix(bytes.TrimSpace(data[:min(len(data), 512)]), []byte("{")) {
		err = c.description(data, &report)
	} else {
		report.Findings, err = proof.Check(data, proof.Profile(c.Profile))
	}
	if err != nil {
		return about(c.File, err)
	}
	report.OK = len(report.Findings) == 0
	if err := c.answer(s, report); err != nil || report.OK {
		return err
	}
	return errRefused
}

func (c letterCheckCmd) answer(s *session, report letterReport) error {
	if c.JSON {
		return s.document(report)
	}
	for _, x := range report.Findings {
		_, _ = fmt.Fprintf(s.std.Out, "%s: %s: %s\n", x.Where, x.Rule, x.Message)
	}
	for _, line := range report.Proposal {
		_, _ = fmt.Fprintf(s.std.Out, "proposal: %s\n", line)
	}
	_, err := fmt.Fprintf(s.std.Out, "%s: %d findings\n", c.File, len(report.Findings))
	return err
}

// description checks the address first, then the letter that is made of it.
func (c letterCheckCmd) description(data []byte, report *letterReport) error {
	e, err := describe(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if e.Key == "" {
		e.Key = keyOf(c.File)
	}
	pdf, err := letter.Render(e, letter.Options{Accessible: c.Profile == string(proof.Accessible)})
	var refused *breach.RefusedError
	switch {
	case errors.As(err, &refused):
		report.Findings = []proof.Finding{{Rule: refused.Code, Where: refused.What, Message: refused.Hint}}
		report.Proposal, _ = letter.Address(e.To)
		return nil
	case err != nil:
		return err
	}
	report.Findings, err = proof.Check(pdf, proof.Profile(c.Profile))
	return err
}
