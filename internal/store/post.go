package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// wording is the part of a post that the leak site wrote.
type wording struct {
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Website string   `json:"website"`
	Links   []string `json:"links"`

	Deadline string                 `json:"deadline,omitempty"`
	Price    string                 `json:"price,omitempty"`
	Size     int64                  `json:"size,omitempty"`
	Views    int64                  `json:"views,omitempty"`
	Files    []string               `json:"files,omitempty"`
	Own      bool                   `json:"own,omitempty"`
	Marks    map[string]breach.Mark `json:"marks,omitempty"`
}

func wordingOf(p breach.Post) wording {
	return wording{p.Title, p.Text, p.Website, p.Links, p.Deadline, p.Price, p.Size, p.Views, p.Files, p.Own, p.Marks}
}

// moving tells what a site changes in a post that means something. The number
// of views does not: it changes with each look.
func moving(p breach.Post) wording {
	return wording{Title: p.Title, Text: p.Text, Website: p.Website, Links: p.Links, Deadline: p.Deadline, Price: p.Price, Size: p.Size, Files: p.Files}
}

func postPlace(id breach.PostID) string { return "post " + string(id) }

// SavePosts keeps posts by ID and returns those that were not there before.
// The others follow what the site shows now, as Post.Refreshed has it.
func (s *Store) SavePosts(ctx context.Context, posts []breach.Post) (added []breach.Post, err error) {
	if len(posts) == 0 {
		return nil, nil
	}
	err = s.change(ctx, actor(ctx), "posts.save", string(posts[0].Source), func(u *unit) error {
		changed := 0
		err := chunks(posts, func(part []breach.Post) error {
			fresh, n, err := s.savePosts(ctx, u, part)
			added, changed = append(added, fresh...), changed+n
			return err
		})
		u.did("new=%d changed=%d seen=%d", len(added), changed, len(posts))
		u.quiet = len(added) == 0 && changed == 0
		return err
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func (s *Store) savePosts(ctx context.Context, u *unit, posts []breach.Post) (added []breach.Post, changed int, err error) {
	ids := make([]breach.PostID, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	old, err := all(ctx, u, s.scanPost, selectPosts+`WHERE id IN (?)`, bun.List(ids))
	if err != nil {
		return nil, 0, err
	}
	known := map[breach.PostID]breach.Post{}
	for _, p := range old {
		known[p.ID] = p
	}
	var rows tuples
	for _, p := range posts {
		was, there := known[p.ID]
		switch {
		case there:
			n, err := s.refreshPost(ctx, u, was, p)
			if err != nil {
				return nil, 0, err
			}
			changed += n
		case slices.ContainsFunc(added, func(a breach.Post) bool { return a.ID == p.ID }):
			// The same post twice on one page: the first one is kept.
		default:
			sealed, err := s.sealPost(p)
			if err != nil {
				return nil, 0, err
			}
			added = append(added, p)
			rows = append(rows, []any{p.ID, p.Source, p.Capture, p.Country, p.Date, finite(p.Confidence), nanos(p.FirstSeenAt), nanos(p.LastSeenAt), sealed})
		}
	}
	if len(rows) > 0 {
		_, err = exec(ctx, u, `
			INSERT INTO posts (id, source, capture, country, posted, confidence, first_seen, last_seen, sealed) VALUES ?`, rows)
	}
	return added, changed, err
}

// refreshPost tells how many posts changed in words: 0 or 1.
func (s *Store) refreshPost(ctx context.Context, u *unit, was, now breach.Post) (int, error) {
	if now.LastSeenAt.After(was.LastSeenAt) {
		if _, err := exec(ctx, u, `UPDATE posts SET last_seen = ? WHERE id = ?`, nanos(now.LastSeenAt), was.ID); err != nil {
			return 0, err
		}
	}
	if now.LastSeenAt.Before(was.LastSeenAt) {
		return 0, nil
	}
	fresh := was.Refreshed(now)
	if document(moving(fresh)) == document(moving(was)) && fresh.Own == was.Own && was.GoneAt.IsZero() {
		return 0, nil
	}
	sealed, err := s.sealPost(fresh)
	if err != nil {
		return 0, err
	}
	_, err = exec(ctx, u, `UPDATE posts SET country = ?, posted = ?, gone_at = 0, sealed = ? WHERE id = ?`, fresh.Country, fresh.Date, sealed, was.ID)
	return 1, err
}

func (s *Store) sealPost(p breach.Post) ([]byte, error) {
	return s.keys.SealField([]byte(document(wordingOf(p))), postPlace(p.ID))
}

const selectPosts = `SELECT id, source, capture, country, posted, confidence, first_seen, last_seen, gone_at, sealed FROM posts `

func (s *Store) scanPost(r scanner) (p breach.Post, err error) {
	var sealed []byte
	if err := r.Scan(&p.ID, &p.Source, &p.Capture, &p.Country, &p.Date, &p.Confidence, (*instant)(&p.FirstSeenAt), (*instant)(&p.LastSeenAt), (*instant)(&p.GoneAt), &sealed); err != nil {
		return p, err
	}
	raw, err := s.keys.OpenField(sealed, postPlace(p.ID))
	if err != nil {
		return p, fmt.Errorf("post %s: %w", p.ID, err)
	}
	var w wording
	err = json.Unmarshal(raw, &w)
	p.Title, p.Text, p.Website, p.Links = w.Title, w.Text, w.Website, w.Links
	p.Deadline, p.Price, p.Size, p.Views, p.Files, p.Own, p.Marks = w.Deadline, w.Price, w.Size, w.Views, w.Files, w.Own, w.Marks
	return p, err
}

// Post returns one post.
func (s *Store) Post(ctx context.Context, id breach.PostID) (breach.Post, error) {
	p, err := one(ctx, s.r, s.scanPost, selectPosts+`WHERE id = ?`, id)
	if err != nil {
		return p, fmt.Errorf("reading post %s: %w", id, err)
	}
	return p, nil
}

// Posts lists the newest posts first.
func (s *Store) Posts(ctx context.Context, limit int) ([]breach.Post, error) {
	list, err := all(ctx, s.r, s.scanPost, selectPosts+`ORDER BY first_seen DESC, id DESC LIMIT ?`, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing posts: %w", err)
	}
	return list, nil
}

// PostsOf lists the newest posts of a source first.
func (s *Store) PostsOf(ctx context.Context, src breach.SourceID, limit int) ([]breach.Post, error) {
	list, err := all(ctx, s.r, s.scanPost, selectPosts+`WHERE source = ? ORDER BY first_seen DESC, id DESC LIMIT ?`, src, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing posts of source %s: %w", src, err)
	}
	return list, nil
}

// PostsGone records that a source no longer shows posts. What they said is
// kept; they are back when SavePosts brings them again.
func (s *Store) PostsGone(ctx context.Context, src breach.SourceID, ids []breach.PostID, at time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "posts.gone", string(src), func(u *unit) error {
		var gone int64
		err := chunks(ids, func(part []breach.PostID) error {
			n, err := exec(ctx, u, `UPDATE posts SET gone_at = ? WHERE source = ? AND gone_at = 0 AND id IN (?)`, nanos(at), src, bun.List(part))
			gone += n
			return err
		})
		u.did("gone=%d", gone)
		u.quiet = gone == 0
		return err
	})
}

// EachPost gives every post once, the oldest first, a page at a time.
func (s *Store) EachPost(ctx context.Context, do func([]breach.Post) error) error {
	for after, id := int64(math.MinInt64), breach.PostID(""); ; {
		page, err := all(ctx, s.r, s.scanPost, selectPosts+`WHERE first_seen > ? OR first_seen = ? AND id > ? ORDER BY first_seen, id LIMIT ?`,
			after, after, id, postsPage)
		if err != nil {
			return fmt.Errorf("reading posts: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		if err := do(page); err != nil {
			return err
		}
		last := page[len(page)-1]
		after, id = nanos(last.FirstSeenAt), last.ID
	}
}

// postsPage bounds how many posts are read at once.
const postsPage = 500

// CountPosts counts the posts.
func (s *Store) CountPosts(ctx context.Context) (uint64, error) {
	n, err := one(ctx, s.r, scanInt, `SELECT count(id) FROM posts`)
	if err != nil {
		return 0, fmt.Errorf("counting posts: %w", err)
	}
	return uint64(n), nil
}
