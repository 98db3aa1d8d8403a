package proof

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
)

// foreign is a letter as another tool makes it, whose every part can be spoilt.
type foreign struct {
	lines   []string
	x, y    float64 // baseline of the first line
	step    float64
	size    float64
	style   string
	width   float64 // of the page
	height  float64
	pages   int
	bodyTop float64
	left    float64
	core    bool // a font that is not embedded
	indent  float64
	grey    int
	title   string
	author  string
	picture bool // the address as a picture
	foot    func(page int) string
	also    func(*fpdf.Fpdf)
	raw     func(t *testing.T, pdf []byte) []byte
}

func soundForeign() foreign {
	return foreign{
		lines: []string{"Mme Zoé Hapax", "Bât. B", "14 RUE DES LILAS", "99100 ORBE EN VALLEE"},
		x:     112, y: 61, step: 4.2, size: 10, width: 210, height: 297, pages: 2, bodyTop: 110, left: 20, title: "Violation de données",
		foot: func(page int) string { return fmt.Sprintf("Page %d/2", page) },
	}
}

func (l foreign) pdf(t *testing.T) []byte {
	t.Helper()
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: l.width, Ht: l.height}})
	p.SetAutoPageBreak(false, 0)
	p.SetTitle(l.title, true)
	p.SetAuthor(l.author, true)
	for style, ttf := range map[string][]byte{"": goregular.TTF, "B": gobold.TTF, "I": goitalic.TTF} {
		p.AddUTF8FontFromBytes("go", style, ttf)
	}
	p.AddUTF8FontFromBytes("go", "U", goregular.TTF)
	for i := range l.pages {
		p.AddPage()
		family := "go"
		if l.core {
			family = "Helvetica"
		}
		p.SetFont(family, "", 11)
		if i == 0 {
			p.Text(l.left, 25, "Mission Locale d'Orbe")
			p.Text(l.left, 30, "12 rue des Lilas")
			p.Text(l.left, 35, "99100 ORBE")
			l.address(p)
			p.SetFont("go", "", 11)
			if l.also != nil {
				l.also(p)
				p.SetTextColor(0, 0, 0)
			}
		}
		p.SetFont(family, "", 11)
		for j := range 15 {
			p.Text(l.left, l.bodyTop+float64(j)*6, fmt.Sprintf("Ligne %d : des informations sur le vol, et sur la conduite.", j+1))
		}
		p.Text(l.left, l.height-15, l.foot(i+1))
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		t.Fatal(err)
	}
	if l.raw != nil {
		return l.raw(t, out.Bytes())
	}
	return out.Bytes()
}

func (l foreign) address(p *fpdf.Fpdf) {
	if l.picture {
		p.ImageOptions(picture(p, 200, 60), l.x, l.y-4, 70, 20, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
		return
	}
	p.SetTextColor(l.grey, l.grey, l.grey)
	p.SetFont("go", l.style, l.size)
	for i, s := range l.lines {
		if s != "" {
			p.Text(l.x+float64(i)*l.indent, l.y+float64(i)*l.step, s)
		}
	}
	p.SetTextColor(0, 0, 0)
}

func picture(p *fpdf.Fpdf, w, h int) string {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(rand.IntN(256))
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	_ = png.Encode(&b, m) // a buffer takes everything
	p.RegisterImageOptionsReader("picture", fpdf.ImageOptions{ImageType: "PNG"}, &b)
	return "picture"
}

// through pdfcpu: what other tools do to a file.
func by(do func(in *bytes.Reader, out *bytes.Buffer) error) func(*testing.T, []byte) []byte {
	return func(t *testing.T, pdf []byte) []byte {
		t.Helper()
		var out bytes.Buffer
		if err := do(bytes.NewReader(pdf), &out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
}

func words(x, y float64, s string) func(*fpdf.Fpdf) {
	return func(p *fpdf.Fpdf) { p.Text(x, y, s) }
}

func TestForeignLetters(t *testing.T) {
	conf := model.NewDefaultConfiguration
	for _, tt := range []struct {
		name  string
		spoil func(*foreign)
		want  string // rule; "" for a sound letter
	}{
		{"sound", func(*foreign) {}, ""},
		{"sound, six lines", func(l *foreign) {
			l.lines = []string{"Mme Zoé Hapax", "Appt 4, étage 2", "Bât. B", "14 RUE DES LILAS", "LE HAMEAU", "99100 ORBE"}
			l.step, l.size, l.y = 3.8, 9, 59.5
		}, ""},
		{"sound, CEDEX", func(l *foreign) {
			l.lines = []string{"SERVICE EXEMPLE", "TSA 99999", "99999 ORBE CEDEX 9"}
		}, ""},
		{"sound, abroad", func(l *foreign) { l.lines = []string{"Mme Zoé Hapax", "1 RUE NEUVE", "1000 BRUXELLES", "BELGIQUE"} }, ""},
		{"sound, overseas", func(l *foreign) { l.lines = []string{"MME ZOE HAPAX", "1 RUE NEUVE", "97400 SAINT DENIS"} }, ""},
		{"sound, three lines", func(l *foreign) { l.lines = []string{"Mme Zoé HAPAX", "14 RUE DES LILAS", "99100 ORBE"} }, ""},
		{"sound, one page", func(l *foreign) { l.pages, l.foot = 1, func(int) string { return "1/1" } }, ""},
		{"sound, no page numbers", func(l *foreign) { l.foot = func(int) string { return "msg_1" } }, ""},
		{"sound, with a logo", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) {
				p.ImageOptions(picture(p, 60, 20), 150, 12, 40, 13, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
			}
		}, ""},
		{"sound, with fold marks", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) { p.Line(2, 99, 6, 99); p.Line(2, 198, 6, 198) }
		}, ""},
		{"sound, written again by another tool", func(l *foreign) {
			l.raw = by(func(in *bytes.Reader, out *bytes.Buffer) error { return api.Optimize(in, out, conf()) })
		}, ""},

		{"US Letter", func(l *foreign) { l.width, l.height = 215.9, 279.4 }, "page-size"},
		{"A5", func(l *foreign) { l.width, l.height = 148, 210 }, "page-size"},
		{"landscape", func(l *foreign) { l.width, l.height = 297, 210 }, "page-size"},
		{"rotated", func(l *foreign) {
			l.raw = by(func(in *bytes.Reader, out *bytes.Buffer) error { return api.Rotate(in, out, 90, nil, conf()) })
		}, "page-rotated"},
		{"upside down", func(l *foreign) {
			l.raw = by(func(in *bytes.Reader, out *bytes.Buffer) error { return api.Rotate(in, out, 180, nil, conf()) })
		}, "page-rotated"},
		{"eleven pages", func(l *foreign) { l.pages, l.foot = 11, func(i int) string { return fmt.Sprintf("%d/11", i) } }, "page-count"},
		{"a blank page", func(l *foreign) {
			l.raw = by(func(in *bytes.Reader, out *bytes.Buffer) error {
				return api.InsertPages(in, out, []string{"2"}, true, nil, conf())
			})
		}, "blank-page"},
		{"a page too many in the numbers", func(l *foreign) { l.foot = func(i int) string { return fmt.Sprintf("Page %d/3", i) } }, "page-number"},
		{"pages swapped", func(l *foreign) { l.foot = func(i int) string { return fmt.Sprintf("page %d sur 2", 3-i) } }, "page-number"},
		{"a font not embedded", func(l *foreign) { l.core = true }, "font-embedded"},
		{"encrypted", func(l *foreign) {
			l.raw = by(func(in *bytes.Reader, out *bytes.Buffer) error {
				return api.Encrypt(in, out, model.NewAESConfiguration("", "owner", 256))
			})
		}, "encrypted"},
		{"attachment", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) {
				p.SetAttachments([]fpdf.Attachment{{Content: []byte("x"), Filename: "x.txt"}})
			}
		}, "attachment"},
		{"JavaScript", func(l *foreign) { l.also = func(p *fpdf.Fpdf) { p.SetJavascript("app.alert(1)") } }, "javascript"},
		{"a link", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) { p.LinkString(20, 200, 40, 6, "https://example.org") }
		}, "link"},
		{"a note on the page", func(l *foreign) {
			l.raw = by(func(in *bytes.Reader, out *bytes.Buffer) error {
				return annotate(in, out)
			})
		}, "annotation"},
		{"cut in two", func(l *foreign) { l.raw = func(_ *testing.T, pdf []byte) []byte { return pdf[:len(pdf)/3] } }, "unreadable"},
		{"no PDF", func(l *foreign) { l.raw = func(*testing.T, []byte) []byte { return []byte("Bonjour") } }, "unreadable"},
		{"three megabytes", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) {
				p.ImageOptions(picture(p, 2000, 1600), 150, 12, 40, 13, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
			}
		}, "file-size"},

		{"address too low", func(l *foreign) { l.y = 74 }, "window-dl"},
		{"address too high", func(l *foreign) { l.y = 48 }, "window-dl"},
		{"address on the left", func(l *foreign) { l.x = 25 }, "window-dl"},
		{"address half out on the left", func(l *foreign) { l.x = 94 }, "window-dl"},
		{"address too far right", func(l *foreign) { l.x = 165 }, "window-dl"},
		{"no address", func(l *foreign) { l.lines = nil }, "window-dl"},
		{"no address and no other", func(l *foreign) { l.lines, l.left = nil, 300 }, "address-missing"},
		{"address as a picture", func(l *foreign) { l.picture = true; l.left = 300 }, "address-picture"},
		{"a line of 39", func(l *foreign) { l.lines[1], l.size = strings.Repeat("ABCDEFGHI ", 3)+"ABCDEFGHI", 8 }, "address-length"},
		{"seven lines", func(l *foreign) {
			l.lines = []string{"Mme Zoé Hapax", "Chez X", "Appt 4", "Bât. B", "14 RUE DES LILAS", "LE HAMEAU", "99100 ORBE"}
			l.step, l.size, l.y = 3.2, 8, 59.5
		}, "address-lines"},
		{"small letters at the end", func(l *foreign) { l.lines[3] = "99100 Orbe" }, "address-capitals"},
		{"small letters in the street", func(l *foreign) { l.lines[2] = "14 rue des Lilas" }, "address-capitals"},
		{"small letters in the country", func(l *foreign) { l.lines = []string{"Mme Zoé Hapax", "1 RUE NEUVE", "1000 BRUXELLES", "Belgique"} }, "address-capitals"},
		{"accents", func(l *foreign) { l.lines[3] = "99100 ORBE EN VALLÉE" }, "address-accent"},
		{"a comma in the street", func(l *foreign) { l.lines[2] = "14, RUE DES LILAS" }, "address-punctuation"},
		{"a hyphen in the locality", func(l *foreign) { l.lines[3] = "99100 ORBE-EN-VALLEE" }, "address-punctuation"},
		{"no postcode", func(l *foreign) { l.lines[3] = "ORBE EN VALLEE" }, "address-locality"},
		{"four digits", func(l *foreign) { l.lines[3] = "9910 ORBE" }, "address-locality"},
		{"a postcode in two", func(l *foreign) { l.lines[3] = "99 100 ORBE" }, "address-locality"},
		{"something under the locality", func(l *foreign) { l.lines = append(l.lines, "A REMETTRE EN MAINS") }, "address-order"},
		{"an empty line", func(l *foreign) { l.lines = slices.Insert(l.lines, 2, ""); l.step = 3.5; l.size = 9 }, "address-blank-line"},
		{"not aligned", func(l *foreign) { l.indent = 3 }, "address-aligned"},
		{"bold", func(l *foreign) { l.style = "B" }, "address-style"},
		{"italic", func(l *foreign) { l.style = "I" }, "address-style"},
		{"underlined", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) { p.Line(112, 61.6, 140, 61.6) }
		}, "address-style"},
		{"6 points", func(l *foreign) { l.size = 6 }, "address-size"},
		{"14 points", func(l *foreign) { l.size, l.step, l.y = 14, 5, 62 }, "address-size"},
		{"grey", func(l *foreign) { l.grey = 150 }, "address-contrast"},
		{"white", func(l *foreign) { l.grey = 255 }, "hidden-text"},
		{"a reference in the window", func(l *foreign) { l.also = words(112, 52, "Dossier 12345") }, "window-else"},
		{"a title in the window", func(l *foreign) { l.also = words(95, 88, "Violation de données") }, "window-else"},
		{"a reference in the block", func(l *foreign) { l.lines[1] = "Réf. 2026 0042" }, "window-else"},
		{"a social security number in the block", func(l *foreign) { l.lines[1] = "2 69 05 49 588 157 80" }, "window-else"},
		{"a telephone in the block", func(l *foreign) { l.lines[1] = "01 99 00 12 34" }, "window-else"},
		{"a logo in the window", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) {
				p.ImageOptions(picture(p, 60, 20), 160, 46, 30, 12, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
			}
		}, "window-else"},
		{"a frame around the address", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) { p.Rect(108, 55, 80, 24, "D") }
		}, "window-else"},
		{"the body in the window", func(l *foreign) { l.bodyTop = 84 }, "window-else"},
		{"text at the edge", func(l *foreign) { l.also = words(4, 200, "Au bord") }, "margin"},
		{"text off the page", func(l *foreign) { l.also = words(230, 200, "Dehors") }, "off-page"},
		{"a picture to the edge", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) {
				p.ImageOptions(picture(p, 60, 20), 0, 270, 210, 27, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
			}
		}, "margin"},
		{"hidden text", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) { p.SetTextColor(255, 255, 255); p.Text(30, 220, "caché") }
		}, "hidden-text"},
		{"a name in the title", func(l *foreign) { l.title = "Lettre Hapax" }, "metadata-person"},
		{"a town in the keywords", func(l *foreign) {
			l.also = func(p *fpdf.Fpdf) { p.SetKeywords("vallee orbe", true) }
		}, "metadata-person"},
		{"a mailbox as the author", func(l *foreign) { l.author = "zoe@example.org" }, "metadata-value"},
		{"a path as the title", func(l *foreign) { l.title = `C:\Users\x\lettre.docx` }, "metadata-value"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := soundForeign()
			tt.spoil(&l)
			found, err := Check(l.pdf(t), Print)
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, f := range found {
				rules = append(rules, f.Rule)
			}
			if tt.want == "" && len(found) > 0 || tt.want != "" && !slices.Contains(rules, tt.want) {
				t.Errorf("got %v, want %q", found, tt.want)
			}
		})
	}
}
