package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vigie/internal/breach"
	"vigie/matchers"
)

// The same people in any dialect give the same records.
func TestDialects(t *testing.T) {
	header := []string{"Nom", "Prénom", "Date de naissance", "Adresse", "Email", "Code postal"}
	table := [][]string{
		{"MARTINEAU", "Lina", "17/05/2009", "3, rue des Lilas; bât. B", "lina@example.org", "34000"},
		{"N'GUESSAN", "Omar", "03/12/2001", `12 "bis" rue | du ~ Port`, "omar@example.org", "01000"},
		{"LE GOFF", "Yann", "30/01/1999", "4 rue: Haute\td'Orbe", "", "75011"},
		{"DIALLO", "Aïcha", "21/07/1987", "", "aicha@example.org", ""},
	}
	rapid.Check(t, func(t *rapid.T) {
		d := dialect{delim: []byte(rapid.SampledFrom([]string{",", ";", "\t", "|", "||", "~", ":"}).Draw(t, "delim")), newline: '\n'}
		d.quote = rapid.SampledFrom([]byte{'"', '\''}).Draw(t, "quote")
		d.escape = d.quote
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		always := rapid.Bool().Draw(t, "always quoted")
		headed := rapid.Bool().Draw(t, "header")
		lines := rapid.SampledFrom([]string{"", "Extraction du 3 mars\n\nÀ ne pas diffuser\n"}).Draw(t, "preamble")
		var b strings.Builder
		b.WriteString(strings.ReplaceAll(lines, "\n", end))
		if headed {
			writeRow(&b, header, d, always, end)
		}
		n := rapid.IntRange(2, 6).Draw(t, "times")
		for range n {
			for _, row := range table {
				writeRow(&b, row, d, always, end)
			}
		}
		l, p, err := Inspect(context.Background(), from(b.String()), Options{Now: today})
		if err != nil {
			t.Fatal(err)
		}
		if l.Delimiter != string(d.delim) || l.Header != headed || len(l.Columns) != 6 || p.Rows != int64(4*n) || p.Refused != 0 {
			t.Fatalf("layout %+v, rows %d, refused %d\n%s", l, p.Rows, p.Refused, b.String())
		}
		r, err := Open(from(b.String()), l)
		if err != nil {
			t.Fatal(err)
		}
		var rec matchers.Record
		for i := range 4 * n {
			if err := r.Next(&rec); err != nil {
				t.Fatal(err)
			}
			if rec.Values[matchers.Email] != table[i%4][4] {
				t.Fatalf("record %d = %q", i, rec.Values)
			}
			if headed && rec.Values[matchers.BirthName] != table[i%4][0] {
				t.Fatalf("record %d = %q", i, rec.Values)
			}
		}
		if err := r.Next(&rec); !errors.Is(err, io.EOF) {
			t.Fatalf("after the end: %v", err)
		}
	})
}

func writeRow(b *strings.Builder, row []string, d dialect, always bool, end string) {
	for i, v := range row {
		if i > 0 {
			b.Write(d.delim)
		}
		if always || strings.Contains(v, string(d.delim)) || strings.ContainsAny(v, "\"\r\n") || strings.HasPrefix(v, string(d.quote)) {
			v = quoteValue(v, d)
		}
		b.WriteString(v)
	}
	b.WriteString(end)
}

func TestHostileShapes(t *testing.T) {
	body := people(9, 60, ";", "birth_name", "given_names", "birth_date", "email", "postcode")
	head := "Nom;Prénom;Date de naissance;Email;Code postal\n"
	tests := []struct {
		name     string
		text     string
		rows     int64
		refused  int64
		complete bool
		warning  string
	}{
		{"good", head + body, 60, 0, true, ""},
		{"sep=", "sep=;\n" + head + body, 60, 0, true, ""},
		{"header again", head + body + head + body, 120, 0, true, WarningHeaderAgain},
		{"ten thousand lines before", strings.Repeat("Document interne, ne pas diffuser\n", 10_000) + head + strings.Repeat(body, 100), 6000, 0, true, WarningPreamble},
		{"total at the end", head + body + "Total;60\n", 61, 1, true, ""},
		{"a row too wide", head + body + "a;b;c;d;e;f;g;h;i;j\n", 61, 1, true, ""},
		{"empty values at the end", head + strings.ReplaceAll(body, "\n", ";;\n"), 60, 0, true, ""},
		{"cut in the last row", head + body[:len(body)-25], 60, 0, false, WarningCutLastRow},
		{"cut inside quotes", head + body + `DIALLO;"Aïc`, 61, 1, false, WarningCutInQuotes},
		{"one line of 20 MB", head + body + strings.Repeat("x", 20<<20) + "\n" + body, 121, 1, true, ""},
		{"a hundred thousand columns", head + body + strings.Repeat(";", 100_000) + "\n", 61, 1, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, p := inspect(t, tt.text, dictionaries())
			if p.Rows != tt.rows || p.Refused != tt.refused || p.Complete != tt.complete || len(l.Columns) < 5 {
				t.Errorf("rows %d, refused %d, complete %v, columns %d, warnings %v", p.Rows, p.Refused, p.Complete, len(l.Columns), l.Warnings)
			}
			if tt.warning != "" && !slices.Contains(l.Warnings, tt.warning) {
				t.Errorf("warnings = %v, want %s", l.Warnings, tt.warning)
			}
			r, err := Open(from(tt.text), l)
			if err != nil {
				t.Fatal(err)
			}
			var n int64
			for rec, err := range r.Records() {
				if err != nil {
					t.Fatal(err)
				}
				if rec.Values[matchers.BirthName] != "" {
					n++
				}
			}
			if n < tt.rows-tt.refused-1 || r.Rows() != p.Rows || total(r.Refused()) != p.Refused {
				t.Errorf("%d records of %d rows, refused %v", n, r.Rows(), r.Refused())
			}
		})
	}
}

// A comma within an unquoted address moves the values behind it; they are put
// back where their shapes leave one way.
func TestRealign(t *testing.T) {
	head := "Nom,Prénom,Naissance,Adresse,Code postal,Ville,Email\n"
	row := "MARTIN,Paul,17/05/2009,3 rue Haute,34000,ORBE,paul@example.org\n"
	text := head + strings.Repeat(row, 20) + "DIALLO,Aïcha,21/07/1987,12, rue des Lilas, bât. B,01000,ORBE,aicha@example.org\n"
	l, p := inspect(t, text, Options{})
	recs := records(t, text, l)
	last := recs[len(recs)-1].Values
	if p.Refused != 0 || last[matchers.Street] != "12, rue des Lilas, bât. B" || last[matchers.Postcode] != "01000" || last[matchers.City] != "ORBE" {
		t.Errorf("refused %d, last record %q", p.Refused, last)
	}
}

func TestLayoutHoldsNoValueAndSurvivesJSON(t *testing.T) {
	l, p := inspect(t, leak, dictionaries())
	raw, err := json.Marshal(map[string]any{"layout": l, "profile": p})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"MARTINEAU", "Lina", "example.org", "639980", "Lilas", "2009"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("it tells %q", secret)
		}
	}
	var back struct{ Layout Layout }
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(*l, back.Layout); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(records(t, leak, l), records(t, leak, &back.Layout)); d != "" {
		t.Error(d)
	}
}

func TestFaultsAreTold(t *testing.T) {
	l, _ := inspect(t, leak, Options{})
	broken := func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(leak), iotest.ErrReader(io.ErrUnexpectedEOF))), nil
	}
	r, err := Open(broken, l)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		err = r.Next(&matchers.Record{})
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "LE GOFF") {
		t.Errorf("got %v", err)
	}
	if _, err := Open(from(leak), &Layout{}); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("empty layout: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Inspect(ctx, from(people(1, 5000, ";", "birth_name", "email")), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzInspect(f *testing.F) {
	for _, seed := range []string{leak, accents, "a", "\xff\xfea\x00;\x00", "sep=,\n\"", "a:b\nc:d\n", strings.Repeat(";", 5000), "\"\n\"\n\"", "\r\r\r", "x;y\n1;2\n\xe9;\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, p, err := Inspect(context.Background(), from(string(text)), dictionaries())
		if err != nil {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			return
		}
		r, err := Open(from(string(text)), l)
		if err != nil {
			t.Fatal(err)
		}
		var n int64
		for rec, err := range r.Records() {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if rec.Row <= 0 {
				t.Fatalf("row %d", rec.Row)
			}
		}
		if n+p.Refused != p.Rows || r.Rows() != p.Rows {
			t.Fatalf("%d records and %d refused of %d rows", n, p.Refused, p.Rows)
		}
	})
}

// BenchmarkRecords reads full Records; BenchmarkSplit/encoding-csv beside it
// only splits.
func BenchmarkRecords(b *testing.B) {
	text := string(hundredBytes(20_000))
	l, _, err := Inspect(context.Background(), from(text), dictionaries())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open(from(text), l)
		if err != nil {
			b.Fatal(err)
		}
		var rec matchers.Record
		for err = r.Next(&rec); err == nil; err = r.Next(&rec) {
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	for _, rows := range []int{20_000, 400_000} {
		text := string(hundredBytes(rows))
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, _, err := Inspect(context.Background(), from(text), dictionaries()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
