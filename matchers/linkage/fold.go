package linkage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxValue is how many bytes of a value are looked at. No name, address or
// e-mail of a person is longer; a megabyte in a cell costs no more than this.
const maxValue = 256

// latin1 and latinA map U+00C0..U+00FF and U+0100..U+017F to one capital;
// a dot marks what foldRune spells out.
const (
	latin1 = "AAAAAA.CEEEEIIIIDNOOOOO.OUUUUY..AAAAAA.CEEEEIIIIDNOOOOO.OUUUUY.Y"
	latinA = "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII..JJKKKLLLLLLLLLLNNNNNNNNN" +
		"OOOOOO..RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS"
)

// cyrillic maps U+0430..U+044F to capitals as French passports spell them.
var cyrillic = [32]string{
	"A", "B", "V", "G", "D", "E", "J", "Z", "I", "I", "K", "L", "M", "N", "O", "P",
	"R", "S", "T", "OU", "F", "KH", "TS", "TCH", "CH", "CHTCH", "", "Y", "", "E", "IOU", "IA",
}

// Fold brings a text to capitals A-Z and digits with single spaces: accents
// go, ligatures are spelled out, apostrophes and punctuation become spaces,
// hyphens stay between letters. A letter that an encoding destroyed becomes
// '?', which any letter equals. Text that was UTF-8 read as Latin-1 is
// repaired first. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	s = repair(cut(s))
	b := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			b = foldASCII(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b = foldRune(b, r)
		i += n
	}
	return trimFolded(b)
}

func isFolded(s string) bool {
	if len(s) > maxValue {
		return false
	}
	gap := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			gap = false
		case c == ' ' && !gap:
			gap = true
		default:
			return false
		}
	}
	return !gap || s == ""
}

// cut keeps the first maxValue bytes, at a letter's end.
func cut(s string) string {
	if len(s) <= maxValue {
		return s
	}
	s = s[:maxValue]
	for len(s) > 0 {
		if r, n := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || n > 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}

// sep appends a separator unless one stands there already.
func sep(b []byte, c byte) []byte {
	if len(b) == 0 {
		return b
	}
	switch b[len(b)-1] {
	case ' ':
		return b
	case '-':
		b[len(b)-1] = ' '
		return b
	}
	return append(b, c)
}

func foldASCII(b []byte, c byte) []byte {
	switch {
	case c >= 'a' && c <= 'z':
		return append(b, c-'a'+'A')
	case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
		return append(b, c)
	case c == '?':
		return wild(b)
	case c == '-':
		if len(b) > 0 && b[len(b)-1] != ' ' && b[len(b)-1] != '-' {
			return append(b, '-')
		}
		return sep(b, ' ')
	}
	return sep(b, ' ')
}

// wild appends the mark of a lost letter; a run of marks is one letter.
func wild(b []byte) []byte {
	if len(b) > 0 && b[len(b)-1] == '?' {
		return b
	}
	return append(b, '?')
}

func foldRune(b []byte, r rune) []byte {
	switch {
	case r == utf8.RuneError:
		return wild(b)
	case r >= 0xC0 && r <= 0xFF && latin1[r-0xC0] != '.':
		return append(b, latin1[r-0xC0])
	case r >= 0x100 && r <= 0x17F && latinA[r-0x100] != '.':
		return append(b, latinA[r-0x100])
	case r >= 0x400 && r <= 0x45F:
		if l := unicode.ToLower(r); l >= 0x430 && l <= 0x44F {
			return append(b, cyrillic[l-0x430]...)
		}
	}
	switch r {
	case 'Æ', 'æ':
		return append(b, "AE"...)
	case 'Œ', 'œ':
		return append(b, "OE"...)
	case 'Þ', 'þ':
		return append(b, "TH"...)
	case 'ß', 'ẞ':
		return append(b, "SS"...)
	case 'Ĳ', 'ĳ':
		return append(b, "IJ"...)
	case 'ə', 'Ə':
		return append(b, 'E')
	case '‐', '‑', '–', '—', '−':
		return foldASCII(b, '-')
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
		return b
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return sep(b, ' ')
	}
	if d := norm.NFKD.String(string(r)); d != string(r) {
		for _, x := range d {
			if x < utf8.RuneSelf {
				b = foldASCII(b, byte(x))
			} else {
				b = foldRune(b, x) // a part that is letters of its own: Ӝ is Ж, then J
			}
		}
		return b
	}
	if up := unicode.ToUpper(r); up != r {
		return foldRune(b, up)
	}
	return utf8.AppendRune(b, r)
}

// trimFolded drops separators at the ends and lost marks that stand alone.
func trimFolded(b []byte) string {
	s := strings.Trim(string(b), " -")
	if strings.Trim(s, "? -") == "" {
		return ""
	}
	return s
}

// windows1252 holds what bytes 0x80..0x9F mean there.
const windows1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"

// repair undoes UTF-8 read as Windows-1252 ("HÃ©lÃ¨ne"), when the whole text
// makes sense that way.
func repair(s string) string {
	if !strings.ContainsAny(s, "ÃÂÅÄ") {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r < 0x80 || r >= 0xA0 && r <= 0xFF:
			b = append(b, byte(r))
		default:
			i := byte1252(r)
			if i < 0 {
				return s
			}
			b = append(b, byte(0x80+i))
		}
	}
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}

func byte1252(r rune) int {
	if r >= 0x80 && r < 0xA0 {
		return int(r - 0x80)
	}
	i := 0
	for j := 0; j < len(windows1252); i++ {
		x, n := utf8.DecodeRuneInString(windows1252[j:])
		if x == r && x != utf8.RuneError {
			return i
		}
		j += n
	}
	return -1
}
