package event

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
)

// Book holds events and finds the one that a post belongs to. The zero value
// is empty and ready; it is not safe for concurrent use.
type Book struct {
	events []*entry
	posts  map[breach.PostID]*told
	keys   map[string][]*entry // by exact name, by domain, by link, by the start of a name
}

// entry is an event with what later posts are compared with.
type entry struct {
	Event
	names []name
	keys  map[string]bool
}

// told is a post as it was last seen.
type told struct {
	breach.Post
	event *entry
	gone  bool
}

// maxCandidates bounds the events that one key may lead to; a key that more
// share tells nothing.
const maxCandidates = 200

// maxNames bounds the names of one event.
const maxNames = 64

// Events lists the events in the order of their first posts.
func (b *Book) Events() []Event {
	out := make([]Event, len(b.events))
	for i, e := range b.events {
		out[i] = e.Event
		out[i].Posts, out[i].History = slices.Clone(e.Posts), slices.Clone(e.History)
	}
	return out
}

// Add takes a post, new or seen again, and returns its event and the steps
// that it adds to the history: none if nothing changed.
func (b *Book) Add(p breach.Post) (ID, []Step) {
	if b.posts == nil {
		b.posts, b.keys = map[breach.PostID]*told{}, map[string][]*entry{}
	}
	if p.LastSeenAt.Before(p.FirstSeenAt) {
		p.LastSeenAt = p.FirstSeenAt
	}
	if t := b.posts[p.ID]; t != nil && p.ID != "" {
		return t.event.ID, b.again(t, p)
	}
	n := nameOf(p)
	e, kind := b.find(p, n)
	if e == nil {
		e = &entry{Event: Event{ID: idOf(p), Title: p.Title, FirstSeenAt: p.FirstSeenAt, LastSeenAt: p.LastSeenAt}, keys: map[string]bool{}}
		b.events = append(b.events, e)
		kind = Posted
	}
	step := Step{At: p.FirstSeenAt, Kind: kind, Post: p.ID, Source: p.Source, Now: clip(p.Title)}
	e.log(step)
	b.join(e, p, n)
	return e.ID, []Step{step}
}

// Gone says that a post is no longer shown. It stays in its event; false if it
// is not known or was gone already.
func (b *Book) Gone(id breach.PostID, at time.Time) bool {
	t := b.posts[id]
	if t == nil || t.gone {
		return false
	}
	t.gone = true
	t.event.log(Step{At: at, Kind: Removed, Post: id, Source: t.Source, Was: clip(t.Title)})
	return true
}

// again compares a post with what it said before.
func (b *Book) again(t *told, p breach.Post) []Step {
	at := p.LastSeenAt
	var steps []Step
	add := func(kind Kind, field, was, now string) {
		steps = append(steps, Step{At: at, Kind: kind, Post: p.ID, Source: p.Source, Field: field, Was: clip(was), Now: clip(now)})
	}
	if t.gone {
		t.gone = false
		add(Returned, "", "", p.Title)
	}
	switch was, now := strings.TrimSpace(t.Text), strings.TrimSpace(p.Text); {
	case was == now:
	case was != "" && strings.HasPrefix(now, was):
		add(Appended, "text", "", strings.TrimSpace(now[len(was):]))
	default:
		add(Edited, "text", was, now)
	}
	if t.Deadline != p.Deadline {
		add(Moved, "deadline", t.Deadline, p.Deadline)
	}
	for _, f := range []struct{ name, was, now string }{
		{"title", t.Title, p.Title}, {"website", t.Website, p.Website}, {"country", t.Country, p.Country}, {"date", t.Date, p.Date}, {"price", t.Price, p.Price},
		{"size", strconv.FormatInt(t.Size, 10), strconv.FormatInt(p.Size, 10)}, {"files", strings.Join(t.Files, " "), strings.Join(p.Files, " ")},
	} {
		if f.was != f.now {
			add(Edited, f.name, f.was, f.now)
		}
	}
	for _, s := range steps {
		t.event.log(s)
	}
	b.join(t.event, p, nameOf(p))
	return steps
}

func (e *entry) log(s Step) {
	if len(e.History) < maxSteps {
		e.History = append(e.History, s)
	}
}

// join puts a post into an event and its keys into the book.
func (b *Book) join(e *entry, p breach.Post, n name) {
	if t := b.posts[p.ID]; t == nil {
		e.Posts = append(e.Posts, p.ID)
	}
	b.posts[p.ID] = &told{Post: p, event: e}
	if p.LastSeenAt.After(e.LastSeenAt) {
		e.LastSeenAt = p.LastSeenAt
	}
	if e.Country == "" {
		e.Country = p.Country
	}
	if e.Domain == "" {
		e.Domain = n.domain
	}
	if len(e.names) < maxNames && !slices.ContainsFunc(e.names, func(o name) bool { return o.solid == n.solid && o.domain == n.domain && o.cut == n.cut }) {
		e.names = append(e.names, n)
	}
	for _, k := range keysOf(p, n) {
		if !e.keys[k] && len(b.keys[k]) <= maxCandidates {
			e.keys[k] = true
			b.keys[k] = append(b.keys[k], e)
		}
	}
}
