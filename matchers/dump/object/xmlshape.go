package object

// role is what an element is.
type role uint8

const (
	roleUnknown role = iota
	roleHolder       // holds rows
	roleRow
	roleAside   // says something beside the rows
	roleSkipped // describes tables
)

// element is what is seen of the elements of a path when looking ahead.
type element struct {
	name   string
	kids   map[string]*element
	order  []*element
	here   int // of the present parent
	most   int // in one parent
	attrs  int
	named  bool // by an attribute: <field name="id">
	parent *element
	depth  int
}

// maxElements bounds the paths seen when looking ahead.
const maxElements = 10_000

// lookXML looks at the elements that come next, up to the end of what they are
// in.
func lookXML(b []byte) *element {
	top := &element{}
	at, n := top, 0
	for i := 0; n < maxElements; {
		t, _ := lex(b, i, true)
		if t.kind == xmlMore {
			break
		}
		i = t.next
		switch t.kind {
		case xmlOpen:
			k := at.kid(string(t.name))
			if k.here == 0 && k.most == 0 {
				n++
			}
			k.here++
			k.most = max(k.most, k.here)
			k.see(t.attrs)
			if !t.empty && k.depth < maxNesting {
				k.enter()
				at = k
			}
		case xmlShut:
			up := at
			for up.parent != nil && up.name != string(t.name) {
				up = up.parent
			}
			if up.parent == nil {
				if at == top {
					return top
				}
				continue
			}
			at = up.parent
		}
	}
	return top
}

func (e *element) kid(name string) *element {
	if k := e.kids[name]; k != nil {
		return k
	}
	if e.kids == nil {
		e.kids = map[string]*element{}
	}
	k := &element{name: name, parent: e, depth: e.depth + 1}
	e.kids[name] = k
	e.order = append(e.order, k)
	return k
}

// enter begins to count within another element of this path.
func (e *element) enter() {
	for _, k := range e.order {
		k.here = 0
	}
}

func (e *element) see(attrs []byte) {
	n := 0
	for n < 64 {
		name, _, rest, ok := attr(attrs)
		if !ok {
			break
		}
		attrs = rest
		n++
		e.named = e.named || string(name) == "name"
	}
	e.attrs = max(e.attrs, n)
}

func (e *element) leaf() bool { return len(e.order) == 0 }

// fields counts the members that are values.
func (e *element) fields() (n int) {
	for _, k := range e.order {
		if k.leaf() && (k.most == 1 || k.named && naming(k.name)) {
			n++
		}
	}
	return n
}

// repeats says whether anything in e comes several times.
func (e *element) repeats() bool {
	for _, k := range e.order {
		if k.most > 1 && (!k.leaf() || !k.named || !naming(k.name)) || k.repeats() {
			return true
		}
	}
	return false
}

// role says what an element is. Rows are the outermost elements that are
// repeated and hold values.
func (e *element) role() role {
	switch e.name {
	case "table_structure", "structure_schemas", "schema", "xsd":
		return roleSkipped
	}
	switch {
	case e.leaf() && e.most > 1:
		return roleRow
	case e.leaf() && e.attrs < 2:
		return roleAside
	case e.leaf():
		return roleRow
	case e.most > 1 && (e.fields() > 0 || e.attrs > 1):
		return roleRow
	case e.most > 1 && !e.structured():
		return roleRow
	case e.most < 2 && e.repeats() && e.holds():
		return roleHolder
	case e.fields() > 0:
		return roleRow
	}
	return roleHolder
}

// structured says whether a member of e has members or attributes.
func (e *element) structured() bool {
	for _, k := range e.order {
		if !k.leaf() || k.attrs > 1 {
			return true
		}
	}
	return false
}

// holds says whether what is repeated within e are rows, not only values that
// a record has several of.
func (e *element) holds() bool {
	if e.fields() == 0 {
		return true
	}
	for _, k := range e.order {
		if k.most > 1 && (!k.leaf() || k.attrs > 1) || k.most == 1 && !k.leaf() && k.repeats() && k.holds() && k.fields() == 0 && k.structured() {
			return true
		}
	}
	return false
}

// naming tells elements whose attribute "name" names what they hold.
func naming(tag string) bool {
	switch tag {
	case "field", "column", "col", "data", "property", "attribute", "attr", "param", "str", "int", "long", "bool", "date", "double", "float",
		"arr", "entry", "value", "cell", "Field", "Column", "Property", "FIELD", "COLUMN", "DATA", "Data":
		return true
	}
	return false
}
