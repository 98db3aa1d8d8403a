package document

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// glyph is the text of a glyph's name, by the rules of the Adobe Glyph List
// Specification: "eacute", "f_i", "uni00E9", "e.alt". Names that only a font knows
// ("g17") are "".
func glyph(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if len(name) > 64 {
		return ""
	}
	if s := oneGlyph(name); s != "" {
		return s
	}
	var b strings.Builder
	for _, part := range strings.Split(name, "_") {
		s := oneGlyph(part)
		if s == "" {
			return ""
		}
		b.WriteString(s)
	}
	return b.String()
}

func oneGlyph(name string) string {
	if len(name) == 1 && name[0] > ' ' && name[0] < utf8.RuneSelf {
		return name
	}
	if s, ok := glyphNames()[name]; ok {
		return s
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) >= 4 {
		return codePoint(hex[:4])
	}
	if hex, ok := strings.CutPrefix(name, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		return codePoint(hex)
	}
	return accented(name)
}

func codePoint(hex string) string {
	n, err := strconv.ParseUint(hex, 16, 21)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return ""
	}
	return string(rune(n))
}

// accented composes a letter and the accent its name ends with: "Eacute".
func accented(name string) string {
	for _, a := range [...]struct{ name, mark string }{
		{"acute", "\u0301"}, {"grave", "\u0300"}, {"circumflex", "\u0302"}, {"dieresis", "\u0308"}, {"tilde", "\u0303"},
		{"ring", "\u030a"}, {"cedilla", "\u0327"}, {"caron", "\u030c"}, {"ogonek", "\u0328"}, {"macron", "\u0304"},
		{"breve", "\u0306"}, {"dotaccent", "\u0307"}, {"hungarumlaut", "\u030b"}, {"commaaccent", "\u0326"},
	} {
		letter, ok := strings.CutSuffix(name, a.name)
		if ok && len(letter) == 1 {
			return norm.NFC.String(letter + a.mark)
		}
	}
	return ""
}

// glyphNames are the names that are no letters with accents.
var glyphNames = sync.OnceValue(func() map[string]string {
	const list = "exclam ! quotedbl \" numbersign # dollar $ percent % ampersand & quotesingle ' parenleft ( parenright ) asterisk * plus + comma , hyphen - period . slash / " +
		"zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 colon : semicolon ; less < equal = greater > question ? at @ " +
		"bracketleft [ backslash \\ bracketright ] asciicircum ^ underscore _ grave ` braceleft { bar | braceright } asciitilde ~ " +
		"exclamdown ¡ cent ¢ sterling £ currency ¤ yen ¥ brokenbar ¦ section § dieresis ¨ copyright © ordfeminine ª guillemotleft « logicalnot ¬ registered ® macron ¯ degree ° plusminus ± " +
		"acute ´ mu µ paragraph ¶ periodcentered · cedilla ¸ ordmasculine º guillemotright » onequarter ¼ onehalf ½ threequarters ¾ questiondown ¿ multiply × divide ÷ " +
		"AE Æ ae æ Eth Ð eth ð Oslash Ø oslash ø Thorn Þ thorn þ germandbls ß dotlessi ı Lslash Ł lslash ł OE Œ oe œ Dcroat Đ dcroat đ Hbar Ħ hbar ħ Eng Ŋ eng ŋ ij ij IJ IJ " +
		"quoteleft ‘ quoteright ’ quotesinglbase ‚ quotedblleft “ quotedblright ” quotedblbase „ guilsinglleft ‹ guilsinglright › endash – emdash — bullet • ellipsis … dagger † daggerdbl ‡ perthousand ‰ " +
		"florin ƒ fraction ⁄ minus - trademark ™ Euro € euro € circumflex ˆ tilde ˜ caron ˇ breve ˘ dotaccent ˙ ring ˚ ogonek ˛ hungarumlaut ˝ " +
		"fi fi fl fl ff ff ffi ffi ffl ffl sfthyphen - softhyphen - twosuperior ² threesuperior ³ onesuperior ¹ afii61352 № " +
		"Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Omega Ω alpha α beta β gamma γ delta δ epsilon ε lambda λ pi π sigma σ omega ω"
	names := map[string]string{"space": " ", "nbspace": " ", "nonbreakingspace": " "}
	fields := strings.Fields(list)
	for i := 0; i+1 < len(fields); i += 2 {
		names[fields[i]] = fields[i+1]
	}
	return names
})

// standardHigh is the upper half of Adobe's StandardEncoding from 0xA0 on (ISO 32000-1
// annex D.2); ? stands for none.
const standardHigh = "?¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ" + "?–†‡·?¶•‚„”»…‰?¿" + "?`´ˆ˜¯˘˙¨?˚¸?˝˛ˇ" + "—???????????????" + "?Æ?ª????ŁØŒº????" + "?æ???ı??łøœß????"

// baseText is what a byte means in one of the named encodings.
func baseText(encoding string, c byte) string {
	switch encoding {
	case "MacRomanEncoding":
		return string(charmap.Macintosh.DecodeByte(c))
	case "StandardEncoding":
		switch {
		case c == '\'':
			return "’"
		case c == '`':
			return "‘"
		case c >= 0xa0:
			r := []rune(standardHigh)[c-0xa0]
			switch r {
			case '?':
				return ""
			case 'ﬁ':
				return "fi"
			case 'ﬂ':
				return "fl"
			}
			return string(r)
		}
	}
	if r := charmap.Windows1252.DecodeByte(c); r != utf8.RuneError {
		return string(r)
	}
	return ""
}
