package dump

import (
	"cmp"
	"fmt"
	"slices"
)

// neighbours lets columns that are sure already speak for those beside them: a
// table is written in an order that people understand.
func (t *table) neighbours() {
	for i, c := range t.cols {
		if c.filled == 0 {
			continue
		}
		near := func(distance int, meanings ...string) bool { return t.near(i, meanings...) <= distance }
		w := t.weights[i]
		between := func(meaning string, low, high float64) bool { return w[meaning] > low && w[meaning] < high }
		words := c.share(tWords)
		// A place of words beside a street or a code of the post.
		if words > 0.6 && w[city] < 0.6 && c.share(tKnown) < 0.75*words && near(2, postcode) && near(3, street) && c.notCode() {
			w[city] = 0.6
		}
		if between(street, 0.3, 0.6) && near(1, street, postcode) {
			w[street] = 0.6
		}
		if between(postcode, 0.4, 0.9) && near(1, city) && near(3, street) {
			t.favour(i, postcode, 0.2)
		}
		// One word behind an address or a login.
		if c.share(tUnbroken)+c.part(c.digits) > 0.85 && between(MeaningPassword, 0.2, 0.8) && i > 0 && t.is(i-1, email, MeaningLogin) {
			t.favour(i, MeaningPassword, 0.25)
		}
		if between(MeaningLogin, 0.3, 0.8) && (near(1, MeaningPassword, MeaningHash) || near(1, email) && near(3, MeaningPassword, MeaningHash)) && (len(t.cols) != 2 || i == 0 || !t.is(i-1, email, MeaningLogin)) {
			t.favour(i, MeaningLogin, 0.2)
		}
		// Names stand beside names, sexes and births.
		if best := max(w[birthName], w[givenNames]); best > 0.4 && best < 0.8 && near(1, birthName, givenNames, usageName, sex) {
			t.favour(i, birthName, 0.06+0.05*when(!near(2, birthName)))
			t.favour(i, givenNames, 0.06+0.05*when(!near(2, givenNames)))
		}
		if w[MeaningBirthYear] > 0.4 && near(2, birthName, givenNames, sex, birthPlace) {
			t.favour(i, MeaningBirthYear, 0.1)
		}
	}
}

// favour adds to the weight of a meaning once, however often the neighbours are
// asked.
func (t *table) favour(i int, meaning string, weight float64) {
	k := fmt.Sprint(i, meaning)
	if !t.favoured[k] {
		t.favoured[k] = true
		t.weights[i][meaning] += weight
	}
}

// notCode tells that the values of a column are many enough for places.
func (c *column) notCode() bool {
	few, _, _ := c.variety()
	return !few && c.longest > 4
}

func (t *table) is(i int, meanings ...string) bool {
	return slices.Contains(meanings, t.out[i].Meaning)
}

// nowhere is farther than any column of a table.
const nowhere = 1 << 20

// near is how many columns away the closest of the meanings stands, nowhere when
// none does within sixteen.
func (t *table) near(i int, meanings ...string) int {
	for d := 1; d < min(len(t.out), 16); d++ {
		if i-d >= 0 && t.is(i-d, meanings...) || i+d < len(t.out) && t.is(i+d, meanings...) {
			return d
		}
	}
	return nowhere
}

// any tells whether some column has one of the meanings.
func (t *table) any(meanings ...string) bool {
	for i := range t.out {
		if t.is(i, meanings...) {
			return true
		}
	}
	return false
}

// settle decides what only the whole table can.
func (t *table) settle() {
	t.settleBodies()
	t.settleDates()
	t.settleNames()
	t.settlePlaces()
	t.settleYears()
	t.settleLocation()
	t.settleSecrets()
	t.settleHashes()
}

func (t *table) set(i int, meaning string, confidence float64) {
	t.out[i].Meaning = meaning
	t.out[i].Confidence = min(t.out[i].Confidence, confidence)
}

// settleDates leaves one column the birth date: the one that a NIR or the header
// says, else the one with the earliest years, if these can be years of birth.
func (t *table) settleDates() {
	best, bestKey := -1, 0.0
	for i := range t.out {
		if !t.is(i, birthDate, MeaningDate) || t.cols[i].dates == nil {
			continue
		}
		dv := t.cols[i].dates
		style, _ := dv.style(t.newest)
		first, year := dv.quartiles(style)
		key := 3000 - float64(year)
		switch {
		case t.weights[i][birthDate]-t.weights[i][MeaningDate] > 0.3: // a NIR says so
			key += 30000
		case t.hints[i] == birthDate:
			key += 10000
		case t.hints[i] == MeaningDate:
			key -= 10000
		}
		if dv.timed*2 > dv.n && dv.n > 0 {
			key -= 20000 // nobody is born at 14:32 in an export
		}
		newest := 2026
		if !t.o.Now.IsZero() {
			newest = t.o.Now.Year()
		}
		// Births reach back over decades; children's stand beside their names.
		young := first > newest-13 && (t.near(i, givenNames, fullName, sex, birthPlace, nir) > 1 && (t.near(i, birthName) != 1 || !t.any(givenNames))) || first > newest-4
		if year < 1880 || key < 5000 && young {
			key -= 10000
		}
		if key > 0 && (best < 0 || key > bestKey) {
			best, bestKey = i, key
		}
	}
	for i := range t.out {
		switch {
		case i == best:
			t.out[i].Meaning = birthDate
			if bestKey < 5000 && t.cols[i].dates.n > 0 && t.out[i].Confidence < 0.9 && t.near(i, birthName, givenNames, fullName) < nowhere {
				t.out[i].Confidence = 0.95
			}
		case t.out[i].Meaning == birthDate:
			t.out[i].Meaning = MeaningDate
		}
	}
}

// quartiles returns the years by which a quarter and half of the dates lie.
func (dv *dateVotes) quartiles(s dateStyle) (first, median int) {
	years := dv.years
	short := &dv.short
	if s.order == orderShortYMD {
		short = &dv.turned
	}
	for y, n := range short {
		years[s.century(y)-1850] += n
	}
	var total, sum int64
	for _, n := range years {
		total += int64(n)
	}
	for i, n := range years {
		if sum += int64(n); n == 0 {
			continue
		}
		if first == 0 && sum*4 >= total {
			first = 1850 + i
		}
		if sum*2 >= total {
			return first, 1850 + i
		}
	}
	return first, median
}

// settleNames shares the name columns out: one birth name, one usage name.
// Given names may fill several columns.
func (t *table) settleNames() {
	t.settleSurname()
	var surnames []int
	usage, given := -1, false
	for i := range t.out {
		switch t.out[i].Meaning {
		case birthName:
			surnames = append(surnames, i)
		case usageName:
			usage = i
		case givenNames, fullName:
			given = true
		}
	}
	if len(surnames) < 2 {
		return
	}
	// The header's word first, then the fuller, then the earlier column.
	slices.SortStableFunc(surnames, func(a, b int) int {
		ha, hb := t.hints[a] == birthName, t.hints[b] == birthName
		if ha && hb {
			ha, hb = saysBirth(t.headers[a]), saysBirth(t.headers[b])
		}
		if ha != hb {
			return -cmp.Compare(when(ha), when(hb))
		}
		return cmp.Compare(t.cols[b].filled/8, t.cols[a].filled/8)
	})
	// Without given names, the column of the two that leans most is given.
	if !given && len(surnames) == 2 {
		a, b := surnames[0], surnames[1]
		la, lb := t.weights[a][givenNames]-t.weights[a][birthName], t.weights[b][givenNames]-t.weights[b][birthName]
		if max(la, lb) > -0.12 && max(la, lb)-min(la, lb) > 0.08 && t.hints[a] != birthName && t.hints[b] != birthName {
			if lb > la {
				a = b
			}
			t.set(a, givenNames, 0.7)
			return
		}
	}
	for n, i := range surnames[1:] {
		if t.hints[i] == birthName && t.hints[surnames[0]] == birthName && n > 0 {
			continue
		}
		t.out[i].Meaning, t.out[i].Confidence = MeaningUnknown, 0
		if t.near(i, birthName, givenNames, usageName) > 1 && t.hints[i] == "" {
			// Far from the names, and words that come again: where one lives.
			if _, _, ratio := t.cols[i].variety(); ratio < 0.8 && t.cols[i].notCode() {
				t.out[i].Meaning, t.out[i].Confidence = city, 0.6
			}
			continue
		}
		if n == 0 && usage < 0 {
			t.out[i].Meaning, t.out[i].Confidence = usageName, 0.8
		}
	}
}

// settleSurname takes a surname, where none is the one of birth, which every
// register has, for that, unless its header says that it is not: values do not
// tell one kind from the other.
func (t *table) settleSurname() {
	if t.any(birthName) {
		return
	}
	for i, h := range t.hints {
		if t.is(i, usageName) && h != usageName {
			t.out[i].Meaning = birthName
			return
		}
	}
}

// saysBirth tells a header that names the name of birth itself, and not just a
// surname.
func saysBirth(header string) bool {
	long, _ := spelled(headerWords(header))
	for _, w := range long {
		switch w {
		case "naissance", "jeune", "patronymique", "patronyme", "birth", "maiden", "geburtsname", "nascita":
			return true
		}
	}
	return false
}

// settlePlaces tells where a person lives from where one was born when no
// header does: the city stands beside the postcode, the birth place beside the
// birth date. Codes of communes and of countries go by their neighbours too.
func (t *table) settlePlaces() {
	var open []int // places that no header settles
	for i := range t.out {
		if h := t.hints[i]; t.is(i, city, birthPlace) && h != city && h != birthPlace {
			open = append(open, i)
		}
	}
	address := func(i int) int { return min(t.near(i, postcode), t.near(i, street)+1) }
	home := -1
	for _, i := range open {
		if d := address(i); d < nowhere && (home < 0 || d <= address(home)) {
			home = i
		}
	}
	for _, i := range open {
		t.out[i].Meaning = city
		d := min(t.near(i, birthDate), t.near(i, birthCommune), t.near(i, nationality)+1)
		if i != home && d <= 2 || len(open) == 1 && d == 1 && !t.any(postcode, street) {
			t.out[i].Meaning = birthPlace
		}
	}
	for i := range t.out {
		switch t.out[i].Meaning {
		case country:
			t.settleCountry(i)
		case MeaningCommune, birthCommune:
			t.settleCommune(i)
		}
	}
}

// settleCountry: FR behind a birth date is a nationality, behind a city an
// address. What stands to the left decides, since both close a group.
func (t *table) settleCountry(i int) {
	if t.hints[i] != "" || t.any(nationality) || t.cols[i].share(tCountryName) > 0.3 {
		return
	}
	people := []string{birthDate, givenNames, birthName, usageName, sex, birthPlace, birthCommune, fullName}
	address := []string{city, postcode, street, MeaningDepartment, MeaningCommune}
	for d := 1; d < len(t.out); d++ {
		if i-d >= 0 && t.is(i-d, address...) {
			return
		}
		if i-d >= 0 && t.is(i-d, people...) {
			t.set(i, nationality, 0.75)
			return
		}
	}
	if t.near(i, people...) < t.near(i, address...) {
		t.set(i, nationality, 0.7)
	}
}

func (t *table) settleCommune(i int) {
	if h := t.hints[i]; h == MeaningCommune || h == birthCommune || t.weights[i][birthCommune] > 1 {
		return
	}
	born := min(t.near(i, birthDate), t.near(i, birthPlace))
	lives := min(t.near(i, postcode), t.near(i, street), t.near(i, city))
	t.out[i].Meaning = MeaningCommune
	if born <= 2 && born < lives || born == 1 && lives == 1 && t.near(i, birthDate) == 1 && t.near(i, postcode) > 2 {
		t.set(i, birthCommune, 0.8)
	}
}

// settleSecrets tells the name one logs in with from the password where both are
// words that mean nothing: where a hash stands for the password, or another
// column is more like one, the word is the name.
func (t *table) settleSecrets() {
	best := -1
	for i := range t.out {
		if t.is(i, MeaningPassword) && (best < 0 || t.weights[i][MeaningPassword] > t.weights[best][MeaningPassword]) {
			best = i
		}
	}
	for i := range t.out {
		if !t.is(i, MeaningPassword) || t.hints[i] == MeaningPassword {
			continue
		}
		w := t.weights[i]
		hashed := t.near(i, MeaningHash) <= 3
		if w[MeaningLogin] > 0.2 && (i != best || hashed) && w[MeaningPassword]-w[MeaningLogin] < 0.6 {
			t.set(i, MeaningLogin, 0.8)
		}
	}
}

// settleYears takes a year for one of birth only where people are.
func (t *table) settleYears() {
	for i := range t.out {
		if t.out[i].Meaning != MeaningBirthYear || t.hints[i] == MeaningBirthYear || t.weights[i][MeaningBirthYear] > 0.8 {
			continue
		}
		_, median := t.cols[i].dates.quartiles(dateStyle{})
		if median < 1920 || median > 2018 || t.near(i, birthName, givenNames, fullName, usageName) > 6 || len(t.cols[i].values) < 8 {
			t.set(i, MeaningNumber, 0.6)
		}
	}
}

// settleLocation takes a decimal for half of a place only beside the other half,
// or as a latitude of here: weights of surveys and rates lie between -180 and
// 180 as well.
func (t *table) settleLocation() {
	for i := range t.out {
		c := t.cols[i]
		if t.is(i, MeaningLocation) && t.hints[i] != MeaningLocation && t.near(i, MeaningLocation) > 2 && c.share(tDecimal) > 0.5 && c.share(tNorth) < 0.9 {
			t.set(i, MeaningNumber, 0.6)
		}
	}
}
