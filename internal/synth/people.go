package synth

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// reader reads one CSV file.
type reader struct {
	file    *os.File
	csv     *csv.Reader
	columns map[string]int
}

func openCSV(path string) (*reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &reader{file: f, csv: csv.NewReader(bufio.NewReaderSize(f, 1<<18)), columns: map[string]int{}}
	header, err := r.csv.Read()
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
	}
	for i, h := range header {
		r.columns[h] = i
	}
	r.csv.ReuseRecord = true
	return r, nil
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
// values will be used; the others are not copied.
func (r *peopleReader) next(wanted func() bool) (e entry, drawn bool, err error) {
	if r.ids == nil {
		return r.nextOfOne(wanted)
	}
	for {
		ids, err := r.ids.csv.Read()
		if err != nil {
			return entry{}, false, fmt.Errorf("people.csv ended early: %w", breach.ErrInvalid)
		}
		civil, youth, left := ids[0], ids[1], ids[2]
		row, err := r.civil.find(civil)
		if err != nil {
			return entry{}, false, err
		}
		// As the youth registry has them, else as the civil one does.
		from := r.civil
		if youth != "" {
			from = r.youth
			if row, err = from.find(youth); err != nil {
				return entry{}, false, err
			}
		} else if left == "" {
			continue
		}
		if !wanted() {
			return entry{}, false, nil
		}
		return entry{values: from.read(row), civil: strings.Clone(civil), youth: strings.Clone(youth)}, true, nil
	}
}

// nextOfOne is next where only one registry was written, whole or in parts.
func (r *peopleReader) nextOfOne(wanted func() bool) (entry, bool, error) {
	for {
		if r.civil != nil {
			row, err := r.civil.csv.Read()
			if err == nil && !wanted() {
				return entry{}, false, nil
			}
			if err == nil {
				e := entry{values: r.civil.read(row)}
				if e.civil = strings.Clone(row[0]); r.youthOnly {
					e.civil, e.youth = "", e.civil
				}
				return e, true, nil
			}
			if !errors.Is(err, io.EOF) {
				return entry{}, false, fmt.Errorf("reading persons.csv: %w", err)
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

func (t *reader) find(id string) ([]string, error) {
	row, err := t.csv.Read()
	if errors.Is(err, io.EOF) || err == nil && row[0] != id {
		return nil, fmt.Errorf("person %s is not where people.csv has it: %w", id, breach.ErrInvalid)
	}
	return row, err
}

// read copies a row out of the reader's buffer.
func (t *reader) read(row []string) values {
	at := func(name string) string { return strings.Clone(row[t.columns[name]]) }
	return values{birthName: at("birth_name"), usageName: at("usage_name"), given: strings.Fields(at("given_names")), sex: at("sex"),
		born: at("birth_date"), nationality: at("nationality"), email: at("email"), phone: at("phone"),
		street: at("street"), postcode: at("postcode"), city: at("city")}
}
