package charset

import (
	_ "embed"
	"math"
	"strings"
	"sync"
	"unicode/utf8"
)

// frequentText lists the commonest characters of Chinese (simplified and
// traditional), Japanese and Korean, the commonest first, after the same lists
// as the models.
//
//go:embed frequent.txt
var frequentText string

var frequent = sync.OnceValue(func() map[string][]rune {
	out := map[string][]rune{}
	for line := range strings.Lines(frequentText) {
		name, chars, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[name] = []rune(chars)
	}
	return out
})

// rankCost is the cost of the character of that rank in half bits: close to
// Zipf's law, 4.6 bits for the commonest and 12 for the six hundredth.
func rankCost(rank int) uint8 {
	return uint8(9.2 + 2*math.Log2(1+float64(rank)/3))
}

// multibyte is an encoding of one or more bytes a character.
type multibyte struct {
	name  string
	prior uint64
	cost  *[1 << 16]uint8 // of two bytes, in half bits; 0 is invalid
	half  bool            // A1-DF alone are half-width katakana (Shift_JIS)
	four  bool            // four bytes (GB18030)
	three bool            // 8F and two bytes (EUC-JP)
	more  string          // the name if a longer form was met
}

var costsGBK = sync.OnceValue(func() *[1 << 16]uint8 { return pairCosts("gbk", "zh-hans", commonGBK) })

var multibytes = sync.OnceValue(func() []*multibyte {
	return []*multibyte{
		{name: "shift_jis", prior: 22, half: true, cost: pairCosts("shift_jis", "ja", commonShiftJIS)},
		{name: "euc-jp", prior: 16, three: true, cost: pairCosts("euc-jp", "ja", commonEUC)},
		{name: "gbk", prior: 16, four: true, more: "gb18030", cost: costsGBK()},
		{name: "big5", prior: 18, cost: pairCosts("big5", "zh-hant", commonBig5)},
		{name: "euc-kr", prior: 18, cost: pairCosts("euc-kr", "ko", commonKorean)},
	}
})

// The common parts of each encoding: 0 for invalid, or the cost of a
// character that is not among the frequent ones.
func commonEUC(a, b byte) uint8 {
	switch {
	case a < 0xa1 || b < 0xa1 || a == 0xff || b == 0xff:
		return 0
	case a == 0xa4 || a == 0xa5:
		return 16
	case a == 0xa1 || a == 0xa3:
		return 17
	case a >= 0xb0 && a <= 0xcf:
		return 29
	case a >= 0xd0 && a <= 0xf4:
		return 34
	case a <= 0xa8:
		return 36
	}
	return 46
}

func commonGBK(a, b byte) uint8 {
	switch {
	case a < 0x81 || a == 0xff || b < 0x40 || b == 0x7f || b == 0xff:
		return 0
	case a < 0xa1 || b < 0xa1:
		return 44
	case a == 0xa1 || a == 0xa3:
		return 17
	case a >= 0xb0 && a <= 0xd7:
		return 28
	case a >= 0xd8 && a <= 0xf7:
		return 36
	}
	return 44
}

func commonBig5(a, b byte) uint8 {
	switch {
	case a < 0x81 || a == 0xff || b < 0x40 || b > 0x7e && b < 0xa1 || b == 0xff:
		return 0
	case a == 0xa1 || a == 0xa2:
		return 17
	case a >= 0xa4 && a <= 0xc6:
		return 28
	case a >= 0xc9 && a <= 0xf9:
		return 38
	}
	return 46
}

func commonKorean(a, b byte) uint8 {
	switch {
	case a < 0x81 || a == 0xff || b < 0x41 || b == 0xff || b > 0x5a && b < 0x61 || b > 0x7a && b < 0x81:
		return 0
	case a < 0xa1 || b < 0xa1:
		return 42
	case a == 0xa1 || a == 0xa3:
		return 20
	case a >= 0xb0 && a <= 0xc8:
		return 28
	case a >= 0xca && a <= 0xfd:
		return 38
	}
	return 42
}

func commonShiftJIS(a, b byte) uint8 {
	lead := a >= 0x81 && a <= 0x9f || a >= 0xe0 && a <= 0xfc
	switch {
	case !lead || b < 0x40 || b == 0x7f || b > 0xfc:
		return 0
	case a == 0x82 && b >= 0x9f || a == 0x83 && b <= 0x96:
		return 16
	case a == 0x81 || a == 0x82:
		return 17
	case a >= 0x88 && a <= 0x97:
		return 29
	case a >= 0x98 && a <= 0xea:
		return 34
	}
	return 46
}

func pairCosts(name, lang string, common func(a, b byte) uint8) *[1 << 16]uint8 {
	cost := new([1 << 16]uint8)
	for a := 0x80; a < 0x100; a++ {
		for b := 0x40; b < 0x100; b++ {
			cost[a<<8|b] = common(byte(a), byte(b))
		}
	}
	enc := byName(name).NewEncoder()
	for i, r := range append(frequent()[lang], []rune("、。，！？「」・ー")...) {
		b, err := enc.Bytes(utf8.AppendRune(nil, r))
		if err != nil || len(b) != 2 {
			continue
		}
		if i >= len(frequent()[lang]) {
			i = 20
		}
		cost[int(b[0])<<8|int(b[1])] = rankCost(i)
	}
	return cost
}

// Costs within text of several bytes a character, in half bits.
const (
	strayLetter  = 9   // a letter of ASCII in a word
	besideLetter = 14  // a wide character against a letter of ASCII
	wrongBytes   = 100 // bytes that the encoding does not have
	maxWrong     = 4   // so many are forgiven, or one in a hundred
)

// weigh returns what the text costs in the encoding; not ok if the text is
// not of the encoding.
func (m *multibyte) weigh(head []byte) (cost uint64, name string, ok bool) {
	cost, name = m.prior, m.name
	chars, wrong := 0, 0
	i := nextHigh(head, 0)
	for k := i - 1; k >= 0 && i-k < 32 && asciiLetter(head[k]); k-- {
		cost += strayLetter
	}
	wasLetter := i > 0 && asciiLetter(head[i-1])
	for i < len(head) {
		c := head[i]
		if c < utf8.RuneSelf {
			if asciiLetter(c) {
				cost += strayLetter
				if !wasLetter {
					cost += besideLetter
				}
				wasLetter = true
				i++
				continue
			}
			wasLetter = false
			next := nextHigh(head, i)
			for k := next - 1; k > i && next-k < 32 && asciiLetter(head[k]); k-- {
				cost += strayLetter
				wasLetter = true
			}
			i = next
			continue
		}
		if wasLetter {
			cost += besideLetter
			wasLetter = false
		}
		n, bitsOf := m.char(head[i:])
		chars++
		switch {
		case n == 0 && i+3 >= len(head):
			return cost, name, chars > 1 // cut at the end
		case n == 0:
			wrong++
			cost += wrongBytes
			n = 1
		case n == 4:
			name = m.more
		}
		cost += uint64(bitsOf)
		i += n
		if wrong > maxWrong && wrong*100 > chars {
			return 0, "", false
		}
	}
	return cost, name, true
}

// char reads one character: how long it is, 0 if it is none, and its cost.
func (m *multibyte) char(b []byte) (n int, cost uint8) {
	if m.half && b[0] >= 0xa1 && b[0] <= 0xdf {
		return 1, 28
	}
	if len(b) < 2 {
		return 0, 0
	}
	if m.three && b[0] == 0x8e && b[1] >= 0xa1 && b[1] <= 0xdf {
		return 2, 26
	}
	if m.three && b[0] == 0x8f && len(b) >= 3 && b[1] >= 0xa1 && b[2] >= 0xa1 {
		return 3, 46
	}
	if m.four && len(b) >= 4 && b[0] >= 0x81 && b[1]-'0' < 10 && b[2] >= 0x81 && b[3]-'0' < 10 {
		return 4, 50
	}
	if c := m.cost[int(b[0])<<8|int(b[1])]; c > 0 {
		return 2, c
	}
	return 0, 0
}
