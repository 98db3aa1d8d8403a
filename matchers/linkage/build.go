package linkage

import (
	"bytes"
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
const magic = magicName + "3\n"

const magicName = "vigie-linkage-"

const (
	maxText = 4 * maxValue // bytes of one folded text
	maxID   = 4096         // bytes of a person's identifier
)

// head is the last unit of an index: where everything lies, and what is known
// of the registry as a whole.
type head struct {
	Persons  uint32      `json:"persons"`
	People   cellsHead   `json:"people"`
	Surnames section     `json:"surnames"`
	Givens   section     `json:"givens"`
	Towns    section     `json:"towns"`
	Births   section     `json:"births"`
	Streets  section     `json:"streets"`
	Nations  section     `json:"nations"`
	Domains  section     `json:"domains"`
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

// builder makes an index in one pass over the registry. People are sorted in
// runs and merged, postings thrown into heaps by their key and sorted heap by
// heap; what does not fit in memory goes to a spool that its owner seals. The
// texts of names, places and streets stay in memory, each once.
type builder struct {
	aside                                                      *aside
	drafts                                                     drafts
	scatter                                                    *scatter
	persons                                                    int
	one, code                                                  []byte
	surnames, givens, towns, births, streets, nations, domains *lexicographer
	years                                                      map[int]uint32
	sample                                                     []namePair
	mask                                                       uint64 // of hashes in the sample
	probe                                                      []probed
	probeMask                                                  uint64
	head                                                       head
	w                                                          *pageWriter

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
// gives the same index. Memory is at most some 1.5 GiB, however many people
// there are, and 100 bytes a different name, place or street; what else it
// takes goes to the spool, about 90 bytes a person (nil: all stays in memory,
// for small files). It fails with the first error of the stream.
func Write(ctx context.Context, dst io.Writer, records iter.Seq2[matchers.Record, error], spool Spool) (Stats, error) {
	return newBuilder(dst, spool).write(ctx, records)
}

func (b *builder) write(ctx context.Context, records iter.Seq2[matchers.Record, error]) (Stats, error) {
	if err := b.read(ctx, records); err != nil {
		return Stats{}, err
	}
	b.count()
	for _, l := range b.lexicographers() {
		l.sort()
	}
	b.prepare()
	if err := b.writePeople(ctx); err != nil {
		return Stats{}, err
	}
	if err := b.writeBlocks(ctx); err != nil {
		return Stats{}, err
	}
	h := &b.head
	for i, s := range [7]*section{&h.Surnames, &h.Givens, &h.Towns, &h.Births, &h.Streets, &h.Nations, &h.Domains} {
		*s = b.lexicographers()[i].write(b.w)
	}
	if err := b.finish(); err != nil {
		return Stats{}, fmt.Errorf("writing linkage index: %w", err)
	}
	return h.stats(), nil
}

func newBuilder(dst io.Writer, spool Spool) *builder {
	a := &aside{spool: spool, most: keptBytes}
	return &builder{
		aside: a, drafts: drafts{aside: a, limit: runBytes},
		surnames: newLexicographer(), givens: newLexicographer(), towns: newLexicographer(),
		births: newLexicographer(), streets: newLexicographer(), nations: newLexicographer(), domains: newLexicographer(),
		years: map[int]uint32{}, w: newPageWriter(dst),
	}
}

func (b *builder) lexicographers() [7]*lexicographer {
	return [7]*lexicographer{b.surnames, b.givens, b.towns, b.births, b.streets, b.nations, b.domains}
}

// draftRows is how many records are prepared together.
const draftRows = 512

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
	var kept error
	for d := range order {
		<-d.ready
		for i := 0; i < len(d.texts) && kept == nil; i++ {
			if kept = b.draft(d.records[i].ID, &d.texts[i]); kept != nil {
				cancel()
			}
		}
	}
	if kept != nil {
		return fmt.Errorf("sorting registry: %w", kept)
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
			cur = &draftBatch{records: make([]matchers.Record, 0, draftRows), texts: make([]texts, 0, draftRows), ready: make(chan struct{})}
		}
		if cur.records = append(cur.records, rec); len(cur.records) == draftRows && !send() {
			return ctx.Err()
		}
	}
	send()
	return nil
}

// draft takes one person in, with the numbers of lexicons by arrival.
func (b *builder) draft(id string, t *texts) error {
	house, street := splitStreet(t[textStreet])
	for _, k := range [2]int{textEmail, textPhone} {
		if isDigest(t[k]) {
			t[k] = "" // a registry knows its people's contacts
		}
	}
	local := localPart(t[textEmail])
	p := bare{
		date: parseDate(t[textDate]), local: local, domain: b.domains.id(t[textEmail][len(local):]), full: t[textFull],
		birth: b.surnames.id(t[textBirth]), town: b.towns.id(joinCouple(t[textPostcode], t[textCity])),
		birthplace: b.births.id(joinCouple(t[textCommune], t[textPlace])),
		street:     b.streets.id(street), nationality: b.nations.id(t[textNationality]),
	}
	b.codes(&p, id[:min(len(id), maxID)], house, t[textPhone], t[textNIR])
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
	b.one = p.append(b.one[:0], mutual{})
	b.look(h, b.one)
	b.persons++
	// By the sound of the name, year of birth, and content: those who are compared
	// with one row lie together, and the order of arrival leaves no trace.
	return b.drafts.keep(heard>>40<<40|year&0xff<<32|h>>32, b.one)
}

// codes are those of a draft.
func (b *builder) codes(p *bare, id, house, phone, nir string) {
	b.code = b.code[:0]
	for _, c := range [4]struct {
		to   *string
		text string
	}{{&p.id, id}, {&p.house, house}, {&p.phone, phone}, {&p.nir, nir}} {
		if from := len(b.code); c.text != "" || c.to == &p.id {
			b.code = appendCode(b.code, c.text)
			*c.to = viewed(b.code[from:])
		}
	}
}

// probed is a person of a sample by which keys are counted.
type probed struct {
	hash uint64
	one  []byte
}

const (
	mostProbed = 4096    // people
	maxProbed  = 4 << 10 // bytes of one of them
)

// look keeps a person for the count of keys if chance says so.
func (b *builder) look(hash uint64, one []byte) {
	if hash&b.probeMask != 0 || len(one) > maxProbed {
		return
	}
	b.probe = append(b.probe, probed{hash, slices.Clone(one)})
	for len(b.probe) > mostProbed && b.probeMask != 1<<32-1 {
		b.probeMask = b.probeMask<<1 | 1
		b.probe = slices.DeleteFunc(b.probe, func(p probed) bool { return p.hash&b.probeMask != 0 })
	}
}

// postings is about how many there will be.
func (b *builder) postings() int64 {
	n := int64(0)
	var p bare
	var t traits
	var buf []byte
	for i := range b.probe {
		p.read(b.probe[i].one, mutual{})
		b.number(&p)
		buf = b.keys(&p, &t, buf, func(int, key) { n++ })
	}
	n *= int64(b.probeMask + 1)
	b.probe = nil
	return n + int64(len(b.surnames.entries)+len(b.givens.entries))
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
	p.street, p.nationality, p.domain = b.streets.number[p.street], b.nations.number[p.nationality], b.domains.number[p.domain]
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
	if _, err := Write(context.Background(), &buf, records, nil); err != nil {
		return nil, err
	}
	return Open(bytes.NewReader(buf.Bytes()), int64(buf.Len()), 0)
}
