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
	kindPostcode: postArea, kindCode: codeTypo, kindEmail: codeTypo, kindSex: 1}

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
		off := false
		switch c.kind {
		case kindName:
			off = l == wordOther || l == wordFaint
		case kindDate:
			off = l == dayYear || l >= dayClose && l <= dayDifferent
		case kindCode, kindEmail:
			off = l == codeOther
		default:
			continue
		}
		has |= 1 << k
		if off {
			apart |= 1 << k
		}
	}
	return apart, has
}

// sumStrangers counts two fields that agree where what is left names two
// persons. The levels decide it, not the weights: what is still to be learnt
// must not teach itself.
func (f *pairFile) sumStrangers(both *[maxFields][maxFields]uint64, p pattern, n uint64) {
	set := f.close(p)
	if set&(set-1) == 0 {
		return
	}
	apart, has := f.apart(p)
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

// tie builds the tree from how many strangers agree on two fields: among the
// candidates, or among pairs drawn at random.
func (t *pairModel) tie(both *[maxFields][maxFields]uint64) (out ties) {
	n := len(t.f.fields)
	var met [maxFields][maxFields]uint64
	for _, d := range t.drawn {
		t.f.sumStrangers(&met, d.how, d.count)
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
		return max(both[a][b], met[a][b]*(t.all/pairDraws))
	}
	for a := range n {
		for b := range a {
			both, one, two := strangers(a, b), t.closeU(a), t.closeU(b)
			if both < 20 {
				continue
			}
			lift := log2Ratio(both, one) - log2Ratio(two, t.all)
			if lift > oneBit/4 {
				edges = append(edges, edge{a, b, lift, int64(lift)})
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
