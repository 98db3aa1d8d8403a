package synth

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vigie/internal/breach"
)

// values are what a stolen row says about somebody, before errors.
type values struct {
	birthName, usageName string
	given                []string
	sex, born            string
	nationality          string
	email, phone         string
	street               string
	postcode, city       string
}

// readPopulation finds what a folder holds. One without a whole population is
// breach.ErrNotFound.
func readPopulation(dir string) (populationRecord, error) {
	var p populationRecord
	raw, err := os.ReadFile(filepath.Join(dir, populationFile))
	if err != nil {
		return p, fmt.Errorf("reading the population: %w", errors.Join(breach.ErrNotFound, err))
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("reading %s: %w", populationFile, errors.Join(breach.ErrInvalid, err))
	}
	if err := p.check(); err != nil {
		return p, fmt.Errorf("reading %s: %w", populationFile, err)
	}
	return p, nil
}

// eligible counts the people a leak may be about: those who are or were in the
// youth registry, or everybody where there is none.
func (p populationRecord) eligible() int {
	switch {
	case p.country():
		return p.Counts.People
	case p.Only == "youth":
		return p.Counts.Youth
	}
	return p.Counts.Youth + p.Counts.Left
}

// peopleReader goes through the registries once: people.csv and both side by
// side, all in the same order so that no index is needed, or the parts of one.
type peopleReader struct {
	ids, civil, youth *reader
	parts             []string // persons.csv still to be opened
	youthOnly         bool
}

// reader goes through a CSV file that Population wrote: a line is a row. Rows
// are split only where they are wanted, since most are passed over.
type reader struct {
	name    string
	file    *os.File
	buf     *bufio.Reader
	line    []byte
	columns map[string]int
}

func openCSV(path string) (*reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &reader{name: filepath.Base(path), file: f, buf: bufio.NewReaderSize(f, 1<<18), columns: map[string]int{}}
	var header []string
	if _, err = r.next(); err == nil {
		header, err = r.row()
	}
	if err == nil && r.name == "persons.csv" && !slices.Equal(header, personsHeader) {
		err = fmt.Errorf("not its columns: %w", breach.ErrInvalid)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("reading %s: %w", r.name, err)
	}
	for i, h := range header {
		r.columns[h] = i
	}
	return r, nil
}

// next goes to the next line, whose first column it returns; io.EOF after the
// last. A line longer than the buffer is breach.ErrInvalid.
func (r *reader) next() (id string, err error) {
	r.line, err = r.buf.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(r.line) == 0 {
		return "", io.EOF
	}
	if err != nil {
		return "", fmt.Errorf("reading %s: cut short, or not ours: %w", r.name, breach.ErrInvalid)
	}
	r.line = r.line[:len(r.line)-1]
	first, _, _ := bytes.Cut(r.line, []byte{','})
	return string(first), nil
}

// row splits the line; the fields are copies.
func (r *reader) row() ([]string, error) {
	line := string(r.line)
	if !strings.Contains(line, `"`) {
		return strings.Split(line, ","), nil
	}
	row, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.name, errors.Join(breach.ErrInvalid, err))
	}
	return row, nil
}

func openPeople(dir string, p populationRecord) (*peopleReader, error) {
	r := &peopleReader{youthOnly: p.Only == "youth"}
	switch {
	case r.youthOnly:
		r.parts = []string{filepath.Join(dir, "youth", "persons.csv")}
		return r, nil
	case p.country():
		for owner := min(p.Owners, 1); owner <= p.Owners; owner++ {
			r.parts = append(r.parts, filepath.Join(dir, ownerFolder(owner), "persons.csv"))
		}
		return r, nil
	}
	for _, part := range []struct {
		to   **reader
		path string
	}{{&r.ids, peopleFile}, {&r.civil, "civil/persons.csv"}, {&r.youth, "youth/persons.csv"}} {
		t, err := openCSV(filepath.Join(dir, filepath.FromSlash(part.path)))
		if err != nil {
			r.close()
			return nil, err
		}
		*part.to = t
	}
	return r, nil
}

func (r *peopleReader) close() {
	for _, t := range []*reader{r.ids, r.civil, r.youth} {
		if t != nil {
			_ = t.file.Close()
		}
	}
}

// next goes to the next person a leak may be about. wanted says whether the
// values will be used; the others are not read.
func (r *peopleReader) next(wanted func() bool) (e entry, drawn bool, err error) {
	if r.ids == nil {
		return r.nextOfOne(wanted)
	}
	for {
		if _, err := r.ids.next(); err != nil {
			return entry{}, false, fmt.Errorf("people.csv ended early: %w", breach.ErrInvalid)
		}
		ids, err := r.ids.row()
		if err == nil && len(ids) != 3 {
			err = fmt.Errorf("people.csv of %d columns: %w", len(ids), breach.ErrInvalid)
		}
		if err == nil {
			err = r.civil.find(ids[0])
		}
		if err != nil {
			return entry{}, false, err
		}
		// As the youth registry has them, else as the civil one does.
		from, youth, left := r.civil, ids[1], ids[2]
		if youth != "" {
			from = r.youth
			if err := from.find(youth); err != nil {
				return entry{}, false, err
			}
		} else if left == "" {
			continue
		}
		if !wanted() {
			return entry{}, false, nil
		}
		v, err := from.values()
		return entry{values: v, civil: ids[0], youth: youth}, err == nil, err
	}
}

// nextOfOne is next where only one registry was written, whole or in parts.
func (r *peopleReader) nextOfOne(wanted func() bool) (entry, bool, error) {
	for {
		if r.civil != nil {
			id, err := r.civil.next()
			if err == nil && !wanted() {
				return entry{}, false, nil
			}
			if err == nil {
				e := entry{civil: id}
				if r.youthOnly {
					e.civil, e.youth = "", id
				}
				e.values, err = r.civil.values()
				return e, err == nil, err
			}
			if !errors.Is(err, io.EOF) {
				return entry{}, false, err
			}
		}
		if len(r.parts) == 0 {
			return entry{}, false, fmt.Errorf("persons.csv ended early: %w", breach.ErrInvalid)
		}
		r.close()
		var err error
		if r.civil, err = openCSV(r.parts[0]); err != nil {
			return entry{}, false, err
		}
		r.parts = r.parts[1:]
	}
}

func (r *reader) find(id string) error {
	if got, err := r.next(); err != nil || got != id {
		return fmt.Errorf("person %s is not where people.csv has it: %w", id, breach.ErrInvalid)
	}
	return nil
}

// values reads the line as a person.
func (r *reader) values() (values, error) {
	row, err := r.row()
	if err != nil || len(row) != len(personsHeader) {
		return values{}, fmt.Errorf("reading %s: a row of %d fields: %w", r.name, len(row), errors.Join(breach.ErrInvalid, err))
	}
	at := func(name string) string { return row[r.columns[name]] }
	return values{birthName: at("birth_name"), usageName: at("usage_name"), given: strings.Fields(at("given_names")), sex: at("sex"),
		born: at("birth_date"), nationality: at("nationality"), email: at("email"), phone: at("phone"),
		street: at("street"), postcode: at("postcode"), city: at("city")}, nil
}
