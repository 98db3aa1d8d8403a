package registry

import (
	"cmp"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/matchers"
)

// exportColumn is how one column of an export is written.
type exportColumn struct {
	means      column
	whole      bool // surname and given names together
	n, filled  int64
	quoted     [2]int64 // values in quotes: empty, filled
	up, down   bool     // all in capitals, in small letters
	accents    bool
	dates      [len(dateForms)]int64
	null       map[string]int64 // how emptiness is written
	words      map[string]bool  // of a column of few words
	phone      string           // a number as it is written here
	previous   string
	asc, desc  bool // sorted so far
	number     bool // all are numbers
	differs    bool // not all the same
	firstNames bool // one given name alone, for the first of several
}

// tellingColumns are those by which a canary is known again.
var tellingColumns = []column{column(matchers.BirthName), column(matchers.UsageName), column(matchers.Email), column(matchers.Phone), column(matchers.NIR)}

// dateForms are how exports write days: Y, M and D stand for digits.
var dateForms = [...]string{
	"YYYY-MM-DD", "DD/MM/YYYY", "YYYYMMDD", "DD-MM-YYYY", "DD.MM.YYYY", "YYYY/MM/DD", "MM/DD/YYYY", "DD/MM/YY", "DDMMYYYY",
	"YYYY-MM-DD 00:00:00", "YYYY-MM-DDT00:00:00", "YYYY-MM-DDT00:00:00Z", "DD/MM/YYYY 00:00", "DD/MM/YYYY 00:00:00",
}

var nulls = map[string]bool{"": true, "NULL": true, "null": true, `\N`: true, "-": true, "N/A": true, "nan": true}

// mostWords bounds the words of a column that is taken for one of a few.
const mostWords = 12

// look learns from one value of the file.
func (c *exportColumn) look(v string, quoted bool) {
	c.n++
	c.order(v)
	if nulls[v] {
		if c.null == nil {
			c.null = map[string]int64{}
		}
		c.null[v]++
		if quoted {
			c.quoted[0]++
		}
		return
	}
	c.filled++
	if quoted {
		c.quoted[1]++
	}
	for _, r := range v {
		c.up = c.up && !unicode.IsLower(r)
		c.down = c.down && !unicode.IsUpper(r)
		c.accents = c.accents || r >= 0x80 && unicode.IsLetter(r)
	}
	c.firstNames = c.firstNames || strings.Contains(strings.TrimSpace(v), " ")
	if c.means == column(matchers.BirthDate) || c.means == colDeceasedAt {
		for i, form := range dateForms {
			if fits(v, form) {
				c.dates[i]++
			}
		}
	}
	if len(c.words) < mostWords {
		if c.words == nil {
			c.words = map[string]bool{}
		}
		c.words[v] = true
	}
	if c.means == column(matchers.Phone) && c.phone == "" && len(digits(v)) >= 9 {
		c.phone = v
	}
}

// fits tells that a value has the form of a date.
func fits(v, form string) bool {
	if len(v) != len(form) {
		return false
	}
	for i := range len(form) {
		digit := v[i] >= '0' && v[i] <= '9'
		switch form[i] {
		case 'Y', 'M', 'D':
			if !digit {
				return false
			}
		default:
			if v[i] != form[i] {
				return false
			}
		}
	}
	if i := strings.Index(form, "MM"); v[i:i+2] > "12" {
		return false
	}
	i := strings.Index(form, "DD")
	return v[i:i+2] <= "31"
}

// order notes whether the file is sorted by this column.
func (c *exportColumn) order(v string) {
	if c.number {
		_, err := strconv.ParseInt(v, 10, 64)
		c.number = err == nil
	}
	if c.n > 1 && (c.asc || c.desc) {
		d := c.compare(c.previous, v)
		c.asc, c.desc, c.differs = c.asc && d <= 0, c.desc && d >= 0, c.differs || d != 0
	}
	c.previous = v
}

// inOrder tells a file that somebody sorted, rather than one that is short.
func (c *exportColumn) inOrder() bool { return c.differs && (c.asc || c.desc) && c.n >= 8 }

// compare orders as the file does: numbers by size, words without case.
func (c *exportColumn) compare(a, b string) int {
	sign := 1
	if c.desc && !c.asc {
		sign = -1
	}
	x, err := strconv.ParseInt(a, 10, 64)
	y, err2 := strconv.ParseInt(b, 10, 64)
	if c.number && err == nil && err2 == nil {
		return sign * cmp.Compare(x, y)
	}
	return sign * strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

func (c *exportColumn) quotes(v string) bool {
	if nulls[v] {
		return 2*c.quoted[0] > c.n-c.filled
	}
	return 2*c.quoted[1] > c.filled
}

// write gives a canary's value as the file would have it. sum are random bytes
// of the canary.
func (c *exportColumn) write(p *cells, donor string, sum []byte) string {
	v := p[c.means]
	switch {
	case c.whole:
		v = strings.TrimSpace(p[matchers.BirthName] + " " + p[matchers.GivenNames])
	case c.means == notHere:
		return c.unlike(donor, sum)
	}
	if c.filled == 0 {
		v = "" // the export leaves this out
	}
	if v == "" {
		return c.empty()
	}
	switch c.means {
	case column(matchers.BirthDate), colDeceasedAt:
		return c.date(v)
	case column(matchers.Phone):
		if d := digits(v); c.phone != "" && len(d) >= 9 {
			return written(c.phone, d[len(d)-9:])
		}
		return v
	case column(matchers.Email), colID, colController, column(matchers.NIR):
		return v
	case column(matchers.Sex), colCivility, colProtected, colSecret, colEmailSafe, colPhoneSafe:
		return c.word(v, p[matchers.Sex])
	case column(matchers.GivenNames):
		if !c.firstNames {
			v, _, _ = strings.Cut(v, " ")
		}
	}
	return c.dressed(v)
}

// dressed gives a word the capitals and accents of the column.
func (c *exportColumn) dressed(v string) string {
	if !c.accents && c.filled >= 100 {
		v = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(v))
	}
	switch {
	case c.up && !c.down:
		return strings.ToUpper(v)
	case c.down && !c.up:
		return strings.ToLower(v)
	}
	return v
}

func (c *exportColumn) empty() string {
	best := ""
	for v, n := range c.null {
		if n > c.null[best] || n == c.null[best] && v < best {
			best = v
		}
	}
	return best
}

func (c *exportColumn) date(v string) string {
	if len(v) != len("YYYY-MM-DD") {
		return v
	}
	best := 0
	for i, n := range c.dates {
		if n > c.dates[best] {
			best = i
		}
	}
	return strings.NewReplacer("YYYY", v[:4], "YY", v[2:4], "MM", v[5:7], "DD", v[8:]).Replace(dateForms[best])
}

// sayings are the words of exports for a sex, a civility and a flag.
var sayings = map[string][]string{
	"F": {"F", "2", "Femme", "Féminin", "Feminin", "Fille", "female", "Mme", "Madame", "Mlle"},
	"M": {"M", "1", "H", "Homme", "Masculin", "Garçon", "male", "M.", "Mr", "Monsieur"},
	"1": {"1", "oui", "O", "true", "vrai", "yes", "Y"},
}

// word is what the file says for a value of few.
func (c *exportColumn) word(v, sex string) string {
	if c.words[v] {
		return v
	}
	key := v
	if c.means == colCivility {
		key = sex
	}
	for _, say := range sayings[key] {
		for have := range c.words {
			if strings.EqualFold(have, say) {
				return have
			}
		}
	}
	return v
}

// unlike is the value of another row in a column that means nothing here; where
// every row has its own, its digits are others.
func (c *exportColumn) unlike(donor string, sum []byte) string {
	if len(c.words) < mostWords || len(donor) < 6 {
		return donor
	}
	seed := binary.BigEndian.Uint64(sum[16:])
	b := []byte(donor)
	for i := len(b) - 1; i >= len(b)-3; i-- {
		if b[i] >= '0' && b[i] <= '9' {
			b[i] = '0' + byte(seed%10)
			seed /= 10
		}
	}
	return string(b)
}
