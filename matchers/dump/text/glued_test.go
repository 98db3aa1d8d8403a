package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/ident"
	"vigie/matchers/dump/dumptest"
)

// glue writes rows of fixed width, names filled up with blanks.
func glue(n int, row func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(row(i) + "\r\n")
	}
	return b.String()
}

var (
	gluedNames  = []string{"MARTIN", "LE GOFF", "DURAND", "BENALI", "PETIT", "O'NEIL", "GARNIER", "VALLET", "HUET", "ROUX", "FABRE"}
	gluedGiven  = []string{"ANA", "JEAN MARC", "ZOE", "OMAR", "INES", "HUGO", "LEA"}
	gluedTowns  = []string{"75011PARIS", "34000MONTPELLIER", "06000NICE", "59100ROUBAIX", "13008MARSEILLE", "67000STRASBOURG"}
	gluedVoices = []string{"7 RUE DES LILAS", "12 AVENUE FOCH", "112 CHEMIN DU BOIS", "54 QUAI SUD"}
)

// gluedNIR is a NIR with its key.
func gluedNIR(i int) string {
	number := fmt.Sprintf("%d%02d%02d%02d%03d%03d", 1+i%2, 40+i*7%60, 1+i%12, 1+i*5%90, 1+i*13%300, 1+i*17%900)
	for key := range 98 {
		if v := fmt.Sprintf("%s%02d", number, key); key > 0 {
			if _, ok := ident.CheckNIR([]byte(v)); ok {
				return v
			}
		}
	}
	return number + "00"
}

func gluedRow(i int) string {
	return fmt.Sprintf("%-12s%-10s%s%02d%02d%d%-18s%s%09d", gluedNames[i%len(gluedNames)], gluedGiven[i%len(gluedGiven)], gluedNIR(i),
		1+i%28, 1+i%12, 1940+i%60, gluedTowns[i*5%len(gluedTowns)], []string{"A", "S"}[i*i%3%2], i*7919%100000)
}

// Values that prove themselves, and changes of kind, part columns.
func TestGlued(t *testing.T) {
	in := glue(80, gluedRow)
	got := dumptest.Read(t.Context(), New(), "x", []byte(in))
	if len(got.Tables) != 1 {
		t.Fatalf("%d tables", len(got.Tables))
	}
	want := []string{"LE GOFF", "JEAN MARC", gluedNIR(1), "02021941", "67000", "STRASBOURG", "S", "000007919"}
	if diff := cmp.Diff(want, got.Tables[0].Rows[1]); diff != "" {
		t.Error(diff)
	}
	if len(got.Tables[0].Rows) != 80 {
		t.Errorf("%d rows", len(got.Tables[0].Rows))
	}
}

// Lines of several kinds are tables of their own; a first and a last line that
// are of none stand beside them.
func TestGluedKinds(t *testing.T) {
	in := "00EXPORT 2024\r\n" + glue(60, func(i int) string {
		person := fmt.Sprintf("10%08d%-12s%s", 41000120+13*i, gluedNames[i%len(gluedNames)], gluedNIR(i))
		address := fmt.Sprintf("20%08d%-24s%-20s", 41000120+13*i, gluedVoices[i%len(gluedVoices)], gluedTowns[i%len(gluedTowns)])
		account := fmt.Sprintf("30%08d%s%02d%02d20%02d", 41000120+13*i, []string{"RSA", "APL", "AAH"}[i%3], 1+i%28, 1+i%12, 10+i%14)
		return person + "\r\n" + address + "\r\n" + account
	}) + "99000180\r\n"
	got := dumptest.Read(t.Context(), New(), "x", []byte(in))
	if len(got.Tables) != 3 {
		t.Fatalf("%d tables", len(got.Tables))
	}
	want := [][]string{
		{"10", "41000133", "LE GOFF", gluedNIR(1)},
		{"20", "41000133", "12 AVENUE FOCH", "34000", "MONTPELLIER"},
		{"30", "41000133", "APL", "02022011"},
	}
	for i, x := range got.Tables {
		if diff := cmp.Diff(want[i], x.Rows[1]); diff != "" {
			t.Error(diff)
		}
		if len(x.Rows) != 60 {
			t.Errorf("%s: %d rows", x.Info.Name, len(x.Rows))
		}
	}
}

// Sentences and columns that blanks part are not cut further.
func TestNotGlued(t *testing.T) {
	for name, in := range map[string]string{
		"columns": glue(40, func(i int) string {
			return fmt.Sprintf("%-12s %-10s %02d/%02d/%d %s", gluedNames[i%len(gluedNames)], gluedGiven[i%len(gluedGiven)], 1+i%28, 1+i%12, 1940+i%60, gluedTowns[i%6][:5])
		}),
	} {
		got := dumptest.Read(t.Context(), New(), "x", []byte(in))
		if n := len(got.Tables[0].Rows[0]); n != 4 {
			t.Errorf("%s: %d columns", name, n)
		}
	}
}

// Rows with delimiters are told apart by their first value where their widths
// differ; a column of a few codes in front of a table is none of that.
func TestKindsOfRows(t *testing.T) {
	in := "E;2024\n" + glue(30, func(i int) string {
		return fmt.Sprintf("10;%s;%s;%s\r\n20;7 RUE FOCH;34200;SETE;%d\r\n30;RSA;%d,50", gluedNames[i%len(gluedNames)], gluedGiven[i%len(gluedGiven)], gluedNIR(i), i, 100+i)
	}) + "F;90\n"
	got := dumptest.Read(t.Context(), New(), "x", []byte(in))
	if len(got.Tables) != 3 {
		t.Fatalf("%d tables", len(got.Tables))
	}
	for i, want := range [][]string{{"10", "LE GOFF", "JEAN MARC", gluedNIR(1)}, {"20", "7 RUE FOCH", "34200", "SETE", "1"}, {"30", "RSA", "101,50"}} {
		if diff := cmp.Diff(want, got.Tables[i].Rows[1]); diff != "" {
			t.Error(diff)
		}
	}
	same := glue(60, func(i int) string {
		return fmt.Sprintf("%d;%s;%s", 10+i%3*10, gluedNames[i%len(gluedNames)], gluedNIR(i))
	})
	if got := dumptest.Read(t.Context(), New(), "x", []byte(same)); len(got.Tables) != 1 {
		t.Errorf("a column of codes: %d tables", len(got.Tables))
	}
}

// A byte that every line has as often is the delimiter, whatever letter it may be
// in another encoding.
func TestHighDelimiter(t *testing.T) {
	in := glue(30, func(i int) string {
		return strings.Join([]string{fmt.Sprint(i), gluedNames[i%len(gluedNames)], "Ren\xe9e", gluedNIR(i)}, "\xa4")
	})
	got := dumptest.Read(t.Context(), New(), "x", []byte(in))
	if d := got.Tables[0].Info.Dialect.Delimiter; d != "¤" || got.Tables[0].Info.Encoding != "windows-1252" {
		t.Errorf("%q, %s", d, got.Tables[0].Info.Encoding)
	}
	if diff := cmp.Diff([]string{"1", "LE GOFF", "Renée", gluedNIR(1)}, got.Tables[0].Rows[1]); diff != "" {
		t.Error(diff)
	}
}
