package charset

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	mixed := Guess{Name: utf8Name, Mixed: true, Fallback: western}
	for _, c := range []struct {
		name     string
		g        Guess
		in, want string
	}{
		{"ASCII", mixed, "Paul", "Paul"},
		{"UTF-8", mixed, "René", "René"},
		{"windows-1252", mixed, "Ren\xe9", "René"},
		{"CP850", mixed, "Ren\x82", "René"},
		{"MacRoman", mixed, "Ren\x8e", "René"},
		{"CP850 surname", mixed, "LEF\xd4VRE", "LEFÈVRE"},
		{"CP850 in its file", Guess{Name: "cp850"}, "LEF\xd4VRE", "LEFÈVRE"},
		{"Mac in its file", Guess{Name: "macintosh"}, "No\x91l", "Noël"},
		{"Cyrillic", Guess{Name: "windows-1251"}, "\xc8\xe2\xe0\xed", "Иван"},
		{"UTF-8 in a file of CP850", Guess{Name: "cp850"}, "René", "René"},
		{"damaged", mixed, "RenÃ©", "René"},
		{"damaged, in windows-1252", Guess{Name: western}, "Ren\xc3\xa9", "René"},
		{"CESU-8", mixed, "ok \xed\xa0\xbd\xed\xb8\x80", "ok 😀"},
		{"lone surrogate", mixed, "é\xed\xa0\xbd", "é\ufffd\ufffd\ufffd"},
		{"overlong", mixed, "é\xc1\xa1", "é\ufffd\ufffd"},
		{"cut", mixed, "Hélène, Ren\xc3", "Hélène, Ren\ufffd"},
		{"NUL", mixed, "a\x00b", "a\x00b"},
		{"decomposed", mixed, "Rene\u0301", "Rene\u0301"},
		{"unknown encoding", Guess{Name: "x-nothing", Fallback: "x-none"}, "Ren\xe9", "René"},
	} {
		if got := string(NewDecoder(c.g).Decode(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDecodeMixed glues three encodings together and asks for every name back.
func TestDecodeMixed(t *testing.T) {
	d := NewDecoder(Guess{Name: utf8Name, Mixed: true, Fallback: western})
	good, total := 0, 0
	var missed []string
	for _, list := range [][]string{givenNames, lastNames, townNames} {
		for _, w := range list {
			for _, enc := range []string{utf8Name, western, "cp850", "macintosh"} {
				if decodeAll(enc, encode(enc, w)) != w {
					continue // it lacks a letter
				}
				total++
				if got := string(d.Decode(nil, encode(enc, w))); got == w {
					good++
				} else {
					missed = append(missed, enc+" "+w+">"+got)
				}
			}
		}
	}
	t.Logf("%d of %d, not %v", good, total, missed)
	if good*100 < 96*total {
		t.Errorf("%d of %d names decoded", good, total)
	}
}

func TestDecoderKeepsAndCounts(t *testing.T) {
	d := NewDecoder(Guess{Name: utf8Name, Mixed: true, Fallback: western})
	v := []byte("Hélène")
	if out := d.Decode(make([]byte, 0, 32), v); &out[0] != &v[0] {
		t.Error("sound value was copied")
	}
	for _, s := range []string{"Ren\xe9", "Ren\x82", damage("Zoé", western, 1), damage("Zoé", western, 2), "Ren\ufffd", "Ren?e", "http://example.org/a?b", "a\xed\xa0\xbd"} {
		d.Decode(nil, []byte(s))
	}
	want := Stats{Valid: 4, Fallback: map[string]int64{western: 1, "cp850": 1}, Broken: 1, Repaired1: 1, Repaired2: 1, Replacement: 2, Question: 1}
	if diff := cmp.Diff(want, d.Stats()); diff != "" {
		t.Error(diff)
	}
}

func TestRow(t *testing.T) {
	d := NewDecoder(Guess{Name: western})
	row := [][]byte{[]byte("1"), []byte("Ren\xe9"), {}, []byte("L\xe9a"), []byte("Zoé")}
	if !d.Row(row) {
		t.Error("nothing changed")
	}
	if got := string(bytes.Join(row, []byte("|"))); got != "1|René||Léa|Zoé" {
		t.Errorf("got %q", got)
	}
	if d.Row([][]byte{[]byte("1"), []byte("Zoé")}) {
		t.Error("a sound row changed")
	}
}

func TestReader(t *testing.T) {
	for _, e := range encoded {
		for lang := range strings.FieldsSeq(e.languages) {
			text := encode(e.name, prose[lang])
			want := decodeAll(e.name, text)
			got, err := io.ReadAll(NewReader(iotest.OneByteReader(bytes.NewReader(text)), e.name))
			if err != nil || string(got) != want {
				t.Errorf("%s %s: %v\n%s\n%s", e.name, lang, err, got, want)
			}
		}
	}
	for _, name := range []string{utf8Name, "utf-16le", "utf-16be", "utf-32le", "utf-32be", "gb18030"} {
		text := encode(name, "\ufeffnom;prénom")
		for _, open := range []func(io.Reader, string) io.Reader{NewReader, Rows} {
			if got, err := io.ReadAll(open(bytes.NewReader(text), name)); err != nil || string(got) != "nom;prénom" {
				t.Errorf("%s: got %q, %v", name, got, err)
			}
		}
	}
	kr := []byte("\x1b$)C\n\x0e3\"\x0f ok\n")
	if g := Detect(kr, true); g.Name != "iso-2022-kr" {
		t.Errorf("ISO-2022-KR: got %+v", g)
	}
	if got, err := io.ReadAll(NewReader(iotest.OneByteReader(bytes.NewReader(kr)), "iso-2022-kr")); err != nil || string(got) != "\n끼 ok\n" {
		t.Errorf("ISO-2022-KR: got %q, %v", got, err)
	}
	if got, _ := io.ReadAll(Rows(strings.NewReader("Ren\xe9"), western)); string(got) != "Ren\xe9" {
		t.Errorf("rows of windows-1252 were decoded: %q", got)
	}
	if got, _ := io.ReadAll(NewReader(strings.NewReader("Ren\xe9 \xc0\xaf"), utf8Name)); string(got) != "Ren\ufffd \ufffd\ufffd" {
		t.Errorf("broken UTF-8: %q", got)
	}
}

func FuzzReader(f *testing.F) {
	for i, e := range encoded {
		lang, _, _ := strings.Cut(e.languages, " ")
		f.Add(encode(e.name, prose[lang]), byte(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, which byte) {
		name := encoded[int(which)%len(encoded)].name
		out, err := io.ReadAll(NewReader(bytes.NewReader(b), name))
		if err != nil || !utf8.Valid(out) {
			t.Fatalf("%s: %v %q", name, err, out)
		}
		d := NewDecoder(Guess{Name: name, Mixed: which > 127, Fallback: western})
		if v := d.Decode(nil, b); !utf8.Valid(v) {
			t.Fatalf("%s: %q", name, v)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name, enc string
		accents   bool
	}{{"ascii", utf8Name, false}, {"accents", utf8Name, true}, {"windows-1252", western, true}, {"utf-16le", "utf-16le", true}, {"shift_jis", "shift_jis", false}} {
		text := encode(c.enc, rows(rng, 5000, c.accents))
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, NewReader(bytes.NewReader(text), c.enc)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecoder(b *testing.B) {
	for _, c := range []struct{ name, v string }{{"ascii", "Dupont Martin"}, {"utf-8", "Hélène Lefèvre"}, {"windows-1252", "H\xe9l\xe8ne Lef\xe8vre"}} {
		b.Run(c.name, func(b *testing.B) {
			d := NewDecoder(Guess{Name: utf8Name, Mixed: true, Fallback: western})
			v, dst := []byte(c.v), make([]byte, 0, 64)
			b.SetBytes(int64(len(v)))
			for b.Loop() {
				d.Decode(dst, v)
			}
		})
	}
}

// What is passed over at a glance is what repairing would have left alone.
func TestLoneLettersNeedNoRepair(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	pieces := []string{"a", "B", " ", "é", "É", "Ã", "Â", "ÿ", "×", "\u00a0", "©", "œ", "‰", "&", ";", "&eacute;", "?", "\xc3", "\xa9", "\ufffd", "ç", "1"}
	met := 0
	for range 200_000 {
		var v []byte
		for range r.IntN(9) {
			v = append(v, pieces[r.IntN(len(pieces))]...)
		}
		if !lone(v) {
			continue
		}
		met++
		if out, rounds, ok := Repair(nil, v); ok || rounds != 0 || !bytes.Equal(out, v) || !utf8.Valid(v) || bytes.Contains(v, []byte("\ufffd")) {
			t.Fatalf("%q is passed over, and would be %q", v, out)
		}
	}
	if met < 10_000 {
		t.Errorf("only %d values were passed over", met)
	}
}

// A line that is sound is one whose values Decode returns as they are, whatever
// was found to be the file's encoding.
func TestSoundLines(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	pieces := []string{"a", "Zo\u00e9", ";", ";", "\u00c9", "\u00c3", "\u00c3\u00a9", "\u00e2\u0082\u00ac", "\u20ac", "\xe9", "\xc3", "&amp;", "No?l", "12345678"}
	sound := 0
	for _, name := range []string{"utf-8", "windows-1252"} {
		d := NewDecoder(Guess{Name: name})
		for range 50_000 {
			var line []byte
			for range r.IntN(8) {
				line = append(line, pieces[r.IntN(len(pieces))]...)
			}
			if d.Sound(line) < len(line) {
				continue
			}
			sound++
			for _, v := range bytes.Split(line, []byte{';'}) {
				if got := d.Decode(nil, v); !bytes.Equal(got, v) {
					t.Fatalf("%q: %q becomes %q", line, v, got)
				}
			}
		}
	}
	if sound < 5_000 {
		t.Errorf("only %d sound lines", sound)
	}
}
