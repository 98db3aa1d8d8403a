package watch

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spaced are four letters and more that stand apart from each other.
var spaced = regexp.MustCompile(`(?:^|\s)\pL(?: {1,3}\pL){3,}(?:\s|$)`)

// wideBlank parts the words of letters that stand apart.
var wideBlank = regexp.MustCompile(` {2,}`)

// revealed writes a title plainly that was written so that searches miss it:
// with figures or another script's letters for those they look like ("m4irie",
// Unicode Technical Standard 39), or with blanks between its letters.
func revealed(title string) string {
	if !oddly(title) {
		return title
	}
	title = spaced.ReplaceAllStringFunc(title, func(run string) string {
		words := wideBlank.Split(strings.TrimSpace(run), -1)
		for i, w := range words {
			words[i] = strings.ReplaceAll(w, " ", "")
		}
		return " " + strings.Join(words, " ") + " "
	})
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	words := strings.FieldsFunc(title, apart)
	masked := false
	for _, w := range words {
		masked = masked || maskedWord(w)
	}
	if !masked {
		return title
	}
	var b strings.Builder
	for title != "" {
		start := strings.IndexFunc(title, func(r rune) bool { return !apart(r) })
		if start < 0 {
			break
		}
		b.WriteString(title[:start])
		end := strings.IndexFunc(title[start:], apart)
		if end < 0 {
			end = len(title) - start
		}
		b.WriteString(unmasked(title[start : start+end]))
		title = title[start+end:]
	}
	return b.String() + title
}

// oddly tells at little cost a title that may be disguised: one with a letter
// beyond ASCII, a figure between letters or two letters that stand alone.
func oddly(title string) bool {
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	alone := 0
	for i := 0; i < len(title); i++ {
		switch c := title[i]; {
		case c >= utf8.RuneSelf:
			return true
		case i == 0 || i+1 == len(title):
		case title[i-1] == ' ' && title[i+1] == ' ' && letter(c):
			if alone++; alone == 2 {
				return true
			}
		case c >= '0' && c <= '9' && letter(title[i-1]):
			for i+1 < len(title) && title[i+1] >= '0' && title[i+1] <= '9' {
				i++
			}
			if i+1 < len(title) && letter(title[i+1]) {
				return true
			}
		}
	}
	return false
}

// maskedWord tells a word with a figure between its letters, or with letters of
// two scripts.
func maskedWord(w string) bool {
	latin, other, figure := false, false, false
	for _, r := range w {
		switch {
		case unicode.IsDigit(r):
			figure = latin
		case unicode.Is(unicode.Latin, r):
			if figure {
				return true
			}
			latin = true
		case confusable[unicode.ToLower(r)] != "":
			other = true
		}
	}
	return latin && other
}

// unmasked writes a word that begins with a letter as the eye reads it.
func unmasked(w string) string {
	if w[0] >= '0' && w[0] <= '9' {
		return w
	}
	var b strings.Builder
	for _, r := range w {
		switch c := confusable[unicode.ToLower(r)]; {
		case c == "" || unicode.Is(unicode.Latin, r):
			b.WriteRune(r)
		case unicode.IsUpper(r):
			b.WriteString(strings.ToUpper(c))
		default:
			b.WriteString(c)
		}
	}
	return b.String()
}
