package linkage

import (
	"cmp"
	"slices"
)

// hopes are what two records can still come to before all their fields are
// compared: a pair is left as soon as the rest cannot save it.
type hopes struct {
	most  [maxFields]bitsFx // the best a field can add where the values differ
	order []int             // fields other than names, the quick ones first
	late  int               // from here on they come after the names
}

// slow is how long values of a kind take to compare, from the quickest.
var slow = [...]int{kindSex: 0, kindDate: 1, kindNumber: 2, kindCode: 3, kindPostcode: 4, kindWord: 5, kindName: 6, kindText: 7, kindStreet: 8, kindEmail: 9}

// hopes takes the best of the weights there are.
func (t *pairModel) hopes() *hopes {
	h := &hopes{}
	for k, c := range t.f.fields {
		levels := t.weight[k][2 : len(startM[c.kind])+1]
		if c.kind != kindName {
			h.order = append(h.order, k)
		} else if levels = t.weight[k][:len(startM[c.kind])+1]; k != t.f.family || t.f.usage == nil {
			levels = append([]bitsFx{levels[0]}, levels[2:]...) // a name that is swapped has no level
		}
		h.most[k] = slices.Max(levels)
	}
	slices.SortStableFunc(h.order, func(a, b int) int {
		return cmp.Compare(slow[t.f.fields[a].kind], slow[t.f.fields[b].kind])
	})
	for h.late < len(h.order) && slow[t.f.fields[h.order[h.late]].kind] < slow[kindName] {
		h.late++
	}
	return h
}

// compareHopeful compares two records as long as their weight can reach least.
// Its weight is that of the levels, without what goes together.
func (t *pairModel) compareHopeful(i, j int32, h *hopes, least bitsFx, memo *wordMemo) (p pattern, weight bitsFx, ok bool) {
	var open uint16
	var home bitsFx // the part of weight that tells of one home
	one, two := t.f.row(i), t.f.row(j)
	s, o := t.f.card(i), t.f.card(j)
	for k, c := range t.f.fields {
		a, b := one[k], two[k]
		switch {
		case c.kind == kindName && (a != b || a == 0):
			weight += h.most[k]
		case a == 0 || b == 0:
		case a == b && c.kind != kindName:
			p.set(k, 1)
			weight += t.weight[k][1]
			if c.home {
				home += t.weight[k][1]
			}
		case a == b:
			weight += t.weight[k][1]
		default:
			open |= 1 << k
			weight += h.most[k]
			if c.home {
				home += h.most[k]
			}
		}
	}
	lost := func() bool { return weight+t.mostEased(home) < least }
	grade := func(fields []int) bool {
		for _, k := range fields {
			if lost() {
				return false
			}
			if c := t.f.fields[k]; open>>k&1 != 0 {
				l := c.compare(one[k], two[k], &s[k], &o[k])
				p.set(k, l)
				weight += t.weight[k][l] - h.most[k]
				if c.home {
					home += t.weight[k][l] - h.most[k]
				}
			}
		}
		return !lost()
	}
	if !grade(h.order[:h.late]) {
		return p, weight, false
	}
	for _, k := range [2]int{t.f.given, t.f.family} {
		if k >= 0 {
			if one[k] != 0 && one[k] == two[k] {
				weight -= t.weight[k][1]
			} else {
				weight -= h.most[k]
			}
		}
	}
	t.f.compareNames(i, j, &p, memo)
	for _, k := range [2]int{t.f.given, t.f.family} {
		if k >= 0 {
			weight += t.weight[k][p.level(k)]
		}
	}
	if !grade(h.order[h.late:]) {
		return p, weight, false
	}
	weight += t.eased(p)
	return p, weight, weight >= least
}
