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
	Seen     map[string]bool `json:"seen"`    // folded titles of every post ever shown

	page crawlers.Page // the last one, to be read again when a later one teaches how
}

// maxSeen bounds the titles remembered of one source.
const maxSeen = 200_000

// See reads the next capture and tells what it changes. The first capture that
// can be read has no news: it is what later ones are compared with.
func (m *Memory) See(p crawlers.Page) Change {
	v := look(p, m.Template)
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
	if v := look(m.page, t); v.template.equal(t) && len(v.Posts) > 0 {
		m.keep(m.page, v)
	}
}

func (m *Memory) keep(p crawlers.Page, v view) {
	m.Template, m.Last, m.Partial, m.page = v.template, v.Posts, v.cut || len(v.Next) > 0, p
	if m.Seen == nil {
		m.Seen = map[string]bool{}
	}
	for _, p := range v.Posts {
		if len(m.Seen) < maxSeen {
			m.Seen[fold(p.Title)] = true
		}
	}
}

// compare sorts the posts of a capture into known, new, shown and removed.
func (m *Memory) compare(v view) Change {
	c := nothing()
	if len(m.Last) == 0 {
		for _, p := range v.Posts {
			c.Shown = append(c.Shown, p.Title)
		}
		return c
	}
	at := map[string]int{} // where each title first stood
	was := map[string][]breach.Post{}
	for i, p := range m.Last {
		k := fold(p.Title)
		if _, ok := at[k]; !ok {
			at[k] = i
		}
		was[k] = append(was[k], p)
	}
	first, last, lastOld := -1, -1, -1 // of the posts known, here and there
	rising, pairs, previous := 0, 0, -1
	seen, fresh, told := map[string]bool{}, []int{}, map[string]bool{}
	for i, p := range v.Posts {
		k := fold(p.Title)
		again := seen[k]
		seen[k] = true
		old, ok := at[k]
		if !ok {
			if !again && !m.Seen[k] {
				fresh = append(fresh, i)
			}
			continue
		}
		if f := edited(was[k], p); len(f) > 0 && !told[k] && !(v.cut && i == len(v.Posts)-1) && !(m.Partial && old == len(m.Last)-1) {
			told[k] = true
			c.Edited = append(c.Edited, Edit{p.Title, f})
		}
		if again {
			continue
		}
		if first < 0 {
			first = i
		}
		last, lastOld = i, max(lastOld, old)
		if previous >= 0 {
			if pairs++; old > previous {
				rising++
			}
		}
		previous = old
	}
	ordered := 5*rising >= 4*pairs
	way := direction(v.Posts)
	onTop := len(fresh) > 0 && fresh[0] < last
	for _, i := range fresh {
		below := last >= 0 && i > last && ordered
		if below && way >= 0 && (m.Partial || onTop || way > 0) {
			c.Shown = append(c.Shown, v.Posts[i].Title)
		} else {
			c.New = append(c.New, v.Posts[i])
		}
	}
	gone := map[string]bool{}
	for i, p := range m.Last {
		k := fold(p.Title)
		if seen[k] || gone[k] || (v.cut || len(v.Next) > 0) && i > lastOld {
			continue // out of view is not removed
		}
		gone[k] = true
		c.Removed = append(c.Removed, p.Title)
	}
	c.NoiseOnly = len(c.New)+len(c.Edited)+len(c.Removed) == 0
	return c
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
