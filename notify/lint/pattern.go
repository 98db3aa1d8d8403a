package lint

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// pattern matches whatever the case. It is written in lower case and sees the
// text in lower case: a regexp that folds case itself is several times slower.
// It is compiled when first needed, and asked only of texts that hold one of
// the pieces without which it cannot match.
type pattern struct {
	source string
	get    func() *regexp.Regexp
	needs  func() [][]uint16 // the trigrams of each piece; nil where there is no such choice
}

func re(lower string) *pattern {
	return &pattern{lower, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(lower) }), sync.OnceValue(func() (list [][]uint16) {
		parsed, err := syntax.Parse(lower, syntax.Perl)
		if err != nil {
			return nil // get says what is wrong with it
		}
		for _, piece := range piecesOf(parsed.Simplify()) {
			list = append(list, trigramsOf(piece))
		}
		return list
	})}
}

// MatchString tells whether the pattern stands in a text.
func (p *pattern) MatchString(s string) bool { return p.says(fold(s)) }

// says tells whether the pattern stands in a text that is folded.
func (p *pattern) says(folded string) bool { return p.may(folded) && p.get().MatchString(folded) }

// index is where the pattern first stands in a folded text, -1 if nowhere.
func (p *pattern) index(folded string) int {
	if !p.may(folded) {
		return -1
	}
	m := p.get().FindStringIndex(folded)
	if m == nil {
		return -1
	}
	return m[0]
}

// first is where the pattern first stands in a folded text, with its groups;
// all is everywhere, and places the same as offsets.
func (p *pattern) first(folded string) []string {
	if !p.may(folded) {
		return nil
	}
	return p.get().FindStringSubmatch(folded)
}

func (p *pattern) all(folded string) [][]string {
	if !p.may(folded) {
		return nil
	}
	return p.get().FindAllStringSubmatch(folded, -1)
}

func (p *pattern) places(folded string) [][]int {
	if !p.may(folded) {
		return nil
	}
	return p.get().FindAllStringSubmatchIndex(folded, -1)
}

// may is false where no piece of the pattern stands in the text.
func (p *pattern) may(folded string) bool {
	pieces := p.needs()
	if pieces == nil {
		return true
	}
	var seen [trigrams / 64]uint64 // a Bloom filter, so that a piece may be believed there that is not
	for i := 1; i < len(folded); i++ {
		t := trigram(0, folded[i-1], folded[i])
		seen[t>>6] |= 1 << (t & 63)
		if i > 1 {
			t = trigram(folded[i-2], folded[i-1], folded[i])
			seen[t>>6] |= 1 << (t & 63)
		}
	}
search:
	for _, piece := range pieces {
		for _, t := range piece {
			if seen[t>>6]>>(t&63)&1 == 0 {
				continue search
			}
		}
		return true
	}
	return false
}

const (
	trigrams   = 4096 // a text's trigrams are marked in as many bits
	mostPieces = 2048 // more of them cost as much as asking
)

// trigram is the bit of three bytes, or of two after a zero. All digits are one.
func trigram(a, b, c byte) uint16 {
	h := (uint32(digit(a))<<16 | uint32(digit(b))<<8 | uint32(digit(c))) * 2654435761 // Knuth's multiplicative hash
	return uint16(h >> 20)
}

func digit(b byte) byte {
	if b-'0' < 10 {
		return '0'
	}
	return b
}

func trigramsOf(piece string) (list []uint16) {
	if len(piece) == 2 {
		return []uint16{trigram(0, piece[0], piece[1])}
	}
	for i := 0; i+3 <= len(piece); i++ {
		list = append(list, trigram(piece[i], piece[i+1], piece[i+2]))
	}
	return list
}

// piecesOf are texts of which every match of an expression holds at least one,
// each of two bytes or more; nil if there is no such choice. The idea is that
// of Cox's trigram index (2012).
func piecesOf(e *syntax.Regexp) []string {
	if all := spellings(e); all != nil {
		return usable(all)
	}
	switch e.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return piecesOf(e.Sub[0])
	case syntax.OpRepeat:
		if e.Min > 0 {
			return piecesOf(e.Sub[0])
		}
	case syntax.OpConcat:
		return piecesOfRun(e.Sub)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range e.Sub {
			p := piecesOf(sub)
			if p == nil || len(all)+len(p) > mostPieces {
				return nil
			}
			all = append(all, p...)
		}
		return all
	}
	return nil
}

// piecesOfRun takes the rarest choice among expressions that follow each other,
// those whose spellings can be listed together.
func piecesOfRun(list []*syntax.Regexp) (best []string) {
	take := func(p []string) {
		if p = usable(p); p != nil && (best == nil || rarer(p, best)) {
			best = p
		}
	}
	run := []string{""}
	for _, e := range list {
		all := spellings(e)
		if longer := crossed(run, all); longer != nil {
			run = longer
			continue
		}
		take(run)
		if run = all; all == nil {
			run = []string{""}
			take(piecesOf(e))
		}
	}
	take(run)
	return best
}

const mostSpellings = 64

// spellings are all the texts that an expression matches; nil if they are too
// many, or not known. Where a text begins or ends is not looked at.
func spellings(e *syntax.Regexp) []string {
	switch e.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		if e.Flags&syntax.FoldCase == 0 {
			return []string{string(e.Rune)}
		}
	case syntax.OpCharClass:
		if len(e.Rune) == 2 && e.Rune[0] == '0' && e.Rune[1] == '9' {
			return []string{"0"} // as trigram sees them
		}
		var all []string
		for i := 0; i < len(e.Rune); i += 2 {
			for r := e.Rune[i]; r <= e.Rune[i+1]; r++ {
				if all = append(all, string(r)); len(all) > 8 {
					return nil
				}
			}
		}
		return all
	case syntax.OpCapture:
		return spellings(e.Sub[0])
	case syntax.OpQuest:
		if all := spellings(e.Sub[0]); all != nil {
			return append([]string{""}, all...)
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range e.Sub {
			all = crossed(all, spellings(sub))
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range e.Sub {
			more := spellings(sub)
			if all = append(all, more...); more == nil || len(all) > mostSpellings {
				return nil
			}
		}
		return all
	}
	return nil
}

// crossed are the texts of one list each followed by those of another.
func crossed(a, b []string) (all []string) {
	if len(a)*len(b) > mostSpellings {
		return nil
	}
	for _, x := range a {
		for _, y := range b {
			all = append(all, x+y)
		}
	}
	return all
}

// usable is the list if each of its texts can be looked for.
func usable(list []string) []string {
	if len(list) == 0 || shortest(list) < 2 {
		return nil
	}
	return list
}

// rarer tells which choice fewer texts are likely to meet: by its shortest
// piece up to six bytes, then by how many there are.
func rarer(a, b []string) bool {
	x, y := min(shortest(a), 6), min(shortest(b), 6)
	return x > y || x == y && len(a) < len(b)
}

func shortest(pieces []string) int {
	n := len(pieces[0])
	for _, p := range pieces {
		n = min(n, len(p))
	}
	return n
}
