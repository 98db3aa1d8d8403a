package sms

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		encoding   string
		units, seg int
	}{
		{"empty", "", GSM7, 0, 1},
		{"160 septets", strings.Repeat("a", 160), GSM7, 160, 1},
		{"161 septets", strings.Repeat("a", 161), GSM7, 161, 2},
		{"306 septets", strings.Repeat("é", 306), GSM7, 306, 2},
		{"307 septets", strings.Repeat("a", 307), GSM7, 307, 3},
		{"extension counts twice", strings.Repeat("€", 80), GSM7, 160, 1},
		{"an escape pair may not straddle", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), GSM7, 306, 3},
		{"an escape pair that fits", strings.Repeat("a", 151) + "€" + strings.Repeat("a", 153), GSM7, 306, 2},
		{"70 units", strings.Repeat("ê", 70), UCS2, 70, 1},
		{"71 units", strings.Repeat("ê", 71), UCS2, 71, 2},
		{"35 surrogate pairs", strings.Repeat("😀", 35), UCS2, 70, 1},
		{"a pair may not straddle", strings.Repeat("ê", 66) + "😀" + strings.Repeat("ê", 66), UCS2, 134, 3},
		{"one ç makes it UCS-2", strings.Repeat("a", 191) + "ç", UCS2, 192, 3},
		{"Ç is GSM-7", "Ç", GSM7, 1, 1},
		{"the escape itself is no character", "\x1b", UCS2, 1, 1},
		{"not UTF-8", "\xff", UCS2, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, u, s := Count(tt.text)
			if e != tt.encoding || u != tt.units || s != tt.seg {
				t.Errorf("got %s %d %d, want %s %d %d", e, u, s, tt.encoding, tt.units, tt.seg)
			}
		})
	}
}

// oracle encodes for real, unit by unit, and cuts the stream the way a handset
// numbers parts. It knows the alphabet by its code points in order.
func oracle(text string) (string, int, int) {
	var stream []uint16
	for _, c := range text {
		code, ok := alphabet[c]
		if !ok {
			u := utf16.Encode([]rune(text))
			return UCS2, len(u), cut(u, 70, 67, func(x uint16) bool { return x >= 0xd800 && x < 0xdc00 })
		}
		stream = append(stream, code...)
	}
	return GSM7, len(stream), cut(stream, 160, 153, func(x uint16) bool { return x == 0x1b })
}

var alphabet = func() map[rune][]uint16 {
	codes := map[rune][]uint16{'\f': {0x1b, 0x0a}, '^': {0x1b, 0x14}, '{': {0x1b, 0x28}, '}': {0x1b, 0x29}, '\\': {0x1b, 0x2f},
		'[': {0x1b, 0x3c}, '~': {0x1b, 0x3d}, ']': {0x1b, 0x3e}, '|': {0x1b, 0x40}, '€': {0x1b, 0x65}}
	for i, c := range []rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà") {
		if i != 0x1b {
			codes[c] = []uint16{uint16(i)}
		}
	}
	return codes
}()

func cut(stream []uint16, single, part int, opens func(uint16) bool) int {
	if len(stream) <= single {
		return 1
	}
	n := 0
	for len(stream) > 0 {
		take := min(part, len(stream))
		if take < len(stream) && opens(stream[take-1]) {
			take--
		}
		stream = stream[take:]
		n++
	}
	return n
}

func TestCountAgainstAnEncoder(t *testing.T) {
	if len([]rune(basic)) != 127 || len([]rune(extension)) != 10 {
		t.Fatalf("alphabet of %d and %d characters, want 127 and 10", len([]rune(basic)), len([]rune(extension)))
	}
	gen := rapid.SliceOfN(rapid.SampledFrom([]rune("aaaaaaaaéèàbc €{^|\n@çêœ’😀")), 0, 500)
	gsm := rapid.SliceOfN(rapid.SampledFrom([]rune("aaaaaaaaéèàbc €{^|\n@")), 130, 500)
	rapid.Check(t, func(t *rapid.T) {
		for _, text := range []string{string(gen.Draw(t, "any")), string(gsm.Draw(t, "GSM"))} {
			e, u, s := Count(text)
			oe, ou, os := oracle(text)
			if e != oe || u != ou || s != os {
				t.Fatalf("got %s %d %d, an encoder says %s %d %d", e, u, s, oe, ou, os)
			}
		}
	})
}

func FuzzCount(f *testing.F) {
	f.Add("a€😀\x1b\xff")
	f.Fuzz(func(t *testing.T, text string) {
		e, u, s := Count(text)
		oe, ou, os := oracle(text)
		if e != oe || u != ou || s != os {
			t.Fatalf("got %s %d %d, an encoder says %s %d %d", e, u, s, oe, ou, os)
		}
		if out, err := Prepare(text, Transliterate); err == nil {
			if enc, _, _ := Count(out); enc != GSM7 {
				t.Fatal("transliterated, and yet not GSM-7")
			}
		}
	})
}

func TestPrepare(t *testing.T) {
	for in, want := range map[string]string{
		"Ça coûte « 3 € », œuvre d’août…": "Ça coute \" 3 € \", oeuvre d'aout...",
		"reçu":            "recu",
		"e\u0301te\u0301": "été",
		"NOËL À L'ÎLE":    "NOEL A L'ILE",
		"1\u00a0234 n°5":  "1 234 no5",
	} {
		got, err := Prepare(in, Transliterate)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	_, err := Prepare("日本", Transliterate)
	var refused *breach.RefusedError
	if !errors.As(err, &refused) || refused.Code != "unsupported-character" {
		t.Errorf("got %v, want a refusal", err)
	}
	if got, err := Prepare("reçu", Preserve); err != nil || got != "reçu" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel {
			d, err := NewDirectory(dir)
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Count: func(t *testing.T, key string) int {
			list, err := filepath.Glob(filepath.Join(dir, key+".json"))
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		},
		Spoil: func(e *notify.Envelope) { e.To.Phone = "01 99 00 12 34" },
	})
	data, err := os.ReadFile(filepath.Join(dir, "msg_ask.json"))
	var m Message
	if err != nil || json.Unmarshal(data, &m) != nil || m.To != "+33639980042" || m.Encoding != GSM7 || m.Segments != 1 {
		t.Errorf("message file: %+v, %v", m, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".writing-*")); len(left) > 0 {
		t.Errorf("%d temporary files are left", len(left))
	}
}

func TestDirectoryRefuses(t *testing.T) {
	d, err := NewDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, short, want string }{
		{"a link", "Voir https://example.org", "link"},
		{"a bare domain", "Voir mairie.fr vite", "link"},
		{"empty", " ", "empty"},
		{"too long", strings.Repeat("a", 460), "too-long"},
		{"no spelling", "Привет", "unsupported-character"},
	} {
		e := notifytest.Envelope("msg_1")
		e.Doc.Short = tt.short
		_, err := d.Send(t.Context(), e)
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, err := NewDirectory(t.TempDir(), WithSender("TWELVE CHARS")); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a long sender: got %v", err)
	}
}

func TestReceipts(t *testing.T) {
	dir := t.TempDir()
	d, err := NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []notify.Outcome{{Key: "msg_1", State: breach.MessageBounced, Code: "absent-subscriber"}, {Key: "msg_2", State: breach.MessageDelivered, Code: "to +33639980042"}} {
		if err := notify.AppendReceipt(dir, o); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, "receipts.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("not a receipt\n{\"key\":\"msg_3\",\"state\":\"planned\"}\n{\"key\":\"half"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, cursor, err := d.Outcomes(t.Context(), "")
	if err != nil || len(got) != 2 || got[0].Code != "absent-subscriber" || got[1].Code != "unspecified" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, again, err := d.Outcomes(t.Context(), cursor); err != nil || len(got) != 0 || again != cursor {
		t.Fatalf("read twice: %+v, %q, %v", got, again, err)
	}
	if _, _, err := d.Outcomes(t.Context(), "yesterday"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a strange cursor: got %v", err)
	}
}

func BenchmarkCount(b *testing.B) {
	text := strings.Repeat("Un courrier vous informe d'un incident. ", 5)
	for b.Loop() {
		Count(text)
	}
}

func BenchmarkSend(b *testing.B) {
	d, err := NewDirectory(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := d.Send(b.Context(), notifytest.Envelope("msg_"+strconv.Itoa(i))); err != nil {
			b.Fatal(err)
		}
	}
}
