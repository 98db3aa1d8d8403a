package dump

import (
	"bytes"
	"strconv"

	"github.com/nyaruka/phonenumbers"
)

// areaCode returns the country code of a French number by its first digits:
// overseas territories have their own (ARCEP decision 2018-0881).
func areaCode(d []byte) string {
	switch string(d[:3]) {
	case "262", "263", "692", "693", "269":
		return "+262"
	case "639":
		if string(d[:5]) != fiction {
			return "+262"
		}
	case "590", "690", "691":
		return "+590"
	case "594", "694":
		return "+594"
	case "596", "696", "697":
		return "+596"
	}
	return "+33"
}

// fiction opens mobile numbers that nobody has, although 639 is Mayotte's.
const fiction = "63998"

// appendPhone writes a number as E.164 where it can be read, else its digits,
// else nothing. Numbers of nine and ten digits in France are read here, since
// nearly all of a French dump is, and the library takes microseconds.
func appendPhone(dst, v []byte, territory string) []byte {
	var raw [24]byte
	d, plus, ok := phoneDigits(raw[:0], v)
	if !ok || len(d) < 4 {
		return dst
	}
	if territory == "FR" {
		if out, ok := frenchPhone(dst, d, plus); ok {
			return out
		}
	}
	text := string(d)
	if plus {
		text = "+" + text
	}
	n, err := phonenumbers.Parse(text, territory)
	if err == nil && !phonenumbers.IsValidNumber(n) && !plus {
		// 33612345678, 212612345678: the prefix without its sign.
		if m, merr := phonenumbers.Parse("+"+text, territory); merr == nil && phonenumbers.IsValidNumber(m) {
			n = m
		}
	}
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return append(dst, d...)
	}
	return append(dst, phonenumbers.Format(n, phonenumbers.E164)...)
}

// phoneDigits keeps the digits and whether an international prefix opens them.
func phoneDigits(dst, v []byte) (d []byte, plus, ok bool) {
	v = bytes.TrimPrefix(v, []byte("tel:"))
	v = bytes.TrimSuffix(v, []byte(".0"))
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c >= '0' && c <= '9':
			if len(dst) >= 18 {
				return dst, plus, false
			}
			dst = append(dst, c)
		case c == '+' && len(dst) == 0:
			plus = true
		case (c == 'E' || c == 'e') && len(dst) > 1 && v[1] == '.':
			return scientific(dst[:0], v)
		case (c == '/' || c == '+' || c == ',' || c == ';') && len(dst) >= 9:
			return dst, plus, true // a second number follows: the first is kept
		case c == '(' && bytes.HasPrefix(v[i:], []byte("(0)")) && len(dst) > 0:
			i += 2 // +33 (0)6
		case c == ' ', c == '.', c == '-', c == '/', c == '(', c == ')', c == '_', c == 0xc2, c == 0xa0, c == '\'':
		default:
			return dst, plus, false
		}
	}
	if !plus && len(dst) > 4 && dst[0] == '0' && dst[1] == '0' {
		return dst[2:], true, true
	}
	return dst, plus, true
}

// scientific reads 6.39980001E+08, which spreadsheets make of a number. When
// digits were lost nothing is left to compare.
func scientific(dst, v []byte) ([]byte, bool, bool) {
	f, err := strconv.ParseFloat(string(v), 64)
	mantissa := bytes.IndexAny(v, "eE") - 1
	if err != nil || f < 1e8 || f >= 1e12 {
		return dst, false, false
	}
	out := strconv.AppendInt(dst, int64(f), 10)
	return out, false, mantissa >= len(out)-len(dst)-1
}

// frenchPhone reads nine digits (the zero was lost), ten, and +33 with nine.
func frenchPhone(dst, d []byte, plus bool) ([]byte, bool) {
	switch {
	case !plus && len(d) == 10 && d[0] == '0':
		d = d[1:]
	case !plus && len(d) == 9:
	case len(d) == 11 && d[0] == '3' && d[1] == '3':
		d = d[2:]
	case plus && len(d) == 12 && d[0] == '3' && d[1] == '3' && d[2] == '0':
		d = d[3:]
	default:
		return dst, false
	}
	if d[0] == '0' {
		return dst, false
	}
	return append(append(dst, areaCode(d)...), d...), true
}

// isPhone tells the shapes in which French numbers are exported; numbers of
// other countries need their plus sign here.
func isPhone(v []byte) bool {
	if len(v) < 8 || len(v) > 24 {
		return false
	}
	var raw [24]byte
	d, plus, ok := phoneDigits(raw[:0], v)
	switch n := len(d); {
	case !ok:
		return false
	case plus:
		return n >= 8 && n <= 15
	case n == 10:
		return d[0] == '0' && d[1] != '0'
	case n == 9:
		return d[0] == '6' || d[0] == '7' || d[0] >= '1' && d[0] <= '5' || d[0] == '9'
	case n == 11:
		return d[0] == '3' && d[1] == '3'
	}
	return false
}
