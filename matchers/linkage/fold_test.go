package linkage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
)

func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"accents", "Hélène Çağlar-Ñandú", "HELENE CAGLAR-NANDU"},
		{"ligatures", "Bœuf æther Straße", "BOEUF AETHER STRASSE"},
		{"apostrophes", "D’Artagnan d'Aubigné", "D ARTAGNAN D AUBIGNE"},
		{"decomposed", "He\u0301le\u0300ne", "HELENE"},
		{"mojibake", "HÃ©lÃ¨ne LefÃ¨vre", "HELENE LEFEVRE"},
		{"lost", "H\uFFFDl?ne", "H?L?NE"},
		{"lost bytes", "H\xe9l\xe8ne", "H?L?NE"},
		{"Vietnamese", "Nguyễn Đặng Thị", "NGUYEN DANG THI"},
		{"Turkish", "Işık Şahin İnönü", "ISIK SAHIN INONU"},
		{"Cyrillic", "Шевченко", "CHEVTCHENKO"},
		{"Romanian", "Ștefănescu", "STEFANESCU"},
		{"spaces and hyphens", "  Jean - Pierre--Marie ", "JEAN PIERRE MARIE"},
		{"nothing", " ?- ", ""},
		{"an A with tilde is not mojibake", "João ÃLVARES", "JOAO ALVARES"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Fold(test.in); got != test.want {
				t.Errorf("Fold(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestSurnames(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       uint8
	}{
		{"same", "Lefèvre", "LEFEVRE", surnameExact},
		{"article apart", "Le Gall", "LEGALL", surnameExact},
		{"article dropped", "Le Gall", "Gall", surnamePart},
		{"particle dropped", "de Kergorlay", "Kergorlay", surnamePart},
		{"double name", "Martin-Dupré", "Dupré", surnamePart},
		{"dit", "Poirier dit Lajeunesse", "Lajeunesse", surnamePart},
		{"saint", "St-Aubin", "SAINT AUBIN", surnameExact},
		{"lost accent", "Lef?vre", "Lefèvre", surnameExact},
		{"lost bytes", "Lef??vre", "Lefèvre", surnameExact},
		{"typing error", "Kergorlya", "Kergorlay", surnameTypo},
		{"another name", "Durand", "Martin", surnameOff},
		{"civility", "Mme Tanguy", "Tanguy", surnameExact},
		{"sounds alike", "Filipot", "Philippeaux", surnameOff},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := newName(surnameText(test.a)), newName(surnameText(test.b))
			if got := compareSurnames(a, b); got != test.want {
				t.Errorf("%q and %q: %s, want %s", test.a, test.b, levelName(onSurname, got), levelName(onSurname, test.want))
			}
		})
	}
}

func TestGivenNames(t *testing.T) {
	tests := []struct {
		name, a, b string
		known      bool
		want       uint8
	}{
		{"one", "Zoé", "ZOE", false, givenExact},
		{"all", "Zoé Marie", "zoe marie", false, givenAll},
		{"others left out", "Zoé", "Zoé Marie Anne", false, givenFirst},
		{"others contradict", "Zoé Marie", "Zoé Jeanne", false, givenClash},
		{"second name used", "Marie", "Zoé Marie", false, givenOther},
		{"compound joined", "Jeanpierre", "Jean-Pierre", false, givenExact},
		{"compound is another", "Jean-Paul", "Jean-Pierre", false, givenNear},
		{"compound cut", "Jean", "Jean-Pierre", false, givenFirst},
		{"initial", "Z", "Zoé", false, givenShort},
		{"short form", "Manu", "Emmanuel", false, givenShort},
		{"beginning", "Alex", "Alexandre", false, givenShort},
		{"typing error", "Alexnadre", "Alexandre", false, givenTypo},
		{"sister", "Lana", "Lena", true, givenNear},
		{"other", "Hugo", "Zoé", true, givenOff},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := newGiven(givenText(test.a)), newGiven(givenText(test.b))
			a.tokens[0].known = test.known
			if got, _ := compareGiven(a, b); got != test.want {
				t.Errorf("%q and %q: %s, want %s", test.a, test.b, levelName(onGiven, got), levelName(onGiven, test.want))
			}
		})
	}
}

func TestDates(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       uint8
	}{
		{"same", "1984-03-09", "19840309", dateExact},
		{"swapped", "1984-03-09", "1984-09-03", dateSwapped},
		{"only one reading", "1984-03-25", "1984-25-03", dateExact},
		{"day unknown", "1984-03-00", "1984-03-09", dateKnown},
		{"day unknown, other month", "1984-04-00", "1984-03-09", dateYear},
		{"1 January", "1984-01-01", "1984-07-14", datePartial},
		{"year only", "1984", "1984-07-14", dateKnown},
		{"unknown on both sides", "1984-00-00", "1984", dateKnown},
		{"unknown, other year", "1984-00-00", "1985-01-01", dateOff},
		{"one digit", "1984-03-09", "1985-03-09", dateTypo},
		{"transposed", "1984-03-09", "1948-03-09", dateTypo},
		{"two parts", "1984-03-09", "1984-03-27", dateTwo},
		{"year", "1984-03-09", "1984-11-27", dateYear},
		{"different", "1984-03-09", "1961-11-27", dateOff},
		{"missing", "", "1984-03-09", 0},
		{"no date", "unknown", "1984-03-09", 0},
		{"impossible year", "0000-00-00", "1984-03-09", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := compareDates(parseDate(test.a), parseDate(test.b)); got != test.want {
				t.Errorf("%q and %q: %s, want %s", test.a, test.b, levelName(onDate, got), levelName(onDate, test.want))
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	at := func(street, postcode, city string) *facts {
		house, street := splitStreet(streetText(street))
		return &facts{house: house, street: street, postcode: postcodeText(postcode), city: placeText(city)}
	}
	tests := []struct {
		name string
		a, b *facts
		want uint8
	}{
		{"abbreviated", at("3 AV DU GAL LECLERC", "1000", ""), at("3 avenue du Général Leclerc", "01000", "Bourg"), addressExact},
		{"misspelt", at("3 rue des Tanneur", "29300", ""), at("3 rue des Tanneurs", "29300", ""), addressClose},
		{"other number", at("5 rue des Tanneurs", "29300", ""), at("3 rue des Tanneurs", "29300", ""), addressPostcode},
		{"cedex", at("", "", "LYON CEDEX 03"), at("", "", "Lyon 3e"), addressCity},
		{"same department", at("", "29200", ""), at("", "29300", ""), addressArea},
		{"elsewhere", at("", "29200", "Brest"), at("", "13001", "Marseille"), addressOff},
		{"missing", at("", "", ""), at("", "13001", ""), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := compareAddresses(test.a, test.b); got != test.want {
				t.Errorf("%s, want %s", levelName(onAddress, got), levelName(onAddress, test.want))
			}
		})
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"MARTIN", "MARTIN", 0}, {"MARTIN", "MARTN", 1}, {"MARTIN", "MARTNI", 1}, {"MARTIN", "MERTON", 2},
		{"MARTIN", "DURAND", 3}, {"", "AB", 2}, {"", "ABCDE", 3}, {"M?RTIN", "MARTIN", 0}, {"AB", "BA", 1}, {"ABCD", "BADC", 2},
	}
	for _, test := range tests {
		if got := distance(test.a, test.b, 2); got != min(test.want, 3) {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
	if got := winkler("MARTHA", "MARHTA"); got < 959 || got > 962 {
		t.Errorf("winkler(MARTHA, MARHTA) = %d, want 961 (Winkler 1990)", got)
	}
	if got := winkler("DIXON", "DICKSONX"); got < 811 || got > 815 {
		t.Errorf("winkler(DIXON, DICKSONX) = %d, want 813 (Winkler 1990)", got)
	}
}

func TestFixedPoint(t *testing.T) {
	for _, x := range []uint64{1, 2, 3, 1000, 1 << 40, 1<<63 + 12345} {
		b := log2(x)
		whole := b >> 16 << 16
		if back := exp2(b - whole - oneBit); x > 1 && (back < 1<<31 || back > 1<<32) {
			t.Errorf("log2(%d) = %v", x, b.float())
		}
	}
	if got := log2(3).float(); got < 1.58494 || got > 1.58498 {
		t.Errorf("log2(3) = %v", got)
	}
	if got := exp2(-oneBit / 2); got < 3037000490 || got > 3037000510 {
		t.Errorf("exp2(-1/2) = %d, want 2^31.5", got)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Hélène", "HÃ©lÃ¨ne", "\xff\xfe?", "D'Ê-tre", "Ĳ ﬁ ½ ǆ", strings.Repeat("é", 200), "-?-", "Ã", "Å“", "\x050Ӝ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once && !strings.ContainsAny(once, "ÃÂÅÄ") && len(once) < maxValue {
			t.Errorf("Fold(%q) = %q, again %q", s, once, twice)
		}
		n, g := newName(surnameText(s)), newGiven(givenText(s))
		if n != nil && n.full != "" && compareSurnames(n, n) != surnameExact {
			t.Errorf("%q is not its own name", s)
		}
		if g != nil {
			if l, _ := compareGiven(g, g); l != givenExact && l != givenAll {
				t.Errorf("%q is not its own given name: %s", s, levelName(onGiven, l))
			}
		}
		house, street := splitStreet(streetText(s))
		a := &facts{house: house, street: street, postcode: postcodeText(s), city: placeText(s), commune: communeText(s), place: placeText(s), email: emailText(s)}
		for _, l := range []uint8{compareAddresses(a, a), comparePlaces(a, a), compareEmails(a, a), comparePhones(phoneText(s), phoneText(s)), compareNIR(s, s)} {
			if l > addressCity {
				t.Errorf("%q disagrees with itself: level %d", s, l)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"1984-03-09", "19840309", "1984-00-00", "31/12/1999", "", "99999999999", "1984-13-13"} {
		f.Add(s, "1984-03-09")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := parseDate(a), parseDate(b)
		if x != 0 && !x.real() {
			t.Errorf("parseDate(%q) = %d-%d-%d", a, x.year(), x.month(), x.day())
		}
		if l, m := compareDates(x, y), compareDates(y, x); l != m {
			t.Errorf("comparing %q and %q depends on the order: %d, %d", a, b, l, m)
		}
	})
}

// TestReadRefusesDates: a year before all cohorts is damage, not a namesake.
func TestReadRefusesDates(t *testing.T) {
	for _, c := range []struct {
		date date
		ok   bool
	}{{newDate(1984, 3, 9), true}, {newDate(1984, 0, 0), true}, {newDate(1538, 3, 9), false}, {newDate(2500, 1, 1), false}, {newDate(1984, 13, 1), false}, {newDate(1984, 0, 4), false}} {
		p := bare{id: string(appendCode(nil, "a")), date: c.date}
		if got := new(bare).read(p.append(nil, mutual{}), mutual{}); got != c.ok {
			t.Errorf("a person born %d is read: %v, want %v", c.date, got, c.ok)
		}
	}
}

// FuzzOpen changes an index and makes its checksums right again: whoever can
// seal an index can seal nonsense.
func FuzzOpen(f *testing.F) {
	r := matchers.Record{ID: "a"}
	r.Values[matchers.BirthName], r.Values[matchers.Email], r.Values[matchers.BirthCommune] = "Quelin", "q@example.org", "29232"
	r.Values[matchers.GivenNames], r.Values[matchers.BirthDate], r.Values[matchers.Street] = "Ambre Lou", "1984-03-09", "3 rue du Port"
	var buf bytes.Buffer
	if _, err := Write(context.Background(), &buf, func(yield func(matchers.Record, error) bool) { yield(r, nil) }, nil); err != nil {
		f.Fatal(err)
	}
	whole := buf.Bytes()
	for n := range len(whole) / pageSize {
		f.Add(uint16(n), uint16(0), []byte{0xff})
		f.Add(uint16(n), uint16(1), []byte("\xff\xff\xff\xff\xff\xff\xff\xff\x7f"))
		f.Add(uint16(n), uint16(5), []byte{0x80, 0, 1})
	}
	f.Fuzz(func(t *testing.T, n, at uint16, patch []byte) {
		b := bytes.Clone(whole)
		start := int(n) % (len(b) / pageSize) * pageSize
		data := b[start : start+pageData]
		copy(data[min(int(at), len(data)):], patch)
		binary.LittleEndian.PutUint32(b[start+pageData:], crc32.Checksum(data, castagnoli))
		ix, err := Open(bytes.NewReader(b), int64(len(b)), 0)
		if err != nil {
			return
		}
		m := NewMatcher(ix, newModel(builtin(ix.people()), "builtin"), Options{Workers: 1})
		if _, err := m.Match(r); err != nil && !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("nonsense is %v", err)
		}
	})
}

// The table of powers gives what multiplying root by root gives, to the last bit.
func TestPowers(t *testing.T) {
	for frac := range 1 << 16 {
		want := uint64(1) << 62
		for i, root := range roots {
			if frac&(0x8000>>i) != 0 {
				want = product(want, root)
			}
		}
		if got := exp2(bitsFx(frac) - oneBit); got != want>>31 {
			t.Fatalf("exp2(%d/65536 - 1) = %d, want %d", frac, got, want>>31)
		}
	}
}

// What lesser passes over as too little to be seen is nothing.
func TestLesserFarApart(t *testing.T) {
	for apart := -16 * oneBit; apart > -34*oneBit; apart-- {
		if got, want := lesser(apart, 0), apart-(log2(unitP+exp2(apart))-32*oneBit); got != want {
			t.Fatalf("lesser(%d, 0) = %d, want %d", apart, got, want)
		}
	}
}
