package extract

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/internal/breach"
)

// Pages that hold one post and are not a listing of them: a forum's thread,
// whose messages are one text, and a paste.

var (
	messageID  = regexp.MustCompile(`(?i)^(js-)?(post|p|pid|msg|message|comment)[-_]?\d+$`)
	titleParts = regexp.MustCompile(`\s+[|·•»–—-]\s+`)
	reply      = regexp.MustCompile(`(?i)^(re|rép|aw|sv)\s?:\s*`)
)

// said tells whether an element's class has one of some words.
func said(n *html.Node, in ...string) bool {
	return slices.ContainsFunc(words(attr(n, "class")), func(w string) bool { return slices.Contains(in, w) })
}

func isAuthor(n *html.Node) bool {
	return said(n, "author", "username", "user", "poster", "profile", "postprofile", "userinfo", "postbit")
}

func isBody(n *html.Node) bool {
	return said(n, "body", "content", "bbwrapper", "postcontent", "postbody", "text")
}

// named1 tells the name of a member as boards and forums of today mark it.
func named1(n *html.Node) bool {
	return said(n, "name") && (n.DataAtom == atom.Span || said(n, "message")) || headingLevel(n) > 3 && len(strings.Fields(textOf(n))) == 1
}

// message is one message of a thread.
type message struct{ whole, body *html.Node }

// messages lists the outermost elements that are called messages and have an
// author and, elsewhere in them, a body.
func (d *document) messages() []message {
	var out []message
	var last *html.Node
	budget := 8 * len(d.nodes) // elements looked at: what nests must not cost more
	counted := func(ok func(*html.Node) bool) func(*html.Node) bool {
		return func(n *html.Node) bool { budget--; return budget < 0 || ok(n) }
	}
	for _, n := range d.nodes {
		if budget < 0 {
			return nil
		}
		if n.DataAtom == atom.Body || n.DataAtom == atom.Html || d.info[n].text == 0 || last != nil && within(n, last) {
			continue
		}
		if !messageID.MatchString(attr(n, "id")) && !said(n, "post", "message", "comment", "reply", "op") {
			continue
		}
		author := find(n, counted(func(c *html.Node) bool { return isAuthor(c) || named1(c) }))
		if author == nil {
			continue
		}
		body := find(n, counted(func(c *html.Node) bool {
			return (isBody(c) || c.DataAtom == atom.Blockquote) && !isAuthor(c) && !within(author, c) && !within(c, author)
		}))
		if body == nil {
			continue
		}
		for b := body; b != nil; b = find(b, isBody) {
			body = b // the innermost: what the member wrote
		}
		out, last = append(out, message{n, body}), n
	}
	return out
}

func within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}

// thread reads a page as a forum's thread: messages whose only headings are
// their authors and the subject of the page.
func (d *document) thread() (breach.Post, bool) {
	list := d.messages()
	if len(list) == 0 {
		return breach.Post{}, false
	}
	subject := d.subject(list)
	if subject == "" || channel(list, subject) {
		return breach.Post{}, false
	}
	if d.commented(list) {
		return breach.Post{}, false
	}
	for _, m := range list {
		h := find(m.whole, func(n *html.Node) bool {
			return headingLevel(n) > 0 && !isAuthor(n) && !named1(n) && find(n, isAuthor) == nil && !within(n, m.body) && !ofMember(n)
		})
		if h != nil && headingLevel(h) < 5 && !strings.EqualFold(reply.ReplaceAllString(textOf(h), ""), subject) {
			return breach.Post{}, false // it has a title of its own: a blog's entry
		}
	}
	first := list[0]
	p := breach.Post{Title: clip(subject, maxTitle), Confidence: .85}
	var text []string
	for _, m := range list {
		text = append(text, textOf(m.body))
		for _, l := range linksOf(m.body) {
			if !slices.Contains(p.Links, l) && len(p.Links) < maxLinks {
				p.Links = append(p.Links, l)
			}
		}
	}
	p.Text = clip(strings.Join(text, " "), maxText)
	d.fill(&p, record{first.body}, first.body, p.Confidence)
	whole := breach.Post{Text: textOf(first.whole)}
	d.fill(&whole, record{first.whole}, first.whole, p.Confidence)
	if p.Marks["date"].Confidence < whole.Marks["date"].Confidence { // the message's own, not one that it speaks of
		p.Date, p.Marks["date"] = whole.Date, whole.Marks["date"]
	}
	return p, true
}

// ofMember tells a heading that is a member's name: a part of what is said of
// the author, or a link to a member.
func ofMember(n *html.Node) bool {
	for up := n.Parent; up != nil && up.DataAtom != atom.Body; up = up.Parent {
		if isAuthor(up) {
			return true
		}
	}
	return find(n, func(c *html.Node) bool { return c.DataAtom == atom.A && memberLink.MatchString(attr(c, "href")) }) != nil
}

var memberLink = regexp.MustCompile(`(?i)(^|[/?&=])(members?|users?|profile|memberlist|u)([/=.]|\.php)`)

// commented tells messages that are comments: the page has an article of its
// own before them.
func (d *document) commented(list []message) bool {
	whole := map[*html.Node]bool{}
	for _, m := range list {
		whole[m.whole] = true
	}
	for _, n := range d.nodes {
		if whole[n] {
			return false // the messages begin: nothing stood before
		}
		if n.DataAtom == atom.Article && find(n, func(c *html.Node) bool { return headingLevel(c) == 1 }) != nil && find(n, func(c *html.Node) bool { return whole[c] }) == nil {
			return true
		}
	}
	return false
}

// channel tells messages that are all by the one after whom the page is called:
// each is a post of its own.
func channel(list []message, subject string) bool {
	for _, m := range list {
		if a := find(m.whole, func(n *html.Node) bool { return isAuthor(n) && textOf(n) != "" }); a == nil || fold(textOf(a)) != fold(subject) {
			return false
		}
	}
	return true
}

// subject is the heading of the page that its title confirms, or the first
// part of the title.
func (d *document) subject(list []message) string {
	title := d.title()
	parts := append([]string{title}, titleParts.Split(title, -1)...)
	whole := map[*html.Node]bool{}
	for _, m := range list {
		whole[m.whole] = true
	}
	best := ""
	for _, n := range d.nodes {
		if e := d.info[n]; e.text == 0 || e.text > maxTitle || headingLevel(n) == 0 && n.DataAtom != atom.Strong && !said(n, "title") || isAuthor(n) {
			continue
		}
		up := n
		for up != nil && !whole[up] {
			up = up.Parent
		}
		if up != nil {
			continue
		}
		t := unlabeled(n)
		if len(t) > len(best) && len(t) > 2 && (strings.Contains(title, t) || slices.Contains(parts, t) || headingLevel(n) == 1 && len(parts) > 1 && strings.HasPrefix(t, inBrackets.ReplaceAllString(parts[1], ""))) {
			best = t
		}
	}
	if best != "" || len(list) < 2 {
		return best
	}
	for n := range list[0].whole.Descendants() { // some boards head the first message with it
		if n.Type == html.ElementNode && !isAuthor(n) && !within(n, list[0].body) && d.info[n] != nil && d.info[n].text > 2 && d.info[n].text < maxTitle && (n.DataAtom == atom.Strong || headingLevel(n) > 0 || said(n, "subject", "title")) {
			if t := unlabeled(n); slices.Contains(parts, t) || said(n, "subject") {
				return t
			}
		}
	}
	return ""
}

// inBrackets is the prefix of a thread as the page's title has it.
var inBrackets = regexp.MustCompile(`^\[[^\]]*\]\s*`)

// unlabeled is a heading without the prefix that names its kind.
func unlabeled(n *html.Node) string {
	all := textOf(n)
	for c := range n.Descendants() {
		if c.Type != html.ElementNode || !said(c, labelClasses...) {
			continue
		}
		if label := textOf(c); strings.HasPrefix(all, label+" ") {
			all = all[len(label)+1:]
		} else if strings.HasSuffix(all, " "+label) {
			all = all[:len(all)-len(label)-1]
		}
	}
	return all
}

// minPaste is how many lines make a text a paste.
const minPaste = 3

// paste reads a page most of which is one preformatted text, under its
// heading or the title of the page.
func (d *document) paste() (breach.Post, bool) {
	var best *html.Node
	most := 0
	for n := range d.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		size := 0
		switch {
		case n.DataAtom == atom.Textarea:
			size = len(verbatim(n))
		case d.info[n] == nil:
		case n.DataAtom == atom.Pre || n.DataAtom == atom.Code, (n.DataAtom == atom.Ol || n.DataAtom == atom.Table) && said(n, "text", "code", "source", "highlight", "highlighttable", "linenums"):
			size = d.info[n].text
		}
		if size > most {
			best, most = n, size
		}
	}
	if best == nil || 2*most < d.total || strings.Count(verbatim(best), "\n")+len(linesIn(best)) < minPaste {
		return breach.Post{}, false
	}
	title := ""
	for _, n := range d.nodes {
		if n == best {
			break
		}
		if (headingLevel(n) > 0 || n.DataAtom == atom.Strong || said(n, "title", "filename", "subject")) && title == "" && !d.info[n].aside && titleLike(textOf(n)) >= .5 && !within(n, best) {
			title = textOf(n)
		}
	}
	if title == "" {
		title = titleParts.Split(d.title(), -1)[0]
	}
	if title == "" {
		title, _, _ = strings.Cut(strings.TrimSpace(verbatim(best)), "\n")
	}
	p := breach.Post{Title: clip(strings.TrimSpace(title), maxTitle), Confidence: .8, Links: linksOf(best), Text: textOf(d.root)}
	d.fill(&p, record{d.root.LastChild}, d.root.LastChild, p.Confidence)
	p.Text = clip(strings.Join(strings.Fields(verbatim(best)), " "), maxText)
	return p, p.Title != ""
}

// linesIn are the lines of a text that is a list of them.
func linesIn(n *html.Node) (out []*html.Node) {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Li || c.DataAtom == atom.Tr {
			out = append(out, c)
		}
	}
	return out
}

// verbatim is all of the text in an element, as it stands.
func verbatim(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && b.Len() < 8*maxText {
			b.WriteString(c.Data)
			if c.Parent != n {
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// plainText reads a body that is text and no markup: a raw paste, under its
// first line.
func plainText(body []byte, contentType string) (breach.Post, bool) {
	if !strings.HasPrefix(strings.ToLower(contentType), "text/plain") {
		return breach.Post{}, false
	}
	text := strings.TrimSpace(string(decoded(body, contentType)))
	if strings.HasPrefix(text, "<") {
		return breach.Post{}, false // markup, whatever it is called
	}
	first, rest, _ := strings.Cut(text, "\n")
	if len(rest) == 0 {
		return breach.Post{}, false
	}
	p := breach.Post{Title: clip(strings.Join(strings.Fields(first), " "), maxTitle), Text: clip(strings.Join(strings.Fields(text), " "), maxText), Confidence: .7}
	date, _ := datesOf(clip(p.Text, 1000))
	p.Date = date.value
	p.Size, _ = sizeOf(p.Text)
	return p, true
}
