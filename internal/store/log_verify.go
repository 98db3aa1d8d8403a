package store

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// The kinds of fault that VerifyAudit and VerifyCustody find.
const (
	FaultMissing    = "missing"    // an entry, or several from this number on, is not there
	FaultAltered    = "altered"    // the entry is not what its hash was made of
	FaultChain      = "chain"      // it does not follow the entry before it: something was put in, taken out or moved
	FaultTree       = "tree"       // its tree hashes do not follow from the entries before it
	FaultClock      = "clock"      // it is dated before its predecessor: the clock was set back
	FaultCut        = "cut"        // the log is shorter than the checkpoint
	FaultRewritten  = "rewritten"  // the log is not the one the checkpoint was signed for
	FaultCheckpoint = "checkpoint" // the checkpoint is not signed by this Vigie
)

// Fault is one thing that is wrong with a log.
type Fault struct {
	Seq  int64 // entry number; 0 for the log as a whole
	Kind string
}

// LogReport is the outcome of a verification.
type LogReport struct {
	Entries int64
	OK      bool
	Faults  []Fault // the first hundred
}

const mostFaults = 100

// entry is what a log holds a hash of.
type entry interface {
	leaf(prev tlog.Hash) tlog.Hash
}

// stored is an entry as it is in the database.
type stored struct {
	seq int64
	at  time.Time
	entry
	nodes
}

// verify recomputes a log that read gives in order. A slack of 0 lets entries
// be dated in any order.
func (s *Store) verify(ctx context.Context, l treelog, checkpoint []byte, slack time.Duration, read func(context.Context, func(stored)) error) (LogReport, error) {
	v := verifier{slack: slack}
	if checkpoint != nil {
		tree, err := s.openCheckpoint(l, checkpoint)
		if err != nil {
			v.fault(0, FaultCheckpoint)
		} else {
			v.signed = &tree
		}
	}
	v.root()
	// One goroutine reads while this one hashes.
	const size = 512
	pages := make(chan []stored, 4)
	var err error
	go func() {
		defer close(pages)
		page := make([]stored, 0, size)
		err = read(ctx, func(e stored) {
			if page = append(page, e); len(page) == size {
				pages <- page
				page = make([]stored, 0, size)
			}
		})
		pages <- page
	}()
	for page := range pages {
		for i := range page {
			v.entry(&page[i])
		}
	}
	if err != nil {
		return LogReport{}, fmt.Errorf("verifying the log %s: %w", l.origin, classify(err))
	}
	v.end()
	return LogReport{Entries: v.count, OK: len(v.faults) == 0, Faults: v.faults}, nil
}

// verifier walks the log once, in order. It holds the roots of the complete
// subtrees to the left, one per level, as stored: so one fault is reported
// where it is and not at every entry after it. From the first fault on it also
// holds those that follow from the contents, for the checkpoint.
type verifier struct {
	slack    time.Duration
	signed   *tlog.Tree
	reached  bool // the checkpoint's size
	count    int64
	seq      int64
	leaf     tlog.Hash // stored leaf of the entry before
	at       time.Time
	stored   [63]tlog.Hash
	contents *[63]tlog.Hash // nil while the same
	faults   []Fault
}

func (v *verifier) fault(seq int64, kind string) {
	if len(v.faults) < mostFaults {
		v.faults = append(v.faults, Fault{seq, kind})
	}
}

func (v *verifier) entry(e *stored) {
	var prev, leaf tlog.Hash
	copy(prev[:], e.prev)
	copy(leaf[:], e.nodes.nodes)
	want := e.leaf(prev)
	level, top, follows := v.climb(leaf, e.nodes.nodes)
	kind := ""
	switch {
	case e.seq != v.seq+1:
		kind = FaultMissing
	case leaf != want || len(e.prev) != tlog.HashSize:
		kind = FaultAltered
	case prev != v.leaf:
		kind = FaultChain
	case !follows:
		kind = FaultTree
	case v.slack > 0 && e.at.Before(v.at.Add(-v.slack)):
		v.fault(e.seq, FaultClock)
	}
	if kind != "" {
		v.fault(v.seq+1, kind)
		if v.contents == nil {
			same := v.stored
			v.contents = &same
		}
	}
	if v.contents != nil {
		h, l := want, 0
		for ; v.count>>l&1 == 1; l++ {
			h = tlog.NodeHash(v.contents[l], h)
		}
		v.contents[l] = h
	}
	v.stored[level] = top
	v.count++
	v.seq, v.leaf, v.at = e.seq, leaf, e.at
	v.root()
}

// climb adds a leaf to the stored subtrees: it returns the root of the one the
// leaf completes, with its level, and whether all stored hashes follow from
// those before. Where they do not, the stored ones are gone on with.
func (v *verifier) climb(leaf tlog.Hash, nodes []byte) (level int, top tlog.Hash, follows bool) {
	follows, top = true, leaf
	for ; v.count>>level&1 == 1; level++ {
		top = tlog.NodeHash(v.stored[level], top)
		at := (level + 1) * tlog.HashSize
		if len(nodes) < at+tlog.HashSize {
			follows = false
		} else if h := tlog.Hash(nodes[at : at+tlog.HashSize]); h != top {
			top, follows = h, false
		}
	}
	return level, top, follows && len(nodes) == (level+1)*tlog.HashSize
}

// root compares with the checkpoint once its size is reached.
func (v *verifier) root() {
	if v.signed == nil || v.count != v.signed.N {
		return
	}
	v.reached = true
	subtrees := &v.stored
	if v.contents != nil {
		subtrees = v.contents
	}
	var root tlog.Hash
	empty := true
	for level, h := range subtrees {
		switch {
		case v.count>>level&1 == 0:
		case empty:
			root, empty = h, false
		default:
			root = tlog.NodeHash(h, root)
		}
	}
	if empty {
		root, _ = tlog.TreeHash(0, nil)
	}
	if root != v.signed.Hash {
		v.fault(0, FaultRewritten)
	}
}

func (v *verifier) end() {
	if v.signed != nil && !v.reached {
		v.fault(v.seq+1, FaultCut)
	}
}
