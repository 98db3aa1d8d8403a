package synth

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"vigie/internal/breach"
	"vigie/internal/france"
)

// Leak describes a stolen extract of the youth registry's software, modelled
// on what was stolen from the Missions Locales in October 2024: names, birth
// date, nationality, e-mail, postal address, phone. No IBAN, no NIR.
type Leak struct {
	Registry  string  // a folder that Population.Write made
	Rows      int     // data rows
	Strangers float64 // share of rows about people in no registry, 0 to 1
	Seed      uint64
	Recipe    string // which errors: "a" (default) or "b"
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
	blockRows     = 1 << 16 // rows shuffled together: all of a small leak
)

// entry is one row on its way: the values before errors, and the truth.
type entry struct {
	values       values
	civil, youth string // "" for a stranger
}

// Write makes leak.csv, and truth.csv with a line for each row: its number
// from 1, member or stranger, and the person's number in both registries ("" in
// the youth registry for those who have left it). Registered people are drawn
// evenly from those who are or were in the youth registry; asking for more rows
// than there are is breach.ErrInvalid.
func (l Leak) Write(ctx context.Context, dir string) (LeakCounts, error) {
	recipe, ok := recipes[l.Recipe]
	if !ok || l.Rows < 1 || l.Strangers < 0 || l.Strangers > 1 || math.IsNaN(l.Strangers) {
		return LeakCounts{}, fmt.Errorf("a leak of %d rows, share of strangers %g, recipe %q: %w", l.Rows, l.Strangers, l.Recipe, breach.ErrInvalid)
	}
	final := filepath.Join(dir, "truth.csv")
	if _, err := os.Stat(final); err == nil {
		return LeakCounts{}, fmt.Errorf("leak in %q exists already: %w", dir, breach.ErrConflict)
	}
	eligible, err := countEligible(filepath.Join(l.Registry, peopleFile))
	if err != nil {
		return LeakCounts{}, err
	}
	n := LeakCounts{Rows: l.Rows, Strangers: int(math.Round(float64(l.Rows) * l.Strangers))}
	n.Members = l.Rows - n.Strangers
	n.Repeated = int(float64(n.Members) * repeatedShare)
	n.Persons = n.Members - n.Repeated
	if n.Persons > eligible {
		return LeakCounts{}, fmt.Errorf("a leak about %d people of a registry of %d: %w", n.Persons, eligible, breach.ErrInvalid)
	}
	data, err := france.Load()
	if err != nil {
		return LeakCounts{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return LeakCounts{}, err
	}
	w := &leakWriter{maker: newMaker(data, l.Seed^0x6c65616b, DefaultAsOf), recipe: recipe}
	if err := w.create(dir); err != nil {
		return LeakCounts{}, err
	}
	err = w.stream(ctx, l.Registry, eligible, n)
	if err = errors.Join(err, w.close()); err != nil {
		return LeakCounts{}, fmt.Errorf("writing a leak: %w", err)
	}
	n.Left = w.left
	return n, os.Rename(final+".part", final)
}

// leakWriter holds one block of rows, shuffles it, spoils each row by the
// recipe and writes it.
type leakWriter struct {
	*maker
	recipe recipe
	block  []entry
	leak   *sink
	truth  *sink
	rows   int
	left   int
}

func (w *leakWriter) create(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "leak.csv"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w.leak = &sink{file: f, buf: bufio.NewWriterSize(f, 1<<16)}
	if _, err := w.leak.buf.WriteString(w.recipe.mark); err != nil {
		return err
	}
	w.leak.csv = csv.NewWriter(w.leak.buf)
	w.leak.csv.Comma, w.leak.csv.UseCRLF = ';', w.recipe.crlf
	if err := w.leak.csv.Write(w.recipe.header); err != nil {
		return err
	}
	w.truth, err = createSink(filepath.Join(dir, "truth.csv.part"), []string{"row", "kind", "person_civil", "person_youth"})
	return err
}

func (w *leakWriter) close() error { return errors.Join(w.leak.close(), w.truth.close()) }

// stream goes through the registry once. Each turn writes a stranger, a
// repeated row or the next person drawn, in proportion to how many of each are
// still due; persons are drawn by selection sampling (Knuth, volume 2, 3.4.2).
func (w *leakWriter) stream(ctx context.Context, registry string, eligible int, n LeakCounts) error {
	people, err := openPeople(registry)
	if err != nil {
		return err
	}
	defer people.close()
	var last entry // the last registered person read, drawn or not
	var drawn []entry
	persons, strangers, repeated := n.Persons, n.Strangers, n.Repeated
	for persons+strangers+repeated > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		var e entry
		switch x := w.rng.IntN(persons + strangers + repeated); {
		case x < strangers:
			strangers--
			e = entry{values: w.stranger(last)}
		case x < strangers+repeated && len(drawn) > 0:
			repeated--
			e = pick(w.rng, drawn)
		case persons == 0:
			continue
		default:
			for {
				if last, err = people.next(); err != nil {
					return err
				}
				eligible--
				if w.rng.IntN(eligible+1) < persons {
					break
				}
			}
			persons--
			e = last
			if e.youth == "" {
				w.left++
			}
			if len(drawn) < 64 {
				drawn = append(drawn, e)
			} else {
				drawn[w.rng.IntN(len(drawn))] = e
			}
		}
		if err := w.add(e); err != nil {
			return err
		}
	}
	return w.flush()
}

func (w *leakWriter) add(e entry) error {
	w.block = append(w.block, e)
	if len(w.block) < blockRows {
		return nil
	}
	return w.flush()
}

func (w *leakWriter) flush() error {
	w.rng.Shuffle(len(w.block), func(i, j int) { w.block[i], w.block[j] = w.block[j], w.block[i] })
	for _, e := range w.block {
		w.rows++
		if err := w.leak.csv.Write(w.recipe.spoil(w.maker, e.values)); err != nil {
			return err
		}
		kind := "member"
		if e.civil == "" {
			kind = "stranger"
		}
		if err := w.truth.csv.Write([]string{strconv.Itoa(w.rows), kind, e.civil, e.youth}); err != nil {
			return err
		}
	}
	w.block = w.block[:0]
	return nil
}

// stranger invents somebody who is in no registry. One in six looks like a
// registered person: a twin, a sibling or a namesake who was never followed.
func (w *leakWriter) stranger(registered entry) values {
	w.seq += 1 + w.rng.IntN(3)
	o := w.origin()
	p := w.newPerson(o, w.sex(), w.between(16, 27), w.surname(o))
	p.seq += 50_000_000 // e-mails unlike any registered one
	p.address = w.newAddress()
	like := registered.values
	if like.birthName != "" && w.chance(1.0/6) {
		switch w.rng.IntN(3) {
		case 0: // twin
			p.birthName = like.birthName
			v := w.asValues(p)
			v.born, v.street, v.postcode, v.city = like.born, like.street, like.postcode, like.city
			return v.unlike(like, w.maker, p)
		case 1: // sibling at home
			p.birthName = like.birthName
			v := w.asValues(p)
			v.street, v.postcode, v.city = like.street, like.postcode, like.city
			return v.unlike(like, w.maker, p)
		default: // namesake elsewhere
			v := w.asValues(p)
			v.birthName, v.given, v.sex = like.birthName, like.given, like.sex
			return v
		}
	}
	return w.asValues(p)
}

func (w *leakWriter) asValues(p *person) values {
	v := values{birthName: p.birthName, given: p.given, sex: p.sex, born: p.birthDate(), nationality: p.nationality,
		street: p.address.Street, postcode: p.address.Postcode, city: p.address.City}
	if w.chance(0.85) {
		v.email = w.newEmail(p)
	}
	if w.chance(0.9) {
		v.phone = w.strangerMobile()
	}
	return v
}

// unlike makes sure that a twin or sibling has another first name.
func (v values) unlike(other values, m *maker, p *person) values {
	for len(other.given) > 0 && unaccent(v.given[0]) == unaccent(other.given[0]) {
		v.given = m.givenNames(p.origin, p.sex, p.born.Year())
	}
	return v
}

func countEligible(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("reading the population: %w", errors.Join(breach.ErrNotFound, err))
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<16))
	r.ReuseRecord = true
	n := -1 // the header
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return max(n, 0), nil
		}
		if err != nil || len(row) != 3 {
			return 0, fmt.Errorf("reading the population: line of people.csv: %w", breach.ErrInvalid)
		}
		if n < 0 {
			n = 0
		} else if row[1] != "" || row[2] != "" {
			n++
		}
	}
}
