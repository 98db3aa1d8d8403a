package charset

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// decodes says whether reading the text as got gives what reading it as want
// does: the only thing that matters of an encoding's name.
func decodes(got, want string, text []byte) bool {
	if got == want {
		return true
	}
	return fold.Replace(decodeAll(got, text)) == fold.Replace(decodeAll(want, text))
}

// fold forgets whether a Romanian letter has a comma or a cedilla: the bytes
// of ISO-8859-16 and windows-1250 are the same.
var fold = strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ")

func decodeAll(name string, text []byte) string {
	e := byName(name)
	if e == nil {
		return "unknown " + name
	}
	out, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// TestNumberSign reads tables whose only bytes beyond ASCII are those of N°, and
// names of two countries that many encodings write alike.
func TestNumberSign(t *testing.T) {
	for _, name := range []string{"windows-1252", "cp850", "cp437", "macintosh", "utf-8"} {
		for _, text := range []string{"FICHE N° 12;RUE\n", "ADHERENT;ADRESSE\n1;CHEMIN RURAL N°4\n2;BAT B N° 7\n"} {
			text := []byte(text)
			if name != "utf-8" {
				text = encode(name, string(text))
			}
			if g := Detect(text, true); !decodes(g.Name, name, text) {
				t.Errorf("%s read as %s", name, g.Name)
			}
		}
	}
	text := encode("windows-1252", "Çelik;Zoë\nÇelik;Jan\nPeeters;Zoë\n")
	if g := Detect(text, true); g.Name != "windows-1252" {
		t.Errorf("what both read alike is read as %s", g.Name)
	}
}

// TestAccuracy reads text of every language in every encoding, of lengths
// from a line to ten kilobytes.
func TestAccuracy(t *testing.T) {
	lengths := []struct{ chars, least int }{{20, 80}, {60, 93}, {200, 98}, {1000, 100}, {10000, 100}}
	right, all := map[int]int{}, map[int]int{}
	for _, e := range encoded {
		line := ""
		for _, l := range lengths {
			rng := rand.New(rand.NewPCG(7, uint64(l.chars)))
			good, total := 0, 0
			wrong := map[string]int{}
			for lang := range strings.FieldsSeq(e.languages) {
				for range max(1, min(20, 4000/l.chars)) {
					text := encode(e.name, cut(rng, prose[lang], l.chars))
					g := Detect(text, true)
					total++
					if decodes(g.Name, e.name, text) {
						good++
					} else {
						wrong[lang+">"+g.Name]++
					}
				}
			}
			right[l.chars] += good
			all[l.chars] += total
			line += fmt.Sprintf(" %d:%d/%d", l.chars, good, total)
			if len(wrong) > 0 {
				line += fmt.Sprint(wrong)
			}
		}
		t.Logf("%-15s%s", e.name, line)
	}
	for _, l := range lengths {
		t.Logf("%5d characters: %d of %d, %.2f %%", l.chars, right[l.chars], all[l.chars], 100*float64(right[l.chars])/float64(all[l.chars]))
		if right[l.chars]*100 < l.least*all[l.chars] {
			t.Errorf("%d characters: %d of %d right, want %d %%", l.chars, right[l.chars], all[l.chars], l.least)
		}
	}
}

// TestOneAccent hides a single word with an accent in a file of ASCII rows.
func TestOneAccent(t *testing.T) {
	words := strings.Fields("René Hélène Lefèvre Gérard François Noël Loïc Jérôme Benoît Muñoz Müller Besançon Évreux HÉBERT FRANÇOIS LEFÈVRE Forêt Châtel")
	for _, name := range []string{"utf-8", "windows-1252", "iso-8859-15", "cp850", "cp437", "macintosh", "utf-16le", "utf-16be"} {
		good, total, wrong := 0, 0, []string{}
		for i, w := range words {
			rng := rand.New(rand.NewPCG(3, uint64(i)))
			plain := rows(rng, 50, false)
			at := strings.LastIndex(plain[:len(plain)/2], "\n") + 1
			s := plain[:at] + "999;" + w + ";Paul;u@example.org;+33199000000;Lyon\r\n" + plain[at:]
			text := encode(name, s)
			g := Detect(text, true)
			total++
			if decodes(g.Name, name, text) {
				good++
			} else {
				wrong = append(wrong, w+">"+g.Name)
			}
		}
		t.Logf("%-15s %d/%d %v", name, good, total, wrong)
		if good*100 < 90*total {
			t.Errorf("%s: %d of %d right: %v", name, good, total, wrong)
		}
	}
}

// TestRepeated reads columns whose only words beyond ASCII come again in every row.
func TestRepeated(t *testing.T) {
	for _, name := range []string{"windows-1252", "cp850", "macintosh"} {
		for _, text := range []string{
			"Article;Qté\n" + strings.Repeat("Râteau;12\nPelle;7\n", 20),
			"commentaire\n" + strings.Repeat("Merci pour tout\nSalle à revoir, beauté du lieu\n", 20),
		} {
			if raw := encode(name, text); !decodes(Detect(raw, true).Name, name, raw) {
				t.Errorf("%s read as %s: %.60q", name, Detect(raw, true).Name, text)
			}
		}
	}
	for _, text := range []string{"commentaire\n" + strings.Repeat("Merci pour tout\nLa salle est belle\nParking : à revoir\n", 20)} {
		if raw := encode(western, text); Detect(raw, true).Name != western {
			t.Errorf("read as %s", Detect(raw, true).Name)
		}
	}
}

// TestDisguised reads capitals, tables and web pages in every encoding.
func TestDisguised(t *testing.T) {
	for _, c := range []struct {
		name  string
		dress func(s string) string
		least int
	}{
		{"capitals", strings.ToUpper, 99},
		{"a word a row", func(s string) string {
			var b strings.Builder
			for i, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" .,", r) }) {
				fmt.Fprintf(&b, "%d,%s,u%d@example.org\n", i, w, i)
			}
			return b.String()
		}, 99},
		{"a web page", func(s string) string {
			return "<html><script>function f(a){return a+1}</script><td class='x'>" + strings.ReplaceAll(s, " ", "</td><td class='x'>") + "</td></html>"
		}, 99},
	} {
		good, total, wrong := 0, 0, map[string]int{}
		for _, e := range encoded {
			if e.name == "windows-1258" && c.name == "capitals" {
				continue // its tones have no capitals
			}
			rng := rand.New(rand.NewPCG(9, 9))
			for lang := range strings.FieldsSeq(e.languages) {
				text := encode(e.name, c.dress(cut(rng, prose[lang], 200)))
				total++
				if g := Detect(text, true); decodes(g.Name, e.name, text) {
					good++
				} else {
					wrong[e.name+" "+lang+">"+g.Name]++
				}
			}
		}
		t.Logf("%s: %d of %d %v", c.name, good, total, wrong)
		if good*100 < c.least*total {
			t.Errorf("%s: %d of %d right", c.name, good, total)
		}
	}
}

func TestMixed(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	a, b := rows(rng, 40, true), rows(rng, 40, true)
	for _, c := range []struct {
		name, first, second, want, fallback string
		mixed                               bool
	}{
		{"mostly UTF-8", "utf-8", "windows-1252", "utf-8", "windows-1252", true},
		{"UTF-8 and DOS", "utf-8", "cp850", "utf-8", "cp850", true},
		{"UTF-8 and Mac", "utf-8", "macintosh", "utf-8", "macintosh", true},
		{"one only", "cp850", "cp850", "cp850", "cp850", false},
	} {
		text := append(encode(c.first, a+a), encode(c.second, b)...)
		g := Detect(text, true)
		if g.Name != c.want || g.Fallback != c.fallback || g.Mixed != c.mixed {
			t.Errorf("%s: got %+v", c.name, g)
		}
	}
	text := append(encode("windows-1252", a+a), encode("utf-8", b)...)
	if g := Detect(text, true); g.Name != "windows-1252" || !g.Mixed {
		t.Errorf("mostly windows-1252: got %+v", g)
	}
}

func BenchmarkDetect(b *testing.B) {
	for _, c := range []struct{ name, lang string }{
		{"utf-8", "fr"}, {"windows-1252", "fr"}, {"cp850", "fr"}, {"windows-1251", "ru"}, {"shift_jis", "ja"}, {"gbk", "zh"}, {"utf-16le", "fr"}, {"windows-874", "th"},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		text := encode(c.name, cut(rng, prose[c.lang], 10000))
		text = text[:min(len(text), 10000)]
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Detect(text, true)
			}
		})
	}
}

func FuzzDetect(f *testing.F) {
	for _, e := range encoded {
		lang, _, _ := strings.Cut(e.languages, " ")
		f.Add(encode(e.name, prose[lang]))
	}
	f.Add([]byte("<?xml version='1.0' encoding='x'?>\xe9"))
	f.Fuzz(func(t *testing.T, b []byte) {
		g := Detect(b, true)
		if byName(g.Name) == nil || single(g.Fallback) == nil || !(g.Confidence >= 0 && g.Confidence <= 1) {
			t.Fatalf("got %+v", g)
		}
		if g.Name == utf8Name && !g.Mixed && !g.BOM && !utf8.Valid(b) && !strings.Contains(string(b), "\xed") {
			t.Fatalf("UTF-8 of what is not: %+v", g)
		}
	})
}
