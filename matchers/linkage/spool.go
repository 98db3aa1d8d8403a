package linkage

import "slices"

// Spool keeps what an index in the making does not hold in memory. Whoever
// gives one seals the pieces: they are personal data.
type Spool interface {
	// Put keeps a copy of a piece; the first is number 0, the next 1.
	Put(piece []byte) error
	// Take appends piece n to dst. It is safe for concurrent use, but not with Put.
	Take(n int, dst []byte) ([]byte, error)
}

// keptBytes is how much of what is put aside stays in memory all the same, so
// that a registry of a few million people touches no disk.
const keptBytes = 128 << 20

// aside holds pieces, in memory first. Without a spool all stay there.
type aside struct {
	spool  Spool
	pieces [][]byte
	held   int
	most   int
	n      int // pieces in the spool
}

// put keeps a copy of a piece and returns its number.
func (a *aside) put(piece []byte) (int, error) {
	if a.spool == nil || a.held+len(piece) <= a.most && a.n == 0 {
		a.held += len(piece)
		a.pieces = append(a.pieces, slices.Clone(piece))
		return len(a.pieces) - 1, nil
	}
	a.n++
	return len(a.pieces) + a.n - 1, a.spool.Put(piece)
}

// take returns piece n, in the memory of buf if it has to be read.
func (a *aside) take(n int, buf *[]byte) (piece []byte, err error) {
	if n < len(a.pieces) {
		return a.pieces[n], nil
	}
	*buf, err = a.spool.Take(n-len(a.pieces), (*buf)[:0])
	return *buf, err
}
