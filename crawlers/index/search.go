package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
	"github.com/blevesearch/bleve/v2/search"

	"vigie/internal/breach"
)

// Hit is a post found. Title and snippet are masked.
type Hit struct {
	ID         breach.PostID   `json:"id"`
	Source     breach.SourceID `json:"source"`
	Title      string          `json:"title"`
	CapturedAt time.Time       `json:"captured_at"`
	Score      float64         `json:"score"`
	Snippet    string          `json:"snippet"`
}

// snippetSize is about how long a snippet is, in bytes.
const snippetSize = 160

const (
	pageSize   = 200  // candidates judged at a time
	maxLooked  = 5000 // candidates judged for one search
	maxResults = 1000
)

// Search returns the posts that answer a query, best first: those that bear in
// their title what is asked for, then those that only speak of it. The language
// is described at the parser: words, "a phrase", AND OR NOT, prefix*, fuzzy~,
// "near words"~5, title: text: source: after: before:.
func (x *Index) Search(ctx context.Context, text string, limit int) (hits []Hit, err error) {
	defer calm(&err)
	root, err := x.a.parse(text)
	if err != nil {
		return nil, err
	}
	limit = max(1, min(limit, maxResults))
	hits = []Hit{}
	// A common word stands in a few titles out of all the posts that have it, and
	// only these need to be weighed if they are enough.
	if titled, ok := inTitles(root); ok {
		if hits, err = x.search(ctx, titled, root, hits, limit); err != nil || len(hits) == limit {
			return hits, err
		}
	}
	return x.search(ctx, root, root, hits, limit)
}

// search adds to hits, up to the limit, what answers a query and is not there
// yet. What it finds is judged by the root.
func (x *Index) search(ctx context.Context, asked, root *node, hits []Hit, limit int) ([]Hit, error) {
	q, exact := x.a.compile(asked, false)
	size := limit + len(hits)
	if !exact {
		size = max(size, pageSize)
	}
	there := map[breach.PostID]bool{}
	for _, h := range hits {
		there[h.ID] = true
	}
	for from := 0; from < maxLooked && len(hits) < limit; from += size {
		req := bleve.NewSearchRequestOptions(q, size, from, false)
		req.Fields = []string{"source", "title", "text", "captured_at"}
		res, err := x.b.SearchInContext(ctx, req)
		if err != nil {
			return nil, fmt.Errorf("searching: %w", err)
		}
		for _, m := range res.Hits {
			if len(hits) == limit {
				break
			}
			if there[breach.PostID(m.ID)] {
				continue
			}
			if h, ok := x.hit(m, root, exact); ok {
				hits = append(hits, h)
			}
		}
		if exact || len(res.Hits) < size {
			break
		}
	}
	return hits, nil
}

// inTitles is a query with all that it asks for in titles; false if it names
// its fields itself.
func inTitles(n *node) (*node, bool) {
	switch n.op {
	case opNot, opSource, opAfter, opBefore:
		return n, true
	case opAnd, opOr:
		out := *n
		out.kids = make([]*node, len(n.kids))
		for i, k := range n.kids {
			var ok bool
			if out.kids[i], ok = inTitles(k); !ok {
				return nil, false
			}
		}
		return &out, true
	}
	out := *n
	out.field = "title"
	return &out, n.field == ""
}

// hit reads what the index keeps of a post, and judges it where the query of
// bleve was wider than what was asked.
func (x *Index) hit(m *search.DocumentMatch, root *node, exact bool) (Hit, bool) {
	var d document
	d.Source, _ = m.Fields["source"].(string)
	d.Title, _ = m.Fields["title"].(string)
	d.Text, _ = m.Fields["text"].(string)
	at, _ := m.Fields["captured_at"].(string)
	d.CapturedAt, _ = time.Parse(time.RFC3339, at) // bleve wrote it
	d.Joined = joined(d.Title + " " + d.Text)
	if !exact && !x.a.doc(d).matches(root) {
		return Hit{}, false
	}
	return Hit{ID: breach.PostID(m.ID), Source: breach.SourceID(d.Source), Title: d.Title, CapturedAt: d.CapturedAt, Score: m.Score,
		Snippet: snippet(d.Text, x.a.first(d.Text, root))}, true
}

// first is the byte of a text at which the first word of a query stands, or -1.
func (a analyser) first(text string, root *node) int {
	wanted, starts := map[string]bool{}, []string(nil)
	var collect func(*node)
	collect = func(n *node) {
		switch n.op {
		case opAnd, opOr:
			for _, k := range n.kids {
				collect(k)
			}
		case opPrefix:
			starts = append(starts, a.prefix(n.text))
		case opWord, opPhrase, opNear, opFuzzy:
			for _, w := range a.french(n.text) {
				wanted[w.term] = true
			}
		}
	}
	collect(root)
	for _, w := range a.french(text) {
		if wanted[w.term] || slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(w.term, s) }) {
			return unfolded(text, w.start)
		}
	}
	return -1
}

// unfolded turns a byte of a text whose accents were folded, which made it
// shorter or longer, into the byte of the text.
func unfolded(text string, at int) int {
	fold := asciifolding.New()
	for i, r := range text {
		if at <= 0 {
			return i
		}
		if r < utf8.RuneSelf {
			at--
		} else {
			at -= len(fold.Filter([]byte(string(r))))
		}
	}
	return len(text)
}

// snippet cuts a text around the byte of the first match, at words.
func snippet(text string, first int) string {
	from := 0
	if first > snippetSize/2 {
		from = first - snippetSize/2
		if i := strings.IndexByte(text[from:], ' '); i >= 0 && from+i < first {
			from += i + 1
		}
	}
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	to := min(from+snippetSize, len(text))
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	s := strings.Join(strings.Fields(text[from:to]), " ")
	if from > 0 {
		s = "… " + s
	}
	if to < len(text) {
		s += " …"
	}
	return s // masked when it was put in
}
