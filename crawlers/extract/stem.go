package extract

// stems are beginnings of words of which a text must hold one before a pattern
// has anything to find in it. A pattern that is tried at every place of every
// text costs most of what reading a page costs; looking for a few letters costs
// next to nothing. They are ASCII, in lower case.
type stems [256][]string

func stemsOf(words ...string) *stems {
	s := &stems{}
	for _, w := range words {
		lower, upper := w[0], w[0]
		if 'a' <= lower && lower <= 'z' {
			upper -= 'a' - 'A'
		}
		s[lower] = append(s[lower], w)
		if upper != lower {
			s[upper] = append(s[upper], w)
		}
	}
	return s
}

// in tells whether one of the stems stands in a text, in either case. Cyrillic
// letters count as all of them: let the pattern look.
func (s *stems) in(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] == 0xD0 || text[i] == 0xD1 {
			return true
		}
		for _, w := range s[text[i]] {
			if len(text)-i >= len(w) && sameLetters(text[i+1:i+len(w)], w[1:]) {
				return true
			}
		}
	}
	return false
}

// sameLetters compares with a lower-case text of the same length.
func sameLetters(text, lower string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
