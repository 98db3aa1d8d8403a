package letter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

func at(street, postcode, city string) breach.Contact {
	return breach.Contact{Civility: "M.", Given: "Élie", Name: "d'Exemple", Address: breach.Address{Street: street, Postcode: postcode, City: city}}
}

func with(c breach.Contact, f func(*breach.Contact)) breach.Contact { f(&c); return c }

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    breach.Contact
		want []string
		code string // refusal; want is then the proposal
	}{
		{name: "three lines", c: at("14 rue de l'Œillet", "99100", "Orbe-en-Vallée"),
			want: []string{"M. ELIE D'EXEMPLE", "14 RUE DE L OEILLET", "99100 ORBE EN VALLEE"}},
		{name: "six lines", c: with(at("14, rue des Lilas", "99100", "Orbe"), func(c *breach.Contact) {
			c.Address.Line2, c.Address.Line3, c.Address.Line5 = "Chez Mme Fictive", "Bât. B", "Le Hameau"
		}), want: []string{"M. Élie d'Exemple", "Chez Mme Fictive", "Bât. B", "14 RUE DES LILAS", "LE HAMEAU", "99100 ORBE"}},
		{name: "only a locality", c: at("", "99100", "Orbe"), want: []string{"M. ELIE D'EXEMPLE", "99100 ORBE"}},
		{name: "abroad", c: with(at("1 rue Neuve", "1000", "Bruxelles"), func(c *breach.Contact) { c.Address.Country = "BE" }),
			want: []string{"M. Élie d'Exemple", "1 RUE NEUVE", "1000 BRUXELLES", "BELGIQUE"}},
		{name: "a territory is not abroad", c: with(at("1 rue Neuve", "97400", "Saint-Denis"), func(c *breach.Contact) { c.Address.Country = "RE" }),
			want: []string{"M. ELIE D'EXEMPLE", "1 RUE NEUVE", "97400 SAINT DENIS"}},
		{name: "a street type shrinks by the norm", c: at("128 boulevard du Maréchal de Lattre", "99100", "Orbe"),
			want: []string{"M. ELIE D'EXEMPLE", "128 BD DU MARECHAL DE LATTRE", "99100 ORBE"}},
		{name: "a locality shrinks as its postal label does", c: at("1 rue Neuve", "99100", "Saint-Exemple-Sainte-Inventee-sur-Orbe"),
			want: []string{"M. ELIE D'EXEMPLE", "1 RUE NEUVE", "99100 ST EXEMPLE STE INVENTEE SUR ORBE"}},
		{name: "a long name takes two lines", c: with(at("1 rue Neuve", "99100", "Orbe"), func(c *breach.Contact) {
			c.Civility, c.Given, c.Name = "Mme", "Marie-Antoinette", "de la Tour d'Exemple-Inventée"
		}), want: []string{"Mme Marie-Antoinette de la Tour", "D'EXEMPLE-INVENTEE", "1 RUE NEUVE", "99100 ORBE"}},
		{name: "a long name and no room", c: with(at("14 rue des Lilas", "99100", "Orbe"), func(c *breach.Contact) {
			c.Civility, c.Given, c.Name = "Mme", "Marie-Antoinette", "de la Tour d'Exemple-Inv"
			c.Address.Line2, c.Address.Line3, c.Address.Line5 = "Appartement numéro 12 au quatrième", "Bâtiment du Grand Cèdre", "Le Hameau"
		}), code: "too-many-lines", want: []string{"Mme M de la Tour d'Exemple-Inv", "Appartement numéro 12 au quatrième", "Bâtiment du Grand Cèdre", "14 RUE DES LILAS", "LE HAMEAU", "99100 ORBE"}},
		{name: "a long street", c: at("128 rue du Général Professeur Maréchal Fictif", "99100", "Orbe"), code: "line-too-long",
			want: []string{"M. ELIE D'EXEMPLE", "128 RUE DU GAL PR MARECHAL FICTIF", "99100 ORBE"}},
		{name: "a street nothing shortens", c: at(strings.Repeat("abcdefghij", 5), "99100", "Orbe"), code: "line-too-long"},
		{name: "no name", c: breach.Contact{Address: breach.Address{Postcode: "99100", City: "Orbe"}}, code: "no-name"},
		{name: "no locality", c: at("1 rue Neuve", "99100", " "), code: "no-city"},
		{name: "four digits in France", c: at("1 rue Neuve", "9910", "Orbe"), code: "postcode"},
		{name: "a postcode with a space", c: at("1 rue Neuve", "99 100", "Orbe"), want: []string{"M. ELIE D'EXEMPLE", "1 RUE NEUVE", "99100 ORBE"}},
		{name: "a country nobody knows", c: with(at("1 rue Neuve", "99100", "Orbe"), func(c *breach.Contact) { c.Address.Country = "Freedonia" }), code: "country"},
		{name: "another alphabet", c: at("улица 1", "99100", "Orbe"), code: "character"},
		{name: "accents that machines do not read", c: with(at("1 rue Neuve", "99100", "Orbe"), func(c *breach.Contact) { c.Name = "Nguyễn" }), code: "character",
			want: []string{"M. ELIE NGUYEN", "1 RUE NEUVE", "99100 ORBE"}},
		{name: "lines inside a line", c: at("1 rue\r\nNeuve\t", "99100", "Orbe"), want: []string{"M. ELIE D'EXEMPLE", "1 RUE NEUVE", "99100 ORBE"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Address(tt.c)
			code := ""
			var refused *breach.RefusedError
			if errors.As(err, &refused) {
				code = refused.Code
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || code != tt.code {
				t.Errorf("code %q, want %q; -want +got:\n%s", code, tt.code, diff)
			}
		})
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("M.", "Élie", "d'Exemple", "Bât. B", "14 rue de l'Œillet", "99100", "Orbe", "")
	f.Add("", "", strings.Repeat("x", 50), "", "", "1", "y", "BE")
	f.Fuzz(func(t *testing.T, civility, given, name, line3, street, postcode, city, country string) {
		c := breach.Contact{Civility: civility, Given: given, Name: name, Address: breach.Address{
			Line3: line3, Street: street, Postcode: postcode, City: city, Country: country}}
		lines, err := Address(c)
		if err != nil && !errors.Is(err, breach.ErrInvalid) {
			t.Fatal(err)
		}
		if len(lines) > 7 || (err == nil && len(lines) < 2) {
			t.Fatalf("%d lines", len(lines))
		}
		for _, s := range lines {
			if n := utf8.RuneCountInString(s); n == 0 || n > maxChars || strings.ContainsAny(s, "\r\n\t") {
				t.Fatalf("a line of %d characters", n)
			}
		}
	})
}

func render(t testing.TB, e notify.Envelope) []byte {
	t.Helper()
	pdf, err := Render(e, Options{NeutralSender: []string{"Service du courrier", "TSA 99999", "99999 AUTREVILLE CEDEX"}})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*notify.Envelope)
		code string
	}{
		{"a character without a glyph", func(e *notify.Envelope) { e.Doc.Title = "日本" }, "character"},
		{"too long", func(e *notify.Envelope) {
			e.Doc.Blocks = []notify.Block{{Text: slices.Repeat([]string{"Une ligne."}, 700)}}
		}, "too-long"},
	} {
		e := notifytest.Envelope("msg_refused")
		tt.do(&e)
		_, err := Render(e, Options{})
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != tt.code {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.code)
		}
		notifytest.Silent(t, err, e)
	}
}

// TestCutFont reads the font that was cut down with another reader: the same
// outlines for what is kept, none for the rest, and a sound checksum.
func TestCutFont(t *testing.T) {
	whole, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	var keep []sfnt.GlyphIndex
	var buf, other sfnt.Buffer
	for _, c := range "éÅa" {
		g, err := whole.GlyphIndex(&buf, c)
		if err != nil {
			t.Fatal(err)
		}
		keep = append(keep, g)
	}
	small, err := cut(goregular.TTF, keep)
	if err != nil {
		t.Fatal(err)
	}
	if checksum(small) != 0xB1B0AFBA || len(small) > 30_000 {
		t.Errorf("checksum %x, %d bytes", checksum(small), len(small))
	}
	f, err := sfnt.Parse(small)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range "éÅab" {
		g, err := f.GlyphIndex(&buf, c)
		if err != nil {
			t.Fatal(err)
		}
		got, err1 := f.LoadGlyph(&buf, g, fixed.I(1000), nil)
		want, err2 := whole.LoadGlyph(&other, g, fixed.I(1000), nil)
		if err1 != nil || err2 != nil || len(want) == 0 || (c != 'b' && !slices.Equal(got, want)) || (c == 'b' && len(got) != 0) {
			t.Errorf("%c: %d segments, want %d, %v, %v", c, len(got), len(want), err1, err2)
		}
	}
	for _, spoilt := range [][]byte{nil, goregular.TTF[:100], goregular.TTF[:5000]} {
		if _, err := cut(spoilt, keep); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%d bytes: got %v", len(spoilt), err)
		}
	}
}

func BenchmarkRenderBeyondWestern(b *testing.B) {
	e := notifytest.Envelope("msg_bench")
	e.To.Given, e.To.Address.Line3, e.To.Address.Line5 = "Łukasz", "Bâtiment B", "Le Hameau"
	for b.Loop() {
		render(b, e)
	}
}

func BenchmarkRender(b *testing.B) {
	e := notifytest.Envelope("msg_bench")
	for range 3 { // two pages
		e.Doc.Blocks = append(e.Doc.Blocks, notifytest.Document().Blocks...)
	}
	b.ReportAllocs()
	for b.Loop() {
		render(b, e)
	}
}
