package cli

import (
	"fmt"
)

// searchCmd searches what was captured.
type searchCmd struct {
	Query string `arg:"" help:"Words, \"a phrase\", AND OR NOT, prefix*, fuzzy~, \"near words\"~5, title: text: source: after: before:."`
	Limit int    `help:"Most hits." default:"20"`
	JSON  bool   `help:"One JSON object a line."`
}

// Help shows examples.
func (searchCmd) Help() string {
	return "Case, accents, hyphens and French inflexion do not count. Standing queries (queries: in the configuration) are written the same way.\n\nExamples:\n  vigie search similo\n  vigie search '\"mission locale\"' --json\n  vigie search 'title:mairie (similo OR \"i-milo\") NOT demo after:2026-01-01'"
}

// Run searches.
func (c searchCmd) Run(s *session) error {
	a, err := s.equip(false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	hits, err := a.Steps.Index.Search(s, c.Query, c.Limit)
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	for _, h := range hits {
		if c.JSON {
			if err := enc.Encode(h); err != nil {
				return err
			}
			continue
		}
		_, _ = fmt.Fprintf(s.std.Out, "%s  %s  %s\n    %s\n", h.CapturedAt.Format("2006-01-02 15:04"), h.Source, visible(h.Title), visible(h.Snippet))
	}
	return nil
}
