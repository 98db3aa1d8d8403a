package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Repair undoes the damage of UTF-8 that was read as windows-1252 and written
// again. It appends the sound text to dst and returns the appended part, how
// many times the text had been damaged, and whether anything was repaired; if
// nothing was, out is v itself.
func Repair(dst, v []byte) (out []byte, rounds int, ok bool) {
	if ascii(v) || !utf8.Valid(v) {
		return v, 0, false
	}
	cm := charmap.Windows1252
	var bytes []byte
	for _, r := range string(v) {
		b, fits := cm.EncodeRune(r)
		if !fits {
			return v, 0, false
		}
		bytes = append(bytes, b)
	}
	if !utf8.Valid(bytes) {
		return v, 0, false
	}
	return append(dst, bytes...)[len(dst):], 1, true
}
