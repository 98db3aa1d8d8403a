package cli

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"vigie/crawlers"
	"vigie/crawlers/extract"
	"vigie/internal/breach"
)

// extractCmd reads pages that lie in files.
type extractCmd struct {
	Read extractReadCmd `cmd:"" default:"withargs" help:"Say what pages are and which posts stand on them (the default)."`
	Diff extractDiffCmd `cmd:"" help:"Say what changed between two captures of one listing."`
}

// Help shows examples.
func (extractCmd) Help() string {
	return "Examples:\n  vigie extract page.html --json\n  vigie extract diff monday.html tuesday.html --json"
}

type extractReadCmd struct {
	Files  []string `arg:"" optional:"" name:"file" help:".html, .json or .txt (a raw paste), each may be gzipped."`
	URL    string   `name:"url" help:"Address the pages came from." placeholder:"URL"`
	Recipe string   `help:"What a person pinned of the site: a YAML file, or NAME for recipes/NAME.yaml." placeholder:"NAME"`
	Check  bool     `help:"Read the recipe's own cases instead of files; exit status 3 if one is read wrong."`
	JSON   bool     `help:"One JSON object a file."`
}

// Help shows examples.
func (extractReadCmd) Help() string {
	return "Nothing is fetched and nothing is kept. Links are printed as the page has them.\n\nExamples:\n  vigie extract page.html --json\n  vigie extract captures/*.html.gz --url http://leak.example.org/\n  vigie extract diff monday.html tuesday.html --json\n  vigie extract page.html --recipe corsaires --json\n  vigie extract --recipe corsaires.yaml --check\n\n" + extract.RecipeHelp
}

// post is how scripts see a post: the fields that every post has, and those
// that its site tells.
type post struct {
	Title      string                 `json:"title"`
	Text       string                 `json:"text"`
	Date       string                 `json:"date"`
	Website    string                 `json:"website"`
	Country    string                 `json:"country"`
	Links      []string               `json:"links"`
	Deadline   string                 `json:"deadline,omitempty"`
	Price      string                 `json:"price,omitempty"`
	Size       int64                  `json:"size,omitempty"`
	Views      int64                  `json:"views,omitempty"`
	Files      []string               `json:"files,omitempty"`
	Confidence float64                `json:"confidence"`
	Marks      map[string]breach.Mark `json:"marks,omitempty"`
}

func posts(list []breach.Post) []post {
	out := make([]post, len(list))
	for i, p := range list {
		out[i] = post{p.Title, p.Text, p.Date, p.Website, p.Country, append([]string{}, p.Links...),
			p.Deadline, p.Price, p.Size, p.Views, p.Files, p.Confidence, p.Marks}
	}
	return out
}

// Validate asks for files, or for a recipe to check.
func (c extractReadCmd) Validate() error {
	switch {
	case c.Check && c.Recipe == "":
		return errors.New("--check needs --recipe")
	case !c.Check && len(c.Files) == 0:
		return errors.New("expected \"<file> ...\"")
	}
	return nil
}

// Run reads the files; one that cannot be read does not stop the others.
func (c extractReadCmd) Run(s *session) error {
	var reader crawlers.Reader = extract.Reader{}
	if c.Recipe != "" {
		recipe, path, err := readRecipe(c.Recipe)
		if err != nil {
			return err
		}
		if c.Check {
			return checkRecipe(s, recipe, path)
		}
		reader = recipe
	}
	enc := lines(s.std.Out)
	var last error
	for _, path := range c.Files {
		if s.Err() != nil {
			return s.Err()
		}
		p, err := readPage(path, c.URL)
		if err != nil {
			s.tell(err)
			last = errRefused
			continue
		}
		r := reader.Read(p)
		if c.JSON {
			err = enc.Encode(struct {
				File       string  `json:"file"`
				State      string  `json:"state"`
				Confidence float64 `json:"confidence"`
				Posts      []post  `json:"posts"`
			}{path, r.State, r.Confidence, posts(r.Posts)})
		} else {
			err = showReading(s.std.Out, path, r)
		}
		if err != nil {
			return err
		}
	}
	return last
}

func showReading(w io.Writer, path string, r crawlers.Reading) error {
	_, err := fmt.Fprintf(w, "%s: %s (%.2f), %d posts\n", path, r.State, r.Confidence, len(r.Posts))
	for _, p := range r.Posts {
		_, err = fmt.Fprintf(w, "  %s\n", visible(strings.Join(told(p.Title, p.Date, p.Website, p.Country), "  ")))
	}
	return err
}

// told drops what is not known.
func told(words ...string) []string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// maxPage is how much of a page is unpacked, in bytes.
const maxPage = 64 << 20

// readPage reads a file as the answer of a site.
func readPage(path, url string) (crawlers.Page, error) {
	f, err := input(path)
	if err != nil {
		return crawlers.Page{}, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReader(f)
	var r io.Reader = in
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return crawlers.Page{}, damaged(path)
		}
		r = z
	}
	body, err := io.ReadAll(io.LimitReader(r, maxPage+1))
	switch {
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, new(flate.CorruptInputError)):
		return crawlers.Page{}, damaged(path)
	case err != nil:
		return crawlers.Page{}, fmt.Errorf("reading %s: %w", path, err)
	}
	p := crawlers.Page{URL: url, Status: http.StatusOK, ContentType: "text/html", Body: body}
	switch filepath.Ext(strings.TrimSuffix(path, ".gz")) {
	case ".json":
		p.ContentType = "application/json"
	case ".txt":
		p.ContentType = "text/plain"
	}
	if len(body) > maxPage {
		p.Body, p.Truncated = body[:maxPage], true
	}
	return p, nil
}

func damaged(path string) error {
	return &breach.RefusedError{Code: "bad-gzip", What: path, Hint: "it begins as gzip and does not unpack: fetch it again"}
}

type extractDiffCmd struct {
	Captures []string `arg:"" name:"capture" help:"Captures of one listing, the earliest first; what the last one changes is told."`
	JSON     bool     `help:"One JSON document."`
}

// Help shows an example.
func (extractDiffCmd) Help() string {
	return "Order, countdowns, counters and tokens in links are noise. A capture that failed brings no news and removes nothing. Posts that only came into view, because the earlier capture was cut, paged or failed, are shown, not new. With more than two captures, a post that any earlier one had is not new.\n\n" +
		"drift is not empty if the site looks otherwise than it did: \"silent\" (no post is found any more) or \"template\" (they stand elsewhere, and were found by what repeats). A file whose name is diff is read as ./diff.\n\n" +
		"Examples:\n  vigie extract diff monday.html tuesday.html.gz --json\n  vigie extract diff captures/2026-10-*.html.gz --json"
}

// Validate asks for two captures.
func (c extractDiffCmd) Validate() error {
	if len(c.Captures) < 2 {
		return errors.New("expected \"<earlier> ... <last>\"")
	}
	return nil
}

// Run compares the last capture with those before it.
func (c extractDiffCmd) Run(s *session) error {
	var memory extract.Memory
	var d extract.Change
	for _, path := range c.Captures {
		if s.Err() != nil {
			return s.Err()
		}
		p, err := readPage(path, "")
		if err != nil {
			return err
		}
		d = memory.See(p)
	}
	if c.JSON {
		return s.document(struct {
			New       []post         `json:"new"`
			Edited    []extract.Edit `json:"edited"`
			Removed   []string       `json:"removed"`
			Shown     []string       `json:"shown"`
			NoiseOnly bool           `json:"noise_only"`
			Drift     string         `json:"drift"`
		}{posts(d.New), d.Edited, d.Removed, d.Shown, d.NoiseOnly, d.Drift})
	}
	return showChange(s.std.Out, d)
}

func showChange(w io.Writer, d extract.Change) error {
	for _, p := range d.New {
		_, _ = fmt.Fprintf(w, "new      %s\n", visible(p.Title))
	}
	for _, e := range d.Edited {
		_, _ = fmt.Fprintf(w, "edited   %s: %s\n", visible(e.Title), strings.Join(e.Fields, ", "))
	}
	for _, title := range d.Removed {
		_, _ = fmt.Fprintf(w, "removed  %s\n", visible(title))
	}
	if d.Drift != "" {
		_, _ = fmt.Fprintf(w, "drift    %s\n", d.Drift)
	}
	_, err := fmt.Fprintf(w, "%d new, %d edited, %d removed, %d only shown\n", len(d.New), len(d.Edited), len(d.Removed), len(d.Shown))
	return err
}
