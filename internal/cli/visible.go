package cli

import (
	"strings"
	"unicode"
)

// visible leaves out of what a site wrote whatever a terminal would obey: control
// characters, and marks that turn the direction of text around, by which a
// hostile title would look like another. JSON keeps them, escaped or as they are.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}
