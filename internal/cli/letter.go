package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/letter"
)

// letterCmd looks after letters.
type letterCmd struct {
	Merge    letterMergeCmd    `cmd:"" help:"Make one file of many letters, with a manifest."`
	Split    letterSplitCmd    `cmd:"" help:"Take a batch apart into the letters it was made of."`
	Returned letterReturnedCmd `cmd:"" help:"Take in letters that came back."`
	Recall   letterRecallCmd   `cmd:"" help:"Take back a controller's letters that have not left yet."`
	Release  letterReleaseCmd  `cmd:"" help:"Tell the printer what to print, where a cut-off has passed."`
	Render   letterRenderCmd   `cmd:"" help:"Make the PDF of letters described in JSON."`
	Check    letterCheckCmd    `cmd:"" help:"Read a letter as the machines that print it and as a screen reader would."`
}

type letterRenderCmd struct {
	Files   []string `arg:"" name:"file" help:"Descriptions, one letter each."`
	Out     string   `help:"Directory for the PDFs, each named like its description." required:"" type:"path" placeholder:"DIR"`
	Neutral []string `help:"Line of the sender where nothing outside may tell the service (may be repeated)." placeholder:"TEXT"`
	Large   bool     `help:"Large print, 16 points."`
	Color   bool     `help:"Headings in dark blue; else black alone."`
	Duplex  bool     `help:"Printed on both sides: marks stand on the fronts alone."`
	Marks   string   `help:"Marks for the inserting machine: omr or datamatrix." enum:",omr,datamatrix" default:""`
}

// Help shows a description.
func (letterRenderCmd) Help() string {
	return `Beside each NAME.pdf, to print, stands NAME-accessible.pdf, the copy to read on a screen. A description:
  {"key": "msg_1", "to": {"civility": "Mme", "given": "Dominique", "name": "Exemple",
          "address": {"street": "12 rue des Lilas", "postcode": "00000", "city": "Ville"}},
   "from": {"name": "Mission Locale d'Exemple", "address": "3 place du Marché|00000 VILLE"},
   "language": "fr", "date": "2026-03-09T00:00:00Z",
   "doc": {"title": "Violation de données", "blocks": [{"heading": "Ce qui s'est passé", "text": ["..."]}]}}

Example:
  vigie letter render letter.json --out ./letters`
}

// Run renders each; one that is refused does not stop the others.
func (c letterRenderCmd) Run(s *session) error {
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	var last error
	for _, path := range c.Files {
		if s.Err() != nil {
			return s.Err()
		}
		out, err := c.render(path)
		if err != nil {
			s.tell(about(path, err))
			last = errRefused
			continue
		}
		if _, err := fmt.Fprintln(s.std.Out, out); err != nil {
			return err
		}
	}
	return last
}

// maxDescription bounds the JSON of one letter, in bytes.
const maxDescription = 4 << 20

func (c letterRenderCmd) render(path string) (string, error) {
	e, err := readLetter(path)
	if err != nil {
		return "", err
	}
	o := letter.Options{NeutralSender: c.Neutral, Large: c.Large, Color: c.Color, Duplex: c.Duplex, Marks: letter.Marks(c.Marks)}
	name := filepath.Join(c.Out, strings.TrimSuffix(filepath.Base(path), ".json"))
	for _, copy := range []struct {
		name       string
		accessible bool
	}{{name + "-accessible.pdf", true}, {name + ".pdf", false}} {
		o.Accessible = copy.accessible
		pdf, err := letter.Render(e, o)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(copy.name, pdf, 0o600); err != nil {
			return "", err
		}
	}
	return name + ".pdf", nil
}

// describe reads a description.
func describe(r io.Reader) (notify.Envelope, error) {
	var e notify.Envelope
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, fmt.Errorf("parsing letter: %w: %w", breach.ErrInvalid, err)
	}
	return e, nil
}
