package ident

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
)

// HashType is a way passwords are hashed.
type HashType struct {
	Mode int    // of hashcat, -1 where it has none
	Name string // as hashcat names it, shortened
}

// Limits of what is taken for a hash.
const (
	minHash = 8
	maxHash = 64 << 10 // encrypted archives and key files are that long
)

// HashTypes appends to dst the types whose hashes have the shape of v, the most
// likely first. Many share one: 32 hexadecimal digits may be any of a dozen,
// and only an owner knows. Ordinary words and numbers get no candidates. It
// allocates what dst needs, and tables once.
func HashTypes(v []byte, dst []HashType) []HashType {
	if !mayBeHash(v) {
		return dst
	}
	t := hashTable()
	from := len(dst)
	var found [maxCandidates]uint16
	n := t.candidates(v, &found)
	for _, i := range found[:n] {
		s := &t.specs[i]
		known := false
		for _, h := range dst[from:] {
			known = known || h.Mode == s.mode && h.Name == s.name
		}
		if !known {
			dst = append(dst, HashType{s.mode, s.name})
		}
	}
	return dst
}

// IsHash tells whether v has the shape of at least one type of hash, those left
// out that short random passwords have too.
func IsHash(v []byte) bool {
	if !mayBeHash(v) {
		return false
	}
	var found [maxCandidates]uint16
	t := hashTable()
	n := t.candidates(v, &found)
	for _, i := range found[:n] {
		if !t.specs[i].weak {
			return true
		}
	}
	return false
}

// maxCandidates is above the most that one shape has in the table.
const maxCandidates = 64

// mayBeHash rejects most values by a look: too short, blanks, no digit, digits
// alone, an address.
func mayBeHash(v []byte) bool {
	if len(v) < minHash || len(v) > maxHash {
		return false
	}
	switch v[0] {
	case '$', '{', '@', '(', '_', ':': // signatures
		return true
	}
	head := v[:min(len(v), 24)]
	digits, at := 0, false
	for _, c := range head {
		switch {
		case c-'0' <= 9:
			digits++
		case c < ' ' || c >= 0x7f || c == ' ' && v[0] != 'S': // S:"Config Passphrase"
			return false
		case c == '@':
			at = true
		}
	}
	if at && bytes.IndexByte(v, ':') < 0 || digits == len(v) {
		return false
	}
	return digits > 0 || len(v) >= 16
}

// A spec is the shape of one type, as steps.
type spec struct {
	mode  int
	name  string
	weak  bool // words have this shape too: v must look scrambled
	steps []step
	least int // bytes
	most  int
	need  byte // must stand somewhere in v, 0 for nothing
}

// step is a literal, or a run of a class of characters.
type step struct {
	literal     string
	class       uint16
	least, most int
}

// table finds the specs that a value may fit by how it begins.
type table struct {
	specs   []spec
	literal map[[3]byte][]uint16 // specs that begin with a literal, by its first bytes
	hex     map[int][]uint16     // specs that begin with so many hexadecimal digits and no more
	rest    []uint16
}

var hashTable = sync.OnceValue(func() *table {
	t := &table{hex: map[int][]uint16{}, literal: map[[3]byte][]uint16{}}
	for _, part := range [...]string{rawHashes, saltedHashes, systemHashes, webHashes, networkHashes, fileHashes, walletHashes, diskHashes} {
		t.read(part)
	}
	return t
})

// read compiles lines of mode|name|shape. An empty name repeats that of the mode.
func (t *table) read(text string) {
	names := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		mode, rest, _ := strings.Cut(line, "|")
		label, shape, _ := strings.Cut(rest, "|")
		if label != "" {
			names[mode] = label
		}
		s := spec{name: names[mode]}
		s.mode, _ = strconv.Atoi(mode)
		s.weak = strings.HasPrefix(shape, "?")
		s.steps = compile(strings.TrimPrefix(shape, "?"))
		s.measure()
		t.add(s)
	}
}

// measure tells what values may fit without trying.
func (s *spec) measure() {
	for _, st := range s.steps {
		s.least += st.least + len(st.literal)
		s.most += st.most + len(st.literal)
		if s.need == 0 && st.literal != "" {
			s.need = st.literal[0]
		}
	}
}

// opening is the key of a literal: three bytes, or fewer and zeros.
func opening[T string | []byte](v T) (k [3]byte) {
	copy(k[:], v)
	return k
}

func (t *table) add(s spec) {
	i := uint16(len(t.specs))
	t.specs = append(t.specs, s)
	first := s.steps[0]
	switch {
	case first.literal != "":
		k := opening(first.literal)
		t.literal[k] = append(t.literal[k], i)
	case first.class&^anyHex == 0 && first.least == first.most && (len(s.steps) == 1 || s.steps[1].literal != "" && !isHex(s.steps[1].literal[0])):
		t.hex[first.most] = append(t.hex[first.most], i)
	default:
		t.rest = append(t.rest, i)
	}
}

// candidates writes the specs that v fits, in the order of the table.
func (t *table) candidates(v []byte, found *[maxCandidates]uint16) int {
	n := t.among(t.literal[opening(v)], v, found, 0)
	n = t.among(t.literal[opening(v[:2])], v, found, n)
	n = t.among(t.literal[opening(v[:1])], v, found, n)
	if isHex(v[0]) {
		run := 1
		for run < len(v) && isHex(v[run]) {
			run++
		}
		n = t.among(t.hex[run], v, found, n)
	}
	if v[0] == '$' {
		return n
	}
	var has [4]uint64
	for _, c := range v {
		has[c>>6] |= 1 << (c & 63)
	}
	var left [maxCandidates]uint16
	m := 0
	for _, i := range t.rest {
		s := &t.specs[i]
		if len(v) >= s.least && len(v) <= s.most && (s.need == 0 || has[s.need>>6]>>(s.need&63)&1 != 0) && m < maxCandidates {
			left[m] = i
			m++
		}
	}
	return t.among(left[:m], v, found, n)
}

// among adds the specs of a list that v fits to the n found, sorted.
func (t *table) among(list []uint16, v []byte, found *[maxCandidates]uint16, n int) int {
	for _, i := range list {
		s := &t.specs[i]
		if len(v) < s.least || len(v) > s.most || n == maxCandidates || !fits(s.steps, v) || s.weak && !scrambled(v) {
			continue
		}
		j := n
		for j > 0 && found[j-1] > i {
			found[j] = found[j-1]
			j--
		}
		found[j] = i
		n++
	}
	return n
}

// scrambled tells letters and digits too mixed for a word or a name: of random
// ones, six in ten stand beside another kind, or five in ten without digits.
func scrambled(v []byte) bool {
	changes, last, run := 0, uint8(0), 0
	digits := false
	for _, c := range v {
		k := classes[c] & (digit | upper | lower)
		if k != last {
			changes++
			run = 0
		}
		if run++; run > 7 && k == lower {
			return false
		}
		digits = digits || k == digit
		last = k
	}
	if digits {
		return changes*10 >= len(v)*4
	}
	return changes*10 >= len(v)*3
}
