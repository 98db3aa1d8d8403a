package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

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
	Marks    map[string]breach.Mark `json:"marks,omitempty"`
}

func wordingOf(p breach.Post) wording {
	return wording{p.Title, p.Text, p.Website, p.Links, p.Deadline, p.Price, p.Size, p.Views, p.Files, p.Marks}
}

// moving tells what a site changes in a post that means something. The number
// of views does not: it changes with each look.
func moving(p breach.Post) wording {
	return wording{Text: p.Text, Links: p.Links, Deadline: p.Deadline, Price: p.Price, Size: p.Size, Files: p.Files}
}

func postPlace(id breach.PostID) string { return "post " + string(id) }

// SavePosts keeps posts by ID and returns those that were not there before.
// For the others the text, the links, what is offered and LastSeenAt follow what
// the site shows now; the rest stays as it was first seen.
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
	if document(moving(now)) == document(moving(was)) || now.LastSeenAt.Before(was.LastSeenAt) {
		return 0, nil
	}
	was.Text, was.Links, was.Deadline, was.Price = now.Text, now.Links, now.Deadline, now.Price
	was.Size, was.Views, was.Files, was.Marks = now.Size, now.Views, now.Files, now.Marks
	sealed, err := s.sealPost(was)
	if err != nil {
		return 0, err
	}
	_, err = exec(ctx, u, `UPDATE posts SET sealed = ? WHERE id = ?`, sealed, was.ID)
	return 1, err
}

func (s *Store) sealPost(p breach.Post) ([]byte, error) {
	return s.keys.SealField([]byte(document(wordingOf(p))), postPlace(p.ID))
}

const selectPosts = `SELECT id, source, capture, country, posted, confidence, first_seen, last_seen, sealed FROM posts `

func (s *Store) scanPost(r scanner) (p breach.Post, err error) {
	var sealed []byte
	if err := r.Scan(&p.ID, &p.Source, &p.Capture, &p.Country, &p.Date, &p.Confidence, (*instant)(&p.FirstSeenAt), (*instant)(&p.LastSeenAt), &sealed); err != nil {
		return p, err
	}
	raw, err := s.keys.OpenField(sealed, postPlace(p.ID))
	if err != nil {
		return p, fmt.Errorf("post %s: %w", p.ID, err)
	}
	var w wording
	err = json.Unmarshal(raw, &w)
	p.Title, p.Text, p.Website, p.Links = w.Title, w.Text, w.Website, w.Links
	p.Deadline, p.Price, p.Size, p.Views, p.Files, p.Marks = w.Deadline, w.Price, w.Size, w.Views, w.Files, w.Marks
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
