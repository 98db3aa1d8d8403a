package dump

import (
	"fmt"
	"strings"
	"testing"
)

// rowsOf cuts a small table.
func rowsOf(text string) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ";"))
	}
	return rows
}

func TestHeaderOf(t *testing.T) {
	o := worldOptions()
	tests := []struct {
		name, text string
		want       int
	}{
		{"words over numbers", "alpha;beta\n1;2\n3;4\n5;6\n", 1},
		{"numbers alone", "1;2\n3;4\n5;6\n", 0},
		{"French words over text", "nom;prénom;ville\nMARTIN;Lina;Lyon\nDURAND;Omar;Paris\n", 1},
		{"German words over text", "Vorname;Nachname;Ort\nLina;Martin;Bonn\nOmar;Durand;Köln\nEva;Kranz;Trier\n", 1},
		{"Spanish words", "nombre;apellidos;ciudad\nLina;Martin;Soria\nOmar;Durand;Lugo\nEva;Paz;Jaca\n", 1},
		{"names alone", "MARTIN;Lina;Lyon\nDURAND;Omar;Paris\nPETIT;Emma;Nantes\n", 0},
		{"an address first", "lina@example.org;azerty\nomar@example.org;soleil1\n", 0},
		{"years over numbers", "pays;2019;2020;2021\nFrance;1.5;2.5;3.5\nItalie;4.1;5.2;6.3\n", 1},
		{"years alone over numbers", "2019;2020;2021\n1.5;2.5;3.5\n4.1;5.2;6.3\n", 1},
		{"years over years", "2019;2020\n2021;2022\n2018;2017\n", 0},
		{"snake case over words", "user_label;group_kind\nblue whale;sea\nred panda;land\ngreen frog;pond\n", 1},
		{"identifiers over codes", "identifier;category\nAB-123-XY;north\nCD-456-ZT;south\nEF-789-QW;north\nGH-012-RT;east\n", 1},
		{"one row of words that headers use", "nom;prenom;date de naissance\n", 1},
		{"one row of values", "MARTIN;Lina;17/05/2009\n", 0},
		{"the first row comes again", "rouge;grand\nbleu;petit\nrouge;grand\nrouge;petit\nbleu;grand\n", 0},
		{"groups over names", "Personne;;;Adresse;;\nnom;prenom;date;rue;code postal;ville\nMARTIN;Lina;17/05/2009;3 rue des Lilas;69001;Lyon\nDURAND;Omar;01/02/2001;4 rue des Lilas;75001;Paris\n", 2},
		{"groups over words of a trade", "Patient;;;Première;;\nNuméro;Régime;Comorbidités;Vaccin;Lot;Injection\n101;MSA;asthme;Aster;YWPSUI;01/10/2021\n102;RG;;Basalt;JJ7ERI;05/03/2021\n", 2},
		{"gaps over a row of values", "Patient;;;Première;;\nMARTIN;RG;asthme;Aster;YWPSUI;01/10/2021\nDURAND;RG;toux;Basalt;JJ7ERI;05/03/2021\nPETIT;RG;toux;Basalt;JJ7ERI;05/03/2021\n", 0},
		{"one word and a count over dates and numbers", "c1;c2;c3\nMARTIN;17/05/2009;04 00 01\nDURAND;01/02/2001;04 00 02\nPETIT;03/04/2002;04 00 03\n", 1},
		{"a word and a count, and gone on below", "A1;A2;A3\nA4;A5;A6\nB1;B2;B3\n", 0},
		{"nothing", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := headerOf(rowsOf(tt.text), &o); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// Invented tables have no header; given one, in words or obfuscated, it is seen.
func TestHeadersOfManyTables(t *testing.T) {
	o := worldOptions()
	missed, invented, n := 0, 0, 0
	for seed := range uint64(2 * len(tableShapes)) {
		table := invent(seed, 30)
		n++
		if headerOf(table.rows, &o) != 0 {
			invented++
			t.Logf("a row of values is taken for a header in %v", table.ways)
		}
		header := make([]string, len(table.ways))
		for i, way := range table.ways {
			header[i], _, _ = strings.Cut(way, ":")
			switch seed % 3 {
			case 1:
				header[i] = strings.ToUpper(header[i])
			case 2:
				header[i] = fmt.Sprintf("field_%c", 'a'+i)
			}
		}
		if headerOf(append([][]string{header}, table.rows...), &o) != 1 {
			missed++
			t.Logf("no header is seen over %v: %q", table.ways, header)
		}
	}
	// Headers are shown: a row of values must hardly ever become one.
	if invented*100 > n || missed*20 > n {
		t.Errorf("%d rows of values taken for headers, %d headers missed, of %d", invented, missed, n)
	}
}

func TestIsValueName(t *testing.T) {
	o := worldOptions()
	for h, want := range map[string]bool{
		"nom": false, "Date de naissance": false, "field_a": false, "2020": false, "montant": false, "Lieu de naissance": false, "col1": false,
		"MARTIN": true, "Lina Martin": true, "lina@example.org": true, "0639980001": true, "17/05/2009": true, "3 rue des Lilas": true, "": true,
		"5f4dcc3b5aa765d61d8327deb882cf99": true, "https://example.org/x": true, "12": true, "x": false,
		"Soleil38": true, "Pa0ss": true, "admin123": true, "user0": true, "Password1": true, "azerty!": true, "jean4521": true, "p@ss": true, "login:jean12": true,
		"adresse1": false, "tel2": false, "champ_12": false, "ligne1": false, "col3": false, "date2": false, "nom_2": false, "Q3": false, "taux%": false, "password": false, "md5_password": false, "actif?": false,
	} {
		if got := isValueName(h, &o); got != want {
			t.Errorf("isValueName(%q) = %v", h, got)
		}
	}
}

// A first row of credentials must not be shown as names of columns.
func TestCredentialsHaveNoHeader(t *testing.T) {
	o := worldOptions()
	list := func(first string, row func(i int) string) string {
		var b strings.Builder
		b.WriteString(first)
		for i := range 200 {
			b.WriteString(row(i) + "\n")
		}
		return b.String()
	}
	mails := func(i int) string {
		return fmt.Sprintf("p%d@example.org;%s%d", i, []string{"azerty", "Soleil", "marie", "x!"}[i%4], i*7919%1000)
	}
	tests := []struct {
		name, text string
		want       int
	}{
		{"URL, login, password", list("", func(i int) string {
			return fmt.Sprintf("https://site%d.example.org/login;jean%d@mail%d.example.org;%s%d", i%9, i*7919%100000, i%9, []string{"azerty", "Soleil", "marie"}[i%3], i*31%1000)
		}), 0},
		{"templated", list("", func(i int) string { return fmt.Sprintf("user%d;Pa%dss", i, i) }), 0},
		{"templated login first", list("login1;password9\n", func(i int) string { return fmt.Sprintf("login%d;%s%d", i+2, []string{"azerty", "Soleil"}[i%2], i) }), 0},
		{"user and admin123", list("user;admin123\n", mails), 0},
		{"a name and a password", list("jean;doudou\n", mails), 0},
		{"an address within words", list("login;pass@example.org\n", mails), 0},
		{"words", list("email;password\n", mails), 1},
		{"French words", list("identifiant;mot de passe\n", mails), 1},
		{"obfuscated", list("field_a;field_b\n", mails), 1},
		{"lines of an address", list("nom;adresse1;adresse2\n", func(i int) string { return fmt.Sprintf("MARTIN;%d rue des Lilas;Bât %c", i, 'A'+i%5) }), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := headerOf(rowsOf(tt.text), &o); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("nom;prenom\nMARTIN;Lina\n")
	f.Add("2019;2020\n1;2\n")
	o := Options{}
	f.Fuzz(func(t *testing.T, text string) {
		rows := rowsOf(text)
		if n := headerOf(rows, &o); n < 0 || n > min(2, len(rows)) {
			t.Errorf("%d rows of header of %d", n, len(rows))
		}
	})
}
