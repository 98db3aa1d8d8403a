package dump

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"vigie/internal/ident"
)

func TestPhones(t *testing.T) {
	tests := []struct{ text, territory, want string }{
		{"0639980001", "FR", "+33639980001"},
		{"06 39 98 00 01", "FR", "+33639980001"},
		{"06.39.98.00.01", "FR", "+33639980001"},
		{"06-39-98-00-01", "FR", "+33639980001"},
		{"639980001", "FR", "+33639980001"}, // a spreadsheet took the zero
		{"+33 6 39 98 00 01", "FR", "+33639980001"},
		{"+33 (0)6 39 98 00 01", "FR", "+33639980001"},
		{"0033639980001", "FR", "+33639980001"},
		{"33639980001", "FR", "+33639980001"},
		{"+330639980001", "FR", "+33639980001"},
		{"6.39980001E+08", "FR", "+33639980001"},
		{"6.4E+08", "FR", ""}, // its digits are lost
		{"639980001.0", "FR", "+33639980001"},
		{"0639980001 / 0199000001", "FR", "+33639980001"},
		{"0692000001", "FR", "+262692000001"},
		{"0590000001", "FR", "+590590000001"},
		{"+212 612-345678", "FR", "+212612345678"},
		{"+1 212 555 2368", "FR", "+12125552368"},
		{"0199000001", "FR", "+33199000001"},
		{"12", "FR", ""},
		{"néant", "FR", ""},
		{"0471 12 34 56", "BE", "+32471123456"},
	}
	for _, tt := range tests {
		if got := string(appendPhone(nil, []byte(tt.text), tt.territory)); got != tt.want {
			t.Errorf("%q = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestValues(t *testing.T) {
	text := func(s string) string { return string(appendText(nil, clean([]byte(s)))) }
	email := func(s string) string { return string(appendEmail(nil, clean([]byte(s)))) }
	postcode := func(s string) string { return string(appendPostcode(nil, clean([]byte(s)))) }
	tests := []struct {
		name string
		f    func(string) string
		in   string
		want string
	}{
		{"spaces", text, "  Le \t Goff ", "Le Goff"},
		{"no-break and zero-width", text, "Le\u00a0Goff\u200b", "Le Goff"},
		{"accents stay", text, "N’Guessan-Œuf", "N’Guessan-Œuf"},
		{"excel formula", text, `="0123"`, "0123"},
		{"excel apostrophe", text, "'0123", "0123"},
		{"null", text, "NULL", ""}, {"null 2", text, `\N`, ""}, {"dash", text, "-", ""}, {"n/a", text, "N/A", ""},
		{"a name that reads like nothing", text, "Na", "Na"},
		{"email", email, "Lina.M+x@Example.ORG", "lina.m+x@example.org"},
		{"email mailto", email, "mailto:lina@example.org;", "lina@example.org"},
		{"no email", email, "lina at example.org", ""},
		{"email too long", email, strings.Repeat("x", 400) + "@example.org", ""},
		{"postcode", postcode, "1000", "01000"}, {"postcode 2", postcode, "34000.0", "34000"},
		{"postcode 3", postcode, "F-34000", "34000"}, {"postcode 4", postcode, "34 000", "34000"},
		{"foreign postcode", postcode, "sw1a 1aa", "SW1A 1AA"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.f(tt.in); got != tt.want {
				t.Errorf("%q = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// nirOf invents a NIR with its key. The commune 990 exists nowhere.
func nirOf(body string) string {
	digits := strings.NewReplacer("2A", "19", "2B", "18").Replace(body)
	var n int64
	for _, d := range digits {
		n = n*10 + int64(d-'0')
	}
	return fmt.Sprintf("%s%02d", body, 97-n%97)
}

// ibanOf invents a French IBAN of a bank that does not exist.
func ibanOf(account int) string {
	rib := fmt.Sprintf("9999999999%011d", account)
	n := 0
	for _, d := range rib + "00" {
		n = (n*10 + int(d-'0')) % 97
	}
	rib += fmt.Sprintf("%02d", 97-n)
	check := 98 - mod97([]byte("FR00"), mod97([]byte(rib), 0))
	return fmt.Sprintf("FR%02d%s", check, rib)
}

// cardOf invents a card number of a range that banks use for tests.
func cardOf(n int) string {
	body := fmt.Sprintf("400000%09d", n)
	for c := '0'; ; c++ {
		if luhn([]byte(body + string(c))) {
			return body + string(c)
		}
	}
}

func TestProofs(t *testing.T) {
	if ok, proved := ident.CheckNIR([]byte(nirOf("2090534990123"))); !ok || !proved {
		t.Error("NIR")
	}
	for _, corsica := range []string{"206052A990123", "106052B990123"} {
		if _, proved := ident.CheckNIR([]byte(nirOf(corsica))); !proved {
			t.Errorf("Corsican NIR %s", nirOf(corsica))
		}
	}
	for _, bad := range []string{"", "5090534990123", "2091534990123", "2090500990123", "2090534990000", nirOf("2090534990123")[:14] + "x"} {
		if ok, _ := ident.CheckNIR([]byte(bad)); ok {
			t.Errorf("%q passes for a NIR", bad)
		}
	}
	for n := range 200 {
		if proofs([]byte(ibanOf(n*7919))) != 1<<ident.IBAN || proofs([]byte(strings.Replace(ibanOf(n*7919), "FR", "DE", 1))).Has(ident.IBAN) {
			t.Fatalf("IBAN %d", n)
		}
		if proofs([]byte(cardOf(n))) != 1<<ident.Card || proofs([]byte(cardOf(n)[:15])).Has(ident.Card) {
			t.Fatalf("card %d", n)
		}
	}
	for v, want := range map[string]bool{
		"5f4dcc3b5aa765d61d8327deb882cf99": true, "$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234": true,
		"12345678901234567890123456789012": false, "{SSHA}abcdefgh": true, "hello": false,
	} {
		if isHash([]byte(v)) != want {
			t.Errorf("isHash(%q) = %v", v, !want)
		}
	}
}

func luhn(c []byte) bool {
	sum := 0
	for i := range c {
		d := int(c[len(c)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mod97 continues a remainder over letters and digits, A being 10.
func mod97(c []byte, n int) int {
	for _, d := range c {
		switch {
		case d >= '0' && d <= '9':
			n = (n*10 + int(d-'0')) % 97
		case d >= 'A' && d <= 'Z':
			n = (n*100 + int(d-'A') + 10) % 97
		default:
			return -1
		}
	}
	return n
}

// What is written by a short way is what the long way writes.
func TestShortWays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	signs := []string{"a", "Z", "9", "@", "~", " ", " ", "\t", "\x7f", "é", "É", "Œ", "İ", "ǅ", "\u00a0", "\u00ad", "\u200b", "ß", "\xff"}
	for range 20_000 {
		var v []byte
		for range r.IntN(8) {
			v = append(v, signs[r.IntN(len(signs))]...)
		}
		if got, want := appendLower(nil, v), bytes.ToLower(v); !bytes.Equal(got, want) {
			t.Fatalf("%q in lower case: %q, want %q", v, got, want)
		}
		// Behind a character that is dropped nothing goes the short way.
		if got, want := appendText(nil, v), appendText(nil, append([]byte("\u200b"), v...)); !bytes.Equal(got, want) {
			t.Fatalf("%q as text: %q, want %q", v, got, want)
		}
	}
}

// appendLower is bytes.ToLower, and appendKey what fold makes of a whole value.
func TestFoldingByBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"a", "Z", "@", "[", "`", "{", "É", "é", "×", "÷", "ß", "ÿ", "Þ", "Œ", "İ", "Σ", "\xc3", "\xff", "\xe2\x80\xaf", "’", "0", "-"}
	for range 50_000 {
		var v []byte
		for range r.IntN(20) {
			v = append(v, pieces[r.IntN(len(pieces))]...)
		}
		if got, want := appendLower([]byte("A"), v), append([]byte("A"), bytes.ToLower(v)...); !bytes.Equal(got, want) {
			t.Fatalf("appendLower(%q) = %q, want %q", v, got, want)
		}
		if got, want := string(appendKey(nil, v)), strings.ToUpper(fold(string(v))); utf8.Valid(v) && got != want {
			t.Fatalf("appendKey(%q) = %q, want %q", v, got, want)
		}
	}
}

// isPlain says of eight bytes at once what it says of each.
func TestPlainTextAtAGlance(t *testing.T) {
	slow := func(v []byte) bool {
		before := byte(' ')
		for _, c := range v {
			if c-'!' > '~'-'!' && (c != ' ' || before == ' ') {
				return false
			}
			before = c
		}
		return before != ' '
	}
	r := rand.New(rand.NewPCG(8, 9))
	signs := []byte("abcXYZ019 ~!'-  ")
	plain := 0
	for range 200_000 {
		v := make([]byte, r.IntN(40))
		for i := range v {
			v[i] = signs[r.IntN(len(signs)-2*r.IntN(2))]
		}
		if len(v) > 0 && r.IntN(4) == 0 {
			v[r.IntN(len(v))] = byte(r.IntN(256))
		}
		if isPlain(v) != slow(v) {
			t.Fatalf("isPlain(%q) = %v", v, isPlain(v))
		}
		if slow(v) {
			plain++
		}
	}
	if plain < 10_000 {
		t.Errorf("only %d plain values", plain)
	}
}

// A value that clean leaves alone at a glance is one that it leaves alone.
func TestCleanAtAGlance(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	pieces := []string{"a", "=", "\"", "'", "+", "1", " ", "\t", "\u00a0", "\u2009", "\u3000", "NULL", "n/a", "None", "undefined", "--", "é", "\x7f", "\x85", "\ufeff"}
	for range 100_000 {
		var v []byte
		for range r.IntN(5) {
			v = append(v, pieces[r.IntN(len(pieces))]...)
		}
		if got, want := clean(v), cleanRare(v); !bytes.Equal(got, want) {
			t.Fatalf("clean(%q) = %q, want %q", v, got, want)
		}
	}
}

// What is told clean at a glance is what cleaning leaves as it is.
func FuzzClean(f *testing.F) {
	for _, v := range []string{"Zoé", "é", "\u00c3", "a\u00a0", "a\xc3", "a\xc3 ", "\xc3\xff", "null", "=\"é\"", "-", "NÉ"} {
		f.Add([]byte(v))
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		if isClean(v) && !bytes.Equal(cleanRare(v), v) {
			t.Errorf("%q is not clean", v)
		}
	})
}
