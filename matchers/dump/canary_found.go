package dump

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// What a canary was found by, as reports say it.
const (
	fieldID = iota
	fieldEmail
	fieldPhone
	fieldNIR
	fieldNames
	fieldBirth
)

var foundFields = []string{"id", "email", "phone", "nir", "names", "names_birth_date"}

// judge says by what a row is a canary's, none if that may be chance. An e-mail
// address, a NIR, or names with a birth date are enough; an id, which others
// count as well, a telephone number, of which there are few for fiction, and
// names alone are not, but two of them are. Two that are enough, or one with an
// id or a telephone number, or all three that are not, are twofold.
func judge(found uint32) (fields uint32, twofold bool) {
	has := func(slots uint32) bool { return found&slots != 0 }
	strong, weak, numbers := 0, 0, 0
	note := func(yes bool, field int, n ...*int) {
		if yes {
			fields |= 1 << field
			for _, p := range n {
				*p++
			}
		}
	}
	names := has(surSlots) && has(1<<slotGiven)
	note(has(1<<slotEmail), fieldEmail, &strong)
	note(has(1<<slotNIR), fieldNIR, &strong)
	note(names && has(daySlots), fieldBirth, &strong)
	note(has(1<<slotID), fieldID, &weak, &numbers)
	note(has(1<<slotPhone), fieldPhone, &weak, &numbers)
	note(names && !has(daySlots), fieldNames, &weak)
	if strong == 0 && weak < 2 {
		return 0, false
	}
	return fields, strong >= 2 || strong == 1 && numbers > 0 || weak >= 3
}

// strangersAlike is the chance that a row of a national dump has the names and
// the birth date of one given person who is not in it: 60 rows of 43 million
// equal somebody of a registry of 20,000 (measured on the name and birth files
// of INSEE).
const strangersAlike = 60.0 / 43e6 / 20e3

// mostChance is how probable it may be that strangers explain what was found.
const mostChance = 1e-4

// atLeast is the probability of n or more where so many are expected (Poisson).
func atLeast(n int64, expected float64) float64 {
	p, sum := math.Exp(-expected), 0.0
	for i := range n {
		sum += p
		p *= expected / float64(i+1)
	}
	return 1 - sum
}

// found says which exports the dump came from: those of which a canary is found
// twofold, or two by more than names and birth date, or more than strangers of
// the same names and birth dates would make.
func (w *canaryWatch) found(rows int64) []FoundCanaries {
	out := []FoundCanaries{}
	if w == nil {
		return out
	}
	type count struct {
		FoundCanaries
		fields  uint32
		twofold bool
		other   int
	}
	by := map[int]*count{}
	for person, s := range w.seen {
		p := w.c.People[person].Planting
		if p < 0 || p >= len(w.c.Plantings) {
			continue
		}
		if by[p] == nil {
			by[p] = &count{FoundCanaries: FoundCanaries{Planting: w.c.Plantings[p].ID, Planted: w.c.Plantings[p].Persons, Fields: []string{}}}
		}
		x := by[p]
		x.Persons++
		x.fields |= s.fields
		x.twofold = x.twofold || s.twofold
		if s.other {
			x.other++
		}
	}
	for _, p := range slices.Sorted(maps.Keys(by)) {
		x := by[p]
		chance := float64(rows) * float64(x.Planted) * strangersAlike
		x.Sure = x.twofold || x.other >= 2 || x.Persons >= 2 && atLeast(x.Persons, chance) < mostChance
		for i, name := range foundFields {
			if x.fields&(1<<i) != 0 {
				x.Fields = append(x.Fields, name)
			}
		}
		out = append(out, x.FoundCanaries)
	}
	slices.SortStableFunc(out, func(a, b FoundCanaries) int { return cmp.Compare(b.Persons, a.Persons) })
	return out
}

// mark notes in the layout the rows that are canaries', so that Records leaves
// them out.
func (w *canaryWatch) mark(l *Layout, tables []*surveyed) {
	if w == nil || len(w.seen) == 0 {
		return
	}
	var rows int64
	for i := range l.Tables {
		rows += l.Tables[i].Rows
	}
	sure := map[string]bool{}
	for _, f := range w.found(rows) {
		sure[f.Planting] = f.Sure
	}
	at := map[*surveyed]int{}
	for i, t := range tables {
		at[t] = i
	}
	for person, s := range w.seen {
		if !sure[w.c.Plantings[w.c.People[person].Planting].ID] {
			continue
		}
		for _, r := range s.rows {
			t := &l.Tables[at[r.table]]
			t.Canaries = append(t.Canaries, r.row)
		}
	}
	for i := range l.Tables {
		slices.Sort(l.Tables[i].Canaries)
		l.Tables[i].Canaries = slices.Compact(l.Tables[i].Canaries)
	}
}
