package proof

import (
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Limits on a structure tree.
const (
	maxElements = 100_000
	maxDepth    = 100
)

// element is a node of the structure tree, in reading order.
type element struct {
	role   string
	lang   string
	alt    string // alternate or actual text
	parent int    // index, -1 at the top
	pieces []markedID
	object bool // holds an annotation or a picture as an object
}

// markedID is marked content: a page counted from 0, and its number there.
type markedID struct{ page, mcid int }

// tree reads the structure tree of a file.
type tree struct {
	f        *file
	roles    types.Dict
	pages    map[int]int // object number of a page to its index
	elements []element
	seen     map[int]bool
}

func (f *file) tree() []element {
	root := f.dict(f.catalog["StructTreeRoot"])
	if root == nil {
		return nil
	}
	t := &tree{f: f, roles: f.dict(root["RoleMap"]), pages: map[int]int{}, seen: map[int]bool{}}
	for nr := 1; nr <= min(f.pages, readPages); nr++ {
		if _, ref, _, err := f.x.PageDict(nr, false); err == nil && ref != nil {
			t.pages[int(ref.ObjectNumber)] = nr - 1
		}
	}
	t.kids(root["K"], -1, -1, 0)
	return t.elements
}

// kids walks the children of an element; page is where they stand unless they
// say otherwise.
func (t *tree) kids(o types.Object, parent, page, depth int) {
	if depth > maxDepth || len(t.elements) > maxElements {
		return
	}
	if n := objectNumber(o); n > 0 {
		if t.seen[n] {
			return
		}
		t.seen[n] = true
	}
	switch v := t.f.get(o).(type) {
	case types.Array:
		for _, k := range v {
			t.kids(k, parent, page, depth+1)
		}
	case types.Integer:
		t.content(parent, page, int(v))
	case types.Dict:
		t.node(v, parent, page, depth)
	}
}

func (t *tree) content(parent, page, mcid int) {
	if parent >= 0 {
		e := &t.elements[parent]
		e.pieces = append(e.pieces, markedID{page, mcid})
	}
}

func (t *tree) node(d types.Dict, parent, page, depth int) {
	if n := objectNumber(d["Pg"]); n > 0 {
		if i, ok := t.pages[n]; ok {
			page = i
		}
	}
	switch t.f.name(d["Type"]) {
	case "MCR":
		if id, ok := t.f.number(d["MCID"]); ok {
			t.content(parent, page, int(id))
		}
		return
	case "OBJR":
		if parent >= 0 {
			t.elements[parent].object = true
		}
		return
	}
	e := element{role: t.role(t.f.name(d["S"])), lang: t.f.str(d["Lang"]), parent: parent,
		alt: strings.TrimSpace(t.f.str(d["Alt"]) + t.f.str(d["ActualText"]))}
	t.elements = append(t.elements, e)
	t.kids(d["K"], len(t.elements)-1, page, depth+1)
}

// role follows the role map to a standard type.
func (t *tree) role(s string) string {
	for range 8 {
		next := t.f.name(t.f.in(t.roles, s))
		if next == "" || next == s {
			break
		}
		s = next
	}
	return s
}
