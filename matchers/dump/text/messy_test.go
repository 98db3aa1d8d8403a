package text

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vigie/matchers/dump/dumptest"
)

// messy is a text, the last row of its last table, and how many rows this has with
// its header.
type messy struct {
	name, text string
	last       []string
	rows       int
}

// TestMessyRows reads what one deviation makes of a small table, of which each must
// still give the same rows.
func TestMessyRows(t *testing.T) {
	people := "nom,mail,note,ville\nLina,l.1@example.org,12,Orbe\nZoé,z.2@example.org,7,Lyon\nOmar,o.3@example.org,9,Orbe\nYann,y.4@example.org,3,Pau\n"
	series := "jour,taux\n2024-03-01,1.5\n2024-03-02,2.5\n2024-03-03,1.25\n2024-03-04,3.5\n"
	row := func(s string) string { return strings.Replace(people, "Omar,o.3@example.org,9,Orbe\n", s, 1) }
	other := "code;pays;x\nA;France;1\nB;Suisse;2\nC;Italie;3\n"
	tests := []messy{
		{"the last so", people + `"Omar,""o.3@example.org"",9,""Orbe, Vaud"""` + "\n", []string{"Omar", "o.3@example.org", "9", "Orbe, Vaud"}, 6},
		{"one value more, over lines", people + "\"Omar\nOrtiz\",o.3@example.org,9,Orbe,x\n", []string{"Omar\nOrtiz", "o.3@example.org", "9", "Orbe", "x"}, 6},
		{"one value less, quotes within", people + `Omar,"[""a"", ""b""]",9` + "\n", []string{"Omar", `["a", "b"]`, "9"}, 6},
		{"another delimiter, commas within", people + "Omar;a, b;9;Orbe\n", []string{"Omar", "a, b", "9", "Orbe"}, 6},
		{"another end behind quotes", people + "Omar,o.3@example.org,9,\"Orbe, a\"\rAnna,a.5@example.org,4,\"Pau, b\"\n", []string{"Anna", "a.5@example.org", "4", "Pau, b"}, 7},
		{"ends written twice", strings.ReplaceAll(row("Omar,\"o, 3\",9,Orbe\n"), "\n", "\r\r\n"), []string{"Yann", "y.4@example.org", "3", "Pau"}, 5},
		{"returns, and feeds within quotes", strings.ReplaceAll(people, "\n", "\r") + "\"Omar\n\n\n\n\n\n\n\",o.3@example.org,9,Orbe\r", []string{"Omar\n\n\n\n\n\n\n", "o.3@example.org", "9", "Orbe"}, 6},
		{"bars around rows", "| nom  | ville |\n| Lina | Orbe  |\n| Zoé  |       |\n", []string{"Zoé", ""}, 3},
		{"note behind", people + "\nSource: mairie, 2024\n(1) hors commune\n", []string{"Yann", "y.4@example.org", "3", "Pau"}, 5},
		{"note in the first column", people + "Source: mairie,,,\n", []string{"Yann", "y.4@example.org", "3", "Pau"}, 5},
		{"titles over two columns", "Relevé du 3 mars\nStation 12\n\n" + series, []string{"2024-03-04", "3.5"}, 5},
		{"comments over two columns", "# Relevé du 3 mars\n# ville, station\n" + series, []string{"2024-03-04", "3.5"}, 5},
		{"comments within two columns", series + "# revu\n2024-03-05,2.5\n", []string{"2024-03-05", "2.5"}, 6},
		{"a sign within what looks like a date", strings.ReplaceAll(series, ",", "#"), []string{"2024-03-04", "3.5"}, 5},
		{"titles with delimiters", "Liste, à jour\nFiltre: nom, ville\n\nnom,âge,ville\nLina,12,Orbe\nZoé,7,Lyon\nOmar,9,Orbe\n", []string{"Omar", "9", "Orbe"}, 4},
		{"two colons", "matin::midi::soir\n" + strings.Repeat("N::N::O\nO::N::N\nN::O::O\n", 9), []string{"N", "O", "O"}, 28},
		{"list of moments", strings.Repeat("2024-03-01 12:30:01\n2023-11-02 02:39:06\n", 8), []string{"2023-11-02 02:39:06"}, 16},
		{"list in apostrophes", "'nom'\n'Lina'\n'Zoé'\n'Omar'\n", []string{"Omar"}, 4},
		{"another table, of names alone", people + strings.ReplaceAll(other+strings.Repeat("D;Malte;4\n", 8), ";", ","), []string{"D", "Malte", "4"}, 12},
		{"another table as wide", people + "\n" + strings.ReplaceAll("code;pays;x;y\nA;Malte;1;2\nB;Suisse;2;3\nC;Italie;3;4\n", ";", ","), []string{"C", "Italie", "3", "4"}, 4},
		{"blank lines between words", "équipe,joueur,poste\nRouge,Lina,avant\n\nBleu,Omar,pilier\nRouge,Zoé,avant\nBleu,Yann,avant\nBleu,Anna,Anna\nBleu,Rose,Rose\nBleu,Line,Line\n\nBleu,Anna,pilier\nVert,Vert,x\nVert,Vert,x\nVert,Vert,x\n", []string{"Vert", "Vert", "x"}, 12},
	}
	fixed := "CODE      PLACE  SIGN\n"
	for i := range 24 {
		fixed += fmt.Sprintf("%07d%c  %05d  E\n", 7919*i, 'A'+i%2*i, 1001*i) // half of them end alike
	}
	tests = append(tests, messy{"rows of one form", fixed, []string{"0182137X", "23023", "E"}, 25})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dumptest.Read(context.Background(), New(), "x.csv", []byte(tt.text))
			if s.Err != nil || len(s.Tables) == 0 {
				t.Fatalf("%d tables, %v", len(s.Tables), s.Err)
			}
			rows := s.Tables[len(s.Tables)-1].Rows
			if len(rows) != tt.rows || !slices.Equal(rows[len(rows)-1], tt.last) {
				t.Errorf("%d rows, want %d; %q", len(rows), tt.rows, rows)
			}
		})
	}
}
