package linkage

// leastKin is the weight from which a relative's contacts matter.
const leastKin = 15 * oneBit

// lift lets a candidate share the contacts of a registered relative who is a
// candidate too. Without it, a row with the family's phone would rather be
// about an unregistered relative of the one sibling whose entry has that phone
// than about the other sibling, whose name and birth date it bears. Only the
// posterior is lifted: no link ever rests on borrowed evidence.
func (w *weigher) lift(cs []scored, vector func(int) *vector) {
	if len(cs) < 2 || len(cs) > maxBlock {
		return
	}
	for j := range cs {
		if max(cs[j].kin, cs[j].twin) < leastKin {
			continue
		}
		for i := range cs {
			if i == j || cs[i].match < cs[j].match-40*oneBit || !related(&cs[i].entry.facts, &cs[j].entry.facts) {
				continue
			}
			borrowed := bitsFx(0)
			for _, c := range [3]comparison{onEmail, onPhone, onAddress} {
				own, _ := w.weight(c, vector(i))
				if _, kin := w.weight(c, vector(j)); kin > own && kin > 0 {
					borrowed += kin - own
				}
			}
			cs[i].lift = max(cs[i].lift, borrowed)
		}
	}
}

// related tells whether two registered people look like one family: a name and
// a home, a contact or a birthday in common, or a home and a contact.
func related(a, b *facts) bool {
	contact := a.email != "" && a.email == b.email || a.phone != "" && a.phone == b.phone
	home := a.street != "" && a.street == b.street && a.house == b.house && a.place1() == b.place1()
	if contact && home {
		return true
	}
	return (contact || home || a.date != 0 && a.date == b.date) && sameFamilyName(a, b)
}

func sameFamilyName(a, b *facts) bool {
	for i := range a.readings {
		for j := range b.readings {
			x, y := &a.readings[i], &b.readings[j]
			for _, n := range [2]*name{x.birth, x.usage} {
				if n != nil && (n == y.birth || n == y.usage) {
					return true
				}
			}
		}
	}
	return false
}
