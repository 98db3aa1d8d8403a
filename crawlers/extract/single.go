package extract

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A page that is one post, or the first post of a site, repeats nothing. It is
// known by what posts tell: a day, an amount of data, files, the body's site.
// Its title is the nearest thing like one before its text.

// maxSingle bounds the pieces of a page that is tried as one post.
const maxSingle = 400

// told is what a page tells of a post.
type told struct{ date, size, price, file, link, site, label, prose, back bool }

// maxHeads bounds the pieces of a page that are tried as the title of its one
// post.
const maxHeads = 10

// maxAbove is how many pieces of a page are looked at for its title, whatever
// stands between them.
const maxAbove = 40

// singles are the ways to read a page as one post: under each of its pieces
// that could be a title.
func (d *document) singles() (out []*group) {
	if d.total < 40 {
		return nil
	}
	list := d.content()
	if len(list) < 2 || len(list) > maxSingle {
		return nil
	}
	all, first := evidenceOf(list)
	all.date = all.date || d.dated()
	for _, n := range d.nodes {
		if h := attr(n, "href"); n.DataAtom == atom.A && h != "" && !d.info[n].aside && !head(n) {
			_, download := attribute(n, "download")
			all.file = all.file || download || fileName.MatchString(h) || offers(h)
			all.back = all.back || backWords.MatchString(textOf(n))
			all.link = all.link || !homeward(n) && !strings.HasPrefix(h, "#") && !strings.HasPrefix(h, "mailto:")
		}
	}
	page := d.pageTraits(all)
	tried := heads(list, first)
	for i, t := range tried {
		if t.text == "" {
			continue
		}
		passed := 0
		for k := i + 1; k < min(first, len(tried)); k++ {
			if tried[k].text != "" {
				passed++
			}
		}
		r := d.from(list, i)
		if len(r) == 0 {
			continue
		}
		g := &group{key: "1", records: []record{r}, fixed: &t, rated: true}
		for _, n := range r {
			if e := d.info[n]; e != nil {
				g.text += e.text
			} else {
				g.text += len(textOf(n))
			}
		}
		g.x = d.oneTraits(g, page, list, i, first)
		g.x[tPassed] = math.Log(1 + float64(passed))
		g.score = likely(g.x.score(&weights))
		if out = append(out, g); len(out) >= maxHeads {
			break
		}
	}
	return out
}

var postWord = regexp.MustCompile(`(?i)(^|[ _-])(post|entry|article|item|card|news|leak|victim|company|thread|topic|paste)($|[ _-])`)

// labelled is the place of a title that a label calls a name.
const labelled = ":"

// heads are the pieces that could be the title of the text that begins at one
// of them, by their places; no text for the others.
func heads(list []piece, first int) []located {
	out := make([]located, min(max(first+1, maxAbove), len(list)))
	terms := 0 // several of them are labels
	for _, p := range list {
		if p.at.DataAtom == atom.Dt {
			terms++
		}
	}
	for i := range out {
		p := list[i]
		if i > first && markUp(p.at) < .65 {
			continue
		}
		t := p.text
		if label, rest := labelOf(t); nameLabel.MatchString(label) && len(rest) < maxHeadOf && titleLike(rest) > .5 {
			out[i] = located{key: labelled, text: rest, mark: 1, at: p.at}
			continue
		}
		if i > 0 && onlyLabel(list[i-1].text) {
			if label := strings.TrimRight(list[i-1].text, " :："); nameLabel.MatchString(label) && titleLike(t) > .5 {
				out[i] = located{key: labelled, text: t, mark: 1, at: p.at}
			}
			continue
		}
		if onlyLabel(t) || p.at.DataAtom == atom.Th || p.at.DataAtom == atom.Dt && terms > 1 || p.at.DataAtom == atom.Label || !slices.ContainsFunc(dividers.Split(t, -1), func(part string) bool { return !isFact(part) }) && !plainHost.MatchString(t) {
			continue
		}
		if label, rest := labelOf(t); label != "" && (factLabels[label] || tellLabels[label]) || label != "" && rest == "" {
			continue
		}
		if len(t) > maxTitle/2 || titleLike(t) < .5 || homeward(p.at) || isAuthor(p.at) {
			continue
		}
		out[i] = located{text: t, mark: markUp(p.at), at: p.at}
	}
	return out
}

// pageTraits are those of a page that is tried as one post.
func (d *document) pageTraits(all told) (x traits) {
	x[tPost] = 1
	kinds := 0.0
	for _, k := range []bool{all.date, all.size, all.file || all.link, all.site, all.label} {
		if k {
			kinds++
		}
	}
	x[tKinds] = kinds
	for i, is := range map[int]bool{tProse: all.prose, tForm: d.form(), tNote: ransomNote.MatchString(clip(textOf(d.root), 3000)) || askedSign.MatchString(d.heading()),
		tLabels: all.label, tFiles: all.file, tDay: all.date, tAmount: all.size, tPriced: all.price, tLeads: all.link || all.file, tBack: all.back} {
		if is {
			x[i] = 1
		}
	}
	return x
}

// oneTraits are those of one way to read a page as one post, under the piece i
// where the text begins at the piece first.
func (d *document) oneTraits(g *group, page traits, list []piece, i, first int) traits {
	x := page
	t := g.fixed
	x[tCoverage] = math.Log(max(float64(g.text)/float64(max(d.total, 1)), 1e-3))
	x[tGood] = math.Log(titleLike(t.text) + .01)
	x[tWords] = math.Log(max(t.mark, .05))
	x[tPlace] = -math.Log(1 + .12*float64(i))
	x[tFar] = math.Log(1 + float64(max(0, first-i-1)))
	if t.key == labelled {
		x[tCalled] = 1
	}
	for up := t.at; up != nil && up.DataAtom != atom.Body; up = up.Parent {
		if up.DataAtom == atom.Article || postWord.MatchString(attr(up, "class")) {
			x[tPosted] = 1
		}
	}
	if i > first {
		x[tLate] = 1
	}
	if leads := slugs(recordLinks(g.records[0])); spells(leads, slug(t.text)) {
		x[tSpelled] = 1
	}
	x[tNear] = math.Log(1 + float64(max(0, firstFact(list, i)-i-1)))
	if title := d.title(); title != "" && strings.Contains(fold(title), fold(t.text)) {
		x[tNamed] = 1
	}
	if headingLevel(t.at) == 1 {
		x[tTop] = 1
	}
	f := d.facts(t.text)
	x[tFact], x[tLabel], x[tColon], x[tTelling], x[tHost] = f.fact, f.label, f.colon, f.telling, f.host
	n := float64(len([]rune(t.text)))
	x[tLong], x[tShort] = math.Log(max(1, n/60)), math.Log(max(1, 8/n))
	if sentence(t.text) && t.mark < .9 {
		x[tSentence] = 1
	}
	if lower(t.text) {
		x[tLower] = 1
	}
	return x
}

// firstFact is the place of the first day, size or price behind a piece.
func firstFact(list []piece, from int) int {
	for i := from + 1; i < len(list); i++ {
		if t := list[i].text; len(t) < 80 && (dateIn(t) != "" || sizeWord.MatchString(t) || ticks.MatchString(t)) {
			return i
		}
	}
	return len(list)
}

// spells tells a text that is how a link's last part begins, or all of it.
func spells(leads map[string]bool, t string) bool {
	for l := range leads {
		if t != "" && strings.HasPrefix(l, t) {
			return true
		}
	}
	return false
}

// form tells a page that asks for something to be typed in, but for a message:
// a post may be answered.
func (d *document) form() bool {
	return find(d.root, func(n *html.Node) bool {
		if n.DataAtom != atom.Input || answers(n) {
			return false
		}
		switch strings.ToLower(attr(n, "type")) {
		case "hidden", "submit", "button", "search", "image", "checkbox", "radio":
			return false
		}
		return !strings.Contains(strings.ToLower(attr(n, "name")+attr(n, "placeholder")), "search") && attr(n, "name") != "q"
	}) != nil
}

// answers tells a field of a form that takes a message.
func answers(n *html.Node) bool {
	for n != nil && n.DataAtom != atom.Form {
		n = n.Parent
	}
	return n != nil && find(n, func(c *html.Node) bool { return c.DataAtom == atom.Textarea }) != nil
}

// dated tells a page with a moment or a countdown in its markup or words.
func (d *document) dated() bool {
	for _, n := range d.nodes {
		if e := d.info[n]; !e.aside && (n.DataAtom == atom.Time || n.Data == "relative-time" || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return endKey.MatchString(a.Key) })) {
			return true
		}
	}
	return ticks.MatchString(clip(textOf(d.root), 4000))
}

// content lists the pieces of a page that do not stand beside its content.
func (d *document) content() []piece {
	var out []piece
	for _, p := range pieces(d.root) {
		if e := d.info[p.at]; e != nil && e.aside || head(p.at) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// head tells what stands in the header of a page, above what it says.
func head(n *html.Node) bool {
	for ; n != nil && n.DataAtom != atom.Article && n.DataAtom != atom.Main && n.DataAtom != atom.Section; n = n.Parent {
		if n.DataAtom == atom.Head || n.DataAtom == atom.Header && find(n, func(c *html.Node) bool { return c.DataAtom == atom.Nav || c.DataAtom == atom.A }) != nil {
			return true
		}
	}
	return false
}

// evidenceOf says what a list of pieces tells, and where its text begins.
func evidenceOf(list []piece) (all told, first int) {
	first = -1
	labels := 0
	for i, p := range list {
		t := p.text
		all.date = all.date || len(t) < 400 && (dateIn(t) != "" || ticks.MatchString(t))
		all.size = all.size || sizeWord.MatchString(t)
		all.price = all.price || len(t) < 400 && (priceIn(t, true) != "" || len(t) < 40 && priceIn(t, false) != "")
		if w := websiteIn(t); w != "" && (!p.linked || plainHost.MatchString(t)) {
			all.site = true
		}
		if label, rest := labelOf(t); factLabels[label] && rest != "" || onlyLabel(t) && factLabels[strings.ToLower(strings.TrimRight(t, " :："))] {
			labels++
		}
		if i > 0 && markUp(p.at) < .65 && prosaic(p) {
			all.prose = true
			if first < 0 {
				first = i
			}
		}
	}
	all.label = labels >= 3
	if first < 0 {
		first = len(list)
	}
	return all, first
}

// prosaic tells a piece that is a text.
func prosaic(p piece) bool {
	return !p.linked && (len(strings.Fields(p.text)) >= minProse || wide(p.text) && len([]rune(p.text)) > 20) && !isFact(p.text)
}

// minProse is how many words are a text.
const minProse = 7

// backWords are those of a link to what lists a post.
var backWords = regexp.MustCompile(`(?i)^\W*(back|return|retour|zurück|volver|voltar|indietro|назад|返回)([^\pL]|$)|^(←|«|‹|<)\s*\pL`)

// offers tells a link that leads to a hidden service or a magnet, where files are.
func offers(h string) bool {
	return strings.HasPrefix(h, "magnet:") || strings.Contains(h, ".onion/") && !strings.HasSuffix(h, ".onion/")
}

var nameLabel = regexp.MustCompile(`(?i)^(company|victim|name|who|qui|wer|кто|organi[sz]ation|target|client|entreprise|victime|nom|cible|organisme|компания|жертва|название|公司|目标|unternehmen|empresa|azienda)( name)?$`)

// markUp is the mark of an element or of those around it that hold nothing else.
func markUp(n *html.Node) float64 {
	m := markOf(n)
	for p := n.Parent; p != nil && p.DataAtom != atom.Body && p.FirstChild == p.LastChild; p = p.Parent {
		m = max(m, markOf(p))
	}
	if headingLevel(n) == 0 && n.Parent != nil && headingLevel(n.Parent) > 0 {
		m = 1
	}
	return m
}

// homeward tells what links to the first page of the site.
func homeward(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if p.DataAtom == atom.A {
			switch strings.Trim(attr(p, "href"), "./") {
			case "", "index.html", "index.php", "#":
				return true
			}
			return nextWords.MatchString(textOf(p))
		}
	}
	return find(n, func(c *html.Node) bool { return c.DataAtom == atom.A && strings.Trim(attr(c, "href"), "./") == "" }) != nil
}

// from is what a page says from one of its pieces on, with a date right before
// it: the nodes of the smallest element that holds all of it.
func (d *document) from(list []piece, at int) record {
	start, last := list[at].at, list[len(list)-1].at
	if at > 0 && onlyDate(list[at-1].text) {
		start = list[at-1].at
	}
	holder := start
	for holder != nil && !within(last, holder) {
		holder = holder.Parent
	}
	if holder == nil || holder.Type != html.ElementNode {
		return nil
	}
	if holder == start || holder.DataAtom != atom.Body && textOf(holder) != "" && !d.before(holder, list, at) {
		return record{holder}
	}
	var out record
	begun := false
	for c := holder.FirstChild; c != nil; c = c.NextSibling {
		begun = begun || within(start, c) || c == start || start == holder && c.Type == html.TextNode && strings.Contains(textOf(c), list[at].text)
		if e := d.info[c]; begun && (e == nil || !e.aside) {
			out = append(out, c)
		}
	}
	return out
}

// before tells whether a piece before one stands in an element.
func (d *document) before(holder *html.Node, list []piece, at int) bool {
	return slices.ContainsFunc(list[:at], func(p piece) bool { return within(p.at, holder) })
}
