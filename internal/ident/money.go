package ident

import "bytes"

// IsMoney tells an amount: digits in groups of three or not, two decimals or
// none, a sign, and perhaps a currency, which marked tells. A bare whole number
// is no amount.
func IsMoney(v []byte) (shape, marked bool) {
	if len(v) < 2 || len(v) > 32 {
		return false, false
	}
	n := len(v)
	v = trimCurrency(bytes.TrimSpace(v))
	marked = len(v) < n
	if len(v) > 1 && (v[0] == '-' || v[0] == '+') {
		v = v[1:]
	} else if len(v) > 2 && v[0] == '(' && v[len(v)-1] == ')' { // accountants' minus
		v = v[1 : len(v)-1]
	}
	decimals, ok := amount(v)
	return ok && (marked || decimals == 2), ok && marked
}

// amount reads groups of digits and tells how many decimals end them.
func amount(v []byte) (decimals int, ok bool) {
	if len(v) == 0 || v[0]-'0' > 9 {
		return 0, false
	}
	group, grouped, sep := 0, false, byte(0)
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c-'0' <= 9:
			group++
			continue
		case c == 0xc2 && i+1 < len(v) && v[i+1] == 0xa0:
			i++
			c = ' '
		case c == 0xe2 && i+2 < len(v) && v[i+1] == 0x80 && v[i+2] == 0xaf:
			i += 2
			c = ' '
		}
		rest := len(v) - i - 1
		switch {
		case (c == ',' || c == '.') && (rest == 1 || rest == 2) && only(v[i+1:], digit):
			return rest, !grouped || group == 3 && c != sep
		case c != ' ' && c != ',' && c != '.' && c != '\'', group == 0 || group > 3 || grouped && (group != 3 || c != sep):
			return 0, false
		}
		group, grouped, sep = 0, true, c
	}
	return 0, !grouped || group == 3
}

func trimCurrency(v []byte) []byte {
	if len(v) < 2 || is(v[0], digit) && is(v[len(v)-1], digit) {
		return v
	}
	for _, s := range [...]string{"€", "$", "£", "EUR", "USD", "GBP", "CHF", "XPF", "euros", "euro", "Euros", "eur"} {
		n := len(s)
		if len(v) <= n {
			continue
		}
		if v[0] == s[0] && string(v[:n]) == s {
			return bytes.TrimSpace(v[n:])
		}
		if v[len(v)-1] == s[n-1] && string(v[len(v)-n:]) == s {
			return trimEnd(v[:len(v)-n])
		}
	}
	return v
}

// trimEnd takes blanks off the end, no-break ones too.
func trimEnd(v []byte) []byte {
	for len(v) > 0 {
		switch n := len(v); {
		case v[n-1] == ' ':
			v = v[:n-1]
		case n > 1 && v[n-2] == 0xc2 && v[n-1] == 0xa0:
			v = v[:n-2]
		case n > 2 && v[n-3] == 0xe2 && v[n-2] == 0x80 && v[n-1] == 0xaf:
			v = v[:n-3]
		default:
			return v
		}
	}
	return v
}
