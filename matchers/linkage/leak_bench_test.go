package linkage_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

// BenchmarkLeak matches an invented leak with an invented country, stage by
// stage, by processor time. LEAK_INDEX is an index (made from LEAK_PEOPLE, the
// persons.csv of `vigie synth population`, when it is not there), LEAK_ROWS the
// leak.csv of `vigie synth leak`; LEAK_OUT keeps the answers, to compare them
// with another version's.
func BenchmarkLeak(b *testing.B) {
	index, rows := os.Getenv("LEAK_INDEX"), os.Getenv("LEAK_ROWS")
	if index == "" {
		b.Skip("LEAK_INDEX names no file")
	}
	ctx, opt := context.Background(), linkage.Options{}
	if _, err := os.Stat(index); err != nil {
		b.Logf("index written in %v", took(func() { writeIndex(b, index, os.Getenv("LEAK_PEOPLE")) }))
	}
	if rows == "" {
		return
	}
	f, err := os.Open(index)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		b.Fatal(err)
	}
	leak := readLeak(b, rows)
	for b.Loop() {
		var ix *linkage.Index
		var model *linkage.Model
		opened := took(func() { ix, err = linkage.Open(f, size, 0) })
		if err != nil {
			b.Fatal(err)
		}
		train := took(func() { model, err = linkage.Train(ctx, ix, slice(leak), opt) })
		if err != nil {
			b.Fatal(err)
		}
		var settled *linkage.Model
		settle := took(func() {
			var l *linkage.Lesson
			if l, err = linkage.Draw(ctx, ix, slice(leak), opt); err == nil {
				settled, err = l.Settle(ctx, model)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		m := linkage.NewMatcher(ix, settled, opt)
		run := took(func() { _, err = m.Run(ctx, slice(leak), func(matchers.Record, []linkage.Match) error { return nil }) })
		if err != nil {
			b.Fatal(err)
		}
		var warm int64
		again := took(func() {
			_, err = m.Run(ctx, slice(leak), func(_ matchers.Record, ms []linkage.Match) error { warm += int64(len(ms)); return nil })
		})
		if err != nil {
			b.Fatal(err)
		}
		n := float64(len(leak))
		b.Logf("%d rows, %d matches: open %v, train %v, settle %v, run %v (%.1f µs a row), again %v (%.1f)", len(leak), warm, opened, train, settle,
			run, run.Seconds()*1e6/n, again, again.Seconds()*1e6/n)
		keepAnswers(b, m, leak)
	}
}

// keepAnswers writes what is told of every row.
func keepAnswers(b *testing.B, m *linkage.Matcher, leak []matchers.Record) {
	name := os.Getenv("LEAK_OUT")
	if name == "" {
		return
	}
	out, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	enc := json.NewEncoder(out)
	sum, err := m.Run(context.Background(), slice(leak), func(r matchers.Record, ms []linkage.Match) error {
		if len(ms) == 0 {
			return nil
		}
		return enc.Encode(struct {
			Row     int64
			Matches []linkage.Match
		}{r.Row, ms})
	})
	if err == nil {
		err = enc.Encode(sum)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
}

func writeIndex(b *testing.B, name, people string) {
	out, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	aside, err := os.CreateTemp(filepath.Dir(name), "aside-")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = os.Remove(aside.Name()) }()
	st, err := linkage.Write(context.Background(), out, readPeople(people), &fileSpool{file: aside})
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	b.Logf("%+v; %d MB of memory at most", st, u.Maxrss>>10)
}

// fileSpool is a spool of invented people, which nobody has to seal.
type fileSpool struct {
	file *os.File
	ends []int64
}

func (s *fileSpool) Put(piece []byte) error {
	at := s.end(len(s.ends))
	s.ends = append(s.ends, at+int64(len(piece)))
	_, err := s.file.WriteAt(piece, at)
	return err
}

func (s *fileSpool) end(n int) int64 {
	if n == 0 {
		return 0
	}
	return s.ends[n-1]
}

func (s *fileSpool) Take(n int, dst []byte) ([]byte, error) {
	from := s.end(n)
	at := len(dst)
	dst = slices.Grow(dst, int(s.ends[n]-from))[:at+int(s.ends[n]-from)]
	_, err := s.file.ReadAt(dst[at:], from)
	return dst, err
}

// readPeople reads a registry's people one by one.
func readPeople(name string) iter.Seq2[matchers.Record, error] {
	fields := map[string]matchers.Field{
		"birth_name": matchers.BirthName, "usage_name": matchers.UsageName, "given_names": matchers.GivenNames, "sex": matchers.Sex,
		"birth_date": matchers.BirthDate, "birth_place": matchers.BirthPlace, "birth_commune": matchers.BirthCommune,
		"nationality": matchers.Nationality, "email": matchers.Email, "phone": matchers.Phone, "street": matchers.Street,
		"postcode": matchers.Postcode, "city": matchers.City,
	}
	return readTable(name, ',', fields, "id")
}

// readLeak reads a leak whole.
func readLeak(b *testing.B, name string) []matchers.Record {
	fields := map[string]matchers.Field{
		"Nom": matchers.BirthName, "Prénom": matchers.GivenNames, "Date de naissance": matchers.BirthDate, "Nationalité": matchers.Nationality,
		"Email": matchers.Email, "Adresse": matchers.Street, "Code postal": matchers.Postcode, "Ville": matchers.City, "Téléphone": matchers.Phone,
		"NOM_USAGE": matchers.UsageName, "NOM_NAISSANCE": matchers.BirthName, "PRENOMS": matchers.GivenNames, "DT_NAISS": matchers.BirthDate,
		"ADR_VOIE": matchers.Street, "ADR_CP": matchers.Postcode, "ADR_COMMUNE": matchers.City, "TEL_PORTABLE": matchers.Phone, "MEL": matchers.Email, "SEXE": matchers.Sex,
	}
	var out []matchers.Record
	for r, err := range readTable(name, ';', fields, "") {
		if err != nil {
			b.Fatal(err)
		}
		r.Row = int64(len(out) + 1)
		if d := strings.Split(r.Values[matchers.BirthDate], "/"); len(d) == 3 { // as a reader of dumps gives them
			r.Values[matchers.BirthDate] = d[2] + "-" + d[1] + "-" + d[0]
		}
		out = append(out, r)
	}
	return out
}

func readTable(name string, comma rune, fields map[string]matchers.Field, id string) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		f, err := os.Open(name)
		if err != nil {
			yield(matchers.Record{}, err)
			return
		}
		defer func() { _ = f.Close() }()
		r := csv.NewReader(f)
		r.Comma, r.LazyQuotes = comma, true
		head, err := r.Read()
		if err != nil {
			yield(matchers.Record{}, err)
			return
		}
		for {
			cells, err := r.Read()
			if err == io.EOF {
				return
			}
			var rec matchers.Record
			for i, c := range cells {
				if f, ok := fields[strings.TrimPrefix(head[i], "\ufeff")]; ok {
					rec.Values[f] = c
				} else if id != "" && head[i] == id {
					rec.ID = c
				}
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}
