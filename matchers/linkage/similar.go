package linkage

import "math/bits"

// maxCompare bounds the letters of a name that are compared one by one.
const maxCompare = 64

func clip(s string) string {
	if len(s) > maxCompare {
		return s[:maxCompare]
	}
	return s
}

// same tells whether two letters agree; a lost letter agrees with any.
func same(a, b byte) bool { return a == b || a == '?' || b == '?' }

// distance is the optimal string alignment distance (insertions, deletions,
// substitutions, neighbours transposed), or limit+1 once it is above limit.
// limit is at most 3.
func distance(a, b string, limit int) int {
	a, b = clip(a), clip(b)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	return alignment(a, b, limit)
}

func alignment(a, b string, limit int) int {
	var rows [3][maxCompare + 1]uint8
	before, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		lo, hi := max(1, i-limit), min(len(b), i+limit)
		cur[lo-1] = uint8(i)
		if lo > 1 {
			cur[lo-1] = uint8(limit + 1)
		}
		least := cur[lo-1]
		for j := lo; j <= hi; j++ {
			d := prev[j-1]
			if !same(a[i-1], b[j-1]) {
				d++
			}
			if j < i+limit {
				d = min(d, prev[j]+1)
			}
			d = min(d, cur[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			cur[j] = d
			least = min(least, d)
		}
		if int(least) > limit {
			return limit + 1
		}
		before, prev, cur = prev, cur, before
	}
	return min(int(prev[len(b)]), limit+1)
}

// winkler is the Jaro-Winkler similarity in thousandths (Winkler 1990), with
// the prefix scale 0.1 over at most four letters.
func winkler(a, b string) int {
	a, b = clip(a), clip(b)
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	window := max(len(a), len(b))/2 - 1
	var usedA, usedB uint64
	matches := 0
	for i := range len(a) {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if usedB&(1<<j) == 0 && same(a[i], b[j]) {
				usedA |= 1 << i
				usedB |= 1 << j
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	halves := 0
	for x, y := usedA, usedB; x != 0; x, y = x&(x-1), y&(y-1) {
		if !same(a[bits.TrailingZeros64(x)], b[bits.TrailingZeros64(y)]) {
			halves++
		}
	}
	jaro := (1000*matches/len(a) + 1000*matches/len(b) + 1000*(matches-halves/2)/matches) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && same(a[prefix], b[prefix]) {
		prefix++
	}
	return jaro + prefix*(1000-jaro)/10
}

// letters is a set of the letters of a text, large and small alike, to reject unlike names
// without comparing them letter by letter.
func letters(s string) uint32 {
	var set uint32
	for i := range len(s) {
		if c := s[i] &^ 0x20; c >= 'A' && c <= 'Z' {
			set |= 1 << (c - 'A')
		} else {
			set |= 1 << 26
		}
	}
	return set
}

// unlike tells that two letter sets differ too much for the names to be close.
func unlike(a, b uint32) bool {
	return bits.OnesCount32(a&^b) > 2 || bits.OnesCount32(b&^a) > 2
}
