package charset

import (
	"bytes"
	"encoding/binary"
	"sync"
	"unicode"
	"unicode/utf16"
)

// maxUnits is how many characters of a text are read to find encodings of two
// and four bytes a character: they show at once.
const maxUnits = 160

// wideName finds UTF-16 and UTF-32 without a mark: the reading under which
// most characters are ordinary ones, in the company of their script. The text
// may be valid UTF-8 all the same: Thai in UTF-16 is.
func wideName(head []byte, valid bool) (name string, sure float64) {
	zeros := bytes.IndexByte(head, 0) >= 0
	if len(head) < 2 || !zeros && valid && !unprintable(head) {
		return "", 0
	}
	best := 0.0
	for _, w := range []struct {
		name string
		size int
		big  bool
	}{{"utf-32le", 4, false}, {"utf-32be", 4, true}, {"utf-16le", 2, false}, {"utf-16be", 2, true}} {
		if w.size == 4 && !zeros {
			continue
		}
		if s := wideness(head, w.size, w.big, zeros); s > best {
			best, name = s, w.name
		}
	}
	need := 0.5
	if !zeros {
		need = 0.8
	}
	if best < need {
		return "", 0
	}
	return name, min(0.5+best/2, 0.99)
}

// unprintable says that control characters abound, as in the Thai, Greek or
// Arabic of UTF-16, whose rows have the numbers 0E, 03 and 06.
func unprintable(head []byte) bool {
	head = head[:min(len(head), 2*maxUnits)]
	n := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b {
			n++
		}
	}
	return n*4 > len(head)
}

// wideness is the mean likelihood of the characters, about 1 for text.
func wideness(head []byte, size int, big, zeros bool) float64 {
	n := min(len(head)/size, maxUnits)
	if n == 0 || !zeros && n < 4 {
		return 0
	}
	score, before, chars := 0.0, rune(0), 0
	for i := 0; i < n; i++ {
		r := unit(head[i*size:], size, big)
		if size == 2 && utf16.IsSurrogate(r) && i+1 < n {
			if both := utf16.DecodeRune(r, unit(head[(i+1)*2:], 2, big)); both != unicode.ReplacementChar {
				r = both
				i++
			}
		}
		score += ordinary(r, before)
		before = r
		chars++
	}
	return score / float64(chars)
}

func unit(b []byte, size int, big bool) rune {
	switch {
	case size == 4 && big:
		return rune(binary.BigEndian.Uint32(b))
	case size == 4:
		return rune(binary.LittleEndian.Uint32(b))
	case big:
		return rune(binary.BigEndian.Uint16(b))
	}
	return rune(binary.LittleEndian.Uint16(b))
}

var frequentSet = sync.OnceValue(func() map[rune]bool {
	out := map[rune]bool{}
	for _, list := range frequent() {
		for _, r := range list {
			out[r] = true
		}
	}
	return out
})

// ordinary scores a character of a text by its kind and its neighbour.
func ordinary(r, before rune) float64 {
	switch {
	case r < 0 || r > unicode.MaxRune:
		return -5
	case r == '\n' || r == '\r' || r == '\t' || r >= ' ' && r < 0x7f:
		return 1
	case r < 0xa0:
		return -3
	case r < 0x180:
		return 0.7
	case r >= 0xd800 && r < 0xe000:
		return -5
	case r >= 0xe000 && r < 0xf900, r >= 0xf0000:
		return -3
	case r >= 0x2010 && r < 0x2040, r == '€', r >= 0x3000 && r < 0x3020, r >= 0xff01 && r < 0xff60:
		return 0.9
	case r >= 0x3041 && r < 0x3100:
		return 1.1
	case frequentSet()[r]:
		return 1.3
	case r >= 0x4e00 && r < 0xa000:
		return 0.25
	case r >= 0xac00 && r < 0xd7a4:
		return 0.3
	case r >= 0x1f300 && r < 0x1fb00:
		return 0.8
	case !unicode.IsGraphic(r):
		return -4
	case r < 0x1000 && unicode.IsOneOf([]*unicode.RangeTable{unicode.L, unicode.M}, r):
		if before>>8 == r>>8 {
			return 1
		}
		if before < 0x80 {
			return 0.7
		}
		return -0.3
	case unicode.IsLetter(r) && before>>8 == r>>8:
		return 0.3
	}
	return -0.5
}

// escaped finds encodings that hide behind ASCII: those that switch by
// escape sequences.
func escaped(head []byte) string {
	switch {
	case bytes.Contains(head, []byte("\x1b$B")), bytes.Contains(head, []byte("\x1b$@")), bytes.Contains(head, []byte("\x1b(J")):
		return "iso-2022-jp"
	case bytes.Contains(head, []byte(announceKR)):
		return "iso-2022-kr"
	case hz(head):
		return "hz-gb-2312"
	}
	return ""
}

// hz says whether the text has characters of GB 2312 between ~{ and ~}, most of
// them common ones.
func hz(head []byte) bool {
	common, chars := 0, 0
	for {
		at := bytes.Index(head, []byte("~{"))
		if at < 0 {
			return chars > 1 && common*2 > chars
		}
		head = head[at+2:]
		for len(head) > 1 && head[0] >= 0x21 && head[0] <= 0x77 && head[1] > ' ' {
			chars++
			if costsGBK()[int(head[0]|0x80)<<8|int(head[1]|0x80)] < 28 {
				common++
			}
			head = head[2:]
		}
	}
}
