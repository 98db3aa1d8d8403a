package crawlers

import (
	"net/url"
	"strings"

	"vigie/internal/breach"
)

// collect adds posts that were not on an earlier page.
func (t *tour) collect(p Page, posts []breach.Post) {
	shared := SharedTitles(posts)
	for _, post := range posts {
		post.ID = PostID(t.src.ID, post.Title)
		if shared(post.Title) {
			post.ID = SharedID(t.src.ID, p.URL, post)
		}
		post.Source, post.Capture = t.src.ID, t.last.ID
		post.FirstSeenAt, post.LastSeenAt = t.at, t.at
		post.Links = absolute(p.URL, post.Links)
		if t.byID[post.ID] {
			continue
		}
		t.byID[post.ID] = true
		t.posts = append(t.posts, post)
	}
}

// SharedTitles finds titles that stand for several posts of one page, such as
// "[hidden]": those are told apart by where their first link leads.
func SharedTitles(posts []breach.Post) func(title string) bool {
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
	return func(title string) bool { return shared[foldTitle(title)] }
}

// SharedID is the identifier of a post whose title stands for several, on a
// page of that address.
func SharedID(src breach.SourceID, base string, post breach.Post) breach.PostID {
	return PostID(src, post.Title+"\x00"+ownPath(base, post.Links))
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
