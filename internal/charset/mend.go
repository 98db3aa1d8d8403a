package charset

import (
	"unicode/utf16"
	"unicode/utf8"
)

// mend reads UTF-8 that breaks the rules in ways that no other encoding
// explains: surrogates (CESU-8), overlong forms, code points that do not
// exist, and a last character cut by a column too short. Pairs of surrogates
// are joined, everything else of the kind becomes U+FFFD; overlong forms are
// never decoded, lest "/" slip by as C0 AF.
func (d *Decoder) mend(dst, v []byte) (out []byte, ok bool) {
	from, sound, proofs := len(dst), 0, 0
	for i := 0; i < len(v); {
		r, n := utf8.DecodeRune(v[i:])
		if r != utf8.RuneError || n > 1 {
			if n > 1 {
				sound++
			}
			dst = append(dst, v[i:i+n]...)
			i += n
			continue
		}
		r, n = broken(v[i:])
		switch {
		case n == 0:
			return nil, false
		case n < 0: // cut
			if !d.utf8 || sound == 0 && (i == 0 || !asciiLower(rune(v[i-1])) || v[i] > 0xc5) {
				return nil, false
			}
			n = len(v) - i
			proofs++
		case v[i] == 0xed || v[i] == 0xf0 || v[i] >= 0xf4:
			proofs++
		case !d.utf8:
			return nil, false
		}
		if r != utf8.RuneError {
			dst = utf8.AppendRune(dst, r)
		} else {
			for range min(n, 3) {
				dst = utf8.AppendRune(dst, r)
			}
		}
		i += n
	}
	if sound+proofs == 0 {
		return nil, false
	}
	return dst[from:], true
}

// broken reads a character that breaks the rules of UTF-8: its length, 0 if
// it is not even that, -1 if the text ends within it.
func broken(b []byte) (r rune, n int) {
	switch c := b[0]; {
	case surrogate(b):
		if surrogate(b[3:]) {
			high, low := rune(b[1]&0x3f)<<6|rune(b[2]&0x3f)|0xd000, rune(b[4]&0x3f)<<6|rune(b[5]&0x3f)|0xd000
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				return r, 6
			}
		}
		return utf8.RuneError, 3
	case c < 0xc0 || c > 0xf7:
		return 0, 0
	case !utf8.FullRune(b):
		return utf8.RuneError, -1
	default:
		n = 2
		if c >= 0xe0 {
			n++
		}
		if c >= 0xf0 {
			n++
		}
		if len(b) < n {
			return 0, 0
		}
		for _, t := range b[1:n] {
			if t&0xc0 != 0x80 {
				return 0, 0
			}
		}
		return utf8.RuneError, n
	}
}
