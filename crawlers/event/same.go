package event

import (
	"net/url"
	"slices"
	"strings"

	"vigie/internal/breach"
)

// shortest is how many letters a name needs before its start alone, or all of
// its letters without spaces, tell who it is.
const shortest = 7

// keysOf are the ways in which a later post may find this one.
func keysOf(p breach.Post, n name) []string {
	var out []string
	if l := ownLink(p); l != "" {
		out = append(out, "link "+string(p.Source)+" "+l)
	}
	if n.masked || n.solid == "" {
		return append(out, "title "+string(p.Source)+" "+strings.ToLower(p.Title))
	}
	out = append(out, "name "+n.solid)
	if n.domain != "" {
		out = append(out, "site "+n.domain)
		if len(n.label) >= shortest {
			out = append(out, "name "+n.label)
		}
	}
	if len(n.solid) >= shortest {
		out = append(out, "start "+n.solid[:shortest])
	}
	if len(n.label) >= shortest {
		out = append(out, "start "+n.label[:shortest])
	}
	if len(n.words) >= 3 { // words in another order, one more or one less
		long := slices.Clone(n.words)
		slices.SortFunc(long, func(a, b string) int { return len(b) - len(a) })
		for _, w := range long[:min(3, len(long))] {
			out = append(out, "word "+w)
		}
	}
	return out
}

// ownLink is the link of a post that leads to it on its own site.
func ownLink(p breach.Post) string {
	for _, l := range p.Links {
		u, err := url.Parse(l)
		if err != nil || u.Scheme == "mailto" || u.Scheme == "javascript" || len(u.Path)+len(u.RawQuery) < 3 || slices.Contains(p.Files, l) {
			continue
		}
		if site := registered(p.Website); u.Host != "" && site != "" && registered(l) == site {
			continue
		}
		return u.Path + "?" + u.RawQuery
	}
	return ""
}

// find is the event that a post belongs to, and how it continues it.
func (b *Book) find(p breach.Post, n name) (*entry, Kind) {
	link := ownLink(p)
	tried := map[*entry]bool{}
	var best *entry
	kind, most := Reposted, 0
	for _, k := range keysOf(p, n) {
		if len(b.keys[k]) > maxCandidates {
			continue
		}
		for _, e := range b.keys[k] {
			if tried[e] || p.FirstSeenAt.Sub(e.LastSeenAt) > window || e.FirstSeenAt.Sub(p.LastSeenAt) > window {
				continue
			}
			tried[e] = true
			sure := 0
			switch linked := link != "" && e.keys["link "+string(p.Source)+" "+link]; {
			case linked && (n.solid == "" || n.masked || e.near(n)):
				sure = 100
			case n.masked || n.solid == "":
				if e.keys["title "+string(p.Source)+" "+strings.ToLower(p.Title)] {
					sure = 90
				}
			case e.Country != "" && p.Country != "" && e.Country != p.Country:
			default:
				for _, o := range e.names {
					sure = max(sure, same(o, n))
				}
			}
			if sure > most {
				best, most = e, sure
				kind = relation(n, sure)
			}
		}
	}
	return best, kind
}

// relation names how a post continues an event.
func relation(n name, sure int) Kind {
	switch {
	case n.part:
		return Part
	case sure == 100:
		return Renamed
	}
	return Reposted
}

// near tells a name that shares a word with one of the event's, or that says
// nothing against them.
func (e *entry) near(n name) bool {
	return slices.ContainsFunc(e.names, func(o name) bool {
		return o.masked || o.solid == "" || same(o, n) > 0 || slices.ContainsFunc(n.words, func(w string) bool { return len(w) > 3 && slices.Contains(o.words, w) })
	})
}

// same rates how surely two names are of one body, 0 if they are not.
func same(a, b name) int {
	if a.masked || b.masked || a.solid == "" || b.solid == "" {
		return 0
	}
	if a.domain != "" && b.domain != "" {
		switch {
		case a.domain == b.domain:
			return 80
		case a.label != b.label, a.solid != b.solid:
			return 0 // two bodies, each with its own name on the net
		}
	}
	switch {
	case a.solid == b.solid:
		return 70
	case len(a.label) >= shortest && a.label == b.solid, len(b.label) >= shortest && b.label == a.solid:
		return 65
	case a.cut && begins(b, a.solid), b.cut && begins(a, b.solid):
		return 60
	case oneSlip(a.solid, b.solid):
		return 55
	case shared(a.words, b.words):
		return 50
	}
	return 0
}

// begins tells whether a name begins with what a site left of it.
func begins(n name, start string) bool {
	return len(start) >= shortest && (strings.HasPrefix(n.solid, start) || strings.HasPrefix(n.label, start) || n.domain != "" && strings.HasPrefix(solid(n.domain), start))
}

// shared tells names of the same words, three or more, in any order.
func shared(a, b []string) bool {
	if len(a) < 3 || len(b) < 3 {
		return false
	}
	one, two := slices.Clone(a), slices.Clone(b)
	slices.Sort(one)
	slices.Sort(two)
	return slices.Equal(slices.Compact(one), slices.Compact(two))
}

// oneSlip tells long names of which one letter was changed, left out or added.
// A digit is no slip: it may number the body.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 10 || len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	left, right := a[i:len(a)-j], b[i:len(b)-j]
	return len(left) <= 1 && len(right) <= 1 && !strings.ContainsAny(left+right, "0123456789")
}
