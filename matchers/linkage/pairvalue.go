package linkage

// worths tell by how much agreeing on a value weighs more or less than agreeing on a
// value of the field in general.
type worths struct {
	alone [maxFields][]bitsFx // by value
	given [maxFields][]bitsFx // by the two values of tied fields, of several records
}

// worths weighs every value once: pairs have them again and again.
func (t *pairModel) worths() *worths {
	out := &worths{}
	for k, c := range t.f.fields {
		if c.kind == kindSex {
			continue
		}
		values, unseen, named := make([]bitsFx, len(c.values)), t.unseen(k), log2(t.named[k]*1000)
		rare := t.logM[k][1] - t.weight[k][1] - (log2(unseen) - named)
		for v := 1; v < len(values); v++ {
			if others := others(c.values[v].count, t.copies[k][v]); others == 0 {
				values[v] = rare
			} else {
				values[v] = t.logM[k][1] - t.weight[k][1] - (log2(others+unseen) - named)
			}
		}
		out.alone[k] = values
		if t.ties.bits[k] != 0 {
			m := t.met[k]
			out.given[k] = make([]bitsFx, len(m.count))
			for id, n := range m.count {
				if n > 1 {
					out.given[k][id] = t.given(k, int32(id), m.value[id])
				}
			}
		}
	}
	return out
}

// count counts, for every value, the pairs of one person that have it, with 32
// fractional bits.
func (t *pairModel) count(pairs []scoredPair) {
	for k := range t.f.fields {
		clear(t.copies[k])
		if t.ties.bits[k] != 0 {
			clear(t.met[k].same)
		}
	}
	for x := range pairs {
		s := &pairs[x]
		if s.p < unitP/64 {
			continue
		}
		for k, v := range t.f.row(s.i) {
			if s.how.level(k) == 1 {
				t.copies[k][v] += s.p
				if t.ties.bits[k] != 0 && s.how.level(int(t.ties.to[k])) == 1 {
					t.met[k].same[t.met[k].of[s.i]] += s.p
				}
			}
		}
	}
	for k := range t.f.fields {
		if t.ties.bits[k] != 0 {
			t.met[k].foresee(t.f.fields[t.ties.to[k]])
		}
	}
}

// others is how many records of other persons have a value, in thousandths, beside
// two that have it: of so many records with the value, and pairs of one person
// among them.
func others(count int32, same uint64) uint64 {
	if count < 3 {
		return 0
	}
	left, third := uint64(count-2)*1000, 2*(same-min(same, unitP))/uint64(count+1)*1000>>32
	return left - min(left, third)
}

// sightings counts values by how many persons have them: the records of values of
// one person, and of two.
type sightings struct{ one, two, values uint64 } // 10 fractional bits

// add takes a value of so many records, and pairs of one person among them. The
// persons are counted as if each had as many records as the others.
func (s *sightings) add(count int32, same uint64) {
	const unit = 1 << 10
	n := uint64(count)
	persons := n * n << 20 / (n<<10 + same>>21)
	one := min(2*unit-min(persons, 2*unit), unit)
	two := unit - min(max(persons, 2*unit)-min(persons, 2*unit), unit)
	s.one, s.two, s.values = s.one+one*n, s.two+two*n, s.values+one
}

// unseen is how many records more are expected to have a value that one person has,
// in thousandths: twice the values of two persons for those of one (Good 1953), and
// as many records as a person has.
func (s *sightings) unseen() uint64 {
	return ratio(s.two, max(s.values, 1)) / 1_000_000
}

// unseen is that of a field.
func (t *pairModel) unseen(k int) uint64 {
	var s sightings
	for v, x := range t.f.fields[k].values[1:] {
		if x.count > 0 {
			s.add(x.count, t.copies[k][v+1])
		}
	}
	return min(max(s.unseen(), leastUnseen), mostUnseen)
}

// leastUnseen and mostUnseen bound what Good's estimate makes of a few values.
const leastUnseen, mostUnseen = 100, 10_000

// values is what agreement on values is worth beyond its level: all of it where
// they are equal, half where they are alike.
func (t *pairModel) values(s *scoredPair, worth *worths) (w bitsFx) {
	one, two := t.f.row(s.i), t.f.row(s.j)
	for k, c := range t.f.fields {
		l := s.how.level(k)
		if l == 0 || worth.alone[k] == nil || c.kind != kindName && l > 2 || l > wordNear {
			continue
		}
		a, b := worth.alone[k][one[k]], worth.alone[k][two[k]]
		switch {
		case l == 1:
			if t.ties.bits[k] != 0 && s.how.level(int(t.ties.to[k])) == 1 {
				if id := t.met[k].of[s.i]; t.met[k].count[id] > 1 {
					w += worth.given[k][id]
				} else { // another surname agrees
					w += t.given(k, id, one[t.ties.to[k]])
				}
			} else {
				w += min(a, b)
			}
		case c.kind == kindName && (l == wordSubset || l == wordPart):
			if n := c.rarest(one[k], two[k]); n > 0 {
				token := log2Ratio(t.named[k], uint64(n)) // what the shared word is worth
				w += min(t.logM[k][l]+token-t.weight[k][l], shareMost)
			}
		case c.kind == kindName || c.kind != kindDate:
			w += min(max(min(a, b)/2, -shareMost), shareMost)
		}
	}
	return w
}

// given is what agreeing on the value of a field adds, knowing that the value vb of
// the field it leans on agrees as well: those who have both values among those who
// have one, smoothed by what is so in general.
func (t *pairModel) given(k int, id, vb int32) bitsFx {
	to, m := int(t.ties.to[k]), t.met[k]
	some := others(m.count[id], m.same[id]) + m.unseen[vb]
	all := max(others(t.f.fields[to].values[vb].count, t.copies[to][vb])+1000, some)
	return t.logM[k][1] - log2Ratio(some, all) - t.weight[k][1] + t.ties.bits[k]
}
