package dump

import (
	"bytes"
	"net/netip"
	"strings"
)

// Detectors that prove what they find by check digits.

// digitsOf appends the letters and digits of v to dst, in capitals, without
// the blanks and signs people put between them. ok is false when something
// else stands in v.
func digitsOf(dst, v []byte) (out []byte, ok bool) {
	for _, c := range v {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z':
			dst = append(dst, c)
		case c >= 'a' && c <= 'z':
			dst = append(dst, c-'a'+'A')
		case c == ' ', c == '.', c == '-', c == '/', c == '_', c == '\t':
		case c == 0xc2 || c == 0xa0: // no-break space in UTF-8
		default:
			return dst, false
		}
	}
	return dst, true
}

// isNIR tells whether compact holds a NIR: sex, year, month, department,
// commune, order, and the key 97 - N mod 97 when there are 15 characters
// (decree 82-103; Corsica's 2A and 2B count as 19 and 18). proved says that
// the key was there and right.
func isNIR(c []byte) (ok, proved bool) {
	if len(c) != 13 && len(c) != 15 {
		return false, false
	}
	var n int64
	for i, d := range c[:13] {
		switch {
		case d >= '0' && d <= '9':
		case i == 6 && c[5] == '2' && d == 'A':
			d = '9' // 2A reads 19
			n--
		case i == 6 && c[5] == '2' && d == 'B':
			d = '8' // 2B reads 18
			n--
		default:
			return false, false
		}
		n = n*10 + int64(d-'0')
	}
	month := int(c[3]-'0')*10 + int(c[4]-'0')
	sexOK := c[0] == '1' || c[0] == '2' || c[0] == '3' || c[0] == '4' || c[0] == '7' || c[0] == '8'
	// Months 20 to 42 and 50 to 99 stand for an unknown or registered month.
	monthOK := month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50
	if !sexOK || !monthOK || string(c[5:7]) == "00" || string(c[7:10]) == "000" || string(c[10:13]) == "000" {
		return false, false
	}
	if len(c) == 13 {
		return true, false
	}
	if c[13] < '0' || c[13] > '9' || c[14] < '0' || c[14] > '9' {
		return false, false
	}
	key := int64(c[13]-'0')*10 + int64(c[14]-'0')
	ok = key == 97-n%97
	return ok, ok
}

// ibanLengths are the lengths of the IBANs met in Europe (ISO 13616 registry).
var ibanLengths = map[string]int{
	"FR": 27, "MC": 27, "BE": 16, "DE": 22, "ES": 24, "IT": 27, "LU": 20, "NL": 18, "PT": 25, "CH": 21, "GB": 22,
	"IE": 22, "AT": 20, "PL": 28, "RO": 24, "FI": 18, "SE": 24, "DK": 18, "NO": 15, "GR": 27, "CZ": 24, "HU": 28,
	"BG": 22, "HR": 21, "SK": 24, "SI": 19, "LT": 20, "LV": 21, "EE": 20, "MT": 31, "CY": 28, "TR": 26, "MA": 28,
	"TN": 24, "LI": 21, "SM": 27, "AD": 24, "IS": 26, "RS": 22, "BA": 20, "AL": 28, "MK": 19, "ME": 22, "UA": 29,
}

// isIBAN checks an IBAN by ISO 7064 mod 97-10, and the RIB key inside a French
// one.
func isIBAN(c []byte) bool {
	if len(c) < 15 || len(c) > 34 || ibanLengths[string(c[:2])] != len(c) {
		return false
	}
	n := mod97(c[4:], 0)
	if n < 0 || mod97(c[:4], n) != 1 {
		return false
	}
	return string(c[:2]) != "FR" || isRIB(c[4:])
}

// mod97 continues a remainder over letters and digits, A being 10.
func mod97(c []byte, n int) int {
	for _, d := range c {
		switch {
		case d >= '0' && d <= '9':
			n = (n*10 + int(d-'0')) % 97
		case d >= 'A' && d <= 'Z':
			n = (n*100 + int(d-'A') + 10) % 97
		default:
			return -1
		}
	}
	return n
}

// isRIB checks a French account number: bank 5, branch 5, account 11, key 2;
// the key makes the whole divisible by 97, letters counting as on a telephone
// shifted by one (CFONB).
func isRIB(c []byte) bool {
	if len(c) != 23 {
		return false
	}
	n := 0
	for i, d := range c {
		var v int
		switch {
		case d >= '0' && d <= '9':
			v = int(d - '0')
		case i >= 10 && i < 21 && d >= 'A' && d <= 'Z':
			v = int("12345678912345678923456789"[d-'A'] - '0')
		default:
			return false
		}
		n = (n*10 + v) % 97
	}
	return n == 0
}

// isCard checks a payment card: a range in use (ISO/IEC 7812) and Luhn.
// Cards of 13, 14 and 19 digits are left out: SIRETs and NIRs look like them.
func isCard(c []byte) bool {
	switch n := len(c); {
	case n == 15 && c[0] == '3' && (c[1] == '4' || c[1] == '7'): // American Express
	case n != 16:
		return false
	case c[0] == '4': // Visa
	case c[0] == '5' && c[1] >= '1' && c[1] <= '5': // Mastercard
	case string(c[:4]) >= "2221" && string(c[:4]) <= "2720": // Mastercard
	case string(c[:4]) == "6011" || c[0] == '6' && (c[1] == '2' || c[1] == '5'): // Discover, UnionPay
	default:
		return false
	}
	return luhn(c)
}

func luhn(c []byte) bool {
	sum := 0
	for i := range c {
		d := int(c[len(c)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// isEmail accepts addresses as they stand in exports; a full RFC 5322 grammar
// would only hide that most of them are bare.
func isEmail(v []byte) bool {
	if len(v) < 6 || len(v) > 320 {
		return false
	}
	at, dot := -1, -1
	for i, c := range v {
		switch c {
		case '@':
			at, dot = i, -1
		case '.':
			if at >= 0 && (dot == i-1 || i == at+1) {
				return false // a host with an empty label
			}
			dot = i
		case ' ', '\t', ',', ';':
			if v[0] != '"' {
				return false
			}
		}
	}
	return at >= 1 && at <= 66 && dot > at && len(v)-dot > 2
}

// isHash tells the shape of a password hash or digest.
func isHash(v []byte) bool {
	if len(v) >= 34 && v[0] == '$' && bytes.Count(v, []byte("$")) >= 3 {
		return true // bcrypt, crypt, argon2, PHC
	}
	if len(v) > 8 && v[0] == '{' && bytes.IndexByte(v, '}') > 2 {
		return true // LDAP {SSHA}
	}
	switch len(v) {
	case 32, 40, 56, 64, 96, 128:
	default:
		return false
	}
	digits := 0
	for _, c := range v {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return digits > len(v)/4 && digits < len(v)
}

func isIP(v []byte) bool {
	if len(v) < 7 || len(v) > 45 || bytes.IndexByte(v, '.') < 0 && bytes.IndexByte(v, ':') < 0 {
		return false
	}
	_, err := netip.ParseAddr(string(v))
	return err == nil
}

// isCoordinate tells a latitude or longitude with at least 3 decimals.
func isCoordinate(v []byte) bool {
	s := strings.TrimPrefix(string(v), "-")
	whole, decimals, ok := strings.Cut(s, ".")
	return ok && len(whole) >= 1 && len(whole) <= 3 && len(decimals) >= 3 && allDigits([]byte(whole)) && allDigits([]byte(decimals))
}

func allDigits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

// found counts what proves itself in a value.
type found struct{ nir, iban, card bool }

// search looks for NIR, IBAN and cards anywhere in a value, free text
// included. Values of less than 13 characters cannot hold one, and most values
// with less than 13 digits hold none either, so it is cheap where it matters.
func search(v []byte, scratch []byte) (f found, out []byte) {
	if len(v) < 13 || countDigits(v) < 8 {
		return f, scratch
	}
	for i := 0; i < len(v); {
		c := v[i]
		if !isAlnum(c) || i > 0 && isAlnum(v[i-1]) {
			i++
			continue
		}
		scratch = scratch[:0]
		scratch = f.at(v[i:], scratch)
		for i < len(v) && isAlnum(v[i]) {
			i++
		}
	}
	return f, scratch
}

// at tries the candidates that begin with v. Words that belong together are
// joined one by one, so that "1 06 03 ... key" is met at its whole length.
func (f *found) at(v, scratch []byte) []byte {
	for i := 0; i < len(v) && len(scratch) <= 34; {
		j := i
		for j < len(v) && isAlnum(v[j]) {
			scratch = append(scratch, v[j]&^(v[j]>>1&0x20)) // letters to capitals
			j++
		}
		switch n := len(scratch); {
		case n == 15 && !f.nir:
			_, f.nir = isNIR(scratch)
		case n > 34:
			return scratch
		}
		if n := len(scratch); n >= 13 {
			f.card = f.card || isCard(scratch)
			f.iban = f.iban || isIBAN(scratch)
		}
		if j >= len(v) || !joins(v[j]) {
			break
		}
		for i = j; i < len(v) && joins(v[i]); i++ {
		}
		if i-j > 2 {
			break
		}
	}
	return scratch
}

func joins(c byte) bool {
	return c == ' ' || c == '.' || c == '-' || c == '/' || c == 0xc2 || c == 0xa0
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func countDigits(v []byte) int {
	n := 0
	for _, c := range v {
		if c-'0' < 10 {
			n++
		}
	}
	return n
}
