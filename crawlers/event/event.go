// Package event tells which posts speak of one thing that happened.
//
// A leak is told more than once: on every mirror of a site, again by another
// group, under a changed title, in parts, in daily portions. To a watch team
// it is one event with a history, and one alert. Posts are joined when the
// body that they name is the same and the times are near: the name freed from
// what sites hang on it ("PART 2", "[updated]", "42 GB", "Inc."), the
// registered domain, a name that the site cut short, a title changed under
// one link. What contradicts keeps posts apart: two different domains, two
// different countries, a name that is hidden. Everything is decided from the
// posts alone, so the whole book can be rebuilt from them.
package event

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"vigie/internal/breach"
)

// ID names an event: that of its first post, so that a rebuilt book agrees.
type ID string

// Event is one thing that happened to one body, as all posts tell it.
type Event struct {
	ID          ID              `json:"id"`
	Title       string          `json:"title"` // of the post that says most
	Domain      string          `json:"domain"`
	Country     string          `json:"country"`
	Posts       []breach.PostID `json:"posts"` // in the order of their arrival
	FirstSeenAt time.Time       `json:"first_seen_at"`
	LastSeenAt  time.Time       `json:"last_seen_at"`
	History     []Step          `json:"history"`
}

// Step is one line of an event's history.
type Step struct {
	At     time.Time       `json:"at"`
	Kind   Kind            `json:"kind"`
	Post   breach.PostID   `json:"post"`
	Source breach.SourceID `json:"source"`
	Field  string          `json:"field,omitempty"` // what was edited
	Was    string          `json:"was,omitempty"`
	Now    string          `json:"now,omitempty"`
}

// Kind is what a step says.
type Kind string

// The steps of an event.
const (
	Posted   Kind = "posted"   // told for the first time
	Reposted Kind = "reposted" // told again: a mirror, another group
	Renamed  Kind = "renamed"  // the same link under another title
	Part     Kind = "part"     // a further part or portion
	Edited   Kind = "edited"   // a field of a post changed
	Appended Kind = "appended" // its text went on
	Moved    Kind = "moved"    // its deadline moved
	Removed  Kind = "removed"  // it is no longer shown; what it said is kept
	Returned Kind = "returned" // it is shown again
)

// window is how long after it was last heard of an event may go on. A body
// that is leaked again later is another event.
const window = 120 * 24 * time.Hour

// What a book keeps of one post.
const (
	maxSteps = 1000 // of one event
	maxValue = 300  // characters of a value in a step
)

// Merge joins posts into events, in the order of their first posts. Posts are
// taken by the time at which they were first seen.
func Merge(posts []breach.Post) []Event {
	sorted := slices.Clone(posts)
	slices.SortStableFunc(sorted, func(a, b breach.Post) int { return a.FirstSeenAt.Compare(b.FirstSeenAt) })
	var b Book
	for _, p := range sorted {
		b.Add(p)
	}
	return b.Events()
}

func idOf(p breach.Post) ID {
	sum := sha256.Sum256([]byte("event\x00" + string(p.ID) + "\x00" + string(p.Source) + "\x00" + p.Title))
	return ID("evt_" + hex.EncodeToString(sum[:10]))
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxValue {
		return string(r[:maxValue]) + "…"
	}
	return s
}
