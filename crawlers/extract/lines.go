package extract

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Pages laid out by hand: preformatted text, runs of <br>, and whatever else no
// element holds together. Their lines are cut into posts in several ways, at
// gaps and at lines that begin alike, and each way is one more group among
// which the model chooses. The page itself is left as it is: the records are
// made of copies, that stand nowhere on it.

const (
	maxLines  = 5000   // lines of one text that are looked at
	maxLaid   = 20_000 // characters of a whole page that is read as lines, and items of a list
	minLines  = 5      // lines that can be a post each
	maxTexts  = 40     // ways to cut the texts of one page, about
	maxWays   = 8      // beginnings by which the lines of one text are cut
	gapWay    = "gap"  // the way of cutting where lines are parted
	maxHeadOf = 120    // bytes of a line that may be a title
)

// line is what stands between two breaks.
type line struct {
	nodes []*html.Node // copies
	says  string       // its words
	start string       // how it begins, "" if with words as any other
	gap   bool         // something parts it from the line before
}

// texts are the groups that the lines of the page make.
func (d *document) texts() []*group {
	if d.laid != nil {
		return d.laid
	}
	d.laid = []*group{}
	var last *html.Node
	for _, n := range d.nodes {
		if len(d.laid) > maxTexts {
			break
		}
		e := d.info[n]
		whole := n.DataAtom == atom.Body && d.total <= maxLaid
		if e.aside || 3*e.text < d.total || last != nil && within(n, last) || !whole && !verse(n) && breaks(n) < 2 {
			continue
		}
		if verse(n) {
			last = n
		}
		d.laid = append(d.laid, d.linesAs(n)...)
	}
	return d.laid
}

// verse tells an element whose line ends are kept.
func verse(n *html.Node) bool {
	return n.DataAtom == atom.Pre || n.DataAtom == atom.Textarea || n.DataAtom == atom.Code && strings.Contains(verbatim(n), "\n")
}

func breaks(n *html.Node) (count int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Br {
			count++
		}
	}
	return count
}

// linesAs cuts the lines of a text in every way that could part posts.
func (d *document) linesAs(host *html.Node) (out []*group) {
	lines := linesOf(host)
	if len(lines) < 2 || len(lines) > maxLines {
		return nil
	}
	var every, gaps, told, starts []int
	ways := map[string][]int{}
	var order []string
	for i, l := range lines {
		every = append(every, i)
		if l.gap {
			gaps = append(gaps, i)
		}
		if l.start == "" {
			continue
		}
		if ways[l.start] == nil {
			order = append(order, l.start)
		}
		ways[l.start] = append(ways[l.start], i)
	}
	for k, at := range gaps {
		if _, to := reach(lines, gaps, k); slices.ContainsFunc(lines[at:to], tells) {
			told = append(told, at)
		}
		if _, to := reach(lines, gaps, k); to-at > 1 {
			starts = append(starts, at)
		}
	}
	add := func(way string, at []int) {
		if len(at) < 2 || slices.ContainsFunc(out, func(g *group) bool { return slices.Equal(g.at, at) }) {
			return
		}
		out = append(out, d.cutAt(host, lines, way, at))
	}
	slices.SortStableFunc(order, func(a, b string) int { return len(ways[b]) - len(ways[a]) })
	for _, way := range order[:min(len(order), maxWays)] {
		add(way, followed(lines, ways[way]))
	}
	add(gapWay+" that tell", told)
	add(gapWay+" of lines", starts)
	add(gapWay, gaps)
	if len(lines) >= minLines {
		add("each", every)
	}
	return out
}

// followed drops beginnings that nothing follows, as a banner made like a title,
// where something follows most.
func followed(lines []line, at []int) (out []int) {
	for k, from := range at {
		if _, to := reach(lines, at, k); to-from > 1 {
			out = append(out, from)
		}
	}
	if 2*len(out) <= len(at) {
		return at
	}
	return out
}

// tells a line that says what posts do.
func tells(l line) bool {
	return len(recordLinks(l.nodes)) > 0 || dateIn(l.says) != "" || sizeWord.MatchString(l.says)
}

// reach is where the k-th record ends, and whether at a gap: the next one's
// beginning; the last one is no longer than the others, in paragraphs or lines.
func reach(lines []line, at []int, k int) (gap bool, to int) {
	if k+1 < len(at) {
		return lines[at[k+1]].gap, at[k+1]
	}
	most, parts := 0, 0
	for i := 0; i+1 < len(at); i++ {
		most, parts = max(most, at[i+1]-at[i]), max(parts, gapsIn(lines[at[i]+1:at[i+1]]))
	}
	if len(at) == 1 {
		most = len(lines)
	}
	to = at[k] + 1
	for seen := 0; to < len(lines) && to < at[k]+most; to++ {
		if lines[to].gap {
			if seen++; seen > parts {
				break
			}
		}
	}
	return true, to
}

func gapsIn(lines []line) (n int) {
	for _, l := range lines {
		if l.gap {
			n++
		}
	}
	return n
}

// cutAt makes a record of each run of lines that begins at one of some.
func (d *document) cutAt(host *html.Node, lines []line, way string, at []int) *group {
	holder := tagged("div", atom.Div)
	holder.Parent = host // so that what is around is known; the host knows nothing of it
	g := &group{key: "t" + strconv.Itoa(d.info[host].path) + way, host: host, way: way, at: at}
	parted := 0
	for k, from := range at {
		_, to := reach(lines, at, k)
		if lines[from].gap {
			parted++
		}
		dl := tagged("dl", atom.Dl)
		for i, l := range lines[from:to] {
			dl.AppendChild(laid(l, i == 0))
			g.text += min(len(l.says), maxCounted)
		}
		holder.AppendChild(dl)
		g.records = append(g.records, record{dl})
	}
	g.parted = float64(parted) / float64(len(at))
	nodes := d.nodes
	e := d.info[host]
	d.walk(holder, e.path, e.depth+1, false)
	d.nodes = nodes // they stand nowhere on the page
	d.copies[holder] = true
	d.count(holder)
	return g
}

// laid is a line as an element: its columns apart, and a label from what it
// labels, which is called by it.
func laid(l line, first bool) *html.Node {
	holder := tagged("dd", atom.Dd)
	if first {
		holder = tagged("dt", atom.Dt)
	}
	cells := cut(l.nodes)
	if len(cells) == 1 {
		if label, rest := labelOf(l.says); label != "" && rest != "" && len(l.nodes) == 1 && l.nodes[0].Type == html.TextNode && len(strings.Fields(label)) <= 3 && !strings.ContainsAny(label, "<[(") {
			i := strings.IndexAny(l.nodes[0].Data, ":：")
			value := inSpan(&html.Node{Type: html.TextNode, Data: strings.TrimLeft(l.nodes[0].Data[i:], ":： ")})
			value.Attr = []html.Attribute{{Key: "class", Val: strings.ReplaceAll(label, " ", "-")}}
			holder.AppendChild(inSpan(&html.Node{Type: html.TextNode, Data: l.nodes[0].Data[:i] + ": "}))
			holder.AppendChild(value)
			return holder
		}
		for _, n := range cells[0] {
			holder.AppendChild(copyOf(n))
		}
		return holder
	}
	for _, c := range cells {
		holder.AppendChild(inSpan(c...))
	}
	return holder
}

// inSpan holds copies of what stands in a line.
func inSpan(nodes ...*html.Node) *html.Node {
	out := tagged("span", atom.Span)
	for _, n := range nodes {
		out.AppendChild(copyOf(n))
	}
	return out
}

func tagged(name string, a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: a}
}

// linesOf are the lines of a text, those that say something.
func linesOf(host *html.Node) (out []line) {
	var l line
	gap := true
	made := "" // the block that the line stands in
	end := func() {
		l.says = strings.Join(strings.Fields(wordsIn(l.nodes)), " ")
		switch {
		case strings.ContainsFunc(l.says, alphanumeric):
			l.gap = gap
			l.start = startOf(l, made)
			out = append(out, l)
			gap = false
		case len(l.nodes) > 0 || verse(host):
			gap = true // a blank line or a rule
		}
		l = line{}
	}
	var walk func(n *html.Node, kept bool)
	walk = func(n *html.Node, kept bool) {
		for c := n.FirstChild; c != nil && len(out) <= maxLines; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode && kept:
				for i, s := range strings.Split(c.Data, "\n") {
					if i > 0 {
						end()
					}
					if s != "" {
						l.nodes = append(l.nodes, &html.Node{Type: html.TextNode, Data: s})
					}
				}
			case c.Type == html.TextNode:
				if len(l.nodes) > 0 || strings.TrimSpace(c.Data) != "" {
					l.nodes = append(l.nodes, &html.Node{Type: html.TextNode, Data: blanks.ReplaceAllString(c.Data, " ")})
				}
			case c.Type != html.ElementNode || unseen(c) || isAside(c):
			case c.DataAtom == atom.Br:
				blank := len(l.nodes) == 0
				end()
				gap = gap || blank
			case c.DataAtom == atom.Hr:
				end()
				gap = true
			case block(c) && c.DataAtom != atom.Img:
				end()
				was := made
				made = shape(c)
				walk(c, kept || verse(c))
				end()
				made = was
			case kept && strings.Contains(verbatim(c), "\n") || find(c, func(n *html.Node) bool { return n.DataAtom == atom.Br || block(n) && n.DataAtom != atom.Img }) != nil:
				walk(c, kept) // it decorates more than a line
			default:
				l.nodes = append(l.nodes, copyOf(c))
			}
		}
	}
	walk(host, verse(host))
	end()
	return out
}

// wordsIn is the text of several nodes.
func wordsIn(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		appendText(&b, n)
	}
	return b.String()
}

// copyOf clones an element with all in it.
func copyOf(n *html.Node) *html.Node {
	out := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Attr: slices.Clone(n.Attr)}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out.AppendChild(copyOf(c))
	}
	return out
}

// startOf is how a line begins, as the first lines of posts begin alike: the
// element that it is or begins with, a date, a bullet or number, a label, a
// word in brackets, or columns.
func startOf(l line, made string) string {
	first := l.nodes[0]
	if first.Type == html.ElementNode {
		return made + "<" + shape(first)
	}
	t := strings.TrimSpace(first.Data)
	if leadDate.MatchString(t + "  ") {
		return made + "date"
	}
	word, _, _ := strings.Cut(t, " ")
	if !strings.ContainsFunc(word, unicode.IsLetter) || strings.ContainsAny(word[:1], "[(<{#*") && len(word) < 24 {
		return made + outline(word)
	}
	if label, _ := labelOf(t); label != "" && len(strings.Fields(label)) <= 3 {
		return made + label + ":"
	}
	if n := len(cut(l.nodes)); n > 2 {
		return made + "columns"
	}
	return made
}

// outline is a word with runs of digits and of letters as one of them.
func outline(word string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			r = '9'
		case unicode.IsLetter(r):
			r = 'a'
		}
		if r != last || r != '9' && r != 'a' {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

var (
	sizeWord  = regexp.MustCompile(`(?i)\d\s?([kmgt]i?b|[kmgt]o|%|files?|fichiers?)\b`)
	blanks    = regexp.MustCompile(`\s+`)
	columnGap = regexp.MustCompile(`\s{2,}|\t|\s*[|│¦]\s*|\s;\s|\s::\s`)
	leadDate  = regexp.MustCompile(`^\s*(?:[*•·>#+-]+\s+)?\[?(?:20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]20\d\d)\]?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?[\]):]?\s+(?:[-–—|:;.·•/]\s+)?`)
	bullet    = regexp.MustCompile(`^\s*(?:[*•·>#+=–—-]+|\d{1,4}[.)]|\[\d{1,4}\]|\[[+*!x-]\]|[=#*~-]+\s*#?\d{1,4}\s*[=#*~-]+)\s+`)
)

// cut parts a line at gaps, behind a date that leads it, and drops the bullet.
func cut(l []*html.Node) (out [][]*html.Node) {
	var cell []*html.Node
	end := func() {
		if strings.TrimSpace(wordsIn(cell)) != "" {
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
				cell = []*html.Node{{Type: html.TextNode, Data: strings.TrimSpace(bullet.ReplaceAllString(m, ""))}}
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
