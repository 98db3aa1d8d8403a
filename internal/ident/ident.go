// Package ident recognises what one value of a leaked file is: a number proved
// by its check digits, an address, a telephone number, a secret, the hash of a
// password; and finds such values in running text.
//
// Three strengths of saying so are kept apart. A value has the *shape* of a
// thing when length, characters and ranges fit. It is *proved* when check
// digits fit as well, which chance does once in 97 times for a NIR and once in
// ten for a payment card: a column of proofs is evidence, a single one is not.
// Whatever a shape leaves open, the reader of the column decides with its
// header, its neighbours and its other values.
//
// Everything here is a pure function of bytes in UTF-8, allocates nothing
// unless it says so, and takes time linear in the value, whatever a hostile file
// puts there. Values are read as they stand in exports: with blanks, dots and
// dashes inside, in capitals or not.
package ident

// Kind is what a value may be.
type Kind uint8

// The kinds, in no order of rank.
const (
	NIR Kind = iota
	IBAN
	Card
	SIREN
	SIRET
	VAT
	INE
	FINESS
	UAI
	CAF
	FranceTravail
	SPI
	IdentityCard
	Passport
	DrivingLicence
	Plate
	RPPS
	ADELI
	LEI
	BIC
	Email
	Phone
	IP
	MAC
	URL
	Domain
	Latitude
	Longitude
	Position // latitude and longitude together
	UUID
	JWT
	Secret
	Money
	Postcode
	Commune
	Hash
	BirthDate // found in running text only
	kinds
)

// kindNames follow the constants.
var kindNames = [kinds]string{
	"nir", "iban", "card", "siren", "siret", "vat", "ine", "finess", "uai", "caf", "france_travail", "spi", "identity_card",
	"passport", "driving_licence", "plate", "rpps", "adeli", "lei", "bic", "email", "phone", "ip", "mac", "url", "domain",
	"latitude", "longitude", "position", "uuid", "jwt", "secret", "money", "postcode", "commune", "hash", "birth_date",
}

// String names the kind in lower case, as reports do.
func (k Kind) String() string {
	if k >= kinds {
		return "unknown"
	}
	return kindNames[k]
}

// Set is a set of kinds.
type Set uint64

// Has tells whether k is in the set.
func (s Set) Has(k Kind) bool { return s>>k&1 != 0 }

// with adds k when ok.
func (s Set) with(k Kind, ok bool) Set {
	if ok {
		s |= 1 << k
	}
	return s
}

// Verdict is all that a value may be, and which of it its check digits prove.
// What is proved is shaped.
type Verdict struct{ Shaped, Proved Set }

func (d *Verdict) add(k Kind, shape, proved bool) {
	d.Shaped = d.Shaped.with(k, shape)
	d.Proved = d.Proved.with(k, proved)
}
