package index

import (
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"

	"vigie/internal/breach"
)

// Standing holds queries that every new post is held against. They are written
// in the language of Search and mean the same: a post that a standing query
// finds is one that Search finds, once it is stored. It does not change and may
// be shared.
type Standing struct {
	a       analyser
	queries []standing
}

type standing struct {
	name string
	root *node
}

// maxStanding bounds how many queries stand at once.
const maxStanding = 10_000

// NewStanding reads queries, by the name that an alert will bear. A query that
// Search would refuse is breach.ErrInvalid, with its name.
func NewStanding(queries map[string]string) (*Standing, error) {
	if len(queries) > maxStanding {
		return nil, fmt.Errorf("%d standing queries, at most %d: %w", len(queries), maxStanding, breach.ErrInvalid)
	}
	s := &Standing{a: newAnalyser()}
	for name, text := range queries {
		root, err := s.a.parse(text)
		if err != nil {
			return nil, fmt.Errorf("standing query %q: %w", name, err)
		}
		s.queries = append(s.queries, standing{name, root})
	}
	slices.SortFunc(s.queries, func(a, b standing) int { return strings.Compare(a.name, b.name) })
	return s, nil
}

// Match returns the names of the queries that a post answers, in order. It sees
// the post as the index does: masked.
func (s *Standing) Match(p breach.Post) []string {
	if len(s.queries) == 0 {
		return nil
	}
	d := s.a.doc(toDocument(p))
	var out []string
	for _, q := range s.queries {
		if d.matches(q.root) {
			out = append(out, q.name)
		}
	}
	return out
}

// analyser cuts text into words as the index does.
type analyser struct{ fr, plain analysis.Analyzer }

func newAnalyser() analyser {
	m := words()
	return analyser{fr: m.AnalyzerNamed(french), plain: m.AnalyzerNamed(plain)}
}

// parse reads a query and drops words that no post is indexed by, such as "de".
func (a analyser) parse(text string) (*node, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	if root = a.prune(root); root == nil || !root.positive() {
		return nil, fmt.Errorf("query: only words that every text has: %w", breach.ErrInvalid)
	}
	return root, nil
}

func (a analyser) prune(n *node) *node {
	switch n.op {
	case opWord, opPhrase, opNear, opFuzzy:
		words := distinct(a.french(n.text))
		if len(words) == 0 {
			return nil
		}
		if n.op == opNear && len(words) > maxNearTerm {
			n.op = opPhrase
		}
	case opPrefix:
		if a.folded(n.text) == "" {
			return nil
		}
	case opAnd, opOr, opNot:
		var kids []*node
		for _, k := range n.kids {
			if k = a.prune(k); k != nil {
				kids = append(kids, k)
			}
		}
		if n.kids = kids; len(kids) == 0 {
			return nil
		}
	}
	return n
}

// word is an analysed word and where it stands.
type word struct {
	term     string
	position int
	start    int // byte of the text
}

func (a analyser) french(text string) []word { return analysed(a.fr, text) }

func analysed(with analysis.Analyzer, text string) []word {
	tokens := with.Analyze([]byte(text))
	out := make([]word, len(tokens))
	for i, t := range tokens {
		out[i] = word{string(t.Term), t.Position, t.Start}
	}
	return out
}

// folded is a text as one word without accents, case, hyphens and apostrophes.
func (a analyser) folded(text string) string {
	return strings.Join(words1(analysed(a.plain, unhyphened.Replace(text))), "")
}

// prefix is what a word with a star begins with: without inflexion, as words
// are indexed, so that "mandarine*" finds "mandarines".
func (a analyser) prefix(text string) string {
	folded := a.folded(text)
	if stem := strings.Join(words1(a.french(folded)), ""); len(stem) >= minPrefix && strings.HasPrefix(folded, stem) {
		return stem
	}
	return folded
}

var unhyphened = strings.NewReplacer("-", "", "'", "", "’", "")

// spellings are the ways in which a word of a query may stand in a post: its
// parts, all of them, and, where it has hyphens, the same written as one word.
func (a analyser) spellings(text string) (one, parts []string) {
	parts = distinct(a.french(text))
	if joined := unhyphened.Replace(text); joined != text {
		one = distinct(a.french(joined))
	}
	return one, parts
}

func words1(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.term
	}
	return out
}

func distinct(words []word) []string {
	out := words1(words)
	slices.Sort(out)
	return slices.Compact(out)
}

// doc is a post as the index sees it.
type doc struct {
	a      analyser
	d      document
	fields map[string]field
	joined map[string]bool
}

type field struct {
	words []word
	at    map[string][]int // positions by word
}

func (a analyser) doc(d document) *doc {
	out := &doc{a: a, d: d, fields: map[string]field{}, joined: map[string]bool{}}
	for name, text := range map[string]string{"title": d.Title, "text": d.Text} {
		f := field{words: a.french(text), at: map[string][]int{}}
		for _, w := range f.words {
			f.at[w.term] = append(f.at[w.term], w.position)
		}
		out.fields[name] = f
	}
	for _, w := range analysed(a.plain, d.Joined) {
		out.joined[w.term] = true
	}
	return out
}

// matches tells whether a post answers a query.
func (d *doc) matches(n *node) bool {
	switch n.op {
	case opAnd:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !d.matches(k) })
	case opOr:
		return slices.ContainsFunc(n.kids, d.matches)
	case opNot:
		return !d.matches(n.kids[0])
	case opSource:
		return d.d.Source == n.text
	case opAfter:
		return !d.d.CapturedAt.Before(n.at)
	case opBefore:
		return d.d.CapturedAt.Before(n.at)
	}
	for _, name := range [...]string{"title", "text"} {
		if (n.field == "" || n.field == name) && d.fields[name].has(d.a, n) {
			return true
		}
	}
	if n.field != "" || n.op != opWord && n.op != opPrefix {
		return false
	}
	folded := d.a.folded(n.text)
	if n.op == opWord {
		return d.joined[folded]
	}
	for w := range d.joined {
		if strings.HasPrefix(w, d.a.prefix(n.text)) {
			return true
		}
	}
	return false
}

// has tells whether a leaf of a query stands in a field.
func (f field) has(a analyser, n *node) bool {
	switch n.op {
	case opPhrase:
		return f.phrase(a.french(n.text))
	case opNear:
		return f.near(distinct(a.french(n.text)), n.distance)
	case opPrefix:
		prefix := a.prefix(n.text)
		return slices.ContainsFunc(f.words, func(w word) bool { return strings.HasPrefix(w.term, prefix) })
	case opFuzzy:
		term := strings.Join(words1(a.french(n.text)), "")
		return slices.ContainsFunc(f.words, func(w word) bool { return within(term, w.term, n.distance) })
	}
	one, parts := a.spellings(n.text)
	return f.all(parts) || f.all(one)
}

func (f field) all(terms []string) bool {
	return len(terms) > 0 && !slices.ContainsFunc(terms, func(t string) bool { return f.at[t] == nil })
}

// phrase tells whether words stand one after the other, with as many stop words
// between them as in the query.
func (f field) phrase(words []word) bool {
	for _, start := range f.at[words[0].term] {
		if !slices.ContainsFunc(words, func(w word) bool {
			_, ok := slices.BinarySearch(f.at[w.term], start+w.position-words[0].position)
			return !ok
		}) {
			return true
		}
	}
	return false
}

// near tells whether all words stand within a distance: a window that moves
// from the earliest position on.
func (f field) near(terms []string, distance int) bool {
	lists := make([][]int, len(terms))
	for i, t := range terms {
		if lists[i] = f.at[t]; len(lists[i]) == 0 {
			return false
		}
	}
	for {
		low, high := 0, 0
		for i, l := range lists {
			if l[0] < lists[low][0] {
				low = i
			}
			if l[0] > lists[high][0] {
				high = i
			}
		}
		if lists[high][0]-lists[low][0] <= distance {
			return true
		}
		if lists[low] = lists[low][1:]; len(lists[low]) == 0 {
			return false
		}
	}
}

// within tells whether two words differ by at most n letters put in, left out
// or changed (Levenshtein 1966), as bleve counts.
func within(a, b string, n int) bool {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > n || len(y)-len(x) > n {
		return false
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal, best := row[0], i+1
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
			best = min(best, cost)
		}
		if best > n {
			return false
		}
	}
	return row[len(y)] <= n
}
