package cli

import (
	"fmt"

	"vigie/crawlers/watch"
	"vigie/internal/breach"
)

// watchPastCmd runs lists and queries over what is stored.
type watchPastCmd struct {
	matching
	JSON bool `help:"One JSON object a hit."`
}

// Help shows examples.
func (watchPastCmd) Help() string {
	return "With --list or --query, shows which stored posts they find, and raises nothing. Without, holds every stored post against the configured lists and queries and raises the alerts that are missing; vigie serve does so by itself when they change.\n\nExamples:\n  vigie watch past --query 'similo NOT demo'\n  vigie watch past --list suppliers.yaml --json\n  vigie watch past"
}

// Run looks back.
func (c watchPastCmd) Run(s *session) error {
	if len(c.List)+len(c.Query) == 0 {
		a, err := s.equip(false)
		if err != nil {
			return err
		}
		defer func() { _ = a.Close() }()
		return a.ReviewPast(s, true)
	}
	m, standing, err := c.read()
	if err != nil {
		return err
	}
	entities, err := c.entities()
	if err != nil {
		return err
	}
	only := map[string]bool{} // what is built in was looked for before
	for _, e := range entities {
		only[e.Name] = true
	}
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	enc := lines(s.std.Out)
	return a.Store.EachPost(s, func(page []breach.Post) error {
		for _, p := range page {
			var hits []watch.Hit
			all, _ := m.Match(p.Title, p.Text, p.Website, p.Country)
			for _, h := range all {
				if only[h.Entity] {
					hits = append(hits, h)
				}
			}
			for _, h := range append(hits, answers(standing, p)...) {
				if err := c.show(enc.Encode, s, p, h); err != nil {
					return err
				}
			}
		}
		return s.Err()
	})
}

func (c watchPastCmd) show(encode func(any) error, s *session, p breach.Post, h watch.Hit) error {
	if c.JSON {
		return encode(hitLine{string(p.ID), h})
	}
	_, err := fmt.Fprintf(s.std.Out, "%s  %s  %s (%s) %.2f: %s\n", p.ID, p.FirstSeenAt.Format("2006-01-02"), h.Entity, join(h.Kind, h.Code), h.Confidence, h.Why)
	return err
}

// watchConcernedCmd lists who is concerned by a leak at somebody else's.
type watchConcernedCmd struct {
	Entity string   `arg:"" help:"Supplier or software, as an alert names it."`
	List   []string `help:"Watch-list beside what is built in (YAML; may be repeated)." type:"path" placeholder:"FILE"`
	JSON   bool     `help:"One JSON object a body."`
}

// Help shows examples.
func (watchConcernedCmd) Help() string {
	return "Lists of users are never complete. A team adds its own: \"users\" on a product, or \"uses\" on a body, in a --list file.\n\nExamples:\n  vigie watch concerned i-Milo\n  vigie watch concerned 'Berger-Levrault' --list bodies.yaml --json"
}

// Run lists bodies.
func (c watchConcernedCmd) Run(s *session) error {
	m, _, err := matching{List: c.List}.read()
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	for _, b := range m.Concerned(c.Entity) {
		if c.JSON {
			err = enc.Encode(b)
		} else if b.Name == "" {
			_, err = fmt.Fprintf(s.std.Out, "any %s: %s\n", b.Kind, b.Why)
		} else {
			_, err = fmt.Fprintf(s.std.Out, "%s (%s): %s\n", b.Name, join(b.Kind, b.Code), b.Why)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
