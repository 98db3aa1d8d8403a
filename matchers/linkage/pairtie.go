package linkage

import "math/bits"

// Fields of one person go together among strangers too: a family shares its
// name and its address, a town its postcode, a nation its names. ties says for
// every field which other it leans on, and how much less agreeing on both is
// worth than agreeing on each: a tree of the strongest dependences (Chow and
// Liu 1968), so that nothing is taken off twice.
type ties struct {
	to   [maxFields]int8 // the field leant on, -1 for none
	bits [maxFields]bitsFx
}

// off is what comes off field k when the fields in agree agree.
func (t *ties) off(k int, agree uint16) bitsFx {
	if t.bits[k] == 0 || agree>>t.to[k]&1 == 0 {
		return 0
	}
	return t.bits[k]
}

// closeUpTo is the last level of a kind that counts as agreement.
var closeUpTo = [...]uint8{kindName: wordTypo, kindDate: dayTypo, kindText: textTypo, kindWord: 1, kindStreet: streetClose,
	kindPostcode: postArea, kindCode: codeTypo, kindNumber: codeTypo, kindEmail: codeTypo, kindSex: 1}

// close tells on which fields a pattern agrees.
func (f *pairFile) close(p pattern) (set uint16) {
	for k, c := range f.fields {
		if l := p.level(k); l != 0 && l <= closeUpTo[c.kind] {
			set |= 1 << k
		}
	}
	return set
}

// apart tells on which of the fields that name one person a pattern clearly
// disagrees, and which of them it has: names, birth, numbers, not places.
func (f *pairFile) apart(p pattern) (apart, has uint16) {
	for k, c := range f.fields {
		l := p.level(k)
		if l == 0 {
			continue
		}
		if off, ok := tellsApart(c.kind, l); ok {
			has |= 1 << k
			if off {
				apart |= 1 << k
			}
		}
	}
	return apart, has
}

func tellsApart(kind fieldKind, l uint8) (off, ok bool) {
	switch kind {
	case kindName:
		return l == wordOther || l == wordFaint, true
	case kindDate:
		return l == dayYear || l >= dayClose && l <= dayDifferent, true
	case kindNumber, kindCode, kindEmail:
		return l == codeOther, true
	}
	return false, false
}

// mistaken is how many pairs of one person, of so many, sumStrangers is expected
// to take for strangers agreeing on a and b: as many as are damaged that much.
func (t *pairModel) mistaken(a, b int, matches uint64) uint64 {
	sum := func(k int, in func(l uint8) bool) uint64 {
		var n, all uint64
		for l, s := range startM[t.f.fields[k].kind] {
			if all += s; in(uint8(l + 1)) {
				n += s
			}
		}
		return n * billion / all * t.named[k] / uint64(len(t.f.ids))
	}
	both := uint64(billion)
	for _, k := range [2]int{a, b} {
		both = both * sum(k, func(l uint8) bool { return l <= closeUpTo[t.f.fields[k].kind] }) / billion
	}
	var one, two uint64 // chances of one and of two disagreements in the rest
	n := 0
	for k, c := range t.f.fields {
		if _, ok := tellsApart(c.kind, 1); !ok || k == a || k == b {
			continue
		}
		off := sum(k, func(l uint8) bool { off, _ := tellsApart(c.kind, l); return off })
		two += one * off / billion
		one += off
		n++
	}
	if n < 2 {
		two = one
	}
	return matches * (both * min(two, billion) / billion) / billion
}

// sumStrangers counts two fields that agree where what is left names two
// persons. Relatives are weighed apart and no strangers: counted among these, they
// would be held against a pair twice. The levels decide it, not the weights: what is still to be learnt
// must not teach itself.
func (f *pairFile) sumStrangers(both *[maxFields][maxFields]uint64, p pattern, n uint64) {
	set := f.close(p)
	if set&(set-1) == 0 {
		return
	}
	apart, has := f.apart(p)
	for k, c := range f.fields {
		if c.kind == kindNumber && set>>k&1 != 0 {
			return // a number of one's own
		}
	}
	if apart == 0 {
		return
	}
	for a := set; a != 0; a &= a - 1 {
		i := bits.TrailingZeros16(a)
		for b := set & (1<<i - 1); b != 0; b &= b - 1 {
			j := bits.TrailingZeros16(b)
			rest := uint16(1<<i | 1<<j)
			if bits.OnesCount16(apart&^rest) >= min(2, bits.OnesCount16(has&^rest)) && has&^rest != 0 {
				both[i][j] += n
			}
		}
	}
}

// lean sets the ties and tells whether a field leans on another one now.
func (t *pairModel) lean(found *foundPairs) (anew bool) {
	t.ties = t.tie(&found.both, found.sure>>32)
	for k := range t.f.fields {
		if to := int(t.ties.to[k]); t.ties.bits[k] != 0 && (t.met[k] == nil || t.met[k].to != to) {
			t.met[k], anew = t.f.meet(k, to), true
		}
	}
	return anew
}

// tie builds the tree from how many strangers agree on two fields: among the
// candidates, or among pairs drawn at random.
func (t *pairModel) tie(both *[maxFields][maxFields]uint64, matches uint64) (out ties) {
	n := len(t.f.fields)
	var met [maxFields][maxFields]uint64
	for _, d := range t.drawn {
		if !t.related(d.how) {
			t.f.sumStrangers(&met, d.how, d.count)
		}
	}
	type edge struct {
		a, b  int
		bits  bitsFx
		worth int64
	}
	var edges []edge
	strangers := func(a, b int) uint64 {
		if met[a][b] < 30 {
			return both[a][b]
		}
		return max(both[a][b], met[a][b]*(t.all/t.draws))
	}
	for a := range n {
		for b := range a {
			both, one, two := strangers(a, b), t.closeU(a), t.closeU(b)
			both -= min(both, 2*t.mistaken(a, b, matches))
			lift := log2Ratio(max(both, 1), one) - log2Ratio(two, t.all)
			switch {
			case both >= 20 && lift > oneBit/4:
				edges = append(edges, edge{a, b, lift, int64(lift)})
			case b == t.f.given && a == t.f.family:
				edges = append(edges, edge{a, b, hairline, int64(hairline)}) // not in general, but among those of one origin
			}
		}
	}
	for k := range out.to {
		out.to[k] = -1
	}
	group := [maxFields]int{}
	for k := range group {
		group[k] = k
	}
	for range edges {
		best := -1
		for i, e := range edges {
			if group[e.a] != group[e.b] && (best < 0 || e.worth > edges[best].worth) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		out.join(&group, edges[best].a, edges[best].b, edges[best].bits)
	}
	return out
}

// join hangs one tree on another: the side that leans on nothing yet leans.
func (t *ties) join(group *[maxFields]int, a, b int, lift bitsFx) {
	t.turn(a)
	t.to[a], t.bits[a] = int8(b), lift
	from, to := group[a], group[b]
	for k := range group {
		if group[k] == from {
			group[k] = to
		}
	}
}

// turn makes a the root of its tree.
func (t *ties) turn(a int) {
	if t.to[a] < 0 {
		return
	}
	b := int(t.to[a])
	t.turn(b)
	t.to[b], t.bits[b] = int8(a), t.bits[a]
	t.to[a], t.bits[a] = -1, 0
}

// closeU is how many pairs of strangers agree on a field.
func (t *pairModel) closeU(k int) (n uint64) {
	for l := 1; l <= int(closeUpTo[t.f.fields[k].kind]); l++ {
		n += t.u[k][l]
	}
	return max(n, 1)
}

// met is the values of two tied fields that records have together.
type met struct {
	to     int      // the field leant on
	of     []int32  // the two values of a record, by number; 0 where one is missing
	count  []int32  // how many records have them
	same   []uint64 // the pairs of one person among these, with 32 fractional bits
	value  []int32  // which value of the field leant on it is
	unseen []uint64 // for a value leant on: how many more records have a value met with it once, in thousandths
}

// meet numbers the values of field k together with those of the field it leans on.
func (f *pairFile) meet(k, to int) *met {
	a, b, number := f.fields[k].of, f.fields[to].of, map[uint64]int32{}
	m := &met{to: to, of: make([]int32, len(a)), count: make([]int32, 1), value: make([]int32, 1)}
	for i := range a {
		if a[i] == 0 || b[i] == 0 {
			continue
		}
		key := uint64(a[i])<<32 | uint64(b[i])
		id, ok := number[key]
		if !ok {
			id = int32(len(m.count))
			number[key] = id
			m.count, m.value = append(m.count, 0), append(m.value, b[i])
		}
		m.of[i] = id
		m.count[id]++
	}
	m.same = make([]uint64, len(m.count))
	return m
}

// foresee estimates for every value leant on how many more records have what one
// person has been met with, each by itself as far as it is met often: the names of
// one origin go together, those of a country's majority do not.
func (m *met) foresee(leant *field) {
	each, all := make([]sightings, len(leant.values)), sightings{}
	for id, n := range m.count[1:] {
		each[m.value[id+1]].add(n, m.same[id+1])
		all.add(n, m.same[id+1])
	}
	share := func(x uint64) uint64 { return metWeight * ratio(x, max(all.one, 1)) / (billion >> 10) }
	m.unseen = make([]uint64, len(each))
	for v := range each {
		s := &each[v]
		s.one, s.two, s.values = s.one+share(all.one), s.two+share(all.two), s.values+share(all.values)
		m.unseen[v] = min(max(s.unseen(), 1), mostUnseen)
	}
}

// metWeight is how many records are worth what is so in general.
const metWeight = 20
