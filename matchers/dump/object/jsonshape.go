package object

import "strings"

// class is what an object is.
type class uint8

const (
	unknown   class = iota
	isRecord        // a row
	isWrapper       // holds tables: {"status": "ok", "data": [..]}
	isRow           // an array that is a row
	isOrder         // goes before a record in the bulk files of Elasticsearch
	isMap           // a table whose rows are named by their keys: {"u1": {..}, "u2": {..}}
)

// Bounds of looking ahead.
const (
	lookAhead  = 1 << 20 // bytes
	maxWrapped = 8       // wrappers within wrappers
	maxKids    = 64      // members looked at by name
)

// shape is what is seen of a value when looking ahead.
type shape struct {
	kind    byte // '{', '[', 'v'
	key     string
	members int
	scalars int
	objects int
	arrays  int
	table   bool // an array of objects or of arrays
	cut     bool // goes on beyond what is seen
	bytes   int
	kids    []*shape
}

// look looks at the value that comes next.
func (s *scan) look(depth int) *shape {
	x := &shape{kind: s.peek()}
	from := s.i
	switch {
	case x.kind == 0:
		x.cut = true
	case x.kind == '{' && depth < maxWrapped:
		s.i++
		s.lookObject(x, depth)
	case x.kind == '[':
		in := *s
		in.i++
		if c := in.peek(); c == '{' || c == '[' {
			x.table = true
		}
		s.skip()
	default:
		if x.kind != '{' {
			x.kind = 'v'
		}
		s.skip()
	}
	x.cut = x.cut || s.fault != fine
	x.bytes = s.i - from
	return x
}

func (s *scan) lookObject(x *shape, depth int) {
	for first := true; s.next('}', first); first = false {
		raw, _, ok := s.key()
		if !ok {
			break
		}
		x.members++
		var kid *shape
		if x.members <= maxKids {
			kid = s.look(depth + 1)
			kid.key = string(raw[:min(len(raw), 64)])
			x.kids = append(x.kids, kid)
		} else {
			kid = &shape{kind: s.peek()}
			s.skip()
		}
		switch kid.kind {
		case '{':
			x.objects++
		case '[':
			x.arrays++
		default:
			x.scalars++
		}
		if s.fault != fine {
			break
		}
	}
}

// classify says what an object is. several says that others stand beside it.
func (x *shape) classify(several bool) class {
	switch {
	case x.kind != '{':
		return unknown
	case x.ordering():
		return isOrder
	case x.marked():
		return isRecord
	case x.members > maxColumns, x.alike(several):
		return isMap
	case !several && x.scalars == x.members && x.members >= 100 && !x.cut:
		return isMap // a dictionary
	case x.members > 16 && x.arrays == x.members && x.tables() == len(x.kids):
		return isMap
	}
	tables, size := 0, 0
	named := false
	for _, k := range x.kids {
		if k.table || k.kind == '{' && (k.cut && !several || isTable(k.classify(several))) {
			tables++
			size += k.bytes
			named = named || wraps(k.key)
		}
	}
	switch {
	case tables == 0:
		return isRecord
	case x.cut && !several:
		return isWrapper
	case several && (!named || size*2 <= x.bytes):
		return isRecord
	case !named && x.scalars >= 3 && size*2 < x.bytes:
		return isRecord
	}
	return isWrapper
}

func isTable(c class) bool { return c == isMap || c == isWrapper }

// marked tells records by a member that only records have.
func (x *shape) marked() bool {
	for _, k := range x.kids {
		switch k.key {
		case "_source", "geometry", "$oid":
			return true
		}
	}
	return false
}

// ordering tells {"index": {"_index": ".."}} and the like.
func (x *shape) ordering() bool {
	if x.members != 1 || x.kids[0].kind != '{' {
		return false
	}
	switch k := x.kids[0]; k.key {
	case "index", "create", "update", "delete":
		for _, m := range k.kids {
			if !strings.HasPrefix(m.key, "_") && m.key != "routing" && m.key != "retry_on_conflict" && m.key != "pipeline" {
				return false
			}
		}
		return true
	}
	return false
}

func (x *shape) tables() (n int) {
	for _, k := range x.kids {
		if k.table {
			n++
		}
	}
	return n
}

// alike tells that all members are objects of about the same members.
func (x *shape) alike(several bool) bool {
	if x.objects != x.members || x.objects < 2 || several && x.objects < 8 {
		return false
	}
	seen := map[string]int{}
	n, sum := 0, 0
	for _, k := range x.kids {
		if k.cut || k.members == 0 {
			continue
		}
		n++
		for _, m := range k.kids {
			seen[m.key]++
			sum++
		}
	}
	need := 50
	if n < 3 {
		need = 80
	}
	return n >= 2 && sum*100 >= need*n*len(seen)
}

// wraps tells names under which interfaces put the rows of an answer.
func wraps(key string) bool {
	switch strings.ToLower(key) {
	case "data", "results", "result", "items", "rows", "records", "hits", "response", "documents", "docs", "entries", "list",
		"content", "features", "value", "values", "users", "members", "people", "persons", "customers", "contacts", "accounts":
		return true
	}
	return false
}
