package linkage

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"vigie/matchers"
)

// Index is a registry ready to be compared with. It holds folded values, so it
// is personal data: who stores it seals it. It never changes once built and
// may be used from many goroutines.
type Index struct {
	strings []string
	people  []entry
	anchors []anchor // of people, side by side
	dict    *dictionary
	blocks  *blocks
	years   map[int]uint32 // people born in a year
	kin     bitsFx         // how much oftener than by chance surname and given name meet, log2
}

// entry is one registered person.
type entry struct {
	facts
	id     string
	texts  [numTexts]uint32
	shares [numComparisons]bitsFx // log2 of the share of the value in the registry; 0 unknown
}

// Stats says how big an index is and what blocking had to leave out.
type Stats struct {
	Persons  int   // people
	Surnames int   // different surnames
	Postings int   // blocking keys held
	Split    int   // blocks too full, split by a second key
	Capped   int64 // postings cut from blocks still too full: pairs that only share them are not found
}

// Stats describes the index.
func (ix *Index) Stats() Stats {
	return Stats{
		Persons: len(ix.people), Surnames: len(ix.dict.nameCount), Split: len(ix.blocks.split),
		Postings: len(ix.blocks.base.postings) + len(ix.blocks.refined.postings), Capped: ix.blocks.cut,
	}
}

// draft is a person before the names are counted.
type draft struct {
	id    string
	texts [numTexts]uint32
}

// Build makes an index of a registry. Any order of records gives the same
// index. It fails with the first error of the stream.
func Build(records iter.Seq2[matchers.Record, error]) (*Index, error) {
	var people []draft
	ids := map[string]uint32{"": 0}
	dict := []string{""}
	for rec, err := range records {
		if err != nil {
			return nil, fmt.Errorf("reading registry: %w", err)
		}
		p := draft{id: rec.ID}
		for i, s := range canonical(&rec) {
			id, ok := ids[s]
			if !ok {
				id = uint32(len(dict))
				s = string(append([]byte(nil), s...)) // let go of the record's memory
				ids[s] = id
				dict = append(dict, s)
			}
			p.texts[i] = id
		}
		people = append(people, p)
	}
	slices.SortFunc(people, func(a, b draft) int {
		if c := cmp.Compare(a.id, b.id); c != 0 {
			return c
		}
		for i := range a.texts {
			if c := cmp.Compare(dict[a.texts[i]], dict[b.texts[i]]); c != 0 {
				return c
			}
		}
		return 0
	})
	return newIndex(renumber(people, dict)), nil
}

// renumber gives texts the numbers of their first appearance among the sorted
// people, so that the order of arrival leaves no trace.
func renumber(people []draft, dict []string) ([]draft, []string) {
	order := make([]uint32, len(dict))
	out := []string{""}
	for i := range people {
		for j, id := range people[i].texts {
			if id == 0 {
				continue
			}
			if order[id] == 0 {
				order[id] = uint32(len(out))
				out = append(out, dict[id])
			}
			people[i].texts[j] = order[id]
		}
	}
	return people, out
}

func newIndex(people []draft, dict []string) *Index {
	ix := &Index{strings: dict, dict: newDictionary(), people: make([]entry, len(people)), anchors: make([]anchor, len(people)), years: map[int]uint32{}}
	for i := range people {
		e := &ix.people[i]
		e.id, e.texts = people[i].id, people[i].texts
		var t texts
		for j, id := range e.texts {
			t[j] = dict[id]
		}
		e.facts = newFacts(&t, ix.dict, false)
		ix.anchors[i] = newAnchor(&e.facts)
		if len(e.readings) > 0 {
			ix.dict.count(&e.readings[0])
		}
		if e.date != 0 {
			ix.years[e.date.year()]++
		}
	}
	ix.dict.finish()
	ix.count()
	ix.blocks = newBlocks(ix.people)
	return ix
}

// row prepares a dump row for comparison with this index.
func (ix *Index) row(r *matchers.Record) facts {
	t := canonical(r)
	return newFacts(&t, visitor{ix.dict}, true)
}
