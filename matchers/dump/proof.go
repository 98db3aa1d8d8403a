package dump

import (
	"bytes"

	"vigie/internal/ident"
)

// proofs looks for what check digits prove anywhere in a value.
func proofs(v []byte) (found ident.Set) {
	ident.Scan(v, func(m ident.Mention) {
		if m.Proved {
			found |= 1 << m.Kind
		}
	})
	return found
}

// isEmail tells an address as it stands in exports.
func isEmail(v []byte) bool { return ident.IsEmail(v) }

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

func allDigits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
