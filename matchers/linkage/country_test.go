package linkage_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"vigie/matchers"
)

// country is an invented population of households with its own recipe of
// errors, so that the engine is judged on data it was not shaped by.
type country struct {
	rng      *rand.Rand
	surnames []string
	given    map[string][]string
	towns    [][3]string // postcode, name, INSEE code
	people   []human
}

type human struct {
	id, house, twin      int
	birth, usage, sex    string
	given                []string
	year, month, day     int
	email, phone, street string
	town, born           int
	foreign              bool
	parent               bool
}

var onsets = []string{"B", "C", "D", "F", "G", "L", "M", "N", "P", "R", "S", "T", "V", "Br", "Ch", "Gr", "Tr", "Pl", "Qu", "J"}
var middles = []string{"a", "e", "i", "o", "u", "ou", "ai", "au", "é", "è", "oi", "an", "on", "in"}
var endings = []string{"rd", "t", "lle", "net", "rin", "teau", "not", "gnac", "vier", "lin", "mont", "s", "zet", "quet", "ret", "doux"}

func (c *country) word(parts int) string {
	var b strings.Builder
	for i := range parts {
		o := onsets[c.rng.IntN(len(onsets))]
		if i > 0 {
			o = strings.ToLower(o)
		}
		b.WriteString(o + middles[c.rng.IntN(len(middles))])
	}
	return b.String() + endings[c.rng.IntN(len(endings))]
}

// zipf draws an index in [0,n) with a heavy head.
func (c *country) zipf(n int) int {
	u := c.rng.Float64()
	return int(float64(n)*u*u*u) % n
}

func newCountry(seed uint64, houses int) *country {
	c := &country{rng: rand.New(rand.NewPCG(seed, 7)), given: map[string][]string{}}
	seen := map[string]bool{}
	for len(c.surnames) < 3000+houses/8 {
		w := c.word(1 + c.rng.IntN(2))
		switch c.rng.IntN(40) {
		case 0:
			w = "de " + w
		case 1:
			w = "Le " + w
		case 2:
			w = "D'" + w
		}
		if !seen[w] {
			seen[w] = true
			c.surnames = append(c.surnames, w)
		}
	}
	for _, sex := range []string{"M", "F"} {
		for len(c.given[sex]) < 350 {
			w := c.word(1)
			if sex == "F" {
				w += "e"
			}
			if c.rng.IntN(12) == 0 {
				w += "-" + c.word(1)
			}
			if !seen[w] {
				seen[w] = true
				c.given[sex] = append(c.given[sex], w)
			}
		}
	}
	for i := range 120 {
		c.towns = append(c.towns, [3]string{fmt.Sprintf("%02d%03d", 1+i%90, 10*(i%50)), c.word(2) + "-sur-" + c.word(1), fmt.Sprintf("%02d%03d", 1+i%90, i+1)})
	}
	for h := range houses {
		c.household(h)
	}
	return c
}

func (c *country) givenNames(sex string) []string {
	g := []string{c.given[sex][c.zipf(len(c.given[sex]))]}
	for c.rng.IntN(2) == 0 && len(g) < 3 {
		g = append(g, c.given[sex][c.zipf(len(c.given[sex]))])
	}
	return g
}

func (c *country) household(h int) {
	town := c.rng.IntN(len(c.towns))
	street := fmt.Sprintf("%d rue %s", 1+c.rng.IntN(90), c.word(2))
	name, other := c.surnames[c.zipf(len(c.surnames))], c.surnames[c.zipf(len(c.surnames))]
	y := 1950 + c.rng.IntN(35)
	father := human{birth: name, sex: "M", given: c.givenNames("M"), year: y, parent: true}
	mother := human{birth: other, sex: "F", given: c.givenNames("F"), year: y + c.rng.IntN(5), parent: true}
	if c.rng.IntN(3) > 0 {
		mother.usage = name
		if c.rng.IntN(4) == 0 {
			mother.usage = other + "-" + name
		}
	}
	group := []human{father, mother}
	for k := range c.rng.IntN(4) {
		sex := []string{"M", "F"}[c.rng.IntN(2)]
		child := human{birth: name, sex: sex, given: c.givenNames(sex), year: y + 22 + 3*k + c.rng.IntN(3)}
		if sex == "M" && c.rng.IntN(200) == 0 {
			child.given[0] = father.given[0]
		}
		group = append(group, child)
		if c.rng.IntN(60) == 0 {
			twin := child
			twin.sex = []string{"M", "F"}[c.rng.IntN(2)]
			for twin.given = c.givenNames(twin.sex); twin.given[0] == child.given[0]; {
				twin.given = c.givenNames(twin.sex)
			}
			twin.twin = 1
			group = append(group, twin)
		}
	}
	abroad := c.rng.IntN(12) == 0
	mail, phone := "", ""
	for i := range group {
		p := &group[i]
		p.id, p.house, p.town, p.street, p.foreign = len(c.people), h, town, street, abroad
		p.month, p.day = 1+c.rng.IntN(12), 1+c.rng.IntN(28)
		if abroad && c.rng.IntN(5) == 0 {
			p.month, p.day = 1, 1
		}
		if p.twin > 0 {
			p.year, p.month, p.day, p.born = group[i-1].year, group[i-1].month, group[i-1].day, group[i-1].born
		} else {
			p.born = c.rng.IntN(len(c.towns))
		}
		p.email = strings.ToLower(fmt.Sprintf("%s.%s%d@example.org", ascii(p.given[0]), ascii(p.birth), c.rng.IntN(100000)))
		if c.rng.IntN(3) == 0 {
			p.email = fmt.Sprintf("u%x@example.org", c.rng.Uint32())
		}
		p.phone = fmt.Sprintf("+3363998%04d%02d", c.rng.IntN(10000), c.rng.IntN(100))
		if i == 1 {
			mail, phone = p.email, p.phone
		}
		if !p.parent && c.rng.IntN(4) == 0 {
			p.email = mail
		}
		if !p.parent && c.rng.IntN(4) == 0 {
			p.phone = phone
		}
		if c.rng.IntN(20) == 0 {
			p.email = ""
		}
		if c.rng.IntN(8) == 0 {
			p.phone = ""
		}
		c.people = append(c.people, *p)
	}
}

func ascii(s string) string {
	return strings.NewReplacer("é", "e", "è", "e", "'", "", " ", "", "-", "").Replace(s)
}

func (p *human) record(c *country) matchers.Record {
	r := matchers.Record{ID: fmt.Sprintf("P%07d", p.id)}
	v := &r.Values
	v[matchers.BirthName], v[matchers.UsageName] = p.birth, p.usage
	v[matchers.GivenNames] = strings.Join(p.given, " ")
	v[matchers.Sex] = p.sex
	v[matchers.BirthDate] = fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, p.day)
	v[matchers.BirthPlace], v[matchers.BirthCommune] = c.towns[p.born][1], c.towns[p.born][2]
	v[matchers.Nationality] = "française"
	v[matchers.Email], v[matchers.Phone] = p.email, p.phone
	v[matchers.Street], v[matchers.Postcode], v[matchers.City] = p.street, c.towns[p.town][0], c.towns[p.town][1]
	return r
}

// registry takes a share of the people.
func (c *country) registry(share float64) []human {
	var out []human
	for _, p := range c.people {
		if c.rng.Float64() < share {
			out = append(out, p)
		}
	}
	return out
}

// leakRow is a row of a leak and who it is about.
type leakRow struct {
	rec   matchers.Record
	truth string
}

// corrupt writes a person as a careless export would.
func (c *country) corrupt(p human) leakRow {
	r := p.record(c)
	truth := r.ID
	r.ID = ""
	v := &r.Values
	hit := func(percent int) bool { return c.rng.IntN(100) < percent }
	if p.usage != "" && hit(60) {
		v[matchers.BirthName] = p.usage
	}
	v[matchers.UsageName] = ""
	if hit(60) {
		v[matchers.GivenNames] = p.given[0]
	}
	for _, f := range []matchers.Field{matchers.BirthName, matchers.GivenNames, matchers.Street} {
		if hit(5) {
			v[f] = c.typo(v[f])
		}
		if hit(40) {
			v[f] = strings.ToUpper(ascii2(v[f]))
		} else if hit(4) {
			v[f] = strings.NewReplacer("é", "Ã©", "è", "Ã¨").Replace(v[f])
		} else if hit(4) {
			v[f] = strings.NewReplacer("é", "?", "è", "?").Replace(v[f])
		}
	}
	if hit(2) {
		v[matchers.BirthName], v[matchers.GivenNames] = v[matchers.GivenNames], v[matchers.BirthName]
	}
	switch {
	case hit(2) && p.day <= 12:
		v[matchers.BirthDate] = fmt.Sprintf("%04d-%02d-%02d", p.year, p.day, p.month)
	case hit(3):
		v[matchers.BirthDate] = fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, 1+c.rng.IntN(28))
	case hit(3):
		v[matchers.BirthDate] = ""
	}
	if hit(15) { // moved
		q := c.people[c.rng.IntN(len(c.people))]
		v[matchers.Street], v[matchers.Postcode], v[matchers.City] = q.street, c.towns[q.town][0], c.towns[q.town][1]
	}
	if hit(15) {
		v[matchers.Email] = fmt.Sprintf("n%x@example.org", c.rng.Uint32())
	}
	if hit(15) {
		v[matchers.Phone] = fmt.Sprintf("+3363998%04d%02d", c.rng.IntN(10000), c.rng.IntN(100))
	}
	for _, f := range []matchers.Field{matchers.Email, matchers.Phone, matchers.Street, matchers.Sex, matchers.BirthPlace, matchers.Nationality} {
		if hit(12) {
			v[f] = ""
		}
	}
	v[matchers.BirthCommune] = ""
	return leakRow{r, truth}
}

func ascii2(s string) string { return strings.NewReplacer("é", "e", "è", "e").Replace(s) }

func (c *country) typo(s string) string {
	b := []rune(s)
	if len(b) < 3 {
		return s
	}
	i := 1 + c.rng.IntN(len(b)-2)
	switch c.rng.IntN(3) {
	case 0:
		b[i] = rune('a' + c.rng.IntN(26))
	case 1:
		b = append(b[:i], b[i+1:]...)
	default:
		b[i], b[i-1] = b[i-1], b[i]
	}
	return string(b)
}

// leak draws rows about registered people and about strangers, among whom the
// relatives of registered people are as frequent as in life.
func (c *country) leak(registry []human, rows int, strangers float64) []leakRow {
	in := map[int]bool{}
	for _, p := range registry {
		in[p.id] = true
	}
	var out []leakRow
	for len(out) < rows {
		if c.rng.Float64() >= strangers {
			out = append(out, c.corrupt(registry[c.rng.IntN(len(registry))]))
			continue
		}
		p := c.people[c.rng.IntN(len(c.people))]
		if !in[p.id] {
			row := c.corrupt(p)
			row.truth = ""
			out = append(out, row)
		}
	}
	for i := range out {
		out[i].rec.Row = int64(i + 1)
	}
	return out
}

func (c *country) records(people []human) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		for i := range people {
			if !yield(people[i].record(c), nil) {
				return
			}
		}
	}
}

func rowsOf(leak []leakRow) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		for i := range leak {
			if !yield(leak[i].rec, nil) {
				return
			}
		}
	}
}
