package ident

import (
	"bytes"

	"github.com/nyaruka/phonenumbers"
)

// maxPhone is the longest run of digits that is read: E.164 allows 15, and two
// for the prefix 00.
const maxPhone = 17

// dialled is a telephone number as it was written.
type dialled struct {
	raw   [maxPhone + 1]byte
	n     int
	plus  bool // an international prefix opened it
	lossy bool // a spreadsheet rounded it: 6.12E+08
}

func (d *dialled) digits() []byte { return d.raw[:d.n] }

// dial reads the digits of a number and the signs people put between them. A
// second number behind a slash, comma or semicolon is left out, and so is an
// extension.
func dial(v []byte) (d dialled, ok bool) {
	if len(v) < 4 || len(v) > 48 {
		return d, false
	}
	if len(v) > 4 && v[3] == ':' && bytes.EqualFold(v[:4], []byte("tel:")) {
		v = v[4:]
	}
	v = bytes.TrimSuffix(v, []byte(".0"))
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c-'0' <= 9:
			if d.n >= maxPhone {
				return d, false
			}
			d.raw[d.n] = c
			d.n++
		case c == '+' && d.n == 0 && !d.plus:
			d.plus = true
		case (c == 'E' || c == 'e') && d.n >= 1 && len(v) > 2 && (v[1] == '.' || v[1] == ',' || i == 1):
			return d, d.scientific(v[i+1:])
		case d.n >= 8 && (c == '/' || c == '+' || c == ',' || c == ';' || c == 'x' || c == '#'):
			return d.opened()
		case c == '(' && d.n > 0 && len(v) > i+2 && v[i+1] == '0' && v[i+2] == ')':
			i += 2 // +33 (0)6
		case classes[c]&gap != 0, c == '(', c == ')', c == '\'', c == ',' && d.n == 1:
		case c == 0xc2 && i+1 < len(v) && v[i+1] == 0xa0:
			i++
		case c == 0xe2 && i+2 < len(v) && v[i+1] == 0x80:
			i += 2
		default:
			return d, false
		}
	}
	return d.opened()
}

// opened turns 00 into the plus sign that it stands for.
func (d dialled) opened() (dialled, bool) {
	if !d.plus && d.n > 5 && d.raw[0] == '0' && d.raw[1] == '0' {
		copy(d.raw[:], d.raw[2:d.n])
		d.n -= 2
		d.plus = true
	}
	return d, d.n >= 4
}

// scientific reads the exponent behind a mantissa that was taken as digits.
func (d *dialled) scientific(exponent []byte) bool {
	exponent = bytes.TrimPrefix(exponent, []byte("+"))
	e, ok := number(exponent)
	if !ok || e < 8 || e > 11 || d.n > int(e)+1 {
		return false
	}
	for d.n < int(e)+1 {
		d.raw[d.n] = '0'
		d.n++
		d.lossy = true
	}
	return true
}

// national finds nine significant digits of a French number: ten with the
// zero, nine when a spreadsheet ate it, behind 33 with or without the sign.
func (d *dialled) national() (n []byte, ok bool) {
	v := d.digits()
	switch {
	case !d.plus && len(v) == 10 && v[0] == '0':
		v = v[1:]
	case !d.plus && len(v) == 9:
	case len(v) == 11 && v[0] == '3' && v[1] == '3':
		v = v[2:]
	case len(v) == 12 && v[0] == '3' && v[1] == '3' && v[2] == '0':
		v = v[3:]
	default:
		return nil, false
	}
	return v, v[0] != '0'
}

// overseas are the numbers of French territories that have a country code of
// their own, by three digits (ARCEP decision 2018-0881).
func overseas(n []byte) (code, territory string) {
	switch string(n[:3]) {
	case "262", "263", "692", "693":
		return "262", "RE"
	case "269":
		return "262", "YT"
	case "639":
		if string(n[:5]) != fiction {
			return "262", "YT"
		}
	case "590", "690", "691":
		return "590", "GP"
	case "594", "694":
		return "594", "GF"
	case "596", "696", "697":
		return "596", "MQ"
	case "508":
		return "508", "PM"
	}
	return "33", "FR"
}

// fiction opens mobile numbers that nobody has, although 639 is Mayotte's
// (ARCEP decision 2018-0881, 2.5.12).
const fiction = "63998"

// territoryCode tells the territory of an international code, and how many
// digits follow it.
func territoryCode(d []byte) (territory string, significant int) {
	if len(d) < 9 {
		return "", 0
	}
	switch string(d[:3]) {
	case "262":
		return "RE", 9
	case "590":
		return "GP", 9
	case "594":
		return "GF", 9
	case "596":
		return "MQ", 9
	case "508":
		return "PM", 6
	case "687":
		return "NC", 6
	case "689":
		return "PF", 8
	case "681":
		return "WF", 6
	}
	return "", 0
}

// IsPhone tells a telephone number: French in all its spellings (+33 (0)6,
// 0033, 06, blanks, dots, the zero lost, 6.39E+08), of the territories, or
// foreign behind + or 00 with 8 to 15 digits. It is cheap and believes
// lengths; sure tells that a prefix (0, 00, +) says so, where nine bare digits
// may be a SIREN as well.
func IsPhone(v []byte) (shape, sure bool) {
	if len(v) < 7 || classes[v[0]]&(digit|gap) == 0 && v[0] != '+' && v[0] != '(' && v[0]|0x20 != 't' {
		return false, false
	}
	d, ok := dial(v)
	if !ok {
		return false, false
	}
	if _, ok := d.national(); ok {
		return true, d.plus || d.n >= 10 && !d.lossy
	}
	least := 8
	if v[0] == '0' {
		least = 9 // 00 and eight digits more are a number of a file, filled up with zeros
	}
	foreign := d.plus && d.n >= least && d.n <= 15 && d.raw[0] != '0'
	return foreign, foreign
}

// AppendPhone appends the number in E.164 and tells the territory it belongs
// to (ISO 3166, the French overseas apart). region is where numbers without
// prefix are from, "FR" when empty. Numbers of France are read here, the
// others by phonenumbers, which takes microseconds and allocates. ok is false,
// and nothing is appended, when no valid number is there or its digits were
// rounded away.
func AppendPhone(dst, v []byte, region string) (out []byte, territory string, ok bool) {
	if (region == "" || region == "FR") && usualPhone(v) {
		return appendUsual(dst, v), "FR", true
	}
	return appendDialled(dst, v, region)
}

// appendDialled is AppendPhone for any spelling.
func appendDialled(dst, v []byte, region string) (out []byte, territory string, ok bool) {
	d, ok := dial(v)
	if !ok || d.lossy {
		return dst, "", false
	}
	if region == "" || region == "FR" {
		if n, ok := d.national(); ok {
			code, territory := overseas(n)
			if territory == "PM" {
				n = n[3:] // six digits behind its code, which is its prefix as well
			}
			return append(append(append(dst, '+'), code...), n...), territory, true
		}
	}
	if t, significant := territoryCode(d.digits()); t != "" && d.plus {
		n := d.digits()[3:]
		if len(n) == significant+1 && n[0] == '0' {
			n = n[1:]
		}
		if len(n) == significant {
			if _, exact := overseas(n); significant == 9 && exact != "FR" {
				t = exact
			}
			return append(append(append(dst, '+'), d.raw[:3]...), n...), t, true
		}
	}
	return d.abroad(dst, region)
}

// usualPhone tells ten digits of metropolitan France, in a row or in pairs with
// one sign between them, which nearly all numbers in French files are: 0639980001,
// 06 39 98 00 01. What overseas numbers may begin with is left out, but for the
// numbers of fiction.
func usualPhone(v []byte) bool {
	step := 2
	switch len(v) {
	case 10:
	case 14:
		if step = 3; v[2] != v[5] || v[2] != v[8] || v[2] != v[11] || v[2] != ' ' && v[2] != '.' && v[2] != '-' {
			return false
		}
	default:
		return false
	}
	var not byte
	for i := 0; i < len(v); i += step {
		not |= notDigit[v[i]] | notDigit[v[i+1]]
	}
	if not != 0 || v[0] != '0' {
		return false
	}
	switch v[1] {
	case '1', '3', '4', '7', '8', '9':
		return true
	case '6':
		return v[step] != '9' && v[step] != '3' || v[step] == '3' && v[step+1] == '9' && v[2*step] == '9' && v[2*step+1] == '8'
	}
	return false
}

var notDigit = func() (t [256]byte) {
	for c := range t {
		if !is(byte(c), digit) {
			t[c] = 1
		}
	}
	return t
}()

// appendUsual writes a usualPhone in E.164.
func appendUsual(dst, v []byte) []byte {
	if len(v) == 10 {
		return append(append(dst, "+33"...), v[1:]...)
	}
	return append(dst, '+', '3', '3', v[1], v[3], v[4], v[6], v[7], v[9], v[10], v[12], v[13])
}

// abroad asks phonenumbers, first as it stands, then as if the plus had been
// lost.
func (d *dialled) abroad(dst []byte, region string) (out []byte, territory string, ok bool) {
	text := string(d.digits())
	if region == "" {
		region = "FR"
	}
	for _, s := range [2]string{text, "+" + text} {
		if d.plus && s == text || len(text) < 7 {
			continue
		}
		n, err := phonenumbers.Parse(s, region)
		if err == nil && phonenumbers.IsValidNumber(n) {
			return append(dst, phonenumbers.Format(n, phonenumbers.E164)...), phonenumbers.GetRegionCodeForNumber(n), true
		}
	}
	return dst, "", false
}
