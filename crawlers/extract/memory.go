package extract

import (
	"vigie/crawlers"
	"vigie/internal/breach"
)

// Memory is what the captures of one listing have taught so far. The zero
// value knows nothing; it survives as JSON.
type Memory struct {
	Template Template        `json:"template"`
	Last     []breach.Post   `json:"last"`    // of the last capture that could be read
	Partial  bool            `json:"partial"` // Last is the upper part of a longer list
	Open     bool            `json:"open"`    // nothing followed Last on its page
	Seen     map[string]bool `json:"seen"`    // folded titles of every post ever shown

	Recipe *Recipe `json:"-"` // nil without one

	page crawlers.Page // the last one, to be read again when a later one teaches how
}

// maxSeen bounds the titles remembered of one source.
const maxSeen = 200_000

// See reads the next capture and tells what it changes. The first capture that
// can be read has no news: it is what later ones are compared with.
func (m *Memory) See(p crawlers.Page) Change {
	v := lookWith(p, m.Template, m.Recipe)
	if len(v.Posts) == 0 {
		c := nothing()
		if len(m.Last) > 0 {
			c.Drift = DriftSilent
		} else {
			m.page = p
		}
		return c
	}
	drifted := m.Template.Kind != "" && !m.Template.equal(v.template)
	if drifted || m.Template.Kind == "" {
		m.reread(v.template)
	}
	c := m.compare(v)
	if drifted {
		c.Drift = DriftTemplate
	}
	m.keep(p, v)
	return c
}

// nothing is a change without any; its lists are not nil, since they print.
func nothing() Change {
	return Change{New: []breach.Post{}, Edited: []Edit{}, Removed: []string{}, Shown: []string{}, NoiseOnly: true}
}

// reread looks at the last page again the way a later one taught: a listing
// of one post shows nothing that repeats.
func (m *Memory) reread(t Template) {
	if len(m.page.Body) == 0 {
		return
	}
	if v := lookWith(m.page, t, m.Recipe); v.template.equal(t) && len(v.Posts) > 0 {
		m.keep(m.page, v)
	}
}

func (m *Memory) keep(p crawlers.Page, v view) {
	m.Template, m.Last, m.Partial, m.page = v.template, v.Posts, v.cut || len(v.Next) > 0, p
	m.Open = v.open
	if m.Seen == nil {
		m.Seen = map[string]bool{}
	}
	for _, p := range v.Posts {
		if len(m.Seen) < maxSeen {
			m.Seen[fold(p.Title)] = true
		}
	}
}

// aFew posts appended at once where nothing follows a listing are taken for
// news; more of them for the rest of a capture that had stopped.
const aFew = 2

// compare sorts the posts of a capture into known, new, shown and removed.
func (m *Memory) compare(v view) Change {
	c := nothing()
	if len(m.Last) == 0 {
		for _, p := range v.Posts {
			c.Shown = append(c.Shown, p.Title)
		}
		return c
	}
	was, now := byTitle(m.Last), byTitle(v.Posts)
	var fresh []int
	last, lastOld, rising, pairs, previous := -1, -1, 0, 0, -1 // of the posts that stayed
	for i, p := range v.Posts {
		k := fold(p.Title)
		if now[k][0] != i {
			continue // said already
		}
		old := was[k]
		if len(old) == 0 {
			if !m.Seen[k] {
				fresh = append(fresh, i)
			}
			continue
		}
		unfinished := v.cut && i == len(v.Posts)-1 || m.Partial && old[0] == len(m.Last)-1
		if f := edited(pick(m.Last, old), pick(v.Posts, now[k])); len(f) > 0 && !unfinished {
			c.Edited = append(c.Edited, Edit{p.Title, f})
		}
		last, lastOld = i, max(lastOld, old[0])
		if previous >= 0 {
			if pairs++; old[0] > previous {
				rising++
			}
		}
		previous = old[0]
	}
	ordered := last >= 0 && 5*rising >= 4*pairs
	m.judge(&c, v, fresh, last, ordered)
	tail := len(m.Last) - 1 - lastOld
	hidden := v.cut || len(v.Next) > 0 || v.open && tail > aFew
	for i, p := range m.Last {
		k := fold(p.Title)
		if was[k][0] == i && len(now[k]) == 0 && !(hidden && i > lastOld) { // out of view is not removed
			c.Removed = append(c.Removed, p.Title)
		}
	}
	c.NoiseOnly = len(c.New)+len(c.Edited)+len(c.Removed) == 0
	return c
}

// judge tells news from posts that only came into view: below all that was
// known, where the earlier capture was cut or paged, or where the newest stand
// on top.
func (m *Memory) judge(c *Change, v view, fresh []int, last int, ordered bool) {
	below := 0
	for _, i := range fresh {
		if i > last {
			below++
		}
	}
	way := direction(v.Posts)
	older := ordered && way >= 0 && (m.Partial || way > 0 || below < len(fresh) || m.Open && below > aFew)
	for _, i := range fresh {
		if older && i > last {
			c.Shown = append(c.Shown, v.Posts[i].Title)
		} else {
			c.New = append(c.New, v.Posts[i])
		}
	}
}

// byTitle lists where each folded title stands.
func byTitle(posts []breach.Post) map[string][]int {
	out := make(map[string][]int, len(posts))
	for i, p := range posts {
		k := fold(p.Title)
		out[k] = append(out[k], i)
	}
	return out
}

func pick(posts []breach.Post, at []int) []breach.Post {
	out := make([]breach.Post, len(at))
	for i, k := range at {
		out[i] = posts[k]
	}
	return out
}

// direction tells how dates run down a listing: 1 the newest first, -1 the
// oldest first, 0 when they do not say.
func direction(posts []breach.Post) int {
	down, up, last := 0, 0, ""
	for _, p := range posts {
		d := dayOf(p.Date)
		switch {
		case d == "":
			continue
		case last == "":
		case d < last:
			down++
		case d > last:
			up++
		}
		last = d
	}
	switch n := down + up; {
	case n >= 2 && 5*down >= 4*n:
		return 1
	case n >= 2 && 5*up >= 4*n:
		return -1
	}
	return 0
}
