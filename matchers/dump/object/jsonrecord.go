package object

import (
	"bytes"
	"strconv"
	"time"

	"vigie/matchers/dump"
)

// node is an object as it stands in the records of a table: where its members
// go.
type node struct {
	prefix string // of the names of its members: "address."
	inList bool   // it is an object of a list
	fields []field
	index  map[string]int
}

// field is a member of an object.
type field struct {
	key    string // as the file has it
	name   string
	column int     // -1 while no scalar was met
	object *node   // nil while no object was met
	list   []*node // of the first objects of a list

	// XML says by the second element of a name that it is a list.
	nested       bool // it has members
	stamp, count int  // of the parent, and how many there were in it
}

// find returns the number of a member, which is most often the one behind the
// last. It is -1 when there are too many.
func (t *table) find(n *node, last int, raw []byte, escaped bool) int {
	if last+1 < len(n.fields) && n.fields[last+1].key == string(raw) {
		return last + 1
	}
	if i, ok := n.index[string(raw)]; ok {
		return i
	}
	if len(raw) > maxName {
		return -1
	}
	key := raw
	if escaped {
		key = unescape(nil, raw)
	}
	name := n.prefix + t.o.name(key)
	if len(n.fields) >= 2*maxColumns || !t.o.room(len(name)+len(raw)) {
		return -1
	}
	if n.index == nil {
		n.index = map[string]int{}
	}
	n.index[string(raw)] = len(n.fields)
	n.fields = append(n.fields, field{key: string(raw), name: name, column: -1})
	return len(n.fields) - 1
}

// record is the parser of one record.
type record struct {
	scan
	t        *table
	depth    int
	children []child
	lists    int // objects in children
}

// child is a list of objects that are rows of another table.
type child struct {
	name string
	at   []span
}

type span struct{ from, to int }

// object takes an object into the row. Its brace is the next byte.
func (p *record) object(n *node) bool {
	if p.depth++; p.depth > maxNesting {
		return p.fail(deep)
	}
	p.i++
	last := -1
	for first := true; p.next('}', first); first = false {
		raw, escaped, ok := p.key()
		if !ok {
			return false
		}
		if last = p.t.find(n, last, raw, escaped); last < 0 {
			p.t.bad = dump.CodeTooLarge
			if !p.skip() {
				return false
			}
			continue
		}
		if !p.member(n, last) {
			return false
		}
	}
	p.depth--
	return p.fault == fine
}

func (p *record) member(n *node, i int) bool {
	switch p.peek() {
	case 0:
		return false
	case '{':
		return p.nested(n, i)
	case '[':
		return p.list(n, i)
	}
	return p.value(&n.fields[i])
}

// value takes a scalar into its column.
func (p *record) value(f *field) bool {
	raw, escaped, ok := p.scalar()
	if !ok {
		return false
	}
	if f.column < 0 {
		f.column = p.t.column(f.name)
	}
	p.t.put(f.column, p.text(raw, escaped))
	return true
}

// text is the text of a scalar, which holds until the row is given.
func (p *record) text(raw []byte, escaped bool) []byte {
	if !escaped {
		return raw
	}
	from := len(p.t.arena)
	p.t.arena = unescape(p.t.arena, raw)
	return p.t.arena[from:len(p.t.arena):len(p.t.arena)]
}

// nested takes an object that is a member. MongoDB writes values of its types
// as objects, {"$oid": ".."}: they are scalars.
func (p *record) nested(n *node, i int) bool {
	if v, ok := p.typed(); ok {
		f := &n.fields[i]
		if f.column < 0 {
			f.column = p.t.column(f.name)
		}
		p.t.put(f.column, v)
		return true
	} else if p.fault != fine {
		return false
	}
	o := n.fields[i].object
	if o == nil {
		prefix := n.fields[i].name + "."
		key := n.fields[i].key
		if n == p.t.root && (key == "_source" || p.t.geo && key == "properties" || len(p.t.root.fields) == 1 && (key == "doc" || key == "Item")) {
			prefix = ""
		}
		o = &node{prefix: prefix, inList: n.inList}
		n.fields[i].object = o
	}
	return p.object(o)
}

// typed takes a value of MongoDB's Extended JSON.
func (p *record) typed() (v []byte, ok bool) {
	s := p.scan
	s.i++
	if c := s.peek(); c != '"' && c != '\'' {
		return nil, s.fault == short && p.fail(short)
	}
	raw, _, ok := s.key()
	if !ok {
		return nil, p.fail(s.fault)
	}
	if len(raw) < 2 || raw[0] != '$' {
		return nil, false
	}
	date := string(raw) == "$date"
	open := 1
	for open < 4 {
		c := s.peek()
		if c == 0 {
			return nil, p.fail(s.fault)
		}
		if c == '{' {
			s.i++
			open++
			if _, _, ok = s.key(); !ok {
				return nil, p.fail(s.fault)
			}
			continue
		}
		break
	}
	if c := s.peek(); c == '[' || c == '{' {
		return nil, false
	}
	val, escaped, ok := s.scalar()
	if !ok {
		return nil, p.fail(s.fault)
	}
	for open > 0 {
		switch s.peek() {
		case 0:
			return nil, p.fail(s.fault)
		case '}':
			s.i++
			open--
		case ',': // {"$binary": {"base64": "..", "subType": "00"}}
			s.i++
			if _, _, ok = s.key(); !ok {
				return nil, p.fail(s.fault)
			}
			if !s.skip() {
				return nil, p.fail(s.fault)
			}
		default:
			return nil, p.fail(broken)
		}
	}
	p.i = s.i
	if date && isNumber(val) {
		return p.t.keep(moment(val)), true
	}
	return p.text(val, escaped), true
}

// moment is a time that is given in milliseconds since 1970.
func moment(v []byte) []byte {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || n < -62135596800000 || n > 253402300799999 {
		return v
	}
	return time.UnixMilli(n).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z")
}

// list takes an array that is a member.
func (p *record) list(n *node, i int) bool {
	from := p.i
	p.i++
	if p.depth++; p.depth > maxNesting {
		return p.fail(deep)
	}
	f := &n.fields[i]
	objects, rest := 0, -1
	empty := true
	for first := true; p.next(']', first); first = false {
		empty = false
		switch p.peek() {
		case '[': // lists of lists, such as outlines on a map, stay as they are
			p.i = from
			return p.raw(f)
		case '{':
			if objects++; objects <= maxList && !n.inList {
				if !p.object(p.t.element(f, objects-1)) {
					return false
				}
				continue
			}
			at := p.i
			if !p.skip() {
				return false
			}
			if rest < 0 {
				rest = len(p.children)
				p.children = append(p.children, child{name: f.name})
			}
			if p.lists++; p.lists > maxPieces {
				p.t.bad = dump.CodeTooLarge
				continue
			}
			p.children[rest].at = append(p.children[rest].at, span{at, p.i})
		default:
			if !p.value(f) {
				return false
			}
		}
	}
	p.depth--
	if empty && p.fault == fine {
		if f.column < 0 {
			f.column = p.t.column(f.name)
		}
		p.t.put(f.column, []byte{})
	}
	return p.fault == fine
}

// element is where the members of an object of a list go.
func (t *table) element(f *field, i int) *node {
	for len(f.list) <= i {
		f.list = append(f.list, &node{prefix: f.name + "." + strconv.Itoa(len(f.list)) + ".", inList: true})
	}
	return f.list[i]
}

// raw takes a value as it is written.
func (p *record) raw(f *field) bool {
	from := p.i
	if !p.skip() {
		return false
	}
	p.depth--
	if f.column < 0 {
		f.column = p.t.column(f.name)
	}
	p.t.put(f.column, bytes.TrimSpace(p.b[from:p.i]))
	return true
}

// ids are the columns by which rows of other tables name a record.
var ids = []string{"id", "_id", "_key", "ID", "Id", "uuid", "guid", "user_id", "userId", "uid"}

// id is what rows of other tables name the row being made by: its id, or its
// number.
func (t *table) id() []byte {
	for _, name := range ids {
		if i, ok := t.index[name]; ok && len(t.cells[i]) > 0 && len(t.cells[i]) <= maxName {
			return bytes.Clone(t.cells[i])
		}
	}
	return strconv.AppendInt(nil, t.count+1, 10)
}
