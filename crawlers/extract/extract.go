// Package extract turns pages of leak sites into posts without a rule for any
// site.
//
// What repeats on a page is what the page lists. Elements of one shape at one
// place of the tree form a group; the group that holds most of the page's
// text, in which each member has a heading-like text of its own, is the
// listing. Which text is the title is decided for all members at once: the
// same place in each, different words in each, near the top, marked as a
// heading or a link. Nothing here knows the words or the markup of one site.
//
// Sizes, depth and numbers of nodes are bounded: every input is hostile.
package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	htmlcharset "golang.org/x/net/html/charset"

	"vigie/crawlers"
	"vigie/internal/breach"
	"vigie/internal/charset"
)

// The bounds of one page.
const (
	maxBytes = 8 << 20 // what is read of a body
	maxTags  = 200_000 // what is read of its markup
	maxPosts = 20_000
	maxText  = 20_000 // characters of a post's text
	maxTitle = 300    // characters of a title
	maxLinks = 50     // of a post
)

// Reader reads pages. The zero value is ready, and safe for concurrent use.
type Reader struct{}

var _ crawlers.Reader = Reader{}

// Read tells what a page is and which posts stand on it. It never fails: a
// page that cannot be understood has the state "other" or "error" and no posts.
func (Reader) Read(p crawlers.Page) crawlers.Reading { return look(p, Template{}).Reading }

// judge puts the state beside the posts: some states have none.
func judge(p crawlers.Page, d *document, posts []breach.Post, confidence float64) crawlers.Reading {
	if len(posts) > maxPosts {
		posts = posts[:maxPosts]
	}
	for i := range posts {
		posts[i].Title, posts[i].Text = sound(posts[i].Title), sound(posts[i].Text)
	}
	state, sure := stateOf(p, d, posts, confidence)
	if state != crawlers.StateListing && state != crawlers.StateIndex && state != crawlers.StateMarket {
		posts = nil
	}
	return crawlers.Reading{State: state, Confidence: sure, Posts: posts}
}

// Complete takes from a post's own page its text, if longer, and the links
// that the listing did not have.
func (Reader) Complete(post breach.Post, p crawlers.Page) breach.Post {
	root, err := html.Parse(bytes.NewReader(decoded(bound(p.Body), p.ContentType)))
	if err != nil {
		return post
	}
	d := newDocument(root)
	n := d.about(post.Title)
	if text := clip(textOf(n), maxText); len(text) > len(post.Text) {
		post.Text = text
	}
	if post.Website == "" {
		post.Website = websiteOf(n, post.Text)
	}
	if post.Date == "" {
		post.Date = dateIn(post.Text)
	}
	if post.Country == "" {
		post.Country = countryOf(n, post.Text)
	}
	seen := map[string]bool{}
	for _, l := range post.Links {
		seen[l] = true
	}
	for _, l := range linksOf(n) {
		if !seen[l] && len(post.Links) < maxLinks {
			seen[l] = true
			post.Links = append(post.Links, l)
		}
	}
	return post
}

// bound cuts a body at maxBytes and before the tag after maxTags.
func bound(body []byte) []byte {
	if len(body) > maxBytes {
		body = body[:maxBytes]
	}
	at, tags := 0, 0
	for {
		i := bytes.IndexByte(body[at:], '<')
		if i < 0 {
			return body
		}
		if tags++; tags > maxTags {
			return body[:at+i]
		}
		at += i + 1
	}
}

// decoded converts a page that is in another encoding. What is valid UTF-8 and
// more than ASCII is UTF-8 whatever it says: nothing else looks like it.
func decoded(body []byte, contentType string) []byte {
	whole := body
	for i := 0; i < utf8.UTFMax && len(whole) > 0 && !utf8.Valid(whole[max(0, len(whole)-utf8.UTFMax):]); i++ {
		whole = whole[:len(whole)-1] // a body cut inside a character
	}
	if strings.Contains(strings.ToLower(contentType), "utf-8") || utf8.Valid(whole) && bytes.ContainsFunc(whole, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return body
	}
	e, _, _ := htmlcharset.DetermineEncoding(body, contentType)
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return body
	}
	return out
}

// sound undoes the damage of UTF-8 that a site stored as Latin-1.
func sound(s string) string {
	if out, _, ok := charset.Repair(nil, []byte(s)); ok {
		return string(out)
	}
	return s
}

// clip shortens at a word, by characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return strings.TrimRight(string(r[:limit]), " ")
}
