package linkage

import "slices"

// Names of rows are made once, for all members of a panel; how many bear them
// differs from member to member, and is asked for only where a member has
// somebody to compare.

// localise gives the names of a row the counts of member r.
func (p *Panel) localise(row *facts, r int, s *asking) error {
	for i := range row.readings {
		rd := &row.readings[i]
		for _, n := range [2]*name{rd.birth, rd.usage} {
			if n == nil {
				continue
			}
			n.count = 0
			if err := p.bear(r, p.within(p.bearers(n, s), r), n); err != nil {
				return err
			}
		}
		if rd.given == nil {
			continue
		}
		for k := range rd.given.tokens {
			t := &rd.given.tokens[k]
			t.known = false
			if err := p.bear(r, p.within(p.bearers(t, s), r), t); err != nil {
				return err
			}
		}
	}
	return nil
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
