// Package extract turns pages of leak sites into posts without a rule for any
// site.
//
// What repeats on a page is what the page lists. Elements of one shape at one
// place of the tree form a group, and so do lines of text that begin alike or
// stand apart; a page may also be one post, under any of its pieces that could be
// a title. Which group it is, and which place in its records
// holds the titles, is chosen for all members at once by a log-linear model over
// what is seen of them (choice.go): how much of the page they hold, how many
// they are, what has a date, a link or a size, how the would-be titles stand and
// read. Nothing here knows the words or the markup of one site. What the page is
// (a listing, a queue, a parked name) is told by a model of the same kind over
// its words, forms, scripts and posts (state_sight.go, state_model.go).
//
// Sizes, depth and numbers of nodes are bounded: every input is hostile.
package extract

import (
	"bytes"
	"slices"
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

// Complete takes from a post's own page, a thread or a paste included, its
// text, if longer, and the links and fields that the listing did not have.
func (Reader) Complete(post breach.Post, p crawlers.Page) breach.Post {
	own, ok := plainText(bound(p.Body), p.ContentType)
	if !ok {
		root, err := html.Parse(bytes.NewReader(decoded(bound(p.Body), p.ContentType)))
		if err != nil {
			return post
		}
		own = newDocument(root).ownPage(post.Title)
	}
	if own.Text = sound(own.Text); len(own.Text) > len(post.Text) {
		post.Text = own.Text
	}
	for _, f := range []struct{ to, from *string }{
		{&post.Website, &own.Website}, {&post.Date, &own.Date}, {&post.Country, &own.Country}, {&post.Deadline, &own.Deadline}, {&post.Price, &own.Price},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if post.Size == 0 {
		post.Size = own.Size
	}
	if post.Views == 0 {
		post.Views = own.Views
	}
	post.Links, post.Files = joined(post.Links, own.Links), joined(post.Files, own.Files)
	return post
}

// ownPage reads a page as that of one post.
func (d *document) ownPage(title string) breach.Post {
	if p, ok := d.thread(); ok {
		return p
	}
	if p, ok := d.paste(); ok {
		return p
	}
	n := d.about(title)
	p := breach.Post{Text: clip(textOf(n), maxText), Links: linksOf(n)}
	d.fill(&p, record{n}, n, 0)
	return p
}

// joined adds links that are not there yet.
func joined(links, more []string) []string {
	for _, l := range more {
		if len(links) < maxLinks && !slices.Contains(links, l) {
			links = append(links, l)
		}
	}
	return links
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
