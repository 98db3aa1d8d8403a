package object

import (
	"bytes"

	"vigie/matchers/dump"
)

// row begins a row.
func (x *xmlReader) row(h *holder, t *token) error {
	x.t = x.o.table(x.o.name([]byte(x.tableName(h))))
	if x.t == nil {
		if !t.empty {
			x.hidden = append(x.hidden, h.tag)
		}
		return nil
	}
	x.size, x.text = 0, x.text[:0]
	x.stamp++
	x.frames = append(x.frames[:0], frame{tag: h.tag, node: x.t.root, id: x.stamp})
	x.attributes(t.attrs)
	if t.empty {
		return x.close(t.name)
	}
	return nil
}

// attributes takes the attributes of the innermost element.
func (x *xmlReader) attributes(attrs []byte) {
	f := &x.frames[len(x.frames)-1]
	x.size += len(attrs)
	last := -1
	for n := 0; ; n++ {
		name, value, rest, ok := attr(attrs)
		if !ok {
			return
		}
		attrs = rest
		switch {
		case n > maxColumns:
			x.t.bad = dump.CodeTooLarge
			return
		case string(name) == "nil" && string(value) == "true":
			f.null = true
		case string(name) == "name" && (naming(f.tag) || f.field == nil && f.tag == "table"):
		default:
			if last = x.t.find(f.node, last, name, false); last < 0 {
				x.t.bad = dump.CodeTooLarge
				return
			}
			from := len(x.t.arena)
			x.t.arena = appendText(x.t.arena, value)
			x.t.putInto(&f.node.fields[last], x.t.arena[from:len(x.t.arena):len(x.t.arena)])
			f.full = true
		}
	}
}

// putInto puts a value into the column of a field.
func (t *table) putInto(f *field, value []byte) {
	if f.column < 0 {
		f.column = t.column(f.name)
	}
	t.put(f.column, value)
}

// member begins an element within a row.
func (x *xmlReader) member(t *token) error {
	if x.t.bad != "" || len(x.frames) >= maxNesting {
		return x.lose(t)
	}
	up := &x.frames[len(x.frames)-1]
	up.full = true
	key, tag := t.name, x.tag(t.name)
	if naming(tag) {
		if n := named(t.attrs); n != "" {
			key = []byte(n)
		}
	}
	i := x.t.find(up.node, up.last-1, key, false)
	if i < 0 {
		x.t.bad = dump.CodeTooLarge
		return x.lose(t)
	}
	up.last = i + 1
	if up.field != nil {
		up.field.nested = true
	}
	f := &up.node.fields[i]
	if f.stamp != up.id {
		f.stamp, f.count = up.id, 0
	}
	n := 1
	if f.count++; f.nested {
		n = f.count
	}
	x.stamp++
	x.frames = append(x.frames, frame{tag: tag, node: f.numbered(n), field: f, id: x.stamp, from: len(x.text)})
	x.attributes(t.attrs)
	if t.empty {
		return x.close(t.name)
	}
	return nil
}

// lose passes over an element of a row that cannot be given: only what is called
// as the row is must be counted to find its end.
func (x *xmlReader) lose(t *token) error {
	if x.t.bad == "" {
		x.t.bad = dump.CodeTooDeep
	}
	if x.lost == 0 {
		for _, f := range x.frames {
			if f.tag == x.frames[0].tag {
				x.lost++
			}
		}
		x.frames = x.frames[:1]
	}
	if !t.empty && string(t.name) == x.frames[0].tag {
		x.lost++
	}
	return nil
}

// close ends the innermost element of that name, with those in it.
func (x *xmlReader) close(name []byte) error {
	if x.lost > 0 && string(name) == x.frames[0].tag {
		if x.lost--; x.lost > 0 {
			return nil
		}
	}
	n := len(x.frames) - 1
	for n >= 0 && x.frames[n].tag != string(name) {
		n--
	}
	if n < 0 {
		return x.abandon(name)
	}
	for i := len(x.frames) - 1; i >= n; i-- {
		x.finish(i)
	}
	if x.frames = x.frames[:n]; n > 0 {
		return nil
	}
	t := x.t
	x.t, x.lost = nil, 0
	return t.give()
}

// finish takes the text of an element.
func (x *xmlReader) finish(i int) {
	f := &x.frames[i]
	v := bytes.TrimSpace(x.text[f.from:])
	if len(v) > 0 || !f.full || f.null {
		kept := x.t.keep(v)
		if f.null {
			kept = nil
		}
		if f.field != nil {
			x.t.putInto(f.field, kept)
		} else if len(v) > 0 {
			x.t.put(x.t.column(f.tag), kept)
		}
	}
	x.text = x.text[:f.from]
}

// abandon refuses a row that is not closed before what it is in.
func (x *xmlReader) abandon(name []byte) error {
	for i := len(x.holders) - 1; i >= 0; i-- {
		if x.holders[i].tag != string(name) {
			continue
		}
		x.o.warn(dump.CodeDamaged)
		x.holders = x.holders[:i]
		t := x.t
		x.t, x.lost = nil, 0
		return t.refuse(dump.CodeDamaged)
	}
	return nil
}
