package extract

import (
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// place is a text-bearing position inside a record, such as "/h3.name/a".
type place struct {
	key             string
	texts           []string     // per record; "" where absent
	at              []*html.Node // per record
	order           float64      // how early it stands, summed over records
	mark            float64      // how title-like its markup is
	found           int
	picture, member bool // it is a picture, or a member's name
	led             int  // how many a link of the record spells: "Acme Ltd" and /post/acme-ltd
}

// maxPlaces bounds the positions looked at in one record.
const maxPlaces = 60

// sampleSize is how many records of a group are looked at to choose.
const sampleSize = 24

// placesIn collects the text-bearing positions of records, and their keys in
// order.
func (d *document) placesIn(records []record) (places map[string]*place, keys []string) {
	places = map[string]*place{}
	for i, r := range records {
		leads := slugs(d.recordFacts(r).links)
		for n, t := range d.positions(r) {
			p := places[t.key]
			if p == nil {
				p = &place{key: t.key, texts: make([]string, len(records)), at: make([]*html.Node, len(records)), mark: t.mark, picture: t.at.DataAtom == atom.Img, member: t.at.DataAtom == atom.A && memberLink.MatchString(attr(t.at, "href"))}
				places[t.key] = p
			}
			if p.texts[i] == "" {
				if len(leads) > 0 && leads[slug(t.text)] {
					p.led++
				}
				p.texts[i], p.at[i] = t.text, t.at
				p.order += float64(n)
				p.found++
			}
		}
		if len(places) > 4*maxPlaces {
			break
		}
	}
	return places, slices.Sorted(maps.Keys(places))
}

// different is the share of the texts of a place that no other one repeats.
func (p *place) different() float64 {
	distinct := map[string]bool{}
	for _, t := range p.texts {
		if t != "" {
			distinct[strings.ToLower(t)] = true
		}
	}
	return float64(len(distinct)) / float64(p.found)
}

// titlesAt reads one position of every record; no text where a record lacks it.
func (d *document) titlesAt(records []record, key string) []located {
	out := make([]located, len(records))
	for i, r := range records {
		for _, t := range d.positions(r) {
			if t.key == key {
				out[i] = t
				break
			}
		}
	}
	return out
}

// sample takes records evenly spread over a list.
func sample(records []record) []record {
	if len(records) <= sampleSize {
		return records
	}
	out := make([]record, sampleSize)
	for i := range out {
		out[i] = records[i*len(records)/sampleSize]
	}
	return out
}

// slug writes a text as addresses do: "Acme Ltd" is acme-ltd.
func slug(s string) string {
	return strings.Join(words(strings.ToLower(s)), "-")
}

// slugs are the last parts of links, of two words or more, but for files and
// what links by a kind.
func slugs(links []string) map[string]bool {
	out := map[string]bool{}
	for _, l := range links {
		if plainHost.MatchString(strings.TrimSuffix(l, "/")) && strings.Contains(l, "//") && strings.Count(strings.TrimSuffix(l, "/"), "/") == 2 {
			continue // a site, not a page called after the post
		}
		dir, last := path.Split(strings.TrimSuffix(l, "/"))
		if s := slug(last); strings.Contains(s, "-") && !kindLink.MatchString(dir) && !fileName.MatchString(l) {
			out[s] = true
		}
	}
	return out
}

var kindLink = regexp.MustCompile(`(?i)/(tags?|categor(y|ies)|topics?|authors?|users?|members?|country|countries|sectors?|industry)/$`)

var ordinal = regexp.MustCompile(`^\W*(\d{1,2}|[IVX]{1,4}|[a-h])[.)]\s+`)

// numberSign leads the titles of a list that numbers its entries: #12 or № 12.
var numberSign = regexp.MustCompile(`^(?:#|№|[Nn]o\.)\s?\d{1,5}\b[:.)]?\s+`)

// unnumbered takes off the titles of a list what leads them all: a number, or
// the label that calls each a name.
func unnumbered(titles []located) {
	for _, rest := range []func(string) string{
		func(t string) string { return t[len(ordinal.FindString(t)):] },
		func(t string) string { return t[len(numberSign.FindString(t)):] },
		named,
	} {
		if !slices.ContainsFunc(titles, func(t located) bool { return t.text != "" && (rest(t.text) == t.text || !hasLetter(rest(t.text))) }) {
			for i, t := range titles {
				titles[i].text = rest(t.text)
			}
		}
	}
}

// named is a text without the label that calls it a name: Victim: Acme.
func named(t string) string {
	if label, rest := labelOf(t); rest != "" && nameLabel.MatchString(label) {
		return rest
	}
	return t
}

func undigit(r rune) rune {
	if '0' <= r && r <= '9' {
		return -1
	}
	return r
}

// numberedOnly tells texts that differ by a number alone (Mirror 1, Mirror 2)
// or are chapters of one text (1. Introduction, 2. Method).
func numberedOnly(texts []string, chapters bool) bool {
	first := ""
	same := true
	for _, t := range texts {
		if t == "" {
			continue
		}
		bare := strings.Map(undigit, t)
		if first == "" {
			first = bare
		}
		same = same && bare == first
		chapters = chapters && ordinal.MatchString(t)
	}
	return same && len(strings.Fields(first)) <= 3 || chapters
}

// located is one position of one record.
type located struct {
	key, text string
	mark      float64
	at        *html.Node
}

// positions lists the text-bearing positions of a record in reading order. They
// are kept: an element is a record of several groups.
func (d *document) positions(r record) []located {
	if len(r) > 1 {
		return positions(r)
	}
	out, ok := d.places[r[0]]
	if !ok {
		out = positions(r)
		d.places[r[0]] = out
	}
	return out
}

func positions(r record) []located {
	var out []located
	var walk func(n *html.Node, key string, mark float64)
	walk = func(n *html.Node, key string, mark float64) {
		if len(out) >= maxPlaces {
			return
		}
		mark = math.Max(mark, markOf(n))
		if isAuthor(n) && headingLevel(n) == 0 {
			mark = .2 // who wrote it, even in a heading
		}
		if said(n, labelClasses...) && headingLevel(n) == 0 {
			mark = .15 // a category or a state, even as a link
		}
		whole, late := ownText(n), trails(n)
		own := located{key, clip(whole, maxTitle), mark, n}
		if bare := bareText(n); bare != "" && bare != whole { // <h3>Name <small>42 views</small></h3>
			if n.DataAtom == atom.Dt { // a line, all of which may be the title
				out = append(out, own)
			}
			own.key, own.text = key+"!", clip(bare, maxTitle)
		}
		if first := firstLine(n); first != "" && first != own.text {
			out = append(out, located{key + "^", first, math.Max(mark, .5), n})
		}
		if c := clauseOf(n, own.text); c != "" {
			out = append(out, located{key + clauseKey, c, own.mark, n})
		}
		if own.text != "" && !late {
			out = append(out, own)
		}
		seen := map[string]int{}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type != html.ElementNode || unseen(c) {
				continue
			}
			s := shape(c)
			if headingLevel(c) > 0 {
				s = c.Data // classes of headings are decoration
			} else if c.DataAtom == atom.Th {
				s = c.Data // and those of the heading of a row tell its state
			}
			seen[s]++
			if seen[s] > 1 {
				s += "#" + strings.Repeat("+", min(seen[s], 6))
			}
			m := mark
			if c.DataAtom == atom.Td && firstCell(c) {
				m = math.Max(m, .65)
			}
			if n.DataAtom == atom.P || n.DataAtom == atom.Div && m < .5 {
				m = 0
			}
			if c.DataAtom == atom.Img {
				if t := pictured(c); t != "" {
					out = append(out, located{key + "/" + s, t, .55, c})
				}
				continue
			}
			walk(c, key+"/"+s, m)
		}
		if own.text != "" && late {
			out = append(out, own)
		}
	}
	for i, n := range r {
		if n.Type == html.ElementNode && !unseen(n) && i < 8 {
			key := n.Data // members of a list may differ in class
			if i > 0 {
				key = "~" + shape(n)
			}
			walk(n, key, 0)
		}
	}
	return out
}

// clauseKey ends the place of what stands before a divider in a line.
const clauseKey = "|"

var clauseEnd = regexp.MustCompile(`\s+[-–—|:·•/,]+\s|:\s|\pL{4}\.\s|\pL{2}\)\.\s`)

// clauseOf is what stands before the first divider of a line of words, behind a
// date that leads it; "" where nothing could be a name.
func clauseOf(n *html.Node, t string) string {
	switch n.DataAtom {
	case atom.P, atom.Li, atom.Dt, atom.Dd, atom.Div, atom.Td:
	default:
		return ""
	}
	t = t[len(leadDate.FindString(t)):]
	end := clauseEnd.FindStringIndex(t)
	if end == nil || end[0] < 2 || end[0] > maxHeadOf {
		return ""
	}
	to := end[0]
	if dot := strings.IndexByte(t[end[0]:end[1]], '.'); dot > 0 {
		to += dot
	}
	return t[:to]
}

// trails tells an element whose own words stand behind an element with words.
func trails(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			return false
		case c.Type == html.ElementNode && !unseen(c) && textOf(c) != "":
			return true
		}
	}
	return false
}

// firstLine is what stands before the first break in an element that begins
// with words of its own.
func firstLine(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.DataAtom == atom.Br:
			if t := strings.Join(strings.Fields(b.String()), " "); t != "" || c.NextSibling == nil {
				return clip(t, maxTitle)
			}
		case c.Type == html.ElementNode && breaks(n) > 0: // Name <i>2026-01-03</i><br>what it was
			return clip(strings.Join(strings.Fields(b.String()), " "), maxTitle)
		case c.Type == html.ElementNode:
			return ""
		}
	}
	return ""
}

// firstCell tells the first cell of a row that holds words.
func firstCell(n *html.Node) bool {
	for c := n.PrevSibling; c != nil; c = c.PrevSibling {
		if c.DataAtom == atom.Td && hasLetter(textOf(c)) && dateIn(textOf(c)) == "" {
			return false
		}
	}
	return hasLetter(textOf(n))
}

// lines tells an element whose text stands on several lines.
func lines(n *html.Node) bool {
	return find(n, func(c *html.Node) bool {
		return c.DataAtom == atom.Br && c.NextSibling != nil && hasLetter(textOf(c.Parent))
	}) != nil
}

func onlyInline(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (block(c) && c.DataAtom != atom.Br || !onlyInline(c)) {
			return false
		}
	}
	return true
}

// markOf says how much an element's markup speaks for a title.
func markOf(n *html.Node) float64 {
	m := .45
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		m = 1
	case atom.Th, atom.Dt, atom.Summary:
		m = .7
	case atom.A:
		m = .7
	case atom.B, atom.Strong:
		m = .65
	case atom.U, atom.Big:
		m = .6
	case atom.Legend:
		m = .9
	case atom.Font:
		if size := attr(n, "size"); size >= "4" && size <= "7" || strings.HasPrefix(size, "+") {
			m = .75
		}
	}
	for _, w := range words(attr(n, "class") + " " + attr(n, "itemprop")) {
		switch w {
		case "title", "name", "headline", "heading", "company", "victim", "subject", "caption":
			m = math.Max(m, .95)
		case "header", "head", "target", "domain", "client":
			m = math.Max(m, .75)
		case "desc", "description", "text", "content", "excerpt", "summary", "meta", "footer", "tags", "category", "author", "more", "btn", "button":
			m *= .6
		}
	}
	return m
}

var (
	hasLetter = func(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }
	measure   = regexp.MustCompile(`(?i)^[~<>≈]?\s*[\d.,\s]+\s*(%|k|m|g|b|t|[kmgt]i?b|bytes|files|d|h|s|days?|hours?|min(utes)?|usd|eur|\$|€|btc)?[\s:.,-]*([\d.,]+\s*[dhms]?\s*)*$`)
)

// labelClasses are how categories and states are called.
var labelClasses = []string{"label", "labellink", "badge", "prefix", "ribbon", "pill", "chip", "tag", "tags", "flag", "status"}

// number0x is the number of an entry.
var number0x = regexp.MustCompile(`(?i)^(0x[0-9a-f]+|(no|n°|id)?\.?\s?#?\d+)$`)

// furniture are the words of buttons and labels, and those that begin them.
var (
	furniture = wordsOf("more|detail|details|continue reading|file|files|files »|open|link|url|website|add to cart|ajouter au panier|share|no comments")
	labels    = strings.Split("read more|more info|view|views|show|published|status|updated|date|posted on|posted by|added|size|visit|visits|data size|full data|lire la suite|"+
		"en savoir plus|voir|télécharger|download|publié|publiée|leave a comment|country|revenue|price|deadline|time left", "|")
)

func wordsOf(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Split(list, "|") {
		out[w] = true
	}
	return out
}

// isLabel tells the words of a button, a counter or a label from a title.
func isLabel(t string) bool {
	low := strings.ToLower(t)
	if furniture[low] {
		return true
	}
	for _, w := range labels {
		if rest, ok := strings.CutPrefix(low, w); ok {
			if r, _ := utf8.DecodeRuneInString(rest); rest == "" || !unicode.IsLetter(r) && r != '-' {
				return true
			}
		}
	}
	digits := strings.TrimLeft(low, "0123456789")
	rest := strings.TrimPrefix(digits, " ")
	return digits != low && (rest == "min read" || rest == "comment" || rest == "comments" || strings.HasPrefix(rest, "view"))
}

// quoted tells what somebody is made to say.
func quoted(t string) bool {
	first, n := utf8.DecodeRuneInString(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	return len(t) > n && strings.ContainsRune("“«„\"", first) && strings.ContainsRune("”»“\"", last) && strings.Contains(t, " ")
}

// titleLike rates the words of a would-be title, 0 to 1.
func titleLike(t string) float64 {
	n := len([]rune(t))
	switch {
	case !hasLetter(t), n < 2, n < 60 && strings.ContainsAny(t, "0123456789") && measure.MatchString(t):
		return 0
	case n < 80 && (isLabel(t) || idle(t) || loading.MatchString(t) && n < 40), tellLabels[strings.ToLower(strings.TrimRight(t, " :"))], number0x.MatchString(t):
		return .05
	case strings.HasPrefix(t, "http://"), strings.HasPrefix(t, "https://"):
		return .75
	case t[0] == '/' && !strings.Contains(t, " "):
		return .3
	case dateIn(t) != "" && n < 40:
		return .1
	case n > 200:
		return .15
	case n > 100:
		return .45
	case strings.HasSuffix(t, ":"), strings.HasSuffix(t, ","), strings.HasSuffix(t, "?"), strings.HasSuffix(t, "？"):
		return .3
	case quoted(t):
		return .1
	}
	return 1
}
