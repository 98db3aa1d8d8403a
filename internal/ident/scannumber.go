package ident

import "bytes"

// number looks at digits that begin at i: groups of them are joined one by one,
// and each length tried for what has it. It returns the end of a mention, or
// i. At most 34 characters are joined, so a text of digits stays linear.
func (s *scanner) number(i int) int {
	t := s.text
	if end := s.date(i); end > i {
		return end
	}
	first := i + 1
	for first < len(t) && t[first]-'0' <= 9 {
		first++
	}
	if first-i < 9 && (first == len(t) || !is(t[first], upper)) { // a short number goes on behind a sign or is none
		if width := joint(t[first:]); width == 0 || t[first+width]-'0' > 9 {
			return i
		}
	}
	var raw [20]byte
	n, groups := 0, 0
	var widths [8]int
	best, kind, sure := i, Kind(0), false
	for j := i; j < len(t); {
		from := n
		for j < len(t) && n < len(raw) && classes[t[j]]&(digit|upper) != 0 {
			raw[n] = t[j]
			n, j = n+1, j+1
		}
		if n == from || n == len(raw) || j < len(t) && classes[t[j]]&alnum != 0 {
			break
		}
		if groups < len(widths) {
			widths[groups] = n - from
		}
		groups++
		if n >= 9 {
			if k, found, proved := numberKind(raw[:n], widths[:min(groups, len(widths))]); found {
				best, kind, sure = j, k, proved
			}
		}
		width := joint(t[j:])
		if width == 0 || groups == len(widths) {
			break
		}
		j += width
	}
	if best > i {
		return s.emit(kind, i, best, sure)
	}
	return s.bare(i)
}

// joint is the length of what may stand between two groups of one number.
func joint(v []byte) int {
	if len(v) < 2 {
		return 0
	}
	switch c := v[0]; {
	case (c == ' ' || c == '.' || c == '-' || c == '/') && classes[v[1]]&(digit|upper) != 0:
		return 1
	case c == 0xc2 && v[1] == 0xa0 && len(v) > 2:
		return 2
	case c == 0xe2 && len(v) > 3 && v[1] == 0x80 && v[2] == 0xaf:
		return 3
	}
	return 0
}

// numberKind tells what a joined number is: proved, or a French telephone number
// by its zero and ten digits, or a NIR by its groups.
func numberKind(c []byte, widths []int) (k Kind, found, proved bool) {
	ok := false
	switch len(c) {
	case 9:
		if len(widths) == 1 || len(widths) == 3 && widths[0] == 3 && widths[1] == 3 {
			_, ok = siren(c)
			ok = ok && c[0] != '0'
		}
		return SIREN, ok, ok
	case 10:
		return Phone, c[0] == '0' && c[1] >= '1' && only(c, digit) && !repeated(c[1:]) && pairs(widths), false
	case 13:
		if nirGroups(widths) {
			shape, _ := nir(c)
			return NIR, shape, false
		}
	case 14:
		if _, ok = siret(c); ok && len(widths) <= 4 {
			return SIRET, true, true
		}
	case 15:
		if _, ok = nir(c); ok {
			return NIR, true, true
		}
	}
	if len(c) >= 13 && (len(widths) == 1 || widths[0] == 4) {
		_, ok = card(c)
	} else {
		ok = false
	}
	return Card, ok, ok
}

// pairs tells how telephone numbers are grouped: not at all, in twos, or four
// and threes.
func pairs(widths []int) bool {
	return len(widths) == 1 || len(widths) == 5 || len(widths) >= 3 && widths[0] == 4 || len(widths) == 4
}

// nirGroups tells the groups of a NIR without its key, as people copy it from
// their card: 1 85 05 78 006 084.
func nirGroups(w []int) bool {
	return len(w) == 6 && w[0] == 1 && w[1] == 2 && w[2] == 2 && w[3] == 2 && w[4] == 3 && w[5] == 3
}

// bare looks at 13 digits in one run: a NIR without its key when a word before
// says so.
func (s *scanner) bare(i int) int {
	t := s.text
	j := i
	for j < len(t) && j-i <= 15 && classes[t[j]]&(digit|upper) != 0 {
		j++
	}
	if j-i == 13 && (j == len(t) || classes[t[j]]&alnum == 0) {
		if shape, _ := nir(t[i:j]); shape && s.before(i, nirWords[:]) {
			return s.emit(NIR, i, j, false)
		}
	}
	return i
}

var nirWords = [...]string{"nir", "secu", "sécu", "sociale", "insee", "immatricul", "assur"}

// lookBack is how far before a number its word may stand.
const lookBack = 40

// before tells whether one of the words, in lower case, stands shortly before i
// on the same line, and behind the last mention.
func (s *scanner) before(i int, words []string) bool {
	from := max(i-lookBack, s.done, 0)
	if n := bytes.LastIndexByte(s.text[from:i], '\n'); n >= 0 {
		from += n + 1
	}
	v := s.text[from:i]
	var firsts uint32 // letters that open the words
	for _, w := range words {
		firsts |= 1 << (w[0] & 31)
	}
	inWord := false
	for j, c := range v {
		was := inWord
		inWord = classes[c]&alnum != 0
		if was || !inWord || firsts>>(c&31)&1 == 0 {
			continue
		}
		for _, w := range words {
			if c|0x20 == w[0]|0x20 && hasFold(v[j:], w) {
				return true
			}
		}
	}
	return false
}

// hasFold tells whether v begins with a word in lower case, whatever its own.
func hasFold(v []byte, w string) bool {
	if len(v) < len(w) {
		return false
	}
	for i := range len(w) {
		c := v[i]
		if c-'A' < 26 {
			c |= 0x20
		}
		if c != w[i] {
			return false
		}
	}
	return true
}

// iban joins groups behind two letters and two digits until the length that
// the country wants.
func (s *scanner) iban(i int) int {
	t := s.text
	want := int(ibanLength[int(t[i]-'A')*26+int(t[i+1]-'A')])
	if want == 0 {
		return i
	}
	var raw [34]byte
	n := 0
	for j := i; j < len(t); {
		c := t[j]
		if classes[c]&(digit|upper) != 0 {
			raw[n] = c
			n, j = n+1, j+1
			if n == want {
				if _, proved := iban(raw[:n]); proved && (j == len(t) || classes[t[j]]&alnum == 0) {
					return s.emit(IBAN, i, j, true)
				}
				return i
			}
			continue
		}
		width := joint(t[j:])
		if width == 0 {
			return i
		}
		j += width
	}
	return i
}

var passwordWords = [...]string{"mot de passe", "mdp", "password", "passwd", "pwd", "pass", "code secret", "passphrase", "secret", "api_key", "apikey", "token"}

// labelled looks for a password behind its word and a colon or equals sign.
func (s *scanner) labelled(i int) int {
	t := s.text
	j := i
	for j > 0 && i-j < 3 && (t[j-1] == ' ' || t[j-1] == '"' || t[j-1] == '\'') {
		j--
	}
	if j == 0 {
		return i + 1
	}
	switch t[j-1] | 0x20 {
	case 'e', 'p', 'd', 's', 't', 'y', 'n':
	default:
		return i + 1
	}
	if !s.endsWith(j, passwordWords[:]) {
		return i + 1
	}
	start := i + 1
	for start < len(t) && start-i < 4 && (t[start] == ' ' || t[start] == '"' || t[start] == '\'') {
		start++
	}
	end := start
	for end < len(t) && end-start < 128 && t[end] > ' ' && t[end] != '"' && t[end] != '\'' && t[end] != ',' && t[end] != ';' && t[end] != '<' {
		end++
	}
	if end-start < 4 || end-start == 128 {
		return i + 1
	}
	return s.emit(Secret, start, end, false)
}

// endsWith tells whether one of the words, whatever its case, ends before j.
func (s *scanner) endsWith(j int, words []string) bool {
	for _, w := range words {
		if j >= len(w) && (j == len(w) || !is(s.text[j-len(w)-1], letter)) && hasFold(s.text[j-len(w):j], w) {
			return true
		}
	}
	return false
}
