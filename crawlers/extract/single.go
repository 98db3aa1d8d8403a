package extract

import (
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
type told struct{ date, size, file, link, site, label, prose bool }

// single reads a page that is one post.
func (d *document) single() *group {
	if d.total < 40 || d.form() {
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
			all.link = all.link || !homeward(n) && !strings.HasPrefix(h, "#") && !strings.HasPrefix(h, "mailto:")
		}
	}
	kinds := 0
	for _, k := range []bool{all.date, all.size, all.file || all.link, all.site, all.label} {
		if k {
			kinds++
		}
	}
	if !all.file && !all.link && !all.site && !all.label || ransomNote.MatchString(clip(textOf(d.root), 3000)) || askedSign.MatchString(d.heading()) {
		return nil // a note to victims, or what the site says of itself
	}
	if !all.prose && !all.label || kinds < 2 || !all.date && !all.label && (!all.size || !all.file) {
		return nil
	}
	title, at := titleBefore(list, first)
	if at < 0 {
		return nil
	}
	r := d.from(list, at)
	if len(r) == 0 {
		return nil
	}
	node := list[at].at
	return &group{key: "1", records: []record{r}, text: d.total, fixed: &located{text: title, mark: 1, at: node}, quality: 1, score: .5}
}

// form tells a page that asks for something to be typed in.
func (d *document) form() bool {
	return find(d.root, func(n *html.Node) bool {
		if n.DataAtom != atom.Input && n.DataAtom != atom.Textarea {
			return false
		}
		switch strings.ToLower(attr(n, "type")) {
		case "hidden", "submit", "button", "search", "image", "checkbox", "radio":
			return false
		}
		return !strings.Contains(strings.ToLower(attr(n, "name")+attr(n, "placeholder")), "search") && attr(n, "name") != "q"
	}) != nil
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
		if w := websiteIn(t); w != "" && (!p.linked || plainHost.MatchString(t)) {
			all.site = true
		}
		if label, rest := labelOf(t); factLabels[label] && rest != "" || onlyLabel(t) && factLabels[strings.ToLower(strings.TrimRight(t, " :："))] {
			labels++
		}
		if i > 0 && markUp(p.at) < .65 && !isFact(t) && !p.linked && (len(strings.Fields(t)) >= minProse || wide(t) && len([]rune(t)) > 20) {
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

// minProse is how many words are a text.
const minProse = 7

// offers tells a link that leads to a hidden service or a magnet, where files are.
func offers(h string) bool {
	return strings.HasPrefix(h, "magnet:") || strings.Contains(h, ".onion/") && !strings.HasSuffix(h, ".onion/")
}

var nameLabel = regexp.MustCompile(`(?i)^(company|victim|name|organi[sz]ation|target|client|entreprise|victime|nom|cible|organisme|компания|жертва|название|公司|目标|unternehmen|empresa|azienda)( name)?$`)

// titleBefore is the title of the text that begins at a piece: what a label
// calls so, else the best marked of the pieces before it, where each that could
// be a title counts against those farther away.
func titleBefore(list []piece, first int) (title string, at int) {
	for i, p := range list {
		if label, rest := labelOf(p.text); nameLabel.MatchString(label) && len(rest) < maxHeadOf && titleLike(rest) > .5 {
			return rest, i
		}
	}
	at = -1
	best, passed := 0.0, 0.0
	for i := min(first, len(list)) - 1; i >= 0; i-- {
		p := list[i]
		t := p.text
		if i > 0 && onlyLabel(list[i-1].text) {
			if label := strings.TrimRight(list[i-1].text, " :："); nameLabel.MatchString(label) && titleLike(t) > .5 {
				return t, i
			}
			continue
		}
		if onlyLabel(t) || p.at.DataAtom == atom.Th || p.at.DataAtom == atom.Label || !slices.ContainsFunc(dividers.Split(t, -1), func(part string) bool { return !isFact(part) }) && !plainHost.MatchString(t) {
			continue
		}
		if label, rest := labelOf(t); label != "" && (factLabels[label] || tellLabels[label]) || label != "" && rest == "" {
			continue
		}
		if len(t) > maxTitle/2 || titleLike(t) < .5 || homeward(p.at) || isAuthor(p.at) {
			continue
		}
		if m := markUp(p.at) - .4*passed; m > best {
			title, at, best = t, i, m
		}
		passed++
	}
	return title, at
}

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
