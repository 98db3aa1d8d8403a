package activity

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// Reread is what reading the evidence again has found.
type Reread struct {
	Files    int // WARC files read
	Damaged  int // of them, those that could be read in part or not at all
	Captures int // whose rows the store lacked; it has them now
	Posts    int // that the store knows
	Found    int // that only the evidence still has
}

// FromEvidence reads the posts of every visit again from the WARC files, for an
// index that is built anew. What the store knows of a post is more than any
// one page says of it, so its words count for the posts that it has; the
// evidence counts for those that it lacks, and for captures whose rows are
// gone, which are entered again. A file that is damaged is left to
// `vigie evidence verify`.
func (s *Steps) FromEvidence(ctx context.Context, sum *Reread) iter.Seq2[breach.Post, error] {
	return func(yield func(breach.Post, error) bool) {
		seen := map[breach.PostID]bool{}
		errStop := errors.New("enough")
		err := s.Store.EachPost(ctx, func(page []breach.Post) error {
			for _, p := range page {
				seen[p.ID] = true
				sum.Posts++
				if !yield(p, nil) {
					return errStop
				}
			}
			return nil
		})
		if errors.Is(err, errStop) {
			return
		}
		if err == nil {
			err = s.rereadFiles(ctx, sum, func(p breach.Post) bool {
				if seen[p.ID] {
					return true
				}
				seen[p.ID] = true
				sum.Found++
				return yield(p, nil)
			})
		}
		if err != nil {
			yield(breach.Post{}, err)
		}
	}
}

// rereadFiles reads every WARC file, in the order of their visits.
func (s *Steps) rereadFiles(ctx context.Context, sum *Reread, found func(breach.Post) bool) error {
	names, _, err := s.Vault.List()
	if err != nil {
		return err
	}
	histories := map[breach.SourceID]crawlers.History{}
	began := map[string]time.Time{}
	for _, name := range names {
		began[name], _ = s.Vault.Began(ctx, name) // one that cannot be read is told when its turn comes
	}
	slices.SortStableFunc(names, func(a, b string) int { return began[a].Compare(began[b]) })
	for _, name := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		visit, err := s.rowsOf(ctx, name, sum)
		if err != nil {
			return err
		}
		if len(visit) == 0 {
			continue
		}
		src := s.Sources[visit[0].Capture.Source]
		src.ID = visit[0].Capture.Source // also of a source that is no longer configured
		h, ok := histories[src.ID]
		if !ok {
			if h, err = s.sourceHistory(ctx, src.ID); err != nil {
				return err
			}
			histories[src.ID] = h
		}
		for _, p := range crawlers.Reread(src, s.Crawler.Reader, h, visit) {
			if !found(p) {
				return nil
			}
		}
	}
	return nil
}

// EnterLost enters the captures of the WARC files of which the store lists none:
// their visit was killed, or ended by a fault, between evidence and store. Those
// that came just now belong to a visit under way, unless all is true. It returns
// how many captures it entered.
func (s *Steps) EnterLost(ctx context.Context, all bool) (int, error) {
	names, _, err := s.Vault.List()
	if err != nil {
		return 0, err
	}
	listed, err := s.Store.CaptureFiles(ctx)
	if err != nil {
		return 0, err
	}
	var sum Reread
	for _, name := range names {
		if listed[name] || !all && s.Vault.Fresh(name) {
			continue
		}
		if _, err := s.rowsOf(ctx, name, &sum); err != nil {
			return sum.Captures, err
		}
	}
	return sum.Captures, nil
}

// rowsOf reads one file and enters the captures that the store lacks.
func (s *Steps) rowsOf(ctx context.Context, name string, sum *Reread) ([]crawlers.Recorded, error) {
	rows, err := s.Store.CapturesIn(ctx, name)
	if err != nil {
		return nil, err
	}
	var visit []crawlers.Recorded
	var lacking []breach.Capture
	err = s.Vault.Exchanges(ctx, name, func(c breach.Capture, response []byte) error {
		visit = append(visit, crawlers.Recorded{Capture: c, Response: response})
		if !slices.ContainsFunc(rows, func(r breach.Capture) bool { return r.ID == c.ID }) {
			lacking = append(lacking, c)
		}
		return nil
	})
	sum.Files++
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		sum.Damaged++
		s.Log.Warn("evidence could not be read again: vigie evidence verify tells what is wrong", "file", name, "error", err)
	}
	sum.Captures += len(lacking)
	return visit, s.Store.SaveCaptures(ctx, lacking)
}
