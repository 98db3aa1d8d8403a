// Package index finds posts by their words. It is a bleve index, encrypted at
// rest, and holds nothing that could not be rebuilt from evidence: losing it
// loses time.
//
// Posts are masked before they are indexed (package sample): printed rows,
// addresses, phone numbers and long numbers of people never enter it. Words are compared without accents, case,
// elision or French inflexion; hyphenated names are found joined, apart, and
// hyphenated.
package index

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"

	"vigie/internal/breach"
	"vigie/internal/sample"
)

// batchSize is how many posts are written at once.
const batchSize = 500

// Index is an open index. It is safe for concurrent use; one process at a time
// may hold it.
type Index struct {
	b    bleve.Index
	a    analyser
	lock *os.File
}

// document is what the index keeps of a post.
type document struct {
	Source     string    `json:"source"`
	Title      string    `json:"title"`
	Text       string    `json:"text"`
	Joined     string    `json:"joined"` // hyphenated names written as one word
	CapturedAt time.Time `json:"captured_at"`
}

// Open opens the index in dir, or makes a new one. key has 32 bytes; all
// indexes open at once in a process share it. A damaged index or another key
// is breach.ErrInvalid: Rebuild helps.
func Open(dir string, key []byte) (*Index, error) {
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	x, err := openHeld(dir, key)
	if err != nil {
		_ = held.Close()
		return nil, err
	}
	x.lock = held
	return x, nil
}

// openHeld opens an index whose lock is held.
func openHeld(dir string, key []byte) (*Index, error) {
	if err := take(key); err != nil {
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	err := dropBroken(dir)
	var b bleve.Index
	if err == nil {
		b, err = open(dir)
	}
	if err != nil {
		release()
		return nil, err
	}
	return &Index{b: b, a: newAnalyser()}, nil
}

func open(dir string) (b bleve.Index, err error) {
	defer calm(&err)
	b, err = bleve.OpenUsing(dir, map[string]any{"bolt_timeout": "2s"})
	if errors.Is(err, bleve.ErrorIndexPathDoesNotExist) {
		if b, err = bleve.New(dir, words()); err != nil {
			return nil, fmt.Errorf("making the index: %w", err)
		}
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the index: %w: %w", breach.ErrInvalid, err)
	}
	return b, nil
}

// Close writes what is pending and gives the index free.
func (x *Index) Close() error {
	defer release()
	err := x.b.Close()
	if x.lock != nil {
		_ = x.lock.Close()
	}
	if err != nil {
		return fmt.Errorf("closing the index: %w", err)
	}
	return nil
}

// Count is the number of posts in the index. If the store has others, the
// index lost some to damage or a crash: Rebuild helps.
func (x *Index) Count() (n uint64, err error) {
	defer calm(&err)
	if n, err = x.b.DocCount(); err != nil {
		return 0, fmt.Errorf("counting posts: %w", err)
	}
	return n, nil
}

// Put adds posts or replaces those of the same ID.
func (x *Index) Put(ctx context.Context, posts []breach.Post) (err error) {
	defer calm(&err)
	for len(posts) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(len(posts), batchSize)
		batch := x.b.NewBatch()
		for _, p := range posts[:n] {
			if err := batch.Index(string(p.ID), toDocument(p)); err != nil {
				return fmt.Errorf("indexing post %s: %w", p.ID, err)
			}
		}
		if err := x.b.Batch(batch); err != nil {
			return fmt.Errorf("indexing %d posts: %w", n, err)
		}
		posts = posts[n:]
	}
	return nil
}

// Missing returns those of the posts that are not in the index.
func (x *Index) Missing(ctx context.Context, posts []breach.Post) (out []breach.Post, err error) {
	defer calm(&err)
	for len(posts) > 0 {
		n := min(len(posts), batchSize)
		ids := make([]string, n)
		for i, p := range posts[:n] {
			ids[i] = string(p.ID)
		}
		req := bleve.NewSearchRequestOptions(bleve.NewDocIDQuery(ids), n, 0, false)
		found, err := x.b.SearchInContext(ctx, req)
		if err != nil {
			return nil, fmt.Errorf("looking %d posts up: %w", n, err)
		}
		there := map[string]bool{}
		for _, h := range found.Hits {
			there[h.ID] = true
		}
		for _, p := range posts[:n] {
			if !there[string(p.ID)] {
				out = append(out, p)
			}
		}
		posts = posts[n:]
	}
	return out, nil
}

func toDocument(p breach.Post) document {
	d := document{Source: string(p.Source), Title: sample.Mask(p.Title), CapturedAt: p.FirstSeenAt}
	d.Text = sample.Mask(strings.TrimSpace(p.Text + "\n" + p.Website + "\n" + p.Country))
	d.Joined = joined(d.Title + " " + d.Text)
	return d
}

var hyphenated = regexp.MustCompile(`[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)+`)

// maxJoined bounds the hyphenated words of one text.
const maxJoined = 2000

// joined lists the hyphenated words of a text as single words.
func joined(s string) string {
	if !strings.ContainsAny(s, "-'’") {
		return ""
	}
	var out []string
	for _, w := range strings.Fields(s) {
		if len(out) < maxJoined && strings.ContainsAny(w, "-'’") {
			for _, h := range hyphenated.FindAllString(w, 20) {
				out = append(out, unhyphened.Replace(h))
			}
		}
	}
	return strings.Join(out, " ")
}

// Rebuild makes the index in dir anew from posts, beside the old one, which it
// then replaces. No index may be open in dir. Until it returns, the old one
// stands.
func Rebuild(ctx context.Context, dir string, key []byte, posts iter.Seq2[breach.Post, error]) (int, error) {
	held, err := lock(dir)
	if err != nil {
		return 0, err
	}
	defer func() { _ = held.Close() }()
	fresh := filepath.Clean(dir) + ".rebuild"
	if err := os.RemoveAll(fresh); err != nil {
		return 0, fmt.Errorf("rebuilding the index: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	x, err := openHeld(fresh, key)
	if err != nil {
		return 0, err
	}
	n, err := x.fill(ctx, posts)
	if cerr := x.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return n, fmt.Errorf("rebuilding the index: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return n, fmt.Errorf("rebuilding the index: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		return n, fmt.Errorf("rebuilding the index: %w", err)
	}
	return n, nil
}

func (x *Index) fill(ctx context.Context, posts iter.Seq2[breach.Post, error]) (int, error) {
	n := 0
	var batch []breach.Post
	for p, err := range posts {
		if err != nil {
			return n, err
		}
		if batch = append(batch, p); len(batch) == batchSize {
			if err := x.Put(ctx, batch); err != nil {
				return n, err
			}
			n, batch = n+len(batch), batch[:0]
		}
	}
	return n + len(batch), x.Put(ctx, batch)
}

const (
	french = "vigie_fr"
	plain  = "vigie_plain"
)

// words is how posts are analysed. bleve's French analyzer folds no accents,
// so this one folds them first.
func words() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	for name, filters := range map[string][]string{
		french: {fr.ElisionName, lowercase.Name, fr.StopName, fr.LightStemmerName},
		plain:  {lowercase.Name},
	} {
		if err := m.AddCustomAnalyzer(name, map[string]any{
			"type": custom.Name, "char_filters": []string{asciifolding.Name},
			"tokenizer": unicode.Name, "token_filters": filters,
		}); err != nil {
			panic("index: " + err.Error()) // constant names: only a broken build gets here
		}
	}
	post := bleve.NewDocumentStaticMapping()
	add := func(name, analyzer string, store, positions bool) {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = analyzer, store, positions, false, false
		post.AddFieldMappingsAt(name, f)
	}
	add("source", keyword.Name, true, false)
	add("title", french, true, true)
	add("text", french, true, true)
	add("joined", plain, false, false)
	at := bleve.NewDateTimeFieldMapping()
	at.IncludeInAll = false
	post.AddFieldMappingsAt("captured_at", at)
	m.DefaultMapping, m.DefaultAnalyzer = post, french
	return m
}
