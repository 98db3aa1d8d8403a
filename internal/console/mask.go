package console

import (
	"regexp"
	"strings"
	"unicode"

	"vigie/internal/sample"
	"vigie/matchers"
)

// dot stands for one hidden character.
const dot = '•'

// Mask hides most of a value of a person, so that two of them can be compared
// without being read. What stays is stated by field: an e-mail's first letter
// and its domain's first two, a phone's last two digits, a birth year, a
// département, each word's first letter. Sex, nationality and country stay,
// of a NIR nothing does, of a hash which kind it is.
func Mask(f matchers.Field, value string) string {
	if d, ok := matchers.ParseDigest(value); ok {
		return d.Algorithm + " •••"
	}
	switch f {
	case matchers.Sex, matchers.Nationality, matchers.Country:
		return value
	case matchers.Email:
		return maskEmail(value)
	case matchers.Phone:
		return keepLast(value, 2)
	case matchers.BirthDate:
		if len(value) > 4 && value[4] != '-' {
			return keepFirst(value, 0) // not year first: what stands first is the day
		}
		return keepFirst(value, 4)
	case matchers.Postcode, matchers.BirthCommune:
		return keepFirst(value, 2)
	case matchers.NIR:
		return keepFirst(value, 0)
	}
	return maskWords(value)
}

// hidden tells whether a character is worth hiding: separators are not.
func hidden(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func keepFirst(s string, n int) string {
	return maskBy(s, func(i, _ int) bool { return i < n })
}

func keepLast(s string, n int) string {
	return maskBy(s, func(i, all int) bool { return i >= all-n })
}

// maskBy hides the letters and digits that keep does not want; i counts them
// from 0, all is how many there are.
func maskBy(s string, keep func(i, all int) bool) string {
	all := 0
	for _, r := range s {
		if hidden(r) {
			all++
		}
	}
	i := -1
	return strings.Map(func(r rune) rune {
		if !hidden(r) {
			return r
		}
		if i++; keep(i, all) {
			return r
		}
		return dot
	}, s)
}

// maskWords keeps the first letter of each word and no digit.
func maskWords(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		first := start
		start = !hidden(r)
		switch {
		case !hidden(r), first && unicode.IsLetter(r):
			return r
		}
		return dot
	}, s)
}

// maskEmail writes j•••@ex•••.fr; how long the parts are is not shown.
func maskEmail(s string) string {
	name, domain, ok := strings.Cut(s, "@")
	if !ok {
		return keepFirst(s, 1)
	}
	end := ""
	if i := strings.LastIndexByte(domain, '.'); i >= 0 {
		domain, end = domain[:i], domain[i:]
	}
	return head(name, 1) + "•••@" + head(domain, 2) + "•••" + end
}

func head(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// What is masked in free text: a sample pasted into a post is somebody's data.
var (
	emailInText = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`)
	digitsRun   = regexp.MustCompile(`\+?\(?\pN(?:[ .\-/()\x{00a0}\x{202f}]{0,2}\pN){7,}`)
)

// maskPost hides what a post prints of people: rows first, then what stands alone.
func maskPost(text string) string { return MaskText(sample.Mask(text)) }

// MaskText hides e-mail addresses and runs of eight digits and more (phones,
// NIR, cards) in the text of a post.
func MaskText(text string) string {
	text = emailInText.ReplaceAllStringFunc(text, maskEmail)
	return digitsRun.ReplaceAllStringFunc(text, func(s string) string { return keepLast(s, 2) })
}
