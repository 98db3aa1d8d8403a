package dump

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"vigie/internal/ident"
)

// clean takes off a value what spreadsheets and exports put around it, and
// empties the words for nothing.
func clean(v []byte) []byte {
	if isClean(v) {
		return v
	}
	return cleanRare(v)
}

// isClean tells at both ends that there is nothing to take off, and no word for
// nothing. The letters behind 0xc3, as é, are no blanks.
func isClean(v []byte) bool {
	n := len(v)
	return n > 0 && ends[v[0]]&mayOpen != 0 && (ends[v[n-1]]&mayClose != 0 || v[n-1] >= utf8.RuneSelf && n > 1 && v[n-2] == 0xc3)
}

// ends tells the bytes that may stand at the ends of a value to which nothing is
// done.
var ends = func() (t [256]uint8) {
	for c := range t {
		bare := c > ' ' && c != '=' && c != '\'' && c != 0x7f
		if bare && c != 0xc2 && c < 0xe2 && !mayBeNull[c] && bytes.IndexByte([]byte("-.?_\\\""), byte(c)) < 0 {
			t[c] = mayOpen
		}
		if bare && c < utf8.RuneSelf {
			t[c] |= mayClose
		}
	}
	return t
}()

const (
	mayOpen uint8 = 1 << iota
	mayClose
)

func cleanRare(v []byte) []byte {
	v = bytes.TrimSpace(v)
	switch {
	case len(v) > 3 && v[0] == '=' && v[1] == '"' && v[len(v)-1] == '"':
		v = bytes.TrimSpace(v[2 : len(v)-1]) // ="0639980001"
	case len(v) > 1 && v[0] == '\'' && (v[1]-'0' <= 9 || v[1] == '+'):
		v = v[1:]
	}
	if isNull(v) {
		return nil
	}
	return v
}

// mayBeNull begins the words for nothing of more than two letters.
var mayBeNull = [256]bool{'n': true, 'N': true, '#': true, 'u': true, 'U': true, '(': true, '<': true}

// isNull tells the words that exports write for nothing.
func isNull(v []byte) bool {
	if len(v) > 9 || len(v) > 2 && !mayBeNull[v[0]] {
		return false
	}
	switch len(v) {
	case 0:
		return true
	case 1:
		return v[0] == '-' || v[0] == '.' || v[0] == '?' || v[0] == '_'
	case 2:
		return string(v) == `\N` || string(v) == "--" || string(v) == "''" || string(v) == `""`
	case 3:
		return strings.EqualFold(string(v), "n/a") || string(v) == "nan" || string(v) == "NaN" || string(v) == "n.a"
	case 4:
		return strings.EqualFold(string(v), "null") || string(v) == "#N/A" || string(v) == "None" || string(v) == "n.a."
	case 6:
		return strings.EqualFold(string(v), "(null)")
	case 7:
		return strings.EqualFold(string(v), "<null>")
	case 9:
		return string(v) == "undefined"
	}
	return false
}

// appendText keeps the spelling, with one blank between words and without the
// characters that cannot be seen.
func appendText(dst, v []byte) []byte {
	if isPlain(v) {
		return append(dst, v...)
	}
	from := len(dst)
	for i := 0; i < len(v); {
		c := v[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c > ' ' && c != 0x7f:
				dst = append(dst, c)
			case len(dst) > from && dst[len(dst)-1] != ' ':
				dst = append(dst, ' ')
			}
			continue
		}
		r, n := utf8.DecodeRune(v[i:])
		switch {
		case r >= 0xc0 && r < 0x250: // Latin letters
			dst = append(dst, v[i:i+n]...)
		case r == 0xa0 || unicode.Is(unicode.Zs, r):
			if len(dst) > from && dst[len(dst)-1] != ' ' {
				dst = append(dst, ' ')
			}
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r):
		default:
			dst = append(dst, v[i:i+n]...)
		}
		i += n
	}
	if len(dst) > from && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// isPlain tells ASCII that can be seen, with one blank between words at most.
func isPlain(v []byte) bool {
	n := len(v)
	if n < 8 {
		before := byte(' ')
		for _, c := range v {
			if c-'!' > '~'-'!' && (c != ' ' || before == ' ') {
				return false
			}
			before = c
		}
		return before != ' '
	}
	// Each byte is looked at beside the one before.
	for i := 0; ; i += 7 {
		w := binary.LittleEndian.Uint64(v[min(i, n-8):])
		low := w &^ uint64(signs)
		blank := ^(low ^ ' '*each + 0x7f*each) &^ w & signs
		if (w|(low+each)|^(low+0x60*each))&signs != 0 || blank&(blank<<8) != 0 {
			return false // beyond ASCII, a sign of control, two blanks
		}
		if i >= n-8 {
			return v[0] != ' ' && v[n-1] != ' '
		}
	}
}

// appendEmail keeps what can be an address, in lower case.
func appendEmail(dst, v []byte) []byte {
	v = bytes.TrimPrefix(v, []byte("mailto:"))
	for len(v) > 0 && aroundEmail[v[0]] {
		v = v[1:]
	}
	for len(v) > 0 && aroundEmail[v[len(v)-1]] {
		v = v[:len(v)-1]
	}
	if !isEmail(v) {
		return dst
	}
	return appendLower(dst, v)
}

// lower writes ASCII and the letters of Latin-1 in lower case, in place, and
// tells whether v has nothing else.
func lower(v []byte) bool {
	n := len(v)
	if n < 8 {
		return lowerLatin(v)
	}
	var high uint64
	for i := 0; i < n; i += 8 {
		p := v[min(i, n-8):] // the last eight overlap those before
		w := binary.LittleEndian.Uint64(p)
		binary.LittleEndian.PutUint64(p, w|capitals(w)>>2)
		high |= w
	}
	return high&signs == 0 || lowerLatin(v)
}

// capitals sets the top bit of each byte from A to Z.
func capitals(w uint64) uint64 {
	low := w &^ uint64(signs)
	return (low + (0x80-'A')*each) &^ (low + (0x7f-'Z')*each) &^ w & signs
}

// lowerLatin is lower, byte by byte.
func lowerLatin(v []byte) bool {
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c-'A' < 26:
			v[i] = c | 0x20
		case c < utf8.RuneSelf:
		case c != 0xc3 || i+1 == len(v) || v[i+1]&0xc0 != 0x80:
			return false
		default: // U+00C0 to U+00FF, where only the sign × has no small letter
			if i++; v[i] < 0x9f && v[i] != 0x97 {
				v[i] |= 0x20
			}
		}
	}
	return true
}

// appendLower is bytes.ToLower without its allocation.
func appendLower(dst, v []byte) []byte {
	from := len(dst)
	if dst = append(dst, v...); lower(dst[from:]) {
		return dst
	}
	dst = dst[:from]
	for i := 0; i < len(v); {
		r, n := utf8.DecodeRune(v[i:])
		dst = utf8.AppendRune(dst, unicode.ToLower(r))
		i += n
	}
	return dst
}

// aroundEmail are the bytes that are put around an address.
var aroundEmail = [256]bool{' ': true, '<': true, '>': true, ';': true, ',': true, '.': true, '\t': true}

// appendPostcode pads what lost its zero; five digits in France.
func appendPostcode(dst, v []byte) []byte {
	if len(v) == 5 && allDigits(v) {
		return append(dst, v...)
	}
	v = bytes.TrimSuffix(v, []byte(".0"))
	if len(v) > 2 && (v[1] == '-' || v[2] == '-') {
		v = v[bytes.IndexByte(v, '-')+1:] // F-34000, FR-34000
	}
	if compact := bytes.ReplaceAll(v, []byte(" "), nil); allDigits(compact) && len(compact) == 5 {
		v = compact
	}
	if len(v) == 4 && allDigits(v) {
		dst = append(dst, '0')
	}
	return append(dst, bytes.ToUpper(v)...)
}

// appendCommune pads an INSEE code and writes 2A and 2B in capitals.
func appendCommune(dst, v []byte) []byte {
	if len(v) == 5 && allDigits(v) {
		return append(dst, v...)
	}
	v = bytes.TrimSuffix(v, []byte(".0"))
	if len(v) == 4 && allDigits(v) {
		dst = append(dst, '0')
	}
	return append(dst, bytes.ToUpper(v)...)
}

// appendNIR keeps 13 or 15 characters that can be a NIR, its key aside.
func appendNIR(dst, v []byte) []byte {
	var raw [40]byte
	compact, ok := ident.Compact(raw[:0], v[:min(len(v), 40)])
	if !ok || len(compact) != 13 && len(compact) != 15 {
		return dst
	}
	if shape, _ := ident.CheckNIR(compact[:13]); !shape {
		return dst
	}
	return append(dst, compact...)
}
