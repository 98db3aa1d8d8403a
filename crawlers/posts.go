package crawlers

import (
	"net/url"
	"strings"

	"vigie/internal/breach"
)

// collect adds posts that were not on an earlier page.
func (t *tour) collect(p Page, posts []breach.Post) {
	shared := sharedTitles(posts)
	for _, post := range posts {
		post.ID = PostID(t.src.ID, post.Title)
		if shared[foldTitle(post.Title)] {
			post.ID = PostID(t.src.ID, post.Title+"\x00"+ownPath(p.URL, post.Links))
		}
		post.Source, post.Capture = t.src.ID, t.last.ID
		post.FirstSeenAt, post.LastSeenAt = t.at, t.at
		post.Links = absolute(p.URL, post.Links)
		if _, dup := t.byID[post.ID]; dup {
			continue
		}
		t.byID[post.ID] = len(t.posts)
		t.posts = append(t.posts, post)
	}
}

// sharedTitles finds titles that stand for several posts of one page, such as
// "[hidden]": those are told apart by where their first link leads.
func sharedTitles(posts []breach.Post) map[string]bool {
	first, shared := map[string]string{}, map[string]bool{}
	for _, post := range posts {
		link, title := "", foldTitle(post.Title)
		if len(post.Links) > 0 {
			link = post.Links[0]
		}
		if was, seen := first[title]; seen && was != link {
			shared[title] = true
		}
		first[title] = link
	}
	return shared
}

// ownPath is where a post's first link leads, without query and fragment:
// those may hold tokens.
func ownPath(base string, links []string) string {
	b, err := url.Parse(base)
	if err != nil || len(links) == 0 {
		return ""
	}
	u, err := b.Parse(links[0])
	if err != nil {
		return ""
	}
	if strings.EqualFold(u.Host, b.Host) {
		return u.Path // the same on every mirror
	}
	return u.Host + u.Path
}

// absolute resolves links against the page they stand on and drops doubles.
// What is not an address of the web (magnet:, tox:) stays as it is.
func absolute(base string, links []string) []string {
	b, err := url.Parse(base)
	if err != nil {
		return links
	}
	var out []string
	seen := map[string]bool{}
	for _, l := range links {
		if u, err := b.Parse(strings.TrimSpace(l)); err == nil {
			l = u.String()
		}
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}
