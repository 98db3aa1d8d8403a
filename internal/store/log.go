package store

import (
	"context"
	"errors"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"
)

// treelog is a table that is an append-only log: its rows are the leaves of an
// RFC 6962 tree, and each leaf is hashed with the one before. So it is a chain
// as well as a tree: the chain tells where it was broken, the tree lets a short
// checkpoint stand for all of it.
//
// A row's prev is the leaf hash of the row before; its nodes are the hashes of
// the tree that it completes, its own leaf first.
type treelog struct {
	table  string
	origin string // names the log, and its key, in checkpoints
	secret string // what the signing key is derived for
}

var (
	auditLog   = treelog{"audit", "vigie/audit", "audit checkpoint"}
	custodyLog = treelog{"custody", "vigie/evidence", "evidence checkpoint"}
)

// nodes are the hashes that a row of a log holds.
type nodes struct{ prev, nodes []byte }

// grow numbers the next row and computes its hashes; leaf gives its leaf hash.
func (l treelog) grow(ctx context.Context, tx bun.IDB, leaf func(seq int64, prev tlog.Hash) tlog.Hash) (n nodes, err error) {
	last, err := one(ctx, tx, scanHead, `SELECT seq, nodes FROM `+l.table+` ORDER BY seq DESC LIMIT 1`)
	if err != nil && !notFound(err) {
		return n, err
	}
	hashes, err := tlog.StoredHashesForRecordHash(last.seq, leaf(last.seq+1, last.leaf), l.reader(ctx, tx))
	if err != nil {
		return n, err
	}
	n = nodes{last.leaf[:], make([]byte, 0, len(hashes)*tlog.HashSize)}
	for _, h := range hashes {
		n.nodes = append(n.nodes, h[:]...)
	}
	return n, nil
}

// head is the newest row, as the next one needs it.
type head struct {
	seq  int64
	leaf tlog.Hash
}

func scanHead(r scanner) (h head, err error) {
	var nodes []byte
	if err := r.Scan(&h.seq, &nodes); err != nil {
		return h, err
	}
	if len(nodes) < tlog.HashSize {
		return h, errDamaged
	}
	copy(h.leaf[:], nodes)
	return h, nil
}

var errDamaged = errors.New("the log is damaged: run vigie audit verify and vigie evidence verify")

// reader finds hashes of the tree in the rows that completed them: the hash k
// at a level was completed by row (k+1)*2^level.
func (l treelog) reader(ctx context.Context, db bun.IDB) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		if len(indexes) == 0 {
			return nil, nil
		}
		seqs := make([]int64, len(indexes))
		levels := make([]int, len(indexes))
		for i, x := range indexes {
			level, k := tlog.SplitStoredHashIndex(x)
			levels[i], seqs[i] = level, (k+1)<<level
		}
		found := map[int64][]byte{}
		if _, err := all(ctx, db, func(r scanner) (struct{}, error) {
			var seq int64
			var nodes []byte
			err := r.Scan(&seq, &nodes)
			found[seq] = nodes
			return struct{}{}, err
		}, `SELECT seq, nodes FROM `+l.table+` WHERE seq IN (?)`, bun.List(seqs)); err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for i, seq := range seqs {
			nodes := found[seq]
			if len(nodes) < (levels[i]+1)*tlog.HashSize {
				return nil, errDamaged
			}
			copy(out[i][:], nodes[levels[i]*tlog.HashSize:])
		}
		return out, nil
	}
}
