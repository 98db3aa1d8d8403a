package ident

import (
	"strconv"
	"strings"
)

// Shapes are written in a small language. Characters stand for themselves, and
// <class count> for a run: <h32> is 32 hexadecimal digits, <d1-6> one to six
// digits, <s+> one or more, <t*> any number. Classes are
//
//	h hexadecimal   U in capitals   m mixing letters and digits
//	d digits        w letters and digits   z capitals and digits
//	i letters, digits, . and /           (crypt)
//	b letters, digits, +, / and =        (base64)
//	u letters, digits, -, _, = and .     (base64url)
//	k letters, digits, - and _           (one part of a token)
//	p letters, digits, +, /, = and .     (passlib)
//	c s t f: anything but : $ * #
//	r anything
const (
	cHex uint16 = 1 << iota
	cUpperHex
	cMixed
	cDigit
	cWord
	cCapital
	cCrypt
	cBase64
	cURL
	cPasslib
	cNoColon
	cNoDollar
	cNoStar
	cNoHash
	cAny
	cToken

	anyHex = cHex | cUpperHex | cMixed
)

// hashClasses are the classes of each byte.
var hashClasses = func() (t [256]uint16) {
	for i := range t {
		c := byte(i)
		k := cAny
		set := func(class uint16, in bool) {
			if in {
				k |= class
			}
		}
		alnumeric := is(c, alnum)
		set(cHex|cMixed, isHex(c))
		set(cUpperHex, isHex(c) && !is(c, lower))
		set(cDigit, is(c, digit))
		set(cWord, alnumeric)
		set(cCapital, is(c, upper|digit))
		set(cCrypt, alnumeric || c == '.' || c == '/')
		set(cBase64, alnumeric || c == '+' || c == '/' || c == '=')
		set(cURL, alnumeric || c == '-' || c == '_' || c == '=' || c == '.')
		set(cPasslib, alnumeric || c == '+' || c == '/' || c == '=' || c == '.')
		set(cNoColon, c != ':')
		set(cNoDollar, c != '$')
		set(cNoStar, c != '*')
		set(cNoHash, c != '#')
		set(cToken, alnumeric || c == '-' || c == '_')
		t[i] = k
	}
	return t
}()

var classOf = map[byte]uint16{
	'h': cHex, 'U': cUpperHex, 'm': cMixed, 'd': cDigit, 'w': cWord, 'z': cCapital, 'i': cCrypt, 'b': cBase64, 'u': cURL, 'p': cPasslib,
	'c': cNoColon, 's': cNoDollar, 't': cNoStar, 'f': cNoHash, 'k': cToken, 'r': cAny,
}

// compile turns a shape into steps. The table is ours: a slip in it is found by
// a test, not at run time.
func compile(shape string) []step {
	var steps []step
	for shape != "" {
		open := strings.IndexByte(shape, '<')
		if open < 0 {
			return append(steps, step{literal: shape})
		}
		if open > 0 {
			steps = append(steps, step{literal: shape[:open]})
		}
		end := open + strings.IndexByte(shape[open:], '>')
		steps = append(steps, run(shape[open+1:end]))
		shape = shape[end+1:]
	}
	return steps
}

func run(s string) step {
	st := step{class: classOf[s[0]]}
	switch count := s[1:]; count {
	case "*":
		st.most = maxHash
	case "+":
		st.least, st.most = 1, maxHash
	default:
		low, high, isRange := strings.Cut(count, "-")
		st.least, _ = strconv.Atoi(low)
		st.most = st.least
		if isRange {
			st.most, _ = strconv.Atoi(high)
		}
	}
	return st
}

// fits tells whether v is made of the steps. Runs are as long as they can be,
// so a class must not hold the character that follows it unless its length is
// fixed: time is linear.
func fits(steps []step, v []byte) bool {
	for i := range steps {
		st := &steps[i]
		if n := len(st.literal); n > 0 {
			if len(v) < n || string(v[:n]) != st.literal {
				return false
			}
			v = v[n:]
			continue
		}
		n, most := 0, min(st.most, len(v))
		for n < most && hashClasses[v[n]]&st.class != 0 {
			n++
		}
		if n < st.least || st.class == cMixed && !mixedHex(v[:n]) {
			return false
		}
		v = v[n:]
	}
	return len(v) == 0
}

// mixedHex tells numbers and words from hexadecimal.
func mixedHex(v []byte) bool {
	d := count(v, digit)
	return d > 0 && d < len(v)
}
