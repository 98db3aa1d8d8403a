package linkage

// dictionary holds the names of a registry, each once, with how often people
// bear it.
type dictionary struct {
	names      map[string]*name // by canonical text
	nameIDs    map[string]int32 // by joined text
	nameCount  []uint32         // by id
	givens     map[string]*given
	tokenIDs   map[string]int32
	tokenCount []uint32 // people who bear the given name, in any position
}

func newDictionary() *dictionary {
	return &dictionary{
		names: map[string]*name{}, nameIDs: map[string]int32{},
		givens: map[string]*given{}, tokenIDs: map[string]int32{},
	}
}

// surname and givenNames intern: they are the namer of the registry's side.
func (d *dictionary) surname(text string) *name {
	if n, ok := d.names[text]; ok {
		return n
	}
	n := newName(text)
	if n == nil || n.full == "" {
		return nil
	}
	id, ok := d.nameIDs[n.full]
	if !ok {
		id = int32(len(d.nameCount))
		d.nameIDs[n.full] = id
		d.nameCount = append(d.nameCount, 0)
	}
	n.id = id
	d.names[text] = n
	return n
}

func (d *dictionary) givenNames(text string) *given {
	if g, ok := d.givens[text]; ok {
		return g
	}
	g := newGiven(text)
	if g == nil {
		return nil
	}
	for i := range g.tokens {
		t := &g.tokens[i]
		id, ok := d.tokenIDs[t.text]
		if !ok {
			id = int32(len(d.tokenCount))
			d.tokenIDs[t.text] = id
			d.tokenCount = append(d.tokenCount, 0)
		}
		t.id, t.known = id, true
	}
	d.givens[text] = g
	return g
}

// count adds one bearer of every name of a reading.
func (d *dictionary) count(r *reading) {
	if r.birth != nil {
		d.nameCount[r.birth.id]++
	}
	if r.usage != nil && (r.birth == nil || r.usage.id != r.birth.id) {
		d.nameCount[r.usage.id]++
	}
	if r.given != nil {
		for i := range r.given.tokens {
			d.tokenCount[r.given.tokens[i].id]++
		}
	}
}

// finish writes the counts into the names: a name that somebody bears is not
// taken for a typing error of another.
func (d *dictionary) finish() {
	for _, n := range d.names {
		n.count = d.nameCount[n.id]
	}
}

// visitor is the namer of the leak's side: it knows the registry's names and
// adds none, so that reading strangers leaves no trace.
type visitor struct{ d *dictionary }

func (v visitor) surname(text string) *name {
	if n, ok := v.d.names[text]; ok {
		return n
	}
	n := newName(text)
	if n == nil || n.full == "" {
		return nil
	}
	if id, ok := v.d.nameIDs[n.full]; ok {
		n.id, n.count = id, v.d.nameCount[id]
	}
	return n
}

func (v visitor) givenNames(text string) *given {
	if g, ok := v.d.givens[text]; ok {
		return g
	}
	g := newGiven(text)
	if g == nil {
		return nil
	}
	for i := range g.tokens {
		t := &g.tokens[i]
		if id, ok := v.d.tokenIDs[t.text]; ok {
			t.id, t.known = id, true
		}
	}
	return g
}
