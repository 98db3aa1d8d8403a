package linkage

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// LinkOptions are the choices of Link and Dedupe.
type LinkOptions struct {
	OneToOne bool // a record has at most one equal on the other side; losing pairs are dropped
	Workers  int  // the number of CPUs when 0; never changes an answer
}

// Pair is two records that may be of one person.
type Pair struct {
	Left, Right string  // IDs; for Dedupe the smaller one first
	Weight      float64 // bits
	Probability float64
}

// LinkThreshold is the probability from which a pair counts as one person,
// where the caller states no budget: a false link and a missed one weigh alike.
const LinkThreshold = 0.5

// Link compares the records of two files that are not a registry and a leak:
// it trains itself on them, knows no population and no bands, and returns every
// pair worth a probability of 0.01, sorted by IDs. Record IDs must be unique
// within each file.
func Link(ctx context.Context, left, right iter.Seq2[matchers.Record, error], opt LinkOptions) ([]Pair, error) {
	ix, err := Build(right)
	if err != nil {
		return nil, err
	}
	rows, err := readAll(ctx, ix, left)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].id = "" // equal IDs of two files mean nothing
	}
	pairs, err := link(ctx, ix, rows, opt, !opt.OneToOne)
	if err != nil {
		return nil, err
	}
	if opt.OneToOne {
		pairs = oneToOne(pairs)
	}
	slices.SortFunc(pairs, byID)
	return pairs, nil
}

// Dedupe compares the records of one file with each other. Each pair comes
// once, the smaller ID first.
func Dedupe(ctx context.Context, records iter.Seq2[matchers.Record, error], opt LinkOptions) ([]Pair, error) {
	kept, err := keep(records)
	if err != nil {
		return nil, err
	}
	again := func(yield func(matchers.Record, error) bool) {
		for i := range kept {
			if !yield(kept[i], nil) {
				return
			}
		}
	}
	ix, err := Build(again)
	if err != nil {
		return nil, err
	}
	rows, err := readAll(ctx, ix, again)
	if err != nil {
		return nil, err
	}
	pairs, err := link(ctx, ix, rows, opt, true)
	if err != nil {
		return nil, err
	}
	for i := range pairs {
		if p := &pairs[i]; p.Left > p.Right {
			p.Left, p.Right = p.Right, p.Left
		}
	}
	slices.SortFunc(pairs, func(a, b Pair) int {
		if c := byID(a, b); c != 0 {
			return c
		}
		return cmp.Compare(b.Weight, a.Weight) // of the two ways to look at a pair, the better stays
	})
	return slices.CompactFunc(pairs, func(a, b Pair) bool { return a.Left == b.Left && a.Right == b.Right }), nil
}

func byID(a, b Pair) int {
	if c := cmp.Compare(a.Left, b.Left); c != 0 {
		return c
	}
	return cmp.Compare(a.Right, b.Right)
}

func keep(records iter.Seq2[matchers.Record, error]) ([]matchers.Record, error) {
	var out []matchers.Record
	for r, err := range records {
		if refused(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading records: %w", err)
		}
		out = append(out, r)
	}
	return out, nil
}

// readAll prepares every record of a file, in the order of their content.
func readAll(ctx context.Context, ix *Index, records iter.Seq2[matchers.Record, error]) ([]sampled, error) {
	var out []sampled
	known := &newScratch().known
	for r, err := range records {
		if refused(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading records: %w", err)
		}
		if len(out)%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t := canonical(&r)
		out = append(out, sampled{id: r.ID, name: r.ID, hash: t.hash(), texts: t, facts: newFacts(&t, visitor{ix, known}, true)})
	}
	slices.SortFunc(out, func(a, b sampled) int {
		if c := cmp.Compare(a.hash, b.hash); c != 0 {
			return c
		}
		return cmp.Compare(a.name, b.name)
	})
	return out, known.err
}

// link trains on the rows of lowest hash and weighs all of them.
func link(ctx context.Context, ix *Index, rows []sampled, opt LinkOptions, apart bool) ([]Pair, error) {
	t := trainer{ix: ix, rows: rows[:min(len(rows), sampleSize)], opt: Options{Workers: opt.Workers}, alone: true, apart: apart}
	p, _, err := t.train(ctx)
	if err != nil {
		return nil, err
	}
	t.w, t.rows = newWeigher(ix, &p, t.opt), rows
	b := newPrior(&p, ix.people())
	found := make([][]Pair, len(rows))
	err = t.each(ctx, func(i int, s *scratch) (err error) {
		found[i], err = t.links(b, &rows[i], s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return slices.Concat(found...), nil
}

func (t *trainer) links(b prior, row *sampled, s *scratch) ([]Pair, error) {
	if err := t.w.candidates(&row.facts, s, leastKept); err != nil {
		return nil, err
	}
	if row.id != "" {
		s.scored = slices.DeleteFunc(s.scored, func(c scored) bool { return c.entry.raw.id == row.id })
	}
	if t.apart {
		b.apart(s.scored)
	} else {
		b.posterior(s.scored)
	}
	var out []Pair
	for _, c := range s.scored {
		if c.p >= leastMatch {
			out = append(out, Pair{row.name, strings.Clone(c.entry.raw.id), c.match.float(), probability(c.p)})
		}
	}
	return out, nil
}

// oneToOne keeps the best pairs such that no record is used twice.
func oneToOne(pairs []Pair) []Pair {
	slices.SortFunc(pairs, func(a, b Pair) int {
		if c := cmp.Compare(b.Weight, a.Weight); c != 0 {
			return c
		}
		return byID(a, b)
	})
	left, right := map[string]bool{}, map[string]bool{}
	return slices.DeleteFunc(pairs, func(p Pair) bool {
		if left[p.Left] || right[p.Right] {
			return true
		}
		left[p.Left], right[p.Right] = true, true
		return false
	})
}

// Clusters joins the records of one person: those connected by pairs of at
// least a probability. It returns, for every ID that occurs in such a pair, the
// smallest ID of its cluster. Probabilities outside (0, 1] are breach.ErrInvalid.
func Clusters(pairs []Pair, least float64) (map[string]string, error) {
	if !(least > 0 && least <= 1) {
		return nil, fmt.Errorf("least probability %v, want one above 0 and up to 1: %w", least, breach.ErrInvalid)
	}
	root := map[string]string{}
	find := func(id string) string {
		for {
			up, ok := root[id]
			if !ok {
				root[id] = id
				return id
			}
			if up == id {
				return id
			}
			root[id] = root[up]
			id = up
		}
	}
	for _, p := range pairs {
		if p.Probability < least {
			continue
		}
		if a, b := find(p.Left), find(p.Right); a < b {
			root[b] = a
		} else {
			root[a] = b
		}
	}
	for id := range root {
		root[id] = find(id)
	}
	return root, nil
}
