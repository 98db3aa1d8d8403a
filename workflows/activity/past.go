package activity

import (
	"context"

	"vigie/crawlers/watch"
	"vigie/internal/breach"
)

// Concerns tells why a post concerns us: the entities that it names, then the
// standing queries that it answers.
func (s *Steps) Concerns(p breach.Post) []watch.Hit {
	hits, _ := s.Watch.Match(p.Title, p.Text, p.Website, p.Country)
	hits = append(hits, s.passesFor(p.Title+"\n"+p.Text+"\n"+p.Website)...)
	if s.Standing == nil {
		return hits
	}
	for _, name := range s.Standing.Match(p) {
		hits = append(hits, watch.Hit{Entity: name, Kind: "other", Confidence: 0.6, Why: "it answers the standing query of this name"})
	}
	return hits
}

// ReviewPast holds every stored post against the lists and queries of today and
// raises the alerts that are missing, as a list or query that is new demands. A
// post that raised its alert before raises none again.
func (s *Steps) ReviewPast(ctx context.Context) (posts, alerts int, err error) {
	err = s.Store.EachPost(ctx, func(page []breach.Post) error {
		for _, p := range page {
			if err := ctx.Err(); err != nil {
				return err
			}
			raised, err := s.raise(ctx, p)
			if err != nil {
				return err
			}
			if posts++; raised {
				alerts++
			}
		}
		return nil
	})
	return posts, alerts, err
}
