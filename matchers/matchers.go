// Package matchers compares stolen files with protected registries. This root
// holds the nouns its rooms share; dump reads files into Records, registry
// keeps protected people sealed, linkage decides who is who. The rooms import
// this package and never each other: workflows/activity puts them together.
package matchers

// Field is what a value says about a person.
type Field uint8

// The fields that linkage compares.
const (
	BirthName    Field = iota // nom de naissance
	UsageName                 // nom d'usage
	GivenNames                // prénoms, space separated, in order
	FullName                  // names in one column, order unknown
	Sex                       // "M", "F" or ""
	BirthDate                 // "2006-03-09"; unknown month or day is "00"
	BirthPlace                // name of the place of birth
	BirthCommune              // INSEE code of the place of birth, "99..." abroad
	Nationality               // as found
	Email                     // lower case, or a Digest
	Phone                     // E.164 where it could be read, else digits, or a Digest
	Street                    // number and street label
	Postcode                  // five digits in France
	City                      // locality
	Country                   // ISO 3166-1 alpha-2, "" when not said
	NIR                       // 13 or 15 characters, capitals, no spaces
	NumFields                 // how many there are
)

// String returns the field's name as manifests, profiles and evidence use it.
func (f Field) String() string {
	if f >= NumFields {
		return "unknown"
	}
	return fieldNames[f]
}

var fieldNames = [NumFields]string{
	"birth_name", "usage_name", "given_names", "full_name", "sex", "birth_date",
	"birth_place", "birth_commune", "nationality", "email", "phone", "street",
	"postcode", "city", "country", "nir",
}

// ParseField finds a field by its name.
func ParseField(name string) (Field, bool) {
	for i, n := range fieldNames {
		if n == name {
			return Field(i), true
		}
	}
	return NumFields, false
}

// Record is one row of a dump or one person of a registry. Values keep the
// spelling they were found in, trimmed, in UTF-8; an empty string is missing.
// Only dates, phones, e-mails, sex and postcodes are brought to one form by
// the reader; folding names for comparison is linkage's work.
type Record struct {
	ID     string // the registry's person ID; "" for a dump row
	Table  string // table of the dump, "" when there is one
	Row    int64  // data row in the file, from 1
	Values [NumFields]string
}
