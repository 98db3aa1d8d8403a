package dump

import "strings"

// bodies open the names of the groups that communes form (EPCI), written out and
// as the national lists of them abbreviate: places, though surnames are in them.
var bodies = wordSet("CC|CA|CU|COMMUNAUTE|METROPOLE|AGGLOMERATION|EPCI|EPT|PETR|SIVOM|SIVU|GRAND|PAYS")

// isBodies tells that half of the values of a column are such names.
func (c *column) isBodies() bool {
	n, kept := 0, 0
	for _, s := range c.side {
		if s.row == 0 {
			continue
		}
		kept++
		if first, rest, ok := strings.Cut(key([]byte(s.value)), " "); ok && rest != "" && bodies()[first] {
			n++
		}
	}
	return n > 2 && n*2 > kept
}

// settleBodies takes the names of groups of communes for places.
func (t *table) settleBodies() {
	for i := range t.out {
		if t.is(i, birthName, usageName, givenNames, fullName, MeaningEmployer, MeaningUnknown) && t.hints[i] != MeaningEmployer && t.cols[i].isBodies() {
			t.out[i].Meaning, t.out[i].Confidence = city, 0.6
		}
	}
}
