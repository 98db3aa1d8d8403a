package registry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Invention asks for canaries.
type Invention struct {
	Count   int
	Seed    [32]byte // of every choice: the same registry and seed give the same people
	Domains []string // of their e-mail addresses, which nobody else may own
	Known   []Planting
}

// sampled is how many people of the registry lend what canaries are made of.
const sampled = 20_000

// inventor makes people out of many: no value that says who somebody is comes
// from the same person as the next.
type inventor struct {
	r       *Registry
	ctx     context.Context
	rng     *rand.Rand
	domains []string
	people  []matchers.Record // drawn evenly from the registry
	years   map[string][]int  // year of birth: places in people
	peers   map[string][]int  // sex and decade of birth
	usage   []int             // who has a usage name
	mails   []int             // who has an e-mail address whose making is understood
	phones  []int
	homes   []int // who has a street
	nirs    []int
	taken   *tokens
	groups  map[string][]string // ids by their shape, sorted
	given   map[string]bool     // ids drawn so far
	last    map[string]string   // the highest id of a shape that was given
	dense   bool                // ids leave no gap
}

// Invent makes persons like the registry's own: columns filled at the same
// rates, names as frequent for their sex and decade, ages, towns and streets as
// there, and nobody's names with birth date, e-mail address, telephone, NIR or
// id. Telephone numbers are of the ranges that Arcep keeps for fiction (decision
// 2022-1583). dense tells that ids are given without gaps, so that those of the
// canaries are the latest.
func (r *Registry) Invent(ctx context.Context, in Invention) (people []Canary, dense bool, err error) {
	if in.Count < 1 || in.Count > MaxCanaries {
		return nil, false, refuse("bad-count", fmt.Sprintf("%d canaries", in.Count), fmt.Sprintf("plant 1 to %d", MaxCanaries))
	}
	v := &inventor{r: r, ctx: ctx, rng: rand.New(rand.NewChaCha8(in.Seed)), domains: in.Domains, taken: newTokens(), given: map[string]bool{}, last: map[string]string{}}
	if err := v.sample(); err != nil {
		return nil, false, err
	}
	if len(v.people) == 0 {
		return nil, false, refuse("empty", "registry "+string(r.cur.Name), "canaries are made in the likeness of people: import some")
	}
	for _, p := range in.Known {
		for i := range p.People {
			rec := p.People[i].Record()
			v.taken.add(&rec)
		}
	}
	for round := 0; len(people) < in.Count; round++ {
		if round == maxRounds {
			return nil, false, refuse("too-alike", "registry "+string(r.cur.Name), "it has too few people to invent so many others: ask for fewer")
		}
		made, err := v.round(2*(in.Count-len(people))+8, round > 1)
		if err != nil {
			return nil, false, err
		}
		people = append(people, made[:min(len(made), in.Count-len(people))]...)
	}
	return people, v.dense, nil
}

// maxRounds bounds how often people who turned out to exist are replaced.
const maxRounds = 6

// round makes up to n people, and strikes out those whom the registry knows, or
// knew: one pass over it. mute takes the telephone from who would have
// somebody's: where all numbers kept for fiction are used, by invented people.
func (v *inventor) round(n int, mute bool) ([]Canary, error) {
	var made []Canary
	mine := newTokens()
	for range n {
		c, err := v.one()
		if err != nil {
			return nil, err
		}
		rec := c.Record()
		if c.values[colID] == "" || v.taken.has(&rec) || mine.has(&rec) {
			continue
		}
		mine.add(&rec)
		made = append(made, c)
	}
	struck := newTokens()
	strike := func(rec *matchers.Record) { struck.copy(mine, rec) }
	for rec, err := range v.r.Records() {
		if err == nil {
			err = v.ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		strike(&rec)
	}
	for gone, err := range v.r.Departed() {
		if err != nil {
			return nil, err
		}
		strike(&gone.Record)
	}
	out := made[:0]
	for _, c := range made {
		rec := c.Record()
		if mute && struck.has(&rec) {
			c.values[matchers.Phone] = ""
			rec = c.Record()
		}
		if !struck.has(&rec) && !v.taken.has(&rec) {
			v.taken.add(&rec)
			out = append(out, c)
		}
	}
	return out, nil
}

// sample draws people evenly from the registry (reservoir sampling, algorithm
// R), and says who can lend what.
func (v *inventor) sample() error {
	n := 0
	for rec, err := range v.r.Records() {
		if err == nil {
			err = v.ctx.Err()
		}
		if err != nil {
			return err
		}
		if n++; len(v.people) < sampled {
			v.people = append(v.people, rec)
		} else if i := v.rng.IntN(n); i < sampled {
			v.people[i] = rec
		}
	}
	v.years, v.peers, v.groups = map[string][]int{}, map[string][]int{}, map[string][]string{}
	note := func(list *[]int, i int, has string) {
		if has != "" {
			*list = append(*list, i)
		}
	}
	for i := range v.people {
		p := &v.people[i].Values
		v.years[year(p[matchers.BirthDate])] = append(v.years[year(p[matchers.BirthDate])], i)
		if p[matchers.GivenNames] != "" {
			v.peers[peer(p)] = append(v.peers[peer(p)], i)
		}
		note(&v.usage, i, p[matchers.UsageName])
		note(&v.phones, i, p[matchers.Phone])
		note(&v.homes, i, p[matchers.Street])
		note(&v.nirs, i, p[matchers.NIR])
		note(&v.mails, i, pattern(p))
		shape := idShape(v.people[i].ID)
		v.groups[shape] = append(v.groups[shape], v.people[i].ID)
	}
	for _, group := range v.groups {
		slices.Sort(group)
	}
	return nil
}

func year(date string) string {
	if len(date) < 4 {
		return ""
	}
	return date[:4]
}

// peer is whose given names are alike: of the same sex and decade.
func peer(p *[matchers.NumFields]string) string {
	y := year(p[matchers.BirthDate])
	if y != "" {
		y = y[:3]
	}
	return p[matchers.Sex] + y
}

// of draws one of some people; any when there are none.
func (v *inventor) of(list []int) *matchers.Record {
	if len(list) == 0 {
		return v.anybody()
	}
	return &v.people[list[v.rng.IntN(len(list))]]
}

func (v *inventor) anybody() *matchers.Record { return &v.people[v.rng.IntN(len(v.people))] }

// one makes a person after a model, who lends which columns are filled and what
// many have in common.
func (v *inventor) one() (Canary, error) {
	model := v.anybody()
	s, err := v.r.Subject(v.ctx, breach.PersonID(model.ID))
	if err != nil && !errors.Is(err, breach.ErrNotFound) {
		return Canary{}, err
	}
	var c Canary
	m, w := &model.Values, &c.values
	w.status(s)
	w[matchers.Sex], w[matchers.Nationality], w[matchers.Country] = m[matchers.Sex], m[matchers.Nationality], m[matchers.Country]
	w[matchers.BirthDate] = v.of(v.years[year(m[matchers.BirthDate])]).Values[matchers.BirthDate]
	if w[colDeceasedAt] != "unknown" && w[colDeceasedAt] != "" && w[colDeceasedAt] < w[matchers.BirthDate] {
		w[matchers.BirthDate] = m[matchers.BirthDate]
	}
	v.names(w, m)
	v.birthPlace(w, m)
	if err := v.home(w, m); err != nil {
		return c, err
	}
	if m[matchers.Email] != "" {
		w[matchers.Email] = v.email(w)
	}
	if m[matchers.Phone] != "" {
		w[matchers.Phone] = v.phone()
	}
	if m[matchers.NIR] != "" {
		w[matchers.NIR] = v.nir(w, len(m[matchers.NIR]))
	}
	w[colID], err = v.id(model.ID)
	return c, err
}

// status takes from a model what says nothing of who they are.
func (w *cells) status(s breach.Subject) {
	yes := func(c column, b bool) {
		if b {
			w[c] = "1"
		}
	}
	w[colController], w[colCivility], w[colRegime] = string(s.Controller), s.Contact.Civility, string(s.Regime)
	w[colLanguage], w[colReading] = s.Contact.Language, s.Contact.Reading
	yes(colProtected, s.Protected)
	yes(colSecret, s.Secret)
	yes(colEmailSafe, s.Contact.EmailSafe)
	yes(colPhoneSafe, s.Contact.PhoneSafe)
	w[colElectedStreet], w[colElectedPostcode], w[colElectedCity] = s.Elected.Street, s.Elected.Postcode, s.Elected.City
	switch {
	case !s.DeceasedAt.IsZero():
		w[colDeceasedAt] = s.DeceasedAt.Format("2006-01-02")
	case s.Deceased:
		w[colDeceasedAt] = "unknown"
	}
}

// names draws a surname by its frequency, given names by sex and decade, each
// from another person, and a usage name where the model has one.
func (v *inventor) names(w *cells, m *[matchers.NumFields]string) {
	if m[matchers.BirthName] != "" {
		for range 20 {
			if w[matchers.BirthName] = v.anybody().Values[matchers.BirthName]; w[matchers.BirthName] != "" {
				break
			}
		}
	}
	if m[matchers.UsageName] != "" {
		d := v.of(v.usage)
		w[matchers.UsageName] = d.Values[matchers.UsageName]
		if own := d.Values[matchers.BirthName]; own != "" && w[matchers.BirthName] != "" {
			w[matchers.UsageName] = strings.Replace(w[matchers.UsageName], own, w[matchers.BirthName], 1)
		}
	}
	if m[matchers.GivenNames] == "" {
		return
	}
	peers := v.peers[peer(m)]
	given := strings.Fields(v.of(peers).Values[matchers.GivenNames])
	for i := 1; i < len(given); i++ {
		if other := strings.Fields(v.of(peers).Values[matchers.GivenNames]); len(other) > i && other[i] != given[0] {
			given[i] = other[i]
		}
	}
	w[matchers.GivenNames] = strings.Join(given, " ")
}

// birthPlace is that of somebody of the same nationality.
func (v *inventor) birthPlace(w *cells, m *[matchers.NumFields]string) {
	for range 50 {
		d := &v.anybody().Values
		if d[matchers.Nationality] == m[matchers.Nationality] && (d[matchers.BirthPlace] == "") == (m[matchers.BirthPlace] == "") &&
			(d[matchers.BirthCommune] == "") == (m[matchers.BirthCommune] == "") {
			w[matchers.BirthPlace], w[matchers.BirthCommune] = d[matchers.BirthPlace], d[matchers.BirthCommune]
			return
		}
	}
	w[matchers.BirthPlace], w[matchers.BirthCommune] = m[matchers.BirthPlace], m[matchers.BirthCommune]
}
