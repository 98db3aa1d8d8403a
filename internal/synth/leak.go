package synth

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"vigie/internal/breach"
)

// Leak describes a stolen extract of the youth registry's software, modelled
// on what was stolen from the Missions Locales in October 2024: names, birth
// date, nationality, e-mail, postal address, phone. No IBAN, no NIR. Where a
// population has the civil registry alone, it is an extract about anybody.
type Leak struct {
	Registry  string  // a folder that Population.Write made
	Rows      int     // data rows
	Strangers float64 // share of rows about people in no registry, 0 to 1
	Seed      uint64
	Recipe    string   // which errors: "a" (default) or "b"
	Fields    []string // which of LeakFields the file has; none: all

	Progress func(rows int) // told now and then; may be nil
}

// LeakFields are the groups of columns that Leak.Fields chooses from.
func LeakFields() []string {
	return []string{"file_number", "names", "sex", "birth_date", "nationality", "email", "address", "phone"}
}

// LeakCounts says what Leak.Write wrote.
type LeakCounts struct {
	Rows      int `json:"rows"`
	Members   int `json:"members"`   // rows about registered people, repeated rows included
	Persons   int `json:"persons"`   // registered people concerned
	Left      int `json:"left"`      // of them in the civil registry alone
	Strangers int `json:"strangers"` // rows about people in no registry
	Repeated  int `json:"repeated"`  // rows about somebody who has one already
}

const (
	repeatedShare = 0.02
	blockRows     = 1 << 14 // rows shuffled together
)

// entry is one row on its way: the values before errors, and the truth. For a
// stranger, the values are those of a registered person they may resemble.
type entry struct {
	values       values
	civil, youth string // "" for a stranger
	stranger     bool
}

// Write makes leak.csv, and truth.csv with a line for each row: its number
// from 1, member or stranger, and the person's number in both registries ("" in
// the youth registry for those who have left it). Registered people are drawn
// evenly from those who are or were in the youth registry, or from everybody
// where there is none; asking for more rows than there are is
// breach.ErrInvalid. The registry is read once, as a stream.
func (l Leak) Write(ctx context.Context, dir string) (LeakCounts, error) {
	recipe, ok := recipes[l.Recipe]
	if !ok || l.Rows < 1 || l.Strangers < 0 || l.Strangers > 1 || math.IsNaN(l.Strangers) {
		return LeakCounts{}, fmt.Errorf("a leak of %d rows, share of strangers %g, recipe %q: %w", l.Rows, l.Strangers, l.Recipe, breach.ErrInvalid)
	}
	for _, f := range l.Fields {
		if !slices.Contains(LeakFields(), f) {
			return LeakCounts{}, fmt.Errorf("field %q of a leak, not one of %v: %w", f, LeakFields(), breach.ErrInvalid)
		}
	}
	final := filepath.Join(dir, "truth.csv")
	if _, err := os.Stat(final); err == nil {
		return LeakCounts{}, fmt.Errorf("leak in %q exists already: %w", dir, breach.ErrConflict)
	}
	population, err := readPopulation(l.Registry)
	if err != nil {
		return LeakCounts{}, err
	}
	n := LeakCounts{Rows: l.Rows, Strangers: int(math.Round(float64(l.Rows) * l.Strangers))}
	n.Members = l.Rows - n.Strangers
	n.Repeated = int(float64(n.Members) * repeatedShare)
	n.Persons = n.Members - n.Repeated
	if n.Persons > population.eligible() {
		return LeakCounts{}, &breach.RefusedError{Code: "too-few-people", What: fmt.Sprintf("a leak about %d people, of %d who can be in one", n.Persons, population.eligible()),
			Hint: "ask for fewer rows or more strangers, or invent a larger population"}
	}
	m, err := population.maker()
	if err != nil {
		return LeakCounts{}, err
	}
	m.alike = m.lookAlikes(n.Members, n.Strangers)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return LeakCounts{}, err
	}
	w := &leakWriter{maker: m, recipe: recipe, seed: l.Seed ^ 0x6c65616b, columns: recipe.columns(l.Fields), told: l.Progress}
	err = w.write(ctx, dir, l.Registry, population, n)
	if err != nil {
		return LeakCounts{}, fmt.Errorf("writing a leak: %w", err)
	}
	n.Left = w.left
	return n, os.Rename(final+".part", final)
}

// leakWriter cuts a leak into blocks of rows. Who is in a block is drawn by one
// goroutine that reads the registry; the rows of a block are then shuffled and
// spoilt from the seed and its number alone, on any core.
type leakWriter struct {
	*maker  // shared: only read
	recipe  recipe
	seed    uint64
	columns []int // of the recipe's, which are written
	told    func(int)
	left    int
}

// block is rows to be made, and blockText what they say.
type block struct {
	number  int
	entries []entry
}

type blockText struct{ leak, truth table }

func (w *leakWriter) write(ctx context.Context, dir, registry string, p populationRecord, n LeakCounts) (err error) {
	top := w.table()
	top.text = append(top.text, w.recipe.mark...)
	top.write(w.chosen(w.recipe.header)...)
	leak, err := createSink(filepath.Join(dir, "leak.csv"), &top)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leak.close()) }()
	truth, err := createSink(filepath.Join(dir, "truth.csv.part"), header([]string{"row", "kind", "person_civil", "person_youth"}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, truth.close()) }()
	people, err := openPeople(registry, p)
	if err != nil {
		return err
	}
	defer people.close()
	d := &drawing{people: people, eligible: p.eligible(), persons: n.Persons, strangers: n.Strangers, repeated: n.Repeated,
		rng: rand.New(rand.NewPCG(w.seed, math.MaxUint64))}
	rows := 0
	err = inOrder(ctx, d.next, w.spoil, func(b *blockText) error {
		rows += b.leak.rows
		if w.told != nil {
			w.told(rows)
		}
		return errors.Join(leak.write(&b.leak), truth.write(&b.truth))
	})
	w.left = d.left
	return err
}

func (w *leakWriter) table() table { return table{comma: ';', crlf: w.recipe.crlf} }

// chosen keeps the columns to be written.
func (w *leakWriter) chosen(row []string) []string {
	if len(w.columns) == len(row) {
		return row
	}
	out := make([]string, len(w.columns))
	for i, c := range w.columns {
		out[i] = row[c]
	}
	return out
}

// drawing chooses the people of a leak: in each turn a stranger, a repeated row
// or the next person drawn, in proportion to how many of each are still due;
// persons by selection sampling (Knuth, volume 2, 3.4.2).
type drawing struct {
	people                       *peopleReader
	rng                          *rand.Rand
	eligible                     int // people not yet seen
	persons, strangers, repeated int // rows still due
	blocks, left                 int
	last                         entry   // the last person drawn
	seen                         []entry // a few of those drawn
}

func (d *drawing) next() (block, bool, error) {
	b := block{number: d.blocks}
	d.blocks++
	for d.persons+d.strangers+d.repeated > 0 && len(b.entries) < blockRows {
		e, ok, err := d.one()
		if err != nil {
			return b, false, err
		}
		if ok {
			b.entries = append(b.entries, e)
		}
	}
	return b, len(b.entries) > 0, nil
}

func (d *drawing) one() (entry, bool, error) {
	switch x := d.rng.IntN(d.persons + d.strangers + d.repeated); {
	case x < d.strangers:
		d.strangers--
		return entry{values: d.last.values, stranger: true}, true, nil
	case x < d.strangers+d.repeated && len(d.seen) > 0:
		d.repeated--
		return pick(d.rng, d.seen), true, nil
	case d.persons == 0:
		return entry{}, false, nil
	}
	wanted := func() bool {
		d.eligible--
		return d.rng.IntN(d.eligible+1) < d.persons
	}
	for {
		e, drawn, err := d.people.next(wanted)
		if err != nil {
			return e, false, err
		}
		if !drawn {
			continue
		}
		d.persons--
		d.last = e
		if e.youth == "" && d.people.ids != nil {
			d.left++
		}
		if len(d.seen) < 64 {
			d.seen = append(d.seen, e)
		} else {
			d.seen[d.rng.IntN(len(d.seen))] = e
		}
		return e, true, nil
	}
}

// spoil makes the rows of a block.
func (w *leakWriter) spoil(b block) *blockText {
	m := w.at(w.seed, chunk{number: b.number, first: strangerSeq + strangerNumbers*b.number*blockRows})
	out := &blockText{leak: w.table(), truth: table{comma: ','}}
	m.rng.Shuffle(len(b.entries), func(i, j int) { b.entries[i], b.entries[j] = b.entries[j], b.entries[i] })
	for i, e := range b.entries {
		kind := "member"
		if e.stranger {
			kind = "stranger"
			e.values = m.stranger(e.values)
		}
		out.leak.write(w.chosen(w.recipe.spoil(m, e.values))...)
		out.truth.write(strconv.Itoa(b.number*blockRows+i+1), kind, e.civil, e.youth)
	}
	return out
}
