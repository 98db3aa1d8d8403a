package linkage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"vigie/internal/breach"
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
func Link(ctx context.Context, meanings []Meaning, left, right []Row, opt LinkOptions) ([]Pair, error) {
	if len(left) == 0 || len(right) == 0 {
		return nil, nil
	}
	f, err := newPairFile(meanings, left, right)
	if err != nil {
		return nil, err
	}
	t, pairs, err := f.train(ctx, opt)
	if err != nil {
		return nil, err
	}
	if opt.OneToOne {
		pairs = t.oneToOne(pairs)
	}
	return f.tell(pairs), nil
}

// Dedupe compares the records of one file with each other. Each pair comes
// once, the smaller ID first. The probabilities agree with each other: records
// that are of one person with a third are of one person, above LinkThreshold.
func Dedupe(ctx context.Context, meanings []Meaning, rows []Row, opt LinkOptions) ([]Pair, error) {
	if len(rows) < 2 {
		return nil, nil
	}
	f, err := newPairFile(meanings, rows, nil)
	if err != nil {
		return nil, err
	}
	t, pairs, err := f.train(ctx, opt)
	if err != nil {
		return nil, err
	}
	if pairs, err = t.cluster(ctx, pairs, workersOf(opt.Workers)); err != nil {
		return nil, err
	}
	return f.tell(pairs), nil
}

// train blocks, learns and weighs.
func (f *pairFile) train(ctx context.Context, opt LinkOptions) (*pairModel, []scoredPair, error) {
	if len(f.ids) > maxRecords {
		return nil, nil, &breach.RefusedError{Code: "too-many-records", What: "files to link", Hint: fmt.Sprintf("want at most %d records", maxRecords)}
	}
	workers := workersOf(opt.Workers)
	b, err := newBlocking(ctx, f, workers)
	if err != nil {
		return nil, nil, err
	}
	t, err := newPairModel(ctx, f, workers)
	if err != nil {
		return nil, nil, err
	}
	t.single = opt.OneToOne && !f.alone()
	pairs, err := t.candidates(ctx, b, workers)
	if err != nil {
		return nil, nil, err
	}
	return t, pairs, t.learn(ctx, pairs, workers)
}

// tell names the pairs worth telling.
func (f *pairFile) tell(pairs []scoredPair) []Pair {
	pairs = slices.DeleteFunc(pairs, func(s scoredPair) bool { return s.p < leastMatch })
	slices.SortFunc(pairs, func(a, b scoredPair) int { // as their IDs: records are in the order of these
		return cmp.Or(cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j))
	})
	var out []Pair
	for i := range pairs {
		s := &pairs[i]
		out = append(out, Pair{f.ids[s.i], f.ids[s.j], s.weight.float(), probability(s.p)})
	}
	return out
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
