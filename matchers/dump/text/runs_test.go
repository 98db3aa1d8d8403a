package text

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump/dumptest"
)

// leak is a table of n invented people.
func leak(n int) string {
	var b strings.Builder
	b.WriteString("nom;prénom;email;date_naissance;téléphone\n")
	for i := range n {
		fmt.Fprintf(&b, "%s;%s;p%d@example.org;%02d/%02d/19%02d;+33 6 39 98 %02d %02d\n", []string{"MARTINEAU", "LE GOFF", "N'GUESSAN", "DIALLO"}[i%4], []string{"Lina", "Yann", "Zoé"}[i%3], i, 1+i%28, 1+i%12, 40+i%60, i%100, i*7%100)
	}
	return b.String()
}

func amounts(n int) string {
	var b strings.Builder
	b.WriteString("id,montant,devise\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d.50,EUR\n", i, i*3)
	}
	return b.String()
}

// Nothing that stands around a table is lost: it is a table too, or text.
func TestBesideTables(t *testing.T) {
	note := "IBAN FR76 3000 4000 0100 0001 2345 643 M. Jean Dupont né le 17/05/1980, x@example.org\n"
	banner := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "*** enjoy the forum now %d ***\n", i)
		}
		return b.String()
	}
	tests := []struct {
		name, text string
		rows       []int
		delims     string
		holds      string // in the running text
	}{
		{"100 rows before", leak(100) + "\n\n" + amounts(60), []int{101, 61}, ";,", ""},
		{"30 rows before", leak(30) + "\n\n" + amounts(60), []int{31, 61}, ";,", ""},
		{"5 rows before", leak(5) + "\n\n" + amounts(60), []int{6, 61}, ";,", ""},
		{"100 rows, no blank", leak(100) + amounts(60), []int{101, 61}, ";,", ""},
		{"5 rows, no blank", leak(5) + amounts(60), []int{6, 61}, ";,", ""},
		{"300 rows before", leak(300) + "\n\n" + amounts(60), []int{301, 61}, ";,", ""},
		{"300 rows, no blank", leak(300) + amounts(60), []int{301, 61}, ";,", ""},
		{"few rows after", leak(300) + amounts(5), []int{301, 6}, ";,", ""},
		{"beyond what is read ahead", leak(40_000) + amounts(1000), []int{40_001, 1001}, ";,", ""},
		{"between", leak(300) + amounts(20) + strings.Join(strings.SplitAfter(leak(300), "\n")[1:], ""), []int{601, 21}, ";,", ""},
		{"three", amounts(60) + leak(300) + "\n" + strings.ReplaceAll(leak(80), ";", "|"), []int{301, 61, 81}, ";,|", ""},
		{"note above", note + leak(50), []int{51}, ";", strings.TrimSpace(note)},
		{"note above, blank", note + "\n" + leak(50), []int{51}, ";", strings.TrimSpace(note)},
		{"note below", leak(50) + note, []int{51}, ";", strings.TrimSpace(note)},
		{"note between", leak(50) + "\n" + note + leak(50), []int{102}, ";", strings.TrimSpace(note)},
		{"3,000 lines of banner", banner(3000) + leak(400), []int{401}, ";", "(lines like this: 3000)"},
		{"10,000 lines of banner", banner(10_000) + leak(400), []int{401}, ";", "(lines like this: 10000)"},
		{"same lines", strings.Repeat("#### BEST; LEAKS ####\n", 3000) + leak(400), []int{401}, ";", "(lines like this: 3000)"},
		{"total", leak(50) + "Total;40;;;\n", []int{51}, ";", "Total 40"},
		{"totals of pages", leak(50) + "Sous-total;40;;;\n\n" + leak(50) + "Total;40;;;\n(80 rows)\n", []int{102}, ";", "Sous-total 40"},
		{"total among rows", leak(50) + "Total;40;;;\n" + strings.SplitAfter(leak(1), "\n")[1], []int{53}, ";", ""},
		{"banner over credentials", "https://t.example.org/join <<< fresh\n" + strings.Repeat("https://a.example.org/login:lina:p:1\nb.example.org:omar:x\n", 20), []int{40}, ":", "<<< fresh"},
		{"count below", leak(50) + "PAX TOTAL: 50\n", []int{51}, ";", "PAX TOTAL: 50"},
		{"lone value where the file is cut", leak(50) + "MARTI", []int{52}, ";", ""},
		{"same width below a title", leak(50) + "[URGENCE]\n" + strings.Replace(leak(40), "prénom;email;date_naissance;téléphone", "lien;appel;le;consigne", 1), []int{51, 41}, ";;", "[URGENCE]"},
		{"the header again below a title", leak(50) + "[URGENCE]\n" + leak(40), []int{93}, ";", ""},
		{"quote never closed", leak(50) + `"` + strings.Repeat("x;y\n", 500_000), []int{500_051}, ";", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), New(), "x.csv", []byte(tt.text))
			if s.Err != nil {
				t.Fatal(s.Err)
			}
			rows, delims := map[string]int{}, 0
			for _, x := range s.Tables {
				rows[x.Info.Dialect.Delimiter] += len(x.Rows)
				if strings.Contains(tt.delims, x.Info.Dialect.Delimiter) {
					delims++
				}
			}
			want := map[string]int{}
			for i, n := range tt.rows {
				want[tt.delims[i:i+1]] += n
			}
			if d := cmp.Diff(want, rows); d != "" {
				t.Errorf("%d tables of %d: %s", len(s.Tables), delims, d)
			}
			if w := len(s.Tables[0].Rows[0]); tt.delims == ";" && w != 5 {
				t.Errorf("%d columns", w)
			}
			if !strings.Contains(s.Texts[outsideTable], tt.holds) || tt.holds == "" && s.Texts[outsideTable] != "" {
				t.Errorf("running text %.300q", s.Texts[outsideTable])
			}
		})
	}
}
