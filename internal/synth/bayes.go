package synth

import (
	"context"
	"slices"
	"strings"
)

// known is a registered person, as Optimum has them in memory.
type known struct {
	values
	id   string
	tel  string // nine digits
	door string // street, folded
}

// register is the registry with the keys by which candidates are found.
type register struct {
	people  []known
	byBirth map[string][]int32
	byNames map[string][]int32 // either name and first given name
	byYear  map[string][]int32 // either name and year
	byID    map[string]int32
}

// index reads the civil registry whole.
func index(ctx context.Context, dir string, p populationRecord) (*register, error) {
	reader, err := openPeople(dir, p)
	if err != nil {
		return nil, err
	}
	defer reader.close()
	r := &register{byBirth: map[string][]int32{}, byNames: map[string][]int32{}, byYear: map[string][]int32{}, byID: map[string]int32{}}
	for range p.eligible() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, _, err := reader.next(func() bool { return true })
		if err != nil {
			return nil, err
		}
		i := int32(len(r.people))
		k := known{values: e.values, id: e.civil, tel: lastDigits(e.values.phone), door: fold(e.values.street)}
		r.people = append(r.people, k)
		r.byID[k.id] = i
		r.byBirth[k.born] = append(r.byBirth[k.born], i)
		for _, name := range k.names() {
			key := fold(name) + "|" + fold(k.given[0])
			r.byNames[key] = append(r.byNames[key], i)
			key = fold(name) + "|" + k.born[:4]
			r.byYear[key] = append(r.byYear[key], i)
		}
	}
	return r, nil
}

func (v *values) names() []string {
	if v.usageName == "" || v.usageName == v.birthName {
		return []string{v.birthName}
	}
	return []string{v.birthName, v.usageName}
}

// candidates are the people a row may be about.
func (r *register) candidates(row leakedRow, truth string) []int32 {
	out := slices.Clone(r.byBirth[row.born])
	first, _, _ := strings.Cut(row.given, " ")
	firstOfName, _, _ := strings.Cut(row.name, " ")
	for _, key := range []string{row.name + "|" + row.given, row.name + "|" + first, row.given + "|" + row.name, row.given + "|" + firstOfName} {
		out = append(out, r.byNames[key]...)
	}
	if row.born != "" {
		out = append(out, r.byYear[row.name+"|"+row.born[:4]]...)
	}
	if i, ok := r.byID[truth]; ok {
		out = append(out, i)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bayes weighs candidates against each other and against strangers.
type bayes struct {
	*density
	people    *register
	strangers float64 // share of the rows
}

// best is the most probable person of a row.
func (b *bayes) best(row leakedRow, truth string) answer {
	n := float64(len(b.people.people))
	each := (1 - b.strangers) / n
	alone := b.strangers * (1 - 0.02) * b.stranger(row)
	total, best, who := alone, 0.0, ""
	like := 0.0
	for _, i := range b.people.candidates(row, truth) {
		k := &b.people.people[i]
		p, resembles := b.likelihood(k, row)
		like += resembles
		p *= each
		total += p
		if p > best {
			best, who = p, k.id
		}
	}
	total += b.strangers * 0.02 / 3 * like / n
	if total == 0 {
		return answer{}
	}
	return answer{best / total, who != "" && who == truth}
}

// likelihood is the probability that the row was made from a person, and that
// it was made from a stranger who resembles them: a twin, a sibling, a namesake.
// Both are relative to what is known of the country's channels.
func (b *bayes) likelihood(k *known, row leakedRow) (own, resembles float64) {
	straight := k.nameChance(row.name)
	crossed := k.nameChance(row.given)
	date := dateChance(k.born, row.born)
	if straight+crossed == 0 || date == 0 && straight == 0 {
		return 0, 0
	}
	given := k.givenChance(row.given)
	if row.given == "" {
		given = lostGiven
	}
	both := (1-swapped)*straight*given + swapped*crossed*k.givenChance(row.name)
	if both == 0 && straight == 0 {
		return 0, 0
	}
	sameSex := 1.0
	if row.sex != "" {
		sameSex = 0
		if row.sex == k.sex {
			sameSex = 1
		}
	}
	address := b.addressRatio(k, row)
	if both*date > 0 {
		own = both * date * sameSex * address * b.channelRatio(k, row)
	}
	if straight > 1e-6 || both > 1e-9 {
		others := b.othersGiven(row) // of anybody
		anyDay := b.anyDay(row)
		resembles = straight*others*(date+anyDay)*address + both*anyDay*sameSex
	}
	return own, resembles
}

// othersGiven is the share of the given name of a row in the country, and
// anyDay that of its day.
func (b *bayes) othersGiven(row leakedRow) float64 {
	if row.given == "" {
		return lostGiven
	}
	p, n := 0.0, 0.0
	decade := decadeOf(row.born)
	for _, o := range b.origins {
		for _, sex := range []string{"F", "M"} {
			n += o.cohort[sex+decade]
			if row.sex == "" || row.sex == sex {
				p += o.given[sex+decade+row.given]
			}
		}
	}
	return 0.8 * max(p, unseen) / max(n, 1)
}

func (b *bayes) anyDay(row leakedRow) float64 {
	if len(row.born) != 10 {
		return lostBirth
	}
	p := 0.0
	for _, o := range b.origins {
		p += o.year[row.born[:4]]
	}
	return p / b.density.people / 365.25
}

// sure is the ratio for an e-mail or number that is nobody else's.
const sure = 1e8

// channelRatio is how much more probable the row's e-mail, phone and
// nationality are for this person than for anybody of that decade.
func (b *bayes) channelRatio(k *known, row leakedRow) float64 {
	decade := decadeOf(k.born)
	ratio := 1.0
	if row.hasMail {
		ratio *= mailRatio(k, row.email, b.mail[decade])
	}
	if row.hasTel {
		ratio *= phoneRatio(k, row.phone, b.phone[decade], b.mobile)
	}
	if row.hasNation && row.nationality != "" {
		if row.nationality != k.nationality {
			return 0
		}
		ratio /= max(b.nation[k.nationality], 1e-6)
	}
	return ratio
}

// mailRatio: has is the share of people with an e-mail.
func mailRatio(k *known, mail string, has float64) float64 {
	empty := 1 - has + has*lostMail
	switch {
	case k.email == "" && mail == "":
		return 1 / empty
	case k.email == "":
		return 0
	case mail == "":
		return lostMail / empty
	case mail == k.email:
		return sure
	}
	part, rest, _ := strings.Cut(mail, "@")
	stem := strings.TrimRight(part, "0123456789")
	for _, end := range []string{"du", "xx", "la", "42"} {
		if given, ok := strings.CutSuffix(stem, end); ok && rest == "example.net" && given == emailPart(k.given[0]) || end == "42" && strings.HasPrefix(part, emailPart(k.given[0])+"42") {
			return 1 / max(has, 0.01)
		}
	}
	for _, s := range slips(k.email) {
		if s.what == mail {
			return sure
		}
	}
	return 1e-3 // two mistakes, or somebody else's
}

func phoneRatio(k *known, phone string, has, mobile float64) float64 {
	empty := 1 - has + has*lostPhone
	switch {
	case k.tel == "" && phone == "":
		return 1 / empty
	case k.tel == "":
		return 0
	case phone == "":
		return lostPhone / empty
	case phone == k.tel:
		return sure
	case phone[0] == '7': // once theirs, or another's
		return movedPhone / (has * (movedPhone + (1-movedPhone)*mobile))
	}
	return 0
}

// addressRatio is the same for the address.
func (b *bayes) addressRatio(k *known, row leakedRow) float64 {
	if !row.hasAddress || row.street == "" && row.postcode == "00000" {
		return 1
	}
	// How many streets and numbers a postcode has, as newAddress draws them.
	const doors = 180 * 12 * 47 / 4
	share := max(b.postcode[row.postcode], 1e-7)
	if row.postcode == "00000" {
		share = 1
	}
	if row.street != "" {
		share /= doors
	}
	if k.door == "" && k.postcode == "" {
		return moved
	}
	if row.postcode != "00000" && row.postcode != k.postcode || row.street != "" && !sameStreet(row.street, k.door) {
		return moved
	}
	return moved + (1-moved)/share
}

// sameStreet tells whether two folded streets agree in beginning or end, which
// neither an abbreviation nor a slip changes both.
func sameStreet(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) < 2 || len(y) < 2 {
		return a == b
	}
	return x[0] == y[0] && x[len(x)-1] == y[len(y)-1] || x[0] == y[0] && strings.HasPrefix(b, a[:len(a)/2]) || strings.HasSuffix(b, a[len(a)/2:])
}
