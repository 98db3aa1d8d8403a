package charset

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"
)

// maxRounds is how often damage may lie upon damage; four times is more than
// anyone has seen.
const maxRounds = 8

// maxValue is the longest value that is repaired, in bytes: longer ones are
// documents, not names.
const maxValue = 1 << 20

// Repair undoes what happens to text that is read in the wrong encoding and
// written again, once or several times over:
//
//   - UTF-8 read as windows-1252, ISO-8859-1, CP850, CP437 or MacRoman:
//     "RenÃ©", "RenÃƒÂ©", "Ren├®", "Ren√©";
//   - CP850 or MacRoman read as windows-1252: "Ren‚", "RenŽ";
//   - HTML entities, if one of them is a letter beyond ASCII next to a letter,
//     or two are: "Ren&eacute;".
//
// It appends the sound text to dst and returns the part appended, how many
// rounds of damage it undid, and whether there was any; if there was none, out
// is v itself. A value is touched only on evidence that no sound text gives:
// a capital right after a small letter, a currency or dagger within a word,
// several characters of one script coming out together. "IRMÃ", "« É »" and
// "5 ‰" stay. What is lost (U+FFFD, "?") stays lost. Repairing what was
// repaired changes nothing.
func Repair(dst, v []byte) (out []byte, rounds int, ok bool) {
	if len(v) > maxValue || !suspect(v) || !utf8.Valid(v) {
		return v, 0, false
	}
	now := v
	for rounds <= maxRounds {
		next, better := round(now)
		if !better {
			break
		}
		now = next
		rounds++
	}
	if rounds == 0 || rounds > maxRounds || controls(now) > controls(v) {
		return v, 0, false
	}
	from := len(dst)
	return append(dst, now...)[from:], rounds, true
}

// round undoes one layer of damage.
func round(v []byte) ([]byte, bool) {
	var best []byte
	least := len(v)
	for _, w := range wrongs() {
		if out, left, ok := w.undo(v); ok && left < least {
			best, least = out, left
		}
		if least == 0 {
			break
		}
	}
	if best != nil {
		return best, true
	}
	if out, ok := misread(v); ok {
		return out, true
	}
	return entities(v)
}

// suspect is the cheap test that nearly all values fail: damage shows as two
// neighbours beyond ASCII, as a character that stands in no name, or as an
// entity.
func suspect(v []byte) bool {
	i := nextHigh(v, 0)
	for i < len(v) {
		if v[i] < utf8.RuneSelf {
			i += nextHigh(v[i:], 0)
			continue
		}
		r, n := utf8.DecodeRune(v[i:])
		i += n
		if i < len(v) && v[i] >= utf8.RuneSelf || r >= 0x80 && r < 0xa0 || r == 'Ã' || witness(r) {
			return true
		}
	}
	return bytes.IndexByte(v, '&') >= 0 && bytes.IndexByte(v, ';') > 0
}

// witness says whether a character of windows-1252 beside a letter tells of
// other bytes: none of these stands against a letter in sound text, unless it
// is a capital that follows a small letter.
func witness(r rune) bool {
	switch r {
	case '‚', 'ƒ', '„', '†', '‡', 'ˆ', '‰', '‹', 'Š', 'Œ', 'Ž', '¤', '¢', '£', '¥', '‘', '“', '”', '™', '•', '—', '–', '˜':
		return true
	}
	return r >= 0x80 && r < 0xa0
}

func controls(v []byte) (n int) {
	for i := 0; i+1 < len(v); i++ {
		if v[i] == 0xc2 && v[i+1] < 0xa0 {
			n++
		}
	}
	return n
}

// sequence is a piece of text that was one character of UTF-8.
type sequence struct {
	from, to int
	r        rune
	sure     bool
}

// undo reads the text back into the bytes of the wrong encoding and looks for
// UTF-8 among them; left is how many characters it does not explain.
func (w *wrong) undo(v []byte) (out []byte, left int, ok bool) {
	text := []rune(string(v))
	found := w.sequences(text)
	if !slices.ContainsFunc(found, func(s sequence) bool { return s.sure }) {
		return nil, 0, false
	}
	for _, r := range text {
		if r >= utf8.RuneSelf {
			left++
		}
	}
	out = make([]byte, 0, len(v))
	at := 0
	for _, s := range found {
		out = append(out, string(text[at:s.from])...)
		if s.r != '\ufeff' {
			out = utf8.AppendRune(out, s.r)
		}
		at = s.to
		left -= s.to - s.from
	}
	return append(out, string(text[at:])...), left, true
}

func (w *wrong) sequences(text []rune) []sequence {
	var found []sequence
	for i := 0; i < len(text); {
		s, ok := w.sequence(text, i)
		if !ok {
			i++
			continue
		}
		found = append(found, s)
		i = s.to
	}
	for i := range found {
		s := &found[i]
		if !w.alien(s.r) {
			s.sure = w.evident(text, *s)
			continue
		}
		// Other scripts come in words: a lone character of one proves nothing.
		near := i > 0 && found[i-1].to == s.from && akin(found[i-1].r, s.r) ||
			i+1 < len(found) && found[i+1].from == s.to && akin(found[i+1].r, s.r)
		s.sure = near && w.strange(text[s.from+1:s.to])
	}
	met := map[rune]bool{}
	for _, s := range found {
		if s.sure {
			met[script(s.r)] = true
		}
	}
	return slices.DeleteFunc(found, func(s sequence) bool { return w.alien(s.r) && !met[script(s.r)] })
}

// sequence decodes the UTF-8 that would begin at i.
func (w *wrong) sequence(text []rune, i int) (s sequence, ok bool) {
	var b [utf8.UTFMax]byte
	lead, ok := w.byteOf(text[i])
	if !ok || lead < 0xc2 || lead > 0xf4 {
		return s, false
	}
	n := 2
	if lead >= 0xe0 {
		n++
	}
	if lead >= 0xf0 {
		n++
	}
	if w.spaced(text, i) {
		s = sequence{from: i, to: i + 1, r: 'à'}
		if i+2 < len(text) && text[i+1] == ' ' && text[i+2] == ' ' {
			s.to++
		}
		return s, true
	}
	if i+n > len(text) {
		return s, false
	}
	b[0] = lead
	for k := 1; k < n; k++ {
		c, ok := w.byteOf(text[i+k])
		if !ok || c < 0x80 || c > 0xbf {
			return s, false
		}
		b[k] = c
	}
	r, size := utf8.DecodeRune(b[:n])
	if size != n || !w.likely(r, i, text) {
		return s, false
	}
	return sequence{from: i, to: i + n, r: r}, true
}

// spaced finds an à whose no-break space became a space or was trimmed:
// "voilÃ ". Sound text has no capital Ã right after a small letter.
func (w *wrong) spaced(text []rune, i int) bool {
	if text[i] != w.tilde || i == 0 || !asciiLower(text[i-1]) {
		return false
	}
	return i+1 == len(text) || text[i+1] == ' '
}

func asciiLower(r rune) bool { return r >= 'a' && r <= 'z' }

// likely says whether a character can have been meant.
func (w *wrong) likely(r rune, i int, text []rune) bool {
	switch {
	case r >= 0x80 && r < 0x180, r >= 0x218 && r <= 0x21b, r == 'ơ', r == 'Ơ', r == 'ư', r == 'Ư':
		return true
	case r >= 0x300 && r < 0x330: // the accent of a decomposed letter
		return i > 0 && unicode.Is(unicode.Latin, text[i-1])
	case r >= 0x1e00 && r < 0x1f00, r >= 0x2010 && r < 0x2040, r == '€', r == '™', r == '№', r == '\ufeff', r == '\ufffd':
		return true
	case r >= 0x1f300 && r < 0x1fb00, r >= 0x2500 && r < 0x25a0, r >= 0xfb00 && r < 0xfb07:
		return true
	case alien(r):
		return true
	}
	_, known := w.byteOf(r)
	return known
}

// alien says that a character is of another script than ours, and akin that
// two are of the same.
func alien(r rune) bool {
	return r >= 0x370 && r < 0x1100 && unicode.In(r, unicode.L, unicode.M) || r >= 0x3000 && r < 0xa000 || r >= 0xac00 && r < 0xd7a4 || r >= 0xff01 && r < 0xffe0
}

// alien leaves out the Greek letters of CP437, on which damage lands twice.
func (w *wrong) alien(r rune) bool {
	_, own := w.byteOf(r)
	return alien(r) && !own
}

func akin(a, b rune) bool { return script(a) == script(b) }

// script names the neighbourhood of a character; those of East Asia are one.
func script(r rune) rune { return min(r, 0x3000) >> 8 }
