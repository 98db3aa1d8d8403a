package dump

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"vigie/internal/ident"
	"vigie/matchers"
)

// lookDigits studies a value with a digit in it.
func (c *column) lookDigits(v []byte, g glance, d ident.Verdict) {
	p := parseDate(v)
	c.dated = p.plausible() && p.kind != dateY && p.kind != dateSerial
	if p.plausible() {
		c.has[tDate]++
		c.date().add(p)
	} else if p.kind >= dateUnix {
		c.date().add(p)
	}
	c.is(tSignsDigits, len(v) > g.digits && isSigned(v))
	phone := isPhone(v)
	c.is(tPhone, phone || d.Shaped.Has(ident.Phone) && len(v) > g.digits && g.digits >= 7 && isSigned(v))
	c.is(tPhoneSign, phone && v[0] == '+')
	c.is(tMasked, bytes.Contains(v, []byte("**")) || bytes.Contains(v, []byte("XX")) || bytes.Contains(v, []byte("xxx")) || bytes.Contains(v, []byte("•")))
	c.is(tNIRMasked, isMaskedNIR(v))
	c.is(tRIBAccount, len(v) == 11)
	if g.digits == len(v) {
		c.lookInteger(v)
	} else {
		c.is(tDecimal, isDecimal(v))
		c.is(tMoneySign, d.Shaped.Has(ident.Money) && !isDecimal(v))
	}
	c.lookCode(v, g)
	c.lookNumber(v, g, d)
}

// lookNumber tells the numbers that identify people and bodies, where shapes
// have to be narrower than what is possible.
func (c *column) lookNumber(v []byte, g glance, d ident.Verdict) {
	if len(v) > 40 {
		return
	}
	if d.Shaped.Has(ident.NIR) {
		p, ok := ident.ParseNIR(v)
		c.is(tNIRStrict, ok && p.Month >= 1 && p.Month <= 12 && (v[0] == '1' || v[0] == '2'))
	}
	if g.digits >= 12 && len(v) >= 23 {
		_, proved := ident.CheckRIB(v)
		c.is(tRIB, proved)
	}
	c.is(tPhoneGroups, isPhoneGroups(v))
	c.is(tCardDigits, d.Shaped.Has(ident.IdentityCard) && g.digits == 12)
	c.is(tCardLetters, d.Shaped.Has(ident.IdentityCard) && len(v) == 9 && g.digits < 8 && !d.Shaped.Has(ident.Passport))
	c.is(tINEShape, d.Shaped.Has(ident.INE) && g.digits < 11 && len(v) == 11)
	c.is(tPassportShape, d.Shaped.Has(ident.Passport) && g.digits < 9 && !d.Proved.Has(ident.IdentityCard))
	c.is(tMobileCut, len(v) == 9 && g.digits == 9 && (v[0] == '6' || v[0] == '7'))
	c.is(tHex, isHex(v))
	c.is(tCountry3, len(v) == 3 && g.digits == 3 && v[0] >= '1' && v[0] <= '5')
	c.is(tFINESSShape, len(v) == 9 && bytes.IndexByte([]byte("0178"), v[2]) >= 0 && isDepartment(v[:2]))
	c.is(tSevenLetter, len(v) == 8 && g.digits == 7 && isLetter(v[7]) && !d.Proved.Has(ident.UAI))
	c.is(tDomain, d.Shaped.Has(ident.Domain) && endsAsDomain(v))
	c.is(tForeignCode, d.Shaped.Has(ident.Postcode) && g.digits >= 2 && len(v) >= 4 && len(v) <= 10)
	c.is(tCorsicaDepartment, len(v) == 2 && v[0] == '2' && (v[1] == 'A' || v[1] == 'B'))
	if i := bytes.LastIndexAny(v, ".,"); i > 0 && isDecimal(v) {
		c.is(tTwoDecimals, len(v)-i-1 == 2)
		c.is(tLongDecimal, len(v)-i-1 >= 3)
		c.is(tNorth, i == 2 && (v[0] == '4' && v[1] > '0' || v[0] == '5' && v[1] < '2'))
	}
	if i := bytes.LastIndexAny(v, "-_/ ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"); i >= 0 && i < len(v)-1 && len(v)-i < 12 && allDigits(v[i+1:]) {
		n, _ := strconv.ParseInt(string(v[i+1:]), 10, 64)
		c.is(tCounted, n > c.last && n < c.last+50)
		c.last = n
	}
}

// isPhoneGroups tells digits in three groups or more of two to five, as telephone
// numbers are written anywhere: 212-555-0123, (0)20 7946 0123.
func isPhoneGroups(v []byte) bool {
	groups, digits, run := 0, 0, 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && v[i]-'0' <= 9 {
			run++
			digits++
			continue
		}
		if i < len(v) && bytes.IndexByte([]byte(" .-()/+"), v[i]) < 0 || run > 5 {
			return false
		}
		if run > 1 {
			groups++
		}
		run = 0
	}
	return groups >= 3 && digits >= 10 && digits <= 13 && !parseDate(v).plausible() || groups == 3 && digits >= 9 && v[0] == '0'
}

// isSigned tells digits, and signs and blanks between them.
func isSigned(v []byte) bool {
	for _, b := range v {
		if (b < '0' || b > '9') && bytes.IndexByte([]byte(" .-/()+_x"), b) < 0 && b < 0x80 {
			return false
		}
	}
	return true
}

func isDecimal(v []byte) bool {
	v = bytes.TrimLeft(v, "-+")
	i := bytes.IndexAny(v, ".,")
	return i > 0 && allDigits(v[:i]) && allDigits(v[i+1:])
}

// isMaskedNIR tells a NIR of which a part is hidden: "1 85 05 78 *** *** **".
func isMaskedNIR(v []byte) bool {
	if len(v) < 13 || len(v) > 24 || v[0] != '1' && v[0] != '2' {
		return false
	}
	n, hidden := 0, 0
	for _, b := range v {
		switch {
		case b >= '0' && b <= '9':
			n++
		case b == '*' || b == 'X' || b == 'x' || b == '#':
			n++
			hidden++
		case b == ' ' || b == '.' || b == '-' || b == 'A' || b == 'B':
		default:
			return false
		}
	}
	return hidden >= 2 && n-hidden >= 3 && (n == 13 || n == 15)
}

func (c *column) lookInteger(v []byte) {
	c.has[tInteger]++
	c.is(tZero, len(v) > 1 && v[0] == '0')
	c.is(tThirteen, len(v) == 13)
	if len(v) > 18 {
		return
	}
	n, _ := strconv.ParseInt(string(v), 10, 64)
	c.is(tYear, n >= 1900 && n <= 2035 && len(v) == 4)
	c.is(tMonth, n >= 1 && n <= 12)
	c.is(tDay, n >= 1 && n <= 31)
	c.is(tAge, n <= 110)
	c.is(tSmall, n < 200)
	c.is(tUnix, len(v) <= 10 && n >= 1e8 && n < 2.2e9)
	c.is(tUnixMilli, len(v) >= 12 && n >= 1e11 && n < 2.2e12 || isFiletime(v, n))
	c.is(tSexDigit, n == 1 || n == 2)
	c.is(tBit, n == 0 || n == 1)
	c.is(tGrows, n > c.last)
	c.is(tNext, n == c.last+1)
	c.last = n
}

// lookCode tells postcodes and commune codes, which have five characters both:
// most postcodes end in 0, Corsica is 20 in the one and 2A or 2B in the other,
// and 99 is abroad in commune codes alone.
func (c *column) lookCode(v []byte, g glance) {
	if len(v) == 7 && bytes.HasSuffix(v, []byte(".0")) {
		v = v[:5]
	}
	switch {
	case len(v) == 5 && allDigits(v), len(v) == 4 && g.digits == 4 && v[0] != '0':
		// Of four digits, the zero of 01 to 09 was lost.
		c.has[tFive]++
		c.is(tTens, v[len(v)-1] == '0')
		c.is(tAbroad, len(v) == 5 && v[0] == '9' && v[1] == '9')
		if len(v) == 5 {
			c.departmentSeen(v)
		}
	case len(v) == 5 && v[0] == '2' && (v[1] == 'A' || v[1] == 'B') && allDigits(v[2:]):
		c.has[tFive]++
		c.has[tCorsica]++
	}
	c.is(tDepartment, isDepartment(v))
}

func (c *column) departmentSeen(v []byte) {
	if c.departments == nil {
		c.departments = map[[2]byte]bool{}
	}
	c.departments[[2]byte{v[0], v[1]}] = true
}

// isDepartment tells the code of a department: 01 to 95, 2A, 2B, 971 to 989.
func isDepartment(v []byte) bool {
	switch len(v) {
	case 1:
		return v[0] >= '1' && v[0] <= '9'
	case 2:
		n := two(v)
		return n >= 1 && n <= 95 && n != 20 || v[0] == '2' && (v[1] == 'A' || v[1] == 'B' || v[1] == 'a' || v[1] == 'b')
	case 3:
		return v[0] == '9' && (v[1] == '7' || v[1] == '8') && v[2] >= '0' && v[2] <= '9'
	}
	return false
}

// lookMixed studies what may have digits and letters.
func (c *column) lookMixed(v []byte, g glance, d ident.Verdict) {
	if len(v) >= 22 && len(v) <= 2*64+16 && g.digits < len(v) {
		if _, ok := matchers.ReadDigest(string(v)); ok {
			c.digest++
		}
	}
	c.dated = c.dated && g.digits > 0
	if g.digits < len(v) && isHashed(v) {
		c.has[tHash]++
		c.hashName(v)
		return
	}
	c.is(tToken, d.Shaped.Has(ident.Secret) || d.Shaped.Has(ident.JWT))
	c.is(tBIC, ident.IsBIC(v))
	c.is(tURL, isURL(v) || g.digits == 0 && d.Shaped.Has(ident.URL))
	c.is(tDomain, g.digits == 0 && d.Shaped.Has(ident.Domain) && endsAsDomain(v))
	blank := bytes.IndexByte(v, ' ') >= 0
	if !blank && g.digits < len(v) {
		c.has[tUnbroken]++
		c.lookSecret(v, g)
	}
	if g.digits == len(v) && len(v) >= 4 && commonPasswords()[string(v)] {
		c.has[tCommonPassword]++
	}
	if g.digits == len(v) || c.dated || g.digits > 12 {
		return
	}
	word := key(v)
	var raw [12]string
	words := wordsOf(raw[:0], word)
	c.is(tHealth, isHealth(word, words))
	c.is(tCrime, len(words) > 1 && isCrime(words))
	if len(v) < 3 {
		return
	}
	c.lookStreet(word, words, g)
	c.is(tBenefit, isBenefit(word, words))
	c.is(tCompany, blank && (v[0] < 'a' || v[0] > 'z') && isCompany(word, words)) // a sentence is none
	c.is(tSchool, isSchool(words))
}

func (c *column) hashName(v []byte) {
	if c.hashes == nil {
		c.hashes = map[string]int32{}
	}
	if name := hashTypeOf(v); name != "" && (len(c.hashes) < 32 || c.hashes[name] > 0) {
		c.hashes[name]++
	}
}

// lookSecret tells what people choose as passwords and as names to log in with.
func (c *column) lookSecret(v []byte, g glance) {
	if len(v) < 3 || len(v) > 40 {
		return
	}
	upper, lower, other, edges := 0, 0, 0, 0
	for i, b := range v {
		switch {
		case b >= 'A' && b <= 'Z':
			upper++
			if i > 0 && v[i-1] >= 'a' && v[i-1] <= 'z' {
				edges++
			}
		case b >= 'a' && b <= 'z':
			lower++
		case b >= '0' && b <= '9':
			if i+1 < len(v) && isLetter(v[i+1]) {
				edges++ // a digit in front of a letter
			}
		case b != '.' && b != '-' && b != '_' && b < 0x80:
			other++
		}
	}
	letters := upper + lower
	c.is(tLogin, other == 0 && lower > upper && len(v) <= 24 && v[0] != '.' && v[0] != '-')
	common := isCommonPassword(v)
	c.is(tCommonPassword, common)
	strong := letters >= 2 && len(v) >= 6 && (edges >= 1 && lower >= 1 && (g.digits > 0 || upper > 1) || other >= 1 && bytes.IndexByte(v, '/') < 0)
	c.is(tPassword, strong || common)
}

// isCommonPassword looks a password up as it is, and without what rules for
// passwords make people add.
func isCommonPassword(v []byte) bool {
	word := strings.ToLower(string(v))
	return commonPasswords()[word] || commonPasswords()[strings.TrimRight(word, "0123456789!?*.$@#+-_")]
}

// lookWords studies letters, and what stands between them in names.
func (c *column) lookWords(v []byte, o *Options) {
	if len(v) > 80 || !isWords(v) {
		return
	}
	c.has[tWords]++
	word := key(v)
	bare := strings.Trim(word, " .")
	if b, ok := beliefOf()[bare]; ok {
		c.beliefs[b]++
	}
	c.is(tSexWord, sexWords[bare] != "")
	c.is(tTitle, titles()[bare])
	c.is(tKin, isKin(bare))
	c.is(tBoolean, booleans()[bare])
	c.is(tMonthName, len(bare) >= 3 && monthOf(v))
	c.is(tFamily, isFamily(bare))
	c.is(tJob, isJob(word))
	c.is(tCapitals, strings.ToUpper(string(v)) == string(v))
	c.is(tInitial, len(bare) == 1)
	c.is(tComma, strings.IndexByte(word, ',') > 0)
	if countries()[word] != "" {
		c.has[tCountry]++
		c.is(tCountryName, len(word) > 3)
		c.is(tCountryUsual, usualCountries()[word])
	}
	c.is(tNationality, isNationality(word))
	c.is(tDepartmentName, departmentNames()[word])
	c.is(tCommune, o.Commune != nil && isCommune(word, o))
	if o.GivenName != nil && o.Surname != nil {
		c.lookName(word, o)
	}
}

func monthOf(v []byte) bool {
	m, n := monthName(v)
	return m > 0 && n >= len(v)-1
}

// isCommune looks a commune up as it stands, then without the signs between
// words, with SAINT written out, and without what the post adds.
func isCommune(word string, o *Options) bool {
	if o.Commune(word) {
		return true
	}
	if !strings.ContainsAny(word, " -'.") {
		return false
	}
	var raw [96]byte
	out := raw[:0]
	for w := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == ' ' || r == '-' || r == '\'' || r == '.' }) {
		if w == "CEDEX" {
			break
		}
		if len(out) > 0 {
			out = append(out, ' ')
		}
		switch w {
		case "ST":
			w = "SAINT"
		case "STE":
			w = "SAINTE"
		}
		out = append(out, w...)
	}
	return o.Commune(string(out))
}

// isWords tells letters with the signs that names have.
func isWords(v []byte) bool {
	for i := 0; i < len(v); {
		if b := v[i]; b < utf8.RuneSelf {
			if !isLetter(b) && strings.IndexByte(" -'.,()", b) < 0 {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(v[i:])
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && r != '’' {
			return false
		}
		i += n
	}
	return true
}

// isAddressed tells a civility, or what one is to another: what stands before a
// name.
func isAddressed(word string) bool {
	word = strings.TrimSuffix(word, ".")
	return titles()[word] || kin()[word]
}

// rare is a share of people below which a word says little: it keeps unknown
// words from leaning to either side.
const rare = 1e-6

// lookName weighs each word as given name against surname by the logarithm of
// its shares among people.
func (c *column) lookName(name string, o *Options) {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' || r == '-' })
	if len(words) > 1 && isAddressed(words[0]) {
		c.has[tTitled]++
		words = words[1:]
		_, name, _ = strings.Cut(name, " ")
	}
	if len(words) == 0 {
		return
	}
	c.is(tManyWords, len(words) > 3)
	words = words[:min(len(words), 6)]
	var sum, first, last float64
	known := false
	for i, w := range words {
		l, ok := lean(w, o)
		known = known || ok
		sum += l
		if i == 0 {
			first = l
		}
		last = l
	}
	c.leaning += sum / float64(len(words))
	c.is(tKnown, known)
	switch {
	case len(words) < 2 || strings.IndexByte(name, ' ') < 0:
	case first-last > 1.5 && first > 0.5:
		c.has[tPairGivenFirst]++
	case last-first > 1.5 && last > 0.5:
		c.has[tPairSurnameFirst]++
	}
}

// lean is above zero for given names, below for surnames, at most 4 either way.
func lean(w string, o *Options) (l float64, known bool) {
	given, surname := o.GivenName(w), o.Surname(w)
	l = math.Log((given + rare) / (surname + rare))
	return max(-4, min(4, l)), given > rare || surname > rare
}
