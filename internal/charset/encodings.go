package charset

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// beyond are the encodings that the WHATWG index leaves out.
var beyond = map[string]encoding.Encoding{
	"utf-16le":    utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM),
	"utf-16be":    utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM),
	"utf-32le":    utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"utf-32be":    utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"iso-2022-kr": iso2022KR{},
	"hz-gb-2312":  simplifiedchinese.HZGB2312,
	"cp437":       charmap.CodePage437,
	"cp850":       charmap.CodePage850,
	"cp852":       charmap.CodePage852,
	"cp855":       charmap.CodePage855,
	"cp858":       charmap.CodePage858,
	"cp862":       charmap.CodePage862,
	"cp863":       charmap.CodePage863,
	"cp865":       charmap.CodePage865,
}

// byName finds an encoding by any of its usual names; nil if it is unknown.
func byName(name string) encoding.Encoding {
	name = strings.ToLower(strings.TrimSpace(name))
	if e, ok := beyond[name]; ok {
		return e
	}
	if high, ok := unlisted[name]; ok {
		return oneByte{tableOf(high)}
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return e
}

// canonical is the name that Detect uses for an encoding declared under any
// name; "" if it is unknown.
func canonical(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if beyond[name] != nil || unlisted[name] != "" {
		return name
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return ""
	}
	if name, err = htmlindex.Name(e); err != nil {
		return ""
	}
	return name
}

// table is what the bytes of an encoding of one byte a character mean.
type table [256]rune

func tableOf(high string) *table {
	t := new(table)
	i := 0
	for ; i < 128; i++ {
		t[i] = rune(i)
	}
	for _, r := range high {
		t[i] = r
		i++
	}
	return t
}

// singles caches the tables: a decoder is made for every table of a dump.
var singles sync.Map // name -> *table

// single returns the table of an encoding of one byte a character; nil if the
// named one is none.
func single(name string) *table {
	if t, ok := singles.Load(name); ok {
		return t.(*table)
	}
	var t *table
	switch e := byName(name).(type) {
	case oneByte:
		t = e.t
	case *charmap.Charmap:
		t = new(table)
		for i := range t {
			t[i] = e.DecodeByte(byte(i))
		}
	default:
		return nil
	}
	if strings.HasPrefix(name, "windows-125") {
		// The standard reads the gaps as controls; x/text as U+FFFD.
		for i := 0x80; i < 0xa0; i++ {
			if t[i] == unicode.ReplacementChar {
				t[i] = rune(i)
			}
		}
	}
	singles.Store(name, t)
	return t
}
