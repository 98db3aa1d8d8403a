package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

var (
	nextWords = regexp.MustCompile(`(?i)^(next( page)?|older( posts| entries)?|suivante?s?|page suivante|plus anciens?|more posts|»|›|>|>>|→)\W*$`)
	pageQuery = regexp.MustCompile(`(?i)^(p|page|pg|paged|start|offset)$`)
	pagePath  = regexp.MustCompile(`(?i)/(page|p)[/-]?\d{1,4}/?$`)
)

// next lists links to further pages of the same listing: marked so, worded so,
// or a number that leads to that page.
func (d *document) next() []string {
	var out []string
	for _, n := range d.nodes {
		href := attr(n, "href")
		if n.Data != "a" || href == "" || len(out) >= maxLinks || slices.Contains(out, href) {
			continue
		}
		if attr(n, "rel") == "next" || nextWords.MatchString(textOf(n)) && pages(href) || numbered(n, href) {
			out = append(out, href)
		}
	}
	return out
}

// pages tells addresses that could be a page of a list.
func pages(href string) bool {
	return !strings.HasPrefix(href, "#") && !strings.HasPrefix(strings.ToLower(href), "javascript:")
}

func numbered(n *html.Node, href string) bool {
	number, err := strconv.Atoi(textOf(n))
	if err != nil || number < 1 || number > 9999 {
		return false
	}
	u, err := url.Parse(href)
	if err != nil {
		return false
	}
	if pagePath.MatchString(u.Path) {
		return true
	}
	for k, v := range u.Query() {
		if pageQuery.MatchString(k) && v[0] == strconv.Itoa(number) {
			return true
		}
	}
	return false
}

// about is the part of a post's own page that speaks of it: <main>, <article>,
// or else what surrounds its title, or the body.
func (d *document) about(title string) *html.Node {
	body := d.root
	for _, n := range d.nodes {
		switch n.Data {
		case "body":
			body = n
		case "main", "article":
			return n
		}
	}
	want := fold(title)
	for _, n := range d.nodes {
		if e := d.info[n]; e.text == 0 || e.text > maxTitle || e.aside || fold(textOf(n)) != want {
			continue
		}
		for n.Parent != nil && n.Parent != body && n.Parent.Type == html.ElementNode {
			n = n.Parent
		}
		if e := d.info[n]; e != nil && e.text > 2*len(title) {
			return n
		}
	}
	return body
}
