package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxBatch is how many letters one file may hold; a printer's own limit is
// often lower.
const maxBatch = 10_000

// Manifest tells what a batch holds, letter by letter, and names nobody.
type Manifest struct {
	Batch   string  `json:"batch"`
	SHA256  string  `json:"sha256"` // of the file, in hex; the file is named by it
	Pages   int     `json:"pages"`
	Sheets  int     `json:"sheets"`
	Letters []Piece `json:"letters"` // in printing order
}

// Piece is a letter of a batch.
type Piece struct {
	Key    string    `json:"key"`
	First  int       `json:"first"` // page, counted from 1
	Pages  int       `json:"pages"`
	Sheets int       `json:"sheets"`
	Date   time.Time `json:"date"`
	Whole  bool      `json:"whole"`  // uses more than the western fonts
	SHA256 string    `json:"sha256"` // of the letter alone
}

// Refusal is a letter that could not be made.
type Refusal struct {
	Key string
	Err error
}

// Merge renders letters into one file that shares its fonts. A letter that is
// refused is left out and told; a key that comes twice is printed once.
func Merge(batch string, list []notify.Envelope, o Options) ([]byte, Manifest, []Refusal, error) {
	if len(list) > maxBatch {
		return nil, Manifest{}, nil, &breach.RefusedError{Code: "too-many", What: "batch", Hint: fmt.Sprintf("%d letters at most", maxBatch)}
	}
	var papers []*paper
	var refused []Refusal
	seen := map[string]bool{}
	for _, e := range list {
		p, err := compose(e, o)
		switch {
		case errors.Is(err, breach.ErrInvalid):
			refused = append(refused, Refusal{e.Key, err})
		case err != nil:
			return nil, Manifest{}, nil, err
		case !seen[e.Key]:
			seen[e.Key] = true
			papers = append(papers, p)
		}
	}
	pdf, m, err := bind(batch, papers, o.Duplex)
	return pdf, m, refused, err
}

// bind writes papers as one file. Printed on both sides, each letter begins on
// a front: sheets are counted so, and the inserting machine ejects by them.
func bind(batch string, papers []*paper, duplex bool) ([]byte, Manifest, error) {
	m := Manifest{Batch: batch, Letters: []Piece{}}
	date := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, p := range papers {
		alone, err := p.file()
		if err != nil {
			return nil, m, err
		}
		n := len(p.pages)
		m.Letters = append(m.Letters, Piece{p.key, m.Pages + 1, n, sheets(n, duplex), p.date, p.whole, digest(alone)})
		m.Pages, m.Sheets = m.Pages+n, m.Sheets+sheets(n, duplex)
		if p.date.After(date) {
			date = p.date
		}
	}
	pdf, err := encode("Lot de courriers "+batch, "fr", batch, date, papers)
	if err != nil {
		return nil, m, err
	}
	m.SHA256 = digest(pdf)
	return pdf, m, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Split takes a batch apart into the very files that Render makes of each
// letter. It refuses a file that is not the manifest's, and a letter that does
// not come out as it went in.
func Split(pdf []byte, m Manifest) (map[string][]byte, error) {
	papers, err := unbind(pdf, m)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte, len(papers))
	for i, p := range papers {
		alone, err := p.file()
		if err != nil {
			return nil, err
		}
		if digest(alone) != m.Letters[i].SHA256 {
			return nil, fmt.Errorf("batch %s: letter %s does not come out as it went in: %w", m.Batch, p.key, breach.ErrInvalid)
		}
		files[p.key] = alone
	}
	return files, nil
}

// Recall writes a batch again without some letters, such as those of people who
// died or are protected since. It tells how many were in it.
func Recall(pdf []byte, m Manifest, keys []string, duplex bool) ([]byte, Manifest, int, error) {
	papers, err := unbind(pdf, m)
	if err != nil {
		return nil, m, 0, err
	}
	before := len(papers)
	papers = slices.DeleteFunc(papers, func(p *paper) bool { return slices.Contains(keys, p.key) })
	again, left, err := bind(m.Batch, papers, duplex)
	return again, left, before - len(papers), err
}
