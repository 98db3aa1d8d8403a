package linkage

import "slices"

// resident says whether the names of a row are borne in the member that is being
// compared with it. Names are made once, for all members; who bears them differs
// from one to the next, and only a name that is nearly another's makes anybody
// ask.
type resident struct {
	panel  *Panel
	asking *asking
	member int
	err    error // the first that an index gave
}

// asker finds out who bears a row's name, a *name or a *givenToken, when that is
// asked for: most names are never nearly another's.
type asker interface{ count(of any) }

// borne tells whether somebody in the registry bears the name.
func (n *name) borne() bool {
	if n.ask != nil {
		n.ask.count(n)
	}
	return n.count > 0
}

// borne tells whether somebody in the registry bears the given name.
func (t *givenToken) borne() bool {
	if t.ask != nil {
		t.ask.count(t)
	}
	return t.known
}

// count answers anew for every member: names are the same for all.
func (a *resident) count(of any) {
	p := a.panel
	switch n := of.(type) {
	case *name:
		n.count = 0
	case *givenToken:
		n.known = false
	}
	if err := p.bear(a.member, p.within(p.bearers(of, a.asking), a.member), of); err != nil && a.err == nil {
		a.err = err
	}
}

// bear counts a name, a *name or a *givenToken, in member r, of which ids are
// all that may be it.
func (p *Panel) bear(r int, ids []uint32, of any) error {
	ix := p.members[r].Index
	for _, id := range ids {
		id -= p.base[r]
		switch n := of.(type) {
		case *name:
			if id == 0 || int(id) > len(ix.surnames.slots) {
				continue // a person whose key is cut to the same bits
			}
			got, err := ix.surnames.at(id)
			if err != nil {
				return err
			}
			if got.full == n.full {
				n.count = got.count
				return nil
			}
		case *givenToken:
			if id == 0 || int(id) > len(ix.givens.slots) {
				continue
			}
			got, err := ix.givens.at(id)
			if err != nil {
				return err
			}
			n.known = n.known || got.text == n.text
		}
	}
	return nil
}

// bearers returns the numbers, in all members, under the key of a name.
func (p *Panel) bearers(of any, s *asking) []uint32 {
	if got, ok := s.standing[of]; ok {
		return got
	}
	var k key
	switch n := of.(type) {
	case *name:
		k = surnameKey(n.full)
	case *givenToken:
		k = givenKey(n.text)
	}
	var out []uint32
	for _, t := range p.tables {
		x := span{stored: (&blocksHead{Bits: t.bits}).stored(k)}
		x.shard, x.from, x.to = t.bucket(x.stored)
		p.scan(t, &x, anySuffix, s)
		if len(s.block) >= maxBlock {
			p.trim(t, x.stored, maxBlock, s)
		}
		for _, w := range s.block {
			out = append(out, t.id(w))
		}
	}
	slices.Sort(out)
	if len(s.standing) >= 2*acquaintances {
		clear(s.standing)
	}
	s.standing[of] = out
	return out
}

// within returns those of sorted numbers that are member r's.
func (p *Panel) within(ids []uint32, r int) []uint32 {
	from, _ := slices.BinarySearch(ids, p.base[r])
	to := from
	for to < len(ids) && ids[to] < p.base[r+1] {
		to++
	}
	return ids[from:to]
}
