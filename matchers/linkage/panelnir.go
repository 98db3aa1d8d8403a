package linkage

import "vigie/internal/ident"

// angle is how some members look at a row: those that may not compare NIRs do
// not see the row's, and what it says of a date depends on when their people
// were born. Most rows have one angle, for all members.
type angle struct {
	texts texts
	read  uint8
	of    []bool // by member whether it looks so; nil for all
}

// readers are the members that read NIRs alike.
type readers struct {
	plain []bool       // those that may not compare them
	years [100]splitBy // those that may, by the century they take two digits for
	all   []bool       // the latter
	any   bool         // whether there are any
}

// splitBy tells members that take a year for 19xx from those that take it for
// 20xx.
type splitBy struct{ first, second []bool }

func (p *Panel) readNIRs() {
	n := len(p.members)
	s := &p.readers
	s.plain, s.all = make([]bool, n), make([]bool, n)
	for r, m := range p.members {
		s.plain[r], s.all[r] = !m.NIR, m.NIR
		s.any = s.any || m.NIR
	}
	if !s.any {
		return
	}
	for year := range s.years {
		first, second := make([]bool, n), make([]bool, n)
		for r, m := range p.members {
			if m.NIR {
				late := m.Index.century(year) >= 2000
				first[r], second[r] = !late, late
			}
		}
		s.years[year] = splitBy{first, second}
	}
}

// angles are the ways in which the members look at a row.
func (p *Panel) angles(t *texts) []angle {
	if t[textNIR] == "" || !p.readers.any {
		t[textNIR] = ""
		return []angle{{texts: *t}}
	}
	out := p.angle(nil, t, p.readers.plain, false)
	n, ok := ident.ParseNIR([]byte(t[textNIR]))
	if !ok || t[textDate] != "" {
		return p.angle(out, t, p.readers.all, true)
	}
	out = p.angle(out, t, p.readers.years[n.Year%100].first, true)
	return p.angle(out, t, p.readers.years[n.Year%100].second, true)
}

// angle adds how the members of a set look at a row, if it has any: as any one
// of them does.
func (p *Panel) angle(out []angle, t *texts, of []bool, nir bool) []angle {
	for r, yes := range of {
		if yes {
			a := angle{texts: *t, of: of}
			a.read = p.members[r].Index.nirSays(&a.texts, Options{NIR: nir})
			return append(out, a)
		}
	}
	return out
}
