package dump

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"
)

// Words that tell what a value is about, in capitals without accents.

func wordSet(list string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		m := map[string]bool{}
		for w := range strings.SplitSeq(list, "|") {
			m[w] = true
		}
		return m
	})
}

var titles = wordSet("MR|MME|MLLE|MM|PR|MAITRE|DOCTEUR|DRA|DON|DONA|SIG|SIGRA|SENHOR|SENHORA|MRS|MS|MISS|DR|M|MONSIEUR|MADAME|MADEMOISELLE|MELLE|HERR|FRAU|SR|SRA|PROF|ME|MX")

// kin is what a person is to another, before the name.
var kin = wordSet("PERE|MERE|FILS|FILLE|FRERE|SOEUR|EPOUX|EPOUSE|CONJOINT|CONJOINTE|MARI|FEMME|COMPAGNON|COMPAGNE|VOISIN|VOISINE|AMI|AMIE|NEVEU|NIECE|ONCLE|TANTE|COUSIN|COUSINE|GRAND-PERE|GRAND-MERE|TUTEUR|TUTRICE|CURATEUR|CURATRICE|AIDANT|AIDANTE|PARRAIN|MARRAINE|BEAU-PERE|BELLE-MERE|BEAU-FRERE|BELLE-SOEUR|PARENT|PARENTS|GRAND-PARENT|RESPONSABLE|REPRESENTANT|ENFANT|PACSE|MANDATAIRE")

// isKin tells what a person is to another, with what says that it is by law.
func isKin(word string) bool {
	for _, legal := range []string{" LEGAL", " LEGALE"} {
		word = strings.TrimSuffix(word, legal)
	}
	return kin()[word]
}

// isHex tells a number in hexadecimal as programs write keys, in one case.
func isHex(v []byte) bool {
	if len(v) < 8 || len(v) > 24 {
		return false
	}
	lower, upper := 0, 0
	for _, b := range v {
		switch {
		case b >= '0' && b <= '9':
		case b >= 'a' && b <= 'f':
			lower++
		case b >= 'A' && b <= 'F':
			upper++
		default:
			return false
		}
	}
	return lower == 0 || upper == 0
}

var booleans = wordSet("OUI|NON|YES|NO|TRUE|FALSE|VRAI|FAUX|O|N|Y|T|F|JA|NEIN|SI|ON|OFF|ACTIF|INACTIF|ACTIVE|INACTIVE|ENABLED|DISABLED")

// commonPasswords are words that the published lists of most used passwords
// agree on, in French and English.
var commonPasswords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.SplitSeq("123456|123456789|12345678|12345|1234567|1234567890|1234|azerty|azertyuiop|qwerty|qwertyuiop|qwerty123|password|password1|password123|motdepasse|000000|111111|123123|1q2w3e4r|1q2w3e|abc123|iloveyou|jetaime|"+
		"loulou|doudou|soleil|marseille|chouchou|bonjour|bonjour1|coucou|camille|nicolas|princesse|princess|sunshine|dragon|monkey|football|baseball|letmein|welcome|welcome1|admin|admin123|root|toor|login|master|superman|batman|"+
		"trustno1|passw0rd|p@ssw0rd|p@ssword|azerty123|azerty1|qsdfgh|wxcvbn|654321|666666|777777|888888|987654321|121212|112233|123321|131313|159753|987654|147258369|789456|azeqsd|chocolat|tigrou|minou|papillon|vanille|"+
		"secret|shadow|michael|jordan|ashley|bailey|hunter|hunter2|killer|pokemon|starwars|whatever|changeme|changeit|default|guest|test|test123|temp|temp123|juillet|janvier|isabelle|caroline|thomas|julien|alexandre|sandrine|"+
		"oceane|marine|mathieu|laurent|sebastien|nathalie|maxime|lolita|louloute|chipie|caramel|cookie|snoopy|naruto|ronaldo|messi|zidane|psg|om|psg75|fuckyou|flower|freedom|ginger|summer|winter|spring|autumn", "|") {
		m[w] = true
	}
	return m
})

var departmentNames = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.SplitSeq("Ain|Aisne|Allier|Alpes-de-Haute-Provence|Hautes-Alpes|Alpes-Maritimes|Ardèche|Ardennes|Ariège|Aube|Aude|Aveyron|Bouches-du-Rhône|Calvados|Cantal|Charente|Charente-Maritime|Cher|Corrèze|Côte-d'Or|Côtes-d'Armor|Creuse|Dordogne|Doubs|Drôme|Eure|Eure-et-Loir|Finistère|Corse-du-Sud|Haute-Corse|"+
		"Gard|Haute-Garonne|Gers|Gironde|Hérault|Ille-et-Vilaine|Indre|Indre-et-Loire|Isère|Jura|Landes|Loir-et-Cher|Loire|Haute-Loire|Loire-Atlantique|Loiret|Lot|Lot-et-Garonne|Lozère|Maine-et-Loire|Manche|Marne|Haute-Marne|Mayenne|Meurthe-et-Moselle|Meuse|Morbihan|Moselle|Nièvre|Nord|Oise|Orne|Pas-de-Calais|Puy-de-Dôme|"+
		"Pyrénées-Atlantiques|Hautes-Pyrénées|Pyrénées-Orientales|Bas-Rhin|Haut-Rhin|Rhône|Haute-Saône|Saône-et-Loire|Sarthe|Savoie|Haute-Savoie|Paris|Seine-Maritime|Seine-et-Marne|Yvelines|Deux-Sèvres|Somme|Tarn|Tarn-et-Garonne|Var|Vaucluse|Vendée|Vienne|Haute-Vienne|Vosges|Yonne|Territoire de Belfort|Essonne|"+
		"Hauts-de-Seine|Seine-Saint-Denis|Val-de-Marne|Val-d'Oise|Guadeloupe|Martinique|Guyane|La Réunion|Réunion|Mayotte|Saint-Pierre-et-Miquelon|Saint-Barthélemy|Saint-Martin|Wallis-et-Futuna|Polynésie française|Nouvelle-Calédonie", "|") {
		w = key([]byte(w))
		m[w], m[strings.NewReplacer("-", " ", "'", " ").Replace(w)] = true, true
	}
	return m
})

var familyWords = wordSet("CELIBATAIRE|MARIE|MARIEE|MARIE(E)|DIVORCE|DIVORCEE|DIVORCE(E)|VEUF|VEUVE|VEUF(VE)|PACSE|PACSEE|PACSE(E)|CONCUBIN|CONCUBINAGE|UNION LIBRE|SEPARE|SEPAREE|SEPARE(E)|VIE MARITALE|SINGLE|MARRIED|DIVORCED|WIDOWED|SEPARATED|COUPLE|CEL|CELIB|MAR|DIV|VEU|PAC|PACS|SEP|CONC|CON|VIM|VMA|CPL|LEDIG|LED|VERHEIRATET|VERH|GESCHIEDEN|GESCH|VERWITWET|VERW|GEHUWD|ONGEHUWD|GESCHEIDEN|WEDUWE|WEDUWNAAR|SAMENWONEND|SOLTERO|SOLTERA|CASADO|CASADA|DIVORCIADO|DIVORCIADA|VIUDO|VIUDA|CELIBE|NUBILE|CONIUGATO|CONIUGATA|VEDOVO|VEDOVA|SOLTEIRO|SOLTEIRA|PERSONNE SEULE|FAMILLE MONOPARENTALE|EN COUPLE|SEUL|SEULE")

func isFamily(word string) bool { return familyWords()[word] }

// illnesses are what running text says of health as well: states of people,
// treatments, organs that ail.
const illnesses = "MALENTENDANTE|MALVOYANTE|SOURDE|OXYGENE|ALITE|ALITEE|GRABATAIRE|DEMENCE|SENILE|INCONTINENCE|INSUFFISANCE|FRACTURE|LOMBALGIE|LOMBAIRES|SCIATIQUE|DOULEUR|DOULEURS|ENTORSE|OPERE|OPEREE|HOSPITALISES|DIABETIQUES|EPILEPTIQUE|ANTIDEPRESSEUR|ANTIDEPRESSEURS|ANXIOLYTIQUE|" +
	"NEUROLEPTIQUE|LITHIUM|METHADONE|SEVRAGE|ALCOOLIQUE|TOXICOMANE|BURN-OUT|BURNOUT|DEPRESSIF|DEPRESSIVE|SUICIDE|SUICIDAIRE|PSYCHOTIQUE|AUTISTE|TRISOMIE|TRISOMIQUE|PARAPLEGIE|PARAPLEGIQUE|TETRAPLEGIQUE|HEMIPLEGIE|PROTHESE|PACEMAKER|CARDIOPATHIE|PNEUMONIE|BRONCHITE|BPCO|LEUCEMIE|LYMPHOME|TUMEUR|METASTASES|MELANOME|" +
	"ENDOMETRIOSE|FIBROMYALGIE|POLYARTHRITE|MUCOVISCIDOSE|DREPANOCYTOSE|THYROIDE|CATARACTE|GLAUCOME|IVG|AVORTEMENT|CONTRACEPTION|CESARIENNE|FAUSSE-COUCHE|PALLIATIFS|CURATIF|ORDONNANCE|ARRET-MALADIE|ARRET MALADIE|ALLERGIQUE|INTOLERANT|INTOLERANTE|COELIAQUE|GENOU|HANCHE|CERVICALES|LIGAMENTS|MATERNITE|CONTENTION|REANIMATION|PALLIATIF|ALLERGIC|ASTHMATIC|EPILEPTIC|DEPRESSED|WHEELCHAIR|SURGERY|DIABETIKER|ALERGIA|DIABETICO|EMBARAZO"

// healthWords are illnesses, handicaps and blood groups as registers state them.
var healthWords = wordSet("RQTH|ALD|ASTHME|ASTHMATIQUE|DIABETE|DIABETIQUE|DIABETES|EPILEPSIE|EPILEPSY|CANCER|DEPRESSION|HYPERTENSION|ALLERGIE|ALLERGIES|ALLERGY|ARACHIDE|ARACHIDES|GLUTEN|LACTOSE|INTOLERANCE|HANDICAP|HANDICAPE|HANDICAPEE|MDPH|VIH|HIV|HEPATITE|AUTISME|AUTISM|DYSLEXIE|DYSLEXIQUE|DYSPRAXIE|TDAH|ADHD|TSA|TROUBLES|" +
	"SCHIZOPHRENIE|BIPOLAIRE|ANXIETE|ANXIETY|MIGRAINE|ARTHROSE|INSULINE|INSULINO|PAI|MALVOYANT|MALENTENDANT|SOURD|AVEUGLE|FAUTEUIL|GROSSESSE|ENCEINTE|PREGNANT|INVALIDITE|MALADIE|PATHOLOGIE|TRAITEMENT|MEDICAMENT|VENTOLINE|LEVOTHYROX|DOLIPRANE|PARACETAMOL|CHIMIOTHERAPIE|ADDICTION|ALCOOLISME|TOXICOMANIE|OBESITE|ANEMIE|PARKINSON|ALZHEIMER|SCLEROSE|" +
	"EPIPEN|ANAPHYLAXIE|DIABETIC|ASTHMA|STROKE|INFARCTUS|AVC|TUBERCULOSE|COVID|VACCIN|VACCINE|PSYCHIATRIE|PSYCHIATRIQUE|HOSPITALISATION|HOSPITALISE|HOSPITALISEE|SEROPOSITIF|SEROPOSITIVE|ANOREXIE|BOULIMIE|ECZEMA|DRATER|DIALYSE|GREFFE|CARDIAQUE|AAH|" +
	illnesses)

var bloodGroups = wordSet("A+|A-|B+|B-|AB+|AB-|O+|O-|A RH+|O RH+|O RH-|A RH-|B RH+|B RH-|AB RH+|AB RH-|A POS|O POS|A NEG|O NEG|B POS|B NEG|AB POS|AB NEG")

// isHealth tells a word for an illness, a blood group or a code of ICD-10 with
// its point ("F32.1", "J45").
func isHealth(word string, words []string) bool {
	if len(word) > 60 {
		return false
	}
	if bloodGroups()[word] || isICD(word) {
		return true
	}
	for _, w := range words {
		if healthWords()[w] {
			return true
		}
	}
	return false
}

func isICD(word string) bool {
	if len(word) < 4 || len(word) > 6 || word[0] < 'A' || word[0] > 'Z' || !allDigits([]byte(word[1:3])) {
		return false
	}
	return word[3] == '.' && allDigits([]byte(word[4:]))
}

// wordsOf appends the words of a folded value, twelve of them at most.
func wordsOf(dst []string, v string) []string {
	from := -1
	for i := 0; i <= len(v) && len(dst) < 12; i++ {
		in := i < len(v) && (v[i] >= 'A' && v[i] <= 'Z' || v[i] >= '0' && v[i] <= '9' || v[i] >= utf8.RuneSelf)
		switch {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			dst = append(dst, v[from:i])
			from = -1
		}
	}
	return dst
}

var benefitWords = wordSet("RSA|AAH|APL|ALS|ALF|ASS|ARE|ASPA|APA|PAJE|CMU|CMU-C|C2S|ACS|CSS|AME|ATA|ADA|PCH|AEEH|ARS|CEJ|PACEA|FSL|FAJ|GARANTIE JEUNES|PRIME D'ACTIVITE|PRIME ACTIVITE|AIDE SOCIALE|ALLOCATION|BOURSE|BOURSIER|BOURSIERE|INDEMNISE|INDEMNISEE|NON INDEMNISE|BENEFICIAIRE RSA|ALLOCATIONS FAMILIALES|AIDE AU LOGEMENT|MINIMUM VIEILLESSE|PENSION D'INVALIDITE|CHOMAGE|ALLOCATAIRE|COMPLEMENT FAMILIAL|ALLOCATION ADULTE HANDICAPE")

func isBenefit(word string, words []string) bool {
	if len(word) > 60 {
		return false
	}
	if benefitWords()[word] {
		return true
	}
	if len(words) < 2 {
		return false
	}
	first := words[0]
	return first == "RSA" || first == "ALLOCATION" || first == "AIDE" || first == "PRIME" || first == "BOURSE"
}

var companyWords = wordSet("SARL|SAS|SASU|EURL|SA|SCI|SNC|SCOP|SELARL|EARL|GAEC|GIE|EPIC|INC|LLC|LTD|LIMITED|CORP|CORPORATION|GMBH|AG|KG|PLC|CO|COMPANY|BV|NV|SPA|SRL|ETS|ETABLISSEMENTS|STE|SOCIETE|ENTREPRISE|GROUPE|GROUP|HOLDING|CONSEIL|CONSULTING|SERVICES|SOLUTIONS|INDUSTRIE|INDUSTRIES|" +
	"TRANSPORTS|CONSTRUCTION|BOULANGERIE|GARAGE|RESTAURANT|PHARMACIE|CABINET|CLINIQUE|HOPITAL|CHU|EHPAD|MAIRIE|COMMUNE|DEPARTEMENT|METROPOLE|REGION|PREFECTURE|MINISTERE|ASSOCIATION|FONDATION|MUTUELLE|ASSURANCES|ASSURANCE|BANQUE|BANK|STORES|STORE|MARKET|MARKETS|FOODS|SHOP|SYSTEMS|TECHNOLOGIES|PARTNERS|FRERES|FILS|BROS|BROTHERS|SONS|ENTERPRISES|COMMUNAUTE|SYNDICAT|OFFICE|AGENCE|INTERIM|LOGISTIQUE|DISTRIBUTION|IMMOBILIER|BATIMENT|TRAVAUX|NETTOYAGE|SECURITE|ENERGIE")

func isCompany(word string, words []string) bool {
	if len(word) < 4 || len(word) > 80 {
		return false
	}
	if strings.Contains(word, " & ") {
		return true
	}
	if len(words) < 2 {
		return false
	}
	for i, w := range words {
		if companyWords()[w] && (i > 0 || w != "FILS") { // a person's son

			return true
		}
	}
	return false
}

var schoolWords = wordSet("ECOLE|ECOLES|COLLEGE|LYCEE|LYCEES|UNIVERSITE|UNIVERSITY|SCHOOL|MATERNELLE|ELEMENTAIRE|PRIMAIRE|IUT|CFA|EREA|SEGPA|INSTITUT|FACULTE|EEPU|EMPU|EPPU|CLG|LYC|LPO|LGT|ACADEMY|ECOLE PRIMAIRE|INSTITUTION|CAMPUS|INSPE|GRETA|MFR")

func isSchool(words []string) bool {
	for _, w := range words[:min(len(words), 3)] {
		if schoolWords()[w] {
			return true
		}
	}
	return false
}

var jobWords = wordSet("INGENIEUR|INGENIEURE|TECHNICIEN|TECHNICIENNE|INFIRMIER|INFIRMIERE|ENSEIGNANT|ENSEIGNANTE|PROFESSEUR|PROFESSEURE|COMPTABLE|VENDEUR|VENDEUSE|OUVRIER|OUVRIERE|EMPLOYE|EMPLOYEE|CADRE|AGENT|ASSISTANT|ASSISTANTE|SECRETAIRE|CHAUFFEUR|CUISINIER|CUISINIERE|SERVEUR|SERVEUSE|MACON|PLOMBIER|ELECTRICIEN|MENUISIER|COIFFEUR|COIFFEUSE|AIDE-SOIGNANT|AIDE-SOIGNANTE|MEDECIN|AVOCAT|AVOCATE|" +
	"ARCHITECTE|DIRECTEUR|DIRECTRICE|RESPONSABLE|CHEF|GERANT|GERANTE|RETRAITE|RETRAITEE|ETUDIANT|ETUDIANTE|ARTISAN|AGRICULTEUR|AGRICULTRICE|BOULANGER|BOULANGERE|CAISSIER|CAISSIERE|MANAGER|CLERK|ENGINEER|TECHNICIAN|TEACHER|NURSE|DRIVER|OPERATOR|ANALYST|DEVELOPER|DEVELOPPEUR|DEVELOPPEUSE|SPECIALIST|WORKER|SUPERVISOR|ADMINISTRATOR|CONSULTANT|CONSULTANTE|DESIGNER|MECHANIC|MECANICIEN|MECANICIENNE|" +
	"CLEANER|COOK|CHEF|ACCOUNTANT|LAWYER|PHYSICIAN|THERAPIST|COUNSELOR|WRITER|EDITOR|ARTIST|INSPECTOR|COORDINATOR|REPRESENTATIVE|OFFICER|GUARD|JANITOR|INSTALLER|REPAIRER|WELDER|CARPENTER|PLUMBER|ELECTRICIAN|AIDE|ATTENDANT|SALESPERSON|TELLER|CASHIER|COMMERCIAL|COMMERCIALE|ANIMATEUR|ANIMATRICE|EDUCATEUR|EDUCATRICE|MAGASINIER|CARISTE|PREPARATEUR|MANUTENTIONNAIRE|JARDINIER|PEINTRE|SOUDEUR|REDACTEUR|REDACTRICE|ATSEM|ADJOINT|ADJOINTE|AGT|ADJ|ATTACHE|ATTACHEE|AUXILIAIRE|SAGE-FEMME|PSYCHOLOGUE|KINESITHERAPEUTE|INTERNE|BRANCARDIER|BRANCARDIERE|ACHETEUR|ACHETEUSE|DRH|PHARMACIEN|PHARMACIENNE|DENTISTE|VETERINAIRE|PUERICULTRICE|BIBLIOTHECAIRE|GARDIEN|GARDIENNE|JURISTE|NOTAIRE|CHARGE|CHARGEE|CONSEILLER|CONSEILLERE|OPERATEUR|OPERATRICE|APPRENTI|APPRENTIE|STAGIAIRE|LEHRER|LEHRERIN|INGENIERO|PROFESOR|PROFESORA|OPERAIO|IMPIEGATO")

func isJob(word string) bool {
	for _, w := range strings.FieldsFunc(word, func(r rune) bool { return r == ' ' || r == ',' || r == '/' }) {
		if jobWords()[w] {
			return true
		}
	}
	return false
}

// isAgent tells how programs name themselves to servers (RFC 9110, 10.1.5): a
// product, a stroke, a version.
func isAgent(v []byte) bool {
	name, version, ok := bytes.Cut(v, []byte{'/'})
	if !ok || len(name) < 3 || len(name) > 30 || len(version) < 3 || version[0]-'0' > 9 || !isLetter(name[0]) {
		return false
	}
	for _, b := range name {
		if !isLetter(b) && b != '-' && b-'0' > 9 {
			return false
		}
	}
	version, _, _ = bytes.Cut(version, []byte{' '})
	dots := 0
	for i, b := range version {
		if b == '.' {
			dots++
		} else if b-'0' > 9 && (i == 0 || !isLetter(b)) {
			return false
		}
	}
	return dots > 0
}

// isURL tells a URL, and one as a server's log has it: GET /path HTTP/1.1.
func isURL(v []byte) bool {
	for _, begin := range []string{"http://", "https://", "www.", "ftp://", "GET /", "POST /", "PUT /", "HEAD /", "DELETE /", "PATCH /", "OPTIONS /"} {
		if bytes.HasPrefix(v, []byte(begin)) {
			return true
		}
	}
	return false
}

// endings are the top-level domains that addresses of the web end in beside those
// of countries: jean.dupont ends in none.
var endings = wordSet("COM|NET|ORG|EDU|GOV|MIL|INT|INFO|BIZ|NAME|PRO|COOP|MUSEUM|AERO|JOBS|MOBI|TRAVEL|ASIA|EU|UK|SU|TEST|EXAMPLE|LOCAL|APP|DEV|WEB|SITE|ONLINE|STORE|SHOP|TECH|CLOUD|BLOG|XYZ|TOP|CLUB|PARIS|BZH|ALSACE|CORSICA|CAT|AGENCY|MEDIA|NEWS|WIKI|LINK|LIVE|WORLD|SPACE|WEBSITE|CENTER|SOLUTIONS|SERVICES|GOUV")

// endsAsDomain tells the name of a host by its last label.
func endsAsDomain(v []byte) bool {
	if i := bytes.IndexByte(v, '/'); i >= 0 {
		v = v[:i]
	}
	last := key(v[bytes.LastIndexByte(v, '.')+1:])
	return endings()[last] || len(last) == 2 && countries()[last] != ""
}

// streetEnds close the label of a street in English, Dutch and German.
var streetEnds = wordSet("STREET|ST|ROAD|RD|LANE|LN|DRIVE|DR|COURT|CT|AVENUE|AVE|BOULEVARD|BLVD|WAY|CIRCLE|CIR|PLACE|PL|TERRACE|TER|PARKWAY|PKWY|TRAIL|TRL|HIGHWAY|HWY|SQUARE|SQ|CLOSE|CRESCENT|CIRCUIT|PARADE|ESPLANADE|GARDENS|STRASSE|STR|PLATZ|WEG|ALLEE|STRAAT|LAAN|PLEIN|ROW|MEWS|GROVE|HILL|RUN|LOOP|ALLEY|PIKE|FREEWAY|CREEK|HOLLOW|RIDGE")

var streetOpens = wordSet("RUE|AVENUE|AV|AVE|BOULEVARD|BD|BLD|BVD|CHEMIN|CHE|CH|ALLEE|ALLEES|ALL|IMPASSE|IMP|PLACE|PL|ROUTE|RTE|QUAI|COURS|SQUARE|SQ|PASSAGE|LOTISSEMENT|LOT|RESIDENCE|SENTIER|VOIE|HAMEAU|MONTEE|TRAVERSE|VILLA|CITE|FAUBOURG|ESPLANADE|VENELLE|CLOS|LIEU|LIEUDIT|LD|CALLE|CL|CARRER|PLAZA|PASEO|VIA|VIALE|PIAZZA|CORSO|LARGO|RUA|AVENIDA|TRAVESSA|PO|P.O|POSTFACH|BP|AVDA|PZA|PLZA|CTRA|URB|PRACA|STRADA|ULICA|UL|ALAMEDA|RONDA|R")

var complementWords = wordSet("APT|APPT|APPARTEMENT|APP|BAT|BATIMENT|BT|ETAGE|ETG|ESC|ESCALIER|ENTREE|PORTE|RESIDENCE|RES|BLOC|TOUR|LOT|CHEZ|HALL|SUITE|UNIT|FLOOR|FLAT|BUILDING|IMMEUBLE|IMM|CS|BP|ETG|COULOIR|RDC|LOGEMENT|LGT|CHAMBRE")

// lookStreet tells the label of a street and what stands beside it in an
// address: the building, the floor.
func (c *column) lookStreet(word string, words []string, g glance) {
	if len(word) < 3 || len(word) > 120 {
		return
	}
	if len(words) < 2 {
		c.is(tStreetSure, len(word) > 9 && (strings.HasSuffix(word, "STRASSE") || strings.HasSuffix(word, "STRAAT")))
		return
	}
	spoken := 0
	for _, w := range words {
		if len(w) > 1 && isLetter(w[0]) {
			spoken++
		}
	}
	if spoken == 0 {
		return // 2006-03-09
	}
	if g.digits <= 5 && complementWords()[words[0]] {
		c.has[tComplement]++
	}
	numbered := words[0][0] >= '0' && words[0][0] <= '9' && len(words[0]) <= 5 && !streetCount(words)
	last := words[len(words)-1]
	if len(last) >= 4 && g.digits == 0 && streetEnds()[last] {
		c.has[tStreetSure]++ // the number stands in a column of its own
		c.has[tStreet]++
		return
	}
	numberedBehind := len(words) >= 2 && last[0] >= '0' && last[0] <= '9' && len(last) <= 4 && g.digits == len(last)
	sure := streetOpens()[words[0]] && (len(words[0]) > 1 || numbered) && len(words) > 1
	for i := 1; i < min(len(words), 5) && !sure && numbered; i++ {
		sure = streetOpens()[words[i]] || streetEnds()[words[i]]
	}
	sure = sure || numbered && streetEnds()[last] || numberedBehind && (strings.Contains(word, "STR") || strings.Contains(word, "WEG") || strings.Contains(word, "PLATZ") || strings.Contains(word, "VIA ") || strings.Contains(word, "CALLE "))
	c.is(tStreetSure, sure)
	c.is(tStreet, sure || numbered && spoken >= 1 && len(words) >= 3)
}

// streetCount tells a number with a unit, and a date: no street.
func streetCount(words []string) bool {
	switch words[1] {
	case "EUR", "EUROS", "ANS", "KG", "KM", "CM", "M", "MOIS", "JOURS", "H", "GO", "MO":
		return true
	}
	m, _ := monthName([]byte(words[1]))
	return m > 0 && len(words) <= 3
}
