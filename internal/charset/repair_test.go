package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// damage reads the UTF-8 of s as the wrong encoding, n times.
func damage(s, name string, n int) string {
	for range n {
		s = string(single(name).appendDecoded(nil, []byte(s)))
	}
	return s
}

// sound values, of which none may be changed.
var soundValues = []string{
	"IRMÃ", "IRMÃ”", "MAÇÃ®", "MAÇÃ VERDE", "MAÇÃ VERDE", "SÃO PAULO", "JOÃO", "João", "IRMÃ…", "IRMÃ’S", "ÂNGELA", "VÂNIA", "IRMû, «IRMû",
	"« été »", "« É »", "«É»", "“É”", "été…", "CAFÉ…", "CAFÉ™", "Café®", "NOËL’S", "l’été", "Noël’", "ÇA…", "5 ‰", "12 €", "n° 5", "À 10 €", "à €", "É—È", "À°",
	"Größe “Ä”", "„Ä“", "„Müller“", "„Schmidt“", "Schmidt†", "Müller†", "‚Ärger‘", "‚ja‘", "STRASSE", "Straße’", "KÖNIG», «Ö»",
	"ŞÜKRÜ", "İBRAHİM ÇELİK", "ÇAĞ", "ÖĞRETMEN", "GÜNEŞ", "ÜÇ", "Ğ", "ÂŞIK", "KÂĞIT", "Şükrü Çağlayan",
	"Nguyễn Văn Dũng", "TRẦN THỊ ÁNH", "PHẠM NGỌC ÂN", "Đặng", "Lê Ðức", "Hồ Chí Minh",
	"KRÍŽ", "MÍŠA", "Božena Němcová", "Žižka", "ŽIŽKA", "Škoda", "ŠÁRKA", "TOMÁŠ", "LUKÁŠ", "ÍŽ", "ÝŠ", "Dvořák", "ŁÓDŹ", "Wałęsa", "ÅSE", "Åsa Öberg", "SØREN", "ÆGIR", "Þór", "ÐAÐI",
	"Œuvre", "CŒUR", "Cœur", "NUÑEZ", "ESPAÑA…", "“ESPAÑA”", "¿QUÉ?", "está»", "está»…", "MARÍA®", "x² ± 3", "½ ¼", "√2", "√é", "¬p", "10 µm", "├──┤", "├─ é", "π ≈ 3", "ƒ(x)", "© Éric", "Éric ©", "®", "£5", "¥", "A—B", "Paris–Lyon", "c’est “là”", "R&amp;D", "Tom & Jerry; fin", "AT&T;", "&é;", "&eacute;", "Ê", "ê", "Ã", "Â", "ã", "Ñ", "Привет", "Γεια σου", "שלום", "مرحبا", "你好，世界", "こんにちは", "안녕하세요", "สวัสดี", "😀 ok", "Zoë", "Anaïs", "naïve", "L'Haÿ-les-Roses", "Ÿ", "Louÿs", "PIERRE LOUŸS",
}

func TestSound(t *testing.T) {
	all := append([]string{}, soundValues...)
	for _, list := range [][]string{givenNames, lastNames, townNames} {
		for _, w := range list {
			all = append(all, w, strings.ToUpper(w), "« "+w+" »", "«\u00a0"+w+"\u00a0»", "“"+w+"”", w+"…", w+"®", w+"’s", strings.ToUpper(w)+"»", strings.ToUpper(w)+"…", strings.ToUpper(w)+"’S", strings.ToUpper(w)+"™")
		}
	}
	for _, text := range prose {
		for w := range strings.FieldsSeq(text) {
			all = append(all, w, strings.ToUpper(w), strings.ToUpper(w)+"”", "«"+strings.ToUpper(w)+"»", w+"»", w+"…")
		}
		all = append(all, text)
	}
	bad := 0
	for _, s := range all {
		if out, n, ok := Repair(nil, []byte(s)); ok || n != 0 || string(out) != s {
			bad++
			t.Errorf("%q became %q", s, out)
		}
	}
	t.Logf("%d of %d sound values changed", bad, len(all))
}

func TestRepair(t *testing.T) {
	for _, name := range []string{western, "cp850", "macintosh", "cp437"} {
		for n := 1; n <= 3; n++ {
			good, total := 0, 0
			var missed []string
			for _, list := range [][]string{givenNames, lastNames, townNames} {
				for _, w := range list {
					for _, s := range []string{w, strings.ToUpper(w), w + " l’aîné"} {
						if ascii([]byte(s)) {
							continue
						}
						d := damage(s, name, n)
						out, rounds, ok := Repair(nil, []byte(d))
						total++
						if ok && string(out) == s && rounds == n {
							good++
						} else {
							missed = append(missed, s+"|"+d+">"+string(out))
						}
					}
				}
			}
			t.Logf("%s x%d: %d of %d %q", name, n, good, total, missed[:min(len(missed), 8)])
			if good*100 < 95*total {
				t.Errorf("%s x%d: %d of %d repaired", name, n, good, total)
			}
		}
	}
}

func TestRepairOne(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		rounds         int
	}{
		{"CP850 as 1252", "Ren‚", "René", 1},
		{"CP850 as 1252, ç", "Fran‡ois", "François", 1},
		{"CP850 as 1252, è", "LefŠvre", "Lefèvre", 1},
		{"MacRoman as 1252", "RenŽ", "René", 1},
		{"ISO-8859-1", "RenÃ\u0089", "RENÉ"[:0] + "RenÉ", 1},
		{"space lost", "voilÃ ", "voilà ", 1},
		{"space lost, two", "voilÃ  Paul", "voilà Paul", 1},
		{"entity", "Ren&eacute;", "René", 1},
		{"entities", "&Eacute;l&#233;onore &amp; Zo&euml;", "Éléonore & Zoë", 1},
		{"entity twice", "Ren&amp;eacute; Zo&euml;", "René Zoë", 2},
		{"Cyrillic", damage("Привет", western, 1), "Привет", 1},
		{"Greek", damage("Γιώργος", western, 1), "Γιώργος", 1},
		{"Chinese", damage("北京市", western, 1), "北京市", 1},
		{"Vietnamese", damage("Nguyễn", western, 1), "Nguyễn", 1},
		{"emoji", damage("ok 😀", western, 1), "ok 😀", 1},
		{"decomposed", damage("Rene\u0301", western, 1), "Rene\u0301", 1},
		{"half of it", "Noël " + damage("Noël", western, 1), "Noël Noël", 1},
		{"quote", damage("l’été", western, 2), "l’été", 2},
		{"mark", damage("\ufeffnom", western, 1), "nom", 1},
		{"lost", "Ren\ufffd", "Ren\ufffd", 0},
	} {
		out, rounds, ok := Repair(nil, []byte(c.in))
		if string(out) != c.want || rounds != c.rounds || ok != (rounds > 0) {
			t.Errorf("%s: %q became %q (%d rounds), want %q (%d)", c.name, c.in, out, rounds, c.want, c.rounds)
		}
	}
}

func TestRepairAppends(t *testing.T) {
	dst := []byte("x")
	out, _, _ := Repair(dst, []byte("RenÃ©"))
	if string(out) != "René" || string(dst) != "x" {
		t.Errorf("got %q after %q", out, dst)
	}
}

func FuzzRepair(f *testing.F) {
	for _, s := range soundValues {
		f.Add([]byte(s))
		f.Add([]byte(damage(s, western, 1)))
		f.Add([]byte(damage(s, "cp850", 2)))
		f.Add([]byte(damage(s, "macintosh", 1)))
	}
	f.Add([]byte("Ren‚ &eacute;t&eacute;"))
	f.Fuzz(func(t *testing.T, v []byte) {
		before := bytes.Clone(v)
		out, rounds, ok := Repair(nil, v)
		if !bytes.Equal(v, before) {
			t.Fatal("the value itself was changed")
		}
		if ok != (rounds > 0) || !ok && !bytes.Equal(out, v) || utf8.Valid(v) && !utf8.Valid(out) {
			t.Fatalf("%q: %q %d %v", v, out, rounds, ok)
		}
		if again, _, changed := Repair(nil, out); changed {
			t.Fatalf("%q became %q became %q", v, out, again)
		}
	})
}

func BenchmarkRepair(b *testing.B) {
	for _, c := range []struct{ name, v string }{{"ascii", "Dupont Martin"}, {"accent", "Hélène Lefèvre"}, {"damaged", "HÃ©lÃ¨ne LefÃ¨vre"}} {
		b.Run(c.name, func(b *testing.B) {
			v, dst := []byte(c.v), make([]byte, 0, 64)
			b.SetBytes(int64(len(v)))
			for b.Loop() {
				Repair(dst, v)
			}
		})
	}
}
