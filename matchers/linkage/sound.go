package linkage

// maxSound is how many consonant sounds of a name enter its sound.
const maxSound = 6

// sound is the consonant skeleton of a folded name as French ears hear it:
// vowels, H and silent endings go, letters of one sound share a sign. A name
// that starts with a vowel starts with A. Accents lost to '?' are vowels.
func sound(s string) string {
	s = clip(s)
	for len(s) > 2 && silent(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	var out [maxSound + 1]byte
	n := 0
	for i := 0; i < len(s) && n < maxSound; i++ {
		c := sign(s, i)
		if c == 0 || c == 'A' && i > 0 {
			continue
		}
		if n > 0 && out[n-1] == c && c != 'A' {
			continue
		}
		out[n] = c
		n++
	}
	return string(out[:n])
}

// silent letters end many French names without being heard.
func silent(c byte) bool {
	switch c {
	case 'S', 'T', 'D', 'X', 'Z', 'P', 'E', 'H':
		return true
	}
	return false
}

// sign is the sound of s[i], 0 for none, 'A' for a vowel.
func sign(s string, i int) byte {
	next := byte(0)
	if i+1 < len(s) {
		next = s[i+1]
	}
	switch c := s[i]; c {
	case 'B':
		return 'B'
	case 'P':
		if next == 'H' {
			return 'F'
		}
		return 'B'
	case 'D', 'T':
		return 'T'
	case 'F', 'V', 'W':
		return 'F'
	case 'C':
		if next == 'H' || next == 'E' || next == 'I' || next == 'Y' {
			return 'S'
		}
		return 'K'
	case 'G':
		if next == 'N' {
			return 0
		}
		if next == 'E' || next == 'I' || next == 'Y' {
			return 'J'
		}
		return 'K'
	case 'K', 'Q':
		return 'K'
	case 'J':
		return 'J'
	case 'S', 'Z', 'X':
		return 'S'
	case 'L', 'R':
		return c
	case 'M', 'N':
		return 'N'
	case 'H', '-', ' ':
		return 0
	}
	return 'A'
}
