package ident

// ibanLengths are the lengths of IBANs by country: the ISO 13616 registry, and
// the countries of West and North Africa that use them unregistered.
const ibanLengths = "AD24AE23AL28AO25AT20AZ28BA20BE16BF28BG22BH22BI27BJ28BR29BY28CF27CG27CH21CI28CM27CR22CV25CY28CZ24DE22DJ27DK18DO28DZ26" +
	"EE20EG29ES24FI18FK18FO18FR27GA27GB22GE22GI23GL18GQ27GR27GT28GW25HN28HR21HU28IE22IL23IQ23IR26IS26IT27JO30KM27KW30KZ20" +
	"LB28LC32LI21LT20LU20LV21LY25MA28MC27MD24ME22MG27MK19ML28MN20MR27MT31MU30MZ25NE28NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33" +
	"SA24SC31SD18SE24SI19SK24SM27SN28SO23ST25SV28TD27TG28TL23TN24TR26UA29VA22VG24XK20YE30"

// ibanLength is a table by the two letters, for speed.
var ibanLength = func() (t [26 * 26]uint8) {
	for i := 0; i < len(ibanLengths); i += 4 {
		e := ibanLengths[i:]
		t[int(e[0]-'A')*26+int(e[1]-'A')] = (e[2]-'0')*10 + e[3] - '0'
	}
	return t
}()

// CheckIBAN tells whether v has the country and length of an IBAN, and whether
// its check digits prove it (ISO 13616, ISO 7064 mod 97-10). An IBAN of France
// or Monaco must carry a right RIB key too.
func CheckIBAN(v []byte) (shape, proved bool) {
	var b buffer
	return iban(b.compact(v))
}

func iban(c []byte) (shape, proved bool) {
	if len(c) < 15 || c[0]-'A' > 25 || c[1]-'A' > 25 || two(c[2:]) < 0 {
		return false, false
	}
	if int(ibanLength[int(c[0]-'A')*26+int(c[1]-'A')]) != len(c) {
		return false, false
	}
	n := mod97(c[4:], 0)
	if n < 0 || mod97(c[:4], n) != 1 {
		return true, false
	}
	if c[0] == 'F' && c[1] == 'R' || c[0] == 'M' && c[1] == 'C' {
		_, ok := rib(c[4:])
		return true, ok
	}
	return true, true
}

// CheckRIB tells a French account number of 23 characters: bank 5, branch 5,
// account 11, key 2.
func CheckRIB(v []byte) (shape, proved bool) {
	var b buffer
	return rib(b.compact(v))
}

// ribLetters turns the letters of an account into digits: A and J are 1, S is 2
// (CFONB, relevé d'identité bancaire).
const ribLetters = "12345678912345678923456789"

func rib(c []byte) (shape, proved bool) {
	if len(c) != 23 {
		return false, false
	}
	n := 0
	for i, d := range c {
		v := int(d - '0')
		if d-'0' > 9 {
			if i < 10 || i > 20 || d-'A' > 25 {
				return false, false
			}
			v = int(ribLetters[d-'A'] - '0')
		}
		n = (n*10 + v) % 97
	}
	return !repeated(c), n == 0 && !repeated(c)
}

// Network is who issued a payment card.
type Network uint8

// The networks that are told apart.
const (
	NoNetwork Network = iota
	Visa
	Mastercard
	AmericanExpress
	Discover
	Diners
	JCB
	UnionPay
	Maestro
	Mir
)

// CheckCard tells whether v has the length and range of a payment card's
// number (ISO/IEC 7812-1), of which network, and whether its Luhn digit fits.
// One number in ten passes Luhn by chance.
func CheckCard(v []byte) (n Network, proved bool) {
	var b buffer
	return card(b.compact(v))
}

func card(c []byte) (n Network, proved bool) {
	if len(c) < 13 || len(c) > 19 || !only(c, digit) || repeated(c[1:]) {
		return NoNetwork, false
	}
	n = network(c)
	return n, n != NoNetwork && luhn(c)
}

// network goes by the first digits and the length.
func network(c []byte) Network {
	four := two(c)*100 + two(c[2:])
	long := len(c) >= 16
	switch {
	case four >= 4000 && four <= 4999:
		if len(c) == 13 || len(c) == 16 || len(c) == 19 {
			return Visa
		}
	case four >= 5100 && four <= 5599, four >= 2221 && four <= 2720:
		if len(c) == 16 {
			return Mastercard
		}
	case four/100 == 34, four/100 == 37:
		if len(c) == 15 {
			return AmericanExpress
		}
	case four >= 3000 && four <= 3059, four == 3095, four/100 == 36, four/100 == 38, four/100 == 39:
		if len(c) == 14 {
			return Diners
		}
	case four >= 3528 && four <= 3589 && long:
		return JCB
	case four == 6011 && long, four >= 6440 && four <= 6599 && long:
		return Discover
	case four/100 == 62 && long, four/100 == 81 && long:
		return UnionPay
	case four >= 2200 && four <= 2204 && long:
		return Mir
	case long:
		switch four {
		case 5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763:
			return Maestro
		}
	}
	return NoNetwork
}

// CheckLEI tells a legal entity identifier of 20 characters, proved by ISO
// 7064 mod 97-10 (ISO 17442).
func CheckLEI(v []byte) (shape, proved bool) {
	var b buffer
	return lei(b.compact(v))
}

func lei(c []byte) (shape, proved bool) {
	if len(c) != 20 || two(c[18:]) < 0 || count(c[:4], digit) < 3 || count(c, upper) == 0 {
		return false, false
	}
	return true, mod97(c, 0) == 1
}

// IsBIC tells the shape of a bank's code: four letters, a country, two
// characters, and three more for a branch (ISO 9362). Nothing proves it, and
// many words of eight letters have it: digits, or a whole column, must help.
func IsBIC(v []byte) bool {
	if len(v) != 8 && len(v) != 11 {
		return false
	}
	return only(v[:6], upper) && only(v[6:], digit|upper) && isCountry(v[4], v[5])
}

// countryCodes are ISO 3166-1 alpha-2, with Kosovo.
const countryCodes = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZ" +
	"ECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZ" +
	"LALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQA" +
	"RERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW"

var countries = func() (t [26 * 26]bool) {
	for i := 0; i < len(countryCodes); i += 2 {
		t[int(countryCodes[i]-'A')*26+int(countryCodes[i+1]-'A')] = true
	}
	return t
}()

func isCountry(a, b byte) bool {
	return a-'A' < 26 && b-'A' < 26 && countries[int(a-'A')*26+int(b-'A')]
}
