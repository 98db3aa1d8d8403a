package linkage

const memoSize = 1 << 14

// wordMemo remembers how names compare: pairs of names come again and again.
// What it forgets is computed anew, so it never changes an answer.
type wordMemo struct {
	keys   [memoSize]uint64
	levels [memoSize]uint8
}

// words compares two values of one field, or of the two fields of names.
func (m *wordMemo) words(ca, cb *field, a, b int32, across uint64) uint8 {
	if a == b && ca == cb {
		return wordExact
	}
	if ca.marks[a].strange(&cb.marks[b]) {
		return wordOther
	}
	k := uint64(a)<<33 | uint64(b)<<2 | across
	at := mix(k) & (memoSize - 1)
	if m.keys[at] != k {
		m.keys[at], m.levels[at] = k, compareWords(&ca.values[a], &cb.values[b])
	}
	return m.levels[at]
}

// compareNames fills the levels of the given names and the surname.
func (f *pairFile) compareNames(i, j int32, p *pattern, memo *wordMemo) {
	var given, family uint8
	if f.given >= 0 {
		c := f.fields[f.given]
		if a, b := c.of[i], c.of[j]; a != 0 && b != 0 {
			given = memo.words(c, c, min(a, b), max(a, b), 1)
		}
	}
	if f.family >= 0 {
		family = f.compareFamily(i, j, memo)
	}
	if f.given >= 0 && f.family >= 0 && (given == 0 || given > wordPart) && (family == 0 || family > wordPart) {
		given, family = f.compareSwapped(i, j, given, family, memo)
	}
	if given != 0 {
		p.set(f.given, given)
	}
	if family != 0 {
		p.set(f.family, family)
	}
}

func (f *pairFile) compareFamily(i, j int32, memo *wordMemo) uint8 {
	c := f.fields[f.family]
	best := uint8(0)
	try := func(a, b int32) {
		if a == 0 || b == 0 {
			return
		}
		if l := memo.words(c, c, min(a, b), max(a, b), 2); best == 0 || l < best {
			best = l
		}
	}
	try(c.of[i], c.of[j])
	if f.usage != nil {
		try(f.usage[i], f.usage[j])
		try(f.usage[i], c.of[j])
		try(c.of[i], f.usage[j])
	}
	return best
}

// compareSwapped looks for each name in the column of the other.
func (f *pairFile) compareSwapped(i, j int32, given, family uint8, memo *wordMemo) (g, s uint8) {
	gc, sc := f.fields[f.given], f.fields[f.family]
	cross := func(a, b int32) bool {
		if a == 0 || b == 0 {
			return false
		}
		if s, o := &gc.marks[a], &sc.marks[b]; s.apart(o) && s.beyond(o, 2) {
			return false
		}
		return memo.words(gc, sc, a, b, 3) <= wordTypo
	}
	one, two := cross(gc.of[i], sc.of[j]), cross(gc.of[j], sc.of[i])
	switch {
	case one && two:
		return 0, wordSwapped // once: one mistake changed both
	case one || two:
		return given, wordSwapped
	}
	return given, family
}

// compareWords grades two names.
func compareWords(a, b *value) uint8 {
	if a.text == b.text {
		return wordExact
	}
	several := len(a.tokens) > 1 || len(b.tokens) > 1
	part := false
	if several {
		shared, least := sharedTokens(a.tokens, b.tokens)
		long := longestShared(a.tokens, b.tokens) > 2
		if shared == least && long {
			return wordSubset
		}
		part = long
	}
	short := min(len(a.text), len(b.text))
	far := unlike(a.set, b.set)
	if !far {
		if d := distance(a.text, b.text, 2); d == 1 && short >= 3 || d == 2 && short >= 8 {
			return wordTypo
		}
	}
	if len(a.tokens) > 0 && len(b.tokens) > 0 && a.tokens[0] != b.tokens[0] && shortForm(a.tokens[0], b.tokens[0]) {
		return wordShort
	}
	if part {
		return wordPart
	}
	if !several && atMost(a.text, b.text, a.set, b.set) < 700 {
		return wordOther
	}
	s := winkler(a.text, b.text)
	if several {
		s = max(s, assignTokens(a.tokens, b.tokens))
	}
	switch {
	case s >= 900, short >= 3 && s >= 700 && a.sound == b.sound:
		return wordNear
	case s >= 820:
		return wordFuzzy
	case s >= 730:
		return wordFaint
	}
	return wordOther
}

func longestShared(a, b []string) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				n = max(n, len(x))
			}
		}
	}
	return n
}

// assignTokens is the mean similarity of the words of the shorter name, each
// with the best word left of the longer one.
func assignTokens(a, b []string) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	var used uint64
	sum, n := 0, 0
	for _, x := range a {
		best, at := 0, -1
		for k, y := range b[:min(len(b), 64)] {
			if s := winkler(x, y); used&(1<<k) == 0 && s > best {
				best, at = s, k
			}
		}
		if at >= 0 {
			used |= 1 << at
		}
		sum += best * len(x)
		n += len(x)
	}
	return sum / max(n, 1)
}
