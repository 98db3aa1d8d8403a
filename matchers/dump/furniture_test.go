package dump

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// Titles, totals, blank rows and the header again are left out of a report, in
// Inspect and in Convert alike, and what looks like them is kept.
func TestFurniture(t *testing.T) {
	const header = "NOM;PRENOM;NAISSANCE;VILLE;SOLDE\n"
	tests := []struct {
		name, in string
		want     int64
	}{
		{"pages", header + "A;Léo;01/02/1990;Brest;1,00\n;;;Sous-total page 1;1,00\n;;;;\nÉcole du Lac;;;;\n" + header + "B;Zoé;01/02/1991;Brest;2,00\nTOTAL;;;;2,00\n", 2},
		{"rules", header + strings.Repeat("A;Léo;01/02/1990;Brest;1,00\n", 12) + "--------------\nA;Léo;01/02/1990;Brest;1,00\n==============\n", 13},
		{"people called Total and Page", header + "TOTAL;Léo;01/02/1990;;\nPAGE;Zoé;;;\n;Ana;;Brest;\n", 3},
		{"sums of all kinds", header + "A;Léo;01/02/1990;Brest;1,00\n;;;;1 980 €\nSolde au 28/07/2020;;;;2354,62\n;TOTAL;;;100/100\n", 1},
		{"drawn titles", "### Brest;;;;\n" + header + "A;Léo;01/02/1990;Brest;1,00\n### Lorient;;;;\n" + header + "B;Zoé;01/02/1991;Brest;2,00\n", 2},
		{"a lone number of a person", header + "A;Léo;01/02/1990;Brest;1,00\n;;;;0612345678\n", 2},
		{"a lone name behind a row", header + "A;Léo;01/02/1990;Brest;1,00\nB;;;;\n", 2},
		{"many lines at once", header + strings.Repeat("A;Léo;01/02/1990;Brest;1,00\n", 2000) + ";;;;\n;;;Total;2000,00\n" + strings.Repeat(";Léo;01/02/1990;Brest;1,00\n", 1000), 3000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r, err := engine(Options{}).Inspect(context.Background(), Bytes(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Members[0].Tables[0].Rows; got != tt.want {
				t.Errorf("%d rows, want %d", got, tt.want)
			}
			var b bytes.Buffer
			if _, err := engine(Options{}).Convert(context.Background(), &b, Bytes(tt.in), Conversion{}); err != nil {
				t.Fatal(err)
			}
			if got := int64(strings.Count(b.String(), "\r\n")) - 1; got != tt.want {
				t.Errorf("%d rows converted, want %d", got, tt.want)
			}
		})
	}
}

func TestPreambleOf(t *testing.T) {
	rows := func(s string) (out [][]string) {
		for l := range strings.SplitSeq(s, "\n") {
			out = append(out, strings.Split(l, ";"))
		}
		return out
	}
	tests := []struct {
		name, in string
		want     int
	}{
		{"title", "Registre du personnel\nNom;Prénom;Naissance;Ville\nA;Léo;01/02/1990;Brest\nB;Zoé;01/02/1991;Brest", 1},
		{"title, date, blank", "Registre;;;\nle 01/02/2020;;;\n;;;\nNom;Prénom;Naissance;Ville\nA;Léo;01/02/1990;Brest\nB;Zoé;01/02/1991;Brest", 3},
		{"none", "Nom;Prénom;Naissance;Ville\nA;Léo;01/02/1990;Brest", 0},
		{"no header behind", "A;;;\nB;Zoé;01/02/1991;Brest\nC;Léa;02/02/1991;Brest", 0},
	}
	for _, tt := range tests {
		if got := preambleOf(rows(tt.in), 4, &Options{}); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
