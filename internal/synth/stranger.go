package synth

import "strings"

// strangerSeq is above the numbers of all registered people, so that strangers'
// e-mails are unlike any registered one.
const strangerSeq = MaxPeople + 1

// strangerNumbers is how many numbers a stranger may use: a whole family's.
const strangerNumbers = largestFamily + 3

// lookAlikes is how many strangers resemble a registered person: one in six of
// those around a Mission Locale is a twin, a sibling or a namesake who was never
// followed; where the whole country is registered, few have family outside. But
// where nearly everybody is a stranger, the registered people of the leak do not
// have ten brothers and namesakes each: as where three rows in eight are strangers',
// there is one look-alike to ten of them.
func (m *maker) lookAlikes(members, strangers int) float64 {
	share := 1.0 / 6
	if m.country {
		share = 0.02
	}
	return min(share, float64(members)/10/float64(max(strangers, 1)))
}

// stranger invents somebody who is in no registry.
func (m *maker) stranger(like values) values {
	m.seq += m.rng.IntN(3)
	p, v := m.outsider()
	if like.birthName == "" || !m.chance(m.alike) {
		return v
	}
	switch m.rng.IntN(3) {
	case 0: // twin
		v.birthName, v.usageName = like.birthName, ""
		v.born, v.street, v.postcode, v.city = like.born, like.street, like.postcode, like.city
		return v.unlike(like, m, p)
	case 1: // sibling at home
		v.birthName, v.usageName = like.birthName, ""
		v.street, v.postcode, v.city = like.street, like.postcode, like.city
		return v.unlike(like, m, p)
	default: // namesake elsewhere
		v.birthName, v.given, v.sex = like.birthName, like.given, like.sex
		return v
	}
}

// outsider invents somebody of the population that a leak is about, who has the
// channels that its registry would know.
func (m *maker) outsider() (*person, values) {
	if m.country {
		return m.compatriot()
	}
	o := m.origin()
	p := m.newPerson(o, m.sex(), m.between(16, 27), m.surname(o))
	p.address = m.newAddress()
	v := p.values()
	if m.chance(0.85) {
		v.email = m.newEmail(p)
	}
	if m.chance(0.9) {
		v.phone = m.strangerMobile()
	}
	return p, v
}

// compatriot is anybody in the country, as the civil registry would have them:
// households of strangers one after the other.
func (m *maker) compatriot() (*person, values) {
	if len(m.waiting) == 0 {
		m.waiting = m.household(largestFamily)
	}
	p := m.waiting[0]
	m.waiting = m.waiting[1:]
	v := p.values()
	row := civilRow(m, p)
	v.email, v.phone = row[10], row[11]
	if v.phone != "" && !m.ownPhones && strings.HasPrefix(v.phone, "+3363998") {
		v.phone = m.strangerMobile()
	}
	return p, v
}

func (p *person) values() values {
	return values{birthName: p.birthName, usageName: p.usageName, given: p.given, sex: p.sex, born: p.birthDate(), nationality: p.nationality,
		street: p.address.Street, postcode: p.address.Postcode, city: p.address.City}
}

// unlike makes sure that a twin or sibling has another first name.
func (v values) unlike(other values, m *maker, p *person) values {
	for len(other.given) > 0 && unaccent(v.given[0]) == unaccent(other.given[0]) {
		v.given = m.givenNames(p.origin, p.sex, p.born.Year())
	}
	return v
}
