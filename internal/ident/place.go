package ident

import "bytes"

// IsPostcode tells a French postcode (five digits, a department in front, F-
// or FR- or CEDEX aside, the zero of 01 to 09 lost or not) and the shapes of
// other countries' (Universal Postal Union): those of four or five digits are
// told by foreign as well, since they look alike.
func IsPostcode(v []byte) (french, foreign bool) {
	if len(v) < 3 || len(v) > 16 {
		return false, false
	}
	v = trimPostcode(v)
	if len(v) < 3 {
		return false, false
	}
	switch {
	case only(v, digit):
		switch len(v) {
		case 4:
			return v[0] != '0', v[0] != '0'
		case 5:
			d := two(v)
			return d >= 1 && d <= 98 && d != 96 && d != 99 && (d != 97 || v[2] != '9'), true
		}
		return false, len(v) == 6 // China, India, Russia
	case len(v) == 6 && v[2] == ' ' && only(v[:2], digit) && only(v[3:], digit): // 34 000
		return two(v) >= 1 && two(v) <= 98, false
	}
	return false, foreignPostcode(v)
}

func trimPostcode(v []byte) []byte {
	v = bytes.TrimSuffix(v, []byte(".0"))
	if i := bytes.IndexByte(v, '-'); (i == 1 || i == 2) && is(v[0], upper) && len(v) > i+3 {
		v = v[i+1:]
	}
	if i := bytes.Index(v, []byte(" CEDEX")); i > 0 {
		v = v[:i]
	}
	return v
}

// foreignShapes are postcodes that mix signs: 9 stands for a digit, A for a
// letter, a blank may be left out.
var foreignShapes = [...]string{
	"9999 AA",                                                         // Netherlands
	"A9A 9A9",                                                         // Canada
	"A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA", // United Kingdom
	"9999-999", "99-999", "999 99", "99999-9999", "99999-999", // Portugal, Poland, Sweden and Greece, United States, Brazil
	"LV-9999", "AD999", "MC-99999", "999-9999", "A99 A999", // Latvia, Andorra, Japan, Ireland
}

func foreignPostcode(v []byte) bool {
	if len(v) > 10 || !is(v[0], upper|digit) {
		return false
	}
	for _, s := range foreignShapes {
		if n := len(s); (n == len(v) || n == len(v)+1) && fitsShape(v, s) {
			return true
		}
	}
	return false
}

func fitsShape(v []byte, shape string) bool {
	i := 0
	for j := range len(shape) {
		if i >= len(v) {
			return false
		}
		switch c := v[i]; shape[j] {
		case '9':
			if c-'0' > 9 {
				return false
			}
		case 'A':
			if c-'A' > 25 {
				return false
			}
		case ' ':
			if c != ' ' {
				continue
			}
		default:
			if c != shape[j] {
				return false
			}
		}
		i++
	}
	return i == len(v)
}

// IsCommune tells the INSEE code of a commune (code officiel géographique):
// department and three characters; abroad tells codes of countries, 99 and
// three digits. The zero of 01 to 09 may be lost.
func IsCommune(v []byte) (ok, abroad bool) {
	v = bytes.TrimSuffix(v, []byte(".0"))
	var raw [5]byte
	if len(v) == 4 && v[0] != '0' {
		raw[0] = '0'
		copy(raw[1:], v)
		v = raw[:]
	}
	if len(v) != 5 || !only(v[2:], digit) {
		return false, false
	}
	department := two(v)
	commune := two(v[2:])*10 + int(v[4]-'0')
	switch {
	case v[0] == '2' && (v[1]&^0x20 == 'A' || v[1]&^0x20 == 'B'):
		return commune >= 1 && commune <= 400, false
	case department == 99:
		return commune >= 100, commune >= 100
	case department == 97, department == 98:
		return v[2] >= '1' && two(v[3:]) >= 1, false
	}
	return department >= 1 && department <= 95 && department != 20 && commune >= 1 && commune <= 925, false
}
