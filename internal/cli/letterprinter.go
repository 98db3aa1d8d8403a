package cli

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/blob"
	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/letter"
)

type letterReturnedCmd struct {
	Dir    string `arg:"" optional:"" type:"existingdir" help:"Directory into which the letters were handed over; without it, the ledger takes them in."`
	Reason string `help:"What the post wrote: unknown, address, refused or unclaimed." enum:"unknown,address,refused,unclaimed" default:"unknown"`
}

// Help shows examples.
func (letterReturnedCmd) Help() string {
	return "Reads what a scanner reads of returned letters, one a line on standard input. Each becomes a bounce in the ledger; whoever no channel has told is listed for a person. With a directory, the receipt is left there, for a server elsewhere to take in.\n\nExamples:\n  vigie letter returned --reason unknown < scanned.txt\n  vigie letter returned outbox/letters --reason address < scanned.txt"
}

// returnedAtOnce is how many returned letters one commit takes in.
const returnedAtOnce = 500

// takeReturned takes scanned codes in: a key for each, or why it is refused.
type takeReturned func(scanned []string) (keys []string, refused []error, err error)

// Run takes in each; one that is refused does not stop the others.
func (c letterReturnedCmd) Run(s *session) error {
	take, closes, err := c.taker(s)
	if err != nil {
		return err
	}
	defer closes()
	var last error
	in, n := bufio.NewScanner(s.stdin()), 0
	for more := true; more; {
		var scanned []string
		var lines []int
		for len(scanned) < returnedAtOnce {
			if more = in.Scan(); !more {
				break
			}
			if n++; strings.TrimSpace(in.Text()) != "" {
				scanned, lines = append(scanned, in.Text()), append(lines, n)
			}
		}
		keys, refused, err := take(scanned)
		if err != nil {
			return err
		}
		for i, key := range keys {
			if refused[i] != nil {
				s.note("vigie: line %d: %v%s", lines[i], refused[i], bracketed(refused[i]))
				last = errRefused
				continue
			}
			if _, err := fmt.Fprintln(s.std.Out, key); err != nil {
				return err
			}
		}
	}
	return errors.Join(in.Err(), last)
}

// bracketed is the hint of an error in brackets: one line for each that is refused.
func bracketed(err error) string {
	if h := hint(err); h != "" {
		return " (" + h + ")"
	}
	return ""
}

// taker is where returned letters go: a directory of the printer, or the ledger.
func (c letterReturnedCmd) taker(s *session) (takeReturned, func(), error) {
	if c.Dir == "" {
		a, err := s.existing()
		if err != nil {
			return nil, nil, err
		}
		return func(scanned []string) ([]string, []error, error) { return c.ledger(s, a, scanned) }, func() { _ = a.Close() }, nil
	}
	store, err := blob.OpenDir(c.Dir)
	if err != nil {
		return nil, nil, err
	}
	shelf := letter.NewShelf(store, letter.Options{}, letter.Calendar{}, time.Now)
	return func(scanned []string) ([]string, []error, error) {
		keys, refused := make([]string, len(scanned)), make([]error, len(scanned))
		for i, text := range scanned {
			keys[i], refused[i] = shelf.Returned(s, text, c.Reason)
		}
		return keys, refused, s.Err()
	}, func() {}, nil
}

func (c letterReturnedCmd) ledger(s *session, a *app.App, scanned []string) ([]string, []error, error) {
	keys, refused := make([]string, len(scanned)), make([]error, len(scanned))
	var list []notify.Outcome
	var at []int
	for i, text := range scanned {
		out, err := letter.Return(text, c.Reason)
		if keys[i], refused[i] = out.Key, err; err == nil {
			list, at = append(list, out), append(at, i)
		}
	}
	answers, err := a.TakeReturned(s, list)
	for i, answer := range answers {
		refused[at[i]] = answer
	}
	return keys, refused, err
}

type letterRecallCmd struct {
	Incident   string `arg:"" help:"The incident." placeholder:"ID"`
	Controller string `help:"Whose letters." required:"" placeholder:"ID"`
	Reason     string `help:"Why; entered in the audit log." required:"" placeholder:"TEXT"`
	Yes        bool   `help:"Do it; without this nothing is taken back."`
}

// Help shows an example.
func (letterRecallCmd) Help() string {
	return "A letter can be taken back until the printer's cut-off (channels.letters.cut_off). Planned letters are not handed over any more. Whoever no other channel has told is listed for a person. May be given again after an interruption. The console offers the same to approvers.\n\nExample:\n  vigie letter recall inc_0123456789 --controller ml-orbe --reason \"wrong phone number\" --yes"
}

// Run recalls.
func (c letterRecallCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	incident, controller := breach.IncidentID(c.Incident), breach.ControllerID(c.Controller)
	if !c.Yes {
		if _, err := a.Store.Case(s, incident, controller); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.std.Out, "would take back the letters of %s for %s; add --yes to do it\n", c.Incident, c.Controller)
		return err
	}
	out, err := a.RecallLetters(s, incident, controller, breach.UserID(operator()), c.Reason)
	_, perr := fmt.Fprintf(s.std.Out, "%d taken back from the printer, %d not handed over, %d had left\n", out.Back, out.Stopped, out.Gone)
	if out.Service > 0 {
		s.note("%d are with a print service, which takes none back: call it", out.Service)
	}
	if err == nil && out.Flying > 0 { // a server hands them over at this moment
		s.tell(&breach.RefusedError{Code: "being-handed-over", What: fmt.Sprintf("%d letters", out.Flying), Hint: "give the command again in a minute"})
		err = errRefused
	}
	return errors.Join(err, perr)
}

type letterReleaseCmd struct{}

// Help shows an example.
func (letterReleaseCmd) Help() string {
	return "Writes the manifests of the letters whose cut-off has passed; the printer prints what a manifest lists. vigie serve does it every five minutes. May be given again: a letter stands in one manifest.\n\nExample:\n  vigie letter release --config vigie.yaml"
}

// Run releases.
func (letterReleaseCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if cfg.Channels.Letters.S3 == nil && cfg.Channels.Letters.Maileva == nil && cfg.Database == "" &&
		!exists(cfg.Channels.Outbox) && !exists(filepath.Join(cfg.Data, "vigie.db")) {
		return usage("nothing was handed over in %s: --data or channels.outbox names another directory", cfg.Channels.Outbox) // a mistyped name must not leave letters behind in silence
	}
	shelves, err := app.Shelves(s, cfg)
	if err != nil {
		return err
	}
	for _, shelf := range shelves {
		names, err := shelf.Release(s)
		for _, name := range names {
			if _, err := fmt.Fprintln(s.std.Out, name); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
