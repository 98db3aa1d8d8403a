package crawlers

import (
	"encoding/json"

	"vigie/internal/breach"
)

// Learner is a Reader that learns a source from its captures. extract.Reader
// is one.
type Learner interface {
	Reader
	// Recall opens what earlier visits have taught of a source. Without it (nil)
	// the history begins with the posts that are known of the source.
	Recall(src breach.SourceID, taught json.RawMessage, known []breach.Post) (History, error)
}

// History reads the captures of one source, whichever mirror gave them, by
// what earlier ones taught. It is for one visit.
type History interface {
	Reader
	// Follow gives the posts of a listing the identity that they have always
	// had, and tells what is not as it was.
	Follow(Listing) Change
	// Taught is what later visits are to know. It tells what posts say.
	Taught() (json.RawMessage, error)
}

// Listing is what one address shows of a source, all pages of it together.
type Listing struct {
	Address string // as configured: the URL or a mirror
	Posts   []breach.Post
	Open    bool // nothing followed the last post
	Cut     bool // the last post is unfinished
	More    bool // further pages were not read
}

// Change is what a visit found that earlier ones had not.
type Change struct {
	New     []breach.PostID
	Edited  []Edit
	Removed []breach.PostID // no mirror shows them any more
	Drift   string          // how the site no longer looks as it did, or ""
}

// Edit is a post whose own words changed.
type Edit struct {
	Post   breach.PostID
	Fields []string
}
