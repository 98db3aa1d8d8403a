package registry

import (
	"slices"
	"strings"
	"unicode"

	"vigie/matchers"
)

// column is what a cell of persons.csv or relations.csv means. The first ones
// are linkage's fields, by the same numbers.
type column uint8

// The columns that linkage does not compare.
const (
	colID column = column(matchers.NumFields) + iota
	colController
	colLine2
	colLine3
	colLine5
	colCivility
	colDeceasedAt
	colRegime
	colProtected
	colElectedStreet
	colElectedPostcode
	colElectedCity
	colSecret
	colEmailSafe
	colPhoneSafe
	colLanguage
	colReading
	colPerson
	colHolder
	colKind
	colAuthority
	colFrom
	colUntil
	colDeceased
	colBarred
	colGiven
	colName
	numColumns
)

var otherColumns = [numColumns - colID]string{
	"id", "controller", "line2", "line3", "line5", "civility", "deceased_at", "regime", "protected",
	"elected_street", "elected_postcode", "elected_city", "secret", "email_safe", "phone_safe", "language", "reading",
	"person", "holder", "kind", "authority", "from", "until", "deceased", "barred", "given", "name",
}

// notHere is the one field of dumps that a registry has no column for.
const notHere = column(matchers.FullName)

// String returns the standard header.
func (c column) String() string {
	if c < colID {
		return matchers.Field(c).String()
	}
	return otherColumns[c-colID]
}

func parseColumn(name string) (column, bool) {
	if f, ok := matchers.ParseField(name); ok {
		return column(f), column(f) != notHere
	}
	i := slices.Index(otherColumns[:], name)
	return colID + column(i), i >= 0
}

func knownColumn(name string) bool {
	_, ok := parseColumn(name)
	return ok
}

// contactColumns are in both files.
var contactColumns = []column{
	column(matchers.Email), column(matchers.Phone), column(matchers.Street), column(matchers.Postcode), column(matchers.City), column(matchers.Country),
	colLine2, colLine3, colLine5, colCivility, colEmailSafe, colPhoneSafe, colLanguage, colReading,
}

// in tells whether a file has such a column: what it has not is not read.
func (c column) in(file string) bool {
	relation := c >= colPerson
	return slices.Contains(contactColumns, c) || relation == (file == relationsName)
}

// aliases are the headers of usual exports, in French and English, in small
// letters without accents and with one _ for whatever parts words. A standard
// header comes before an alias, and of "nom" and "nom_de_naissance" the first
// is the usage name.
var aliases = map[string]column{
	"identifiant": colID, "id_personne": colID, "id_usager": colID, "id_jeune": colID, "id_dossier": colID, "numero_dossier": colID, "n_dossier": colID,
	"no_dossier": colID, "num_dossier": colID, "numero": colID, "matricule": colID, "person_id": colID, "record_id": colID, "reference": colID,
	"nom": column(matchers.BirthName), "nom_de_naissance": column(matchers.BirthName), "nom_naissance": column(matchers.BirthName),
	"nom_de_famille": column(matchers.BirthName), "nom_famille": column(matchers.BirthName), "nom_patronymique": column(matchers.BirthName),
	"surname": column(matchers.BirthName), "last_name": column(matchers.BirthName), "lastname": column(matchers.BirthName),
	"family_name": column(matchers.BirthName), "maiden_name": column(matchers.BirthName), "birth_surname": column(matchers.BirthName),
	"nom_d_usage": column(matchers.UsageName), "nom_usage": column(matchers.UsageName), "nom_d_epouse": column(matchers.UsageName),
	"nom_marital": column(matchers.UsageName), "married_name": column(matchers.UsageName), "usual_name": column(matchers.UsageName),
	"prenom": column(matchers.GivenNames), "prenoms": column(matchers.GivenNames), "prenom_s": column(matchers.GivenNames), "given_name": column(matchers.GivenNames),
	"first_name": column(matchers.GivenNames), "firstname": column(matchers.GivenNames), "first_names": column(matchers.GivenNames), "forename": column(matchers.GivenNames), "forenames": column(matchers.GivenNames),
	"sexe": column(matchers.Sex), "genre": column(matchers.Sex), "gender": column(matchers.Sex),
	"date_de_naissance": column(matchers.BirthDate), "date_naissance": column(matchers.BirthDate), "date_naiss": column(matchers.BirthDate), "datenaissance": column(matchers.BirthDate),
	"naissance": column(matchers.BirthDate), "ne_le": column(matchers.BirthDate), "ne_e_le": column(matchers.BirthDate), "nee_le": column(matchers.BirthDate),
	"birthdate": column(matchers.BirthDate), "date_of_birth": column(matchers.BirthDate), "dob": column(matchers.BirthDate), "birthday": column(matchers.BirthDate),
	"lieu_de_naissance": column(matchers.BirthPlace), "lieu_naissance": column(matchers.BirthPlace), "commune_de_naissance": column(matchers.BirthPlace),
	"ville_de_naissance": column(matchers.BirthPlace), "place_of_birth": column(matchers.BirthPlace),
	"code_commune_naissance": column(matchers.BirthCommune), "code_insee_naissance": column(matchers.BirthCommune), "code_lieu_naissance": column(matchers.BirthCommune),
	"nationalite": column(matchers.Nationality),
	"mail":        column(matchers.Email), "e_mail": column(matchers.Email), "courriel": column(matchers.Email), "adresse_mail": column(matchers.Email), "adresse_email": column(matchers.Email), "adresse_e_mail": column(matchers.Email), "email_address": column(matchers.Email),
	"telephone": column(matchers.Phone), "tel": column(matchers.Phone), "portable": column(matchers.Phone), "mobile": column(matchers.Phone), "telephone_portable": column(matchers.Phone), "phone_number": column(matchers.Phone),
	"adresse": column(matchers.Street), "rue": column(matchers.Street), "voie": column(matchers.Street), "adresse_postale": column(matchers.Street), "address": column(matchers.Street),
	"code_postal": column(matchers.Postcode), "cp": column(matchers.Postcode), "zip": column(matchers.Postcode), "postal_code": column(matchers.Postcode), "zip_code": column(matchers.Postcode),
	"ville": column(matchers.City), "commune": column(matchers.City), "localite": column(matchers.City), "town": column(matchers.City),
	"pays": column(matchers.Country), "numero_de_securite_sociale": column(matchers.NIR), "numero_securite_sociale": column(matchers.NIR), "n_securite_sociale": column(matchers.NIR),
	"civilite": colCivility, "complement_adresse": colLine2, "complement_d_adresse": colLine2, "title": colCivility,
	"date_de_deces": colDeceasedAt, "date_deces": colDeceasedAt, "decede_le": colDeceasedAt, "date_of_death": colDeceasedAt, "deathdate": colDeceasedAt,
	"langue": colLanguage, "falc": colReading, "facile_a_lire": colReading, "lecture": colReading, "easy_read": colReading, "responsable_de_traitement": colController,
	// relations.csv
	"id_representant": colHolder, "id_titulaire": colHolder, "id_enfant": colPerson, "lien": colKind, "type_de_lien": colKind,
	"autorite_parentale": colAuthority, "debut": colFrom, "fin": colUntil, "decede": colDeceased,
}

// accents folds the letters that French headers carry.
var accents = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"î", "i", "ï", "i", "ô", "o", "ö", "o", "ù", "u", "û", "u", "ü", "u", "œ", "oe", "n°", "n_", "№", "n_")

// headerWord brings a header to the form of the aliases.
func headerWord(h string) string {
	h = accents.Replace(strings.ToLower(h))
	words := strings.FieldsFunc(h, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "_")
}
