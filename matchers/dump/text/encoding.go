package text

import (
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	utf16 "golang.org/x/text/encoding/unicode"
)

// singles are the encodings of one byte a character that are told apart, the
// likeliest first.
var singles = []struct {
	name string
	cm   *charmap.Charmap
}{
	{"windows-1252", charmap.Windows1252},
	{"iso-8859-15", charmap.ISO8859_15},
	{"cp850", charmap.CodePage850},
	{"cp437", charmap.CodePage437},
	{"macintosh", charmap.Macintosh},
}

const utf8Name = "utf-8"

// wide finds encodings of two or four bytes a character, by their mark or by
// where the zeros stand; "" if it is none.
func wide(head []byte) (name string, enc encoding.Encoding) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}):
		return "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return "utf-16le", utf16.UTF16(utf16.LittleEndian, utf16.UseBOM)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "utf-16be", utf16.UTF16(utf16.BigEndian, utf16.UseBOM)
	}
	var zeros [4]int
	for i, c := range head {
		if c == 0 {
			zeros[i%4]++
		}
	}
	quarter := len(head) / 4
	most := func(i int) bool { return zeros[i]*10 > quarter*7 }
	few := func(i int) bool { return zeros[i]*10 < quarter*3 }
	switch {
	case quarter < 2:
	case few(0) && most(1) && most(2) && most(3):
		return "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case most(0) && most(1) && most(2) && few(3):
		return "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case few(0) && most(1) && few(2) && most(3):
		return "utf-16le", utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM)
	case most(0) && few(1) && most(2) && few(3):
		return "utf-16be", utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM)
	}
	return "", nil
}

var wideByName = map[string]encoding.Encoding{
	"utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"utf-16le": utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM),
	"utf-16be": utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM),
}

// textReader gives bytes that agree with ASCII: wide encodings become UTF-8,
// the others stay as they are and are decoded row by row.
func textReader(r io.Reader, enc string) io.Reader {
	if w, ok := wideByName[enc]; ok {
		r = transform.NewReader(r, w.NewDecoder())
	}
	return &markless{r: r}
}

// markless drops a byte order mark at the beginning of UTF-8.
type markless struct {
	r    io.Reader
	done bool
}

func (m *markless) Read(p []byte) (int, error) {
	if m.done || len(p) < 3 {
		m.done = true
		return m.r.Read(p)
	}
	m.done = true
	n, err := io.ReadFull(m.r, p[:3])
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		return n, io.EOF
	}
	if string(p[:n]) == "\ufeff" {
		return m.r.Read(p)
	}
	return n, err
}

// decoder turns the values of a row into UTF-8. Values that are valid UTF-8
// stay as they are also in a file of another encoding: files get mixed when exports
// are glued together.
type decoder struct {
	cm  *charmap.Charmap
	buf []byte
}

func newDecoder(enc string) *decoder {
	d := &decoder{cm: charmap.Windows1252}
	for _, s := range singles {
		if s.name == enc {
			d.cm = s.cm
		}
	}
	return d
}

// row decodes the values that need it; they are valid until the next call.
func (d *decoder) row(fields [][]byte) (changed bool) {
	for i, v := range fields {
		if utf8.Valid(v) {
			continue
		}
		if !changed {
			changed, d.buf = true, d.buf[:0]
		}
		from := len(d.buf)
		for _, c := range v {
			d.buf = utf8.AppendRune(d.buf, d.cm.DecodeByte(c))
		}
		fields[i] = d.buf[from:len(d.buf):len(d.buf)]
	}
	return changed
}

// foreign gathers text that is not UTF-8, to tell its encoding.
type foreign struct{ text []byte }

const maxForeign = 256 << 10

func (f *foreign) add(v []byte) {
	if len(f.text) < maxForeign && !utf8.Valid(v) {
		f.text = append(append(f.text, v[:min(len(v), 4096)]...), '\n')
	}
}

// guess returns the encoding under which the text reads most like French.
func (f *foreign) guess() string {
	if len(f.text) == 0 {
		return utf8Name
	}
	best, bestScore := singles[0].name, 0
	for i, s := range singles {
		score := likeness(f.text, s.cm)
		if i == 0 || score > bestScore {
			best, bestScore = s.name, score
		}
	}
	return best
}

// likeness scores how well the bytes above ASCII read as letters of French
// names in their places: a letter between letters, of the case around it.
func likeness(text []byte, cm *charmap.Charmap) int {
	score, before := 0, rune('\n')
	for i, c := range text {
		r := cm.DecodeByte(c)
		if c >= utf8.RuneSelf {
			after := rune('\n')
			if i+1 < len(text) {
				after = cm.DecodeByte(text[i+1])
			}
			score += fit(before, r, after)
		}
		before = r
	}
	return score
}

func fit(before, r, after rune) int {
	inWord := unicode.IsLetter(before) || unicode.IsLetter(after)
	switch {
	case r == utf8.RuneError || r < 0xa0:
		return -12 // undefined, or a control
	case !unicode.IsLetter(r):
		switch {
		case (r == '’' || r == '´') && unicode.IsLetter(before) && unicode.IsLetter(after):
			return 4
		case (r == '°' || r == '€') && !unicode.IsLetter(after):
			return 2
		case inWord:
			return -6
		}
		return -1
	}
	score := 1
	switch unicode.ToLower(r) {
	case 'é':
		score = 8
	case 'è', 'ê', 'ë', 'à', 'â', 'ç', 'ï', 'î', 'ô', 'ù', 'û', 'ü', 'ö', 'œ':
		score = 6
	case 'á', 'í', 'ó', 'ú', 'ñ', 'ä', 'ã', 'õ', 'š', 'ž', 'ß', 'ø', 'å':
		score = 3
	}
	if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsLower(after) && unicode.IsLetter(before)) {
		score -= 8 // a capital within a word
	}
	if unicode.IsLower(r) && unicode.IsUpper(before) && unicode.IsUpper(after) {
		score -= 8 // a small letter within capitals
	}
	if unicode.IsLower(r) && unicode.IsUpper(before) && !unicode.IsLetter(after) {
		score -= 2
	}
	if !unicode.Is(unicode.Latin, r) {
		score = -8
	}
	return score
}
