package linkage

import (
	"math/bits"
	"strings"
)

// fieldKind tells how the values of a field are compared.
type fieldKind uint8

const (
	kindName fieldKind = iota
	kindDate
	kindText
	kindWord
	kindStreet
	kindPostcode
	kindCode
	kindEmail
	kindSex
	kindNumber // one person's own
)

// maxFields is how many fields fit in a pattern; pairLevels how many levels
// one has, "missing" included.
const (
	maxFields  = 16
	pairLevels = 16
)

// pattern is the outcome of comparing two records: four bits a field.
type pattern uint64

func (p pattern) level(f int) uint8 { return uint8(p >> (4 * f) & 15) }

func (p *pattern) set(f int, level uint8) { *p |= pattern(level) << (4 * f) }

// Levels of names.
const (
	wordExact   = iota + 1
	wordSubset  // every word of the shorter is in the longer
	wordTypo    // a letter or two off
	wordShort   // an initial, a beginning, a usual short form
	wordPart    // a word in common, others contradict
	wordNear    // sounds alike or nearly alike
	wordFuzzy   // alike
	wordFaint   // a little alike
	wordSwapped // stands in the column of the other name
	wordOther
)

// Levels of everything else.
const (
	textExact = iota + 1
	textTypo
	textNear // alike, or one is part of the other
	textOther

	streetExact = iota - 3
	streetClose // misspelt, the number the same
	streetName  // another number or none
	streetNear  // alike
	streetNumber
	streetOther

	postExact = iota - 9
	postTypo
	postArea // the first half
	postNear // the first two signs
	postOther

	codeExact = iota - 14
	codeTypo
	codeNear
	codeOther
)

// prepared guesses of m in parts per thousand: where EM starts, and what a few
// pairs are worth against it.
var startM = map[fieldKind][]uint64{
	kindName:     {720, 40, 60, 25, 15, 20, 15, 10, 10, 85},
	kindDate:     {780, 10, 50, 15, 15, 15, 25, 15, 10, 5, 10, 45, 5},
	kindText:     {700, 60, 40, 200},
	kindWord:     {850, 20, 10, 120},
	kindStreet:   {600, 90, 60, 50, 20, 180},
	kindPostcode: {700, 70, 60, 30, 140},
	kindCode:     {850, 70, 20, 60},
	kindNumber:   {850, 70, 20, 60},
	kindEmail:    {800, 40, 20, 140},
	kindSex:      {985, 0, 0, 15},
}

// compare brings two records together on every field.
func (f *pairFile) compare(i, j int32, memo *wordMemo) pattern {
	var p pattern
	one, two := f.row(i), f.row(j)
	s, o := f.card(i), f.card(j)
	for k, c := range f.fields {
		if c.kind == kindName {
			continue
		}
		if a, b := one[k], two[k]; a != 0 && b != 0 {
			p.set(k, c.compare(a, b, &s[k], &o[k]))
		}
	}
	f.compareNames(i, j, &p, memo)
	return p
}

// compare grades two values of a field other than a name, with their marks.
func (c *field) compare(a, b int32, s, o *mark) uint8 {
	if a == b {
		return 1
	}
	switch c.kind {
	case kindDate:
		return compareDays(unpackDay(s.bag), unpackDay(o.bag))
	case kindText, kindWord:
		if s.apart(o) && s.beyond(o, 2) && s.below(o, 900) {
			return textOther
		}
		return compareTexts(&c.values[a], &c.values[b])
	case kindStreet:
		if s.part != o.part && s.beyond(o, 2) && s.below(o, 830) {
			return streetOther
		}
		return compareStreets(&c.values[a], &c.values[b], s.beyond(o, 2), s.below(o, 830))
	case kindPostcode:
		return comparePostcodes(c.values[a].text, c.values[b].text, s.bag != o.bag, s.beyond(o, 1))
	case kindCode, kindNumber:
		if s.beyond(o, 2) {
			return codeOther
		}
		return compareCodes(c.values[a].text, c.values[b].text)
	case kindEmail:
		return compareMails(&c.values[a], &c.values[b])
	}
	return textOther
}

func compareTexts(a, b *value) uint8 {
	short := min(len(a.text), len(b.text))
	if short < 4 || strings.Trim(a.text, "0123456789") == "" {
		return textOther
	}
	if !unlike(a.set, b.set) {
		if d := distance(a.text, b.text, 2); d == 1 || d == 2 && short > 7 {
			return textTypo
		}
		if winkler(a.text, b.text) >= 900 {
			return textNear
		}
	}
	if shared, least := sharedTokens(a.tokens, b.tokens); shared > 0 && shared == least {
		return textNear
	}
	return textOther
}

// compareStreets grades two streets. Those far apart are not within two letters
// of each other, those unlike not alike.
func compareStreets(a, b *value, far, unlike bool) uint8 {
	ra, rb := a.tokens[0], b.tokens[0]
	number := a.house != "" && a.house == b.house
	alike := 0
	switch {
	case ra == "" || rb == "":
	case ra == rb:
		alike = 3
	case atMost(ra, rb, a.set, b.set) < 830:
	case !far && distance(ra, rb, 2) <= 2 && min(len(ra), len(rb)) > 4:
		alike = 2
	case unlike:
	default:
		if s := winkler(ra, rb); s >= 900 {
			alike = 2
		} else if s >= 830 {
			alike = 1
		}
	}
	switch {
	case alike >= 2 && number:
		return streetClose
	case alike == 3:
		return streetName
	case alike == 2 || alike == 1 && number:
		return streetNear
	case number:
		return streetNumber
	}
	return streetOther
}

// comparePostcodes grades two postcodes. Those with other signs are not the
// same in another order, those far apart not within one sign of each other.
func comparePostcodes(a, b string, other, far bool) uint8 {
	if !far && distance(a, b, 1) <= 1 || !other && len(a) == len(b) && sortedAlike(a, b) {
		return postTypo
	}
	half := func(s string) int { return max(2, (len(s)+1)/2) }
	if half(a) == half(b) && len(a) >= half(a) && len(b) >= half(b) && a[:half(a)] == b[:half(b)] {
		return postArea
	}
	if len(a) > 1 && len(b) > 1 && a[:2] == b[:2] {
		return postNear
	}
	return postOther
}

// sortedAlike tells two codes whose signs differ in two places by order.
func sortedAlike(a, b string) bool {
	return distance(a, b, 2) == 2 && letterSum(a) == letterSum(b)
}

func letterSum(s string) (n uint64) {
	for i := range len(s) {
		n += mix(uint64(s[i]))
	}
	return n
}

func compareCodes(a, b string) uint8 {
	switch distance(a, b, 2) {
	case 0, 1:
		return codeTypo
	case 2:
		return codeNear
	}
	return codeOther
}

func compareMails(a, b *value) uint8 {
	la, lb := localPart(a.text), localPart(b.text)
	switch {
	case la == lb && len(la) > 3:
		return codeTypo
	case !unlike(a.set, b.set) && distance(a.text, b.text, 2) <= 2:
		return codeTypo
	case winkler(la, lb) >= 900:
		return codeNear
	}
	return codeOther
}

// sharedTokens counts the words two texts share, and the words of the shorter.
func sharedTokens(a, b []string) (shared, least int) {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				shared++
				break
			}
		}
	}
	return shared, min(len(a), len(b))
}

// atMost bounds the Jaro-Winkler similarity of two texts from above by their
// letters: those of one that the other lacks cannot match.
func atMost(a, b string, setA, setB uint32) int {
	const other = 1 << 26
	if (setA|setB)&other != 0 || a == "" || b == "" {
		return 1000
	}
	matches := min(len(a)-bits.OnesCount32(setA&^setB), len(b)-bits.OnesCount32(setB&^setA))
	jaro := (1000*matches/len(a) + 1000*matches/len(b) + 1000) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + prefix*(1000-jaro)/10 + 1
}
