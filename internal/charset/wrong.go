package charset

import (
	"strings"
	"sync"
	"unicode"
)

// wrong is an encoding in which UTF-8 was read by mistake.
type wrong struct {
	name  string
	back  map[rune]byte
	tilde rune // what stands for the byte C3, with which à to ÿ begin
}

var wrongs = sync.OnceValue(func() []*wrong {
	var out []*wrong
	for _, name := range []string{western, "cp850", "macintosh", "cp437"} {
		w := &wrong{name: name, back: make(map[rune]byte, 160)}
		t := single(name)
		w.tilde = t[0xc3]
		for b := 0x80; b < 0x100; b++ {
			if name == western && b < 0xa0 {
				w.back[rune(b)] = byte(b) // ISO-8859-1
			}
			if t[b] != unicode.ReplacementChar {
				w.back[t[b]] = byte(b)
			}
		}
		out = append(out, w)
	}
	return out
})

func (w *wrong) byteOf(r rune) (byte, bool) {
	if r < 0x80 {
		return 0, false
	}
	b, ok := w.back[r]
	return b, ok
}

// evident says whether the place of a sequence shows that it is damage, not
// text: what follows the first character cannot follow a letter, or the whole
// stands in the middle of a word.
func (w *wrong) evident(text []rune, s sequence) bool {
	before, after := '\n', '\n'
	if s.from > 0 {
		before = text[s.from-1]
	}
	if s.to < len(text) {
		after = text[s.to]
	}
	lead, last := text[s.from], text[s.to-1]
	if s.to == s.from+1 {
		return true // a spaced à, which looked before it
	}
	if w.name != western {
		return w.evidentDOS(text[s.from:s.to], before, after)
	}
	switch {
	case unicode.IsLower(before) && unicode.IsUpper(lead), w.common(s.r, before, after):
		return true
	case s.r == '\ufeff', s.r == '\ufffd', s.r >= 0x10000:
		return true
	case s.to-s.from > 2:
		return s.r >= 0x2010 && s.r < 0x2130 && lead == 'â' || w.strange(text[s.from+1:s.to]) || unicode.IsLetter(before) && unicode.IsLetter(after)
	case w.strange(text[s.from+1 : s.to]):
		return true
	case lead != 'Ã' && lead != 'Â':
		return unicode.IsLetter(after) && !unicode.IsLetter(last) && !inner(last) && unicode.IsLetter(s.r)
	case unicode.IsLetter(last) && last != 'ª' && last != 'º':
		return true // ÃŽ, Ãš: no language has both
	}
	return unicode.IsLetter(after) && !inner(last)
}

// evidentDOS does the same for the encodings in which the first character is a
// line, a root or a Greek letter.
func (w *wrong) evidentDOS(piece []rune, before, after rune) bool {
	letter := unicode.Is(unicode.Latin, before) || unicode.Is(unicode.Latin, after)
	switch piece[0] {
	case '├', '┬', '┼', '─', '╬', '√', '¬', 'ƒ', '≈', 'Γ':
		return letter
	case '‚':
		return letter && len(piece) > 2
	case 'Ô':
		return asciiLower(before) || letter && (piece[1] == 'Ç' || piece[1] == 'ö' || piece[1] == 'ò' || w.strange(piece[1:]))
	}
	return false
}

// common knows letters whose damage looks like a letter and a quotation mark,
// by their usual neighbours: bœuf, BŒUF, MUÑOZ.
func (w *wrong) common(r, before, after rune) bool {
	switch r {
	case 'œ':
		return unicode.IsLetter(before) && asciiLower(after)
	case 'Œ':
		return after == 'U'
	case 'Ñ':
		return unicode.IsLetter(before) && strings.ContainsRune("AEIOU", after)
	}
	return false
}

// inner are the signs that may stand between a letter and another.
func inner(r rune) bool {
	switch r {
	case '’', '‘', '´', '\u00ad', '·', '–', '—', '\u00a0', '…', '•', '“', '”', '«', '»':
		return true
	}
	return false
}

// strange says whether a character is among these that never stands right
// after a letter.
func (w *wrong) strange(rest []rune) bool {
	for _, r := range rest {
		switch r {
		case '¡', '¢', '£', '¤', '¥', '¦', '§', '¨', '¬', '¯', '±', 'µ', '¶', '¸', '¼', '½', '¾', '¿',
			'€', '‚', 'ƒ', '„', '†', '‡', 'ˆ', '‰', '‹', '˜':
			return true
		}
		if r >= 0x80 && r < 0xa0 {
			return true
		}
	}
	return false
}
