package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// minLaid is how many rows or items make a list.
const minLaid = 3

// lay rewrites what says something by other means than elements: words that a
// search marked, addresses of a feed, items that are lines of words.
func lay(root *html.Node) {
	var marks, lists []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.Mark && onlyInline(n):
			marks = append(marks, n)
		case n.DataAtom == atom.Link && n.Parent.Data == "item":
			layFeed(n)
		case n.DataAtom == atom.Ul || n.DataAtom == atom.Ol:
			lists = append(lists, n)
		}
	}
	for _, n := range marks {
		layMark(n)
	}
	for _, n := range lists {
		layItems(n)
	}
}

// layMark joins the words that a search marked to those around them.
func layMark(n *html.Node) {
	text := &html.Node{Type: html.TextNode, Data: textOf(n)}
	for _, beside := range []*html.Node{n.PrevSibling, n.NextSibling} {
		if beside == nil || beside.Type != html.TextNode {
			continue
		}
		if beside == n.PrevSibling {
			text.Data = beside.Data + text.Data
		} else {
			text.Data += beside.Data
		}
		n.Parent.RemoveChild(beside)
	}
	n.Parent.InsertBefore(text, n)
	n.Parent.RemoveChild(n)
}

// layFeed makes a link of the address of a feed's item, which a reader of
// pages takes for text.
func layFeed(n *html.Node) {
	if t := n.NextSibling; t != nil && t.Type == html.TextNode && strings.TrimSpace(t.Data) != "" {
		n.Data, n.DataAtom = "a", atom.A
		n.Attr = []html.Attribute{{Key: "href", Val: strings.TrimSpace(t.Data)}}
		t.Data = " "
	}
}

// layItems marks the names in the items of a list that are a line of words
// each: 2025-03-14 - Name - what it was.
func layItems(list *html.Node) {
	var items []*html.Node
	for c := list.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Li {
			items = append(items, c)
		}
	}
	if len(items) < minLaid || len(items) > maxLaid {
		return
	}
	at := map[*html.Node][]int{}
	for _, li := range items {
		if from, to := nameIn(li); to > from {
			at[li] = []int{from, to}
		}
	}
	if 5*len(at) < 4*len(items) {
		return
	}
	for li, cut := range at {
		text := li.FirstChild
		s := text.Data
		text.Data = s[:cut[0]]
		name := tagged("strong", atom.Strong)
		name.AppendChild(&html.Node{Type: html.TextNode, Data: s[cut[0]:cut[1]]})
		rest := &html.Node{Type: html.TextNode, Data: s[cut[1]:]}
		li.InsertBefore(name, text.NextSibling)
		li.InsertBefore(rest, name.NextSibling)
	}
}

var nameEnd = regexp.MustCompile(`\s+[-–—|:·•/]+\s|:\s|\s*[(\[]|\s{2,}|\t`)

// nameIn is where the name stands in an item that begins with words, behind a
// date if one leads, and before what ends it; the item must tell a date or a
// size.
func nameIn(li *html.Node) (from, to int) {
	text := li.FirstChild
	if text == nil || text.Type != html.TextNode || !onlyInline(li) {
		return 0, 0
	}
	t := textOf(li)
	if dateIn(t) == "" && !sizeWord.MatchString(t) {
		return 0, 0
	}
	s := text.Data
	from = len(leadDate.FindString(s))
	if from == 0 {
		from = len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	}
	end := nameEnd.FindStringIndex(s[from:])
	if end == nil || end[0] < 2 || end[0] > maxHeadOf || titleLike(s[from:from+end[0]]) < .5 {
		return 0, 0
	}
	return from, from + end[0]
}
