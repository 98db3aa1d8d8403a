package linkage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"vigie/matchers"
)

// magic ends an index; the number changes with the layout and with the
// folding, since folded texts are what it holds.
const magic = "vigie-linkage-2\n"

const (
	maxText = 4 * maxValue // bytes of one folded text
	maxID   = 4096         // bytes of a person's identifier
)

// head is the last unit of an index: where everything lies, and what is known
// of the registry as a whole.
type head struct {
	Persons  uint32      `json:"persons"`
	People   uint64      `json:"people"` // table of units of people
	Surnames section     `json:"surnames"`
	Givens   section     `json:"givens"`
	Towns    section     `json:"towns"`
	Births   section     `json:"births"`
	Streets  section     `json:"streets"`
	Nations  section     `json:"nations"`
	Blocks   blocksHead  `json:"blocks"`
	Years    []yearCount `json:"years"`     // people born in a year
	Decades  [][2]uint64 `json:"decades"`   // people with a given name born in a decade
	Kin      bitsFx      `json:"kin"`       // how much oftener than by chance surname and given name meet, log2
	MeanName bitsFx      `json:"mean_name"` // log2 of the chance that two share a surname
	MeanGive bitsFx      `json:"mean_given"`
}

type yearCount struct {
	Year  int    `json:"year"`
	Count uint32 `json:"count"`
}

// Slabs hold the people in memory while an index is built: small ones first, so
// that a small registry needs little.
const (
	firstSlab = 16 << 10
	lastSlab  = 1 << 20
)

// slabs are people one after the other, each with its length before it.
type slabs [][]byte

// keep adds a person and says where.
func (s *slabs) keep(one []byte) uint64 {
	n := len(*s)
	if need := len(one) + binary.MaxVarintLen64; n == 0 || len((*s)[n-1])+need > cap((*s)[n-1]) {
		*s = append(*s, make([]byte, 0, max(need, min(firstSlab<<min(n, 10), lastSlab))))
		n++
	}
	last := &(*s)[n-1]
	at := uint64(n-1)<<32 | uint64(len(*last))
	*last = append(binary.AppendUvarint(*last, uint64(len(one))), one...)
	return at
}

// person reads one that was kept.
func (s slabs) person(at uint64, p *bare) {
	r := reader{b: s[at>>32][at&(1<<32-1):]}
	p.read(r.bytes(r.number()))
}

// each calls f with every step-th person, in order.
func (s slabs) each(step int, f func(i int, p *bare)) {
	var p bare
	i := 0
	for _, slab := range s {
		for r := (reader{b: slab}); len(r.b) > 0; i++ {
			if one := r.bytes(r.number()); i%step == 0 {
				p.read(one)
				f(i, &p)
			}
		}
	}
}

// drafted is a person while an index is built: what sorts them, and where in
// the slabs of their heap they lie.
type drafted struct{ order, at uint64 }

// draftHeaps is in how many heaps people are thrown by the first bits of their
// order. Heaps are sorted one after the other, so that people lie twice in
// memory only a heap at a time.
const draftHeaps = 64

type draftHeap struct {
	slabs  slabs
	people []drafted
}

// builder makes an index in one pass over the registry. The people stay in
// memory in their written form, 20 to 60 bytes each; postings are made in as many
// passes over them as memory asks for. Nothing is spilled: there is no file
// in which a plain text could rest.
type builder struct {
	heaps                                             [draftHeaps]draftHeap
	persons                                           int
	sorted                                            slabs // in the order of the index, with final numbers
	one                                               []byte
	surnames, givens, towns, births, streets, nations *lexicographer
	years                                             map[int]uint32
	sample                                            []namePair
	mask                                              uint64 // of hashes in the sample
	head                                              head
	w                                                 *pageWriter

	// by number in the lexicon, once sorted
	surnameOf, givenOf []sounding
	townOf             [][2]uint64
	streetOf           []string
}

type sounding struct {
	keys    []uint64
	initial uint8
}

// Write reads a registry once and writes its index. Any order of records
// gives the same index. Memory is some 50 bytes a person and 100 a different
// name or street. It fails with the first error of the stream.
func Write(ctx context.Context, dst io.Writer, records iter.Seq2[matchers.Record, error]) (Stats, error) {
	b := &builder{
		surnames: newLexicographer(), givens: newLexicographer(), towns: newLexicographer(),
		births: newLexicographer(), streets: newLexicographer(), nations: newLexicographer(),
		years: map[int]uint32{}, w: newPageWriter(dst),
	}
	if err := b.read(ctx, records); err != nil {
		return Stats{}, err
	}
	b.count()
	b.sort()
	b.prepare()
	b.writePeople()
	if err := b.writeBlocks(ctx); err != nil {
		return Stats{}, err
	}
	h := &b.head
	h.Surnames, h.Givens = b.surnames.write(b.w), b.givens.write(b.w)
	h.Towns, h.Births = b.towns.write(b.w), b.births.write(b.w)
	h.Streets, h.Nations = b.streets.write(b.w), b.nations.write(b.w)
	if err := b.finish(); err != nil {
		return Stats{}, fmt.Errorf("writing linkage index: %w", err)
	}
	return h.stats(), nil
}

// drafts is how many records are prepared together.
const drafts = 512

// draftBatch is work for one goroutine: records in, canonical texts out.
type draftBatch struct {
	records []matchers.Record
	texts   []texts
	ready   chan struct{}
}

// read prepares the records in several goroutines and drafts them in order.
func (b *builder) read(ctx context.Context, records iter.Seq2[matchers.Record, error]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n := runtime.GOMAXPROCS(0)
	todo, order := make(chan *draftBatch, n), make(chan *draftBatch, 2*n)
	var failed error
	var wg sync.WaitGroup
	defer wg.Wait()
	for range n {
		wg.Go(func() {
			m := newMemory()
			for d := range todo {
				for i := range d.records {
					d.texts = append(d.texts, m.canonical(&d.records[i]))
				}
				close(d.ready)
			}
		})
	}
	wg.Go(func() {
		defer close(order)
		defer close(todo)
		failed = split(ctx, records, todo, order)
	})
	for d := range order {
		<-d.ready
		for i := range d.texts {
			b.draft(d.records[i].ID, &d.texts[i])
		}
	}
	if failed != nil {
		return fmt.Errorf("reading registry: %w", failed)
	}
	return ctx.Err()
}

func split(ctx context.Context, records iter.Seq2[matchers.Record, error], todo, order chan<- *draftBatch) error {
	var cur *draftBatch
	send := func() bool {
		if cur == nil {
			return true
		}
		select {
		case order <- cur:
		case <-ctx.Done():
			return false
		}
		todo <- cur
		cur = nil
		return true
	}
	for rec, err := range records {
		if err != nil {
			send()
			return err
		}
		if cur == nil {
			cur = &draftBatch{records: make([]matchers.Record, 0, drafts), texts: make([]texts, 0, drafts), ready: make(chan struct{})}
		}
		if cur.records = append(cur.records, rec); len(cur.records) == drafts && !send() {
			return ctx.Err()
		}
	}
	send()
	return nil
}

// draft takes one person in, with the numbers of lexicons by arrival.
func (b *builder) draft(id string, t *texts) {
	house, street := splitStreet(t[textStreet])
	for _, k := range [2]int{textEmail, textPhone} {
		if isDigest(t[k]) {
			t[k] = "" // a registry knows its people's contacts
		}
	}
	p := bare{
		id: id[:min(len(id), maxID)], date: parseDate(t[textDate]), house: house, email: t[textEmail], phone: t[textPhone], nir: t[textNIR], full: t[textFull],
		birth: b.surnames.id(t[textBirth]), town: b.towns.id(joinCouple(t[textPostcode], t[textCity])),
		birthplace: b.births.id(joinCouple(t[textCommune], t[textPlace])),
		street:     b.streets.id(street), nationality: b.nations.id(t[textNationality]),
	}
	if t[textUsage] != t[textBirth] {
		p.usage = b.surnames.id(t[textUsage])
	} else {
		p.usage = p.birth
	}
	if t[textSex] != "" {
		p.sex = t[textSex][0]
	}
	for word, hyphen := range words(t[textGiven]) {
		if p.given == maxTokens {
			break
		}
		p.tokens[p.given] = b.givens.id(word)
		if hyphen {
			p.joined |= 1 << p.given
		}
		p.given++
	}
	for w := range strings.FieldsSeq(p.full) {
		b.surnames.id(w) // in an unknown order every word may be either
		b.givens.id(w)
	}
	if p.date != 0 {
		b.years[p.date.year()]++
	}
	if p.given > 0 && p.date != 0 {
		e := &b.givens.entries[p.tokens[0]-1]
		for d := decadeOf(p.date); len(e.decades) <= d; {
			e.decades = append(e.decades, 0)
		}
		e.decades[decadeOf(p.date)]++
	}
	h := t.hash()
	b.pair(h, &p)
	heard := uint64(0)
	if t[textBirth] != "" {
		heard = hashText(0, sound(t[textBirth]))
	}
	year := uint64(0)
	if p.date != 0 {
		year = uint64(p.date.year()-firstYear) + 1
	}
	order := heard>>40<<40 | year&0xff<<32 | h>>32
	heap := &b.heaps[order/(1<<64/draftHeaps)]
	b.one = p.append(b.one[:0])
	heap.people = append(heap.people, drafted{order, heap.slabs.keep(b.one)})
	b.persons++
}

// sort orders people by the sound of their name, year of birth, and content,
// so that those who are compared with one row lie together, and the order of
// arrival leaves no trace. It gives them the lexicons' final numbers.
func (b *builder) sort() {
	for _, l := range [6]*lexicographer{b.surnames, b.givens, b.towns, b.births, b.streets, b.nations} {
		l.sort()
	}
	workers := runtime.GOMAXPROCS(0)
	for first := 0; first < draftHeaps; first += workers {
		made := make([]slabs, min(workers, draftHeaps-first))
		var wg sync.WaitGroup
		for i := range made {
			wg.Go(func() { made[i] = b.sortHeap(&b.heaps[first+i]) })
		}
		wg.Wait()
		for i := range made {
			b.sorted = append(b.sorted, made[i]...)
			b.heaps[first+i] = draftHeap{}
		}
	}
}

func (b *builder) sortHeap(h *draftHeap) (out slabs) {
	var p, q bare
	slices.SortFunc(h.people, func(x, y drafted) int {
		if c := cmp.Compare(x.order, y.order); c != 0 {
			return c
		}
		h.slabs.person(x.at, &p)
		h.slabs.person(y.at, &q)
		return cmp.Compare(p.id, q.id)
	})
	var one []byte
	for _, d := range h.people {
		h.slabs.person(d.at, &p)
		b.number(&p)
		one = p.append(one[:0])
		out.keep(one)
	}
	return out
}

// number gives a person the lexicons' final numbers.
func (b *builder) number(p *bare) {
	for _, n := range [2]*uint32{&p.birth, &p.usage} {
		*n = b.surnames.number[*n]
	}
	for i := range p.given {
		p.tokens[i] = b.givens.number[p.tokens[i]]
	}
	p.town, p.birthplace = b.towns.number[p.town], b.births.number[p.birthplace]
	p.street, p.nationality = b.streets.number[p.street], b.nations.number[p.nationality]
}

// prepare digests the lexicons once, for the keys of all people.
func (b *builder) prepare() {
	b.surnameOf = make([]sounding, len(b.surnames.entries)+1)
	for i := range b.surnames.entries {
		if n := newName(b.surnames.entries[i].text); n != nil {
			b.surnameOf[i+1] = sounding{n.keys, initialOf(n.full)}
		}
	}
	b.givenOf = make([]sounding, len(b.givens.entries)+1)
	for i := range b.givens.entries {
		text := b.givens.entries[i].text
		s := sounding{initial: initialOf(text)}
		if len(text) > 1 {
			s.keys = []uint64{hashText(0, sound(text))}
		}
		b.givenOf[i+1] = s
	}
	b.townOf = make([][2]uint64, len(b.towns.entries)+1)
	for i := range b.towns.entries {
		t := newCouple(&b.towns.entries[i])
		b.townOf[i+1] = [2]uint64{placeKey(t.a), placeKey(t.b)}
	}
	b.streetOf = make([]string, len(b.streets.entries)+1)
	for i := range b.streets.entries {
		b.streetOf[i+1] = b.streets.entries[i].text
	}
}

func (b *builder) writePeople() {
	var at []uint64
	var unit pack
	var one []byte
	b.sorted.each(1, func(i int, p *bare) {
		one = p.append(one[:0])
		unit.add(one)
		if i%crowd == crowd-1 || i == b.persons-1 {
			at = append(at, b.w.unit(unit.unit()))
		}
	})
	b.head.Persons, b.head.People = uint32(b.persons), b.w.offsets(at)
}

// finish writes the head, and where it is.
func (b *builder) finish() error {
	h, err := json.Marshal(&b.head)
	if err != nil {
		return err
	}
	b.w.flush()
	at := b.w.unit(h)
	b.w.flush()
	var tail [8]byte
	binary.LittleEndian.PutUint64(tail[:], at)
	b.w.unit(append([]byte(magic), tail[:]...))
	b.w.flush()
	return b.w.err
}

// Build makes an index in memory, for files that are small.
func Build(records iter.Seq2[matchers.Record, error]) (*Index, error) {
	var buf bytes.Buffer
	if _, err := Write(context.Background(), &buf, records); err != nil {
		return nil, err
	}
	return Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 0)
}
