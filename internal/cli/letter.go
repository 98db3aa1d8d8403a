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
	Render letterRenderCmd `cmd:"" help:"Make the PDF of letters described in JSON."`
}

type letterRenderCmd struct {
	Files   []string `arg:"" name:"file" help:"Descriptions, one letter each."`
	Out     string   `help:"Directory for the PDFs, each named like its description." required:"" type:"path" placeholder:"DIR"`
	Neutral []string `help:"Line of the sender where nothing outside may tell the service (may be repeated)." placeholder:"TEXT"`
}

// Help shows a description.
func (letterRenderCmd) Help() string {
	return `A description:
  {"to": {"civility": "Mme", "given": "Dominique", "name": "Exemple",
          "address": {"street": "12 rue des Lilas", "postcode": "00000", "city": "Ville"}},
   "from": {"name": "Mission Locale d'Exemple", "address": "3 place du Marché|00000 VILLE"},
   "language": "fr", "date": "2026-03-09T00:00:00Z",
   "doc": {"title": "Violation de données", "blocks": [{"heading": "Ce qui s'est passé", "text": ["..."]}]}}

Example:
  vigie letter render letter.json --out ./letters`
}

// Run renders each; one that is refused does not stop the others.
func (c letterRenderCmd) Run(s *session) error {
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
	f, err := input(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	var e notify.Envelope
	dec := json.NewDecoder(io.LimitReader(f, maxDescription))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return "", fmt.Errorf("parsing letter: %w: %w", breach.ErrInvalid, err)
	}
	pdf, err := letter.Render(e, letter.Options{NeutralSender: c.Neutral})
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(c.Out, strings.TrimSuffix(filepath.Base(path), ".json")+".pdf")
	return name, os.WriteFile(name, pdf, 0o600)
}
