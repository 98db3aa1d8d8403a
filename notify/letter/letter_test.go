package letter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/font"
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

// word is a piece of text and where its baseline starts, in mm from the top left.
type word struct {
	x, y  float64
	right float64 // end of the text, by the font's own advances
	size  float64 // points
	text  string
}

var shown = regexp.MustCompile(`(?s)/F\S+ ([0-9.]+) Tf|BT ([0-9.-]+) ([0-9.-]+) Td (?:[^(\[]*?)\((.*?[^\\])\) ?Tj ET`)

// advance measures a text with another reader of the font than the writer's.
func advance(t *testing.T, text string, size float64) float64 {
	t.Helper()
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	total := 0.0
	for _, c := range text {
		g, err := f.GlyphIndex(&buf, c)
		if err != nil {
			t.Fatal(err)
		}
		a, err := f.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		total += float64(a) / 64 / 1000
	}
	return total * size * pointMM
}

// read reads a page back from its content stream.
func read(t *testing.T, pdf []byte, page int) []word {
	t.Helper()
	ctx, err := api.ReadValidateAndOptimize(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatalf("pdfcpu: %v", err)
	}
	r, err := pdfcpu.ExtractPageContent(ctx, page)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var list []word
	size := 0.0
	for _, m := range shown.FindAllSubmatch(content, -1) {
		if len(m[1]) > 0 {
			size, _ = strconv.ParseFloat(string(m[1]), 64)
			continue
		}
		x, _ := strconv.ParseFloat(string(m[2]), 64)
		y, _ := strconv.ParseFloat(string(m[3]), 64)
		w := word{x: x * pointMM, y: 297 - y*pointMM, size: size, text: decode(m[4])}
		w.right = w.x + advance(t, w.text, size)
		list = append(list, w)
	}
	return list
}

var unescape = strings.NewReplacer(`\\`, `\`, `\(`, "(", `\)`, ")", `\r`, "\r")

// decode reads UTF-16, or western where the text has no null byte.
func decode(raw []byte) string {
	b := []byte(unescape.Replace(string(raw)))
	if !bytes.Contains(b, []byte{0}) {
		s, err := western.NewDecoder().String(string(b))
		if err != nil {
			return ""
		}
		return s
	}
	var u []uint16
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(u))
}

// TestWindow slides the sheet through every position: the address is always
// whole in the window, and nothing else ever shows.
func TestWindow(t *testing.T) {
	for i, country := range []string{"", "BE", "", "BE"} {
		e := notifytest.Envelope("msg_window")
		if i > 1 {
			e.To.Given = "Łuc" // beyond western
		}
		e.To.Address.Line2, e.To.Address.Line3, e.To.Address.Line5 = "Chez Mme Fictive", "Bât. B", "Le Hameau"
		e.To.Name = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWW" // 38 wide characters with the rest
		e.To.Address.Country = country
		want, err := Address(e.To)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range read(t, render(t, e), 1) {
			em := w.size * pointMM
			if w.x >= BoxLeft && w.right <= BoxRight && w.y-em >= BoxTop && w.y+0.25*em <= BoxBottom {
				got = append(got, w.text)
			} else if w.y > GlimpseTop && w.y-em < GlimpseBottom {
				t.Errorf("%q at %.1f, %.1f mm may show in the window", w.text, w.x, w.y)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in the window, -want +got:\n%s", diff)
		}
	}
}

func TestSoundPDF(t *testing.T) {
	for _, given := range []string{"Zoé", "Łukasz"} {
		t.Run(given, func(t *testing.T) {
			e := notifytest.Envelope("msg_sound")
			e.To.Given = given
			e.To.Address.Line3, e.To.Address.Line5 = "Bâtiment B", "Le Hameau"
			soundPDF(t, e)
		})
	}
}

func soundPDF(t *testing.T, e notify.Envelope) {
	for range 12 { // several pages
		e.Doc.Blocks = append(e.Doc.Blocks, notifytest.Document().Blocks...)
	}
	e.Date = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	pdf := render(t, e)
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(pdf), conf); err != nil {
		t.Fatalf("pdfcpu: %v", err)
	}
	n, err := api.PageCount(bytes.NewReader(pdf), conf)
	if err != nil || n < 3 {
		t.Fatalf("%d pages, %v", n, err)
	}
	for i := 1; i <= n; i++ {
		var all []string
		for _, w := range read(t, pdf, i) {
			all = append(all, w.text)
			if w.x < margin-0.1 || w.y > 297-8 || w.y < 10 {
				t.Errorf("page %d: %q is printed at %.1f, %.1f mm", i, w.text, w.x, w.y)
			}
		}
		text := strings.Join(all, "\n")
		if !strings.Contains(text, "msg_sound · v2") || !strings.Contains(text, fmt.Sprintf("%d/%d", i, n)) {
			t.Errorf("page %d of %d bears no mark: %q", i, n, text)
		}
	}
	if !bytes.Equal(pdf, render(t, e)) {
		t.Error("the same envelope gives other bytes")
	}
	if n := embeddedFonts(t, pdf); n != 2 {
		t.Errorf("%d fonts are embedded, want 2", n)
	}
}

// embeddedFonts reads back every font file of a PDF.
func embeddedFonts(t *testing.T, pdf []byte) int {
	t.Helper()
	ctx, err := api.ReadContext(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, entry := range ctx.Table {
		s, ok := entry.Object.(types.StreamDict)
		if !ok || s.IntEntry("Length1") == nil {
			continue
		}
		if err := s.Decode(); err != nil {
			t.Fatalf("a font file is cut: %v", err)
		}
		if _, err := sfnt.Parse(s.Content); err != nil || len(s.Content) != *s.IntEntry("Length1") {
			t.Fatalf("a font file of %d bytes: %v", len(s.Content), err)
		}
		n++
	}
	return n
}

func TestBodyIsWhole(t *testing.T) {
	e := notifytest.Envelope("msg_body")
	var text strings.Builder
	for _, w := range read(t, render(t, e), 1) {
		text.WriteString(w.text + " ")
	}
	for _, want := range []string{e.Doc.Title, "Le fichier contient :", "<b>&amp; postale</b>", "1.", "–", e.From.Name} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in %q", want, text.String())
		}
	}
}

func TestNeutralLetterNamesNobodyOutside(t *testing.T) {
	e := notifytest.Envelope("msg_neutral")
	e.Neutral = true
	pdf := render(t, e)
	for _, w := range read(t, pdf, 1) {
		if w.y < bodyTop && (strings.Contains(w.text, "Mission") || strings.Contains(w.text, "Lilas")) {
			t.Errorf("%q stands on the outside", w.text)
		}
	}
	if bytes.Contains(pdf, []byte("Mission")) || bytes.Contains(pdf, []byte("Hapax")) {
		t.Error("a file property names somebody")
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*notify.Envelope)
		code string
	}{
		{"a character without a glyph", func(e *notify.Envelope) { e.Doc.Title = "日本" }, "character"},
		{"too long", func(e *notify.Envelope) {
			e.Doc.Blocks = []notify.Block{{Text: make([]string, 700)}}
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

func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel {
			d, err := NewDirectory(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Count: func(t *testing.T, key string) int {
			if _, err := os.Stat(filepath.Join(dir, key+".pdf")); err != nil {
				return 0
			}
			return 1
		},
		Spoil: func(e *notify.Envelope) { e.To.Address.Street = strings.Repeat("Hapax", 12) },
	})
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
	if checksum(small) != 0xB1B0AFBA || len(small) > 40_000 {
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
