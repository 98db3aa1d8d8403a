package synth

import (
	"math/rand/v2"
	"sync"
)

// chunkPeople is how many people are made at once. The bytes of a population
// depend on it.
const chunkPeople = 4096

// chunk is a run of people to be made.
type chunk struct {
	number int
	first  int // people before it
	people int
	owner  int // from 1; 0 without owners
}

// chunks cuts a population; none spans two owners.
func (p Population) chunks() []chunk {
	var out []chunk
	first := 0
	for owner := range max(p.Owners, 1) {
		until := int(int64(p.People) * int64(owner+1) / int64(max(p.Owners, 1)))
		if p.Owners > 0 {
			owner++ // named from 1
		}
		for first < until {
			n := min(chunkPeople, until-first)
			out = append(out, chunk{number: len(out), first: first, people: n, owner: owner})
			first += n
		}
	}
	return out
}

// chunkText is what a chunk adds to every file.
type chunkText struct {
	owner                    int
	civil, youth             table
	civilTies, youthTies     table
	ids                      table
	counts                   Counts
	writesCivil, writesYouth bool
	writesTies               bool
	room                     []person
}

// shelf keeps the memory of chunks that were written, for those to come.
type shelf struct{ pool sync.Pool }

func (s *shelf) take() *chunkText {
	t, ok := s.pool.Get().(*chunkText)
	if !ok {
		return &chunkText{room: make([]person, chunkPeople+largestFamily), civil: csvTable(), youth: csvTable(), civilTies: csvTable(), youthTies: csvTable(), ids: csvTable()}
	}
	t.counts = Counts{}
	for _, x := range t.tables() {
		x.text, x.rows = x.text[:0], 0
	}
	return t
}

func csvTable() table { return table{comma: ','} }

func (s *shelf) put(t *chunkText) { s.pool.Put(t) }

func (t *chunkText) tables() []*table {
	return []*table{&t.civil, &t.youth, &t.civilTies, &t.youthTies, &t.ids}
}

func (t *chunkText) bytes() (n int) {
	for _, x := range t.tables() {
		n += len(x.text)
	}
	return n
}

// make invents the people of a chunk. shared is only read.
func (p Population) make(shared *maker, c chunk, out *chunkText) *chunkText {
	m := shared.at(p.Seed, c)
	m.room = out.room
	out.owner, out.writesCivil, out.writesYouth, out.writesTies = c.owner, p.Only != "youth", !p.country(), !p.NoRelations
	for out.counts.People < c.people {
		people := m.household(c.people - out.counts.People)
		for _, person := range people {
			out.add(m, person)
		}
		out.counts.People += len(people)
		out.counts.Households++
	}
	out.counts.CivilRelations, out.counts.YouthRelations = out.civilTies.rows, out.youthTies.rows
	return out
}

// at is a maker for one chunk.
func (m *maker) at(seed uint64, c chunk) *maker {
	own := *m
	own.rng = rand.New(rand.NewPCG(seed, uint64(c.number)+1))
	own.rare = rand.NewPCG(0, 0)
	own.rareRNG = rand.New(own.rare)
	own.seq, own.outsiders = c.first, 2*c.first
	own.mobiles, own.landlines = c.number*chunkMobiles, c.number*chunkLandlines
	own.controller = string(controllersOf(c.owner)[0].ID)
	own.recent = nil
	return &own
}

// add puts a person into the registries they belong to.
func (t *chunkText) add(m *maker, p *person) {
	if row := civilRow(m, p); t.writesCivil {
		t.civil.write(row[:]...)
		if t.writesTies {
			civilRelations(&t.civilTies, p)
		}
	}
	if !t.writesYouth {
		return
	}
	youth, left := "", ""
	if age := p.ageAt(m.asOf); age >= 15 && age <= 25 {
		if m.chance(0.08) {
			left = "1" // was followed once; the row is gone from the youth registry
			t.counts.Left++
		} else {
			youth = youthID(p.seq)
			t.counts.Youth++
			row := youthRow(m, p)
			t.youth.write(row[:]...)
			if t.writesTies {
				youthRelations(&t.youthTies, m, p)
			}
		}
	}
	if t.writesCivil {
		t.ids.write(civilID(p.seq), youth, left)
	}
}
