package dump

import (
	"slices"
	"strings"
)

// isUnparted tells a list of lines that are neither values of one kind nor
// sentences: nearly all of them hold a sign, or a letter that is none of ASCII,
// as many times, twice or more. They have parts that nothing told.
func isUnparted(col Column, c *column) bool {
	if slices.Contains([]string{MeaningHash, MeaningAnyHash, MeaningPassword, MeaningToken, MeaningURL, MeaningUserAgent, email}, col.Meaning) {
		return false
	}
	if col.Meaning == MeaningUnknown && c.bytes > 32*c.looked && c.share(tPhrase) < 0.5 {
		return true
	}
	lines, agree := 0, map[rune]map[int]int{} // how many lines hold a sign so often
	for _, s := range c.side {
		if len(s.value) == 0 || len(s.value) == sideBytes {
			continue // its end was cut off
		}
		lines++
		times := map[rune]int{}
		for _, r := range s.value {
			if r >= 0x80 || strings.IndexByte("~!$%#*;|^=&_<>+\t\\\"", byte(r)) >= 0 {
				times[r]++
			}
		}
		for r, n := range times {
			if agree[r] == nil {
				agree[r] = map[int]int{}
			}
			agree[r][n]++
		}
	}
	for _, counts := range agree {
		for n, k := range counts {
			if n >= 2 && k*10 >= lines*9 && lines >= 5 {
				return true
			}
		}
	}
	return false
}
