package synth

import (
	"math"
	"strings"
)

// The list of package france ends at 150,000 surnames, where its law has given
// everybody a name; France has about 1.3 million, most of them borne by a few
// people (INSEE, Fichier des noms). rareShare of the people bear one of
// rareNames others, by rank-frequency law (1 + rank/rareBend)^-rareSlope, which
// goes on from some sixty bearers of the first to one or two of the last in 68
// million people.
const (
	rareShare = 0.09
	rareNames = 1_150_000
	rareBend  = 51_500
	rareSlope = 1.3
)

// rareRank is the rank, from 0, at which a share u of those who bear rare names
// is reached: the inverse of the law's integral.
func rareRank(u float64) int {
	whole := 1 - math.Pow(1+rareNames/float64(rareBend), 1-rareSlope)
	return min(int(rareBend*(math.Pow(1-u*whole, 1/(1-rareSlope))-1)), rareNames-1)
}

func (m *maker) rareSurname() string { return m.rareName(rareRank(m.rng.Float64())) }

// rareName is the rare surname of a rank, in capitals: the stem of a common one
// with another ending, or two together. It depends on the rank alone.
func (m *maker) rareName(rank int) string {
	m.rare.Seed(uint64(rank), rareNames)
	name := m.data.Surname(m.rareRNG)
	if rank%11 == 0 {
		return name + " " + m.data.Surname(m.rareRNG)
	}
	stem := name
	if i := strings.LastIndexAny(name, "AEIOUY"); i >= 3 {
		stem = name[:i]
	}
	return strings.TrimRight(stem, "AEIOUY -'") + pick(m.rareRNG, endings)
}

// endings are how French surnames end, from all regions.
var endings = []string{"AC", "ACQ", "AIN", "AINE", "AIRE", "ALLE", "AN", "AND", "ANDE", "ARD", "ARDEAU", "ASSE", "AT", "AUD", "AUDET", "AULT", "AUX", "AY", "AZ",
	"EAU", "EAUX", "EC", "EL", "ELET", "ELIN", "ELLE", "ELLIER", "EMENT", "ENNE", "ENS", "ER", "ERAND", "ERE", "ERET", "EREAU", "ERIE", "ES", "ESSE", "ET", "ETEAU", "ETTE",
	"EUL", "EUR", "EUX", "EVIN", "EY", "EZ", "I", "IAUD", "IC", "ICHE", "ICHON", "IE", "IER", "IERE", "IGNON", "IL", "ILLE", "ILLON", "IN", "INEAU", "INET", "INI", "IOL", "ION",
	"IOT", "IS", "ISSE", "ISSON", "IVEL", "OIR", "OIS", "OL", "OLLE", "ON", "ONNET", "ONNIER", "OT", "OTTE", "OU", "OUD", "OUIN", "OULET", "OUSSE", "OUX", "OVIC", "OZ", "UC",
	"UCHE", "UEL", "UET", "UGE", "UIS", "ULLE", "UREAU", "US", "USSEAU", "UT", "Y"}
