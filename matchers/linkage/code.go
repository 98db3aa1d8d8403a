package linkage

import (
	"encoding/binary"
	"unsafe"
)

// Identifiers, telephone numbers and the like are mostly a few letters and a
// number. They are written as codes: a byte with the length of the letters and
// the number of digits, the letters, the number in as few bytes as hold so many
// digits. What is not so is written as it is: a byte with its length, or with
// longText and its length after it.
const longText = 15

// codeBytes is how many bytes so many digits take.
var codeBytes = [16]int{0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7}

// appendCode appends the code of a text.
func appendCode(b []byte, s string) []byte {
	digits := 0
	for digits < min(len(s), 15) && s[len(s)-1-digits] >= '0' && s[len(s)-1-digits] <= '9' {
		digits++
	}
	letters := len(s) - digits
	if digits == 0 || letters > 15 {
		if len(s) < longText {
			b = append(b, byte(len(s))<<4)
		} else {
			b = binary.AppendUvarint(append(b, longText<<4), uint64(len(s)))
		}
		return append(b, s...)
	}
	b = append(append(b, byte(letters<<4|digits)), s[:letters]...)
	number := uint64(0)
	for _, c := range []byte(s[letters:]) {
		number = 10*number + uint64(c-'0')
	}
	for range codeBytes[digits] {
		b = append(b, byte(number))
		number >>= 8
	}
	return b
}

// code returns the code that comes next, as a view.
func (r *reader) code() string {
	start := r.b
	if len(r.b) == 0 {
		r.bad = true
		return ""
	}
	form := r.b[0]
	r.b = r.b[1:]
	n := uint64(form >> 4)
	switch digits := int(form & 15); {
	case digits > 0:
		n += uint64(codeBytes[digits])
	case n == longText:
		n = r.number()
	}
	if r.bytes(n); r.bad {
		return ""
	}
	return unsafe.String(unsafe.SliceData(start), len(start)-len(r.b))
}

// appendDecoded appends the text of a code that code returned.
func appendDecoded(b []byte, code string) []byte {
	if code == "" {
		return b
	}
	digits := int(code[0] & 15)
	if digits == 0 {
		r := reader{b: unsafe.Slice(unsafe.StringData(code), len(code))[1:]}
		n := uint64(code[0] >> 4)
		if n == longText {
			n = r.number()
		}
		return append(b, r.bytes(n)...)
	}
	tail := code[len(code)-codeBytes[digits]:]
	b = append(b, code[1:len(code)-len(tail)]...)
	number := uint64(0)
	for i := len(tail) - 1; i >= 0; i-- {
		number = number<<8 | uint64(tail[i])
	}
	at := len(b)
	for range digits {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= at; i-- {
		b[i] = '0' + byte(number%10)
		number /= 10
	}
	return b
}

// decoded is the text of a code.
func decoded(code string) string { return string(appendDecoded(nil, code)) }
