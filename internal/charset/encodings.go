package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// beyond are the encodings that the WHATWG index leaves out.
var beyond = map[string]encoding.Encoding{
	"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"cp437":    charmap.CodePage437,
	"cp850":    charmap.CodePage850,
	"cp852":    charmap.CodePage852,
	"cp855":    charmap.CodePage855,
	"cp858":    charmap.CodePage858,
	"cp860":    charmap.CodePage860,
	"cp862":    charmap.CodePage862,
	"cp863":    charmap.CodePage863,
	"cp865":    charmap.CodePage865,
}

// byName finds the decoder of an encoding by any of its usual names; nil if
// it is unknown.
func byName(name string) encoding.Encoding {
	name = strings.ToLower(strings.TrimSpace(name))
	if e, ok := beyond[name]; ok {
		return e
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return e
}

// single returns the table of an encoding of one byte a character.
func single(name string) *charmap.Charmap {
	cm, _ := byName(name).(*charmap.Charmap)
	return cm
}

// wide says whether an encoding has no bytes of ASCII in it.
func wide(name string) bool {
	return strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32")
}
