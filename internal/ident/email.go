package ident

import "bytes"

// maxEmail is the longest address: 64 bytes before the at sign, 255 behind (RFC
// 5321, 4.5.3.1).
const maxEmail = 320

// IsEmail tells an address as people and exports write it: the dot-atoms of RFC
// 5321 with plus tags, letters of other scripts on both sides (RFC 6531), a
// quoted local part, a host with a dot. "mailto:", angle brackets and blanks
// around it are put up with; a display name is not.
func IsEmail(v []byte) bool {
	v = TrimEmail(v)
	if len(v) < 6 || len(v) > maxEmail {
		return false
	}
	at := atoms(v)
	if v[0] == '"' {
		if at = bytes.LastIndexByte(v, '@'); at > 0 && !quotedPart(v[:at]) {
			return false
		}
	}
	return at > 0 && at <= 64 && at < len(v) && v[at] == '@' && len(v)-at-1 <= 255 && host(v[at+1:])
}

// TrimEmail takes off what is put around an address.
func TrimEmail(v []byte) []byte {
	if n := len(v); n == 0 || !is(v[0], alnum) || !is(v[n-1], alnum) {
		v = bytes.Trim(v, " \t<>;,")
		if n := len(v); n > 2 && (v[0] == '"' || v[0] == '\'') && v[0] == v[n-1] {
			v = v[1 : n-1]
		}
	}
	if len(v) > 7 && v[6] == ':' && bytes.EqualFold(v[:7], []byte("mailto:")) {
		v = v[7:]
	}
	return v
}

// atomByte tells the bytes of which the words of a local part are made.
var atomByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x80 || c != '.' && classes[c]&(alnum|word) != 0
	}
	return t
}()

// atoms returns the length of the words with a dot between each that v begins
// with, 0 when it begins with none or a dot stands beside another or at the end.
func atoms(v []byte) int {
	for i := 0; ; i++ {
		from := i
		for i < len(v) && atomByte[v[i]] {
			i++
		}
		if i == from {
			return 0
		}
		if i == len(v) || v[i] != '.' {
			return i
		}
	}
}

// quotedPart tells a local part in quotes.
func quotedPart(v []byte) bool {
	if len(v) < 3 || v[0] != '"' || v[len(v)-1] != '"' {
		return false
	}
	for _, c := range v[1 : len(v)-1] {
		if c < ' ' || c == '"' {
			return false
		}
	}
	return true
}
