package sqldump

import (
	"encoding/binary"
	"errors"
	"io"

	"vigie/matchers/dump"
)

// Types of b-tree pages (fileformat2, 1.6).
const (
	pageIndexInterior = 2
	pageTableInterior = 5
	pageIndexLeaf     = 10
	pageTableLeaf     = 13
)

// maxTree bounds the depth of a b-tree: the deepest that SQLite itself follows.
const maxTree = 20

// blockSize is how much is read at once, in bytes: pages of a table tend to
// stand in a row.
const blockSize = 256 << 10

// page reads page n, counted from 1, into dst. Each page may be asked for once:
// so cycles end, and no file costs more than its size.
func (db *database) page(n uint32, dst []byte) (bool, error) {
	if n == 0 || n > db.pages {
		db.trouble = dump.CodeCut
		return false, nil
	}
	if db.seen[n/64]&(1<<(n%64)) != 0 {
		db.trouble = dump.CodeDamaged
		return false, nil
	}
	db.seen[n/64] |= 1 << (n % 64)
	at := int64(n-1) * int64(db.size)
	if at < db.blockAt || at+int64(db.size) > db.blockAt+int64(len(db.block)) {
		if err := db.ctx.Err(); err != nil {
			return false, err
		}
		if db.block == nil {
			db.block = make([]byte, blockSize)
		}
		db.block, db.blockAt = db.block[:blockSize], at
		k, err := db.src.ReadAt(db.block, at)
		if db.block = db.block[:k]; err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		if k < db.size {
			db.trouble = dump.CodeCut
			return false, nil
		}
	}
	copy(dst, db.block[at-db.blockAt:][:db.size])
	return true, nil
}

// walk visits the rows below the page n in their order. A nil record is one
// that is too large.
func (db *database) walk(n uint32, depth int, visit func(rowid int64, record []byte) error) error {
	if depth >= maxTree {
		db.trouble = dump.CodeDamaged
		return nil
	}
	if db.levels[depth] == nil {
		db.levels[depth] = make([]byte, db.size)
	}
	page := db.levels[depth]
	if ok, err := db.page(n, page); !ok {
		return err
	}
	head := page
	if n == 1 {
		head = page[100:]
	}
	kind, count, first := head[0], int(binary.BigEndian.Uint16(head[3:])), 8
	interior := kind == pageTableInterior || kind == pageIndexInterior
	if interior {
		first = 12
	} else if kind != pageTableLeaf && kind != pageIndexLeaf {
		db.trouble = dump.CodeDamaged
		return nil
	}
	if first+2*count > len(head) {
		db.trouble = dump.CodeDamaged
		return nil
	}
	room := db.usable // cells do not overlap: without this, a page of pointers to one cell is a bomb
	for i := range count {
		at := int(binary.BigEndian.Uint16(head[first+2*i:]))
		if at+4 > db.usable {
			db.trouble = dump.CodeDamaged
			continue
		}
		cell := page[at:db.usable]
		if interior {
			if err := db.walk(binary.BigEndian.Uint32(cell), depth+1, visit); err != nil {
				return err
			}
			cell = cell[4:]
		}
		if kind == pageTableInterior {
			continue
		}
		used, err := db.cell(cell, kind == pageTableLeaf, visit)
		if err != nil {
			return err
		}
		if room -= used; room < 0 {
			db.trouble = dump.CodeDamaged
			return nil
		}
	}
	if interior {
		return db.walk(binary.BigEndian.Uint32(head[8:]), depth+1, visit)
	}
	return nil
}

// cell reads one record, whose end may stand on overflow pages, and says how
// many bytes of its own page it takes.
func (db *database) cell(cell []byte, table bool, visit func(int64, []byte) error) (int, error) {
	length, n := varint(cell)
	cell = cell[n:]
	var rowid int64
	limit := (db.usable-12)*64/255 - 23
	if table {
		rowid, n = varint(cell)
		cell = cell[n:]
		limit = db.usable - 35
	}
	if length < 0 || length > maxRecord || length > db.src.Size() {
		return 2, visit(rowid, nil)
	}
	total := int(length)
	local := total
	if total > limit {
		least := (db.usable-12)*32/255 - 23
		if local = least + (total-least)%(db.usable-4); local > limit {
			local = least
		}
	}
	if local > len(cell) || local < total && local+4 > len(cell) {
		db.trouble = dump.CodeDamaged
		return 2, nil
	}
	if local == total {
		return local + 2, visit(rowid, cell[:total])
	}
	db.payload = append(db.payload[:0], cell[:local]...)
	return local + 6, db.overflow(binary.BigEndian.Uint32(cell[local:]), total, func() error { return visit(rowid, db.payload) })
}

// overflow reads the rest of a record from its chain of pages.
func (db *database) overflow(next uint32, total int, visit func() error) error {
	if db.over == nil {
		db.over = make([]byte, db.size)
	}
	for len(db.payload) < total {
		ok, err := db.page(next, db.over)
		if err != nil {
			return err
		}
		if !ok {
			db.payload = db.payload[:0] // told as a damaged row
			break
		}
		next = binary.BigEndian.Uint32(db.over)
		db.payload = append(db.payload, db.over[4:min(db.usable, 4+total-len(db.payload))]...)
	}
	return visit()
}

// varint reads SQLite's integer of 1 to 9 bytes, big end first.
func varint(b []byte) (v int64, n int) {
	for n < len(b) && n < 9 {
		c := b[n]
		n++
		if n == 9 {
			return v<<8 | int64(c), n
		}
		v = v<<7 | int64(c&0x7f)
		if c < 0x80 {
			break
		}
	}
	return v, n
}
