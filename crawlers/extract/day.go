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

// inherit gives posts without any date that of the day above them, where
// headings cut a listing by days.
func (d *document) inherit(posts []breach.Post, records []record) {
	if len(posts) != len(records) || slices.ContainsFunc(posts, func(p breach.Post) bool { return p.Date != "" }) {
		return
	}
	at := map[*html.Node]int{}
	for i, r := range records {
		at[r[0]] = i
	}
	above := make([]*html.Node, len(posts))
	days := map[string]bool{}
	var last *html.Node
	for _, n := range d.nodes { // once, in the order of the page
		if e := d.info[n]; e.text > 5 && e.text < maxTold && block(n) {
			if t := textOf(n); onlyDate(t) && !held(n, at) { // a deadline in another post is none
				last = n
			}
		}
		if i, ok := at[n]; ok && last != nil {
			above[i] = last
			days[dayOf(dateIn(textOf(last)))] = true
		}
	}
	if len(days) == 0 || len(days) == 1 && headingLevel(last) == 0 {
		return // the day of the page, not of what it lists
	}
	for i, n := range above {
		if n == nil {
			continue
		}
		posts[i].Date = dateIn(textOf(n))
		if posts[i].Marks != nil {
			posts[i].Marks["date"] = breach.Mark{Place: d.place(n), Confidence: sureLabelled}
		}
	}
}

// held tells an element inside a record.
func held(n *html.Node, records map[*html.Node]int) bool {
	for ; n != nil; n = n.Parent {
		if _, ok := records[n]; ok {
			return true
		}
	}
	return false
}
