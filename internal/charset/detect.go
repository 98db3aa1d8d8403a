package charset

import (
	"bytes"
	"unicode/utf8"
)

// Detect guesses the encoding of a text from its first bytes; whole says that
// head is all there is. It looks at no more than [MaxHead] bytes.
func Detect(head []byte, whole bool) Guess {
	if len(head) > MaxHead {
		head, whole = head[:MaxHead], false
	}
	if name := marked(head); name != "" {
		return Guess{Name: name, Confidence: 1, Fallback: "windows-1252", BOM: true}
	}
	if utf8.Valid(head) {
		return Guess{Name: utf8Name, Confidence: 1, Fallback: "windows-1252"}
	}
	return Guess{Name: "windows-1252", Confidence: 0.5, Fallback: "windows-1252"}
}

// marked returns the encoding that a byte order mark names.
func marked(head []byte) string {
	for _, m := range []struct{ mark, name string }{
		{"\xff\xfe\x00\x00", "utf-32le"},
		{"\x00\x00\xfe\xff", "utf-32be"},
		{"\xff\xfe", "utf-16le"},
		{"\xfe\xff", "utf-16be"},
		{mark, utf8Name},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.name
		}
	}
	return ""
}
