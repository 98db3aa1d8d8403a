package index

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

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

const (
	maxQuery    = 500 // characters
	maxTerms    = 20
	snippetSize = 160 // bytes, about
)

// Search returns the posts that hold every word of the query, best first.
// Words in double quotes must stand together.
func (x *Index) Search(ctx context.Context, text string, limit int) (hits []Hit, err error) {
	defer calm(&err)
	q, err := parse(text)
	if err != nil {
		return nil, err
	}
	req := bleve.NewSearchRequestOptions(q, max(1, min(limit, 1000)), 0, false)
	req.Fields = []string{"source", "title", "text", "captured_at"}
	req.IncludeLocations = true
	res, err := x.b.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	hits = make([]Hit, 0, len(res.Hits))
	for _, m := range res.Hits {
		h := Hit{ID: breach.PostID(m.ID), Score: m.Score}
		source, _ := m.Fields["source"].(string)
		h.Title, _ = m.Fields["title"].(string)
		body, _ := m.Fields["text"].(string)
		at, _ := m.Fields["captured_at"].(string)
		h.Source, h.Snippet = breach.SourceID(source), snippet(body, m.Locations["text"])
		h.CapturedAt, _ = time.Parse(time.RFC3339, at) // bleve wrote it
		hits = append(hits, h)
	}
	return hits, nil
}

var term = regexp.MustCompile(`"([^"]+)"|(\S+)`)

// parse builds the query: every term somewhere, the title counting most.
func parse(text string) (query.Query, error) {
	if utf8.RuneCountInString(text) > maxQuery {
		return nil, fmt.Errorf("a query has at most %d characters: %w", maxQuery, breach.ErrInvalid)
	}
	var all []query.Query
	for _, m := range term.FindAllStringSubmatch(text, maxTerms) {
		if !strings.ContainsFunc(m[0], isWordRune) {
			continue
		}
		all = append(all, anywhere(m[1], m[2]))
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("an empty query: %w", breach.ErrInvalid)
	}
	return bleve.NewConjunctionQuery(all...), nil
}

func anywhere(phrase, word string) query.Query {
	var any []query.Query
	for field, boost := range map[string]float64{"title": 3, "text": 1} {
		if phrase != "" {
			q := bleve.NewMatchPhraseQuery(phrase)
			q.SetField(field)
			q.SetBoost(boost)
			any = append(any, q)
			continue
		}
		q := bleve.NewMatchQuery(word) // a hyphenated word becomes several, all wanted
		q.SetField(field)
		q.SetOperator(query.MatchQueryOperatorAnd)
		q.SetBoost(boost)
		any = append(any, q)
	}
	if word != "" {
		one := strings.NewReplacer("-", "", "'", "", "’", "").Replace(word)
		q := bleve.NewMatchQuery(one)
		q.SetField("joined")
		any = append(any, q)
		if one != word { // "Saint-Affrique" also finds a site's "saintaffrique"
			for _, field := range []string{"title", "text"} {
				q := bleve.NewMatchQuery(one)
				q.SetField(field)
				any = append(any, q)
			}
		}
	}
	return bleve.NewDisjunctionQuery(any...)
}

func isWordRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x7f
}

// snippet cuts the text around the first match, at words.
func snippet(text string, found search.TermLocationMap) string {
	first := -1
	for _, locations := range found {
		for _, l := range locations {
			if at := int(l.Start); at < len(text) && (first < 0 || at < first) {
				first = at
			}
		}
	}
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
	return mask(s)
}
