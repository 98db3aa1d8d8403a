package linkage

import (
	"math/bits"
	"slices"
)

// Blocking passes. Each pass brings together the records that agree on a key;
// a pair that shares no key in any pass is never compared. A row uses the
// passes for which it has the fields.
const (
	passNames      = iota // a surname and a given name by sound, in any order; rows without a date
	passNameYear          // surname by sound, year of birth
	passGivenDate         // given name by sound, whole date, day and month in any order
	passNameDay           // surname by sound, day and month
	passEmail             // whole e-mail
	passLocal             // e-mail before the @
	passPhone             // last nine digits
	passDate              // whole date
	passNamePlace         // surname by sound, postcode or city
	passGivenPlace        // given name by sound, postcode, year
	passNIR               // the first 13 characters
	passAddress           // street and postcode
	passSpelt             // a surname and a given name as spelt, in any order; rows with a date
	passBits       = 4    // low bits of a key that tell the pass
)

// maxBlock is how many people one key may bring. A fuller block is split by a
// second key; what is still fuller is cut, and the loss counted.
const maxBlock = 64

type key struct{ hash, refined uint64 }

func makeKey(pass int, a, b, refine uint64) key {
	h := mix(a*0x9e3779b97f4a7c15+mix(b+uint64(pass)))&^(1<<passBits-1) | uint64(pass)
	return key{h, mix(h^mix(refine+1))&^(1<<passBits-1) | uint64(pass)}
}

// keys appends the blocking keys of a record. Rows use one place where
// registered people are found under postcode and city.
func (f *facts) keys(out []key, row bool) []key {
	year, dept := uint64(f.date.year()), hashText(1, department(f.postcode))
	for i := range f.readings {
		out = f.nameKeys(out, &f.readings[i], row)
	}
	if f.date != 0 && f.date.month() != 0 {
		out = append(out, makeKey(passDate, uint64(f.date.sorted()), 0, dept))
	}
	initial := f.initial()
	if f.email != "" {
		out = append(out, makeKey(passEmail, hashText(2, f.email), 0, initial))
		if len(f.local) > 4 {
			out = append(out, makeKey(passLocal, hashText(3, f.local), 0, initial))
		}
	}
	if f.phone != "" {
		out = append(out, makeKey(passPhone, hashText(4, f.phone), 0, initial))
	}
	if f.nir != "" {
		out = append(out, makeKey(passNIR, hashText(5, f.nir[:min(13, len(f.nir))]), 0, year))
	}
	if f.street != "" {
		for _, p := range f.places(false) {
			out = append(out, makeKey(passAddress, hashText(6, f.street), hashText(7, p), initial))
		}
	}
	return out
}

// place1 is the postcode, or the city where there is none.
func (f *facts) place1() string { return firstText(f.postcode, f.city) }

// places are under what a record's place is filed: registered people under
// postcode and city, so that a row finds them by the one it has.
func (f *facts) places(row bool) []string {
	switch {
	case f.place1() == "":
		return nil
	case row || f.postcode == "" || f.city == "":
		return []string{f.place1()}
	}
	return []string{f.postcode, f.city}
}

// initial is the first letter of the first given name, to split full blocks.
func (f *facts) initial() uint64 {
	if len(f.readings) > 0 && f.readings[0].given != nil {
		return uint64(f.readings[0].given.text[0])
	}
	return 0
}

func (f *facts) nameKeys(out []key, r *reading, row bool) []key {
	year, initial, places := uint64(f.date.year()), f.initial(), f.places(row)
	dated := f.date.day() != 0 // other passes find such rows by sound
	var givens []uint64
	if r.given != nil {
		givens = r.given.keys
	}
	for _, n := range [2]*name{r.birth, r.usage} {
		if n == nil {
			continue
		}
		if r.given != nil && (!row || dated) {
			s := hashText(10, n.full)
			for i := range r.given.tokens[:min(2, len(r.given.tokens))] {
				g := hashText(10, r.given.tokens[i].text)
				out = append(out, makeKey(passSpelt, s+g, s^g, year))
			}
		}
		for _, s := range n.keys {
			for _, g := range givens[:min(2, len(givens))] {
				if !row || !dated {
					out = append(out, makeKey(passNames, s+g, s^g, year))
				}
				if row == dated { // a row with a date looks among people without one
					out = append(out, makeKey(passNames, s+g+1, s^g, initial))
				}
			}
			if r.kind == readSwapped {
				continue
			}
			if year != 0 {
				out = append(out, makeKey(passNameYear, s, year, initial))
				if d := f.date.sorted(); d.day() != 0 && d.month() != 0 {
					out = append(out, makeKey(passNameDay, s, uint64(d&511), initial))
				}
			}
			for _, p := range places {
				if !row || !dated {
					out = append(out, makeKey(passNamePlace, s, hashText(7, p), initial))
				}
				if row == dated {
					out = append(out, makeKey(passNamePlace, s+1, hashText(7, p), initial))
				}
			}
		}
	}
	if year == 0 {
		return out
	}
	for _, g := range givens {
		if f.date.month() != 0 {
			out = append(out, makeKey(passGivenDate, g, uint64(f.date.sorted()), 0))
		}
		if f.postcode != "" {
			out = append(out, makeKey(passGivenPlace, g, hashText(8, f.postcode)+year, uint64(f.date)))
		}
	}
	return out
}

// table finds the people under a key: postings in buckets by the key's first
// bits, each bucket sorted.
type table struct {
	start    []uint32
	postings []posting
	shift    uint
}

type posting struct {
	key    uint64
	person uint32
}

func newTable(ps []posting) table {
	n := max(4, bits.Len(uint(len(ps)/4)))
	t := table{start: make([]uint32, 1<<n+1), postings: make([]posting, len(ps)), shift: uint(64 - n)}
	for i := range ps {
		t.start[ps[i].key>>t.shift+1]++
	}
	for i := 1; i < len(t.start); i++ {
		t.start[i] += t.start[i-1]
	}
	at := slices.Clone(t.start)
	for i := range ps {
		b := ps[i].key >> t.shift
		t.postings[at[b]] = ps[i]
		at[b]++
	}
	for b := range 1 << n {
		slices.SortFunc(t.postings[t.start[b]:t.start[b+1]], func(x, y posting) int {
			if x.key != y.key {
				if x.key < y.key {
					return -1
				}
				return 1
			}
			return int(x.person) - int(y.person)
		})
	}
	return t
}

func (t *table) find(k uint64) []posting {
	if len(t.postings) == 0 {
		return nil
	}
	b := k >> t.shift
	ps := t.postings[t.start[b]:t.start[b+1]]
	i := 0
	for i < len(ps) && ps[i].key != k {
		i++
	}
	j := i
	for j < len(ps) && ps[j].key == k {
		j++
	}
	return ps[i:j]
}

// blocks are the passes of an index.
type blocks struct {
	base, refined table
	split         map[uint64]bool // keys too full for base
	cut           int64           // postings left out of refined
}

func newBlocks(people []entry) *blocks {
	var ps []posting
	var ks []key
	for i := range people {
		ks = people[i].keys(ks[:0], false)
		ks = distinct(ks)
		for _, k := range ks {
			ps = append(ps, posting{k.hash, uint32(i)})
		}
	}
	b := &blocks{split: map[uint64]bool{}, base: newTable(ps)}
	groups(b.base.postings, func(g []posting) {
		if len(g) > maxBlock {
			b.split[g[0].key] = true
		}
	})
	if len(b.split) == 0 {
		return b
	}
	b.base = newTable(slices.DeleteFunc(b.base.postings, func(p posting) bool { return b.split[p.key] }))
	b.refine(people)
	return b
}

// refine files the people of full blocks under their second keys.
func (b *blocks) refine(people []entry) {
	var ps, kept []posting
	var ks []key
	for i := range people {
		ks = distinct(people[i].keys(ks[:0], false))
		for _, k := range ks {
			if b.split[k.hash] {
				ps = append(ps, posting{k.refined, uint32(i)})
			}
		}
	}
	t := newTable(ps)
	groups(t.postings, func(g []posting) {
		if len(g) > maxBlock {
			b.cut += int64(len(g) - maxBlock)
			g = g[:maxBlock]
		}
		kept = append(kept, g...)
	})
	b.refined = newTable(kept)
}

func distinct(ks []key) []key {
	if len(ks) < 2 {
		return ks
	}
	slices.SortFunc(ks, func(a, b key) int {
		if a.hash < b.hash {
			return -1
		} else if a.hash > b.hash {
			return 1
		}
		return 0
	})
	return slices.CompactFunc(ks, func(a, b key) bool { return a.hash == b.hash })
}

// groups calls f with every run of equal keys.
func groups(ps []posting, f func([]posting)) {
	for i := 0; i < len(ps); {
		j := i + 1
		for j < len(ps) && ps[j].key == ps[i].key {
			j++
		}
		f(ps[i:j])
		i = j
	}
}

// candidates appends the people who share a key with a row, each once, in the
// index's order.
func (b *blocks) candidates(out []uint32, ks []key) []uint32 {
	for _, k := range ks {
		found := b.base.find(k.hash)
		if len(found) == 0 && len(b.split) > 0 && b.split[k.hash] {
			found = b.refined.find(k.refined)
		}
		for _, p := range found {
			out = append(out, p.person)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
