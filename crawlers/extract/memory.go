package extract

import (
	"encoding/json"
	"fmt"
	"slices"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// Memory is what the captures of one source have taught so far, whichever of
// its mirrors they came from. The zero value knows nothing; it survives as
// JSON, in which the texts of posts are digests.
type Memory struct {
	Source   breach.SourceID  `json:"source"`
	Template Template         `json:"template"`
	Mirrors  map[string]shown `json:"mirrors"` // by address
	Turn     int              `json:"turn"`    // captures that could be read
	// Known tells which post a title or a link has ever been, both as digests.
	Known map[breach.PostID]breach.PostID `json:"known"`

	Recipe *Recipe `json:"-"` // nil without one

	page  crawlers.Page // the last one, to be read again when a later one teaches how
	first *Template     // of the first page of this visit that had posts
}

// shown is the last listing of one mirror that could be read.
type shown struct {
	Posts   []saying `json:"posts"`
	Partial bool     `json:"partial"` // it is the upper part of a longer list
	Open    bool     `json:"open"`    // nothing followed it on its page
	Turn    int      `json:"turn"`
}

const (
	// maxSeen bounds the titles and links remembered of one source.
	maxSeen = 200_000
	// stale is after how many captures of other mirrors what one showed last
	// no longer says that a post is still shown.
	stale = 20
)

var _ crawlers.Learner = Reader{}

// Recall opens what earlier visits have taught of a source.
func (Reader) Recall(src breach.SourceID, taught json.RawMessage, known []breach.Post) (crawlers.History, error) {
	m := &Memory{}
	if len(taught) > 0 {
		if err := json.Unmarshal(taught, m); err != nil {
			return nil, fmt.Errorf("reading what is known of the posts of source %s: %w", src, err)
		}
	}
	m.Source = src
	if len(m.Known) == 0 {
		for _, p := range known {
			m.learn(p.ID, nameOf(src, p.Title), linkName(src, "", p.Links))
		}
	}
	return m, nil
}

// Taught is the memory as JSON.
func (m *Memory) Taught() (json.RawMessage, error) { return json.Marshal(m) }

// Read reads a page by the template of the source, if it has one.
func (m *Memory) Read(p crawlers.Page) crawlers.Reading {
	v := lookWith(p, m.Template, m.Recipe)
	if m.first == nil && len(v.Posts) > 0 {
		m.first = &v.template
	}
	return v.Reading
}

// Complete is that of Reader.
func (m *Memory) Complete(post breach.Post, p crawlers.Page) breach.Post {
	return Reader{}.Complete(post, p)
}

// Follow names the posts of a visit and tells what it changes. A listing
// without posts was not read, and changes nothing.
func (m *Memory) Follow(l crawlers.Listing) crawlers.Change {
	if len(l.Posts) == 0 {
		return crawlers.Change{}
	}
	f := m.compare(l)
	var out crawlers.Change
	if t := m.first; t != nil {
		if m.Template.Kind != "" && !m.Template.equal(*t) {
			out.Drift = DriftTemplate
		}
		m.Template = *t
	}
	for _, i := range f.fresh {
		out.New = append(out.New, l.Posts[i].ID)
	}
	for _, e := range f.edited {
		out.Edited = append(out.Edited, crawlers.Edit{Post: l.Posts[e.at].ID, Fields: e.fields})
	}
	for _, s := range f.removed {
		out.Removed = append(out.Removed, s.ID)
	}
	m.keep(l, f.says)
	return out
}

// See reads the next capture and tells what it changes. The first capture that
// can be read has no news: it is what later ones are compared with.
func (m *Memory) See(p crawlers.Page) Change { return m.SeeAt("", p) }

// SeeAt is See of a capture of one of the source's mirrors.
func (m *Memory) SeeAt(address string, p crawlers.Page) Change {
	v := lookWith(p, m.Template, m.Recipe)
	if len(v.Posts) == 0 {
		c := nothing()
		if m.Turn > 0 {
			c.Drift = DriftSilent
		} else {
			m.page = p
		}
		return c
	}
	drifted := m.Template.Kind != "" && !m.Template.equal(v.template)
	if drifted || m.Template.Kind == "" {
		m.reread(address, v.template)
	}
	l := v.listing(address, p.URL)
	f := m.compare(l)
	c := f.change(l)
	if drifted {
		c.Drift = DriftTemplate
	}
	m.keep(l, f.says)
	m.Template, m.page = v.template, p
	return c
}

func (v view) listing(address, base string) crawlers.Listing {
	if address == "" {
		address = base
	}
	return crawlers.Listing{Address: address, Posts: v.Posts, Open: v.Open, Cut: v.Cut, More: len(v.Next) > 0}
}

// reread looks at the last page again the way a later one taught: a listing
// of one post shows nothing that repeats.
func (m *Memory) reread(address string, t Template) {
	if len(m.page.Body) == 0 {
		return
	}
	if v := lookWith(m.page, t, m.Recipe); v.template.equal(t) && len(v.Posts) > 0 {
		l := v.listing(address, m.page.URL)
		m.keep(l, m.compare(l).says)
	}
}

// keep remembers a listing whose posts have their identity.
func (m *Memory) keep(l crawlers.Listing, says []saying) {
	if m.Mirrors == nil {
		m.Mirrors = map[string]shown{}
	}
	m.Turn++
	s := shown{Posts: says, Partial: l.Cut || l.More, Open: l.Open, Turn: m.Turn}
	m.Mirrors[l.Address] = s
	for address, old := range m.Mirrors {
		if m.Turn-old.Turn > 10*stale {
			delete(m.Mirrors, address) // it is no longer a mirror of this source
		}
	}
}

// before is what a listing is compared with: what its own address showed last,
// or the newest of any other.
func (m *Memory) before(address string) (last shown, own bool) {
	if s, ok := m.Mirrors[address]; ok {
		return s, true
	}
	for _, s := range m.Mirrors {
		if s.Turn > last.Turn {
			last = s
		}
	}
	return last, false
}

// elsewhere tells whether another mirror shows a post, and whether it says it
// in the same words.
func (m *Memory) elsewhere(address string, s saying) (there, same bool) {
	for a, other := range m.Mirrors {
		if a == address || m.Turn-other.Turn > stale {
			continue
		}
		if i := slices.IndexFunc(other.Posts, func(o saying) bool { return o.ID == s.ID }); i >= 0 {
			there, same = true, same || other.Posts[i].Prints == s.Prints
		}
	}
	return there, same
}
