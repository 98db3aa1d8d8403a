package ident

import (
	"fmt"
	"testing"
)

// keyed appends the NIR's key to 13 characters.
func keyed(c string) string {
	n, ok := nirNumber([]byte(c))
	if !ok {
		panic("not a NIR")
	}
	return fmt.Sprintf("%s%02d", c, 97-n%97)
}

func TestCheckNIR(t *testing.T) {
	for _, test := range []struct {
		name, in      string
		shape, proved bool
	}{
		{"bare", keyed("1060334172001"), true, true},
		{"with blanks", "1 85 05 78 006 084 91", true, true}, // the specimen of the health insurance
		{"with dots", "1.85.05.78.006.084.91", true, true},
		{"no-break spaces", "1 85 05 78 006 084 91", true, true},
		{"key after a slash", "1850578006084/91", true, true},
		{"wrong key", "185057800608492", true, false},
		{"two digits swapped", "185058700608491", true, false},
		{"without key", "1850578006084", true, false},
		{"Corsica south", keyed("269102A004012"), true, true},
		{"Corsica north", keyed("299122B033007"), true, true},
		{"Corsica small letter", "2 69 10 2a 004 012 " + keyed("269102A004012")[13:], true, true},
		{"Corsica with 2C", "269102C00401200", false, false},
		{"overseas", keyed("1700397411017"), true, true},
		{"abroad", keyed("2751199350021"), true, true},
		{"provisional", keyed("7751199350021"), true, true},
		{"month unknown", keyed("1853378006084"), true, true},
		{"month 13", "1851378006084", false, false},
		{"month 45", "1854578006084", false, false},
		{"month 99", keyed("1859978006084"), true, true},
		{"sex 5", "5850578006084", false, false},
		{"order 0", "1850578006000", false, false},
		{"commune 0", "1850578000084", false, false},
		{"letters", "18505780060AB", false, false},
		{"short", "185057800608", false, false},
		{"empty", "", false, false},
		{"key 98", "185057800608498", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			shape, proved := CheckNIR([]byte(test.in))
			if shape != test.shape || proved != test.proved {
				t.Errorf("shape %v proved %v, want %v %v", shape, proved, test.shape, test.proved)
			}
		})
	}
}

func TestParseNIR(t *testing.T) {
	type want struct {
		sex                          byte
		year, month, order           int
		department, commune, country string
		final                        bool
	}
	for _, test := range []struct {
		name, in string
		want     want
		ok       bool
	}{
		{"metropolitan", keyed("1060334172001"), want{'M', 6, 3, 1, "34", "34172", "", true}, true},
		{"Corsica", keyed("269102A004012"), want{'F', 69, 10, 12, "2A", "2A004", "", true}, true},
		{"overseas", keyed("1700397411017"), want{'M', 70, 3, 17, "974", "97411", "", true}, true},
		{"abroad, provisional", keyed("8751199350021"), want{'F', 75, 11, 21, "", "", "99350", false}, true},
		{"incomplete papers", "2853378006084", want{'F', 85, 3, 84, "78", "78006", "", true}, true},
		{"no month", "2856278006084", want{'F', 85, 0, 84, "78", "78006", "", true}, true},
		{"wrong key", "185057800608492", want{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, ok := ParseNIR([]byte(test.in))
			if ok != test.ok {
				t.Fatalf("ok %v, want %v", ok, test.ok)
			}
			if !ok {
				return
			}
			got := want{p.Sex, p.Year, p.Month, p.Order, p.Department(), p.Commune(), p.Country(), p.Final}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestProvedNumbers(t *testing.T) {
	card := func(v []byte) (bool, bool) { n, ok := CheckCard(v); return n != NoNetwork, ok }
	for _, test := range []struct {
		name          string
		check         func([]byte) (bool, bool)
		in            string
		shape, proved bool
	}{
		{"iban of the standard", CheckIBAN, "FR14 2004 1010 0505 0001 3M02 606", true, true},
		{"iban small letters", CheckIBAN, "fr1420041010050500013m02606", true, true},
		{"iban of Germany", CheckIBAN, "DE89370400440532013000", true, true},
		{"iban of the United Kingdom", CheckIBAN, "GB82 WEST 1234 5698 7654 32", true, true},
		{"iban of Monaco", CheckIBAN, "MC58 1122 2000 0101 2345 6789 030", true, true},
		{"iban, a digit wrong", CheckIBAN, "FR1420041010050500013M02607", true, false},
		{"iban too short", CheckIBAN, "FR1420041010050500013M0260", false, false},
		{"iban of nowhere", CheckIBAN, "ZZ1420041010050500013M02606", false, false},
		{"rib", CheckRIB, "20041 01005 0500013M026 06", true, true},
		{"rib wrong", CheckRIB, "20041 01005 0500013M026 07", true, false},
		{"visa test number", card, "4242 4242 4242 4242", true, true},
		{"visa wrong", card, "4242424242424241", true, false},
		{"mastercard test number", card, "5555-5555-5555-4444", true, true},
		{"mastercard new range", card, "2223003122003222", true, true},
		{"amex test number", card, "378282246310005", true, true},
		{"diners test number", card, "30569309025904", true, true},
		{"jcb test number", card, "3530111333300000", true, true},
		{"sixteen digits of no network", card, "9999999999999995", false, false},
		{"one digit repeated", card, "4444444444444444", false, false},
		{"siren", CheckSIREN, "732 829 320", true, true},
		{"siren wrong", CheckSIREN, "732829321", true, false},
		{"siret", CheckSIRET, "732 829 320 00074", true, true},
		{"siret wrong", CheckSIRET, "73282932000075", true, false},
		{"siret of La Poste", CheckSIRET, "35600000049837", true, true},
		{"siret of La Poste wrong", CheckSIRET, "35600000049838", true, false},
		{"zeros", CheckSIREN, "000000000", false, false},
		{"vat", CheckVAT, "FR 40 303 265 045", true, true},
		{"vat wrong", CheckVAT, "FR 41 303 265 045", true, false},
		{"vat newer key", CheckVAT, "FR K7 399 859 412", true, true},
		{"vat newer key wrong", CheckVAT, "FR K8 399 859 412", true, false},
		{"finess", CheckFINESS, "750712184", true, true},
		{"finess Corsica", CheckFINESS, "2B0000020", true, true},
		{"finess wrong", CheckFINESS, "750712185", true, false},
		{"uai", CheckUAI, "0750655E", true, true},
		{"uai small letter", CheckUAI, "0750654d", true, true},
		{"uai wrong", CheckUAI, "0750655F", true, false},
		{"uai of no department", CheckUAI, "4990655E", false, false},
		{"ine", CheckINE, "0123456789" + string(keyLetters[123456789%23]), true, true},
		{"ine wrong", CheckINE, "0123456789" + string(keyLetters[(123456789+1)%23]), true, false},
		{"ine of the national register", CheckINE, "123456789AB", true, false},
		{"ine of an apprentice", CheckINE, "1234A56789B", true, false},
		{"tax number", CheckSPI, "30 23 217 600 053", true, true},
		{"tax number wrong", CheckSPI, "3023217600054", true, false},
		{"identity card", CheckIdentityCard, "110634101234", true, false},
		{"identity card with key", CheckIdentityCard, "110634101234" + string(mrzKey([]byte("110634101234"))), true, true},
		{"new identity card", CheckIdentityCard, "X4RTBPFW4", true, false},
		{"new identity card with key", CheckIdentityCard, "X4RTBPFW4" + string(mrzKey([]byte("X4RTBPFW4"))), true, true},
		{"passport", CheckPassport, "12AB34567", true, false},
		{"passport with key", CheckPassport, "12AB34567" + string(mrzKey([]byte("12AB34567"))), true, true},
		{"key of the specification", CheckPassport, "12AB345670", true, mrzKey([]byte("12AB34567")) == '0'},
		{"rpps", CheckRPPS, "1000000000" + luhnDigit("1000000000"), true, true},
		{"adeli", CheckADELI, "34123456" + luhnDigit("34123456"), true, true},
		{"lei", CheckLEI, "5493001KJTIIGC8Y1R12", true, true},
		{"lei wrong", CheckLEI, "5493001KJTIIGC8Y1R13", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			shape, proved := test.check([]byte(test.in))
			if shape != test.shape || proved != test.proved {
				t.Errorf("shape %v proved %v, want %v %v", shape, proved, test.shape, test.proved)
			}
		})
	}
}

func luhnDigit(d string) string {
	for c := byte('0'); c <= '9'; c++ {
		if luhn(append([]byte(d), c)) {
			return string(c)
		}
	}
	panic("no Luhn digit")
}

// The example of ICAO 9303-3: document number D23145890 has check digit 7.
func TestMRZKey(t *testing.T) {
	if got := mrzKey([]byte("D23145890")); got != '7' {
		t.Errorf("key %c, want 7", got)
	}
}

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		name  string
		check func([]byte) bool
		in    string
		want  bool
	}{
		{"plate", IsPlate, "AB-123-CD", true}, {"plate joined", IsPlate, "AB123CD", true}, {"plate with O", IsPlate, "AO-123-CD", false},
		{"old plate", IsPlate, "1234 AB 34", true}, {"old plate Corsica", IsPlate, "123 ABC 2A", true}, {"word", IsPlate, "BONJOUR", false},
		{"caf", IsCAF, "1234567 A", true}, {"caf bare", IsCAF, "1234567", true}, {"caf too long", IsCAF, "123456789", false},
		{"france travail", IsFranceTravail, "1234567A", true}, {"france travail with region", IsFranceTravail, "0641234567B", true},
		{"licence", IsDrivingLicence, "911091203779", true}, {"new licence", IsDrivingLicence, "13AA00002", true}, {"licence month 13", IsDrivingLicence, "911391203779", false},
		{"bic", IsBIC, "BNPAFRPPXXX", true}, {"bic short", IsBIC, "AGRIFRPP", true}, {"bic of nowhere", IsBIC, "AGRIZZPP", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.check([]byte(test.in)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestExamine(t *testing.T) {
	for _, test := range []struct {
		in             string
		shaped, proved []Kind
	}{
		{"FR14 2004 1010 0505 0001 3M02 606", []Kind{IBAN}, []Kind{IBAN}},
		{"1 85 05 78 006 084 91", []Kind{NIR}, []Kind{NIR}},
		{"camille.durand@example.org", []Kind{Email}, nil},
		{"06 39 98 00 01", []Kind{Phone}, nil},
		{"34000", []Kind{Postcode}, nil},
		{"34172", []Kind{Postcode, Commune}, nil},
		{"2A004", []Kind{Commune}, nil},
		{"192.0.2.17", []Kind{IP}, nil},
		{"2001:db8::1", []Kind{IP}, nil},
		{"43.610769", []Kind{Latitude, Longitude}, nil},
		{"43.610769, 3.876716", []Kind{Position}, nil},
		{"https://example.org/a?b=c", []Kind{URL}, nil},
		{"example.org", []Kind{Domain}, nil},
		{"1 234,56 €", []Kind{Money}, nil},
		{"00:00:5e:00:53:01", []Kind{MAC}, nil},
		{"73282932000074", []Kind{SIRET}, []Kind{SIRET}},
		{"0750655E", []Kind{UAI, FranceTravail}, []Kind{UAI}},
		{"Durand", nil, nil},
		{"", nil, nil},
	} {
		t.Run(test.in, func(t *testing.T) {
			d := Examine([]byte(test.in))
			for _, k := range test.shaped {
				if !d.Shaped.Has(k) {
					t.Errorf("not shaped as %v", k)
				}
			}
			for _, k := range test.proved {
				if !d.Proved.Has(k) {
					t.Errorf("%v not proved", k)
				}
			}
			if len(test.shaped) == 0 && d.Shaped != 0 {
				t.Errorf("shaped %b, want nothing", d.Shaped)
			}
			if d.Proved&^d.Shaped != 0 {
				t.Errorf("proved without shape")
			}
		})
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"1 85 05 78 006 084 91", "FR1420041010050500013M02606", "4242424242424242", "48°51'24\"N 2°21'03\"E", "POINT(3.876716 43.610769)",
		"+33 (0)6 39 98 00 01", "6.3998E+08", "::ffff:192.0.2.1", "[::1]", "a@b.cd", "1.234,56", "\xc2\xa0", "FR-34000", "ghp_", "eyJ.ey.", "{", "1//0", "a@", "2\xc2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		d := Examine(v)
		if d.Proved&^d.Shaped != 0 {
			t.Fatal("proved without shape")
		}
		if d != Examine(v) {
			t.Fatal("two answers for one value")
		}
		if p, ok := ParseNIR(v); ok && (p.Sex != 'M' && p.Sex != 'F' || len(p.Department())+len(p.Country()) < 2) {
			t.Fatal("a NIR that says nothing")
		}
		if out, _, ok := AppendPhone(nil, v, ""); ok && (len(out) < 5 || out[0] != '+') {
			t.Fatal("not E.164")
		}
		SecretKind(v)
	})
}

var sink Verdict

func BenchmarkExamine(b *testing.B) {
	for _, v := range []string{"Durand", "camille.durand@example.org", "0639980001", "185057800608491", "FR1420041010050500013M02606", "34000", "12 rue des Lilas", "2024-01-31"} {
		b.Run(v, func(b *testing.B) {
			in := []byte(v)
			b.ReportAllocs()
			for b.Loop() {
				sink = Examine(in)
			}
		})
	}
}
