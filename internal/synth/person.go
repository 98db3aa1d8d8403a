package synth

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/internal/france"
)

// person is one invented human, before any registry writes them down.
type person struct {
	seq         int // from 1, in order of making
	birthName   string
	usageName   string
	given       []string
	sex         string // "F" or "M"
	born        time.Time
	dateUnknown bool // only the year of birth is known
	origin      *origin
	place       string
	placeCode   string // INSEE commune, or 99 and country
	nationality string
	email       string
	phone       string
	address     breach.Address
	deceased    string // "", "unknown" or a day
	regime      breach.Regime
	protected   bool
	elected     breach.Address
	secret      bool
	emailSafe   bool
	phoneSafe   bool
	language    string
	relations   []relation
}

// relation ties a person to somebody who may have to be told.
type relation struct {
	holder    *person // nil for a body or a professional outside the registry
	outside   breach.Contact
	outsideID int
	kind      breach.RelationKind
	authority breach.Authority
	from      time.Time
	until     time.Time
	barred    bool
}

func (p *person) civility() string {
	if p.sex == "F" {
		return "Mme"
	}
	return "M."
}

func (p *person) ageAt(day time.Time) int {
	years := day.Year() - p.born.Year()
	if _, m, d := day.Date(); p.born.Month() > m || p.born.Month() == m && p.born.Day() > d {
		years--
	}
	return years
}

func (p *person) birthDate() string {
	if p.dateUnknown {
		return numbered("", int64(p.born.Year()), 4) + "-00-00"
	}
	return day(p.born)
}

// maker invents people: those of one chunk.
type maker struct {
	data       *france.Data
	asOf       time.Time
	country    bool    // the whole of France, not a town
	ownPhones  bool    // see wideMobile
	alike      float64 // see lookAlikes
	near       places  // where most households live
	anywhere   places
	families   map[*origin][]string
	controller string

	rng       *rand.Rand
	rare      *rand.PCG // of rare surnames
	rareRNG   *rand.Rand
	seq       int
	outsiders int
	mobiles   int
	landlines int
	recent    []*person // for namesakes; the last ones made
	room      []person  // see blank
	waiting   []*person // see compatriot
}

// baseMaker is what all makers share: the places and names of France.
var baseMaker = sync.OnceValues(func() (*maker, error) {
	data, err := france.Load()
	if err != nil {
		return nil, err
	}
	m := &maker{data: data, families: families(data)}
	for i := range data.Communes {
		c := &data.Communes[i]
		if len(c.Postcodes) == 0 || c.Population == 0 {
			continue
		}
		m.anywhere.add(c)
		switch c.Department {
		case "01", "38", "42", "69", "71", "73":
			m.near.add(c)
		}
	}
	return m, nil
})

// maker makes what the makers of all chunks of a population share; at gives
// them the rest.
func (p Population) maker() (*maker, error) {
	base, err := baseMaker()
	if err != nil {
		return nil, err
	}
	m := *base
	if m.asOf = p.AsOf; m.asOf.IsZero() {
		m.asOf = DefaultAsOf
	}
	m.country, m.ownPhones = p.country(), p.OwnPhones
	return &m, nil
}

// places draws communes in proportion to their population.
type places struct {
	communes []*france.Commune
	upTo     []int
	guide    []int32 // of every guideStep people, the place of their commune
}

const guideStep = 1024

func (p *places) add(c *france.Commune) {
	total := c.Population
	if n := len(p.upTo); n > 0 {
		total += p.upTo[n-1]
	}
	for len(p.guide)*guideStep < total {
		p.guide = append(p.guide, int32(len(p.upTo)))
	}
	p.communes, p.upTo = append(p.communes, c), append(p.upTo, total)
}

func (p *places) draw(rng *rand.Rand) *france.Commune {
	x := rng.IntN(p.upTo[len(p.upTo)-1])
	i := p.guide[x/guideStep]
	for p.upTo[i] <= x {
		i++
	}
	return p.communes[i]
}

func (m *maker) chance(p float64) bool { return m.rng.Float64() < p }

// between draws a whole number from low to high, both included.
func (m *maker) between(low, high int) int { return low + m.rng.IntN(high-low+1) }

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// newPerson invents somebody of an age with a family name.
func (m *maker) newPerson(o *origin, sex string, age int, birthName string) *person {
	m.seq++
	p := m.blank()
	*p = person{seq: m.seq, origin: o, sex: sex, birthName: birthName, language: "fr"}
	p.born = m.birthday(age)
	p.given = m.givenNames(o, sex, p.born.Year())
	m.birthplace(p)
	m.nationalityOf(p, age)
	return p
}

// blank is room for a person, in memory that chunks use in turn.
func (m *maker) blank() *person {
	if len(m.room) == 0 {
		return new(person)
	}
	p := &m.room[0]
	m.room = m.room[1:]
	return p
}

// season is how many are born in each month in France, per day, as a share of
// the month with most: INSEE, births by month, mean of recent decades.
var season = [13]float64{1: 0.93, 0.93, 0.92, 0.93, 0.96, 0.97, 1.0, 0.99, 1.0, 0.98, 0.96, 0.95}

// birthday draws when somebody of an age was born.
func (m *maker) birthday(age int) time.Time {
	for {
		born := m.asOf.AddDate(-age, 0, -m.rng.IntN(365))
		if m.chance(season[born.Month()]) {
			return born
		}
	}
}

// givenNames draws one to four given names; compound ones keep their hyphen.
func (m *maker) givenNames(o *origin, sex string, year int) []string {
	count := 1 + min(m.rng.IntN(4), m.rng.IntN(4))
	out := make([]string, 0, count)
	for len(out) < count {
		name := m.data.GivenName(m.rng, sex, year)
		if list := o.given(sex); len(list) > 0 && m.chance(0.55) {
			name = pick(m.rng, list)
		} else if len(out) == 0 && m.chance(0.02) {
			name = pick(m.rng, compounds[sex])
		}
		if !contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

var compounds = map[string][]string{
	"F": {"Marie-Claire", "Anne-Sophie", "Marie-Hélène", "Anne-Laure", "Lou-Anne", "Marie-Lou", "Anna-Rose", "Lily-Rose", "Marie-Ange"},
	"M": {"Jean-Baptiste", "Pierre-Louis", "Jean-François", "Paul-Émile", "Jean-Noël", "Pierre-Yves", "Marc-Antoine", "Jean-Michaël", "Louis-Félix"},
}

// surname draws a family name of an origin in mixed case, with the accents and
// particles that a civil registrar writes.
func (m *maker) surname(o *origin) string {
	own := 0.9
	if m.country { // our lists are short: names would be too common
		if own = 0.6; len(m.families[o]) == 0 {
			own = 0.25
		}
	}
	if len(o.surnames) > 0 && m.chance(own) {
		return m.surnameOf(o)
	}
	if m.chance(0.012) {
		return pick(m.rng, []string{"de ", "de La ", "du ", "d'", "Le "}) + pick(m.rng, estates)
	}
	if m.chance(rareShare) {
		return titled(m.rareSurname())
	}
	name := m.data.Surname(m.rng)
	if accented, ok := accents[name]; ok && m.chance(0.7) {
		return accented
	}
	return titled(name)
}

// surnameOf draws a family name of an origin: a well-known one, the first of
// the list more often than the last, or one of INSEE's names that begins or
// ends as names of that origin do.
func (m *maker) surnameOf(o *origin) string {
	known := 0.12
	if len(o.starts)+len(o.ends) == 0 {
		known = 0.8
	} else if m.country {
		known = 0.05
	}
	if list := m.families[o]; len(list) > 0 && !m.chance(known) {
		return titled(pick(m.rng, list))
	}
	return o.surnames[min(m.rng.IntN(len(o.surnames)), m.rng.IntN(len(o.surnames)))]
}

// families sorts a sample of surnames, common ones occurring more than once,
// by the origins they sound of.
func families(data *france.Data) map[*origin][]string {
	const sample = 60_000
	rng := rand.New(rand.NewPCG(sample, sample))
	out := map[*origin][]string{}
	for range sample {
		name := data.Surname(rng)
		for i := range origins {
			if origins[i].sounds(name) {
				out[&origins[i]] = append(out[&origins[i]], name)
			}
		}
	}
	return out
}

func (o *origin) sounds(name string) bool {
	for _, s := range o.starts {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	for _, s := range o.ends {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

var estates = []string{"Aubermont", "Hautecombe", "Orval", "Rochebrune", "Estrac", "Ambreville", "Ormesson", "Evrolles", "Ussel"}

// accents restores what INSEE's capitals lost, for the most usual names.
var accents = map[string]string{
	"LEFEVRE": "Lefèvre", "GUERIN": "Guérin", "GERARD": "Gérard", "HERVE": "Hervé", "MENARD": "Ménard", "LEVEQUE": "Lévêque",
	"REMY": "Rémy", "BARTHELEMY": "Barthélémy", "BENARD": "Bénard", "LEGER": "Léger", "NOEL": "Noël", "ANDRE": "André",
	"FRANCOIS": "François", "CLEMENT": "Clément", "CARRE": "Carré", "PREVOST": "Prévost", "MARECHAL": "Maréchal",
	"BARRE": "Barré", "RIVIERE": "Rivière", "ETIENNE": "Étienne", "LEMAITRE": "Lemaître", "BENOIT": "Benoît", "TRAORE": "Traoré",
	"GONCALVES": "Gonçalves", "GONZALEZ": "González", "MULLER": "Müller", "SCHAFER": "Schäfer", "CESAR": "César",
}

// titled turns INSEE's capitals into mixed case: "LE GOFF" to "Le Goff".
func titled(name string) string {
	b := []byte(name)
	for i := range b {
		if i > 0 && b[i] >= 'A' && b[i] <= 'Z' && b[i-1] != ' ' && b[i-1] != '-' && b[i-1] != '\'' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
