package synth

import (
	"bufio"
	"encoding/csv"
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

// peopleReader goes through people.csv and both registries side by side: all
// three are in the same order, so that no index is needed.
type peopleReader struct {
	ids, civil, youth *table
}

type table struct {
	file    *os.File
	csv     *csv.Reader
	columns map[string]int
}

func openTable(path string) (*table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t := &table{file: f, csv: csv.NewReader(bufio.NewReaderSize(f, 1<<16)), columns: map[string]int{}}
	header, err := t.csv.Read()
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
	}
	for i, h := range header {
		t.columns[h] = i
	}
	t.csv.ReuseRecord = true
	return t, nil
}

func openPeople(dir string) (*peopleReader, error) {
	var r peopleReader
	for _, part := range []struct {
		to   **table
		path string
	}{{&r.ids, peopleFile}, {&r.civil, "civil/persons.csv"}, {&r.youth, "youth/persons.csv"}} {
		t, err := openTable(filepath.Join(dir, filepath.FromSlash(part.path)))
		if err != nil {
			r.close()
			return nil, err
		}
		*part.to = t
	}
	return &r, nil
}

func (r *peopleReader) close() {
	for _, t := range []*table{r.ids, r.civil, r.youth} {
		if t != nil {
			_ = t.file.Close()
		}
	}
}

// next returns the next person who is or was in the youth registry, as the
// youth registry has them, else as the civil one does.
func (r *peopleReader) next() (entry, error) {
	for {
		ids, err := r.ids.csv.Read()
		if err != nil {
			return entry{}, fmt.Errorf("people.csv ended early: %w", breach.ErrInvalid)
		}
		civil, youth, left := ids[0], ids[1], ids[2]
		row, err := r.civil.find(civil)
		if err != nil {
			return entry{}, err
		}
		switch {
		case youth != "":
			v, err := r.youth.values(youth)
			return entry{values: v, civil: civil, youth: youth}, err
		case left != "":
			return entry{values: r.civil.read(row), civil: civil}, nil
		}
	}
}

func (t *table) find(id string) ([]string, error) {
	row, err := t.csv.Read()
	if errors.Is(err, io.EOF) || err == nil && row[0] != id {
		return nil, fmt.Errorf("person %s is not where people.csv has it: %w", id, breach.ErrInvalid)
	}
	return row, err
}

func (t *table) values(id string) (values, error) {
	row, err := t.find(id)
	if err != nil {
		return values{}, err
	}
	return t.read(row), nil
}

func (t *table) read(row []string) values {
	at := func(name string) string { return row[t.columns[name]] }
	return values{birthName: at("birth_name"), usageName: at("usage_name"), given: strings.Fields(at("given_names")), sex: at("sex"),
		born: at("birth_date"), nationality: at("nationality"), email: at("email"), phone: at("phone"),
		street: at("street"), postcode: at("postcode"), city: at("city")}
}
