package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// Change is what a capture says that earlier ones of the same listing did not.
type Change struct {
	New     []breach.Post `json:"new"` // titles that were never shown, edited ones among them
	Edited  []Edit        `json:"edited"`
	Removed []string      `json:"removed"` // titles
	// Shown are titles that came into view without being news: the earlier
	// capture was cut, paged or unreadable where they stand.
	Shown     []string `json:"shown"`
	NoiseOnly bool     `json:"noise_only"`
	// Drift is not empty if the site no longer looks as it did.
	Drift string `json:"drift"`
}

// The drifts of a site, each an alarm at the capture that shows it.
const (
	DriftSilent   = "silent"   // posts were found before, none is now
	DriftTemplate = "template" // posts stand elsewhere than they did; they were found by what repeats
)

// Edit is a post whose own words changed.
type Edit struct {
	Title  string   `json:"title"`
	Fields []string `json:"fields"`
}

// Diff tells what the later of two captures of one listing changes. Order,
// countdowns, counters, sizes of progress and tokens in links are noise; a
// post is known by its title. A capture that failed brings no news, and one
// after a capture that failed neither: nothing is known to compare with.
func Diff(before, after crawlers.Page) Change {
	var m Memory
	m.See(before)
	return m.See(after)
}

var token = regexp.MustCompile(`\b[0-9a-fA-F]{16,}\b|\b[A-Za-z0-9_-]{28,}\b`)

// steady are the words of a text that say something, in an order of their own:
// figures, times told from now, states, counters and buttons move by
// themselves, and what a post says may be laid out anew.
func steady(s string) string {
	words := strings.FieldsFunc(token.ReplaceAllString(fold(s), " "), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	words = slices.DeleteFunc(words, idleWord)
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

// keyed is a value in a link that nobody would read out: letters among figures.
var keyed = regexp.MustCompile(`(?i)=(?:[a-z]+\d|\d+[a-z])[a-z\d]{2,}(&|$)`)

// steadyLinks are links freed of what moves, sorted.
func steadyLinks(links []string) []string {
	out := steadied(links)
	for i, l := range out {
		out[i] = keyed.ReplaceAllString(l, "=$1")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// steadied are links without fragments and without values that look like
// tokens.
func steadied(links []string) []string {
	var out []string
	for _, l := range links {
		u, err := url.Parse(l)
		if err != nil {
			continue
		}
		u.Fragment = ""
		q := u.Query()
		for k, v := range q {
			if len(v) > 0 && token.MatchString(v[0]) {
				q.Del(k)
			}
		}
		u.RawQuery = q.Encode()
		out = append(out, u.String())
	}
	return out
}

func dayOf(date string) string { return date[:min(len(date), 10)] }

func fold(s string) string { return crawlers.Fold(s) }
