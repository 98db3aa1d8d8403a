package index

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vigie/internal/breach"
)

// The language of queries, the same for a search over the past and for a
// standing query over what comes:
//
//	mission locale              both words, anywhere in the post
//	"mission locale"            the words one after the other
//	"similo base"~5             the words within five of each other, in any order
//	similo OR "i-milo"          either; AND binds closer and may be left out
//	similo NOT demo, -demo      without
//	simil*                      words that begin so (after inflexion is taken off)
//	similo~, similo~2           words that differ by one letter, or two
//	title:similo text:"..." source:lockbit
//	after:2026-01-31 before:2026-12-31
//	(a OR b) c
//
// Case, accents, elision, hyphens and French inflexion do not count.

// node is a part of a query.
type node struct {
	op       op
	kids     []*node
	field    string // "title", "text", "source", or "" for title and text
	text     string // of a leaf, as typed
	distance int    // of fuzzy words and of words near each other
	at       time.Time
}

type op uint8

const (
	opAnd op = iota
	opOr
	opNot
	opWord
	opPhrase
	opNear
	opPrefix
	opFuzzy
	opSource
	opAfter
	opBefore
)

const (
	maxQuery    = 2000 // characters
	maxTerms    = 100
	maxDepth    = 20
	maxNear     = 50
	maxFuzzy    = 2
	minPrefix   = 2 // characters before the star
	maxNearTerm = 6
)

// parser reads a query from left to right.
type parser struct {
	rest  string
	terms int
	depth int
}

// parse reads a query. What it refuses is breach.ErrInvalid and says why.
func parse(text string) (*node, error) {
	if utf8.RuneCountInString(text) > maxQuery {
		return nil, fmt.Errorf("a query has at most %d characters: %w", maxQuery, breach.ErrInvalid)
	}
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("a query that is not UTF-8: %w", breach.ErrInvalid)
	}
	p := &parser{rest: text}
	n, err := p.or()
	switch {
	case err != nil:
		return nil, fmt.Errorf("query: %w: %w", err, breach.ErrInvalid)
	case p.peek() == ")":
		return nil, fmt.Errorf("query: a bracket closes that none opened: %w", breach.ErrInvalid)
	case n == nil:
		return nil, fmt.Errorf("an empty query: %w", breach.ErrInvalid)
	case !n.positive():
		return nil, fmt.Errorf("query: it only says what must not be there: %w", breach.ErrInvalid)
	}
	return n, nil
}

// positive tells whether a query asks for something: every branch of an OR, and
// one of an AND.
func (n *node) positive() bool {
	switch n.op {
	case opNot:
		return false
	case opAnd:
		for _, k := range n.kids {
			if k.positive() {
				return true
			}
		}
		return false
	case opOr:
		for _, k := range n.kids {
			if !k.positive() {
				return false
			}
		}
	}
	return true
}

// peek is the next sign or word, unread: "(", ")", "OR", "AND", "NOT", "" at
// the end, or another word.
func (p *parser) peek() string {
	p.rest = strings.TrimLeftFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	if p.rest == "" {
		return ""
	}
	if c := p.rest[0]; c == '(' || c == ')' {
		return string(c)
	}
	word := p.rest
	if i := strings.IndexFunc(word, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' }); i > 0 {
		word = word[:i]
	}
	return word
}

func (p *parser) or() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("brackets deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	var kids []*node
	for {
		n, err := p.and()
		if err != nil {
			return nil, err
		}
		if n != nil {
			kids = append(kids, n)
		}
		if p.peek() != "OR" {
			return join(opOr, kids), nil
		}
		p.rest = p.rest[len("OR"):]
	}
}

func (p *parser) and() (*node, error) {
	var kids []*node
	for {
		switch word := p.peek(); word {
		case "", ")", "OR":
			return join(opAnd, kids), nil
		case "AND":
			p.rest = p.rest[len("AND"):]
			continue
		}
		n, err := p.not()
		if err != nil {
			return nil, err
		}
		if n != nil {
			kids = append(kids, n)
		}
	}
}

func join(o op, kids []*node) *node {
	switch len(kids) {
	case 0:
		return nil
	case 1:
		return kids[0]
	}
	return &node{op: o, kids: kids}
}

func (p *parser) not() (*node, error) {
	word := p.peek()
	negative := false
	switch {
	case word == "NOT":
		p.rest, negative = p.rest[len("NOT"):], true
	case len(p.rest) > 1 && (p.rest[0] == '-' || p.rest[0] == '!') && !unicode.IsSpace(rune(p.rest[1])):
		p.rest, negative = p.rest[1:], true
	case p.rest[0] == '+':
		p.rest = p.rest[1:]
	}
	n, err := p.primary()
	if n == nil || err != nil || !negative {
		return n, err
	}
	return &node{op: opNot, kids: []*node{n}}, nil
}

func (p *parser) primary() (*node, error) {
	switch p.peek() {
	case "", ")":
		return nil, nil
	case "(":
		p.rest = p.rest[1:]
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		if p.peek() != ")" {
			return nil, fmt.Errorf("a bracket is not closed")
		}
		p.rest = p.rest[1:]
		return n, nil
	}
	if p.terms++; p.terms > maxTerms {
		return nil, fmt.Errorf("more than %d words and phrases", maxTerms)
	}
	field := ""
	for _, f := range []string{"title", "text", "source", "after", "before"} {
		if len(p.rest) > len(f) && p.rest[len(f)] == ':' && strings.EqualFold(p.rest[:len(f)], f) {
			field, p.rest = f, p.rest[len(f)+1:]
			break
		}
	}
	if strings.HasPrefix(p.rest, `"`) {
		return p.phrase(field)
	}
	word := p.peek()
	if word == "(" || word == ")" || p.rest == "" {
		return nil, fmt.Errorf("nothing stands behind %q", field+":")
	}
	if i := strings.IndexByte(word, '"'); i > 0 {
		word = word[:i]
	}
	p.rest = p.rest[len(word):]
	return leaf(field, word)
}

func (p *parser) phrase(field string) (*node, error) {
	end := strings.IndexByte(p.rest[1:], '"')
	if end < 0 {
		return nil, fmt.Errorf("a quotation mark is not closed")
	}
	n := &node{op: opPhrase, field: field, text: p.rest[1 : end+1]}
	p.rest = p.rest[end+2:]
	if field == "source" || field == "after" || field == "before" {
		return leaf(field, n.text)
	}
	if strings.HasPrefix(p.rest, "~") {
		word := p.peek()
		p.rest = p.rest[len(word):]
		d, err := strconv.Atoi(word[1:])
		if err != nil || d < 1 || d > maxNear {
			return nil, fmt.Errorf("words near each other: a distance of 1 to %d, such as %q", maxNear, `"a b"~5`)
		}
		n.op, n.distance = opNear, d
	}
	if !strings.ContainsFunc(n.text, isWordRune) {
		return nil, nil
	}
	return n, nil
}

// leaf makes a word of the query.
func leaf(field, word string) (*node, error) {
	n := &node{op: opWord, field: field, text: word}
	switch field {
	case "source":
		n.op = opSource
		return n, nil
	case "after", "before":
		at, err := time.Parse(time.DateOnly, word)
		if err != nil {
			return nil, fmt.Errorf("%s: want a day such as 2026-01-31", field)
		}
		n.at, n.op = at, opAfter
		if field == "before" {
			n.op = opBefore
		}
		return n, nil
	}
	if base, distance, ok := strings.Cut(word, "~"); ok && (distance == "" || len(distance) == 1) {
		n.text, n.op, n.distance = base, opFuzzy, 1
		if distance != "" {
			n.distance = int(distance[0] - '0')
		}
		if n.distance < 1 || n.distance > maxFuzzy {
			return nil, fmt.Errorf("a word may differ by 1 or %d letters", maxFuzzy)
		}
	} else if base, ok := strings.CutSuffix(word, "*"); ok {
		if utf8.RuneCountInString(base) < minPrefix {
			return nil, fmt.Errorf("a star wants %d letters before it", minPrefix)
		}
		n.text, n.op = base, opPrefix
	}
	if !strings.ContainsFunc(n.text, isWordRune) {
		return nil, nil
	}
	return n, nil
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
