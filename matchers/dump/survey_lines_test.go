package dump

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// studied is what a survey makes of lines, given as they stand where it takes them
// so, and cut where not. The rows behind early count as if compareFirst were
// before them.
func studied(t *testing.T, lines [][]byte, early int, whole bool) (l *Layout, r *Report, taken int) {
	t.Helper()
	o := dictionaries()
	s := newSurvey(&o)
	f := &File{}
	s.begin(f, "csv")
	rows, err := s.table(f, TableInfo{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(lines); i++ {
		if i == early {
			rows.(*surveyed).row = compareFirst
		}
		if n := min(len(lines)-i, 1+i%700); whole && (i >= early || i+n <= early) {
			// So many at once, with what may stand behind them.
			block := append(bytes.Join(lines[i:i+n], []byte{'\n'}), "\n;;@@99;;12345678901234567890"...)
			n, size, err := rows.(Lines).Lines(block[:bytes.LastIndexByte(block, '\n')+1], ';')
			if got := bytes.Count(block[:size], []byte{'\n'}); got != n || err != nil {
				t.Fatalf("took %d rows and %d line feeds", n, got)
			}
			taken += n
			if i += n; n > 0 {
				i--
				continue
			}
		}
		line := bytes.TrimSuffix(lines[i], []byte{'\r'})
		if err := rows.Row(bytes.Split(line, []byte{';'})); err != nil {
			t.Fatal(err)
		}
	}
	s.end(f)
	l = s.layout()
	return l, s.report(l, true), taken
}

// What is said of a table is the same whether its rows come cut or as they stand.
func TestLinesAreStudiedAsRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	lines := [][]byte{[]byte("id;nom;prenom;naissance;mail;tel;remarque;divers")}
	again := 1 // lines that come twice, and the header
	for i := range 20_000 {
		line := fmt.Sprintf("%d;%s;%s;%02d/%02d/%d;%s;06 39 98 %02d %02d;%s;%s", i, pick("MARTINEAU", "N'GUESSAN", "LE GOFF", "null", "Durand", ""),
			pick("Zoé", "Lina", "Nathan", "Inès", "Ève"), 1+r.IntN(28), 1+r.IntN(12), 1930+r.IntN(80),
			pick(fmt.Sprintf("lina%d@example.org", i), fmt.Sprintf("Lina.%d@EXAMPLE.org", i), fmt.Sprintf("zoé%d@example.org", i), fmt.Sprintf("ÈVE%d@example.org", i), "", "-", " x@example.org "), i/100%100, i%100,
			pick("", "", "rue des Lilas", "a dit le 3 mars qu'il habite chez sa mère", "appeler lundi ou mardi matin"),
			pick("", "", "a", "12", "123456789012", "4970100000000055", "2 69 05 49 588 157 80", "mot@example.net", "= 3", "'1", "n/a"))
		if i%2 == 0 {
			line = fmt.Sprintf("%d;LEMAIRE;Zoé;%02d/%02d/%d;zoé%d@example.org;06 39 98 00 01;;", i, 1+r.IntN(28), 1+r.IntN(12), 1930+r.IntN(80), i)
		}
		if r.IntN(300) == 0 {
			line = pick(line+";x", "a;b", "", line[:9], string(lines[0]), ";;;;;;;")
		}
		lines = append(lines, []byte(line))
		if r.IntN(50) == 0 {
			lines[i+again] = append(lines[i+again], '\r')
		}
		if r.IntN(100) == 0 {
			lines = append(lines, lines[len(lines)-1])
			again++
		}
	}
	l, report, _ := studied(t, lines, -1, false)
	l2, report2, taken := studied(t, lines, -1, true)
	if diff := cmp.Diff(l, l2, cmp.AllowUnexported(TableLayout{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(report, report2, cmp.AllowUnexported(Clues{}, Sketch{}, tally{})); diff != "" {
		t.Error(diff)
	}
	if taken < 15_000 {
		t.Errorf("only %d lines were taken as they stand", taken)
	}
}

// FuzzLine holds that a line is studied as its values are, wherever they end.
func FuzzLine(f *testing.F) {
	f.Add([]byte("12;lina@example.org;Zoé"), uint16(3))
	f.Add([]byte("a;b@c;123456789012"), uint16(900))
	f.Fuzz(func(t *testing.T, line []byte, seed uint16) {
		line = bytes.ToValidUTF8(bytes.Map(func(r rune) rune {
			if r >= 0x80 && (r < 0xe0 || r > 0xff) {
				return 'x' // what is damaged is never given as it stands
			}
			return r
		}, line), nil)
		lines := make([][]byte, pendingRows+30, pendingRows+70)
		for i := range lines {
			lines[i] = fmt.Appendf(nil, "%d;lina%d@example.org;Zoé", i, i*int(seed))
		}
		line = bytes.ReplaceAll(line, []byte{'\n'}, nil)
		for range 40 {
			lines = append(lines, line)
		}
		l, report, _ := studied(t, lines, pendingRows+20, false)
		l2, report2, _ := studied(t, lines, pendingRows+20, true)
		if diff := cmp.Diff(l, l2, cmp.AllowUnexported(TableLayout{})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(report, report2, cmp.AllowUnexported(Clues{}, Sketch{}, tally{})); diff != "" {
			t.Error(diff)
		}
	})
}
