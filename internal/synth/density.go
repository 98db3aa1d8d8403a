package synth

import (
	"context"
	"math"
	"strings"
)

// density is how probable names, dates and channels are in the country, counted
// in a sample of what the model draws. By Bayes' theorem a stranger with the
// names of a registered person is as probable as these names are.
type density struct {
	people   float64
	origins  map[*origin]*originDensity
	postcode map[string]float64 // shares
	nation   map[string]float64
	mail     map[string]float64 // share of those born in a decade who have one
	phone    map[string]float64
	mobile   float64         // of the phones
	words    map[string]bool // names of either kind
}

// originDensity counts the people of an origin, by what recipe a would write.
type originDensity struct {
	people float64
	name   map[string]float64 // surname as reported, folded
	given  map[string]float64 // sex, decade and first given name, folded
	cohort map[string]float64 // sex and decade
	year   map[string]float64 // of birth
	first  map[string]float64 // born on 1 January, by year
}

// defaultSample is how many people are drawn to count names.
const defaultSample = 2_000_000

// sampleDensity draws people who are in no registry, since their chunks have
// numbers that none of p has.
func sampleDensity(ctx context.Context, p Population, people int) (*density, error) {
	shared, err := p.maker()
	if err != nil {
		return nil, err
	}
	d := &density{origins: map[*origin]*originDensity{}, postcode: map[string]float64{}, nation: map[string]float64{}, mail: map[string]float64{}, phone: map[string]float64{}, words: map[string]bool{}}
	born := map[string]float64{}
	number := 0
	next := func() (int, bool, error) { number++; return number, number <= people/chunkPeople, nil }
	work := func(number int) []*person {
		m := shared.at(p.Seed, chunk{number: 1<<40 + number})
		var out []*person
		for len(out) < chunkPeople {
			out = append(out, m.household(largestFamily)...)
		}
		return out
	}
	mobiles, phones := 0.0, 0.0
	err = inOrder(ctx, next, work, func(people []*person) error {
		for _, x := range people {
			decade := decadeOf(x.birthDate())
			born[decade]++
			d.add(x, decade)
			// As civilRow has them.
			if x.email != "" {
				d.mail[decade] += 0.5
			}
			if x.phone != "" {
				d.phone[decade] += 0.55
				phones++
				if strings.HasPrefix(x.phone, "+337") {
					mobiles++
				}
			}
		}
		return nil
	})
	for decade, n := range born {
		d.mail[decade] /= n
		d.phone[decade] /= n
	}
	for _, m := range []map[string]float64{d.postcode, d.nation} {
		for k := range m {
			m[k] /= d.people
		}
	}
	d.mobile = mobiles / max(phones, 1)
	return d, err
}

func decadeOf(date string) string {
	if len(date) < 4 {
		return ""
	}
	return date[:3]
}

func (d *density) add(x *person, decade string) {
	o := d.origins[x.origin]
	if o == nil {
		o = &originDensity{name: map[string]float64{}, given: map[string]float64{}, cohort: map[string]float64{}, year: map[string]float64{}, first: map[string]float64{}}
		d.origins[x.origin] = o
	}
	d.people++
	o.people++
	if x.usageName == "" {
		o.name[fold(x.birthName)]++
	} else {
		o.name[fold(x.birthName)] += 0.3
		o.name[fold(x.usageName)] += 0.7
	}
	given := fold(x.given[0])
	d.words[given], d.words[fold(x.birthName)], d.words[fold(x.usageName)] = true, true, true
	o.given[x.sex+decade+given]++
	o.cohort[x.sex+decade]++
	date := x.birthDate()
	o.year[date[:4]]++
	if date[4:] == "-01-01" {
		o.first[date[:4]]++
	}
	d.postcode[x.address.Postcode]++
	d.nation[x.nationality]++
}

// readings are the words that recipe a may have written as out: itself, those
// one mistake away, and those with other hyphens.
func readings(out string) []string {
	words := []string{out}
	for _, l := range []string{strings.ReplaceAll(out, " ", "-"), strings.ReplaceAll(out, "-", " "), strings.Replace(out, " ", "'", 1)} {
		if l != out {
			words = append(words, l)
		}
	}
	for i := 1; i < len(out); i++ {
		for c := byte('A'); c <= 'Z'; c++ {
			words = append(words, out[:i]+string(c)+out[i:]) // one was lost
			if i < len(out)-1 {
				words = append(words, out[:i]+string(c)+out[i+1:])
			}
		}
		words = append(words, out[:i]+"-"+out[i:], out[:i]+out[i+1:])
		if i < len(out)-1 {
			words = append(words, out[:i]+string(out[i+1])+string(out[i])+out[i+2:])
		}
	}
	return words
}

// reading is a word with the probability of writing it as something.
type reading struct {
	word   string
	chance float64
}

func (d *density) readingsOf(out string) []reading {
	var list []reading
	seen := map[string]bool{}
	for i, w := range readings(out) {
		if seen[w] || i > 0 && !d.words[w] {
			continue
		}
		seen[w] = true
		if p := wordChance(titled(w), out); p > 0 {
			list = append(list, reading{w, p})
		}
	}
	return list
}

// unseen is the count that a word not in the sample is given (Good and Turing
// in the crudest form: most surnames of the sample occur once).
const unseen = 0.3

// spread is the sum over readings of their share, floor being what one that was
// never seen counts.
func spread(counts map[string]float64, prefix string, of float64, list []reading) float64 {
	if of == 0 {
		return 0
	}
	p := 0.0
	for i, r := range list {
		n := counts[prefix+r.word]
		if n == 0 && i == 0 {
			n = unseen
		}
		p += r.chance * n / of
	}
	return p
}

// writing is what a row's names may be, worked out once for all candidates.
type writing struct {
	whole, first []reading
	rest         float64 // probability of the given names after the first
}

func (d *density) writingOf(given string) writing {
	w := writing{whole: d.readingsOf(given), rest: 1}
	if first, rest, several := strings.Cut(given, " "); several {
		w.first = d.readingsOf(first)
		for range strings.Fields(rest) {
			w.rest *= 0.004 // a second name is about as rare as that
		}
	}
	return w
}

// stranger is the density of a row's names and date, over all who could bear
// them. sex is "" where the row does not say.
func (d *density) stranger(row leakedRow) float64 {
	names, given := d.readingsOf(row.name), d.writingOf(row.given)
	swapNames, swapGiven := d.readingsOf(row.given), d.writingOf(row.name)
	p := 0.0
	for _, o := range d.origins {
		p += o.people / d.people * ((1-swapped)*o.both(row, names, given) + swapped*o.both(row, swapNames, swapGiven))
	}
	return p
}

// both is the density of names and birth date among an origin's people.
func (o *originDensity) both(row leakedRow, names []reading, given writing) float64 {
	surname := spread(o.name, "", o.people, names)
	p := 0.0
	for _, sex := range []string{"F", "M"} {
		if row.sex != "" && row.sex != sex {
			continue
		}
		decade := decadeOf(row.born)
		if n := o.cohort[sex+decade]; n > 0 {
			p += n / o.people * o.givenOf(sex+decade, n, row.given, given)
		} else if row.born == "" {
			p += 0.5 * o.anyGiven(sex, row.given, given)
		}
	}
	if row.born == "" {
		return surname * p * lostBirth
	}
	return surname * p * o.dayShare(row.born) * (1 - lostBirth)
}

func (o *originDensity) givenOf(cohort string, n float64, out string, w writing) float64 {
	if out == "" {
		return lostGiven
	}
	p := (0.8 + 0.2*7/16) * spread(o.given, cohort, n, w.whole)
	if w.first != nil {
		p += 0.2 * spread(o.given, cohort, n, w.first) * w.rest
	}
	return p
}

// anyGiven is givenOf over all decades.
func (o *originDensity) anyGiven(sex, out string, w writing) float64 {
	p := 0.0
	for cohort, n := range o.cohort {
		if cohort[:1] == sex {
			p += n / o.people * o.givenOf(cohort, n, out, w)
		}
	}
	return 2 * p
}

// dayShare is the share of a decade's people born on a day, by their year.
func (o *originDensity) dayShare(day string) float64 {
	year, decade := o.year[day[:4]], 0.0
	for y := range 10 {
		decade += o.year[day[:3]+string(rune('0'+y))]
	}
	if decade == 0 {
		return 0
	}
	if day[4:] == "-01-01" {
		return math.Max(o.first[day[:4]], 0.1) / decade
	}
	return (year + 0.01) / decade / 365.25
}
