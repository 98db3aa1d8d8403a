package dump

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// canaryWatch looks for canaries in every row that Inspect studies, whatever the
// columns are called or mean. A row is first asked for values that hold digits
// or an at sign, by a quick hash; names are looked at where one was found.
type canaryWatch struct {
	c       *Canaries
	seed    uint64
	quick   []uint64               // a bit for each quick hash
	who     map[[12]byte][]whoSlot // digests without the quick hash
	seen    map[int]*canarySeen    // by their place in People
	hits    map[int]uint32         // slots found in the row at hand
	words   [][12]byte             // what may be names in it
	scratch []byte
}

type whoSlot struct{ person, slot int }

// canarySeen is what was found of one canary.
type canarySeen struct {
	fields  uint32 // bits of foundFields
	twofold bool   // in one row by two things that do not follow from each other
	other   bool   // by something else than names and birth date
	rows    []canaryRow
}

type canaryRow struct {
	table *surveyed
	row   int64
}

// maxCanaryRows bounds the rows of one canary that are remembered.
const maxCanaryRows = 64

const quickBits = 20

func newCanaryWatch(c *Canaries) *canaryWatch {
	if c == nil || len(c.People) == 0 {
		return nil
	}
	w := &canaryWatch{c: c, seed: c.seed(), quick: make([]uint64, 1<<quickBits/64), who: map[[12]byte][]whoSlot{}, seen: map[int]*canarySeen{}, hits: map[int]uint32{}}
	for person := range c.People {
		for slot := range numSlots {
			d := c.People[person].Digests
			if len(d) != numSlots*digestSize {
				continue
			}
			if d = d[slot*digestSize:][:digestSize]; bytes.Count(d, []byte{0}) == digestSize {
				continue
			}
			q := binary.LittleEndian.Uint32(d[digestSize-quickSize:]) >> (32 - quickBits)
			w.quick[q/64] |= 1 << (q % 64)
			if key := [12]byte(d); slot < slotBirthName { // names are asked for of whom else was found
				w.who[key] = append(w.who[key], whoSlot{person, slot})
			}
		}
	}
	return w
}

// may passes over nearly all values that are nobody's.
func (w *canaryWatch) may(v []byte) bool {
	return len(v) > 0 && w.bit(quick(w.seed, v))
}

func (w *canaryWatch) bit(q uint32) bool {
	q >>= 32 - quickBits
	return w.quick[q/64]&(1<<(q%64)) != 0
}

// ask notes whose value this is, if it may be in one of the slots.
func (w *canaryWatch) ask(v []byte, slots uint32) {
	if !w.may(v) {
		return
	}
	for _, x := range w.who[[12]byte(w.c.digest(v))] {
		if slots&(1<<x.slot) != 0 {
			w.hits[x.person] |= 1 << x.slot
		}
	}
}

const (
	wholeSlots = 1<<slotID | 1<<slotEmail | 1<<slotNIR
	daySlots   = 31 << slotDay
	surSlots   = 1<<slotBirthName | 1<<slotUsageName
)

// maxTelling is the longest value that may tell somebody, in bytes.
const maxTelling = 96

// look looks through one row.
func (w *canaryWatch) look(t *surveyed, cells [][]byte) {
	for _, v := range cells {
		if len(v) >= 3 && len(v) <= maxTelling {
			w.cell(v)
		}
	}
	if len(w.hits) == 0 {
		return
	}
	w.words = w.words[:0]
	for _, v := range cells {
		w.names(v)
	}
	for person, found := range w.hits {
		fields, twofold := judge(found | w.named(person))
		if fields == 0 {
			continue
		}
		s := w.seen[person]
		if s == nil {
			s = &canarySeen{}
			w.seen[person] = s
		}
		s.fields |= fields
		s.twofold = s.twofold || twofold
		s.other = s.other || fields != 1<<fieldBirth
		if len(s.rows) < maxCanaryRows {
			s.rows = append(s.rows, canaryRow{t, t.row})
		}
	}
	clear(w.hits)
}

// squeezed are the small letters and digits that squeeze keeps, 0 for others.
var squeezed = func() (t [256]byte) {
	for b := range t {
		if out := squeeze(nil, []byte{byte(b)}); len(out) > 0 {
			t[b] = out[0]
		}
	}
	return t
}()

// cell asks for what stands in one value: an id, an e-mail address, a number, a
// day. One pass tells what it may be and gives the quick hash of the whole.
func (w *canaryWatch) cell(v []byte) {
	h, digits, n, at := w.seed^quickOffset, 0, 0, false
	for _, b := range v {
		c := squeezed[b]
		if c == 0 {
			at = at || b == '@'
			continue
		}
		if n++; c <= '9' {
			digits++
		}
		h = (h ^ uint64(c)) * quickPrime
	}
	if digits == 0 && !at {
		return
	}
	if w.bit(fold32(h)) {
		w.scratch = squeeze(w.scratch[:0], v)
		w.ask(w.scratch, wholeSlots)
	}
	if letters := n - digits; letters > 2 && n != nirDigits+2 || digits < 4 {
		return // "2006-03-09T00:00:00Z" has two
	} else if letters == 0 && digits >= phoneDigits || n == nirDigits+2 {
		w.scratch = squeeze(w.scratch[:0], v)
		w.ask(w.scratch[n-phoneDigits:], 1<<slotPhone)
		if n == nirDigits+2 {
			w.ask(w.scratch[:nirDigits], 1<<slotNIR)
		}
	}
	w.scratch = dayKey(w.scratch[:0], v)
	w.ask(w.scratch, daySlots)
}

// nameWords and longestName bound what is looked for names: a value of more
// words is running text.
const (
	nameWords   = 8
	longestName = 4
)

// names asks for every run of words of a value, so that names are found in
// columns of their own and together.
func (w *canaryWatch) names(v []byte) {
	if len(v) > maxTelling || len(v) < 2 || bytes.IndexByte(v, '@') >= 0 {
		return // names in an address tell no more than the address
	}
	words := bytes.FieldsFunc(appendKey(w.scratch[:0], v), func(r rune) bool { return r < 'A' || r > 'Z' && r < 0x80 })
	if len(words) > nameWords {
		return
	}
	for i := range words {
		var run []byte
		for j := i; j < min(len(words), i+longestName); j++ {
			run = append(run, words[j]...)
			if w.may(run) {
				w.words = append(w.words, [12]byte(w.c.digest(run)))
			}
		}
	}
}

// named tells which names of somebody stand in the row.
func (w *canaryWatch) named(person int) (found uint32) {
	for slot := slotBirthName; slot < numSlots; slot++ {
		if slices.Contains(w.words, [12]byte(w.c.People[person].Digests[slot*digestSize:])) {
			found |= 1 << slot
		}
	}
	return found
}
