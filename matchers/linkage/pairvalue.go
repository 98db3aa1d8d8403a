package linkage

// shares tells for every value by how much agreeing on it weighs more or less
// than agreeing on a value of the field in general.
func (t *pairModel) shares() [][]bitsFx {
	out := make([][]bitsFx, len(t.f.fields))
	for k, c := range t.f.fields {
		if c.kind == kindSex {
			continue
		}
		own := t.own(k)
		share := func(count int32) bitsFx {
			return t.logM[k][1] - t.weight[k][1] - log2Ratio(max(t.others(count, own), 300), t.named[k]*1000)
		}
		var small [64]bitsFx // most values are those of few
		for n := range small {
			small[n] = share(int32(n))
		}
		out[k] = make([]bitsFx, len(c.values))
		for v := 1; v < len(c.values); v++ {
			if n := c.values[v].count; int(n) < len(small) {
				out[k][v] = small[n]
			} else {
				out[k][v] = share(n)
			}
		}
	}
	return out
}

// own is how many records of the same person have a record's value, in thousandths.
func (t *pairModel) own(k int) uint64 {
	return t.mates * t.m[k][1] / billion * t.named[k] / max(uint64(len(t.f.ids)), 1)
}

// others is how many of the records with a value are other persons', in thousandths.
func (t *pairModel) others(count int32, own uint64) uint64 {
	n := uint64(max(count, 1)-1) * 1000
	return max(n-min(n, own), n/20)
}

// values is what agreement on values is worth beyond its level: all of it where
// they are equal, half where they are alike.
func (t *pairModel) values(s *scoredPair, shares [][]bitsFx) (w bitsFx) {
	one, two := t.f.row(s.i), t.f.row(s.j)
	for k, c := range t.f.fields {
		l := s.how.level(k)
		if l == 0 || shares[k] == nil || c.kind != kindName && l > 2 || l > wordNear {
			continue
		}
		a, b := shares[k][one[k]], shares[k][two[k]]
		switch {
		case l == 1:
			if t.ties.bits[k] != 0 && s.how.level(int(t.ties.to[k])) == 1 {
				w += t.given(s, k)
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

// given is what agreeing on the value of a field adds, knowing that the field
// it leans on agrees as well: those who have both values among those who have
// one, smoothed by what is so in general.
func (t *pairModel) given(s *scoredPair, k int) bitsFx {
	to := int(t.ties.to[k])
	a, b := t.f.fields[k], t.f.fields[to]
	va, vb := a.of[s.i], b.of[s.i]
	own := t.own(to)
	general := exp2(min(t.logM[k][1]-t.weight[k][1]+t.ties.bits[k], 0))
	some := t.others(t.met[k][uint64(va)<<32|uint64(vb)], own*t.m[k][1]/billion)
	all := max(t.others(b.values[vb].count, own), some)
	share := log2Ratio(some+(tieWeight*general)>>32+1, all+tieWeight)
	return t.logM[k][1] - share - t.weight[k][1] + t.ties.bits[k]
}

// tieWeight is how many records, in thousandths, the general share is worth
// against that of two values.
const tieWeight = 2000
