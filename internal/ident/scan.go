package ident

// Mention is something found in running text.
type Mention struct {
	Kind       Kind
	Start, End int  // bytes of the text, End excluded
	Proved     bool // by check digits
}

// Scan finds in running text what identifies a person or opens a door: NIR,
// IBAN, payment cards, SIREN and SIRET, e-mail addresses, telephone numbers,
// dates of birth ("né le 3 mars 2011"), passwords behind their word, tokens,
// hashes. It visits them from left to right and never one inside another. One
// pass, linear in the text, nothing allocated. Numbers of eight to twelve
// digits without a prefix, a proof or a word beside them are left alone.
func Scan(text []byte, visit func(Mention)) {
	s := scanner{text: text, visit: visit}
	for i := 0; i < len(text); {
		switch c := text[i]; opens[c] {
		case opensNothing:
			i++
		case opensWord:
			j := i + 1
			for j < len(text) && classes[text[j]]&alnum != 0 {
				j++
			}
			if j-i >= longWord || j < len(text) && inToken[text[j]] || i+3 < j && c-'A' < 26 && text[i+2]-'0' <= 9 {
				j = s.word(i, j)
			}
			i = j
		case opensNumber:
			i = s.figure(i)
		case opensSign:
			i = s.sign(i)
		}
	}
}

// What a byte may open.
const (
	opensNothing uint8 = iota
	opensWord
	opensNumber
	opensSign
)

var opens = func() (t [256]uint8) {
	for c := range t {
		switch {
		case is(byte(c), digit):
			t[c] = opensNumber
		case is(byte(c), letter):
			t[c] = opensWord
		}
	}
	for _, c := range "@${+:=-" {
		t[c] = opensSign
	}
	return t
}()

type scanner struct {
	text  []byte
	visit func(Mention)
	done  int // end of the last mention
	tried int // end of the last run that was followed in vain
}

// emit visits a mention and tells where to go on.
func (s *scanner) emit(k Kind, start, end int, proved bool) int {
	s.visit(Mention{k, start, end, proved})
	s.done = end
	return end
}

// longWord is the length from which a word may be a hash or a token.
const longWord = 16

// sign looks at what a sign opens.
func (s *scanner) sign(i int) int {
	switch s.text[i] {
	case '@':
		return s.email(i)
	case '$', '{':
		return s.signed(i)
	case '+':
		return s.plus(i)
	case ':', '=':
		return s.labelled(i)
	}
	return s.block(i)
}

// word looks at the letters and digits from i to j, which a letter opens.
func (s *scanner) word(i, j int) int {
	t := s.text
	if i+3 < j && t[i]-'A' < 26 && t[i+1]-'A' < 26 && t[i+2]-'0' <= 9 && t[i+3]-'0' <= 9 {
		if end := s.iban(i); end > i {
			return end
		}
	}
	return max(j, s.long(i, j))
}

// figure looks at the letters and digits that a digit opens.
func (s *scanner) figure(i int) int {
	t := s.text
	if end := s.number(i); end > i {
		return end
	}
	j := i + 1
	for j < len(t) && classes[t[j]]&alnum != 0 {
		j++
	}
	if j-i >= longWord || j < len(t) && inToken[t[j]] {
		return max(j, s.long(i, j))
	}
	return j
}

// maxToken bounds how far a token is followed.
const maxToken = 600

// long looks for a token or a hash in a run that begins with the word i to j.
func (s *scanner) long(i, j int) int {
	t := s.text
	if j-i >= longWord {
		if hexDigest(t[i:j]) {
			end := j
			if j < len(t) && t[j] == ':' { // with its salt, or a second digest
				k := j + 1
				for k < len(t) && k-j <= 64 && isTokenByte(t[k]) && t[k] != ':' {
					k++
				}
				if k > j+1 && IsHash(t[i:k]) {
					end = k
				}
			}
			return s.emit(Hash, i, end, false)
		}
	}
	if !mayOpenToken[t[i]] && t[i] != 'e' || len(t)-i < longWord {
		return i
	}
	for k := j; k < i+longWord; k++ {
		if !isTokenByte(t[k]) {
			return i
		}
	}
	rest := t[i:min(len(t), i+maxToken)]
	if n, _ := tokenAt(rest); n > 0 {
		return s.emit(Secret, i, i+n, false)
	}
	if i >= s.tried && rest[0] == 'e' && rest[1] == 'y' && rest[2] == 'J' {
		n := 0
		for n < len(rest) && (classes[rest[n]]&alnum != 0 || rest[n] == '.' || rest[n] == '-' || rest[n] == '_') {
			n++
		}
		if IsJWT(rest[:n]) {
			return s.emit(JWT, i, i+n, false)
		}
		s.tried = i + n
	}
	return i
}

// hexDigest tells a run as long as a digest, letters and digits mixed.
func hexDigest(v []byte) bool {
	switch len(v) {
	case 32, 40, 56, 64, 96, 128:
	default:
		return false
	}
	digits := 0
	for _, c := range v {
		if !isHex(c) {
			return false
		}
		if c-'0' <= 9 {
			digits++
		}
	}
	return digits > len(v)/5 && digits < len(v)
}

// signed looks for a hash that a sign opens: $2y$..., {SSHA}...
func (s *scanner) signed(i int) int {
	t := s.text
	if i < s.tried || i > 0 && classes[t[i-1]]&alnum != 0 || i+1 >= len(t) || classes[t[i+1]]&alnum == 0 {
		return i + 1
	}
	j := i + 1
	for j < len(t) && j-i < maxToken && (isTokenByte(t[j]) || t[j] == '$' || t[j] == '}' || t[j] == '*' || t[j] == ',' || t[j] == '#' || t[j] == '@') {
		j++
	}
	s.tried = j
	for j > i+1 && (t[j-1] == ',' || t[j-1] == ':') {
		j--
	}
	if j-i >= 20 && IsHash(t[i:j]) {
		return s.emit(Hash, i, j, false)
	}
	return i + 1
}

// block looks for a private key in PEM, which begins with dashes.
func (s *scanner) block(i int) int {
	t := s.text
	if i+5 >= len(t) || t[i+4] != '-' || t[i+5] != 'B' || !isKeyBlock(t[i:]) {
		return i + 1
	}
	j := i
	for j < len(t) && t[j] != '\n' {
		j++
	}
	return s.emit(Secret, i, j, false)
}

// email looks both ways from the at sign at i.
func (s *scanner) email(i int) int {
	t := s.text
	start := i
	for start > s.done && i-start < 64 && (classes[t[start-1]]&(alnum|word) != 0 && !opensText(t[start-1]) || t[start-1] >= 0x80 && letterByte(t[start-1])) {
		start--
	}
	end := i + 1
	for end < len(t) && end-i <= 255 && (classes[t[end]]&alnum != 0 || t[end] == '.' || t[end] == '-' || t[end] >= 0x80 && letterByte(t[end])) {
		end++
	}
	for end > i && (t[end-1] == '.' || t[end-1] == '-') {
		end--
	}
	for start < i && (t[start] == '.' || t[start] == '-' || t[start] == '\'') {
		start++
	}
	if start < i && end > i+3 && IsEmail(t[start:end]) {
		return s.emit(Email, start, end, false)
	}
	return i + 1
}

// opensText tells signs that may stand in an address, but stand before one.
func opensText(c byte) bool {
	return c == '/' || c == '=' || c == '`' || c == '|' || c == '?' || c == '&'
}

// letterByte leaves out the bytes of no-break spaces and typographic quotes,
// which end an address.
func letterByte(c byte) bool {
	return c >= 0x80 && c != 0xc2 && c != 0xe2 && c != 0xa0 && c != 0xab && c != 0xbb
}

// plus looks for a telephone number in international form.
func (s *scanner) plus(i int) int {
	t := s.text
	if i+1 >= len(t) || t[i+1]-'0' > 9 || i > 0 && classes[t[i-1]]&alnum != 0 {
		return i + 1
	}
	end, digits := i+1, 0
	for j := i + 1; j < len(t) && j-i < 28; j++ {
		c := t[j]
		switch {
		case c-'0' <= 9:
			digits++
			end = j + 1
		case (c == ' ' || c == '.' || c == '-') && t[j-1] != c, c == '(', c == ')':
		case c == 0xc2 && j+1 < len(t) && t[j+1] == 0xa0:
			j++
		default:
			j = len(t)
		}
		if digits > 15 {
			return i + 1
		}
		if digits == 11 && t[i+1] == '3' && t[i+2] == '3' && t[end-1]-'0' <= 9 && !zeroAfterCode(t[i:end]) {
			break
		}
	}
	if shape, _ := IsPhone(t[i:end]); shape && digits >= 8 {
		return s.emit(Phone, i, end, false)
	}
	return i + 1
}

// zeroAfterCode tells +33 (0)6, which has a digit more.
func zeroAfterCode(v []byte) bool {
	for i := 3; i < len(v); i++ {
		if v[i]-'0' <= 9 {
			return v[i] == '0'
		}
	}
	return false
}
