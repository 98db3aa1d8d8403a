package dump

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"vigie/matchers"
)

// Meanings of columns as the names of matchers.Field.
var (
	birthName    = matchers.BirthName.String()
	usageName    = matchers.UsageName.String()
	givenNames   = matchers.GivenNames.String()
	fullName     = matchers.FullName.String()
	sex          = matchers.Sex.String()
	birthDate    = matchers.BirthDate.String()
	birthPlace   = matchers.BirthPlace.String()
	birthCommune = matchers.BirthCommune.String()
	nationality  = matchers.Nationality.String()
	email        = matchers.Email.String()
	phone        = matchers.Phone.String()
	street       = matchers.Street.String()
	postcode     = matchers.Postcode.String()
	city         = matchers.City.String()
	country      = matchers.Country.String()
	nir          = matchers.NIR.String()
)

// hints tell what a header suggests: every word must be in it, as a whole word
// or as the beginning of one where a star ends it. The first that fits wins,
// so the particular stands before the general.
var hints = []struct{ words, meaning string }{
	{"nom utilisateur", MeaningLogin}, {"utilisateur", MeaningLogin}, {"user login", MeaningLogin}, {"user id login", MeaningLogin}, {"benutzername", MeaningLogin}, {"usuario", MeaningLogin}, {"utente", MeaningLogin}, {"utilizador", MeaningLogin}, {"nom connexion", MeaningLogin}, {"screen name", MeaningLogin},
	{"pwd last*", MeaningDate}, {"password last*", MeaningDate}, {"password chang*", MeaningDate}, {"last login", MeaningDate}, {"lastlogin", MeaningDate}, {"last logon", MeaningDate}, {"derniere connexion", MeaningDate}, {"date connexion", MeaningDate},
	{"reset token", MeaningToken}, {"access token", MeaningToken}, {"remember token", MeaningToken}, {"refresh token", MeaningToken}, {"auth token", MeaningToken}, {"api key", MeaningToken}, {"apikey", MeaningToken}, {"cle api", MeaningToken},
	{"mother* maiden", MeaningUnknown}, {"mother* name", MeaningUnknown}, {"father* name", MeaningUnknown}, {"nom mere", MeaningUnknown}, {"prenom* mere", MeaningUnknown}, {"nom pere", MeaningUnknown}, {"prenom* pere", MeaningUnknown}, {"nom conjoint", MeaningUnknown}, {"prenom* conjoint", MeaningUnknown},
	{"annee nais*", MeaningBirthYear}, {"an nais*", MeaningBirthYear}, {"birth year", MeaningBirthYear}, {"year birth", MeaningBirthYear}, {"birthyear", MeaningBirthYear}, {"annee birth", MeaningBirthYear}, {"geburtsjahr", MeaningBirthYear},
	{"mois nais*", MeaningBirthMonth}, {"birth month", MeaningBirthMonth}, {"birthmonth", MeaningBirthMonth}, {"geburtsmonat", MeaningBirthMonth},
	{"jour nais*", MeaningBirthDay}, {"birth day", MeaningBirthDay}, {"day birth", MeaningBirthDay},
	{"date nac*", birthDate}, {"date nai", birthDate}, {"dat nai*", birthDate}, {"dt nai", birthDate}, {"fecha nac*", birthDate}, {"data nasc*", birthDate}, {"nacimiento", birthDate}, {"dt nasc*", birthDate}, {"nais date", birthDate},
	{"comune nasc*", birthPlace}, {"lugar nac*", birthPlace}, {"naturalidade", birthPlace}, {"luogo nasc*", birthPlace}, {"local nasc*", birthPlace}, {"geburtsort", birthPlace},
	{"geburtsname", birthName}, {"nomjf", birthName}, {"nom jf", birthName}, {"nompat*", birthName}, {"nom pat*", birthName}, {"nom jeune*", birthName}, {"apellido*", birthName}, {"cognome", birthName}, {"sobrenome", birthName},
	{"nome completo", fullName}, {"nombre completo", fullName},
	{"nombres", givenNames}, {"nome", givenNames}, {"pren", givenNames}, {"prn", givenNames},
	{"carte identite", MeaningIdentityCard}, {"carte nationale*", MeaningIdentityCard}, {"cni", MeaningIdentityCard}, {"identity card", MeaningIdentityCard}, {"id card", MeaningIdentityCard}, {"dni", MeaningIdentityCard}, {"personalausweis", MeaningIdentityCard}, {"carta identita", MeaningIdentityCard}, {"piece identite", MeaningIdentityCard}, {"ausweis*", MeaningIdentityCard},
	{"passeport*", MeaningPassport}, {"passport*", MeaningPassport}, {"reisepass", MeaningPassport}, {"pasaporte", MeaningPassport}, {"passaporto", MeaningPassport},
	{"permis", MeaningLicence}, {"permis conduire", MeaningLicence}, {"driving licen*", MeaningLicence}, {"driver* licen*", MeaningLicence}, {"drivers licen*", MeaningLicence}, {"fuhrerschein", MeaningLicence}, {"patente", MeaningLicence},
	{"num* fiscal*", MeaningTaxNumber}, {"identifiant fiscal", MeaningTaxNumber}, {"nif", MeaningTaxNumber}, {"spi", MeaningTaxNumber}, {"num* spi", MeaningTaxNumber}, {"tax number", MeaningTaxNumber}, {"tax id", MeaningTaxNumber}, {"taxid", MeaningTaxNumber}, {"steuer*", MeaningTaxNumber}, {"codice fiscale", MeaningTaxNumber}, {"tin", MeaningTaxNumber}, {"numfiscal*", MeaningTaxNumber},
	{"num alloc*", MeaningCAF}, {"numero alloc*", MeaningCAF}, {"allocataire*", MeaningCAF}, {"caf", MeaningCAF}, {"num caf", MeaningCAF}, {"matricule caf", MeaningCAF},
	{"france travail", MeaningFranceTravail}, {"pole emploi", MeaningFranceTravail}, {"identifiant pe", MeaningFranceTravail}, {"num pe", MeaningFranceTravail}, {"identifiant ft", MeaningFranceTravail}, {"id ft", MeaningFranceTravail}, {"num ft", MeaningFranceTravail}, {"numero ft", MeaningFranceTravail},
	{"ide jeune", MeaningRowID}, {"id jeune", MeaningRowID},
	{"nom employeur", MeaningEmployer}, {"nom entreprise", MeaningEmployer}, {"nom societe", MeaningEmployer}, {"raison sociale", MeaningEmployer}, {"company name", MeaningEmployer}, {"employer name", MeaningEmployer}, {"nom organisme", MeaningEmployer},
	{"nom ecole", MeaningSchool}, {"nom etablissement", MeaningSchool}, {"school name", MeaningSchool}, {"nom lycee", MeaningSchool}, {"nom college", MeaningSchool},
	{"social security", nir}, {"num ss", nir}, {"numero ss", nir}, {"n ss", nir}, {"no ss", nir}, {"nss", nir}, {"numsecu*", nir}, {"numerosecu*", nir}, {"nosecu*", nir}, {"numnir", nir}, {"nni", nir},
	{"situation famil*", MeaningFamily}, {"situation matri*", MeaningFamily}, {"situation marit*", MeaningFamily}, {"etat matri*", MeaningFamily}, {"statut marit*", MeaningFamily}, {"statut matri*", MeaningFamily}, {"marital*", MeaningFamily}, {"familienstand", MeaningFamily}, {"estado civil", MeaningFamily}, {"stato civile", MeaningFamily}, {"sit fam*", MeaningFamily}, {"sitfam*", MeaningFamily},
	{"num* carte", MeaningCard}, {"card number", MeaningCard}, {"cardnumber", MeaningCard}, {"credit card", MeaningCard}, {"carte bancaire", MeaningCard}, {"pan", MeaningCard},
	{"mac address", MeaningMAC}, {"adresse mac", MeaningMAC}, {"handicap*", MeaningHealth}, {"prestation*", MeaningBenefit},
	{"email hash*", MeaningEmailHash}, {"mail hash*", MeaningEmailHash}, {"courriel hash*", MeaningEmailHash}, {"email hache*", MeaningEmailHash}, {"mail hache*", MeaningEmailHash}, {"courriel hache*", MeaningEmailHash}, {"email md", MeaningEmailHash}, {"email sha", MeaningEmailHash}, {"mail md", MeaningEmailHash}, {"mail sha", MeaningEmailHash}, {"courriel md", MeaningEmailHash}, {"courriel sha", MeaningEmailHash}, {"emailmd*", MeaningEmailHash}, {"emailsha*", MeaningEmailHash}, {"mailmd*", MeaningEmailHash}, {"mailsha*", MeaningEmailHash}, {"emailhash*", MeaningEmailHash}, {"email digest", MeaningEmailHash}, {"email empreinte", MeaningEmailHash}, {"mail empreinte", MeaningEmailHash}, {"hem", MeaningEmailHash},
	{"phone hash*", MeaningPhoneHash}, {"phone md", MeaningPhoneHash}, {"phone sha", MeaningPhoneHash}, {"phonehash*", MeaningPhoneHash}, {"tel* hash*", MeaningPhoneHash}, {"tel* hache*", MeaningPhoneHash}, {"tel* md", MeaningPhoneHash}, {"tel* sha", MeaningPhoneHash}, {"tel* empreinte", MeaningPhoneHash}, {"portable hash*", MeaningPhoneHash}, {"portable sha", MeaningPhoneHash}, {"portable md", MeaningPhoneHash}, {"mobile hash*", MeaningPhoneHash}, {"mobile md", MeaningPhoneHash}, {"mobile sha", MeaningPhoneHash}, {"gsm hash*", MeaningPhoneHash}, {"msisdn hash*", MeaningPhoneHash}, {"msisdn sha", MeaningPhoneHash}, {"msisdn md", MeaningPhoneHash},
	{"hash*", MeaningHash}, {"digest", MeaningHash}, {"password hint", MeaningText}, {"password question", MeaningText},
	{"date naiss*", birthDate}, {"birth date", birthDate}, {"birthdate", birthDate}, {"date birth", birthDate}, {"dob", birthDate}, {"ddn", birthDate},
	{"dtnais*", birthDate}, {"datenais*", birthDate}, {"birthday", birthDate}, {"dt nais*", birthDate}, {"d nais*", birthDate}, {"ne le", birthDate}, {"geburtsdatum", birthDate},
	{"insee nais*", birthCommune}, {"code nais*", birthCommune}, {"birth commune", birthCommune}, {"code insee", MeaningCommune}, {"codgeo", MeaningCommune},
	{"commune nais*", birthPlace}, {"lieu nais*", birthPlace}, {"ville nais*", birthPlace}, {"birth place", birthPlace}, {"birthplace", birthPlace}, {"birth city", birthPlace}, {"lieunais*", birthPlace},
	{"pays nais*", MeaningCode}, {"departement nais*", MeaningCode}, {"dep nais*", MeaningCode},
	{"nom prenom*", fullName}, {"prenom* nom", fullName}, {"nomprenom*", fullName}, {"nom complet", fullName}, {"full name", fullName}, {"fullname", fullName}, {"identite", fullName}, {"titulaire", fullName}, {"beneficiaire", fullName},
	{"nom nais*", birthName}, {"nomnais*", birthName}, {"nom jeune fille", birthName}, {"birth name", birthName}, {"maiden*", birthName}, {"nom famille", birthName}, {"nom patronym*", birthName}, {"patronyme", birthName},
	{"nom usage", usageName}, {"nom usuel", usageName}, {"nomusage", usageName}, {"nom marital", usageName}, {"nom epou*", usageName}, {"usage name", usageName}, {"married name", usageName}, {"nom mari*", usageName},
	{"prenom*", givenNames}, {"given*", givenNames}, {"first name", givenNames}, {"firstname", givenNames}, {"fname", givenNames}, {"forename*", givenNames}, {"middle name", givenNames}, {"vorname", givenNames}, {"deuxieme prenom", givenNames},
	{"username", MeaningLogin}, {"user name", MeaningLogin}, {"login", MeaningLogin}, {"identifiant", MeaningLogin}, {"pseudo", MeaningLogin}, {"nickname", MeaningLogin},
	{"nom voie", street}, {"nom rue", street}, {"libelle voie", street}, {"numero voie", street}, {"num voie", street}, {"type voie", street}, {"no voie", street},
	{"nom ville", city}, {"nom commune", city}, {"nom pays", country},
	{"nom", birthName}, {"last name", birthName}, {"lastname", birthName}, {"surname", birthName}, {"family name", birthName}, {"lname", birthName}, {"nachname", birthName},
	{"name", fullName},
	{"sexe", sex}, {"sex", sex}, {"genre", sex}, {"gender", sex}, {"civilite", sex}, {"civ", sex}, {"civility", sex}, {"titre", sex},
	{"natio*", nationality}, {"nat", nationality}, {"citizenship", nationality},
	{"adresse mail", email}, {"adresse email", email}, {"adresse electronique", email}, {"e mail", email}, {"email*", email}, {"mail*", email}, {"courriel", email}, {"mel", email}, {"adresse e mail", email},
	{"ip", MeaningIP}, {"ip address", MeaningIP}, {"adresse ip", MeaningIP},
	{"tel*", phone}, {"phone*", phone}, {"portable", phone}, {"mobile", phone}, {"gsm", phone}, {"fixe", phone}, {"numero tel*", phone}, {"cell*", phone},
	{"code postal", postcode}, {"codepostal", postcode}, {"cp", postcode}, {"postcode", postcode}, {"zip*", postcode}, {"postal code", postcode}, {"postalcode", postcode}, {"plz", postcode},
	{"ville", city}, {"commune", city}, {"city", city}, {"town", city}, {"localite", city}, {"libelle commune", city},
	{"pays", country}, {"country", country},
	{"adresse*", street}, {"address*", street}, {"rue", street}, {"voie", street}, {"street", street}, {"adr", street},
	{"nir", nir}, {"securite sociale", nir}, {"secu", nir}, {"num secu", nir}, {"insee number", nir}, {"insee", MeaningCommune}, {"ssn", nir}, {"numss", nir},
	{"iban", MeaningIBAN}, {"rib", MeaningIBAN}, {"carte", MeaningCard}, {"card", MeaningCard}, {"cb", MeaningCard},
	{"mot passe", MeaningPassword}, {"mdp", MeaningPassword}, {"password", MeaningPassword}, {"passwd", MeaningPassword}, {"pwd", MeaningPassword}, {"motdepasse", MeaningPassword},
	{"latitude", MeaningLocation}, {"longitude", MeaningLocation}, {"lat", MeaningLocation}, {"lon", MeaningLocation}, {"lng", MeaningLocation},
	{"sante", MeaningHealth}, {"health", MeaningHealth}, {"maladie*", MeaningHealth}, {"patho*", MeaningHealth}, {"diagnos*", MeaningHealth}, {"allergi*", MeaningHealth}, {"allergy", MeaningHealth}, {"rqth", MeaningHealth}, {"mdph", MeaningHealth}, {"groupe sanguin", MeaningHealth}, {"imc", MeaningHealth}, {"bmi", MeaningHealth}, {"inaptitude*", MeaningHealth}, {"ald", MeaningHealth}, {"pai", MeaningHealth}, {"gir", MeaningHealth}, {"vaccin*", MeaningHealth}, {"traitement* medic*", MeaningHealth}, {"blood", MeaningHealth}, {"cim", MeaningHealth}, {"icd", MeaningHealth}, {"symptom*", MeaningHealth}, {"arret maladie", MeaningHealth}, {"handicap", MeaningHealth}, {"blood type", MeaningHealth}, {"blood group", MeaningHealth}, {"bloodtype", MeaningHealth}, {"antecedent*", MeaningHealth}, {"grossesse", MeaningHealth}, {"krankheit", MeaningHealth}, {"enfermedad", MeaningHealth},
	{"allocation*", MeaningBenefit}, {"minima sociaux", MeaningBenefit}, {"minimum social", MeaningBenefit}, {"beneficiaire rsa", MeaningBenefit}, {"rsa", MeaningBenefit}, {"apa", MeaningBenefit}, {"pch", MeaningBenefit}, {"aah", MeaningBenefit}, {"bourse*", MeaningBenefit}, {"boursier*", MeaningBenefit}, {"cod bse", MeaningBenefit}, {"css", MeaningBenefit}, {"aide financiere", MeaningBenefit}, {"benefit*", MeaningBenefit}, {"aide sociale", MeaningBenefit},
	{"geschl", sex}, {"gesl", sex}, {"geb ort", birthPlace}, {"ldn", birthPlace}, {"frais", MeaningAmount}, {"eur", MeaningAmount}, {"euro", MeaningAmount}, {"euros", MeaningAmount}, {"sexo", sex}, {"sesso", sex},
	{"staatsang*", nationality}, {"nacionalidad*", nationality}, {"cittadinanza", nationality}, {"nacionalidade", nationality},
	{"correo", email}, {"correio", email}, {"telemovel", phone}, {"movil", phone}, {"handy", phone}, {"cellulare", phone},
	{"strasse", street}, {"calle", street}, {"domicilio", street}, {"endereco", street}, {"domicile", street}, {"direccion", street}, {"indirizzo", street}, {"morada", street}, {"adr*", street},
	{"codigo postal", postcode}, {"codpostal", postcode}, {"cpostal", postcode},
	{"ciudad", city}, {"poblacion", city}, {"localidad", city}, {"localidade", city}, {"municipio", city}, {"comune", city}, {"wohnort", city}, {"citta", city}, {"cidade", city}, {"ort", city}, {"stadt", city},
	{"pais", country}, {"paese", country},
	{"passwort", MeaningPassword}, {"palavra passe", MeaningPassword}, {"clave", MeaningPassword}, {"kennwort", MeaningPassword}, {"contrasena", MeaningPassword}, {"senha", MeaningPassword}, {"passphrase", MeaningPassword}, {"pass", MeaningPassword}, {"passw", MeaningPassword}, {"userpass", MeaningPassword}, {"motpasse", MeaningPassword},
	{"siret", MeaningSIRET},
	{"siren", MeaningSIREN},
	{"employeur", MeaningEmployer}, {"employer", MeaningEmployer}, {"entreprise", MeaningEmployer}, {"societe", MeaningEmployer}, {"company", MeaningEmployer}, {"arbeitgeber", MeaningEmployer}, {"empresa", MeaningEmployer}, {"datore lavoro", MeaningEmployer}, {"empregador", MeaningEmployer},
	{"profession", MeaningOccupation}, {"metier", MeaningOccupation}, {"emploi", MeaningOccupation}, {"occupation", MeaningOccupation}, {"job", MeaningOccupation}, {"beruf", MeaningOccupation}, {"profesion", MeaningOccupation}, {"professione", MeaningOccupation}, {"profissao", MeaningOccupation}, {"csp", MeaningOccupation}, {"job title", MeaningOccupation},
	{"ine", MeaningINE}, {"num ine", MeaningINE}, {"bea", MeaningINE},
	{"uai", MeaningUAI}, {"rne", MeaningUAI},
	{"ecole", MeaningSchool}, {"lycee", MeaningSchool}, {"school", MeaningSchool}, {"schule", MeaningSchool}, {"escuela", MeaningSchool}, {"scuola", MeaningSchool}, {"escola", MeaningSchool}, {"colegio", MeaningSchool},
	{"departement", MeaningDepartment}, {"dep", MeaningDepartment}, {"dept", MeaningDepartment}, {"dpt", MeaningDepartment}, {"department", MeaningDepartment},
	{"sid", MeaningToken}, {"session", MeaningToken}, {"token", MeaningToken}, {"bearer", MeaningToken}, {"jwt", MeaningToken}, {"jeton", MeaningToken}, {"sessionid", MeaningToken}, {"session id", MeaningToken},
	{"mac", MeaningMAC}, {"macaddress", MeaningMAC},
	{"user agent", MeaningUserAgent}, {"useragent", MeaningUserAgent}, {"navigateur", MeaningUserAgent}, {"browser", MeaningUserAgent},
	{"uuid", MeaningUUID}, {"guid", MeaningUUID},
	{"url", MeaningURL}, {"website", MeaningURL}, {"site web", MeaningURL}, {"site internet", MeaningURL},
	{"bureau distributeur", city}, {"lien parente", MeaningRelation}, {"lien", MeaningRelation}, {"parente", MeaningRelation}, {"qualite resp*", MeaningRelation}, {"relationship", MeaningRelation},
	{"grade", MeaningOccupation}, {"fonction", MeaningOccupation}, {"poste", MeaningOccupation}, {"etablissement*", MeaningSchool}, {"type ressources", MeaningBenefit}, {"aide", MeaningBenefit}, {"aides", MeaningBenefit}, {"cotis*", MeaningAmount}, {"loyer*", MeaningAmount}, {"honoraires", MeaningAmount}, {"quotient*", MeaningAmount}, {"qf", MeaningAmount}, {"tarif*", MeaningAmount}, {"prix", MeaningAmount}, {"price", MeaningAmount}, {"amende*", MeaningAmount},
	{"montant*", MeaningAmount}, {"amount", MeaningAmount}, {"solde", MeaningAmount}, {"balance", MeaningAmount}, {"salaire", MeaningAmount}, {"salary", MeaningAmount}, {"revenu*", MeaningAmount}, {"betrag", MeaningAmount}, {"importe", MeaningAmount}, {"saldo", MeaningAmount}, {"importo", MeaningAmount}, {"quotient familial", MeaningAmount}, {"ressources", MeaningAmount}, {"traitement brut", MeaningAmount}, {"traitement net", MeaningAmount}, {"brut", MeaningAmount}, {"net payer", MeaningAmount}, {"rfr", MeaningAmount}, {"dette*", MeaningAmount}, {"impaye*", MeaningAmount}, {"indemnite*", MeaningAmount}, {"salario", MeaningAmount}, {"gehalt", MeaningAmount}, {"stipendio", MeaningAmount}, {"income", MeaningAmount}, {"wage*", MeaningAmount},
	{"num* compte", MeaningRIBAccount}, {"account number", MeaningRIBAccount}, {"kontonummer", MeaningRIBAccount},
	{"bic", MeaningBIC}, {"swift", MeaningBIC}, {"classe", MeaningCode}, {"division", MeaningCode},
	{"commentaire*", MeaningText}, {"observation*", MeaningText}, {"note*", MeaningText}, {"remarque*", MeaningText}, {"comment*", MeaningText}, {"description", MeaningText}, {"obs", MeaningText}, {"mention*", MeaningText}, {"apprec*", MeaningText}, {"message*", MeaningText}, {"memo", MeaningText}, {"texte", MeaningText}, {"precision*", MeaningText}, {"consigne*", MeaningText}, {"divers", MeaningText}, {"annotation*", MeaningText}, {"compte rendu", MeaningText}, {"observacion*", MeaningText}, {"bemerkung*", MeaningText}, {"observac*", MeaningText}, {"payload", MeaningText}, {"signalement*", MeaningText}, {"directive*", MeaningText}, {"historique", MeaningText}, {"resume", MeaningText}, {"contenu", MeaningText}, {"remarks", MeaningText},
	{"medical*", MeaningHealth}, {"medicament*", MeaningHealth}, {"regime aliment*", MeaningHealth}, {"contre indic*", MeaningHealth}, {"invalidite*", MeaningHealth}, {"prescription*", MeaningHealth}, {"code secret", MeaningPassword}, {"secret", MeaningPassword}, {"code fiscal*", MeaningTaxNumber}, {"post code", postcode},
	{"rem", MeaningText}, {"rmq", MeaningText}, {"avis*", MeaningText}, {"bio", MeaningText}, {"subject", MeaningText}, {"objet", MeaningText}, {"sujet", MeaningText}, {"verse", MeaningAmount}, {"reste*", MeaningAmount},
	{"rijksregister*", nir}, {"anrede", sex}, {"aanhef", sex}, {"geslacht", sex}, {"geb dat*", birthDate}, {"geboortedatum", birthDate}, {"geboren", birthDate}, {"geboorteplaats", birthPlace}, {"voornaam", givenNames}, {"voornamen", givenNames}, {"achternaam", birthName}, {"familienaam", birthName}, {"naam", birthName}, {"nombre", givenNames},
	{"familiename", birthName}, {"zuname", birthName}, {"postleitzahl", postcode}, {"postal", postcode}, {"gemeente", city}, {"woonplaats", city}, {"gemeinde", city}, {"concelho", city}, {"straat", street}, {"adresse", street}, {"anschrift", street}, {"functie", MeaningOccupation}, {"cargo", MeaningOccupation}, {"puesto", MeaningOccupation}, {"funktion", MeaningOccupation}, {"tatigkeit", MeaningOccupation}, {"mansione", MeaningOccupation}, {"beroep", MeaningOccupation},
	{"burgerlijke staat", MeaningFamily}, {"fam stand", MeaningFamily}, {"nationaliteit", nationality}, {"land", country}, {"telefoon*", phone}, {"rufnummer", phone}, {"gsm*", phone}, {"doc ident*", MeaningIdentityCard}, {"documento", MeaningIdentityCard}, {"wachtwoord", MeaningPassword}, {"gebruikersnaam", MeaningLogin}, {"werkgever", MeaningEmployer}, {"loon", MeaningAmount}, {"lohn", MeaningAmount}, {"sueldo", MeaningAmount}, {"cuota", MeaningAmount}, {"beitrag", MeaningAmount},
	{"nb*", MeaningNumber}, {"nombre enfants", MeaningNumber}, {"moy*", MeaningNumber}, {"moyenne", MeaningNumber}, {"taux", MeaningNumber}, {"heures", MeaningNumber}, {"age", MeaningNumber}, {"poids", MeaningNumber}, {"taille", MeaningNumber}, {"quantite", MeaningNumber}, {"qte", MeaningNumber}, {"coef*", MeaningNumber}, {"score", MeaningNumber}, {"points", MeaningNumber}, {"index", MeaningNumber},
	{"motif*", MeaningText}, {"date *", MeaningDate}, {"dt *", MeaningDate}, {"created*", MeaningDate}, {"updated*", MeaningDate}, {"inscription", MeaningDate},
	{"id", MeaningRowID}, {"dossier", MeaningRowID}, {"identifiant *", MeaningRowID}, {"num*", MeaningRowID}, {"numero", MeaningRowID}, {"ref*", MeaningRowID}, {"code", MeaningCode},
	{"statut", MeaningCode}, {"status", MeaningCode}, {"type", MeaningCode}, {"key", MeaningRowID}, {"ipp", MeaningRowID}, {"uid", MeaningRowID}, {"user", MeaningLogin},
}

// hint returns what a header suggests, "" for nothing. Small words are not
// looked at.
func hint(header string) string {
	if m := standard[header]; m != "" {
		return m
	}
	words := headerWords(header)
	if len(words) > 5 {
		words = headerWords(header[strings.LastIndexByte(header, '.')+1:]) // of a path
	}
	if len(words) == 0 || len(words) > 5 || len(header) > 48 && !strings.Contains(header, ".") {
		return ""
	}
	long, whole := spelled(words)
	for _, w := range [][]string{whole, long, words} {
		if m := hintOf(w); m != "" {
			return m
		}
	}
	return ""
}

func hintOf(words []string) string {
	if len(words) == 0 {
		return ""
	}
	for i, want := range hintWords() {
		if hintFits(want, words) {
			return hints[i].meaning
		}
	}
	return ""
}

// hintWords are the words of each hint.
var hintWords = sync.OnceValue(func() [][]string {
	out := make([][]string, len(hints))
	for i, h := range hints {
		out[i] = strings.Fields(h.words)
	}
	return out
})

func hintFits(want, words []string) bool {
	for _, w := range want {
		prefix, star := strings.CutSuffix(w, "*")
		ok := false
		for _, x := range words {
			ok = ok || x == w || star && strings.HasPrefix(x, prefix)
		}
		if !ok {
			return false
		}
	}
	return true
}

// headerWords cuts "dateNaissance_1" into date, naissance.
func headerWords(header string) []string {
	var words []string
	var b strings.Builder
	flush := func() {
		w := b.String()
		b.Reset()
		switch w {
		case "", "de", "du", "d", "la", "le", "l", "des", "of", "the", "en", "et", "ou", "au":
			if w != "le" {
				return
			}
		}
		words = append(words, w)
	}
	lower := false
	for _, r := range fold(header) {
		switch {
		case unicode.IsUpper(r) && lower:
			flush()
			b.WriteRune(unicode.ToLower(r))
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		case r == '€':
			flush()
			words = append(words, "eur")
		default:
			flush()
		}
		lower = unicode.IsLower(r)
	}
	flush()
	return words
}

// latinKeys are the keys of U+00C0 to U+00FF.
var latinKeys = func() (t [64]string) {
	for i := range t {
		t[i] = strings.ToUpper(fold(string(rune(0xc0 + i))))
	}
	return t
}()

// fold takes the accents off letters met in French headers and values.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		for _, f := range folds {
			if strings.ContainsRune(f.from, r) {
				return f.to
			}
		}
		return r
	}, s)
}

var folds = []struct {
	from string
	to   rune
}{
	{"éèêë", 'e'}, {"ÉÈÊË", 'E'}, {"àâäáãå", 'a'}, {"ÀÂÄÁÃÅ", 'A'}, {"îïíì", 'i'}, {"ÎÏÍÌ", 'I'}, {"ôöóòõ", 'o'}, {"ÔÖÓÒÕ", 'O'},
	{"ùûüúũ", 'u'}, {"ÙÛÜÚŨ", 'U'}, {"ýÿ", 'y'}, {"ÝŸ", 'Y'}, {"ç", 'c'}, {"Ç", 'C'}, {"ñ", 'n'}, {"Ñ", 'N'}, {"’", '\''}, {"\u00a0", ' '},
}

// sexOf reads sex from letters, words and civilities. Digits are believed only
// in a column that is known to be one.
func sexOf(v []byte) string {
	if len(v) == 2 && v[0] == '0' {
		v = v[1:]
	}
	if len(v) == 1 {
		switch v[0] {
		case 'M', 'm', 'H', 'h', 'G', 'g', '1':
			return "M"
		case 'F', 'f', '2', 'W', 'w', 'V', 'v': // weiblich, vrouw
			return "F"
		}
		return ""
	}
	if len(v) > 16 {
		return ""
	}
	return sexWords[strings.Trim(key(v), " .")]
}

// key folds a value for looking it up: capitals, accents off.
func key(v []byte) string {
	var raw [96]byte
	return string(appendKey(raw[:0], v))
}

// appendKey appends the capitals of v without accents. Most values are ASCII,
// and most others Latin-1.
func appendKey(dst, v []byte) []byte {
	for i := 0; i < len(v); i++ {
		b := v[i]
		if b >= utf8.RuneSelf {
			if b != 0xc3 || i+1 == len(v) || v[i+1]&0xc0 != 0x80 {
				return append(dst, strings.ToUpper(fold(string(v[i:])))...)
			}
			i++
			dst = append(dst, latinKeys[v[i]&0x3f]...)
			continue
		}
		if b >= 'a' && b <= 'z' {
			b -= 'a' - 'A'
		}
		dst = append(dst, b)
	}
	return dst
}

var sexWords = map[string]string{
	"M": "M", "H": "M", "MR": "M", "HOMME": "M", "MONSIEUR": "M", "MASCULIN": "M", "MALE": "M", "GARCON": "M", "MAN": "M", "MASC": "M",
	"F": "F", "MME": "F", "FEMME": "F", "MADAME": "F", "FEMININ": "F", "FEMALE": "F", "MLLE": "F", "MADEMOISELLE": "F", "FILLE": "F",
	"WOMAN": "F", "W": "F", "MRS": "F", "MS": "F", "FEM": "F", "MELLE": "F",
}

// nationalities are the stems of the words for nationalities in French.
var nationalities = map[string]bool{
	"FRANCAIS": true, "MAROCAIN": true, "ALGERIEN": true, "TUNISIEN": true, "PORTUGAIS": true, "ESPAGNOL": true, "ITALIEN": true, "BELGE": true, "ALLEMAND": true, "SUISSE": true, "LUXEMBOURGEOIS": true, "BRITANNIQUE": true, "ANGLAIS": true,
	"TURC": true, "TURQUE": true, "SENEGALAIS": true, "MALIEN": true, "IVOIRIEN": true, "CAMEROUNAIS": true, "COMORIEN": true, "MALGACHE": true, "VIETNAMIEN": true, "CHINOIS": true, "POLONAIS": true, "ROUMAIN": true, "UKRAINIEN": true, "RUSSE": true,
	"AFGHAN": true, "SYRIEN": true, "GUINEEN": true, "CONGOLAIS": true, "HAITIEN": true, "BRESILIEN": true, "INDIEN": true, "AMERICAIN": true, "CANADIEN": true, "MAURICIEN": true, "SRI LANKAIS": true, "NEERLANDAIS": true, "BULGARE": true, "SERBE": true,
	"ALBANAIS": true, "GEORGIEN": true, "ARMENIEN": true, "IRAKIEN": true, "IRANIEN": true, "PAKISTANAIS": true, "BANGLADAIS": true, "EGYPTIEN": true, "LIBANAIS": true, "SOMALIEN": true, "SOUDANAIS": true, "ERYTHREEN": true, "NIGERIAN": true, "GHANEEN": true,
	"TOGOLAIS": true, "BENINOIS": true, "BURKINABE": true, "GABONAIS": true, "MAURITANIEN": true, "TCHADIEN": true, "COLOMBIEN": true, "PERUVIEN": true, "KOSOVAR": true, "APATRIDE": true, "REFUGIE": true, "ETRANGER": true, "UE": true, "HORS UE": true,
}

// isNationality takes an upper-case folded word, with the ending that agrees.
func isNationality(s string) bool {
	for cut := range min(4, len(s)) {
		if nationalities[s[:len(s)-cut]] {
			return true
		}
	}
	return false
}
