package extract

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"vigie/internal/breach"
)

// maxTold is how long the words may be that are a date and nothing else.
const maxTold = 80

// onlyDate tells a date with no more than a word or two before it.
func onlyDate(t string) bool {
	_, from, to := dateAt(t)
	return to > 0 && !hasLetter(clock.ReplaceAllString(t[to:], "")) && len(strings.Fields(t[:from])) <= 3
}

var clock = regexp.MustCompile(`(?i)\b(utc|gmt|[ap]\.?m\.?|at|à|[ct]|cest?|msk)\b|日|일`)

// inherit gives posts without any date that of the heading above them, where a
// listing is cut by days.
func (d *document) inherit(posts []breach.Post, records []record) {
	if len(posts) != len(records) || slices.ContainsFunc(posts, func(p breach.Post) bool { return p.Date != "" }) {
		return
	}
	for i, r := range records {
		if n, v := dayAbove(r[0]); n != nil {
			posts[i].Date = v
			if posts[i].Marks != nil {
				posts[i].Marks["date"] = breach.Mark{Place: d.place(n), Confidence: sureLabelled}
			}
		}
	}
}

// upMost is how far above a record its day may stand, in elements.
const upMost = 3

func dayAbove(n *html.Node) (at *html.Node, date string) {
	for range upMost {
		for s := n.PrevSibling; s != nil; s = s.PrevSibling {
			if s.Type != html.ElementNode {
				continue
			}
			if t := textOf(s); len(t) < maxTold && onlyDate(t) {
				return s, dateIn(t)
			}
		}
		if n = n.Parent; n == nil {
			break
		}
	}
	return nil, ""
}
