package registry

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"vigie/matchers"
)

// exported writes the registry as somebody might: each column a header and what
// it says of a record.
type exportColumnOf struct {
	header string
	value  func(i int, rec *matchers.Record) string
}

func exported(t *testing.T, r *Registry, comma rune, cols []exportColumnOf) []byte {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = comma, true
	var line []string
	for _, c := range cols {
		line = append(line, c.header)
	}
	_ = w.Write(line)
	i := 0
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		line = line[:0]
		for _, c := range cols {
			line = append(line, c.value(i, &rec))
		}
		_ = w.Write(line)
		i++
	}
	w.Flush()
	return out.Bytes()
}

func valueOf(f matchers.Field) func(int, *matchers.Record) string {
	return func(_ int, rec *matchers.Record) string { return rec.Values[f] }
}

func TestCanariesAreWrittenAsTheExportIs(t *testing.T) {
	_, _, r := villageOpen(t, 500)
	people := invented(t, r, 25, 6)
	export := exported(t, r, ';', []exportColumnOf{
		{"Ville", valueOf(matchers.City)},
		{"PRENOM", func(_ int, rec *matchers.Record) string {
			first, _, _ := strings.Cut(rec.Values[matchers.GivenNames], " ")
			return strings.ToUpper(letters(first))
		}},
		{"Nom", func(_ int, rec *matchers.Record) string { return strings.ToUpper(rec.Values[matchers.BirthName]) }},
		{"Date de naissance", func(_ int, rec *matchers.Record) string {
			b := rec.Values[matchers.BirthDate]
			return b[8:] + "/" + b[5:7] + "/" + b[:4]
		}},
		{"Sexe", func(_ int, rec *matchers.Record) string {
			return map[string]string{"F": "Femme", "M": "Homme"}[rec.Values[matchers.Sex]]
		}},
		{"Téléphone", func(_ int, rec *matchers.Record) string {
			if p := rec.Values[matchers.Phone]; p != "" {
				return "0" + p[3:4] + " " + p[4:6] + " " + p[6:8] + " " + p[8:10] + " " + p[10:]
			}
			return "NULL"
		}},
		{"Conseiller", func(i int, _ *matchers.Record) string { return []string{"AB", "CD", "EF"}[i%3] }},
		{"Courriel", func(int, *matchers.Record) string { return "" }},
	})
	var out bytes.Buffer
	rows, err := r.Insert(t.Context(), &out, bytes.NewReader(export), people)
	if err != nil || rows != 525 {
		t.Fatal(rows, err)
	}
	before, after := bytes.SplitAfter(export, []byte("\n")), bytes.SplitAfter(out.Bytes(), []byte("\n"))
	var added [][]byte
	var places []int
	for i, line := range after {
		if len(before) > 0 && bytes.Equal(line, before[0]) {
			before = before[1:]
			continue
		}
		added, places = append(added, line), append(places, i)
	}
	if len(before) != 0 || len(added) != 25 {
		t.Fatalf("%d lines of the original are not in their order, %d were added", len(before), len(added))
	}
	if places[0] > 150 || places[24] < 375 {
		t.Errorf("canaries stand together: rows %d", places)
	}
	for _, line := range added {
		f := strings.Split(strings.TrimSuffix(string(line), "\r\n"), ";")
		if len(f) != 8 || !fits(f[3], "DD/MM/YYYY") || f[4] != "Femme" && f[4] != "Homme" || f[7] != "" ||
			f[5] != "NULL" && (len(f[5]) != 14 || f[5][0] != '0') || !slices.Contains([]string{"AB", "CD", "EF"}, f[6]) ||
			strings.ContainsFunc(f[1]+f[2], unicode.IsLower) || strings.Contains(f[1], " ") || strings.ContainsFunc(f[1], func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("not as the others: %q", line)
		}
	}
}

func TestCanariesKeepTheOrderOfTheExport(t *testing.T) {
	_, _, r := villageOpen(t, 400)
	people := invented(t, r, 20, 8)
	export := exported(t, r, ',', []exportColumnOf{
		{"id", func(_ int, rec *matchers.Record) string { return rec.ID }},
		{"email", valueOf(matchers.Email)},
	})
	export = bytes.TrimSuffix(append([]byte("\ufeff"), export...), []byte("\r\n"))
	var out bytes.Buffer
	if _, err := r.Insert(t.Context(), &out, bytes.NewReader(export), people); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	if !ok || strings.HasSuffix(text, "\n") {
		t.Error("the mark at the beginning or the missing end of line was not kept")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 421 {
		t.Fatal(len(rows), err)
	}
	if !slices.IsSortedFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) }) {
		t.Error("the file is not sorted any more")
	}
}

func TestExportsAreRefused(t *testing.T) {
	_, _, r := villageOpen(t, 50)
	people := invented(t, r, 2, 9)
	for _, tt := range []struct{ name, export, want string }{
		{"nothing", "", "empty"},
		{"a header alone", "nom,prenom\n", "empty"},
		{"nothing that tells people", "ville,cp\nX,1\n", "unknown-columns"},
		{"Latin-1", "nom,prenom\nX,Zo\xe9\n", "not-utf8"},
		{"ragged", "nom,prenom\nX,Y,Z\n", "field-count"},
		{"two telephones", "nom,tel,portable\nX,1,2\n", "duplicate-column"},
		{"a value without end", "nom\n" + strings.Repeat("x", 2*maxRecord), "record-too-long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			if _, err := r.Insert(t.Context(), &out, strings.NewReader(tt.export), people); !refusedAs(err, tt.want) {
				t.Errorf("%v, want refused as %s", err, tt.want)
			}
		})
	}
}

func TestInventionIsRefused(t *testing.T) {
	_, _, r := villageOpen(t, 1)
	for _, n := range []int{0, -1, MaxCanaries + 1} {
		if _, _, err := r.Invent(t.Context(), Invention{Count: n, Domains: []string{"example.org"}}); !refusedAs(err, "bad-count") {
			t.Errorf("%d canaries: %v", n, err)
		}
	}
	if _, _, err := r.Invent(t.Context(), Invention{Count: 3, Domains: []string{"example.org"}}); !refusedAs(err, "too-alike") {
		t.Errorf("of one person: %v", err)
	}
}

func TestIdsWithoutGaps(t *testing.T) {
	dir, keys := t.TempDir(), newKeys(t)
	var b strings.Builder
	b.WriteString(personsHeader)
	for i := range 300 {
		fmt.Fprintf(&b, "%04d,ml-a,Canari%c,,Lina,F,2001-02-%02d%s\n", i+1, 'a'+i%26, 1+i%28, strings.Repeat(",", 23))
	}
	if _, refused, err := Import(t.Context(), options(dir, keys, b.String(), relationsHeader)); err != nil || refused.Count > 0 {
		t.Fatal(refused, err)
	}
	people, dense, err := open(t, dir, keys).Invent(t.Context(), Invention{Count: 5, Domains: []string{"example.org"}})
	if err != nil || !dense {
		t.Fatal(dense, err)
	}
	for _, p := range people {
		if id := p.values[colID]; len(id) != 4 || id <= "0300" || id > "0400" {
			t.Errorf("id %s", id)
		}
	}
}

// Whatever an export holds, the original's bytes stay in the copy.
func FuzzInsert(f *testing.F) {
	for _, seed := range []string{"nom,prenom\nX,Y\n", "\ufeffnom;email\r\n\"a\"\"b\";x\r\n\r\n\"c\nd\";y", "nom\n\"", "nom,nom\n"} {
		f.Add([]byte(seed))
	}
	_, _, r := villageOpen(f, 40)
	people := invented(f, r, 3, 5)
	f.Fuzz(func(t *testing.T, export []byte) {
		var out bytes.Buffer
		rows, err := r.Insert(t.Context(), &out, bytes.NewReader(export), people)
		if err != nil {
			return
		}
		if rows < 4 || out.Len() < len(export) {
			t.Errorf("%d rows, %d bytes of %d", rows, out.Len(), len(export))
		}
	})
}
