package extract

import (
	"slices"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// found is what a listing changes, by the place of its posts.
type found struct {
	fresh, shown []int
	renamed      []int  // edited, under a title that was never shown
	titled       []bool // which posts bear such a title
	edited       []editAt
	removed      []saying
	says         []saying // the whole listing
}

type editAt struct {
	at     int
	fields []string
}

// change is what was found in the words of the listing.
func (f found) change(l crawlers.Listing) Change {
	c := nothing()
	for _, i := range append(f.renamed, f.fresh...) {
		if f.titled[i] {
			c.New = append(c.New, l.Posts[i])
		}
	}
	for _, i := range f.shown {
		c.Shown = append(c.Shown, l.Posts[i].Title)
	}
	for _, e := range f.edited {
		c.Edited = append(c.Edited, Edit{l.Posts[e.at].Title, e.fields})
	}
	for _, s := range f.removed {
		c.Removed = append(c.Removed, s.Title)
	}
	c.NoiseOnly = len(c.New)+len(c.Edited)+len(c.Removed) == 0
	return c
}

// nothing is a change without any; its lists are not nil, since they print.
func nothing() Change {
	return Change{New: []breach.Post{}, Edited: []Edit{}, Removed: []string{}, Shown: []string{}, NoiseOnly: true}
}

// aFew posts appended at once where nothing follows a listing are taken for
// news; more of them for the rest of a capture that had stopped.
const aFew = 2

// compare names the posts of a listing and sorts them into known, new, shown
// and removed.
func (m *Memory) compare(l crawlers.Listing) (f found) {
	unseen, titled := m.identify(l)
	f.titled = titled
	f.says = make([]saying, len(l.Posts))
	for i, p := range l.Posts {
		f.says[i] = sayingOf(l.Address, p)
	}
	last, own := m.before(l.Address)
	if len(last.Posts) == 0 {
		for i := range l.Posts {
			f.shown = append(f.shown, i)
		}
		return f
	}
	sayings := f.says
	was, now := byID(last.Posts), byID(sayings)
	var fresh []int
	end, lastOld, rising, pairs, previous, stayed := -1, -1, 0, 0, -1, 0 // of the posts that stayed
	for i, s := range sayings {
		if now[s.ID][0] != i {
			continue // said already
		}
		old := was[s.ID]
		if len(old) == 0 {
			if unseen[s.ID] {
				fresh = append(fresh, i)
			}
			continue
		}
		stayed++
		if titled[i] {
			f.renamed = append(f.renamed, i)
		}
		unfinished := l.Cut && i == len(sayings)-1 || last.Partial && old[0] == len(last.Posts)-1
		if fields := edited(pick(last.Posts, old), pick(sayings, now[s.ID])); own && len(fields) > 0 && !unfinished {
			if _, told := m.elsewhere(l.Address, s); !told {
				f.edited = append(f.edited, editAt{i, fields})
			}
		}
		end, lastOld = i, max(lastOld, old[0])
		if previous >= 0 {
			if pairs++; old[0] > previous {
				rising++
			}
		}
		previous = old[0]
	}
	f.edited = apiece(f.edited, stayed)
	ordered := end >= 0 && 5*rising >= 4*pairs
	f.judge(l, last, fresh, end, ordered)
	tail := len(last.Posts) - 1 - lastOld
	hidden := l.Cut || l.More || l.Open && tail > aFew
	for i, s := range last.Posts {
		if was[s.ID][0] != i || len(now[s.ID]) > 0 || hidden && i > lastOld { // out of view is not removed
			continue
		}
		if there, _ := m.elsewhere(l.Address, s); !there && own {
			f.removed = append(f.removed, s)
		}
	}
	return f
}

// allAtOnce is how many posts that stayed tell a change of the whole site from
// edits, if three in five changed.
const allAtOnce = 5

// apiece leaves out the words and links that changed in most posts at once: a
// counter, a token or a new layout, and not what each post says.
func apiece(edits []editAt, stayed int) (out []editAt) {
	count := map[string]int{}
	for _, e := range edits {
		for _, field := range e.fields {
			count[field]++
		}
	}
	for _, e := range edits {
		e.fields = slices.DeleteFunc(slices.Clone(e.fields), func(field string) bool {
			return stayed >= allAtOnce && 5*count[field] >= 3*stayed && (field == "text" || field == "links" || field == "size")
		})
		if len(e.fields) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// judge tells news from posts that only came into view: below all that was
// known, where the earlier capture was cut or paged, or where the newest stand
// on top.
func (f *found) judge(l crawlers.Listing, last shown, fresh []int, end int, ordered bool) {
	below := 0
	for _, i := range fresh {
		if i > end {
			below++
		}
	}
	way := direction(l.Posts)
	older := ordered && way >= 0 && (last.Partial || way > 0 || last.Open && (below < len(fresh) || below > aFew))
	for _, i := range fresh {
		if older && i > end {
			f.shown = append(f.shown, i)
		} else {
			f.fresh = append(f.fresh, i)
		}
	}
}

// byID lists where each post stands.
func byID(posts []saying) map[breach.PostID][]int {
	out := make(map[breach.PostID][]int, len(posts))
	for i, p := range posts {
		out[p.ID] = append(out[p.ID], i)
	}
	return out
}

func pick(posts []saying, at []int) []saying {
	out := make([]saying, len(at))
	for i, k := range at {
		out[i] = posts[k]
	}
	return out
}

// maxTwins bounds the posts of one identity that are compared with each other.
const maxTwins = 50

// edited lists the fields in which the posts of one identity changed. A site
// may repeat a title: only a post that found no equal on either side is an
// edit.
func edited(was, now []saying) []string {
	was, now = was[:min(len(was), maxTwins)], now[:min(len(now), maxTwins)]
	left := slices.Clone(was)
	var changed []saying
	for _, p := range now {
		if i := slices.IndexFunc(left, func(o saying) bool { return o.Prints == p.Prints }); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			changed = append(changed, p)
		}
	}
	if len(left) == 0 || len(changed) == 0 {
		return nil
	}
	return left[0].differing(changed[0])
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
