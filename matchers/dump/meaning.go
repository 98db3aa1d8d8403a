package dump

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// guess is what a column may mean and how sure that is.
type guess struct {
	meaning    string
	confidence float64
}

// A column's meaning is what its values say most strongly. Check digits prove,
// shapes suggest, and the header adds to what the values allow: it decides
// between meanings that look alike, and is not believed against the values.
const (
	hintBonus = 0.35
	enough    = 0.5
)

// understand decides the meaning of every column.
func understand(cols []*column, headers []string, o *Options) []Column {
	out := make([]Column, len(cols))
	newest := 99
	if !o.Now.IsZero() {
		newest = o.Now.Year() % 100
	}
	for i, c := range cols {
		c.dismissChance()
		g := c.best(hint(headers[i]), o)
		out[i] = Column{Name: headers[i], Meaning: g.meaning, Confidence: math.Round(g.confidence*100) / 100, Filled: c.filled}
		if c.dates != nil && (g.meaning == birthDate || g.meaning == MeaningDate) {
			style, ambiguous := c.dates.style(newest)
			out[i].Order, out[i].Pivot, out[i].Ambiguous = style.order, style.pivot, ambiguous
		}
	}
	settleDates(out, cols, headers, o.Now)
	settleNames(out, cols, headers)
	settlePlaces(out, headers)
	settleSecrets(out, cols, headers)
	return out
}

// best weighs the meanings of one column.
func (c *column) best(hinted string, o *Options) guess {
	if c.filled == 0 {
		return guess{MeaningEmpty, 1}
	}
	best := guess{MeaningUnknown, 0}
	for _, g := range c.guesses(hinted, o) {
		if g.confidence <= 0 {
			continue
		}
		if g.meaning == hinted {
			g.confidence = min(1, g.confidence+hintBonus)
		}
		if g.confidence > best.confidence {
			best = g
		}
	}
	if best.confidence < enough {
		if trusted(hinted) {
			return guess{hinted, enough}
		}
		return guess{MeaningUnknown, 0}
	}
	return best
}

// trusted tells meanings that values cannot contradict.
func trusted(hinted string) bool {
	switch hinted {
	case MeaningLogin, MeaningText, MeaningRowID, MeaningCode, MeaningPassword, birthPlace, city, nationality:
		return true
	}
	return false
}

func (c *column) guesses(hinted string, o *Options) []guess {
	few := len(c.distinct) <= 8 && c.looked > 20 || c.looked <= 20 && len(c.distinct) <= 3
	several := len(c.distinct) < maxDistinct && (c.looked > 200 && int64(len(c.distinct))*4 < c.looked || c.looked <= 200)
	dates := 0.0
	if c.dates != nil {
		dates = c.share(c.dates.n - c.dates.serial)
		if hinted == birthDate {
			dates = c.share(c.dates.n)
		}
	}
	if c.share(c.grows) > 0.9 && c.looked > 20 {
		dates = 0 // numbers that only grow count something
	}
	insee := c.share(c.commune5)
	zip := c.share(c.postcode)
	if c.tens*3 < c.postcode || c.corsica+c.abroad > 0 {
		zip *= 0.6
	} else {
		insee *= 0.6
	}
	names := c.share(c.words)
	if c.looked > 200 && len(c.distinct) < 20 {
		names *= 0.5 // many people, few values: a code
	}
	sexes := c.share(c.sexWord)
	if !few {
		sexes = 0
	}
	if hinted == sex {
		sexes = max(sexes, c.share(c.sexWord+c.sexDigit))
	}
	bare := 1 - 0.5*c.share(c.text) // numbers within sentences are found, but the column is text
	return []guess{
		{nir, max(bare*c.proved(c.nir), c.share(c.nirShape)*0.6)},
		{MeaningIBAN, bare * c.proved(c.iban)},
		{MeaningCard, bare * c.proved(c.card)},
		{email, c.share(c.email)},
		{phone, 0.9 * c.share(c.phone)},
		{birthDate, 0.8 * dates},
		{MeaningDate, 0.79 * dates},
		{sex, 0.9 * sexes},
		{country, 0.8 * c.share(c.country) * when(several)},
		{nationality, 0.9 * c.share(c.nationality) * when(several)},
		{nationality, 0.6 * c.share(c.country) * when(hinted == nationality)},
		{postcode, 0.8 * zip},
		{MeaningCommune, 0.8 * insee},
		{birthCommune, 0.6 * c.share(c.commune5)},
		{street, 0.85 * c.share(c.street)},
		{MeaningHash, 0.95 * c.share(c.hash)},
		{MeaningIP, 0.95 * c.share(c.ip)},
		{MeaningLocation, 0.8 * c.share(c.coordinate)},
		{city, c.cityLike()},
		{birthPlace, 0.98 * c.cityLike()},
		{birthName, c.nameLike(names, -1)},
		{usageName, 0.98 * c.nameLike(names, -1)},
		{givenNames, c.nameLike(names, +1)},
		{fullName, c.fullLike(names, o)},
		{MeaningRowID, 0.7 * c.share(c.grows) * when(c.looked > 2)},
		{MeaningNumber, 0.5 * c.share(c.numbers)},
		{MeaningText, 0.8 * c.share(c.text)},
	}
}

func when(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (c *column) cityLike() float64 {
	if c.words == 0 {
		return 0
	}
	share := c.share(c.commune)
	if share < 0.4 {
		return 0.3 * c.share(c.words) // no dictionary: the header may say it
	}
	return 0.3 + 0.6*share
}

// nameLike weighs names: without a dictionary, or where it knows nothing,
// letters alone leave it to the header.
func (c *column) nameLike(names, side float64) float64 {
	if c.words == 0 {
		return 0
	}
	known := float64(c.known) / float64(c.words)
	lean := side * c.leaning / float64(c.words)
	if known < 0.2 {
		return 0.35 * names
	}
	return names * (0.35 + 0.5*sigmoid(3*lean)*min(1, known*1.5))
}

func (c *column) fullLike(names float64, o *Options) float64 {
	if c.words == 0 {
		return 0
	}
	if o.GivenName == nil || o.Surname == nil {
		return 0.3 * names
	}
	return names * (0.2 + 0.9*float64(c.pairs)/float64(c.words))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// settleDates leaves one column the birth date: the one whose header says so,
// else the one with the earliest years, if these can be years of birth.
func settleDates(out []Column, cols []*column, headers []string, now time.Time) {
	best, bestKey := -1, 0.0
	for i := range out {
		if out[i].Meaning != birthDate && out[i].Meaning != MeaningDate {
			continue
		}
		dv := cols[i].dates
		year := float64(dv.median(out[i].Pivot))
		key := 3000 - year
		switch hint(headers[i]) {
		case birthDate:
			key += 10000
		case MeaningDate:
			key -= 10000
		}
		if dv.timed*2 > dv.n {
			key -= 20000 // nobody is born at 14:32 in an export
		}
		newest := 2100
		if !now.IsZero() {
			newest = now.Year()
		}
		if year < 1880 || year > float64(newest-6) && key < 5000 {
			key -= 10000
		}
		if key > 0 && (best < 0 || key > bestKey) {
			best, bestKey = i, key
		}
	}
	for i := range out {
		if out[i].Meaning == birthDate && i != best {
			out[i].Meaning = MeaningDate
		}
		if i == best {
			out[i].Meaning = birthDate
		}
	}
}

// settleNames shares the name columns out: one birth name, one usage name.
// Given names may fill several columns.
func settleNames(out []Column, cols []*column, headers []string) {
	var surnames []int
	usage := -1
	for i := range out {
		switch out[i].Meaning {
		case birthName:
			surnames = append(surnames, i)
		case usageName:
			usage = i
		}
	}
	if len(surnames) < 2 {
		return
	}
	// The header's word first, then the fuller, then the earlier column.
	slices.SortStableFunc(surnames, func(a, b int) int {
		ha, hb := hint(headers[a]) == birthName, hint(headers[b]) == birthName
		if ha != hb {
			return -cmp.Compare(when(ha), when(hb))
		}
		return cmp.Compare(cols[b].filled, cols[a].filled)
	})
	for n, i := range surnames[1:] {
		out[i].Meaning, out[i].Confidence = MeaningUnknown, 0
		if n == 0 && usage < 0 {
			out[i].Meaning, out[i].Confidence = usageName, 0.5
		}
	}
}

// settlePlaces tells where a person lives from where one was born when no
// header does: the city stands beside the postcode, the birth place beside the
// birth date. Codes of communes and of countries go by their neighbours too.
func settlePlaces(out []Column, headers []string) {
	var open []int // places that no header settles
	for i := range out {
		h := hint(headers[i])
		switch out[i].Meaning {
		case city, birthPlace:
			if h != city && h != birthPlace {
				open = append(open, i)
			}
		case country:
			// FR beside the birth date is a nationality, beside the city an address.
			if h == "" && min(near(out, i, birthDate), near(out, i, givenNames)) < min(near(out, i, city), near(out, i, postcode)) {
				out[i].Meaning = nationality
			}
		case MeaningCommune:
			if h != MeaningCommune && near(out, i, birthDate) == 1 && near(out, i, postcode) > 1 {
				out[i].Meaning = birthCommune
			}
		}
	}
	home := -1
	for _, i := range open {
		if d := near(out, i, postcode); d < len(out) && (home < 0 || d <= near(out, home, postcode)) {
			home = i
		}
	}
	for _, i := range open {
		out[i].Meaning = city
		if i != home && near(out, i, birthDate) <= 2 {
			out[i].Meaning = birthPlace
		}
	}
}

// near is how many columns away the closest of a meaning stands; as many as
// there are when there is none.
func near(out []Column, i int, meaning string) int {
	best := len(out)
	for j := range out {
		if out[j].Meaning == meaning {
			best = min(best, max(i-j, j-i))
		}
	}
	return best
}

// settleSecrets finds passwords without a header: shaped as people choose them,
// hardly ever twice, beside an e-mail or login or of very different lengths.
func settleSecrets(out []Column, cols []*column, headers []string) {
	for i := range out {
		c := cols[i]
		if out[i].Meaning != MeaningUnknown || hint(headers[i]) != "" || c.looked == 0 {
			continue
		}
		beside := i > 0 && (out[i-1].Meaning == email || out[i-1].Meaning == MeaningLogin)
		varied := len(c.distinct) == maxDistinct || int64(len(c.distinct))*3 > c.looked*2
		if varied && c.share(c.secret) > 0.4 && (beside || c.longest-c.shortest >= 4 && c.share(c.secret) > 0.7) {
			out[i].Meaning, out[i].Confidence = MeaningPassword, 0.6
		}
	}
}
