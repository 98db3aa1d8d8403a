package activity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"vigie/crawlers"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/workflows"
)

// Crawl visits a source if it is due, and says how long to wait for the next
// time if that comes before its Schedule does. Evidence rests in the vault
// before a post is taken from it; posts are in the store before they are
// searched; an alert is raised for every post that names a watched body, once
// per event, also when an earlier visit was cut between the post and its alert.
func (s *Steps) Crawl(ctx context.Context, in workflows.CrawlInput) (workflows.CrawlResult, error) {
	defer beat(ctx)()
	src, ok := s.Sources[in.Source]
	if !ok {
		return workflows.CrawlResult{}, kind(fmt.Errorf("source %s is not configured: %w", in.Source, breach.ErrInvalid))
	}
	out := workflows.CrawlResult{}
	wait, err := s.due(ctx, src)
	if err == nil && wait == 0 {
		_, out, err = s.VisitSource(ctx, src, true)
		switch {
		case errors.Is(err, breach.ErrConflict):
			wait, err = s.lease()/4, nil // another crawler is there, or was killed there
		case err == nil:
			wait, err = s.due(ctx, src)
		}
	}
	if wait < src.Every*9/10 {
		out.Wait = wait
	}
	return out, kind(err)
}

// due is how long a source is not to be visited yet; what is nearly over is.
func (s *Steps) due(ctx context.Context, src breach.Source) (time.Duration, error) {
	mem, err := s.memory(ctx, src.ID)
	if err != nil {
		return 0, err
	}
	wait := mem.Due(src.Every, s.Now())
	if wait < src.Every/20 {
		wait = 0
	}
	return wait, nil
}

// Keep stores what a visit brought and raises the alerts that follow from it.
func (s *Steps) Keep(ctx context.Context, visit crawlers.Visit) (workflows.CrawlResult, error) {
	out := workflows.CrawlResult{Captures: len(visit.Captures), Posts: len(visit.Posts)}
	if err := s.Store.SaveCaptures(ctx, visit.Captures); err != nil {
		return out, err
	}
	for _, p := range visit.Posts {
		n, err := s.answerPrinted(ctx, p)
		if err != nil {
			return out, err
		}
		out.Alerts += n
	}
	added, err := s.Store.SavePosts(ctx, visit.Posts)
	if err != nil {
		return out, err
	}
	out.New = len(added)
	if err := s.Store.PostsGone(ctx, visit.Source, visit.Change.Removed, visit.At); err != nil {
		return out, err
	}
	out.Edited, out.Removed = len(visit.Change.Edited), len(visit.Change.Removed)
	// Also those that an earlier visit saved and was cut before indexing.
	fresh, err := s.Index.Missing(ctx, visit.Posts)
	if err != nil {
		return out, err
	}
	for _, e := range visit.Change.Edited {
		p, err := s.Store.Post(ctx, e.Post)
		if err != nil {
			return out, err
		}
		fresh = append(fresh, p)
	}
	if err := s.Index.Put(ctx, fresh); err != nil {
		return out, err
	}
	for _, p := range visit.Posts {
		n, err := s.raise(ctx, p)
		if err != nil {
			return out, err
		}
		out.Alerts += n
	}
	return out, nil
}

// raise records why a post concerns us, once for each public body that it names,
// and tells how many of them are news: one alert per event and body.
func (s *Steps) raise(ctx context.Context, p breach.Post) (raised int, err error) {
	for _, h := range apart(s.Concerns(p)) {
		added, err := s.raiseHit(ctx, p, h)
		if err != nil {
			return raised, err
		}
		if added {
			raised++
		}
	}
	return raised, nil
}

// apart keeps the strongest hit of each name, the surest first. Two bodies of
// one name, such as two communes called Frontignan, are one alert that says
// which others it may be.
func apart(hits []watch.Hit) (out []watch.Hit) {
	sorted := slices.Clone(hits)
	slices.SortStableFunc(sorted, func(a, b watch.Hit) int { return cmp.Compare(b.Confidence, a.Confidence) })
	for _, h := range sorted {
		i := slices.IndexFunc(out, func(o watch.Hit) bool { return o.Entity == h.Entity })
		switch {
		case i < 0:
			out = append(out, h)
		case h.Code != out[i].Code && h.Code != "":
			out[i].Why += "; or " + h.Code
		}
	}
	return bodies(out)
}

// bodies keeps the public bodies where some are named. The software that they
// use, a supplier or a query that the post answers is the same event: it is
// told with the first of them, and not as another alert.
func bodies(hits []watch.Hit) []watch.Hit {
	context := func(h watch.Hit) bool { return slices.Contains([]string{"software", "supplier", "other"}, h.Kind) }
	if !slices.ContainsFunc(hits, func(h watch.Hit) bool { return !context(h) }) {
		return hits[:min(len(hits), 1)]
	}
	var also []string
	out := slices.DeleteFunc(slices.Clone(hits), func(h watch.Hit) bool {
		if context(h) {
			also = append(also, h.Entity)
		}
		return context(h)
	})
	if len(also) > 0 {
		out[0].Why += "; with " + strings.Join(also, ", ")
	}
	return out
}

func (s *Steps) raiseHit(ctx context.Context, p breach.Post, best watch.Hit) (bool, error) {
	a := breach.Alert{
		ID: breach.AlertID("alr_" + s.Keys.Digest("alert", string(p.ID), best.Entity)[:20]), Post: p.ID, Source: p.Source,
		Entity: best.Entity, Kind: best.Kind, Code: best.Code,
		Confidence: best.Confidence, Why: best.Why,
		RaisedAt: s.Now(), State: breach.AlertNew, Event: s.event(p),
	}
	a.Urgency = breach.UrgencyOf(a, len(p.Files)+offered(p.Links), deadline(p.Deadline), a.RaisedAt)
	added, err := s.Store.RaiseAlert(ctx, a)
	if err != nil {
		return false, err
	}
	return added, s.wake(ctx, a.ID)
}

// event names what posts on several sites have in common when they tell of one
// leak: as merged, or else the same title however it is spelt.
func (s *Steps) event(p breach.Post) string {
	if s.Event != nil {
		return s.Event(p)
	}
	return "evt_" + strings.TrimPrefix(string(crawlers.PostID("", p.Title)), "pst_")
}

// deadline reads what a site threatens with; zero when it says no date.
func deadline(said string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, said); err == nil {
			return t
		}
	}
	return time.Time{}
}

// offered counts links that name a file of data.
func offered(links []string) (n int) {
	for _, l := range links {
		u, err := url.Parse(l)
		if err == nil && slices.Contains(dataFiles, strings.ToLower(path.Ext(u.Path))) {
			n++
		}
	}
	return n
}

var dataFiles = []string{".7z", ".csv", ".db", ".gz", ".json", ".rar", ".sql", ".tar", ".torrent", ".txt", ".xlsx", ".zip", ".zst"}
