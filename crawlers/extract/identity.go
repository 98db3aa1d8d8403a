package extract

import (
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// saying is what a post said, freed from what moves by itself.
type saying struct {
	ID     breach.PostID `json:"id"`
	Title  string        `json:"title"`
	Prints prints        `json:"says"`
}

// prints are digests of the fields of a post that mean something; none is zero
// but where an earlier Vigie took them in another way.
type prints [len(fields)]uint64

// fields are those of prints, in their order.
var fields = [...]string{"title", "text", "website", "date", "deadline", "price", "size", "country", "links"}

// sayingOf digests a post of a mirror, whose own address says nothing.
func sayingOf(base string, p breach.Post) saying {
	links := steadyLinks(p.Links)
	if b, err := url.Parse(base); err == nil && b.Host != "" {
		for i, l := range links {
			links[i] = strings.TrimPrefix(l, b.Scheme+"://"+b.Host)
		}
	}
	s := saying{ID: p.ID, Title: p.Title}
	size := ""
	if p.Size != 0 {
		size = strconv.FormatInt(p.Size, 10)
	}
	for i, v := range [len(fields)]string{fold(p.Title), steady(p.Text), fold(p.Website), dayOf(p.Date), p.Deadline, p.Price,
		size, p.Country, strings.Join(links, "\n")} {
		h := fnv.New64a()
		_, _ = h.Write([]byte(v))
		s.Prints[i] = h.Sum64()
	}
	return s
}

// blank is the digest of a field without a value.
var blank = fnv.New64a().Sum64()

// differing lists the fields in which two posts differ. A date that comes or
// goes is the time of before told in another way: yesterday, 2 days ago.
func (s saying) differing(o saying) []string {
	var out []string
	for i, name := range fields {
		was, now := s.Prints[i], o.Prints[i]
		if was == 0 || now == 0 || name == "date" && (was == blank || now == blank) {
			continue
		}
		if was != now {
			out = append(out, name)
		}
	}
	return out
}

// identify gives the posts of a listing the identity that they have always
// had, and returns those that were never seen, and for each post whether its
// title never was. A post is known by its title;
// under a title that is not known, by its own link, if the links of this site
// prove to stay with their posts and the one that the link led to is not on
// the page any more: then it was renamed. Identities are those that titles had
// from the beginning, so that those given before links counted stay.
func (m *Memory) identify(l crawlers.Listing) (unseen map[breach.PostID]bool, titled []bool) {
	posts := l.Posts
	shared := crawlers.SharedTitles(posts)
	names, links := make([]breach.PostID, len(posts)), make([]breach.PostID, len(posts))
	count := map[breach.PostID]int{}
	for i, p := range posts {
		names[i], links[i] = nameOf(m.Source, p.Title), linkName(m.Source, l.Address, p.Links)
		count[links[i]]++
	}
	there, stays, strays := map[breach.PostID]bool{}, 0, 0
	for i := range posts {
		if count[links[i]] > 1 {
			links[i] = "" // it leads to no single post
		}
		id, known := m.Known[names[i]]
		titled = append(titled, !known)
		led, linked := m.Known[links[i]]
		apart := crawlers.SharedID(m.Source, l.Address, posts[i])
		switch {
		case m.Known[apart] != "":
			posts[i].ID = m.Known[apart]
		case shared(posts[i].Title):
			if posts[i].ID = apart; known && linked && id == led {
				posts[i].ID = led // it was alone under this title
			}
		case known:
			posts[i].ID = id
			if linked && led == id {
				stays++
			} else if links[i] != "" {
				strays++
			}
		default:
			posts[i].ID = ""
			continue
		}
		there[posts[i].ID] = true
	}
	unseen = map[breach.PostID]bool{}
	for i := range posts {
		p := &posts[i]
		if p.ID == "" {
			if led, linked := m.Known[links[i]]; linked && !there[led] && stays > 0 && stays >= 4*strays {
				p.ID = led
			} else {
				p.ID = names[i]
			}
		}
	}
	for _, i := range doubles(posts, func(i int) bool { return m.Known[links[i]] == posts[i].ID }) {
		posts[i].ID = crawlers.SharedID(m.Source, l.Address, posts[i])
	}
	for _, p := range posts {
		if m.Known[p.ID] == "" {
			unseen[p.ID] = true
		}
	}
	for i, p := range posts {
		m.learn(p.ID, names[i], links[i])
	}
	return unseen, titled
}

// doubles finds posts that bear the identity of another with another title: a
// new post under the title that an earlier one had before it was renamed. The
// one whose link proves it keeps the identity, else the first.
func doubles(posts []breach.Post, proven func(i int) bool) (out []int) {
	holder := map[breach.PostID]int{}
	for i, p := range posts {
		h, taken := holder[p.ID]
		switch {
		case !taken || fold(posts[h].Title) == fold(p.Title):
			if !taken {
				holder[p.ID] = i
			}
		case proven(i) && !proven(h):
			holder[p.ID] = i
			out = append(out, h)
		default:
			out = append(out, i)
		}
	}
	return out
}

// learn remembers a post with its title and its link.
func (m *Memory) learn(id, title, link breach.PostID) {
	if m.Known == nil {
		m.Known = map[breach.PostID]breach.PostID{}
	}
	for _, k := range []breach.PostID{id, title, link} {
		_, there := m.Known[k]
		if k == "" || !there && len(m.Known) >= maxSeen {
			continue
		}
		if k == link || !there {
			m.Known[k] = id
		}
	}
}

func nameOf(src breach.SourceID, title string) breach.PostID { return crawlers.PostID(src, title) }

// linkName stands for the first link of a post that leads to a page of its own
// on the same site, whatever mirror; "" if it has none. What looks like a token
// is left out, and fragments too: they number places on a page.
func linkName(src breach.SourceID, base string, links []string) breach.PostID {
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	for _, l := range steadied(links) {
		u, err := b.Parse(l)
		if err != nil || crawlers.LooksLikeFile(u) || base != "" && !strings.EqualFold(u.Host, b.Host) || len(u.Path)+len(u.RawQuery) < 2 {
			continue
		}
		return crawlers.PostID(src, "\x00link\x00"+u.Path+"?"+u.RawQuery)
	}
	return ""
}
