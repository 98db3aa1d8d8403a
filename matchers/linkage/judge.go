package linkage

// What a row needs lies all over the index, and the processor waits for memory
// far longer than it computes. So a row goes through its candidates in stages,
// and each stage asks for what the next reads of all of them: it waits once a
// stage, not once a person.

// candidates weighs the people whom the keys of a row found. Only those worth
// more than least bits stay, in the order of their IDs, with their vectors.
func (w *weigher) candidates(row *facts, asks []ask, s *scratch, least bitsFx) error {
	w.gather(row, asks, s)
	s.glance = newGlance(row, s.glance)
	return w.judge(row, s, least)
}

// judge weighs the people that were found, at a glance first.
func (w *weigher) judge(row *facts, s *scratch, least bitsFx) error {
	s.scored, s.vectors, s.kept = s.scored[:0], s.vectors[:0], 0
	s.says = row.says()
	err := s.reach(w.ix.crowds, len(s.found), func(i int) uint64 { return uint64(s.found[i].person / crowd) })
	if err == nil {
		err = w.meet(s)
	}
	if err == nil {
		err = w.choose(row, s)
	}
	if err == nil {
		err = w.know(s)
	}
	if err != nil {
		return err
	}
	for k := range s.worth {
		w.weigh(row, s.entries[k], s, least)
		if len(s.scored) > s.kept {
			s.entries[s.kept], s.entries[k] = s.entries[k], s.entries[s.kept]
			s.kept++
		}
	}
	return nil
}

// nearAll is how long a cell may be, in bytes, of which all is read and not a
// part: two lines of a processor's cache.
const nearAll = 128

// reach finds n cells, and reads a little of each.
func (s *scratch) reach(c *cells, n int, cell func(i int) uint64) error {
	s.spots = s.spots[:0]
	for i := range n {
		at, err := c.seek(cell(i))
		if err != nil {
			return err
		}
		s.warm += uint32(at.touch())
		s.spots = append(s.spots, at)
	}
	for i := range s.spots {
		from, to := s.spots[i].within()
		if from >= to || to > len(s.spots[i].data) {
			continue
		}
		s.warm += uint32(s.spots[i].data[from])
		if to-from <= nearAll {
			s.warm += uint32(s.spots[i].data[to-1])
		}
	}
	return nil
}

// meet reads, in numbers, the people that were found.
func (w *weigher) meet(s *scratch) error {
	s.sheets = s.sheets[:0]
	for i, f := range s.found {
		unit, err := w.ix.crowds.open(&s.spots[i])
		if err != nil {
			return err
		}
		sheet, ok := sheetOf(unit, f.person)
		if !ok {
			return damaged("person %d", f.person)
		}
		s.warm += uint32(sheet.b[0]) + uint32(sheet.b[len(sheet.b)-1])
		s.sheets = append(s.sheets, sheet)
	}
	for len(s.bares) < len(s.found) {
		s.bares = append(s.bares, bare{})
	}
	for i := range s.sheets {
		p := &s.bares[i]
		if !p.read(s.sheets[i].b, s.sheets[i].unit) {
			return damaged("person %d", s.found[i].person)
		}
		s.warm += w.ix.surnames.peek(p.birth) + w.ix.surnames.peek(p.usage)
		for _, id := range p.tokens[:p.given] {
			s.warm += w.ix.givens.peek(id)
		}
	}
	return nil
}

// choose leaves out those who are passed over at a glance, and looks up the rest
// of the others.
func (w *weigher) choose(row *facts, s *scratch) error {
	s.worth = s.worth[:0]
	sign := postcodeSign(row.postcode)
	for i, f := range s.found {
		p := &s.bares[i]
		alike, worth, err := s.glance.alike(row, p, w.ix)
		if err == nil && !f.contact && worth && !alike {
			worth, err = w.ix.livesAt(p, row.postcode, sign)
		}
		if err != nil {
			return err
		}
		if worth || f.contact {
			s.worth = append(s.worth, i)
		}
	}
	return nil
}

// know looks up the rest of those who are worth a comparison.
func (w *weigher) know(s *scratch) error {
	for k, i := range s.worth {
		if k == len(s.entries) {
			s.entries = append(s.entries, new(entry))
		}
		e := s.entries[k]
		e.person, e.raw = s.found[i].person, s.bares[i]
		if err := first(w.ix.names(e), w.ix.home(e), w.ix.fill(e)); err != nil {
			return err
		}
	}
	return nil
}

// weigh compares a person with the row, and keeps who is worth at least so many
// bits.
func (w *weigher) weigh(row *facts, e *entry, s *scratch, least bitsFx) {
	var v vector
	w.compare(row, e, &v)
	match, kin, twin := w.total(&v, nil)
	if max(match, kin, twin) < least {
		return
	}
	s.scored = append(s.scored, scored{entry: e, match: match, kin: kin, twin: twin, namesake: w.namesake(&v)})
	s.vectors = append(s.vectors, v)
}
