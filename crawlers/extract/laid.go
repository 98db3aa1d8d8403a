package extract

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Pages laid out by hand: preformatted text whose posts are paragraphs or rows
// of columns, and runs of <br>. What white space says there is rewritten as
// markup, so that the rest need not know: a paragraph becomes a <dl> with its
// first line as <dt>, a line of columns a row of a table.

const (
	minLaid   = 3      // paragraphs or rows that make a list
	maxLaid   = 20_000 // lines of one element that are looked at
	maxHeadOf = 120    // bytes of a paragraph's first line that may be a title
)

// line is what stands between two breaks: nodes that may move.
type line []*html.Node

func (l line) text() string {
	var b strings.Builder
	for _, n := range l {
		appendText(&b, n)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// lay rewrites the elements of a page that are laid out by hand.
func lay(root *html.Node) {
	var hosts, marks []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.Mark && onlyInline(n):
			marks = append(marks, n)
		case n.DataAtom == atom.Link && n.Parent.Data == "item":
			layFeed(n)
		case n.Type != html.ElementNode || within(n, unseenAbove(n)):
		case n.DataAtom == atom.Pre || breaks(n) >= minLaid || n.DataAtom == atom.Ul || n.DataAtom == atom.Ol:
			hosts = append(hosts, n)
		}
	}
	for _, n := range marks {
		layMark(n)
	}
	for _, n := range hosts {
		switch n.DataAtom {
		case atom.Pre:
			layPre(n)
		case atom.Ul, atom.Ol:
			layItems(n)
		default:
			laySoup(n)
		}
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

// unseenAbove is the element above that hides another, or one that is nowhere.
func unseenAbove(n *html.Node) *html.Node {
	for p := n; p != nil; p = p.Parent {
		if unseen(p) {
			return p
		}
	}
	return &html.Node{}
}

func breaks(n *html.Node) (count int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Br {
			count++
		}
	}
	return count
}

// layPre rewrites preformatted text that is a list of paragraphs or of rows.
func layPre(pre *html.Node) {
	lines := preLines(pre)
	if len(lines) > maxLaid {
		return
	}
	blocks := paragraphs(lines)
	table := rows(lines)
	if table == nil && !listed(blocks, false) {
		return
	}
	for c := pre.FirstChild; c != nil; c = pre.FirstChild {
		pre.RemoveChild(c)
	}
	pre.Data, pre.DataAtom = "div", atom.Div
	if table != nil {
		t := tagged("table", atom.Table)
		for _, cells := range table {
			tr := tagged("tr", atom.Tr)
			if !tellsDate(cells) { // what the columns are called
				tr.Attr = []html.Attribute{{Key: "class", Val: "head"}}
			}
			for _, c := range cells {
				tr.AppendChild(holding("td", atom.Td, c))
			}
			t.AppendChild(tr)
		}
		pre.AppendChild(t)
		return
	}
	for _, b := range headed(blocks) {
		pre.AppendChild(paragraph(b, true))
	}
}

func tellsDate(cells []line) bool {
	for _, c := range cells {
		if t := c.text(); dateIn(t) != "" || sizeWord.MatchString(t) {
			return true
		}
	}
	return false
}

// headed keeps the paragraphs that begin with a date, where most do: a banner
// or a farewell does not.
func headed(blocks [][]line) (out [][]line) {
	for _, b := range blocks {
		if leadDate.MatchString(b[0].text() + "  ") {
			out = append(out, b)
		}
	}
	if 5*len(out) < 4*(len(blocks)-3) || len(out) < minLaid {
		return blocks
	}
	return out
}

// paragraph is a block as a <dl>; the columns of its lines are told apart.
func paragraph(b []line, columns bool) *html.Node {
	dl := tagged("dl", atom.Dl)
	for i, l := range b {
		holder := tagged("dd", atom.Dd)
		if i == 0 {
			holder = tagged("dt", atom.Dt)
		}
		cells := []line{l}
		if columns {
			cells = cut(l)
		}
		for _, c := range cells {
			if len(cells) == 1 {
				for _, n := range c {
					holder.AppendChild(n)
				}
				break
			}
			holder.AppendChild(holding("span", atom.Span, c))
		}
		dl.AppendChild(holder)
	}
	return dl
}

func tagged(name string, a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: a}
}

func holding(name string, a atom.Atom, l line) *html.Node {
	n := tagged(name, a)
	for _, c := range l {
		n.AppendChild(c)
	}
	return n
}

// preLines are the lines of preformatted text, made of new nodes.
func preLines(pre *html.Node) []line {
	out := []line{nil}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				for i, s := range strings.Split(c.Data, "\n") {
					if i > 0 {
						out = append(out, nil)
					}
					if s != "" {
						out[len(out)-1] = append(out[len(out)-1], &html.Node{Type: html.TextNode, Data: s})
					}
				}
			case c.Type != html.ElementNode || unseen(c):
			case c.DataAtom == atom.Br:
				out = append(out, nil)
			case strings.Contains(verbatim(c), "\n"):
				walk(c) // it decorates more than a line
			default:
				out[len(out)-1] = append(out[len(out)-1], copyOf(c))
			}
		}
	}
	walk(pre)
	return out
}

// copyOf clones an element with all in it.
func copyOf(n *html.Node) *html.Node {
	out := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Attr: slices.Clone(n.Attr)}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out.AppendChild(copyOf(c))
	}
	return out
}

// paragraphs cuts lines where one is blank or a rule.
func paragraphs(lines []line) (out [][]line) {
	var b []line
	for _, l := range append(lines, nil) {
		if strings.ContainsFunc(l.text(), alphanumeric) {
			b = append(b, l)
			continue
		}
		if len(b) > 0 {
			out = append(out, b)
		}
		b = nil
	}
	return out
}

// listed tells paragraphs that are posts: most begin with a short line that
// could name somebody and tell a date, a link or a size. A soup of breaks must
// say by emphasis too what the names are.
func listed(blocks [][]line, emphasis bool) bool {
	n, all, plain := 0, 0, 0
	for _, b := range blocks {
		head := named(b[0])
		all++
		if head == "" || len(head) > maxHeadOf || titleLike(head) < .5 || emphasis && len(b) < 2 {
			continue
		}
		linked, words := false, ""
		for _, l := range b {
			linked = linked || len(recordLinks(record(l))) > 0
			words += " " + l.text()
		}
		if len(words) < maxText && (linked || dateIn(words) != "" || sizeWord.MatchString(words)) && !strings.Contains(b[0].text(), "@") {
			if n++; !standsOut(record(b[0])) {
				plain++
			}
		}
	}
	if emphasis && plain > 0 { // then every one must look like a post
		return n >= minLaid && 5*n >= 4*all || n == 2 && all < 4 && plain == 0
	}
	return n >= minLaid && 5*n >= 3*all || n == 2 && all < 4
}

// named is the first part of a line that is words and no date.
func named(l line) string {
	for _, c := range cut(l) {
		if t := c.text(); hasLetter(t) && titleLike(t) >= .5 {
			return t
		}
	}
	return ""
}

var (
	columnGap = regexp.MustCompile(`\s{2,}|\t|\s*[|│¦]\s*|\s;\s`)
	leadDate  = regexp.MustCompile(`^\s*(?:[*•·>#+-]+\s+)?\[?(?:20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]20\d\d)\]?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?[\]):]?\s+(?:[-–—|:;.·•/]\s+)?`)
	bullet    = regexp.MustCompile(`^\s*(?:[*•·>#+–—-]+|\d{1,4}[.)]|\[\d{1,4}\]|\[[+*!x-]\])\s+`)
)

// cut parts a line at gaps, behind a date that leads it, and drops the bullet.
func cut(l line) (out []line) {
	var cell line
	end := func() {
		if cell.text() != "" {
			out = append(out, cell)
		}
		cell = nil
	}
	for i, n := range l {
		if n.Type != html.TextNode {
			cell = append(cell, n)
			continue
		}
		s := n.Data
		if i == 0 {
			s = strings.TrimLeft(s, " \t")
			if m := leadDate.FindString(s); m != "" {
				cell = line{{Type: html.TextNode, Data: strings.TrimSpace(bullet.ReplaceAllString(m, ""))}}
				end()
				s = s[len(m):]
			}
			s = bullet.ReplaceAllString(s, "")
		}
		for k, part := range columnGap.Split(s, -1) {
			if k > 0 {
				end()
			}
			if part != "" {
				cell = append(cell, &html.Node{Type: html.TextNode, Data: part})
			}
		}
	}
	end()
	return out
}

// rows are the lines of a text as cells, if enough of them, one after the
// other, have as many and tell a date or a size each: what is above or below
// is not one of them.
func rows(lines []line) (out [][]line) {
	var run [][]line
	told := 0
	keep := func() {
		if len(run) >= minLaid && 5*told >= 4*len(run) && len(run) > len(out) {
			out = run
		}
		run, told = nil, 0
	}
	for _, l := range append(slices.Clone(lines), nil) {
		t := l.text()
		cells := cut(l)
		if len(cells) < 3 || strings.Contains(t, "@") || len(run) > 0 && (len(cells) < len(run[0])-1 || len(cells) > len(run[0])+1) {
			if t != "" {
				keep()
			}
			continue
		}
		run = append(run, cells)
		if dateIn(t) != "" || sizeWord.MatchString(t) {
			told++
		}
	}
	keep()
	return out
}

// laySoup wraps the paragraphs of an element that only breaks tell apart.
func laySoup(host *html.Node) {
	var lines []line
	var l line
	gaps := 0
	for c := host.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Br:
			lines, l = append(lines, l), nil
		case c.Type == html.ElementNode && block(c) && c.DataAtom != atom.Img:
			lines, l = append(lines, l, nil), nil
		default:
			l = append(l, c)
		}
	}
	lines = append(lines, l)
	if len(lines) > maxLaid {
		return
	}
	for _, x := range lines {
		if x.text() == "" {
			gaps++
		}
	}
	if gaps < 1 {
		return
	}
	blocks := paragraphs(lines)
	blocks = headed(blocks)
	if !listed(blocks, true) {
		return
	}
	for _, b := range blocks {
		first := b[0][0]
		mark := &html.Node{Type: html.CommentNode}
		host.InsertBefore(mark, first)
		for _, l := range b {
			for _, n := range l {
				host.RemoveChild(n)
			}
		}
		host.InsertBefore(paragraph(b, false), mark)
		host.RemoveChild(mark)
	}
}
