package index

import (
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// compile turns a query into one of bleve's. Words near each other become a
// wider query, and exact tells so: what is found is then judged by the words
// themselves (doc.matches). Under a negation the wider query would hide posts, so
// there it excludes nothing.
func (a analyser) compile(n *node, negated bool) (q query.Query, exact bool) {
	switch n.op {
	case opAnd, opOr:
		return a.compileList(n, negated)
	case opNot:
		inner, exact := a.compile(n.kids[0], !negated)
		b := bleve.NewBooleanQuery()
		b.AddMust(bleve.NewMatchAllQuery())
		b.AddMustNot(inner)
		return b, exact
	case opSource:
		q := bleve.NewTermQuery(n.text)
		q.SetField("source")
		return q, true
	case opAfter, opBefore:
		yes, no := true, false
		from, to := n.at, time.Time{}
		if n.op == opBefore {
			from, to = time.Time{}, n.at
		}
		q := bleve.NewDateRangeInclusiveQuery(from, to, &yes, &no)
		q.SetField("captured_at")
		return q, true
	case opNear:
		if negated {
			return bleve.NewMatchNoneQuery(), false
		}
		return a.inFields(n, func(field string) query.Query {
			return conjunction(field, distinct(a.french(n.text)))
		}), false
	}
	return a.leaf(n), true
}

func (a analyser) compileList(n *node, negated bool) (query.Query, bool) {
	exact := true
	var kids, not []query.Query
	for _, k := range n.kids {
		if n.op == opAnd && k.op == opNot {
			q, e := a.compile(k.kids[0], !negated)
			not, exact = append(not, q), exact && e
			continue
		}
		q, e := a.compile(k, negated)
		kids, exact = append(kids, q), exact && e
	}
	if n.op == opOr {
		return bleve.NewDisjunctionQuery(kids...), exact
	}
	if len(not) == 0 {
		return bleve.NewConjunctionQuery(kids...), exact
	}
	b := bleve.NewBooleanQuery()
	b.AddMust(kids...)
	if len(kids) == 0 {
		b.AddMust(bleve.NewMatchAllQuery())
	}
	b.AddMustNot(not...)
	return b, exact
}

// leaf compiles a word, phrase, prefix or fuzzy word.
func (a analyser) leaf(n *node) query.Query {
	switch n.op {
	case opPhrase:
		return a.inFields(n, func(field string) query.Query {
			q := bleve.NewMatchPhraseQuery(n.text)
			q.SetField(field)
			return q
		})
	case opPrefix:
		prefix := a.prefix(n.text)
		return a.withJoined(n, func(field string) query.Query {
			q := bleve.NewPrefixQuery(prefix)
			q.SetField(field)
			return q
		})
	case opFuzzy:
		term := strings.Join(words1(a.french(n.text)), "")
		return a.inFields(n, func(field string) query.Query {
			q := bleve.NewFuzzyQuery(term)
			q.SetFuzziness(n.distance)
			q.SetField(field)
			return q
		})
	}
	one, parts := a.spellings(n.text)
	any := []query.Query{a.inFields(n, func(field string) query.Query { return conjunction(field, parts) })}
	if n.field == "" {
		q := bleve.NewTermQuery(a.folded(n.text))
		q.SetField("joined")
		any = append(any, q)
	}
	if one != nil {
		any = append(any, a.inFields(n, func(field string) query.Query { return conjunction(field, one) }))
	}
	return bleve.NewDisjunctionQuery(any...)
}

// boosts: a word in the title says three times as much.
func boosted(q query.Query, field string) query.Query {
	if b, ok := q.(query.BoostableQuery); ok && field == "title" {
		b.SetBoost(3)
	}
	return q
}

func (a analyser) inFields(n *node, each func(field string) query.Query) query.Query {
	if n.field != "" {
		return each(n.field)
	}
	return bleve.NewDisjunctionQuery(boosted(each("title"), "title"), each("text"))
}

func (a analyser) withJoined(n *node, each func(field string) query.Query) query.Query {
	if n.field != "" {
		return each(n.field)
	}
	return bleve.NewDisjunctionQuery(boosted(each("title"), "title"), each("text"), each("joined"))
}

func conjunction(field string, terms []string) query.Query {
	all := make([]query.Query, len(terms))
	for i, t := range terms {
		q := bleve.NewTermQuery(t)
		q.SetField(field)
		all[i] = q
	}
	switch len(all) {
	case 0:
		return bleve.NewMatchNoneQuery()
	case 1:
		return all[0]
	}
	return bleve.NewConjunctionQuery(all...)
}
