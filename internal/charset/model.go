package charset

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

// modelText holds, for each language, its letters and then a square of costs:
// a row for the letter before (the first row: a word begins), a column for
// the letter after, in half bits written 0-9a-z: minus the binary logarithm of
// how often the second follows the first. They were counted over the 30,000
// commonest words of each language, damped (frequency to the power 0.6) so
// that names weigh more than articles, after the lists of wordfreq 3.1 (Robyn
// Speer, CC BY-SA 4.0); Estonian, Irish, Welsh, Maltese,
// Esperanto and Thai over short texts written for it.
//
//go:embed models.txt
var modelText string

// half is half a bit, the unit of every cost in this package.
type half = uint32

// Classes beyond the letters of a language, in the order of their rows.
const (
	apostrophe = iota // ’ within a word
	opening           // “ « ¿ before a word
	closing           // ” » … ™ after one
	dash
	space  // no-break space
	sign   // € § ²: not against letters
	number // ° of N°, which headers and addresses hold more often than any word
	rare   // ¤ ¦ ¬
	box    // lines and shades of DOS
	control
	undefined
	plain   // a Latin letter that the language lacks but its readers know: é in German
	exotic  // a letter of the script, from far away
	foreign // a letter of another script
	classes
)

// model tells how surprising a letter is after another in one language.
type model struct {
	lang   string
	index  map[rune]uint8
	script *unicode.RangeTable
	n      int // letters and the boundary, which is 0
	stride int
	cost   []uint8
}

// signs are the costs of the classes beyond letters: after a boundary, after
// a letter, after one of their own, and what a letter after them adds.
var signs = [classes]struct{ boundary, letter, same, before uint8 }{
	apostrophe: {20, 10, 30, 2},
	opening:    {14, 36, 24, 0},
	closing:    {18, 16, 16, 24},
	dash:       {16, 20, 12, 12},
	space:      {14, 14, 6, 2},
	sign:       {16, 24, 16, 20},
	number:     {16, 24, 16, 20},
	rare:       {32, 40, 20, 14},
	box:        {30, 38, 14, 12},
	control:    {60, 60, 50, 8},
	undefined:  {120, 120, 120, 0},
	plain:      {24, 22, 24, 9},
	exotic:     {30, 28, 22, 9},
	foreign:    {40, 40, 16, 12},
}

var models = sync.OnceValue(func() map[string]*model {
	out := map[string]*model{}
	lines := strings.Split(strings.TrimSpace(modelText), "\n")
	for i := 0; i < len(lines); {
		lang, letters, _ := strings.Cut(lines[i], " ")
		n := len([]rune(letters)) + 1
		out[lang] = newModel(lang, []rune(letters), lines[i+1:i+1+n])
		i += 1 + n
	}
	return out
})

func newModel(lang string, letters []rune, rows []string) *model {
	m := &model{lang: lang, index: map[rune]uint8{}, n: len(rows), stride: len(rows) + classes}
	m.cost = make([]uint8, m.stride*m.stride)
	for i, r := range letters {
		m.index[r] = uint8(i + 1)
	}
	m.script = scriptOf(letters[len(letters)-1])
	for i, row := range rows {
		for j, c := range []byte(row) {
			m.cost[i*m.stride+j] = digit(c)
		}
		for s, w := range signs {
			m.cost[i*m.stride+m.n+s] = w.letter
			if i == 0 {
				m.cost[m.n+s] = w.boundary
			}
		}
	}
	if n := m.index['n']; n != 0 {
		m.cost[int(n)*m.stride+m.n+number] = 4 // N°
	}
	for s, w := range signs {
		row := m.cost[(m.n+s)*m.stride:][:m.stride]
		copy(row[:m.n], m.cost[:m.n]) // a word begins after a sign
		for j := range m.n {
			if s >= plain {
				row[j] = w.before // a word goes on after a strange letter
			} else {
				row[j] += w.before
			}
		}
		row[0] = 4
		for s2, w2 := range signs {
			row[m.n+s2] = w2.boundary + 4
		}
		row[m.n+s] = w.same
	}
	if m.script != unicode.Latin {
		m.cost[(m.n+foreign)*m.stride] = 4
	}
	return m
}

// scriptOf is the script of a letter.
func scriptOf(r rune) *unicode.RangeTable {
	for _, s := range []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic, unicode.Thai} {
		if unicode.Is(s, r) {
			return s
		}
	}
	return unicode.Latin
}

func digit(c byte) uint8 {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// class places a character in the rows of the model.
func (m *model) class(r rune) uint8 {
	if r < 0x80 && !unicode.IsLetter(r) {
		return 0
	}
	low := unicode.ToLower(r)
	switch low {
	case 'ș':
		low = 'ş' // the model knows the cedillas of before Unicode 3.0
	case 'ț':
		low = 'ţ'
	}
	if i := m.index[low]; i != 0 {
		return i
	}
	return uint8(m.n + kind(r, m.script))
}

// kind is the class of a character that is no letter of the language.
func kind(r rune, script *unicode.RangeTable) int {
	switch {
	case r == unicode.ReplacementChar:
		return undefined
	case r < 0xa0 && r >= 0x7f, r == 0xad, r >= 0x200b && r <= 0x200f:
		return control
	case r >= 0x2500 && r < 0x25a0, r == '⌠', r == '⌡', r == '⌐':
		return box
	case r >= 0xe000 && r < 0xf900:
		return undefined
	}
	switch r {
	case '’':
		return apostrophe
	case '“', '„', '‘', '«', '‹', '¿', '¡':
		return opening
	case '”', '»', '›', '…', '™', '®', '©', 'ª', 'º', 'ـ', '،', '؟', '؛', '·', 'ʼ':
		return closing
	case '–', '—':
		return dash
	case '\u00a0':
		return space
	case '°':
		return number
	case '€', '£', '§', '²', '³', '½', '¼', '¾', '±', '×', '№', 'µ', '‰', '•':
		return sign
	}
	switch {
	case !unicode.IsLetter(r) && !unicode.IsMark(r), r == 'ƒ', r == 'ˆ', r == '˜':
		return rare
	case unicode.Is(unicode.Mn, r) && (script == unicode.Arabic || script == unicode.Hebrew):
		return apostrophe // points and vowel signs, which anything may carry
	case !unicode.Is(script, r):
		return foreign
	case script != unicode.Latin:
		return exotic
	case r <= 0xff && r != 'þ' && r != 'ð' && r != 'Þ' && r != 'Ð' && r != 'æ' && r != 'Æ' && r != 'ø' && r != 'Ø' && r != 'å' && r != 'Å', r == 'œ', r == 'Œ':
		return plain
	}
	return exotic
}
