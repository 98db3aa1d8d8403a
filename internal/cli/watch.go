package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"

	"vigie/crawlers/index"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/france"
)

// watchCmd asks the watch-lists.
type watchCmd struct {
	Match     watchMatchCmd     `cmd:"" help:"Say which body or product posts are about: JSON lines on standard input."`
	Past      watchPastCmd      `cmd:"" help:"Hold what is stored against lists and queries, as a new one demands."`
	Concerned watchConcernedCmd `cmd:"" help:"List the bodies that a leak at a supplier, or of a piece of software, concerns."`
}

// matching is what posts are held against.
type matching struct {
	List  []string `help:"Watch-list beside what is built in (YAML; may be repeated)." type:"path" placeholder:"FILE"`
	Query []string `help:"Query in the language of vigie search (may be repeated)." sep:"none" placeholder:"QUERY"`
}

type watchMatchCmd struct {
	matching
	All  bool `help:"Tell what was refused as well, and why."`
	JSON bool `help:"One JSON object a hit."`
}

// Help shows an example.
func (watchMatchCmd) Help() string {
	return "French public bodies and their software are built in. Several hits of one post are a true ambiguity.\n\nExample:\n  echo '{\"id\":\"1\",\"title\":\"Ville de Dijon\",\"text\":\"\",\"website\":\"dijon.fr\"}' | vigie watch match --json"
}

// hitLine is a line of the answer; one without entity is a post without hit.
type hitLine struct {
	ID string `json:"id"`
	watch.Hit
}

type hitLineAll struct {
	hitLine
	Refused []watch.Refusal `json:"refused"`
}

// maxLine is the longest line that standard input may have, in bytes.
const maxLine = 16 << 20

// Run matches each line; one that is no JSON does not stop the others.
func (c watchMatchCmd) Run(s *session) error {
	m, standing, err := c.read()
	if err != nil {
		return err
	}
	in := bufio.NewScanner(s.stdin())
	in.Buffer(nil, maxLine)
	out := bufio.NewWriter(s.std.Out)
	enc := lines(out)
	var last error
	for n := 1; in.Scan(); n++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(in.Bytes(), []byte("\ufeff"))) // as some systems begin a text
		if len(line) == 0 {
			continue
		}
		var p struct {
			ID, Title, Text, Website, Country string
		}
		if err := json.Unmarshal(line, &p); err != nil {
			s.note("vigie: standard input, line %d: refused: not-json\nhint: want an object with the texts id, title, text and website", n)
			last = errRefused
			continue
		}
		hits, refused := m.Match(p.Title, p.Text, p.Website, p.Country)
		hits = append(hits, answers(standing, breach.Post{Title: p.Title, Text: p.Text, Website: p.Website, Country: p.Country})...)
		if err := c.show(enc, out, p.ID, hits, refused); err != nil {
			return err
		}
		if err := out.Flush(); err != nil { // whoever pipes waits for an answer a line
			return err
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	return last
}

func (c watchMatchCmd) show(enc *json.Encoder, out *bufio.Writer, id string, hits []watch.Hit, refused []watch.Refusal) error {
	if c.All && len(hits) == 0 && len(refused) > 0 {
		hits = []watch.Hit{{}}
	}
	for _, h := range hits {
		var err error
		switch {
		case c.JSON && c.All:
			err = enc.Encode(hitLineAll{hitLine{id, h}, append([]watch.Refusal{}, refused...)})
		case c.JSON:
			err = enc.Encode(hitLine{id, h})
		case h.Entity != "":
			_, err = fmt.Fprintf(out, "%s  %s (%s) %.2f: %s\n", id, h.Entity, join(h.Kind, h.Code), h.Confidence, h.Why)
		}
		if err != nil {
			return err
		}
	}
	if c.All && !c.JSON {
		for _, r := range refused {
			if _, err := fmt.Fprintf(out, "%s  not %s: %s\n", id, r.Entity, r.Why); err != nil {
				return err
			}
		}
	}
	return nil
}

func join(kind, code string) string {
	if code == "" {
		return kind
	}
	return kind + ", " + code
}

// answers are the queries that a post answers, as hits.
func answers(standing *index.Standing, p breach.Post) []watch.Hit {
	var out []watch.Hit
	for _, query := range standing.Match(p) {
		out = append(out, watch.Hit{Entity: query, Kind: "other", Confidence: 0.6, Why: "it answers this query"})
	}
	return out
}

// read reads the lists and queries.
func (c matching) read() (*watch.Matcher, *index.Standing, error) {
	queries := map[string]string{}
	for _, q := range c.Query {
		queries[q] = q
	}
	standing, err := index.NewStanding(queries)
	if err != nil {
		return nil, nil, err
	}
	fr, err := france.Load()
	if err != nil {
		return nil, nil, err
	}
	entities, err := c.entities()
	if err != nil {
		return nil, nil, err
	}
	return watch.New(fr, entities...), standing, nil
}

func (c matching) entities() ([]watch.Entity, error) {
	var entities []watch.Entity
	for _, path := range c.List {
		f, err := input(path)
		if err != nil {
			return nil, err
		}
		list, err := watch.ReadList(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("watch-list %s: %w", path, err)
		}
		entities = append(entities, list...)
	}
	return entities, nil
}
