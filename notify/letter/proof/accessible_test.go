package proof

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"vigie/notify"
	"vigie/notify/letter"
)

// change spoils the objects of a file and writes it again.
func change(t *testing.T, pdf []byte, do func(x *model.Context)) []byte {
	t.Helper()
	x, err := api.ReadContext(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	do(x)
	var out bytes.Buffer
	if err := api.WriteContext(x, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func catalog(do func(types.Dict)) func(*model.Context) {
	return func(x *model.Context) {
		d, _ := x.Catalog()
		do(d)
	}
}

// elements calls do with each structure element of a role.
func elements(role string, do func(i int, d types.Dict)) func(*model.Context) {
	return func(x *model.Context) {
		i := 0
		for n := 1; n < *x.Size; n++ {
			e, ok := x.Find(n)
			if !ok || e.Free {
				continue
			}
			if d, ok := e.Object.(types.Dict); ok && d.NameEntry("S") != nil && *d.NameEntry("S") == role && d.Type() != nil && *d.Type() == "StructElem" {
				do(i, d)
				i++
			}
		}
	}
}

// content rewrites the content streams.
func content(do func(string) string) func(*model.Context) {
	return func(x *model.Context) {
		for _, e := range x.Table {
			sd, ok := e.Object.(types.StreamDict)
			if !ok || sd.Decode() != nil || !bytes.Contains(sd.Content, []byte("BDC")) {
				continue
			}
			sd.Content = []byte(do(string(sd.Content)))
			_ = sd.Encode() // a sound stream was just decoded
			e.Object = sd
		}
	}
}

var (
	size12 = regexp.MustCompile(`/R 12 Tf`)
	mapped = regexp.MustCompile(`<([0-9a-f]{4})><[0-9a-f]{4}>`)
)

func TestAccessible(t *testing.T) {
	e := full("msg_accessible")
	e.To.Name = "Hapax"
	e.Proof = notify.Proof{Code: "ABCD-EFGH", Payload: "payload"}
	sealed := letter.Options{Accessible: true}
	pdf := render(t, e, sealed)
	info := func(do func(types.Dict)) func(*model.Context) {
		return func(x *model.Context) {
			d, _ := x.DereferenceDict(*x.Info)
			do(d)
			c, _ := x.Catalog()
			c.Delete("Metadata")
		}
	}
	for _, tt := range []struct {
		name  string
		spoil func(*model.Context)
		want  string
	}{
		{"sound", func(*model.Context) {}, ""},
		{"no tags", catalog(func(d types.Dict) { d.Delete("StructTreeRoot") }), "tagged"},
		{"not marked", catalog(func(d types.Dict) { d.Delete("MarkInfo") }), "tagged"},
		{"marked as doubtful", catalog(func(d types.Dict) {
			d["MarkInfo"] = types.Dict{"Marked": types.Boolean(true), "Suspects": types.Boolean(true)}
		}), "tagged"},
		{"no language", catalog(func(d types.Dict) { d.Delete("Lang") }), "language"},
		{"no such language", catalog(func(d types.Dict) { d["Lang"] = types.StringLiteral("français de France") }), "language"},
		{"the title is not shown", catalog(func(d types.Dict) { d.Delete("ViewerPreferences") }), "title-shown"},
		{"no title", info(func(d types.Dict) { d.Delete("Title") }), "title"},
		{"a file's name as the title", info(func(d types.Dict) { d["Title"] = types.StringLiteral("lettre_v3.docx") }), "title"},
		{"a heading is a paragraph", elements("H1", func(_ int, d types.Dict) { d["S"] = types.Name("P") }), "heading-order"},
		{"a level is skipped", elements("H2", func(_ int, d types.Dict) { d["S"] = types.Name("H4") }), "heading-order"},
		{"an empty heading", elements("H2", func(_ int, d types.Dict) { d["K"] = types.Array{} }), "heading-empty"},
		{"content without a tag", elements("P", func(i int, d types.Dict) {
			if i == 3 {
				d["K"] = types.Array{}
			}
		}), "untagged-content"},
		{"a picture without words", elements("Figure", func(_ int, d types.Dict) { d.Delete("Alt") }), "figure-alt"},
		{"a list of paragraphs", func(x *model.Context) {
			for _, role := range []string{"L", "LI", "LBody", "Lbl"} {
				elements(role, func(_ int, d types.Dict) { d["S"] = types.Name("P") })(x)
			}
		}, "list"},
		{"a list without items", elements("LI", func(_ int, d types.Dict) { d["S"] = types.Name("P") }), "list"},
		{"read backwards", elements("Document", func(_ int, d types.Dict) { slices.Reverse(d["K"].(types.Array)) }), "reading-order"},
		{"two paragraphs swapped", elements("Document", func(_ int, d types.Dict) {
			k := d["K"].(types.Array)
			k[4], k[6] = k[6], k[4]
		}), "reading-order"},
		{"pale", content(func(s string) string { return strings.ReplaceAll(s, "0 g\n", "0.7 g\n") }), "contrast"},
		{"pale on blue", content(func(s string) string {
			return "0 0 0.3 rg 0 0 600 900 re f 0.4 g\n" + strings.ReplaceAll(s, "0 g\n", "0.4 g\n")
		}), "contrast"},
		{"tiny", content(func(s string) string { return size12.ReplaceAllString(s, "/R 6 Tf") }), "text-size"},
		{"letters without a text", func(x *model.Context) {
			for _, e := range x.Table {
				sd, ok := e.Object.(types.StreamDict)
				if ok && sd.Decode() == nil && bytes.Contains(sd.Content, []byte("beginbfchar")) {
					sd.Content = mapped.ReplaceAll(sd.Content, []byte("<ffff><0041>"))
					_ = sd.Encode() // a sound stream was just decoded
					e.Object = sd
				}
			}
		}, "text-unicode"},
		{"no mapping to text", func(x *model.Context) {
			for _, e := range x.Table {
				if d, ok := e.Object.(types.Dict); ok {
					d.Delete("ToUnicode")
				}
			}
		}, "text-unicode"},
		{"JavaScript on opening", catalog(func(d types.Dict) {
			d["OpenAction"] = types.Dict{"S": types.Name("JavaScript"), "JS": types.StringLiteral("app.alert(1)")}
		}), "javascript"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := Check(change(t, pdf, tt.spoil), Accessible)
			if err != nil {
				t.Fatal(err)
			}
			has := slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == tt.want })
			if tt.want == "" && len(found) > 0 || tt.want != "" && !has {
				t.Errorf("got %v, want %q", found, tt.want)
			}
		})
	}
}

// A file of another tool that has no tags says so, and nothing about the tags.
func TestUntagged(t *testing.T) {
	found, err := Check(soundForeign().pdf(t), Accessible)
	var rules []string
	for _, f := range found {
		rules = append(rules, f.Rule)
	}
	if err != nil || !slices.Equal(rules, []string{"language", "title-shown", "tagged"}) {
		t.Errorf("got %v, %v", rules, err)
	}
}

const htmlLetter = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Vos données</title><style>
@page{size:A4;margin:20mm} body{font:11pt sans-serif} #to{position:absolute;left:92mm;top:38mm;font-size:10pt;line-height:1.15} h1{margin-top:95mm;font-size:15pt}
table{border-collapse:collapse} td,th{border:1px solid;padding:2mm}</style></head><body>
<p>Mission Locale d'Orbe</p><p id="to">Mme Zoé Hapax<br>14 RUE DES LILAS<br>99100 ORBE</p>
<h1>Vos données ont été volées</h1><p>Nous vous écrivons au sujet d'un <b>vol de données</b>, découvert le 3 mars.</p>
<h2>Données</h2><ul><li>nom</li><li>adresse</li></ul><h3>Détail</h3><table><tr><th>Donnée</th><th>Quand</th></tr><tr><td>nom</td><td>2024</td></tr></table>
<h2>Que faire</h2><ol><li>Dès maintenant, méfiez-vous.</li><li>Prévenez vos proches.</li></ol></body></html>`

// TestBrowserLetter: what a browser prints from sound HTML is sound.
func TestBrowserLetter(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("Chromium is not installed")
	}
	dir := t.TempDir()
	page, out := filepath.Join(dir, "letter.html"), filepath.Join(dir, "letter.pdf")
	if err := os.WriteFile(page, []byte(htmlLetter), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir, "--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+page)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	pdf, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Profile{Print, Accessible} {
		if found, err := Check(pdf, p); err != nil || len(found) > 0 {
			t.Errorf("%s: %v, %v", p, found, err)
		}
	}
}

func TestUnknownProfile(t *testing.T) {
	if _, err := Check(nil, "braille"); err == nil {
		t.Error("an unknown profile passes")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(render(f, full("msg_fuzz"), letter.Options{}))
	f.Add([]byte("%PDF-1.7\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, p := range []Profile{Print, Accessible} {
			_, _ = Check(data, p)
		}
	})
}

func FuzzContent(f *testing.F) {
	f.Add([]byte("/P<</MCID 0>>BDC BT/R 12 Tf 1 0 0 1 20 20 Tm[<0001>-200(a\\051)]TJ ET EMC BI /W 1 ID x EI q 1 0 0 1 0 0 cm Q"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := lexer{b: data}
		for n := 0; ; n++ {
			if _, _, ok := l.next(); !ok {
				return
			}
			if n > 2*len(data)+2 {
				t.Fatal("does not end")
			}
		}
	})
}
