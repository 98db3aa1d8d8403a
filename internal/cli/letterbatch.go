package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/letter"
)

type letterMergeCmd struct {
	Files   []string `arg:"" name:"file" help:"Descriptions, one letter each, in printing order."`
	Out     string   `help:"Directory for the batch, named by its content, and its manifest." required:"" type:"path" placeholder:"DIR"`
	Batch   string   `help:"Name of the batch." required:"" placeholder:"NAME"`
	Neutral []string `help:"Line of the sender where nothing outside may tell the service (may be repeated)." placeholder:"TEXT"`
	Duplex  bool     `help:"Printed on both sides."`
	Marks   string   `help:"Marks for the inserting machine: omr or datamatrix." enum:"omr,datamatrix" default:"datamatrix"`
}

// Help shows an example.
func (letterMergeCmd) Help() string {
	return "Handing over the same letters twice writes the same file once. A letter that is refused is left out and told (exit status 3).\n\nExample:\n  vigie letter merge letters/*.json --batch wave-1 --out ./batches"
}

// Run merges.
func (c letterMergeCmd) Run(s *session) error {
	var list []notify.Envelope
	var last error
	for _, path := range c.Files {
		if s.Err() != nil {
			return s.Err()
		}
		e, err := readLetter(path)
		if err != nil {
			s.tell(about(path, err))
			last = errRefused
			continue
		}
		list = append(list, e)
	}
	pdf, m, refused, err := letter.Merge(c.Batch, list, letter.Options{NeutralSender: c.Neutral, Duplex: c.Duplex, Marks: letter.Marks(c.Marks)})
	if err != nil {
		return err
	}
	for _, r := range refused {
		s.tell(r.Err)
		last = errRefused
	}
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	for name, data := range map[string][]byte{m.SHA256 + ".pdf": pdf, m.SHA256 + ".json": append(manifest, '\n')} {
		if err := notify.WriteFile(c.Out, name, data, 0o600); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.std.Out, "%s: %d letters, %d pages, %d sheets\n", filepath.Join(c.Out, m.SHA256+".pdf"), len(m.Letters), m.Pages, m.Sheets)
	return errors.Join(err, last)
}

// readLetter reads the description of a letter.
func readLetter(path string) (notify.Envelope, error) {
	f, err := input(path)
	if err != nil {
		return notify.Envelope{}, err
	}
	defer func() { _ = f.Close() }()
	e, err := describe(io.LimitReader(f, maxDescription))
	if e.Key == "" {
		e.Key = keyOf(path)
	}
	return e, err
}

// keyOf makes a key of a file's name: what cannot stand in a key becomes "-".
func keyOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	key := strings.Trim(strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-') {
			return r
		}
		return '-'
	}, name), "-_")
	if key == "" {
		return "letter"
	}
	return key[:min(len(key), 100)]
}

type letterSplitCmd struct {
	File string `arg:"" help:"The PDF of a batch; its manifest stands beside it."`
	Out  string `help:"Directory for the letters." required:"" type:"path" placeholder:"DIR"`
}

// Help shows an example.
func (letterSplitCmd) Help() string {
	return "Each letter comes out byte for byte as it was rendered alone, or the batch is refused.\n\nExample:\n  vigie letter split batches/3f5a.pdf --out ./letters"
}

// maxBatchBytes bounds the file of a batch.
const maxBatchBytes = 1 << 30

// Run splits.
func (c letterSplitCmd) Run(s *session) error {
	pdf, err := readAll(c.File, maxBatchBytes)
	if err != nil {
		return err
	}
	data, err := readAll(strings.TrimSuffix(c.File, ".pdf")+".json", maxBatchBytes)
	if err != nil {
		return err
	}
	var m letter.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return about(c.File, fmt.Errorf("manifest: %w: %w", breach.ErrInvalid, err))
	}
	files, err := letter.Split(pdf, m)
	if err != nil {
		return about(c.File, err)
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	for _, l := range m.Letters {
		if err := notify.CheckKey(l.Key); err != nil {
			return about(c.File, err)
		}
		if err := os.WriteFile(filepath.Join(c.Out, l.Key+".pdf"), files[l.Key], 0o600); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.std.Out, "%d letters\n", len(m.Letters))
	return err
}

func readAll(path string, limit int64) ([]byte, error) {
	f, err := input(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = about(path, &breach.RefusedError{Code: "too-large", What: "file", Hint: fmt.Sprintf("%d bytes at most", limit)})
	}
	return data, err
}
