package object

import (
	"bytes"
	"slices"
	"strings"

	"vigie/matchers/dump"
)

// attempt parses what comes next, again whenever more of it has been read.
func (j *reader) attempt(t *table, parse func(p *record) bool) (*record, fault) {
	for {
		p := &j.rec // one for all records
		*p = record{t: t, scan: scan{b: j.w.Buf, i: j.w.Pos, lines: j.lines}, children: p.children[:0]}
		if j.key != nil {
			t.put(t.column("_key"), j.key)
		}
		if j.id != nil {
			t.put(t.column("_id"), j.id)
		}
		ok := parse(p)
		j.relaxed = j.relaxed || p.relaxed && ok
		switch {
		case ok:
			j.id = nil
			return p, fine
		case p.fault == short && j.w.More():
			t.drop()
		case p.fault == short && !j.w.Last:
			return p, wide_
		default:
			return p, p.fault
		}
	}
}

// record reads an object that is a row.
func (j *reader) record(path string) error {
	t := j.o.table(path)
	if t == nil {
		return j.skip()
	}
	j.last = t
	if t.count == 0 {
		b := j.w.Ahead(1 << 10)
		t.geo = bytes.Contains(b[:min(len(b), 1<<10)], []byte(`"Feature"`))
	}
	p, f := j.attempt(t, func(p *record) bool { return p.object(t.root) })
	if f == fine {
		return j.give(t, p)
	}
	if f == wide_ && j.depth < maxWrapped && (&scan{b: j.w.Rest()[:lookAhead]}).look(0).classify(false) == isWrapper {
		t.drop()
		return j.members(path)
	}
	return j.refuse(t, f, p.i)
}

// give gives a record and the rows of the lists in it.
func (j *reader) give(t *table, p *record) error {
	var id []byte
	if len(p.children) > 0 {
		id = t.id()
	}
	j.opening = append(j.opening[:0], opening(p.b[j.w.Pos:p.i])...)
	j.w.Pos = p.i
	if err := t.give(); err != nil {
		return err
	}
	return j.lists(t, p, id, 1)
}

// maxLists is how deep lists of objects stand within lists before they are left
// out.
const maxLists = 8

// lists gives the objects of lists that did not become columns.
func (j *reader) lists(parent *table, p *record, id []byte, depth int) error {
	for _, c := range p.children {
		t := j.o.table(join(parent.name, c.name))
		if t == nil {
			continue
		}
		t.root.inList = true
		for _, at := range c.at {
			t.put(t.column("_parent"), id)
			q := &record{t: t, scan: scan{b: p.b, i: at.from, lines: p.lines}}
			if !q.object(t.root) {
				if err := t.refuse(dump.CodeDamaged); err != nil {
					return err
				}
				continue
			}
			var own []byte
			if len(q.children) > 0 {
				own = t.id()
			}
			if depth >= maxLists && len(q.children) > 0 {
				t.bad = dump.CodeTooDeep
				q.children = nil
			}
			if err := t.give(); err != nil {
				return err
			}
			if err := j.lists(t, q, own, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// row reads an array that is a row. One that holds objects is a list within a
// list.
func (j *reader) row(path string) error {
	in := scan{b: j.w.Ahead(1 << 10)}
	in.i++
	if c := in.peek(); c == '{' {
		return j.array(path)
	}
	t := j.o.table(path)
	if t != nil && len(t.names) > 0 {
		t = j.o.table(join(path, "rows"))
	}
	if t == nil {
		return j.skip()
	}
	j.last = t
	var cells [][]byte
	key := j.key
	j.key = nil
	p, f := j.attempt(t, func(p *record) (ok bool) {
		cells, ok = p.cells()
		return ok
	})
	if j.key = key; f != fine {
		return j.refuse(t, f, p.i)
	}
	j.w.Pos = p.i
	if key != nil {
		cells = append([][]byte{key}, cells...)
	}
	err := t.list(cells, j.heads)
	t.drop()
	return err
}

// cells takes an array.
func (p *record) cells() (cells [][]byte, ok bool) {
	p.i++
	for first := true; p.next(']', first); first = false {
		v, ok := p.cell()
		if !ok {
			return nil, false
		}
		if len(cells) <= maxColumns { // one too many is refused
			cells = append(cells, v)
		}
	}
	return cells, p.fault == fine
}

// cell is a value of a row that is an array. Objects and arrays in it stay as
// they are.
func (p *record) cell() (v []byte, ok bool) {
	switch c := p.peek(); c {
	case 0:
		return nil, false
	case '[', '{':
		if c == '{' {
			if v, ok = p.typed(); ok || p.fault != fine {
				return v, ok
			}
		}
		from := p.i
		ok = p.skip()
		return p.b[from:p.i], ok
	}
	raw, escaped, ok := p.scalar()
	return p.text(raw, escaped), ok
}

// list gives a row whose columns have the names given, or none.
func (t *table) list(cells [][]byte, heads []string) (err error) {
	if t.rows == nil {
		info := dump.TableInfo{Name: t.name, Encoding: t.o.encoding}
		if len(heads) == len(cells) {
			info.Columns, info.Header = heads, dump.HeaderNo
		}
		if t.rows, err = t.o.v.Table(info); err != nil {
			return err
		}
	}
	if len(cells) == 0 {
		return nil
	}
	t.count++
	if len(cells) > maxColumns || slices.ContainsFunc(cells, func(v []byte) bool { return len(v) > maxField }) {
		t.rows.Refuse(dump.CodeTooLarge)
		return nil
	}
	t.o.decode.Row(cells)
	return t.rows.Row(cells)
}

// isHeads tells the names under which the names of columns stand beside rows.
func isHeads(key string) bool {
	switch strings.ToLower(key) {
	case "columns", "fields", "header", "headers", "column_names", "columnnames", "cols", "index":
		return true
	}
	return false
}

// names takes an array of strings as names of columns, if it is one.
func (j *reader) names() bool {
	in := scan{b: j.w.Ahead(lookAhead)}
	p := &record{scan: in, t: &table{o: j.o}}
	cells, ok := p.cells()
	if !ok || len(cells) > maxColumns {
		return false
	}
	heads := make([]string, len(cells))
	for i, v := range cells {
		if len(v) > maxName || len(v) > 0 && (v[0] == '{' || v[0] == '[') {
			return false
		}
		heads[i] = j.o.name(v)
	}
	j.w.Pos += p.i
	if j.heads == nil {
		j.heads = heads
	}
	return true
}

// scalar reads a value that stands for itself: a row of one value within an
// array or a map, running text elsewhere.
func (j *reader) scalar(path string, row bool) error {
	t := &table{o: j.o}
	if row {
		if t = j.o.table(path); t == nil {
			return j.skip()
		}
	}
	key := j.key
	if !row {
		j.key = nil
	}
	var v []byte
	p, f := j.attempt(t, func(p *record) bool {
		raw, escaped, ok := p.scalar()
		v = p.text(raw, escaped)
		return ok
	})
	j.key = key
	switch {
	case f == broken && !row:
		return errLost
	case f != fine && row:
		return j.refuse(t, f, p.i)
	case f == wide_:
		return j.skip()
	case f != fine:
		return j.cut()
	}
	j.w.Pos = p.i
	if !row {
		return j.text(path, v)
	}
	if t.rows != nil && t.told == 0 {
		return t.list([][]byte{v}, nil) // among rows that are arrays
	}
	t.put(t.column("value"), v)
	return t.give()
}

func (j *reader) text(name string, v []byte) error {
	j.told = j.told || len(v) > 0
	return j.o.text("", name, v)
}

// aside reads an object beside tables: a row of its own, or running text when it
// tells of the file rather than of somebody.
func (j *reader) aside(path, key string) error {
	t := &table{o: j.o, index: map[string]int{}, root: &node{prefix: path + "."}}
	p, f := j.attempt(t, func(p *record) bool { return p.object(t.root) })
	if f != fine || len(p.children) > 0 || len(t.used) >= 3 && !describes(key) {
		return j.record(path)
	}
	j.w.Pos = p.i
	for _, c := range t.used {
		if err := j.text(t.names[c], t.cells[c]); err != nil {
			return err
		}
	}
	return nil
}

// describes tells names of what tells of a file or an answer.
func describes(key string) bool {
	switch strings.ToLower(strings.TrimLeft(key, "_$@")) {
	case "meta", "metadata", "pagination", "paging", "pageable", "page", "links", "info", "stats", "status", "total", "crs", "schema", "config",
		"settings", "query", "params", "header", "responseheader", "shards", "error", "errors", "sort", "debug", "version":
		return true
	}
	return false
}
