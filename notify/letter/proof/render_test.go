package proof

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/font/sfnt"

	"vigie/notify"
	"vigie/notify/letter"
	"vigie/notify/notifytest"
)

var neutral = []string{"Service du courrier", "TSA 99999", "99999 AUTREVILLE CEDEX"}

func render(t testing.TB, e notify.Envelope, o letter.Options) []byte {
	t.Helper()
	o.NeutralSender = neutral
	pdf, err := letter.Render(e, o)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// full is a letter whose address takes every line, of the widest characters.
func full(key string) notify.Envelope {
	e := notifytest.Envelope(key)
	e.To.Address.Line2, e.To.Address.Line3, e.To.Address.Line5 = "Chez Mme Fictive", "Bât. B", "Le Hameau"
	e.To.Name = strings.Repeat("W", 30)
	e.Date = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	return e
}

func read(t *testing.T, pdf []byte) (*file, []*page) {
	t.Helper()
	f, err := open(pdf)
	if err != nil {
		t.Fatal(err)
	}
	var pages []*page
	for nr := 1; nr <= f.pages; nr++ {
		pages = append(pages, f.page(nr))
	}
	return f, pages
}

// TestWindow slides the sheet through every position in both envelopes: the
// address is always whole in the window, and nothing else ever shows.
func TestWindow(t *testing.T) {
	for _, country := range []string{"", "BE"} {
		for _, o := range []letter.Options{{}, {Large: true, Color: true}, {Marks: letter.OMR, Duplex: true}, {Marks: letter.DataMatrix}} {
			e := full("msg_window")
			e.To.Address.Country = country
			want, err := letter.Address(e.To)
			if err != nil {
				t.Fatal(err)
			}
			_, pages := read(t, render(t, e, o))
			written := lines(pages[0].pieces)
			for _, env := range []struct {
				name                             string
				wide, high, window, foot, folded float64
			}{{"DL", 220, 110, 35, 20, 99}, {"C5", 229, 162, 45, 60, 148.5}} {
				for dx := 0.0; dx <= env.wide-210; dx++ {
					for dy := 0.0; dy <= env.high-env.folded; dy += 0.5 {
						w := box{env.wide - 120 - dx, env.high - env.foot - env.window - dy, env.wide - 20 - dx, env.high - env.foot - dy}
						if diff := cmp.Diff(want, through(t, written, pages[0].shapes, w)); diff != "" {
							t.Fatalf("%s at %g, %g, -want +got:\n%s", env.name, dx, dy, diff)
						}
					}
				}
			}
		}
	}
}

// through is what a window shows: whole lines; a part of one is an error.
func through(t *testing.T, written []line, shapes []shape, w box) []string {
	var seen []string
	for _, l := range written {
		switch {
		case l.within(w):
			seen = append(seen, l.text)
		case l.meets(w):
			t.Fatalf("a part of %q shows", l.text)
		}
	}
	for _, s := range shapes {
		if s.meets(w) {
			t.Fatalf("a shape shows at %v", s.box)
		}
	}
	return seen
}

// TestRenderedLettersAreSound reads what the house makes in both profiles and
// with pdfcpu's strict validation.
func TestRenderedLettersAreSound(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    letter.Options
		with func(*notify.Envelope)
	}{
		{"plain", letter.Options{}, nil},
		{"large and coloured", letter.Options{Large: true, Color: true}, nil},
		{"both sides, dashes", letter.Options{Duplex: true, Marks: letter.OMR}, nil},
		{"matrix", letter.Options{Marks: letter.DataMatrix}, nil},
		{"neutral", letter.Options{}, func(e *notify.Envelope) { e.Neutral = true }},
		{"English", letter.Options{}, func(e *notify.Envelope) { e.Language = "en" }},
		{"beyond western", letter.Options{}, func(e *notify.Envelope) { e.To.Given = "Łukasz"; e.Doc.Title = "Ваши данные" }},
		{"abroad", letter.Options{}, func(e *notify.Envelope) { e.To.Address.Country = "BE" }},
		{"sealed", letter.Options{}, func(e *notify.Envelope) {
			e.Proof = notify.Proof{Code: "ABCD-EFGH-JKMN", Payload: strings.Repeat("x", 160), Check: "https://vigie.example.org/check"}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := full("msg_sound")
			e.To.Name = "Hapax-Ligature"
			if tt.with != nil {
				tt.with(&e)
			}
			if !tt.o.Large {
				for range 8 { // several pages
					e.Doc.Blocks = append(e.Doc.Blocks, notifytest.Document().Blocks...)
				}
			}
			soundBoth(t, e, tt.o)
		})
	}
}

func soundBoth(t *testing.T, e notify.Envelope, o letter.Options) {
	strict := model.NewDefaultConfiguration()
	strict.ValidationMode = model.ValidationStrict
	for _, accessible := range []bool{false, true} {
		o.Accessible = accessible
		pdf := render(t, e, o)
		if !bytes.Equal(pdf, render(t, e, o)) {
			t.Error("the same envelope gives other bytes")
		}
		if err := api.Validate(bytes.NewReader(pdf), strict); err != nil {
			t.Fatalf("pdfcpu: %v", err)
		}
		for _, profile := range []Profile{Print, Accessible} {
			if accessible && profile == Print {
				continue // it has no window
			}
			found, err := Check(pdf, profile)
			if err != nil || len(found) > 0 {
				t.Errorf("accessible %v, %s: %v, %v", accessible, profile, found, err)
			}
		}
		if n := embeddedFonts(t, pdf); n != 2 {
			t.Errorf("%d fonts are embedded, want 2", n)
		}
	}
}

// embeddedFonts reads back every font file of a PDF with another reader.
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

// TestBodyIsWhole reads every word back, on paper and in the copy.
func TestBodyIsWhole(t *testing.T) {
	for _, accessible := range []bool{false, true} {
		e := full("msg_body")
		for range 6 {
			e.Doc.Blocks = append(e.Doc.Blocks, notifytest.Document().Blocks...)
		}
		_, pages := read(t, render(t, e, letter.Options{Accessible: accessible}))
		var text strings.Builder
		for i, p := range pages {
			for _, t := range p.pieces {
				text.WriteString(t.text + " ")
			}
			if foot := fmt.Sprintf("%d/%d", i+1, len(pages)); !strings.Contains(text.String(), foot) {
				t.Errorf("page %d bears no number", i+1)
			}
		}
		got := strings.Join(strings.Fields(text.String()), " ")
		want := []string{e.From.Name, e.Doc.Title, "msg_body · v2", "21 novembre 2026"}
		for _, b := range e.Doc.Blocks {
			want = append(append(append(want, b.Heading), b.Text...), b.List...)
		}
		for _, s := range want {
			if !strings.Contains(got, strings.Join(strings.Fields(s), " ")) {
				t.Errorf("%q is missing in %q", s, got)
			}
		}
	}
}

func TestNeutralLetterNamesNobodyOutside(t *testing.T) {
	e := notifytest.Envelope("msg_neutral")
	e.Neutral = true
	e.Doc.Title = "La Mission Locale vous écrit"
	pdf := render(t, e, letter.Options{})
	f, pages := read(t, pdf)
	for _, w := range pages[0].pieces {
		if w.y0 < 104 && (strings.Contains(w.text, "Mission") || strings.Contains(w.text, "Lilas")) && w.size < 14 {
			t.Errorf("%q stands on the outside", w.text)
		}
	}
	c := checker{f: f}
	for where, s := range c.properties() {
		if strings.Contains(s, "Mission") || strings.Contains(s, "Hapax") {
			t.Errorf("%s names somebody", where)
		}
	}
}
