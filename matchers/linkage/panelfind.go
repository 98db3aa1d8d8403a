package linkage

import (
	"cmp"
	"slices"
)

// asking is the memory one worker of a panel uses again for every row.
type asking struct {
	scratch
	spans    []span
	warm     uint64 // of words read only for them to be near
	block    []uint64
	hits     []found // numbers over all members
	bearers  []bearing
	resident resident
	standing map[any][]uint32 // who, of all members, may bear the name of a row
	joined   *Joined
	places   *Places
}

func newAsking(p *Panel, opt Options) *asking {
	s := &asking{scratch: *newScratch(), standing: map[any][]uint32{}, joined: opt.Joined, places: opt.Places}
	s.resident = resident{panel: p, asking: s}
	return s
}

// span is where the words of a key are.
type span struct {
	stored   uint64
	shard    uint32
	from, to uint32
}

// bearing is how many of a member have a contact of a row.
type bearing struct {
	member int
	kind   int // as in facts.shares
	count  uint64
}

// find looks up who shares a key with a row, in the members that look at it so
// (nil for all), each once and by number, and how many have its contacts. Those
// whom no comparison would reach are left out.
func (p *Panel) find(row *facts, of []bool, s *asking) {
	s.keys = row.keys(s.keys[:0], &s.traits)
	s.hits, s.bearers = s.hits[:0], s.bearers[:0]
	row.born = s.places.of(row.commune, row.place)
	for _, t := range p.tables {
		p.look(t, s)
	}
	if row.hashes != nil && s.joined != nil {
		p.hashed(row, s)
	}
	s.glance = newGlance(row, s.glance)
	postcode := postcodeBits(row.postcode)
	kept := s.hits[:0]
	for _, h := range s.hits {
		if of != nil && !of[p.member(h.person)] {
			continue
		}
		if h.contact || p.profiles[h.person].passes(&s.glance, row, postcode) {
			kept = append(kept, h)
		}
	}
	s.hits = once(kept)
}

// hashed adds those who have a hashed contact of the row.
func (p *Panel) hashed(row *facts, s *asking) {
	s.joined.ask(row.hashes)
	for k, h := range row.hashes.held {
		for r := range p.members {
			member, ok := s.joined.member[p.members[r].Index]
			if h == nil || !ok || p.large(r) {
				continue
			}
			who, same := h.worth(member, row.initialFor(k))
			for _, x := range who {
				s.hits = append(s.hits, found{p.base[r] + x.person, true})
			}
			if same > 0 {
				s.bearers = append(s.bearers, bearing{r, k, same})
			}
		}
	}
}

// look looks up the keys in one table. Where all of them are is asked for
// before anything is read there: the processor waits for memory once, not once
// a key.
func (p *Panel) look(t *table, s *asking) {
	s.spans = s.spans[:0]
	head := blocksHead{Bits: t.bits}
	for _, k := range s.keys {
		x := span{stored: head.stored(k.key)}
		x.shard, x.from, x.to = t.bucket(x.stored)
		s.spans = append(s.spans, x)
	}
	for i := range s.spans {
		if x := &s.spans[i]; x.from < x.to {
			s.warm ^= t.shards[x.shard].words[x.from]
		}
	}
	for i, k := range s.keys {
		p.scan(t, &s.spans[i], k.suffixes(), s)
		if len(s.block) == 0 {
			continue
		}
		if k.contact() {
			p.count(t, k, s.spans[i].stored, s)
		}
		if most := min(k.most(), maxBlock-1); uint64(len(s.block)) > most {
			p.trim(t, s.spans[i].stored, k.most(), s)
		}
		for _, w := range s.block {
			if id := t.id(w); k.pass != passNameYear || hasYears(p.members[p.member(id)].Index.head.Persons) {
				s.hits = append(s.hits, found{id, k.contact()})
			}
		}
	}
}

// scan gathers the words of a key whose suffix is wanted.
func (p *Panel) scan(t *table, x *span, m suffixes, s *asking) {
	s.block = s.block[:0]
	key := x.stored & (1<<t.rest() - 1) >> suffixBits
	for _, w := range t.shards[x.shard].words[x.from:x.to] {
		switch got := w >> (t.idBits + suffixBits); {
		case got < key:
		case got > key:
			return
		case m.wants(uint8(x.stored), t.suffix(w)):
			s.block = append(s.block, w)
		}
	}
}

// count notes how many of each member have a row's e-mail, phone or address.
func (p *Panel) count(t *table, k sought, stored uint64, s *asking) {
	var kind int
	switch k.pass {
	case passEmail:
		kind = 0
	case passPhone:
		kind = 1
	case passAddress:
		kind = 2
	default:
		return
	}
	for i := 0; i < len(s.block); {
		r, j := p.member(t.id(s.block[i])), i
		for j < len(s.block) && t.suffix(s.block[j]) == t.suffix(s.block[i]) && p.member(t.id(s.block[j])) == r {
			j++
		}
		if t.suffix(s.block[i]) == uint8(stored) {
			s.bearers = append(s.bearers, bearing{r, kind, t.held(stored, r, j-i)})
		}
		i = j
	}
}

// held is how many of a member have a key of which so many are in the table.
func (t *table) held(stored uint64, r, n int) uint64 {
	if n == maxBlock {
		if all, ok := t.crowded[crowded{stored, r}]; ok {
			return all
		}
	}
	return uint64(n)
}

// trim leaves out, of each member of which more than most have a key, those of
// another suffix: as blocks.find does.
func (p *Panel) trim(t *table, stored, most uint64, s *asking) {
	slices.SortFunc(s.block, func(a, b uint64) int {
		if c := cmp.Compare(p.member(t.id(a)), p.member(t.id(b))); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	kept := s.block[:0]
	for i := 0; i < len(s.block); {
		r, j, all := p.member(t.id(s.block[i])), i, uint64(0)
		for j < len(s.block) && p.member(t.id(s.block[j])) == r {
			from, suffix := j, t.suffix(s.block[j])
			for j < len(s.block) && t.suffix(s.block[j]) == suffix && p.member(t.id(s.block[j])) == r {
				j++
			}
			all += t.held(stored&^0xff|uint64(suffix), r, j-from)
		}
		for _, w := range s.block[i:j] {
			if x := t.suffix(w); all <= most || x == 0 || x == uint8(stored) {
				kept = append(kept, w)
			}
		}
		i = j
	}
	s.block = kept
}

// take fills what is found of the next member, and its counts of the row's
// names and contacts. It returns the hits after it.
func (p *Panel) take(hits []found, s *asking) (r int, rest []found) {
	r = p.member(hits[0].person)
	s.found = s.found[:0]
	for len(hits) > 0 && p.member(hits[0].person) == r {
		if n := hits[0].person - p.base[r]; n < p.members[r].Index.head.Persons { // else a name's number
			s.found = append(s.found, found{n, hits[0].contact})
		}
		hits = hits[1:]
	}
	return r, hits
}

// bearersOf is how many of member r have the row's e-mail, phone and address.
func bearersOf(list []bearing, r int) (out [3]uint64) {
	for _, b := range list {
		if b.member == r {
			out[b.kind] = max(out[b.kind], b.count)
		}
	}
	return out
}
