package synth

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
)

var streetKinds = []string{"rue", "rue", "rue", "rue", "avenue", "allée", "chemin", "impasse", "place", "boulevard", "route", "square"}

var streetNames = []string{
	"des Tilleuls", "des Lilas", "du Moulin", "de la Gare", "des Écoles", "Victor Hugo", "Jean Jaurès", "de l'Église", "du Stade", "des Acacias",
	"de la Fontaine", "Pasteur", "de la République", "des Cerisiers", "du Général de Gaulle", "des Érables", "de Verdun", "du Château", "Jules Ferry",
	"de la Liberté", "des Marronniers", "du 8 Mai 1945", "de la Forêt", "des Prés", "Émile Zola", "du Lavoir", "de Bellevue", "des Peupliers",
	"Louise Michel", "du Vieux Puits", "des Vignes", "Jean Moulin", "de l'Abbaye", "du Couvent", "des Roses", "Marie Curie", "de la Côte", "du Levant",
	"des Alouettes", "Simone Veil", "de la Mairie", "des Charmilles", "du Ruisseau", "des Genêts", "Anatole France", "des Bleuets", "de Montrevel",
}

// newAddress draws a plausible address in a real commune, within the 38
// characters a line of NF Z 10-011.
func (m *maker) newAddress() breach.Address {
	c := m.commune()
	number := strconv.Itoa(1 + min(m.rng.IntN(180), m.rng.IntN(180)))
	if m.chance(0.06) {
		number += pick(m.rng, []string{" bis", " ter", " B"})
	}
	a := breach.Address{Street: number + " " + pick(m.rng, streetKinds) + " " + pick(m.rng, streetNames), Postcode: pick(m.rng, c.Postcodes), City: c.Name}
	if c.Population > 10_000 && m.chance(0.4) {
		a.Line2 = fmt.Sprintf("Appartement %d", m.between(1, 140))
		if m.chance(0.5) {
			a.Line3 = pick(m.rng, []string{"Bâtiment A", "Bâtiment B", "Résidence les Tilleuls", "Résidence du Parc", "Entrée 3", "Tour Azur"})
		}
	} else if c.Population < 2_000 && m.chance(0.3) {
		a.Line5 = pick(m.rng, []string{"Le Bourg", "Les Granges", "Hameau du Pré", "La Combe", "Les Quatre Vents"})
	}
	return a
}

// newEmail makes an address that is nobody else's: the number in it is the
// person's own.
func (m *maker) newEmail(p *person) string {
	given, name := emailPart(p.given[0]), emailPart(p.birthName)
	domain := pick(m.rng, []string{"example.org", "example.org", "example.net", "example.com"})
	number := strconv.Itoa(p.seq)
	switch m.rng.IntN(5) {
	case 0:
		return given[:1] + name + number + "@" + domain
	case 1:
		return given + "_" + numbered("", int64(p.born.Year()%100), 2) + "_" + number + "@" + domain
	default:
		return given + "." + name + number + "@" + domain
	}
}

func emailPart(s string) string {
	s = unaccent(s)
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c >= 'a' && c <= 'z' || c == '-' && len(out) > 0 {
			out = append(out, c)
		}
	}
	for len(out) > 0 && out[len(out)-1] == '-' {
		out = out[:len(out)-1]
	}
	if len(out) == 0 {
		return "x"
	}
	return string(out)
}

// unaccent drops what French capitals lose; the Turkish dotless i becomes i.
func unaccent(s string) string {
	if ascii(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ı':
			return 'i'
		}
		return r
	}, norm.NFD.String(s))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// The ranges kept for fiction hold 10,000 numbers each. Mobiles below
// firstStrangerMobile belong to registered people and are used in turn, so
// that none is shared before 8,000 are out; the others are left to strangers
// and to numbers that people once had.
const firstStrangerMobile = 8_000

var landlineBlocks = []string{"+3319900", "+3326191", "+3335301", "+3346571", "+3353649"}

// chunkMobiles and chunkLandlines are about as many numbers as a chunk uses:
// where the numbers of each chunk begin.
const (
	chunkMobiles   = 2_000
	chunkLandlines = 1_200
)

// wideMobile and wideLandline give a country of one's own numbers for all, which
// ten thousand numbers kept for fiction cannot: in ranges of the French plan
// that are not open to operators (071, 072 and 040), so that nobody has them.
// For measuring only: where numbers are shared by thousands, they tell nothing.
func wideMobile(n int) string { return numbered("+337", 10_000_000+int64(n)%20_000_000, 8) }

func wideLandline(n int) string { return numbered("+3340", int64(n)%10_000_000, 7) }

func (m *maker) newMobile(seq int) string {
	if m.ownPhones {
		return wideMobile(seq)
	}
	m.mobiles++
	return numbered("+3363998", int64(m.mobiles%firstStrangerMobile), 4)
}

func (m *maker) newLandline(seq int) string {
	if m.ownPhones {
		return wideLandline(seq)
	}
	m.landlines++
	block := landlineBlocks[m.landlines%len(landlineBlocks)]
	return numbered(block, int64(m.landlines/len(landlineBlocks)%10_000), 4)
}

func (m *maker) strangerMobile() string {
	if m.ownPhones {
		return wideMobile(m.rng.IntN(20_000_000))
	}
	return numbered("+3363998", int64(m.between(firstStrangerMobile, 9_999)), 4)
}

// reach gives a person the channels that somebody of that age leaves.
func (m *maker) reach(p *person, age int) {
	switch {
	case age < 11:
		return
	case age < 15:
		if m.chance(0.4) {
			p.phone = m.newMobile(p.seq)
		}
	case age <= 25:
		if m.chance(0.86) {
			p.email = m.newEmail(p)
		}
		if m.chance(0.92) {
			p.phone = m.newMobile(p.seq)
		}
	default:
		if m.chance(0.75 - float64(max(age-50, 0))*0.012) {
			p.email = m.newEmail(p)
		}
		if m.chance(0.35) && age < 60 {
			p.phone = m.newMobile(p.seq)
		} else if m.chance(0.6) {
			p.phone = m.newLandline(p.seq)
		}
	}
}
