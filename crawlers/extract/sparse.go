package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Listings that nothing repeats: a site's first post, and posts that are lines
// of one paragraph.

// minLines is how many lines of text make a list of them.
const minLines = 5

// lined makes a record of each line of the element that has most lines cut by
// <br>, if they read like a list: short, different, each with a name that
// stands out as a domain, a link or in bold.
func (d *document) lined() *group {
	var best []record
	for _, n := range d.nodes {
		if d.info[n].aside || d.info[n].text == 0 {
			continue
		}
		if l := linesOf(n); len(l) > len(best) {
			best = l
		}
	}
	if len(best) < minLines {
		return nil
	}
	seen := map[string]bool{}
	named, text := 0, 0
	for _, r := range best {
		t := recordText(r)
		seen[fold(t)] = true
		text += len(t)
		if len(t) < 150 && titleLike(t) > .5 && (websiteIn(t) != "" || standsOut(r)) {
			named++
		}
	}
	if 5*named < 4*len(best) || 2*len(seen) < len(best) || 2*text < d.total {
		return nil
	}
	return &group{key: "l", records: best, text: text, titles: wholeLine, score: .6}
}

// wholeLine is the place of titles that are all of a record.
const wholeLine = "*"

// linesOf cuts what is directly in an element at each <br>.
func linesOf(n *html.Node) []record {
	breaks := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Br {
			breaks++
		}
	}
	if breaks+1 < minLines {
		return nil
	}
	var out []record
	var line record
	words := false
	flush := func() {
		if words {
			out = append(out, line)
		}
		line, words = nil, false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Br {
			flush()
			continue
		}
		line = append(line, c)
		words = words || hasLetter(textOf(c))
	}
	flush()
	return out
}

func standsOut(r record) bool {
	for _, n := range r {
		switch n.DataAtom {
		case atom.A, atom.B, atom.Strong:
			return true
		}
	}
	return false
}

var sizeWord = regexp.MustCompile(`(?i)\d\s?([kmgt]i?b|[kmgt]o|%|files?|fichiers?)\b`)

func trimLine(s string) string { return strings.Trim(s, " \t\r\n-–—•*·|>") }
