package ident

// Classes of ASCII characters, one bit each.
const (
	digit uint8 = 1 << iota
	upper
	lower
	hexLetter
	gap  // what people put between groups of digits
	word // may stand in the local part of an address
	blank

	letter = upper | lower
	alnum  = digit | letter
)

// classes of each byte; bytes of longer UTF-8 sequences have none.
var classes = func() (t [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		t[c] |= digit
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c] |= upper
		t[c|0x20] |= lower
	}
	for c := 'A'; c <= 'F'; c++ {
		t[c] |= hexLetter
		t[c|0x20] |= hexLetter
	}
	for _, c := range " .-/_\t" {
		t[c] |= gap
	}
	for _, c := range "!#$%&'*+-/=?^_`{|}~." {
		t[c] |= word
	}
	for _, c := range " \t\r\n" {
		t[c] |= blank
	}
	return t
}()

func is(c, class uint8) bool { return classes[c]&class != 0 }

func isHex(c byte) bool { return classes[c]&(digit|hexLetter) != 0 }

// only tells whether v has something and nothing but the class.
func only(v []byte, class uint8) bool {
	for _, c := range v {
		if classes[c]&class == 0 {
			return false
		}
	}
	return len(v) > 0
}

func count(v []byte, class uint8) int {
	n := 0
	for _, c := range v {
		if classes[c]&class != 0 {
			n++
		}
	}
	return n
}

// maxCompact is the longest number that is recognised, an IBAN of 34
// characters, with some room.
const maxCompact = 40

// Compact appends to dst the letters and digits of v in capitals, without the
// blanks, dots, dashes and slashes that people put between them. ok is false
// when anything else stands in v, or more than 40 letters and digits.
func Compact(dst, v []byte) (out []byte, ok bool) {
	from := len(dst)
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch k := classes[c]; {
		case k&(digit|upper) != 0:
			dst = append(dst, c)
		case k&lower != 0:
			dst = append(dst, c-'a'+'A')
		case k&gap != 0:
		case c == 0xc2 && i+1 < len(v) && v[i+1] == 0xa0: // no-break space
			i++
		case c == 0xe2 && i+2 < len(v) && v[i+1] == 0x80 && (v[i+2] == 0xaf || v[i+2] <= 0x91 && v[i+2] >= 0x80): // thin blanks, typographic dashes
			i += 2
		default:
			return dst, false
		}
		if len(dst)-from > maxCompact {
			return dst, false
		}
	}
	return dst, len(dst) > from
}

// buffer holds a compacted number on the stack.
type buffer [maxCompact + 1]byte

// compact is Compact, or nothing for what holds no number.
func (b *buffer) compact(v []byte) []byte {
	if len(v) > maxSpelled {
		return nil
	}
	if c, ok := Compact(b[:0], v); ok {
		return c
	}
	return nil
}

// maxSpelled is the longest spelling of a number, blanks included.
const maxSpelled = 80

// number reads at most 18 digits.
func number(d []byte) (n int64, ok bool) {
	if len(d) == 0 || len(d) > 18 {
		return 0, false
	}
	for _, c := range d {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// two reads two digits, or -1.
func two(d []byte) int {
	if len(d) < 2 || d[0]-'0' > 9 || d[1]-'0' > 9 {
		return -1
	}
	return int(d[0]-'0')*10 + int(d[1]-'0')
}

// repeated tells 00000000 and 11111111, which nobody was given.
func repeated(d []byte) bool {
	for _, c := range d {
		if c != d[0] {
			return false
		}
	}
	return true
}

// luhn checks ISO/IEC 7812-1 annex B over digits.
func luhn(d []byte) bool {
	sum, double := 0, false
	for i := len(d) - 1; i >= 0; i-- {
		n := int(d[i]) - '0'
		if n < 0 || n > 9 {
			return false
		}
		if double {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum, double = sum+n, !double
	}
	return sum%10 == 0
}

// mod97 continues a remainder by 97 over digits and letters, A being 10 (ISO
// 7064); -1 when anything else stands there.
func mod97(d []byte, n int) int {
	for _, c := range d {
		switch {
		case c-'0' <= 9:
			n = (n*10 + int(c-'0')) % 97
		case c-'A' < 26:
			n = (n*100 + int(c-'A') + 10) % 97
		default:
			return -1
		}
	}
	return n
}
