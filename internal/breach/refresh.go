package breach

import (
	"slices"
	"strings"
	"time"
)

// Refreshed is what is known of a post once it was seen again. What the site
// says now counts, but a listing that shows an excerpt takes nothing from what
// the post's own page said before: its text stays until its own page says
// otherwise, and so do links and files. What was first seen stays first seen.
func (p Post) Refreshed(now Post) Post {
	excerpt := !now.Own && (p.Own || isExcerpt(now.Text, p.Text))
	out := p
	out.Title, out.Deadline, out.Price, out.Size, out.Views, out.Marks = now.Title, now.Deadline, now.Price, now.Size, now.Views, now.Marks
	out.Own, out.LastSeenAt, out.GoneAt = p.Own || now.Own, now.LastSeenAt, time.Time{}
	for _, f := range []struct{ to, from *string }{{&out.Website, &now.Website}, {&out.Country, &now.Country}, {&out.Date, &now.Date}} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if !excerpt {
		out.Text, out.Links, out.Files = now.Text, now.Links, now.Files
		return out
	}
	out.Links, out.Files = union(p.Links, now.Links), union(p.Files, now.Files)
	if out.Deadline == "" {
		out.Deadline = p.Deadline
	}
	if out.Price == "" {
		out.Price = p.Price
	}
	if out.Size == 0 {
		out.Size = p.Size
	}
	if out.Views == 0 {
		out.Views = p.Views
	}
	return out
}

// isExcerpt tells whether a text is a shorter one out of another, whatever
// white space and marks of omission a site puts into it.
func isExcerpt(short, long string) bool {
	short = strings.Join(strings.Fields(strings.TrimRight(strings.TrimSpace(short), ".…[] ")), " ")
	long = strings.Join(strings.Fields(long), " ")
	return len(short) < len(long) && strings.Contains(long, short)
}

// mostLinks bounds the links that a post keeps from several readings.
const mostLinks = 100

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, l := range b {
		if len(out) < mostLinks && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}
