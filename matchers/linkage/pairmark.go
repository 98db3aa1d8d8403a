package linkage

import "math/bits"

// mark is what is needed of a text to see at once that another is unlike it:
// most pairs are of strangers. A mark only ever proves that a comparison letter
// by letter would fail; it never changes an answer.
type mark struct {
	bag   uint64 // letters, each kind counted up to two: two bits for each of 32 kinds
	head  uint32 // the first four letters
	words uint32 // a set of hashed words
	part  uint32 // hash of what is compared besides: the sound of a name, the number of a street
	size  uint8  // letters that are compared
	alone bool   // one word
	usual bool   // a usual short form of other names
	vague bool   // a lost letter agrees with any: the mark proves nothing
}

// markOf makes the mark of a text of several words.
func markOf(text, part string, words []string) mark {
	s := mark{size: uint8(len(clip(text))), alone: len(words) == 1, part: uint32(hashText(0, part))}
	for i := range len(clip(text)) {
		c := text[i]
		s.vague = s.vague || c == '?'
		one := uint64(1) << (2 * (c & 31))
		s.bag |= one | s.bag&one<<1
		if i < 4 {
			s.head |= uint32(c) << (8 * i)
		}
	}
	for _, w := range words {
		s.words |= 1 << (hashText(1, w) & 31)
	}
	if len(words) > 0 {
		_, s.usual = nicknames[words[0]]
	}
	return s
}

// beyond tells that more than limit letters must change to make one text of the
// other: as many as one has and the other lacks.
func (s *mark) beyond(o *mark, limit int) bool {
	return (bits.OnesCount64(s.bag&^o.bag) > limit || bits.OnesCount64(o.bag&^s.bag) > limit) && !s.vague && !o.vague
}

// apart tells that two texts have no word in common.
func (s *mark) apart(o *mark) bool { return s.words&o.words == 0 }

// below tells that the Jaro-Winkler similarity of two texts is under a limit.
func (s *mark) below(o *mark, limit int) bool {
	if s.vague || o.vague || s.size == 0 || o.size == 0 {
		return false
	}
	a, b := uint32(s.size), uint32(o.size)
	matches := min(a-uint32(bits.OnesCount64(s.bag&^o.bag)), b-uint32(bits.OnesCount64(o.bag&^s.bag)))
	jaro := int(1000*matches/a+1000*matches/b+1000) / 3
	prefix := 0
	if x := s.head ^ o.head; x&0xff == 0 {
		prefix = min(4, bits.TrailingZeros32(x)/8, int(a), int(b))
	}
	return jaro+prefix*(1000-jaro)/10 < limit
}

// strange tells that two names of one word have nothing in common.
func (s *mark) strange(o *mark) bool {
	return s.alone && o.alone && s.head&0xff != o.head&0xff && !s.usual && !o.usual &&
		s.beyond(o, 2) && (s.below(o, 700) || s.part != o.part && s.below(o, 730))
}
