package synth

import (
	"slices"
	"time"

	"vigie/internal/breach"
)

// household makes the people of one household, or of one separated family at
// two addresses: at most limit of them. In a town the kinds are weighted so that
// about a quarter of the people are between 15 and 25, the ages of the youth
// registry; in the country as INSEE counts them (recensement, ménages).
func (m *maker) household(limit int) []*person {
	o := m.origin()
	alone, couple, young := 0.16, 0.28, 0.42
	if m.country {
		alone, couple, young = 0.38, 0.61, 0.67
	}
	x := m.rng.Float64()
	var people []*person
	switch {
	case limit < largestFamily || x < alone:
		people = m.alone(o)
	case x < couple:
		people = m.couple(o)
	case x < young:
		people = m.alone(o)
		m.rejuvenate(people[0])
	default:
		people = m.family(o, 0.42+0.58*(x-young)/(1-young))
	}
	for _, p := range people {
		m.circumstances(p)
	}
	m.remember(people)
	return people
}

// largestFamily is two parents, four children and a twin.
const largestFamily = 7

// adultAge draws the age of somebody without children at home. In the country
// half of them are over 65, and beyond 75 fewer are left every year.
func (m *maker) adultAge(low, high int) int {
	for {
		age := m.between(low, high)
		if keep := min(1, float64(98-age)/23); !m.country || m.chance(keep) && (age >= 60 || m.chance(0.5)) {
			return age
		}
	}
}

func (m *maker) alone(o *origin) []*person {
	p := m.newPerson(o, m.sex(), m.adultAge(26, 96), m.surname(o))
	p.address = m.newAddress()
	m.marry(p, m.surname(o), 0.3)
	return []*person{p}
}

// rejuvenate makes somebody who lives alone 16 to 25 years old.
func (m *maker) rejuvenate(p *person) {
	p.born = m.birthday(m.between(16, 25))
	p.given = m.givenNames(p.origin, p.sex, p.born.Year())
	p.usageName = ""
}

func (m *maker) couple(o *origin) []*person {
	age := m.adultAge(24, 92)
	a := m.newPerson(o, "M", age, m.surname(o))
	b := m.newPerson(o, "F", max(20, age+m.between(-8, 4)), m.surname(o))
	a.address = m.newAddress()
	b.address = a.address
	m.marry(b, a.birthName, 0.65)
	return []*person{a, b}
}

// marry gives a usage name with a probability: the spouse's, or both. Few men
// take one.
func (m *maker) marry(p *person, spouse string, probability float64) {
	if p.sex == "M" {
		probability *= 0.03
	}
	if !m.chance(probability) || spouse == p.birthName {
		return
	}
	p.usageName = spouse
	if m.chance(0.12) {
		p.usageName = p.birthName + "-" + spouse
	}
}

func (m *maker) sex() string { return pick(m.rng, []string{"F", "M"}) }

// family makes parents and children; x, drawn between 0.42 and 1, chooses the
// kind: together, one parent, separated.
func (m *maker) family(o *origin, x float64) []*person {
	eldest := max(0, min(26, 6+m.between(0, 10)+m.between(0, 11)))
	if m.country {
		eldest = m.between(0, 24)
	}
	parentAge := eldest + m.between(20, 38)
	other := o
	if m.chance(0.15) {
		other = m.origin()
	}
	mother := m.newPerson(other, "F", parentAge, m.surname(other))
	var father *person
	if x < 0.93 {
		father = m.newPerson(o, "M", parentAge+m.between(-3, 9), m.surname(o))
	}
	mother.address = m.newAddress()
	name := mother.birthName
	if father != nil {
		father.address = mother.address
		name = m.childName(father, mother)
		m.marry(mother, father.birthName, 0.55)
	}
	children := m.children(o, father, name, eldest)
	separated := father != nil && x > 0.76
	if separated {
		father.address = m.newAddress()
	}
	for _, c := range children {
		c.address = mother.address
		if separated && m.chance(0.2) {
			c.address = father.address
		}
	}
	m.authority(mother, father, children, separated)
	people := []*person{mother}
	if father != nil {
		people = append(people, father)
	}
	return append(people, children...)
}

func (m *maker) childName(father, mother *person) string {
	switch x := m.rng.Float64(); {
	case x < 0.80:
		return father.birthName
	case x < 0.88:
		return mother.birthName
	default: // double name, without a hyphen since 2005
		return father.birthName + " " + mother.birthName
	}
}

func (m *maker) children(o *origin, father *person, name string, eldest int) []*person {
	count := 1 + min(m.rng.IntN(4), m.rng.IntN(4))
	var out []*person
	for age := eldest; len(out) < count && age >= 0; age -= m.between(1, 4) {
		c := m.newPerson(o, m.sex(), age, name)
		out = append(out, c)
		if father != nil && c.sex == "M" && m.chance(0.01) { // father and son of one name
			c.given[0] = father.given[0]
			c.given = slices.Compact(c.given)
		}
		if m.chance(0.03) {
			twin := m.newPerson(o, m.sex(), age, name)
			for twin.given[0] == c.given[0] {
				twin.given = m.givenNames(o, twin.sex, c.born.Year())
			}
			twin.born, twin.dateUnknown, twin.place, twin.placeCode = c.born, c.dateUnknown, c.place, c.placeCode
			out = append(out, twin)
		}
	}
	return out
}

// authority writes who exercises parental authority: jointly by default, also
// after a separation (C. civ. 372, 373-2), otherwise in a few families of each
// kind that the law knows.
func (m *maker) authority(mother, father *person, children []*person, separated bool) {
	hers, his := breach.AuthorityJoint, breach.AuthorityJoint
	var from, until time.Time
	barred := false
	decided := m.asOf.AddDate(0, -m.between(2, 60), 0)
	x := m.rng.Float64()
	switch {
	case father == nil:
		hers = breach.AuthoritySole
	case !separated && x < 0.02:
		father.deceased = m.asOf.AddDate(0, 0, -m.between(20, 3000)).Format(time.DateOnly)
	case !separated:
	case x < 0.10:
		hers, his, from = breach.AuthoritySole, breach.AuthorityNone, decided
	case x < 0.13:
		hers, his, from = breach.AuthoritySole, breach.AuthorityWithdrawn, decided
	case x < 0.16:
		hers, his, from = breach.AuthoritySole, breach.AuthoritySuspended, decided
		until = m.asOf.AddDate(1, 0, 0)
	case x < 0.18:
		hers, his = breach.AuthorityUnknown, breach.AuthorityUnknown
	case x < 0.23:
		hers, his, from = breach.AuthoritySole, breach.AuthorityNone, decided
		barred = true
		m.hide(mother, children)
	}
	for _, c := range children {
		c.relations = append(c.relations, relation{holder: mother, kind: breach.RelationParent, authority: hers})
		if father != nil {
			c.relations = append(c.relations, relation{holder: father, kind: breach.RelationParent, authority: his, from: from, until: until, barred: barred})
		}
	}
	m.otherHolders(mother, father, children)
}

// hide puts a family under a protection order (C. civ. 515-11): the home is
// concealed, mail goes to an elected domicile, and only marked channels are
// safe.
func (m *maker) hide(mother *person, children []*person) {
	office := breach.Address{Street: "3 place du Palais", Postcode: mother.address.Postcode, City: mother.address.City}
	for _, p := range append([]*person{mother}, children...) {
		p.protected, p.address = true, mother.address
		if m.chance(0.85) {
			p.elected = office
		}
		p.phoneSafe = m.chance(0.5)
		p.emailSafe = m.chance(0.4)
	}
}

// otherHolders adds delegates, tutors of orphans and the departmental service
// of placed children.
func (m *maker) otherHolders(mother, father *person, children []*person) {
	x := m.rng.Float64()
	for _, c := range children {
		switch {
		case x < 0.006: // C. civ. 377: delegated, usually to a relative
			c.relations = append(c.relations, m.outside(breach.RelationDelegate, m.relative(c)))
		case x < 0.022: // C. civ. 375-7: the parents keep authority
			service := breach.Contact{Name: "Service de l'Aide sociale à l'enfance", Email: "ase@orbe.example.org", Phone: "+33199009001",
				Address: breach.Address{Street: "1 place du Département", Postcode: "39990", City: "Montrevel-sur-Orbe"}}
			c.relations = append(c.relations, m.outside(breach.RelationAuthority, service))
		case x < 0.027: // C. civ. 390: a minor without parents
			mother.deceased = "unknown"
			if father != nil {
				father.deceased = m.asOf.AddDate(0, 0, -m.between(20, 3000)).Format(time.DateOnly)
			}
			c.relations = append(c.relations, m.outside(breach.RelationTutor, m.relative(c)))
		}
	}
}

// outside ties somebody who is in no registry.
func (m *maker) outside(kind breach.RelationKind, contact breach.Contact) relation {
	m.outsiders++
	return relation{outside: contact, outsideID: m.outsiders, kind: kind, from: m.asOf.AddDate(0, -m.between(1, 40), 0)}
}

// relative invents the contact of somebody of the family elsewhere.
func (m *maker) relative(of *person) breach.Contact {
	sex := m.sex()
	c := breach.Contact{Civility: "M.", Given: m.data.GivenName(m.rng, sex, 1968), Name: of.birthName, Address: m.newAddress(), Phone: m.newLandline(of.seq)}
	if sex == "F" {
		c.Civility = "Mme"
	}
	return c
}
