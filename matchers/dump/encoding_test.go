package dump

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"vigie/matchers"
)

const accents = "Nom;Prénom;Né le;Ville\nMartineau;Zoé;17/05/2009;Hérouville\nÉVRARD;François;03/12/2001;ORBE-L'ÉVÊQUE\nLe Goff;Loïc;01/02/1990;Saint-Orbe\nDubœuf;Élodie;09/08/1985;Créteil-sur-Orbe\nCœur;Anaïs;30/06/1970;Bâle\nGarçon;Gaëlle;11/11/1999;Sète d'Orbe\n"

func TestEncodings(t *testing.T) {
	withoutLigature := strings.NewReplacer("œ", "oe").Replace(accents)
	tests := []struct {
		name string
		enc  encoding.Encoding
		text string
		want string
	}{
		{"utf-8", nil, accents, "utf-8"},
		{"utf-8 with mark", nil, "\ufeff" + accents, "utf-8"},
		{"windows-1252", charmap.Windows1252, accents, "windows-1252"},
		{"iso-8859-15", charmap.ISO8859_15, accents, "iso-8859-15"},
		{"cp850", charmap.CodePage850, withoutLigature, "cp850"},
		{"macintosh", charmap.Macintosh, accents, "macintosh"},
		{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), accents, "utf-16le"},
		{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), accents, "utf-16be"},
		{"utf-16le with mark", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), accents, "utf-16le"},
		{"utf-16be with mark", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), accents, "utf-16be"},
		{"utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), accents, "utf-32le"},
		{"utf-32be with mark", utf32.UTF32(utf32.BigEndian, utf32.UseBOM), accents, "utf-32be"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.text
			if tt.enc != nil {
				var err error
				if text, err = tt.enc.NewEncoder().String(tt.text); err != nil {
					t.Fatal(err)
				}
			}
			l, _ := inspect(t, text, Options{})
			if l.Encoding != tt.want {
				t.Errorf("encoding = %s, want %s", l.Encoding, tt.want)
			}
			if l.Columns[1].Name != "Prénom" {
				t.Errorf("header = %q", l.Columns[1].Name)
			}
			recs := records(t, text, l)
			if len(recs) != 6 {
				t.Fatalf("%d records", len(recs))
			}
			for i, given := range []string{"Zoé", "François", "Loïc", "Élodie", "Anaïs", "Gaëlle"} {
				if got := recs[i].Values[matchers.GivenNames]; got != given {
					t.Errorf("given name %d = %q, want %q", i, got, given)
				}
			}
		})
	}
}

// Exports glued together, each in its own encoding.
func TestMixedEncodings(t *testing.T) {
	old, err := charmap.Windows1252.NewEncoder().String("Evrard;Hélène;01/02/1990;Créteil\n")
	if err != nil {
		t.Fatal(err)
	}
	text := accents + old
	l, _ := inspect(t, text, Options{})
	recs := records(t, text, l)
	if l.Encoding != "utf-8" || len(l.Warnings) == 0 || recs[0].Values[matchers.GivenNames] != "Zoé" || recs[6].Values[matchers.GivenNames] != "Hélène" {
		t.Errorf("layout %+v, records %v %v", l, recs[0], recs[6])
	}
}

// A long beginning in ASCII says nothing about the accents that come later.
func TestLateAccents(t *testing.T) {
	late, err := charmap.CodePage850.NewEncoder().String("Evrard;Hélène;01/02/1990;Créteil\nGarcon;René;01/02/1990;Évry\nGarçon;NOÉMIE;01/02/1990;Évry\n")
	if err != nil {
		t.Fatal(err)
	}
	text := "Nom;Prenom;Ne le;Ville\n" + strings.Repeat("Martin;Paul;17/05/2009;Orbe\n", headSize/20) + late
	l, _ := inspect(t, text, Options{})
	recs := records(t, text, l)
	if got := recs[len(recs)-3].Values[matchers.GivenNames]; got != "Hélène" {
		t.Errorf("given name = %q, layout %s/%s", got, l.Encoding, l.Fallback)
	}
}
