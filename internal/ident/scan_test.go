package ident

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mentions(text string) []string {
	var out []string
	Scan([]byte(text), func(m Mention) {
		s := fmt.Sprintf("%v:%s", m.Kind, text[m.Start:m.End])
		if m.Proved {
			s += " proved"
		}
		out = append(out, s)
	})
	return out
}

func TestScan(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "Le conseil se réunit à 18 h 30, salle 4, au 12 rue des Lilas, 34000 Montpellier.", nil},
		{"nir", "NIR 1 85 05 78 006 084 91, vu ce jour", []string{"nir:1 85 05 78 006 084 91 proved"}},
		{"nir joined", "secu:185057800608491.", []string{"nir:185057800608491 proved"}},
		{"nir without key, grouped", "le 1 85 05 78 006 084 de l'assuré", []string{"nir:1 85 05 78 006 084"}},
		{"nir without key behind its word", "N° sécu : 1850578006084", []string{"nir:1850578006084"}},
		{"thirteen digits alone", "id 1850578006084", nil},
		{"nir with a wrong key", "185057800608492", nil},
		{"nir of Corsica", "n° " + keyed("269102A004012") + ")", []string{"nir:" + keyed("269102A004012") + " proved"}},
		{"iban", "virement sur FR14 2004 1010 0505 0001 3M02 606 avant lundi", []string{"iban:FR14 2004 1010 0505 0001 3M02 606 proved"}},
		{"iban joined", "IBAN=DE89370400440532013000;", []string{"iban:DE89370400440532013000 proved"}},
		{"iban wrong", "FR14 2004 1010 0505 0001 3M02 607", nil},
		{"card", "carte 4242 4242 4242 4242 exp 12/27", []string{"card:4242 4242 4242 4242 proved"}},
		{"siret and siren", "SIRET 732 829 320 00074, SIREN 732829320", []string{"siret:732 829 320 00074 proved", "siren:732829320 proved"}},
		{"e-mail", "écrire à camille.durand+ecole@mail.example.org.", []string{"email:camille.durand+ecole@mail.example.org"}},
		{"e-mail in brackets", "Camille <camille@example.org>; x", []string{"email:camille@example.org"}},
		{"two e-mails", "a.b@example.org,c.d@example.org", []string{"email:a.b@example.org", "email:c.d@example.org"}},
		{"e-mail with accents", "rené.durand@exemple-été.example", []string{"email:rené.durand@exemple-été.example"}},
		{"no e-mail", "@camille a écrit à @alix, prix @ 12 €", nil},
		{"phones", "06 39 98 00 01, 0199001234 ou +33 (0)6 39 98 00 02 ; 01.99.00.12.34", []string{"phone:06 39 98 00 01", "phone:0199001234", "phone:+33 (0)6 39 98 00 02", "phone:01.99.00.12.34"}},
		{"foreign phone", "tel +32 470 00 00 00.", []string{"phone:+32 470 00 00 00"}},
		{"birth date", "Camille, née le 3 mars 2011 à Lille", []string{"birth_date:3 mars 2011"}},
		{"birth date in figures", "né le 12/05/2009, inscrit le 01/09/2020 au collège de la ville, classe de sixième B", []string{"birth_date:12/05/2009"}},
		{"birth date, first of the month", "Née le 1er août 1987", []string{"birth_date:1er août 1987"}},
		{"birth date iso", "date de naissance: 1987-08-01", []string{"birth_date:1987-08-01"}},
		{"birth date, both genders", "né(e) le 01.08.1987", []string{"birth_date:01.08.1987"}},
		{"another date", "le 3 mars 2011", nil},
		{"password", "mdp: soleil2009 et Mot de passe = \"Azerty123!\"", []string{"secret:soleil2009", "secret:Azerty123!"}},
		{"word before a colon", "passe partout: rien; étape: deux; code: x", nil},
		{"aws key", "key AKIAABCDEFGHIJKLMNOP end", []string{"secret:AKIAABCDEFGHIJKLMNOP"}},
		{"github token", "(ghp_" + strings.Repeat("aB3x", 9) + ")", []string{"secret:ghp_" + strings.Repeat("aB3x", 9)}},
		{"private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", []string{"secret:-----BEGIN RSA PRIVATE KEY-----"}},
		{"jwt", "Authorization eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", []string{"jwt:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"}},
		{"hash", "5d41402abc4b2a76b9719d911017c592 ok", []string{"hash:5d41402abc4b2a76b9719d911017c592"}},
		{"bcrypt", "hash $2y$10$" + strings.Repeat("aB3", 18)[:53] + ", fin", []string{"hash:$2y$10$" + strings.Repeat("aB3", 18)[:53]}},
		{"price", "$12.50 {note}", nil},
		{"timestamps", "2024-01-31T12:00:00 1700000000000 20240131", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mentions(test.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Each text repeats what sends a scanner back and forth.
func TestScanStaysLinear(t *testing.T) {
	start := time.Now()
	for _, piece := range []string{"1 ", "@a", "a@", "-$a", "{a", "eyJ.", "e.", "sk-", "ya29.:", "mdp:", "12/05/2009 ", "FR14 ", "+3 ", "1-1.", "-----BEGIN ", "n\n1/1/2000", ":=", "4242 "} {
		Scan(bytes.Repeat([]byte(piece), 64<<10/len(piece)), func(Mention) {})
	}
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("%v for a MiB", d)
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"né le 3 mars 2011", "FR14 2004 1010 0505 0001 3M02 606", "a@b.cd", "+33 (0)6 39 98 00 01", "mdp: x123", "$2y$10$", "{SSHA}", "-----BEGIN PRIVATE KEY", "1 85 05 78 006 084 91", "@@@@", "1er", "+3", "eyJ", "\xc2", "4 4 4 4 4 4 4 4 4 4", "N\xc3", "12 d\xc3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var first []Mention
		last := 0
		Scan(text, func(m Mention) {
			if m.Start < last || m.End <= m.Start || m.End > len(text) {
				t.Fatalf("mention %v after %d", m, last)
			}
			last = m.End
			if m.Proved {
				if d := Examine(text[m.Start:m.End]); !d.Proved.Has(m.Kind) {
					t.Fatalf("%v is not proved alone", m.Kind)
				}
			}
			first = append(first, m)
		})
		var again []Mention
		Scan(text, func(m Mention) { again = append(again, m) })
		if !cmp.Equal(first, again) {
			t.Fatal("two answers for one text")
		}
	})
}

var prose = bytes.Repeat([]byte("Le conseil municipal s'est réuni à 18 h 30 dans la salle des fêtes. Présents : onze élus sur quinze. "+
	"Le maire rappelle que la délibération du 12 janvier 2024 prévoit 3 postes, au budget de 45 000 euros; la commission a rendu un avis favorable. "), 4000)

func BenchmarkScan(b *testing.B) {
	b.Run("prose", func(b *testing.B) {
		b.SetBytes(int64(len(prose)))
		b.ReportAllocs()
		for b.Loop() {
			Scan(prose, func(Mention) {})
		}
	})
	letters := bytes.Repeat([]byte("Le conseil s'est réuni dans la salle des fêtes et rend un avis favorable au projet, puis se sépare. "), 4000)
	b.Run("words", func(b *testing.B) {
		b.SetBytes(int64(len(letters)))
		for b.Loop() {
			Scan(letters, func(Mention) {})
		}
	})
	digits := bytes.Repeat([]byte("1 85 05 78 006 084 92 2024-01-31 12:00 4242 4242 4242 4241 "), 4000)
	b.Run("digits", func(b *testing.B) {
		b.SetBytes(int64(len(digits)))
		for b.Loop() {
			Scan(digits, func(Mention) {})
		}
	})
}
