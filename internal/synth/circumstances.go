package synth

import (
	"fmt"
	"time"

	"vigie/internal/breach"
)

// circumstances gives a person channels and what happens in some lives:
// protection measures of adults, emancipation, death, secrecy, no contact.
func (m *maker) circumstances(p *person) {
	age := p.ageAt(m.asOf)
	m.reach(p, age)
	switch {
	case age >= 18:
		m.measure(p, age)
	case age >= 16 && m.chance(0.012):
		p.regime = breach.RegimeEmancipated
	}
	if age >= 15 && age < 18 && m.chance(0.04) {
		p.secret = true
	}
	dies := 0.002
	if age > 70 {
		dies = 0.08
	}
	if p.deceased == "" && m.chance(dies) {
		p.deceased = "unknown"
		if m.chance(0.8) {
			p.deceased = m.asOf.AddDate(0, 0, -m.between(1, 2500)).Format(time.DateOnly)
			if p.deceased < p.birthDate() {
				p.deceased = "unknown"
			}
		}
	}
	switch x := m.rng.Float64(); {
	case x < 0.010: // moved without leaving word
		p.address = breach.Address{}
	case x < 0.016: // not to be reached at all
		p.address, p.email, p.phone = breach.Address{}, "", ""
	case x < 0.024 && !p.protected:
		p.address = breach.Address{Street: "14 rue Haute", Postcode: "1000", City: "Bruxelles", Country: "BE"}
	}
	// A concealed home is in no register; mail reaches the elected domicile.
	if p.protected && m.chance(0.5) {
		p.address = breach.Address{}
	}
	if age < 18 && len(p.relations) > 0 && m.chance(0.15) {
		m.borrow(p)
	}
	m.namesake(p, age)
}

// borrow puts a parent's e-mail or phone in a child's row, as schools and
// services often have it.
func (m *maker) borrow(p *person) {
	parent := p.relations[0].holder
	if parent == nil || p.protected {
		return
	}
	if parent.email != "" {
		p.email = parent.email
	}
	if m.chance(0.5) && parent.phone != "" {
		p.phone = parent.phone
	}
}

// measure puts a few adults under a protection measure (C. civ. 425 to 494-12)
// with the person in charge: a relative or a professional.
func (m *maker) measure(p *person, age int) {
	x := m.rng.Float64()
	if age > 75 {
		x /= 2.5
	}
	var kind breach.RelationKind
	switch {
	case x < 0.006:
		p.regime, kind = breach.RegimeTutelle, breach.RelationTutor
	case x < 0.012:
		p.regime, kind = breach.RegimeCuratelle, breach.RelationCurator
	case x < 0.015:
		p.regime, kind = breach.RegimeHabilitation, breach.RelationAgent
	case x < 0.0165:
		p.regime, kind = breach.RegimeMandate, breach.RelationAgent
	case x < 0.019:
		p.regime = breach.RegimeSauvegarde
		return
	default:
		return
	}
	contact := m.relative(p)
	if kind != breach.RelationAgent && m.chance(0.5) {
		n := m.between(1, 40)
		contact = breach.Contact{Name: fmt.Sprintf("Association tutélaire de l'Orbe, antenne %d", n), Email: fmt.Sprintf("antenne%d@tutelles-orbe.example.org", n),
			Phone: fmt.Sprintf("+331990095%02d", n), Address: breach.Address{Street: "8 avenue de la Gare", Postcode: "39990", City: "Montrevel-sur-Orbe"}}
	}
	p.relations = append(p.relations, m.outside(kind, contact))
}

// recentPeople is how far back a namesake may be found.
const recentPeople = 512

// namesake gives a few people the names of somebody made before, and a few of
// these the same birth date: the pairs that only place, contact or a person
// can tell apart.
func (m *maker) namesake(p *person, age int) {
	if m.country || len(m.recent) < recentPeople || len(p.relations) > 0 || !m.chance(0.02) {
		return
	}
	for range 20 {
		other := pick(m.rng, m.recent)
		if gap := other.ageAt(m.asOf) - age; other.sex != p.sex || gap < -3 || gap > 3 {
			continue
		}
		p.birthName, p.usageName, p.given = other.birthName, "", append([]string{other.given[0]}, p.given[1:]...)
		if m.chance(0.15) {
			p.born, p.dateUnknown = other.born, other.dateUnknown
		}
		if p.email != "" {
			p.email = m.newEmail(p)
		}
		return
	}
}

func (m *maker) remember(people []*person) {
	for _, p := range people {
		if len(m.recent) < recentPeople {
			m.recent = append(m.recent, p)
		} else {
			m.recent[p.seq%recentPeople] = p
		}
	}
}
