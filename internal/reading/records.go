package reading

import (
	"encoding/binary"
	"strings"

	"vigie/matchers"
	"vigie/matchers/dump"
	"vigie/matchers/dump/jail"
)

// Records cross from the child as: row, table (0: the only one, else its place
// in the layout from 1), the length of each field of the layout, then the bytes
// of all; all numbers are unsigned varints.

// packer writes Records.
type packer struct {
	c      *jail.Call
	layout *dump.Layout
	fields []matchers.Field
	tables map[string]uint64
	buf    []byte
}

func (p *packer) add(rec *dump.Packed) error {
	p.buf = binary.AppendUvarint(p.buf, uint64(rec.Row))
	p.buf = binary.AppendUvarint(p.buf, p.tables[rec.Table])
	from := 0
	for _, f := range p.fields {
		n := max(0, rec.Ends[f]-from)
		from += n
		p.buf = binary.AppendUvarint(p.buf, uint64(n))
	}
	p.buf = append(p.buf, rec.Values...)
	if len(p.buf) < batch {
		return nil
	}
	return p.flush()
}

func (p *packer) flush() error {
	if len(p.buf) == 0 {
		return nil
	}
	err := p.c.Send(kindRecords, p.buf)
	p.buf = p.buf[:0]
	return err
}

// unpacker reads them. It trusts nothing: the child may be in another's hands.
type unpacker struct {
	layout *dump.Layout
	fields []matchers.Field
	labels []string
	sizes  [matchers.NumFields]int
	arena  strings.Builder // what the values of the last Records stand in
}

// arenaSize is how many bytes of values are allocated at once: one Record that is
// kept keeps those of its neighbours, so many at most.
const arenaSize = 4 << 10

// keep copies the values of a row to where they stay.
func (u *unpacker) keep(values []byte) string {
	if u.arena.Cap()-u.arena.Len() < len(values) {
		u.arena.Reset()
		u.arena.Grow(max(arenaSize, len(values)))
	}
	from := u.arena.Len()
	u.arena.Write(values)
	return u.arena.String()[from:]
}

// next reads a Record into rec, which is empty or was read by it before.
func (u *unpacker) next(p []byte, rec *matchers.Record) (rest []byte, err error) {
	row, p, ok := number(p, 1<<62)
	table, p, ok2 := number(p, uint64(len(u.layout.Tables)))
	if !ok || !ok2 {
		return nil, errAnswer
	}
	rec.Row, rec.Table = int64(row), ""
	if table > 0 {
		if u.labels == nil {
			u.labels = u.layout.Labels()
		}
		rec.Table = u.labels[table-1]
	}
	all := 0
	for i := range u.fields {
		n, q, ok := number(p, uint64(len(p)))
		if !ok {
			return nil, errAnswer
		}
		u.sizes[i], p = int(n), q
		all += int(n) // each is at most the length of p
	}
	if all > len(p) {
		return nil, errAnswer
	}
	values, from := u.keep(p[:all]), 0
	for i, f := range u.fields {
		rec.Values[f] = values[from : from+u.sizes[i]]
		from += u.sizes[i]
	}
	return p[all:], nil
}

func number(p []byte, most uint64) (n uint64, rest []byte, ok bool) {
	if len(p) > 0 && p[0] < 0x80 && uint64(p[0]) <= most {
		return uint64(p[0]), p[1:], true
	}
	n, size := binary.Uvarint(p)
	if size <= 0 || n > most {
		return 0, nil, false
	}
	return n, p[size:], true
}
