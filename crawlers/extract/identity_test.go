package extract

import (
	"fmt"
	"testing"

	"vigie/crawlers"
	"vigie/internal/breach"
)

func TestIdentity(t *testing.T) {
	list := func(pairs ...string) (out []breach.Post) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, breach.Post{Title: pairs[i], Links: []string{pairs[i+1]}})
		}
		return out
	}
	id := func(title string) breach.PostID { return crawlers.PostID("s", title) }
	for _, tc := range []struct {
		name          string
		before, after []breach.Post
		want          []breach.PostID
	}{
		{"as titles had it", list("A", "/p/a", "B", "/p/b"), list("B", "/p/b", "A", "/p/a"), []breach.PostID{id("B"), id("A")}},
		{"renamed", list("A", "/p/a", "B", "/p/b"), list("A", "/p/a", "Mairie", "/p/b"), []breach.PostID{id("A"), id("B")}},
		{"links that number places", list("A", "/p/1", "B", "/p/2", "C", "/p/3"), list("N", "/p/1", "A", "/p/2", "B", "/p/3"), []breach.PostID{id("N"), id("A"), id("B")}},
		{"all replaced under numbered links", list("A", "/p/1", "B", "/p/2"), list("N", "/p/1", "M", "/p/2"), []breach.PostID{id("N"), id("M")}},
		{"one link for all", list("A", "/chat", "B", "/chat"), list("A", "/chat", "N", "/chat"), []breach.PostID{id("A"), id("N")}},
		{"tokens in links", list("A", "/p?id=1&t=0123456789abcdef0123", "B", "/p?id=2&t=0123456789abcdef0123"),
			list("A", "/p?id=1&t=fedcba98765432100000", "N", "/p?id=2&t=fedcba98765432100000"), []breach.PostID{id("A"), id("B")}},
		{"a new post under a title of before", list("A", "/p/a", "B", "/p/b", "A2", "/p/c"), list("A", "/p/a", "B", "/p/b", "A2", "/p/d"), []breach.PostID{id("A"), id("B"), id("A2")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := Memory{Source: "s"}
			m.identify(crawlers.Listing{Posts: tc.before})
			m = saved(t, m)
			m.identify(crawlers.Listing{Posts: tc.after})
			for i, p := range tc.after {
				if p.ID != tc.want[i] {
					t.Errorf("%q is not the post it was", p.Title)
				}
			}
		})
	}
}

// TestIdentityOfOldTitle: a post was renamed, and another comes under the title
// that it had. Both are told apart, now and later.
func TestIdentityOfOldTitle(t *testing.T) {
	m := Memory{Source: "s"}
	show := func(pairs ...string) (ids []breach.PostID) {
		var posts []breach.Post
		for i := 0; i < len(pairs); i += 2 {
			posts = append(posts, breach.Post{Title: pairs[i], Links: []string{pairs[i+1]}})
		}
		m.identify(crawlers.Listing{Posts: posts})
		for _, p := range posts {
			ids = append(ids, p.ID)
		}
		return ids
	}
	first := show("Hidden", "/p/1", "Acme", "/p/2")
	show("Mairie", "/p/1", "Acme", "/p/2")
	for range 2 {
		got := show("Hidden", "/p/3", "Mairie", "/p/1", "Acme", "/p/2")
		if got[1] != first[0] || got[2] != first[1] || got[0] == first[0] {
			t.Errorf("first %q, then %q", first, got)
		}
	}
}

func TestRecall(t *testing.T) {
	if _, err := (Reader{}).Recall("s", []byte(`{"known":7}`), nil); err == nil {
		t.Error("a memory that is none was read")
	}
	known := []breach.Post{{ID: "pst_old", Title: "Acme", Links: []string{"http://m.example.org/p/1"}}}
	h, err := (Reader{}).Recall("s", nil, known)
	if err != nil {
		t.Fatal(err)
	}
	posts := []breach.Post{{Title: "ACME", Links: []string{"http://a.example.org/p/1"}}}
	h.Follow(crawlers.Listing{Address: "http://a.example.org/", Posts: posts})
	if posts[0].ID != "pst_old" {
		t.Errorf("the post got the identity %q", posts[0].ID)
	}
}

// BenchmarkFollow is a visit of a long listing that brings one post.
func BenchmarkFollow(b *testing.B) {
	var m Memory
	posts := make([]breach.Post, 1000)
	for i := range posts {
		posts[i] = breach.Post{Title: fmt.Sprint("Company ", i), Text: "what was taken", Links: []string{fmt.Sprint("/p/", i)}}
	}
	m.Follow(crawlers.Listing{Posts: posts[1:]})
	for b.Loop() {
		m.Follow(crawlers.Listing{Posts: posts})
	}
}
