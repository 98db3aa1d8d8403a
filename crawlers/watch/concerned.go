package watch

import "strings"

// Body is an entity concerned by a leak at somebody else's.
type Body struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	Code string `json:"code"`
	Why  string `json:"why"` // the product it uses, and where that is written
}

// maxConcerned bounds the bodies of one answer.
const maxConcerned = 5000

// Concerned lists the bodies that a leak at a supplier, or of a piece of
// software, concerns: those written down as its users, those whose own entry
// says that they use it, and, of a supplier, the users of all it makes. A Body
// without a name stands for every body of its kind: any school may use the
// product. Nobody's list of users is complete.
func (m *Matcher) Concerned(entity string) []Body {
	products := map[string]string{} // key of the name to the name
	add := func(name string) { products[nameKey(name)] = name }
	add(entity)
	for i := range m.list {
		e := &m.list[i]
		if e.By != "" && nameKey(e.By) == nameKey(entity) {
			add(e.Name)
		}
	}
	var out []Body
	seen := map[string]bool{}
	tell := func(b Body) {
		key := b.Kind + "\x00" + b.Code + "\x00" + b.Name
		if !seen[key] && len(out) < maxConcerned {
			seen[key] = true
			out = append(out, b)
		}
	}
	for i := range m.list {
		e := &m.list[i]
		if products[nameKey(e.Name)] != "" && (e.Kind == "software" || e.Kind == "supplier") {
			for _, user := range e.Users {
				tell(m.user(user, e.Name))
			}
		}
		for _, used := range e.Uses {
			if products[nameKey(used)] != "" {
				tell(Body{Name: e.Name, Kind: e.Kind, Code: e.Code, Why: "its entry says that it uses " + used})
			}
		}
	}
	return out
}

// user finds the body that an entry of "users" names.
func (m *Matcher) user(written, product string) Body {
	why := "listed among the users of " + product
	if kind, ok := strings.CutPrefix(written, "kind:"); ok {
		return Body{Kind: kind, Why: "any of this kind may use " + product}
	}
	if i, ok := m.canon[tightened(folded(written))]; ok {
		return Body{Name: m.list[i].Name, Kind: m.list[i].Kind, Code: m.list[i].Code, Why: why}
	}
	if hits, _ := m.Match(written, "", "", "FR"); len(hits) > 0 {
		return Body{Name: hits[0].Entity, Kind: hits[0].Kind, Code: hits[0].Code, Why: why}
	}
	return Body{Name: written, Kind: "other", Why: why}
}

func nameKey(s string) string { return strings.Join(folded(s), "") }
