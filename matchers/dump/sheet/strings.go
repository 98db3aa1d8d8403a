package sheet

import (
	"encoding/binary"
	"errors"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

// stringTable holds the strings that cells share, in blocks, each behind its
// length. There may be ten million of them: a slice header each would take more
// than they do.
type stringTable struct {
	blocks [][]byte
	at     []uint32 // block and offset of each
	held   int      // bytes
	full   bool     // MaxStrings was reached: what comes after is not held
}

const blockBits = 21 // blocks of 2 MiB, twice the largest string

// add holds another string. It is false when there is no room.
func (t *stringTable) add(s []byte) bool {
	var length [binary.MaxVarintLen32]byte
	n := binary.PutUvarint(length[:], uint64(len(s)))
	if t.held+n+len(s)+4 > MaxStrings {
		t.full = true
		return false
	}
	last := len(t.blocks) - 1
	if last < 0 || len(t.blocks[last])+n+len(s) > 1<<blockBits {
		t.blocks = append(t.blocks, make([]byte, 0, 1<<16))
		last++
	}
	t.at = append(t.at, uint32(last<<blockBits|len(t.blocks[last])))
	t.blocks[last] = append(append(t.blocks[last], length[:n]...), s...)
	t.held += n + len(s) + 4
	return true
}

// get gives a string by its place.
func (t *stringTable) get(i int) ([]byte, bool) {
	if i < 0 || i >= len(t.at) {
		return nil, false
	}
	b := t.blocks[t.at[i]>>blockBits][t.at[i]&(1<<blockBits-1):]
	n, size := binary.Uvarint(b)
	return b[size : size+int(n)], true
}

// readStrings reads a string table (ECMA-376 part 1, 18.4): the text of the
// runs of each <si>, without phonetic ones.
func (b *book) readStrings(name string) (*stringTable, error) {
	t := &stringTable{}
	_, err := b.scan(name, func(x *scanner) error {
		var value []byte
		item, run, phonetic := false, false, 0
		for {
			k, err := x.next()
			if k == end || err != nil {
				return err
			}
			switch k {
			case text:
				if run && phonetic == 0 && len(value) < MaxCell {
					value = append(value, x.text...)
				}
			case open:
				switch string(x.name) {
				case "si":
					item, value = true, value[:0]
				case "t":
					run = item
				case "rPh":
					phonetic++
				}
			case shut:
				switch string(x.name) {
				case "si":
					item = false
					if !t.add(b.opt.escaped(value, true)) {
						return errLarge
					}
				case "t":
					run = false
				case "rPh":
					phonetic = max(0, phonetic-1)
				}
			}
		}
	})
	var refused *breach.RefusedError
	if errors.As(err, &refused) && len(t.at) > 0 && refused.Code != dump.CodeBomb {
		b.v.Unread(name, refused.Code, refused.Hint)
		t.full, err = true, nil
	}
	return t, err
}
