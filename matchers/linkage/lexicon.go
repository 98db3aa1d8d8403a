package linkage

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync/atomic"
)

// A lexicon holds each text of one kind once, with how many registered people
// bear it, the commonest first: numbers start at 1 and common texts have short
// ones. Entries are read when first asked for.
type lexicon[T any] struct {
	cells *cells
	slots []atomic.Pointer[T]
	make  func(e *lexeme) *T
	sets  []atomic.Uint32   // of names their letters, of towns a sign of their postcode, once asked for
	set   func(e *T) uint32 // what sets holds of an entry
}

// What sets holds.
const (
	setKnown   = 1 << 31
	setWhole   = 1 << 30 // letters alone do not say enough
	setLetters = setWhole - 1
)

// lexeme is an entry as it is written.
type lexeme struct {
	id      uint32 // from 1
	text    string
	count   uint64
	decades []uint64 // of a given name: how many bearers were born in each
}

// lexemes is how many entries one unit holds.
const lexemes = 16

// section says where a lexicon lies.
type section struct {
	Cells   cellsHead `json:"cells"`
	Entries uint64    `json:"entries"`
}

func openLexicon[T any](p *pages, s section, build func(*lexeme) *T) (*lexicon[T], error) {
	if s.Entries > uint64(len(p.slots))*pageSize {
		return nil, damaged("a lexicon of %d entries", s.Entries)
	}
	c, err := openCells(p, s.Cells)
	if err != nil {
		return nil, err
	}
	return &lexicon[T]{cells: c, slots: make([]atomic.Pointer[T], s.Entries), make: build}, nil
}

// at returns entry id.
func (l *lexicon[T]) at(id uint32) (*T, error) {
	if id == 0 || int(id) > len(l.slots) {
		return nil, damaged("entry %d of a lexicon of %d", id, len(l.slots))
	}
	if got := l.slots[id-1].Load(); got != nil {
		return got, nil
	}
	return l.load(id - 1)
}

func (l *lexicon[T]) load(i uint32) (*T, error) {
	e, err := l.read(i)
	if err != nil {
		return nil, err
	}
	got := l.make(&e)
	if !l.slots[i].CompareAndSwap(nil, got) {
		got = l.slots[i].Load() // one pointer for one name, whoever was faster
	}
	return got, nil
}

// lettered makes room for the letters of names.
func (l *lexicon[T]) lettered(set func(e *T) uint32) {
	l.sets, l.set = make([]atomic.Uint32, len(l.slots)), set
}

// letters returns those of entry id, side by side with those of others: the
// entry itself is not looked at again.
func (l *lexicon[T]) letters(id uint32) (uint32, error) {
	if id == 0 || int(id) > len(l.sets) {
		return 0, damaged("entry %d of a lexicon of %d", id, len(l.sets))
	}
	if got := l.sets[id-1].Load(); got != 0 {
		return got, nil
	}
	e, err := l.at(id)
	if err != nil {
		return 0, err
	}
	got := l.set(e) | setKnown
	l.sets[id-1].Store(got)
	return got, nil
}

// peek reads what letters will, for it to be near; 0 is nobody's number.
func (l *lexicon[T]) peek(id uint32) uint32 {
	if id == 0 || int(id) > len(l.sets) {
		return 0
	}
	return l.sets[id-1].Load()
}

// read reads an entry and keeps nothing.
func (l *lexicon[T]) read(i uint32) (lexeme, error) {
	unit, err := l.cells.cell(uint64(i / lexemes))
	if err != nil {
		return lexeme{}, err
	}
	r := reader{b: packed(unit, i%lexemes)}
	e := lexeme{id: i + 1, text: strings.Clone(r.text()), count: r.number()}
	for len(r.b) > 0 {
		e.decades = append(e.decades, r.number())
	}
	if r.bad || e.text == "" {
		return lexeme{}, damaged("entry %d of a lexicon", i+1)
	}
	return e, nil
}

// couple is an entry of two texts: postcode and city, commune and place of
// birth; a street or a nationality has one.
type couple struct {
	a, b  string
	share bitsFx // log2 of the share of people with it
}

func newCouple(e *lexeme) *couple {
	a, b, _ := strings.Cut(e.text, "\x00")
	return &couple{a: a, b: b}
}

// newWhole is an entry of one text.
func newWhole(e *lexeme) *couple { return &couple{a: e.text} }

// newCounted is an entry of two whose share is asked for.
func (ix *Index) newCounted(e *lexeme) *couple {
	c := newCouple(e)
	c.share = log2Ratio(2*max(e.count, 1)-1, 2*uint64(max(ix.head.Persons, 1)))
	return c
}

// joinCouple is the text of an entry of two; "" when both are empty.
func joinCouple(a, b string) string {
	if b == "" {
		return a
	}
	return a + "\x00" + b
}

// lexicographer gives texts numbers while a registry is read.
type lexicographer struct {
	ids     map[string]uint32
	entries []lexeme
	number  []uint32 // by order of arrival, once sorted
}

func newLexicographer() *lexicographer { return &lexicographer{ids: map[string]uint32{}} }

// id counts one bearer more of a text and returns its number by arrival, from
// 1; 0 for no text.
func (l *lexicographer) id(text string) uint32 {
	if text == "" {
		return 0
	}
	id, ok := l.ids[text]
	if !ok {
		text = strings.Clone(text)
		l.entries = append(l.entries, lexeme{text: text})
		id = uint32(len(l.entries))
		l.ids[text] = id
	}
	l.entries[id-1].count++
	return id
}

// sort orders the entries by how common they are, then by text: from then on
// the order in which people came leaves no trace.
func (l *lexicographer) sort() {
	l.ids = nil
	order := make([]uint32, len(l.entries))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		x, y := &l.entries[a], &l.entries[b]
		if c := cmp.Compare(y.count, x.count); c != 0 {
			return c
		}
		return cmp.Compare(x.text, y.text)
	})
	sorted := make([]lexeme, len(order))
	l.number = make([]uint32, len(order)+1)
	for i, o := range order {
		sorted[i] = l.entries[o]
		l.number[o+1] = uint32(i + 1)
	}
	l.entries = sorted
}

// write writes the lexicon.
func (l *lexicographer) write(w *pageWriter) section {
	c := newCellWriter(w)
	var unit pack
	var one []byte
	for i := range l.entries {
		e := &l.entries[i]
		one = binary.AppendUvarint(appendText(one[:0], e.text), e.count)
		for _, n := range e.decades {
			one = binary.AppendUvarint(one, n)
		}
		unit.add(one)
		if i%lexemes == lexemes-1 || i == len(l.entries)-1 {
			c.add(unit.unit(nil))
		}
	}
	return section{Cells: c.end(), Entries: uint64(len(l.entries))}
}
