package store

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// The kinds of fault that VerifyAudit finds.
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

// Fault is one thing that is wrong with the audit log.
type Fault struct {
	Seq  int64 // entry number; 0 for the log as a whole
	Kind string
}

// AuditReport is the outcome of a verification.
type AuditReport struct {
	Entries int64
	OK      bool
	Faults  []Fault // the first hundred
}

const mostFaults = 100

// clockSlack is how far the clock may go back between two entries: time
// services correct small errors in steps.
const clockSlack = 10 * time.Second

// VerifyAudit reads the whole log and recomputes its chain and its tree. With
// a checkpoint it also finds what the log alone cannot show: that its end was
// cut, or that it was rewritten with all its hashes.
func (s *Store) VerifyAudit(ctx context.Context, checkpoint []byte) (AuditReport, error) {
	v := verifier{}
	if checkpoint != nil {
		tree, err := s.openCheckpoint(checkpoint)
		if err != nil {
			v.fault(0, FaultCheckpoint)
		} else {
			v.signed = &tree
		}
	}
	v.root()
	rows, err := s.r.QueryContext(ctx, `SELECT seq, at, who, action, object, detail, ok, prev, nodes FROM audit ORDER BY seq`)
	if err != nil {
		return AuditReport{}, fmt.Errorf("verifying the audit log: %w", classify(err))
	}
	defer func() { _ = rows.Close() }()
	var e Event
	var prev, nodes []byte
	for rows.Next() {
		if err := rows.Scan(&e.Seq, (*instant)(&e.At), &e.Who, &e.Action, &e.Object, &e.Detail, &e.OK, &prev, &nodes); err != nil {
			return AuditReport{}, fmt.Errorf("verifying the audit log: %w", err)
		}
		v.entry(e, prev, nodes)
	}
	if err := rows.Err(); err != nil {
		return AuditReport{}, fmt.Errorf("verifying the audit log: %w", classify(err))
	}
	v.end()
	return AuditReport{Entries: v.count, OK: len(v.faults) == 0, Faults: v.faults}, nil
}

// verifier walks the log once, in order. It holds the roots of the complete
// subtrees to the left, one per level: from the contents, for the checkpoint,
// and from the stored hashes, so that one fault is reported where it is and
// not at every entry after it.
type verifier struct {
	signed   *tlog.Tree
	reached  bool // the checkpoint's size
	count    int64
	seq      int64
	leaf     tlog.Hash // stored leaf of the entry before
	at       time.Time
	contents [63]tlog.Hash
	stored   [63]tlog.Hash
	faults   []Fault
}

func (v *verifier) fault(seq int64, kind string) {
	if len(v.faults) < mostFaults {
		v.faults = append(v.faults, Fault{seq, kind})
	}
}

func (v *verifier) entry(e Event, rawPrev, nodes []byte) {
	var prev, leaf tlog.Hash
	copy(prev[:], rawPrev)
	copy(leaf[:], nodes)
	want := e.leaf(prev)
	switch {
	case e.Seq != v.seq+1:
		v.fault(v.seq+1, FaultMissing)
	case leaf != want || len(rawPrev) != tlog.HashSize:
		v.fault(e.Seq, FaultAltered)
	case prev != v.leaf:
		v.fault(e.Seq, FaultChain)
	case !v.follows(leaf, nodes):
		v.fault(e.Seq, FaultTree)
	case e.At.Before(v.at.Add(-clockSlack)):
		v.fault(e.Seq, FaultClock)
	}
	push(&v.contents, v.count, want, nil)
	push(&v.stored, v.count, leaf, nodes)
	v.count++
	v.seq, v.leaf, v.at = e.Seq, leaf, e.At
	v.root()
}

// follows tells whether the stored tree hashes are those that the entry
// completes.
func (v *verifier) follows(leaf tlog.Hash, nodes []byte) bool {
	level, h := 0, leaf
	for ; v.count>>level&1 == 1; level++ {
		h = tlog.NodeHash(v.stored[level], h)
		at := (level + 1) * tlog.HashSize
		if len(nodes) < at+tlog.HashSize || h != tlog.Hash(nodes[at:at+tlog.HashSize]) {
			return false
		}
	}
	return len(nodes) == (level+1)*tlog.HashSize
}

// push adds leaf number n to the subtrees; stored hashes win over computed ones.
func push(subtrees *[63]tlog.Hash, n int64, h tlog.Hash, nodes []byte) {
	level := 0
	for ; n>>level&1 == 1; level++ {
		h = tlog.NodeHash(subtrees[level], h)
		if at := (level + 1) * tlog.HashSize; len(nodes) >= at+tlog.HashSize {
			h = tlog.Hash(nodes[at : at+tlog.HashSize])
		}
	}
	subtrees[level] = h
}

// root compares with the checkpoint once its size is reached.
func (v *verifier) root() {
	if v.signed == nil || v.count != v.signed.N {
		return
	}
	v.reached = true
	var root tlog.Hash
	empty := true
	for level := range v.contents {
		switch {
		case v.count>>level&1 == 0:
		case empty:
			root, empty = v.contents[level], false
		default:
			root = tlog.NodeHash(v.contents[level], root)
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
