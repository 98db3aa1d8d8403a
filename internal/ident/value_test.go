package ident

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestIsEmail(t *testing.T) {
	for _, test := range []struct {
		in   string
		want bool
	}{
		{"camille@example.org", true}, {"camille.durand+ecole@mail.example.org", true}, {"CAMILLE@EXAMPLE.ORG", true}, {"o'neill@example.org", true},
		{"mailto:camille@example.org", true}, {"<camille@example.org>", true}, {" camille@example.org ", true}, {"\"camille durand\"@example.org", true},
		{"rené@exemple-été.example", true}, {"a@xn--exmple-cua.example", true}, {"用户@例え.例え", true}, {"user_name-1@sub.example.co", true},
		{"camille@example", false}, {"camille", false}, {"@example.org", false}, {"camille@", false}, {"camille@@example.org", false}, {"a..b@example.org", false},
		{".a@example.org", false}, {"a.@example.org", false}, {"a@example..org", false}, {"a@-.org.", false}, {"a b@example.org", false}, {"a@exa mple.org", false},
		{"a@b.c", false}, {"a@192.0.2.1", false}, {"a@example.org, b@example.org", false}, {"", false},
		{strings.Repeat("a", 65) + "@example.org", false}, {"a@" + strings.Repeat("b.", 130) + "org", false}, {strings.Repeat("x", 400) + "@example.org", false},
	} {
		if got := IsEmail([]byte(test.in)); got != test.want {
			t.Errorf("%q: %v, want %v", test.in, got, test.want)
		}
	}
}

func TestPhones(t *testing.T) {
	for _, test := range []struct {
		in          string
		shape, sure bool
		e164        string
		territory   string
	}{
		{"0639980001", true, true, "+33639980001", "FR"},
		{"06 39 98 00 01", true, true, "+33639980001", "FR"},
		{"06.39.98.00.01", true, true, "+33639980001", "FR"},
		{"06-39-98-00-01", true, true, "+33639980001", "FR"},
		{"06 39 98 00 01", true, true, "+33639980001", "FR"},
		{"+33639980001", true, true, "+33639980001", "FR"},
		{"+33 6 39 98 00 01", true, true, "+33639980001", "FR"},
		{"+33 (0)6 39 98 00 01", true, true, "+33639980001", "FR"},
		{"+330639980001", true, true, "+33639980001", "FR"},
		{"0033639980001", true, true, "+33639980001", "FR"},
		{"33639980001", true, true, "+33639980001", "FR"},
		{"tel:+33639980001", true, true, "+33639980001", "FR"},
		{"(0199)001234", true, true, "+33199001234", "FR"},
		{"639980001", true, false, "+33639980001", "FR"},
		{"639980001.0", true, false, "+33639980001", "FR"},
		{"6.39980001E+08", true, false, "+33639980001", "FR"},
		{"6,39980001E+08", true, false, "+33639980001", "FR"},
		{"6.4E+08", true, false, "", ""},
		{"0639980001 / 0199001234", true, true, "+33639980001", "FR"},
		{"0692001234", true, true, "+262692001234", "RE"},
		{"0639001234", true, true, "+262639001234", "YT"},
		{"0690001234", true, true, "+590690001234", "GP"},
		{"0696001234", true, true, "+596696001234", "MQ"},
		{"0694001234", true, true, "+594694001234", "GF"},
		{"0508411234", true, true, "+508411234", "PM"},
		{"0974001234", true, true, "+33974001234", "FR"},
		{"+262 692 00 12 34", true, true, "+262692001234", "RE"},
		{"+262639001234", true, true, "+262639001234", "YT"},
		{"+689 87 00 12 34", true, true, "+68987001234", "PF"},
		{"+1 202 555 0143", true, true, "+12025550143", "US"},
		{"+447700900123", true, true, "", ""}, // fiction: not a valid number, so no E.164 of it
		{"2009-03-12", false, false, "", ""},
		{"34000", false, false, "", ""},
		{"Durand", false, false, "", ""},
		{"12 rue des Lilas", false, false, "", ""},
		{"0000000000", false, false, "", ""},
		{"185057800608491", false, false, "", ""},
	} {
		shape, sure := IsPhone([]byte(test.in))
		if shape != test.shape || sure != test.sure {
			t.Errorf("%q: shape %v sure %v, want %v %v", test.in, shape, sure, test.shape, test.sure)
		}
		out, territory, ok := AppendPhone(nil, []byte(test.in), "")
		if test.e164 == "" && strings.HasPrefix(test.in, "+44") {
			continue
		}
		if string(out) != test.e164 || territory != test.territory || ok != (test.e164 != "") {
			t.Errorf("%q: %q %q %v, want %q %q", test.in, out, territory, ok, test.e164, test.territory)
		}
	}
}

func TestNetworkNames(t *testing.T) {
	for _, test := range []struct {
		name  string
		check func([]byte) bool
		in    string
		want  bool
	}{
		{"v4", IsIPv4, "192.0.2.17", true}, {"v4 port", IsIPv4, "192.0.2.17:8080", true}, {"v4 prefix", IsIPv4, "192.0.2.0/24", true}, {"v4 zero", IsIPv4, "0.0.0.0", true},
		{"v4 256", IsIPv4, "192.0.2.256", false}, {"v4 leading zero", IsIPv4, "192.0.02.1", false}, {"v4 three", IsIPv4, "192.0.2.", false}, {"v4 five", IsIPv4, "1.2.3.4.5", false}, {"v4 phone", IsIPv4, "06.39.98.00", false},
		{"v6", IsIPv6, "2001:db8::1", true}, {"v6 full", IsIPv6, "2001:db8:0:0:0:0:0:1", true}, {"v6 loopback", IsIPv6, "::1", true}, {"v6 mapped", IsIPv6, "::ffff:192.0.2.1", true}, {"v6 zone", IsIPv6, "fe80::1%eth0", true},
		{"v6 brackets", IsIPv6, "[2001:db8::1]:443", true}, {"v6 ends open", IsIPv6, "2001:db8::", true}, {"v6 time", IsIPv6, "12:30:45", false}, {"v6 two gaps", IsIPv6, "1::2::3", false}, {"v6 nine", IsIPv6, "1:2:3:4:5:6:7:8:9", false}, {"v6 colon", IsIPv6, "1:2:3:4:5:6:7:", false}, {"v6 long group", IsIPv6, "12345::1", false},
		{"mac", IsMAC, "00:00:5e:00:53:01", true}, {"mac dashes", IsMAC, "00-00-5E-00-53-01", true}, {"mac dots", IsMAC, "0000.5e00.5301", true}, {"mac mixed", IsMAC, "00:00-5e:00:53:01", false}, {"mac short", IsMAC, "00:00:5e:00:53", false},
		{"uuid", IsUUID, "123e4567-e89b-12d3-a456-426614174000", true}, {"uuid braces", IsUUID, "{123E4567-E89B-12D3-A456-426614174000}", true}, {"uuid short", IsUUID, "123e4567-e89b-12d3-a456-42661417400", false},
		{"url", IsURL, "https://example.org/a?b=c#d", true}, {"url port", IsURL, "http://192.0.2.1:8080/", true}, {"url www", IsURL, "www.example.org", true}, {"url v6", IsURL, "http://[2001:db8::1]/", true}, {"url app", IsURL, "android://abc==@org.example/", true},
		{"url blank", IsURL, "https://example org", false}, {"url word", IsURL, "example.org", false}, {"url scheme", IsURL, "https://", false},
		{"domain", IsDomain, "www.example.org", true}, {"domain idn", IsDomain, "exemple-été.example", true}, {"file", IsDomain, "rapport.pdf", false}, {"number", IsDomain, "12.34", false}, {"sentence", IsDomain, "fin. Puis", false},
		{"jwt", IsJWT, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", true}, {"jwt two parts", IsJWT, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0", false},
		{"random", IsRandom, "x7Kp2LmQ9vTz4RbN8cWy", true}, {"hex is no random", IsRandom, "5d41402abc4b2a76b9719d911017c592", false}, {"words", IsRandom, "anticonstitutionnellement", false}, {"file name", IsRandom, "rapport-annuel-de-la-commune-2023", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.check([]byte(test.in)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSecretKind(t *testing.T) {
	b := func(n int) string { return strings.Repeat("aB3x9K", 60)[:n] }
	for _, test := range []struct{ in, want string }{
		{"AKIAABCDEFGHIJ234567", "aws access key"}, {"ghp_" + b(36), "github token"}, {"github_pat_" + b(60), "github token"}, {"glpat-" + b(20), "gitlab token"},
		{"xox" + "b-1234567890-" + b(24), "slack token"}, {"sk_" + "live_" + b(24), "stripe key"}, {"AIza" + b(35), "google api key"}, {"SG." + b(22) + "." + b(43), "sendgrid key"}, {"xkeysib-" + b(81), "brevo key"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----", "private key"}, {"Bearer " + b(40), "bearer"}, {"basic Y2FtaWxsZTpzZWNyZXQ=", "basic"}, {"postgres://camille:s3cret@db.example.org/x", "url with password"},
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", "jwt"},
		{"https://example.org/page", ""}, {"-----BEGIN CERTIFICATE-----", ""}, {"SKIEURS DE LA COMMUNE DE MENDE", ""}, {"ACTEURSDELACOMMUNEDEMENDEETENVIRONS", ""}, {"bonjour tout le monde", ""}, {"ghp_", ""},
	} {
		if got := SecretKind([]byte(test.in)); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, test := range []struct {
		in            string
		shape, marked bool
	}{
		{"12,50", true, false}, {"-12.50", true, false}, {"1 234,56 €", true, true}, {"1 234 567,89", true, false}, {"1,234.56", true, false}, {"1.234,56", true, false}, {"$1,234", true, true}, {"EUR 12", true, true}, {"(12.50)", true, false},
		{"1234", false, false}, {"43.610769", false, false}, {"12.5.2024", false, false}, {"1,23,456.00", false, false}, {"Durand", false, false}, {"€", false, false}, {"12,345,67", false, false},
	} {
		if shape, marked := IsMoney([]byte(test.in)); shape != test.shape || marked != test.marked {
			t.Errorf("%q: %v %v, want %v %v", test.in, shape, marked, test.shape, test.marked)
		}
	}
}

func TestPositions(t *testing.T) {
	for _, test := range []struct {
		in       string
		lat, lon float64
		ok       bool
	}{
		{"43.610769, 3.876716", 43.610769, 3.876716, true}, {"43.610769,3.876716", 43.610769, 3.876716, true}, {"(43.610769;3.876716)", 43.610769, 3.876716, true}, {"43,610769;3,876716", 43.610769, 3.876716, true},
		{"-21.115141 55.536384", -21.115141, 55.536384, true}, {"POINT(3.876716 43.610769)", 43.610769, 3.876716, true}, {"POINT (3.876716 43.610769)", 43.610769, 3.876716, true},
		{"48°51'24\"N 2°21'03\"E", 48.856667, 2.350833, true}, {"48° 51′ 24″ N, 2° 21′ 03″ E", 48.856667, 2.350833, true}, {"21°06'54\"S 55°32'11\"E", -21.115, 55.536389, true}, {"N 48 51 24, E 2 21 3", 48.856667, 2.350833, true},
		{"143.610769, 3.876716", 0, 0, false}, {"12, 34", 0, 0, false}, {"2009-03-12", 0, 0, false}, {"1234.567890", 0, 0, false}, {"06 39 98 00 01", 0, 0, false},
	} {
		lat, lon, ok := ParsePosition([]byte(test.in))
		if ok != test.ok {
			t.Errorf("%q: ok %v, want %v", test.in, ok, test.ok)
			continue
		}
		if ok && (math.Abs(lat-test.lat) > 1e-5 || math.Abs(lon-test.lon) > 1e-5) {
			t.Errorf("%q: %f %f, want %f %f", test.in, lat, lon, test.lat, test.lon)
		}
	}
}

func TestPostcodesAndCommunes(t *testing.T) {
	for _, test := range []struct {
		in                               string
		french, foreign, commune, abroad bool
	}{
		{"34000", true, true, false, false}, {"34172", true, true, true, false}, {"1000", true, true, false, false}, {"01004", true, true, true, false}, {"1004", true, true, true, false}, {"F-34000", true, true, false, false},
		{"34 000", true, false, false, false}, {"34000.0", true, true, false, false}, {"20000", true, true, false, false}, {"2A004", false, false, true, false}, {"2b033", false, false, true, false}, {"97411", true, true, true, false},
		{"99350", false, true, true, true}, {"00123", false, true, false, false}, {"34060 CEDEX 1", true, true, false, false}, {"1234 AB", false, true, false, false}, {"SW1A 1AA", false, true, false, false}, {"1234-567", false, true, false, false},
		{"Paris", false, false, false, false}, {"2009-03-12", false, false, false, false}, {"123456789", false, false, false, false},
	} {
		french, foreign := IsPostcode([]byte(test.in))
		commune, abroad := IsCommune([]byte(test.in))
		if french != test.french || foreign != test.foreign || commune != test.commune || abroad != test.abroad {
			t.Errorf("%q: %v %v %v %v, want %v %v %v %v", test.in, french, foreign, commune, abroad, test.french, test.foreign, test.commune, test.abroad)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	values := [][]byte{[]byte("Durand"), []byte("camille.durand@example.org"), []byte("+33 (0)6 39 98 00 01"), []byte("1 85 05 78 006 084 91"), []byte("732829320"), []byte("x\nnée le 3 mars 2011\n12/05/2009"), []byte("0123456789A"), []byte("3023217600053"), []byte("0750655E"), []byte("FR1420041010050500013M02606"), []byte("43.610769, 3.876716"), []byte("{123E4567-E89B-12D3-A456-426614174000}"), []byte("$2y$10$" + strings.Repeat("a", 53))}
	dst := make([]HashType, 0, maxCandidates)
	if n := testing.AllocsPerRun(100, func() {
		for _, v := range values {
			Examine(v)
			CheckNIR(v)
			CheckSIREN(v)
			IsPlate(v)
			ParseNIR(v)
			IsHash(v)
			PasswordLike(v)
			LoginLike(v)
			dst = HashTypes(v, dst[:0])
			Scan(v, func(Mention) {})
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Usual numbers come out as they do where any spelling is read.
func TestUsualPhones(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	usual := 0
	for range 300_000 {
		d := fmt.Sprintf("0%09d", r.IntN(1e9))
		if r.IntN(4) == 0 {
			d = "06399800" + d[8:]
		}
		sign := string(" .-/_ "[r.IntN(6)])
		v := []byte(d)
		if r.IntN(2) == 0 {
			v = []byte(d[:2] + sign + d[2:4] + sign + d[4:6] + sign + d[6:8] + sign + d[8:])
		}
		if r.IntN(5) == 0 {
			v[r.IntN(len(v))] = "0+.x9 "[r.IntN(6)]
		}
		if !usualPhone(v) {
			continue
		}
		usual++
		want, territory, ok := appendDialled(nil, v, "")
		if got := appendUsual(nil, v); !ok || territory != "FR" || string(got) != string(want) {
			t.Fatalf("%q is %q, want %q of %s", v, got, want, territory)
		}
	}
	if usual < 50_000 {
		t.Errorf("only %d numbers were usual", usual)
	}
}
