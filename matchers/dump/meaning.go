package dump

import (
	"cmp"
	"math"
	"slices"

	"vigie/internal/ident"
)

// guess is what a column may mean and how much speaks for it: about 1 when its
// own values leave no doubt, below enough when they say too little.
type guess struct {
	meaning string
	weight  float64
}

// A column's meaning is what its values, its neighbours and the other values of
// its rows say most strongly. Check digits prove, shapes and dictionaries
// suggest, and the header adds to what the values allow: it decides between
// meanings that look alike, and is not believed against the values.
const (
	hintBonus = 0.35
	enough    = 0.45
)

// table is what is known of all columns while their meanings are weighed.
type table struct {
	o       *Options
	cols    []*column
	headers []string
	hints   []string
	weights []map[string]float64
	out     []Column
	// favoured are the weights that neighbours added to.
	favoured map[string]bool
	newest   int // two digits of the present year, 99 when unknown
}

// understand decides the meaning of every column.
func understand(cols []*column, headers []string, o *Options) []Column {
	t := weighed(cols, headers, o)
	t.revise()
	t.settleSurname()
	for i := range cols {
		t.finish(i)
	}
	return t.out
}

// weighed is what the rules say of every column.
func weighed(cols []*column, headers []string, o *Options) *table {
	t := &table{o: o, cols: cols, headers: headers, newest: 99, out: make([]Column, len(cols)), favoured: map[string]bool{}}
	if !o.Now.IsZero() {
		t.newest = o.Now.Year() % 100
	}
	for i, c := range cols {
		c.dismissChance()
		h := c.hinted(headers[i])
		t.hints = append(t.hints, h)
		t.weights = append(t.weights, c.weigh(h, o))
	}
	t.relate()
	for range 2 { // the second time with the neighbours' meanings known
		for i := range cols {
			t.choose(i)
		}
		t.neighbours()
	}
	for i := range cols {
		t.choose(i)
	}
	t.settle()
	return t
}

// ranked returns the meanings of a column, the weightiest first.
func (t *table) ranked(i int) []guess {
	var all []guess
	for m, w := range t.weights[i] {
		if w <= 0 {
			continue
		}
		if m == t.hints[i] {
			w += hintBonus
		}
		all = append(all, guess{m, w})
	}
	slices.SortFunc(all, func(a, b guess) int {
		return cmp.Or(-cmp.Compare(a.weight, b.weight), cmp.Compare(a.meaning, b.meaning))
	})
	return all
}

// choose takes the weightiest meaning of a column.
func (t *table) choose(i int) {
	c, h := t.cols[i], t.hints[i]
	t.out[i] = Column{Name: t.headers[i], Meaning: MeaningUnknown, Filled: c.filled}
	if c.filled == 0 {
		t.out[i].Meaning, t.out[i].Confidence = MeaningEmpty, 1
		return
	}
	if sure, ok := t.plainly(i); ok {
		t.out[i].Meaning, t.out[i].Confidence = h, sure
		return
	}
	all := t.ranked(i)
	if len(all) == 0 || all[0].weight < enough {
		if trusted(h) {
			t.out[i].Meaning, t.out[i].Confidence = h, enough
		}
		return
	}
	margin := all[0].weight
	if len(all) > 1 {
		margin -= all[1].weight
	}
	t.out[i].Meaning, t.out[i].Confidence = all[0].meaning, confidence(all[0].weight, margin)
}

// confidence says how often a meaning of that weight and margin over the next
// is right, a little below what invented tables show (TestMeaningsOfManyTables).
func confidence(weight, margin float64) float64 {
	x := 0.62 + 0.25*min(1, weight) + 0.35*min(0.4, margin)
	return max(0.5, min(0.995, x))
}

// finish says what belongs to the meaning that was decided.
func (t *table) finish(i int) {
	c, col := t.cols[i], &t.out[i]
	if c.rounded() {
		col.Damaged = WarningNumbersDestroyed
		col.Confidence = min(col.Confidence, 0.5)
	}
	col.Confidence = math.Round(col.Confidence*100) / 100
	switch col.Meaning {
	case birthDate, MeaningDate:
		if c.dates != nil {
			style, ambiguous := c.dates.style(t.newest)
			col.Order, col.Pivot, col.Ambiguous = style.order, style.pivot, ambiguous
		}
	case fullName:
		col.NameOrder = c.nameOrder()
	case MeaningHash:
		col.Hash = c.hashType()
	}
}

// nameOrder tells how full names are written, "" when the dictionaries do not.
func (c *column) nameOrder() string {
	g, s := c.has[tPairGivenFirst], c.has[tPairSurnameFirst]
	switch {
	case c.share(tComma) > 0.7:
		return "surname-given"
	case g+s < 5 && g+s < c.has[tWords]/3 || g*4 > s && s*4 > g && g+s > 0:
		return ""
	case g > s:
		return "given-surname"
	case s > g:
		return "surname-given"
	}
	return ""
}

// hashType is the type of most hashes of the column.
func (c *column) hashType() string {
	best := ""
	for name, n := range c.hashes {
		if n > c.hashes[best] || n == c.hashes[best] && name < best {
			best = name
		}
	}
	return best
}

func when(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// variety describes how often the values of a column come again.
func (c *column) variety() (few, unique bool, ratio float64) {
	n := len(c.values)
	few = n <= 12 && c.looked > 40 || n <= 6 && c.looked > 20 || c.looked <= 20 && n <= 3
	ratio = 1.0
	if n < maxDistinct && c.looked > 0 {
		ratio = float64(n) / float64(c.looked)
	} else if c.filled > 0 {
		ratio = float64(min(c.distinct.estimate(), c.filled)) / float64(c.filled)
	}
	return few, ratio > 0.95, ratio
}

// weigh says what the values of a column alone say it means.
func (c *column) weigh(hinted string, o *Options) map[string]float64 {
	w := map[string]float64{}
	if c.looked == 0 {
		return w
	}
	set := func(meaning string, weight float64) {
		if weight > w[meaning] {
			w[meaning] = weight
		}
	}
	c.weighProofs(set, hinted)
	c.weighDates(set, hinted)
	c.weighKeys(set, hinted)
	c.weighNumbers(set, hinted)
	c.weighPlaces(set, hinted)
	c.weighWords(set, hinted)
	c.weighNames(set, o)
	c.weighSecrets(set)
	if _, unique, _ := c.variety(); hinted == MeaningRowID && unique && c.share(tUnbroken) > 0.9 {
		// A key of letters and digits is drawn like a password, and is none.
		set(MeaningRowID, 0.62)
		for _, m := range []string{MeaningPassword, MeaningLogin, MeaningToken} {
			w[m] *= 0.5
		}
	}
	return w
}

// weighProofs weighs what check digits prove and shapes that nothing else has.
func (c *column) weighProofs(set func(string, float64), hinted string) {
	bare := 1 - 0.6*c.share(tText) // numbers within sentences are found, but the column is text
	set(nir, bare*max(c.all(c.nir), c.proof(ident.NIR), 0.9*c.share(tNIRStrict), 0.9*c.share(tNIRMasked)))
	set(MeaningIBAN, bare*max(c.all(c.iban), c.proof(ident.IBAN)))
	set(MeaningCard, bare*max(c.all(c.card), when(c.proof(ident.Card) > 0.5)*c.proof(ident.Card)))
	set(MeaningRIB, c.share(tRIB))
	set(email, max(c.share(tEmail), bare*c.all(c.ats)*0.9))
	proved := func(k ident.Kind, meaning string, least float64) {
		if p := c.proof(k); p > least {
			set(meaning, 0.97*p)
		}
	}
	proved(ident.SIREN, MeaningSIREN, 0.6)
	proved(ident.SIRET, MeaningSIRET, 0.6)
	proved(ident.UAI, MeaningUAI, 0.4)
	proved(ident.SPI, MeaningTaxNumber, 0.4)
	proved(ident.INE, MeaningINE, 0.5)
	proved(ident.IdentityCard, MeaningIdentityCard, 0.5)
	set(MeaningFINESS, c.finess())
	set(MeaningINE, 0.75*c.share(tINEShape))
	set(MeaningUAI, 0.7*c.shape(ident.UAI)*when(c.proof(ident.UAI) > 0.2))
	set(MeaningUAI, 0.5*c.shape(ident.UAI)*when(hinted == MeaningUAI))
	set(MeaningPassport, 0.75*c.share(tPassportShape))
	set(MeaningIdentityCard, 0.7*(c.share(tCardDigits)+c.share(tCardLetters)*when(c.topShape() < 0.5)))
	set(MeaningLicence, 0.64*c.shape(ident.DrivingLicence)*when(c.share(tPassportShape) < 0.5))
	set(MeaningCAF, 0.62*c.share(tSevenLetter))
	set(MeaningFranceTravail, 0.66*c.share(tSevenLetter))
	set(MeaningBIC, 0.9*c.share(tBIC)*when(c.share(tBIC) > 0.8))
	set(MeaningIP, 0.97*c.shape(ident.IP))
	set(MeaningMAC, 0.97*c.shape(ident.MAC))
	set(MeaningUUID, 0.99*c.shape(ident.UUID))
	set(MeaningUserAgent, 0.99*c.share(tAgent))
	set(MeaningURL, max(0.97*c.share(tURL), 0.9*c.share(tDomain)))
	// Any nine digits are a phone number that lost its zero: most of those are of mobiles.
	bareNine := 0.4 * when(c.share(tInteger) > 0.9 && c.longest == 9 && c.share(tMobileCut) < 0.35)
	set(phone, max(0.9*c.share(tPhone)*(1-0.5*c.proof(ident.SIREN)-bareNine), 0.8*c.share(tPhoneGroups)))
	if hinted == phone && c.longest >= 6 && c.longest <= 24 { // of any country
		set(phone, 0.65*(c.share(tInteger)+c.share(tSignsDigits)))
	}
}

// finess weighs the numbers of health establishments, which pass Luhn as SIREN
// do, but begin with a department and seldom go on with 2 to 6.
func (c *column) finess() float64 {
	p := c.proof(ident.FINESS)
	if p < 0.6 || c.share(tFINESSShape) < 0.9 {
		return 0
	}
	return 0.98*p + 0.02
}

func (c *column) weighDates(set func(string, float64), hinted string) {
	if c.dates == nil {
		return
	}
	dv := c.dates
	dates := c.part(dv.n - dv.serial - dv.bareYear)
	weak := c.part(dv.bareYear + dv.serial)
	if hinted == birthDate {
		dates = c.part(dv.n)
	}
	if c.part(c.digits) > 0.5 && c.longest <= 6 && hinted != birthDate && hinted != MeaningDate {
		dates *= 0.7 // six digits are a date by chance now and then
	}
	if c.share(tGrows) > 0.9 && c.looked > 20 && c.share(tInteger) > 0.5 && c.longest < 8 {
		dates = 0 // numbers that only grow count something
	}
	set(birthDate, 0.85*dates)
	set(MeaningDate, 0.84*dates)
	if serial := c.part(dv.serial); serial > 0.9 && weak > 0 && c.spreadDays() {
		set(birthDate, 0.85*serial)
	}
}

// spreadDays tells whether serial days are those of births: decades apart, from
// 1910 to 2027. The codes of the post go up to 98000.
func (c *column) spreadDays() bool {
	dv := c.dates
	_, _, ratio := c.variety()
	return dv.serial > 8 && dv.odd*50 < dv.serial && dv.most-dv.least > 3000 && ratio > 0.5 && c.share(tZero) == 0
}

func (c *column) weighNumbers(set func(string, float64), hinted string) {
	few, unique, _ := c.variety()
	integers, decimals := c.share(tInteger), c.share(tDecimal)
	set(MeaningNumber, (0.55+0.1*when(hinted == MeaningNumber))*(integers+decimals))
	latitude, longitude := c.shape(ident.Latitude), c.shape(ident.Longitude)
	if c.share(tLongDecimal) > 0.6 {
		set(MeaningLocation, 0.75*max(latitude, longitude))
	}
	set(MeaningLocation, 0.9*c.shape(ident.Position)*when(decimals < 0.5))
	// Two decimals below a hundred are marks, sizes and rates as well.
	cents := 0.7 - 0.2*when(c.longest <= len("99,99") && hinted != MeaningAmount)
	set(MeaningAmount, max(0.93*c.share(tMoneySign), cents*c.share(tTwoDecimals)*when(c.share(tLongDecimal) < 0.1)))
	if c.share(tGrows) > 0.95 && unique && c.looked > 2 {
		steps := c.part(int64(c.has[tNext]))
		set(MeaningRowID, integers*(0.62+0.3*when(steps > 0.9)))
	}
	set(MeaningRowID, 0.6*c.share(tCounted)*when(unique))
	if len(c.values) == 2 && c.looked > 5 {
		set(sex, 0.62*c.share(tSexDigit))
		set(MeaningBoolean, 0.7*c.share(tBit))
	}
	if hinted == sex {
		set(sex, 0.9*c.share(tSexDigit))
	}
	if unique && c.share(tUnixMilli) > 0.98 || c.share(tUnix) > 0.98 && c.longest == 10 && c.share(tZero) == 0 && c.longest == c.shortest {
		set(MeaningDate, 0.62)
	}
	if c.share(tYear) > 0.97 && c.looked > 3 {
		set(MeaningBirthYear, 0.5)
	}
	if few && c.longest == c.shortest && integers > 0.9 {
		set(MeaningCode, 0.56)
	}
	if c.share(tZero) > 0.05 && integers > 0.9 && c.longest > 2 && c.longest == c.shortest {
		set(MeaningCode, 0.58)
	}
	set(MeaningBirthYear, 0.6*when(hinted == MeaningBirthYear)*c.share(tYear))
	set(MeaningBirthMonth, 0.6*when(hinted == MeaningBirthMonth)*max(c.share(tMonth), c.share(tMonthName)))
	set(MeaningBirthDay, 0.6*when(hinted == MeaningBirthDay)*c.share(tDay))
}

func (c *column) weighPlaces(set func(string, float64), hinted string) {
	_, _, ratio := c.variety()
	five := c.share(tFive)
	if c.abroad() && hinted != postcode {
		if hinted == country {
			set(country, 0.75)
		} else {
			set(nationality, 0.75)
		}
		five = 0
	}
	insee, zip := c.shape(ident.Commune), c.shape(ident.Postcode)
	tens := 0.0
	if c.has[tFive] > 0 {
		tens = float64(c.has[tTens]) / float64(c.has[tFive])
	}
	// Commune numbers end at 909 and no department has number 00 or 96: other
	// countries' postcodes leave these bounds in one of five.
	bounded := five > 0.9 && insee > 0.97*five && len(c.departments) > 1
	switch {
	case c.longest == 4 && c.share(tYear) > 0.9 && hinted != postcode:
	case c.longest == 4 && c.shortest == 4 && hinted != postcode:
		set(postcode, 0.42*five) // of Belgium, or what one likes: the neighbours may say it
	case five < 0.5:
		set(postcode, (0.8-0.4*c.share(tInteger))*zip*when(c.share(tForeignCode) > 0.8))
	case tens > 0.3 && c.share(tCorsica) == 0:
		set(postcode, 0.85*five)
		set(MeaningCommune, 0.5*insee)
	case c.share(tCorsica) > 0 || bounded:
		set(MeaningCommune, 0.82*max(insee, five*when(bounded)))
		set(postcode, 0.5*five)
	default:
		// People share postcodes: as many as rows are numbers of something.
		set(postcode, (0.6-0.3*when(ratio > 0.95 && c.looked > 40))*five)
		set(MeaningCommune, 0.45*insee)
	}
	set(birthCommune, 0.55*insee*when(five > 0.5))
	if d := c.share(tDepartment); d > 0.9 && (c.share(tZero) > 0.02 || c.share(tCorsicaDepartment) > 0) && c.longest <= 3 {
		set(MeaningDepartment, 0.75*d)
	}
	set(MeaningDepartment, 0.6*c.share(tDepartment)*when(hinted == MeaningDepartment))
	set(MeaningDepartment, 0.95*c.share(tDepartmentName)*when(c.share(tDepartmentName) > 0.8))
	set(street, max(0.9*c.share(tStreetSure), 0.8*c.share(tStreet), 0.62*(c.share(tComplement)+0.5*c.share(tStreetSure)), 0.8*c.share(tStreetSure)+0.6*c.share(tComplement)))
	set(country, c.countryLike())
	set(nationality, 0.95*c.share(tNationality))
	set(nationality, 0.6*c.share(tCountry)*when(hinted == nationality))
	if ratio < 0.999 || c.looked < 300 {
		set(city, c.cityLike())
		set(birthPlace, 0.98*c.cityLike())
	}
}

func (c *column) countryLike() float64 {
	share := c.share(tCountry)
	few, _, ratio := c.variety()
	if c.looked > 100 && ratio > 0.6 && !few || share < 0.9 && c.share(tCountryName) < 0.5 {
		return 0
	}
	if c.share(tCountryName) > 0.5 {
		return 0.9 * share
	}
	if share < 0.95 || c.share(tCountryUsual) < 0.2 {
		return 0
	}
	return 0.8 * share
}

func (c *column) cityLike() float64 {
	words := c.has[tWords]
	if words == 0 {
		return 0
	}
	known := float64(c.has[tCommune]) / float64(c.looked)
	if known < 0.4 {
		return 0.3 * c.share(tWords) // no dictionary: the header or the neighbours may say it
	}
	return 0.3 + 0.65*known
}

func (c *column) weighWords(set func(string, float64), hinted string) {
	few, _, ratio := c.variety()
	sexes := c.share(tSexWord)
	if few {
		set(sex, 0.92*max(sexes, c.share(tTitle)*when(sexes > 0.8)))
	}
	if len(c.values) <= 3 || few {
		set(MeaningBoolean, 0.85*c.share(tBoolean))
	}
	set(MeaningFamily, 0.7*when(c.familyLetters()))
	for _, about := range topics {
		if hinted == MeaningText { // notes speak of things
			set(about.meaning, 0.9*c.share(about.words))
		} else {
			set(about.meaning, c.topic(about.words))
		}
	}
	set(MeaningText, max(0.85*c.share(tText), 0.62*c.share(tPhrase)))
	if hinted == MeaningText && c.longest > 8 {
		set(MeaningText, 0.4*(1-c.part(c.digits)))
	}
	mixed := 1 - c.share(tInteger) - c.share(tDecimal)
	if few || c.longest <= 3 && len(c.values) < 100 {
		set(MeaningCode, 0.52*mixed)
	}
	if c.looked > 60 && ratio < 0.2 && c.longest <= 12 {
		set(MeaningCode, 0.5*mixed)
	}
	if top := c.topShape(); top > 0.8 && c.share(tWords) < 0.1 && mixed > 0.5 && c.longest <= 40 {
		set(MeaningCode, 0.6*top)
	} else if len(c.shapes) <= 6 && c.share(tWords) < 0.1 && mixed > 0.5 && c.longest <= 40 && c.looked > 40 {
		set(MeaningCode, 0.55)
	}
	set(MeaningBirthMonth, 0.6*c.share(tMonthName)*when(few && c.share(tMonthName) > 0.95))
}

// topics are told by words of lists, none of which knows all words.
var topics = []struct {
	meaning string
	words   trait
}{{MeaningFamily, tFamily}, {MeaningRelation, tKin}, {MeaningBenefit, tBenefit}, {MeaningHealth, tHealth}, {MeaningSchool, tSchool}, {MeaningEmployer, tCompany}, {MeaningOccupation, tJob}}

// topic weighs a column about which a quarter of its values say so: the others
// are words that the list does not know, unless they are sentences.
func (c *column) topic(words trait) float64 {
	share := c.share(words)
	if share < 0.25 || share < c.share(tText) {
		return 0.9 * share
	}
	return 0.5 + 0.43*share
}

// topShape is the part of the most frequent sequence of character classes.
func (c *column) topShape() float64 {
	most := int32(0)
	for _, n := range c.shapes {
		most = max(most, n)
	}
	return c.part(int64(most))
}
