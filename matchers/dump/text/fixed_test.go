package text

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump/dumptest"
)

// What a report prints on every page is no row, and no column is cut by it, by the
// commas of its amounts or by the blanks within its numbers.
func TestReportOfPages(t *testing.T) {
	var b strings.Builder
	want := [][]string{}
	names := []string{"Noël Lina", "Abel Zoé", "Le Goff Yann", "Martineau Omar", "Diallo Ana", "Petit Jean", "Roux Aïcha", "Caron Éric", "Blanc Marie-Lou"}
	for page := range 3 {
		begin := "\f"
		if page == 0 {
			begin = ""
		}
		fmt.Fprintf(&b, "%sMAIRIE DE SETE   service du personnel          Page : %2d\n\n", begin, page+1)
		header := fmt.Sprintf("%-8s%-22s%-12s%-14s%s", "Matr.", "Nom", "Brut", "Net à payer", "RIB")
		b.WriteString(header + "\n" + strings.Repeat("=", 80) + "\n")
		want = append(want, []string{"Matr.", "Nom", "Brut", "Net à payer", "RIB"})
		for i, name := range names[page*3 : page*3+3] {
			gross, net := fmt.Sprintf("%d,%02d", 700+900*i, 11*i), fmt.Sprintf("%d,%02d", 500+800*i, 7*page)
			account := fmt.Sprintf("%05d %05d %02d", 30000+page, 20000+i, 61+i)
			fmt.Fprintf(&b, "%05d   %-22s%8s    %9s     %s\n", 700+10*page+i, name, gross, net, account)
			want = append(want, []string{fmt.Sprintf("%05d", 700+10*page+i), name, gross, net, account})
		}
		fmt.Fprintf(&b, "%50s : %d,%02d\n", "Total page", 3000*page+7, page)
	}
	s := dumptest.Read(context.Background(), New(), "x.prn", []byte(b.String()))
	if len(s.Tables) != 1 {
		t.Fatal(len(s.Tables))
	}
	if d := cmp.Diff(want, s.Tables[0].Rows); d != "" {
		t.Error(d)
	}
	if text := fmt.Sprint(s.Texts); !strings.Contains(text, "MAIRIE DE SETE") || !strings.Contains(text, "Total page") {
		t.Errorf("running text: %s", text)
	}
}
