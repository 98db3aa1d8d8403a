package sample

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Invented people; every value is one that must not be read after masking.
var people = [][]string{
	{"101", "ORBEVAL", "Jeannine", "1987-03-12", "jeannine.orbeval@example.org", "06 39 98 12 34"},
	{"102", "VALLONNIER", "Rosemonde", "1990-01-30", "r.vallonnier@example.org", "06 39 98 55 66"},
	{"103", "MONTFLEURIN", "Théodule", "2009-11-02", "theodule@example.net", "06 39 98 77 88"},
}

func lines(sep, end string, header bool) string {
	var out []string
	if header {
		out = append(out, strings.Join([]string{"id", "nom", "prenom", "date_naissance", "email", "telephone"}, sep))
	}
	for _, p := range people {
		out = append(out, strings.Join(p, sep))
	}
	return strings.Join(out, end)
}

func TestFind(t *testing.T) {
	header := []string{"id", "nom", "prenom", "date_naissance", "email", "telephone"}
	tests := []struct {
		name, text string
		header     []string
		rows       int
		cell       string // one that must be among them
	}{
		{"lines", "40 GB of data. Sample:\n" + lines(";", "\n", false) + "\nPay until Friday.", nil, 3, "VALLONNIER"},
		{"lines with header", lines(",", "\n", true), header, 3, "Rosemonde"},
		{"tabs", lines("\t", "\r\n", true), header, 3, "1990-01-30"},
		{"one line", "Sample of the base: " + lines(";", " ", true) + " and more", header, 3, "VALLONNIER"},
		{"one line, no header", "We have it all. " + lines("|", " ", false), nil, 3, "Rosemonde"},
		{"JSON", `proof {"nom":"ORBEVAL","prenom":"Jeannine","ville":null},{"nom":"VALLONNIER","email":"r@example.org"} end`, []string{"nom", "prenom", "ville", "email"}, 2, "VALLONNIER"},
		{"INSERT", "INSERT INTO `jeunes` (`id`, `nom`, `email`) VALUES (1,'D\\'ORBEVAL','a@example.org'),(2,'VALLONNIER','b@example.org');", []string{"id", "nom", "email"}, 2, "VALLONNIER"},
		{"labels", "Nom : ORBEVAL Prénom : Jeannine Né le : 12/03/1987 Nom : VALLONNIER Prénom : Rosemonde Né le : 30/01/1990. More soon", []string{"nom", "prénom", "né le"}, 2, "VALLONNIER"},
		{"combo", "combo: a.orbeval@example.org:Soleil-1987 rose@example.org:azertyuiop", []string{"email", "password"}, 2, "Soleil-1987"},
		{"prices", "plan;price;unit\nbasic;10;EUR\npro;20;EUR", nil, 0, ""},
		{"prose", "The company, founded in 1987, has offices in Orbe, Vallon, and Montfleur; it sells doors, windows, and roofs.", nil, 0, ""},
		{"addresses alone", "Write to a@example.org, b@example.org, c@example.org, d@example.org", nil, 0, ""},
		{"file list", "contracts.zip | 40 MB | 2026-01-02\nmail.pst | 3 GB | 2026-01-02x", nil, 0, ""},
		{"empty", "", nil, 0, ""},
	}
	for _, tt := range tests {
		got := Find(tt.text)
		if tt.rows == 0 {
			if len(got) > 0 {
				t.Errorf("%s: found %v", tt.name, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %d tables %v, want one", tt.name, len(got), got)
			continue
		}
		if diff := cmp.Diff(tt.header, got[0].Header); diff != "" || len(got[0].Rows) != tt.rows {
			t.Errorf("%s: %d rows, want %d; header %s\n%s", tt.name, len(got[0].Rows), tt.rows, diff, got[0].CSV())
		}
		all, err := csv.NewReader(strings.NewReader(string(got[0].CSV()))).ReadAll()
		if err != nil || len(all) != tt.rows+1 {
			t.Errorf("%s: CSV of %d records: %v", tt.name, len(all), err)
		}
		if !strings.Contains(fmt.Sprint(all), tt.cell) {
			t.Errorf("%s: no %s in\n%s", tt.name, tt.cell, got[0].CSV())
		}
		if strings.Contains(fmt.Sprint(got[0].String()), "ORB") {
			t.Errorf("%s: a table prints its values", tt.name)
		}
	}
}

// TestMaskHidesEveryValue prints the same rows in every way, in every order and
// inside other text: not one value may be read afterwards.
func TestMaskHidesEveryValue(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for trial := range 1500 {
		sep := []string{";", "|", "\t", ",", " ; ", " | "}[rng.IntN(6)]
		end := []string{"\n", " ", "\r\n", "  "}[rng.IntN(4)]
		order := rng.Perm(6)[:3+rng.IntN(4)]
		mail := rng.IntN(len(order)) // rows without any shape are names only: one column has one
		order[mail] = []int{3, 4, 5}[rng.IntN(3)]
		var out []string
		header := rng.IntN(2) == 0
		if header {
			var h []string
			for _, k := range order {
				h = append(h, []string{"id", "nom", "prenom", "date_naissance", "email", "telephone"}[k])
			}
			out = append(out, strings.Join(h, sep))
		}
		var secret []string
		for _, p := range people {
			var row []string
			for _, k := range order {
				row = append(row, p[k])
				if k > 0 {
					secret = append(secret, p[k])
				}
			}
			out = append(out, strings.Join(row, sep))
		}
		text := []string{"", "Full base of the town hall, 40 GB. Proof: ", "Sample:\n"}[rng.IntN(3)] + strings.Join(out, end) + []string{"", "\nContact us on Tox."}[rng.IntN(2)]
		masked := Mask(text)
		for _, s := range secret {
			if local, _, ok := strings.Cut(s, "@"); ok {
				s = local
			}
			if strings.Contains(masked, s) {
				t.Fatalf("trial %d: %q is still there\n%s\n->\n%s", trial, s, text, masked)
			}
		}
	}
}

func TestMask(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"address", "à jean.exemple+x@mairie.example.org.", "à •••@mairie.example.org."},
		{"French phone", "tél 06 39 98 12 34, bureau 01.99.00.12.34", "tél •••, bureau •••"},
		{"international", "+33 6 39 98 12 34 ou 0033639981234", "••• ou •••"},
		{"NIR", "n° 1 85 05 78 006 084 36", "n° •••"},
		{"IBAN", "FR76 3000 6000 0112 3456 7890 189", "•••"},
		{"dates and sizes stay", "2026-11-02, 02/11/2026, 40 GB, 12 000 lignes", "2026-11-02, 02/11/2026, 40 GB, 12 000 lignes"},
		{"postcode stays", "34172 Saint-Orbe", "34172 Saint-Orbe"},
		{"day and hour stay", "02/11/2026 12:30, 2026-11-02 12:30:00", "02/11/2026 12:30, 2026-11-02 12:30:00"},
		{"number in front of a phone", "5 0639981234", "5 •••"},
		{"birth date", "Jean, né le 3 mars 2011", "Jean, né le •••"},
		{"row", "nom;prenom;email\nORBEVAL;Jeannine;a.b@example.org\nVALLONNIER;Rose;c@example.org", "nom;prenom;email\n•••;•••;•••@example.org\n•••;•••;•••@example.org"},
		{"JSON", `{"nom":"ORBEVAL","prenom":"Jean"}`, `{"nom":"•••","prenom":"•••"}`},
		{"labels", "Nom : ORBEVAL Prénom : Jeannine", "Nom : ••• Prénom : •••"},
		{"combo", "a.b@example.org:Soleil1987", "•••@example.org:•••"},
		{"body stays", "Mairie de Saint-Orbe, SIREN 732 829 320, ville-saintorbe.example.org", "Mairie de Saint-Orbe, SIREN 732 829 320, ville-saintorbe.example.org"},
		{"plain", "Contracts and invoices", "Contracts and invoices"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Mask(tc.in); got != tc.want {
				t.Errorf("Mask(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add("a@b.example 06 39 98 12 34")
	f.Add(strings.Repeat("0 ", 500))
	f.Add(lines(";", " ", true))
	f.Add(`{"nom":"x","a":{"b":[1,2]}} INSERT INTO t VALUES (1,'a`)
	f.Add(strings.Repeat(`{"a":`, 300))
	f.Fuzz(func(t *testing.T, s string) {
		for _, table := range Find(s) {
			if table.Start < 0 || table.End > len(s) || table.Start > table.End || len(table.Rows) == 0 {
				t.Errorf("a table out of the text: %d to %d of %d", table.Start, table.End, len(s))
			}
			table.CSV()
		}
		if m := Mask(s); len(emails(strings.ReplaceAll(m, Hidden, ""))) > 0 && len(emails(s)) == 0 {
			t.Errorf("mask made an address: %q", m)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	plain := strings.Repeat("A company with 40 employees and a revenue of 12 million; we took contracts, accounts. ", 10)
	rows := strings.Repeat(lines(";", " ", true)+" ", 5)
	for name, text := range map[string]string{"prose": plain, "rows": rows} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Mask(text)
			}
		})
	}
}
