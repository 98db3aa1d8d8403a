package dump

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// headerLook bounds the rows that a header is compared with.
const headerLook = 300

// headerOf tells how many of the first rows name the columns: 0 or 1, 2 only
// where the first groups what the second names. Rows are in UTF-8, the first of
// the table first. A row of values must not become a header, since headers are
// shown: where nothing tells, there is none.
func headerOf(rows [][]string, o *Options) int {
	if len(rows) == 0 {
		return 0
	}
	if grouped(rows) && isHeader(rows[1:], o) {
		return 2
	}
	if isHeader(rows, o) {
		return 1
	}
	return 0
}

// titleRows is how many rows may stand over a header.
const titleRows = 16

// preambleOf tells how many rows stand over the header of a table: titles, dates,
// blank rows, of which each fills a third of the columns at most. 0 without a
// header behind them.
func preambleOf(rows [][]string, width int, o *Options) int {
	lead := 0
	for lead < min(len(rows), titleRows+1) && width > 2 && filledIn(rows[lead])*3 <= width {
		lead++
	}
	if lead == 0 || lead > titleRows || lead == len(rows) || headerOf(rows[lead:], o) == 0 {
		return 0
	}
	return lead
}

func filledIn(row []string) (n int) {
	for _, v := range row {
		if strings.TrimSpace(v) != "" {
			n++
		}
	}
	return n
}

// grouped tells a first row that leaves a third of its cells empty over a second
// one that fills them all with words that headers use.
func grouped(rows [][]string) bool {
	if len(rows) < 4 || len(rows[0]) < 4 {
		return false
	}
	filled, named := 0, 0
	for _, h := range rows[0] {
		if strings.TrimSpace(h) != "" {
			filled++
			if isValue(h) {
				return false
			}
		}
	}
	for _, h := range rows[1] {
		if hint(h) != "" || headerWord(h) {
			named++
		}
	}
	return filled > 0 && filled*3 <= len(rows[0])*2 && (named*3 >= len(rows[1])*2 || namesAll(rows))
}

// namesAll tells a second row that has a word in each cell over rows of which a
// third of the columns holds other things than words.
func namesAll(rows [][]string) bool {
	if len(rows[1]) != len(rows[0]) || filledIn(rows[1]) < len(rows[1]) || slices.ContainsFunc(rows[1], isValue) {
		return false
	}
	columns := 0
	for i := range rows[1] {
		values, body := 0, columnOf(rows[2:], i)
		for _, v := range body {
			if isValue(v) {
				values++
			}
		}
		if len(body) > 0 && values*5 >= len(body)*4 {
			columns++
		}
	}
	return columns*3 >= len(rows[1])
}

// isHeader tells whether the first of the rows names the columns of the others.
func isHeader(rows [][]string, o *Options) bool {
	header, filled, values, hints := rows[0], 0, 0, 0
	seen := map[string]bool{}
	repeated := 0
	for _, h := range header {
		h = strings.TrimSpace(h)
		if h == "" {
			continue
		}
		filled++
		if seen[h] {
			repeated++
		}
		seen[h] = true
		switch {
		case isValue(h) && hint(h) == "":
			values++
		case hint(h) != "" || headerWord(h):
			hints++
		}
	}
	body := rows[1:min(len(rows), headerLook)]
	switch {
	case filled == 0 || comesBack(header, body) > 0.2 || ofValues(header, body):
		return false
	case yearsOver(header, body), countsOn(header, body):
		return true
	case values*2 > filled:
		return false
	case hints*2 >= filled && values*3 <= hints && repeated*2 < filled:
		return len(body) > 0 || hints*3 >= filled*2
	case len(body) == 0:
		return false
	}
	sum := 0.0
	for i, h := range header {
		sum += overColumn(strings.TrimSpace(h), columnOf(body, i), o)
	}
	return sum-0.5*float64(repeated) > 0.4
}

func columnOf(rows [][]string, i int) []string {
	var out []string
	for _, row := range rows {
		if i < len(row) && strings.TrimSpace(row[i]) != "" {
			out = append(out, strings.TrimSpace(row[i]))
		}
	}
	return out
}

// comesBack is the largest share of rows in which a cell of the first row stands
// again in its column: a header hardly does, and not in numbers.
func comesBack(header []string, body [][]string) float64 {
	most := 0
	for i, h := range header {
		n := 0
		for _, row := range body {
			if strings.TrimSpace(h) != "" && i < len(row) && row[i] == h {
				n++
			}
		}
		if n > 1 || len(body) < 10 {
			most = max(most, n)
		}
	}
	return float64(most) / float64(len(body)+1)
}

// yearsOver tells years, or numbers that count one by one, in front of columns
// that hold other numbers: the header of a time series.
func yearsOver(header []string, body [][]string) bool {
	years, steps, previous := 0, 0, -1
	other := 0
	for i, h := range header {
		h = strings.TrimSpace(h)
		if len(h) != 4 || !allDigits([]byte(h)) || h < "1900" || h > "2099" {
			continue
		}
		n := four([]byte(h))
		years++
		if n == previous+1 || n == previous-1 {
			steps++
		}
		previous = n
		column, same := columnOf(body, i), 0
		for _, v := range column {
			if len(v) == 4 && v >= "1900" && v <= "2099" {
				same++
			}
		}
		if same*3 < len(column) {
			other++
		}
	}
	return years >= 2 && steps*2 >= years-1 && steps > 0 && other*3 >= years*2 && len(body) > 0
}

// countsOn tells one word in front of numbers that count one by one (c1, c2, or
// F01, F02), as columns without a name are called, over values of other forms.
func countsOn(header []string, body [][]string) bool {
	word, last, like := "", 0, 0
	for i, h := range header {
		h = strings.TrimSpace(h)
		name := strings.TrimRight(h, "0123456789")
		n, err := strconv.Atoi(h[len(name):])
		if err != nil || name == "" || i > 0 && (name != word || n != last+1) {
			return false
		}
		word, last = name, n
		for _, v := range columnOf(body, i) {
			if strings.TrimRight(v, "0123456789") == name {
				like++
			}
		}
	}
	return len(header) > 2 && len(body) > 0 && like*2 < len(body)
}

// overColumn weighs one cell of the first row against the column below: above
// zero for a header, below for one value more.
func overColumn(h string, column []string, o *Options) float64 {
	if h == "" {
		return -0.3
	}
	word := hint(h) != "" || headerWord(h)
	if isValue(h) && !word {
		return -2
	}
	n := len(column)
	if n == 0 {
		return 0.3 * when(word)
	}
	var numeric, same, again, shorter, spaced int
	shape, shapes := shapeOf([]byte(h)), map[uint64]int{}
	total, least, most := 0, len(column[0]), 0
	for _, v := range column {
		if countDigits([]byte(v))*2 >= len(v) || strings.Contains(v, "@") {
			numeric++
		}
		if casing(v) == casing(h) {
			same++
		}
		if v == h {
			again++
		}
		if len(h) < len(v) {
			shorter++
		}
		if strings.Contains(v, " ") {
			spaced++
		}
		shapes[shapeOf([]byte(v))]++
		total += len(v)
		least, most = min(least, len(v)), max(most, len(v))
	}
	score := 0.0
	digits := countDigits([]byte(h))
	switch {
	case numeric*10 > n*7 && digits == 0:
		return 2
	case numeric*10 > n*7 && isNumbered(h) && countDigits([]byte(column[0])) == len(column[0]):
		return 1
	case numeric*10 > n*7 && digits*2 >= len(h):
		return -2
	case numeric*10 > n*7:
		return 0.5 + when(word)
	}
	if word {
		score++
	}
	if again > 0 || known(h, o) && !word {
		score--
	}
	fixed := false // a code of one form
	for s, k := range shapes {
		if k*10 > n*8 && n > 2 {
			fixed = true
			if s == shape {
				score -= 0.8
			} else {
				score += 0.8
			}
		}
	}
	switch {
	case same*5 < n || strings.Contains(h, "_"):
		score += 0.5
	default:
		score -= 0.25
	}
	if !fixed && n > 4 && (len(h)*3 < least || len(h) > 2*most) {
		score += 0.4
	}
	if spaced*10 > n*8 && !strings.Contains(h, " ") && n > 2 {
		score += 0.4
	}
	return score
}

// isNumbered tells a letter or a few and a number, as questions and variables
// are called: V1, Q12.
func isNumbered(h string) bool {
	name := strings.TrimRight(h, "0123456789")
	return len(name) >= 1 && len(name) <= 4 && len(h) > len(name) && len(h) <= len(name)+3 && countDigits([]byte(name)) == 0 && isLetter(name[0])
}

// isValue tells what stands in a row of data but hardly in a header.
func isValue(v string) bool {
	b := []byte(strings.TrimSpace(v))
	if strings.Contains(v, "@") || countDigits(b) >= 4 || parseDate(b).plausible() {
		return true
	}
	return len(b) > 0 && (allDigits(b) || isDecimal(b) || isURL(b))
}

// casing is how a text uses capitals.
func casing(s string) int {
	upper, lower := strings.ToUpper(s) == s, strings.ToLower(s) == s
	switch {
	case upper && lower:
		return 0
	case upper:
		return 1
	case lower:
		return 2
	}
	return 3
}

// known tells whether a word is a name that people bear.
func known(v string, o *Options) bool {
	v = key([]byte(v))
	return o.GivenName != nil && o.GivenName(v) > 1e-5 || o.Surname != nil && o.Surname(v) > 1e-5
}

// maxHeaderName bounds the characters of a header that is shown.
const maxHeaderName = 64

// hashName tells the name of a column of hashed contacts: "email_md5" looks like a
// password.
func hashName(h string) bool {
	m := hint(h)
	return m == MeaningEmailHash || m == MeaningPhoneHash
}

// isValueName tells that a header may really be a value: it is not shown then,
// since names of columns are shown, logged and kept.
func isValueName(h string, o *Options) bool {
	h = strings.TrimSpace(h)
	if IsRubric(h) || isSegmentField(h) {
		return false
	}
	h = unnumbered(h)
	if h == "" || utf8.RuneCountInString(h) > maxHeaderName || isValue(h) && !isYear(h) {
		return true
	}
	if countDigits([]byte(h)) > 0 && isStreetName(h) {
		return true
	}
	if hashName(h) {
		return false
	}
	if secretName(h) {
		return true
	}
	if hint(h) != "" || headerWord(h) {
		return false
	}
	for _, w := range strings.FieldsFunc(h, func(r rune) bool { return r == ' ' || r == '-' || r == '_' }) {
		if len(w) > 2 && known(w, o) {
			return true
		}
	}
	b := []byte(h)
	return known(h, o) || isHash(b) || isPhone(b)
}

// unnumbered leaves the places in lists out of the path of a value: name.0.family.
func unnumbered(path string) string {
	parts := strings.Split(path, ".")
	if len(parts) < 3 {
		return path
	}
	out := parts[:1]
	for i, p := range parts[1:] {
		if i+2 == len(parts) || p == "" || !allDigits([]byte(p)) {
			out = append(out, p)
		}
	}
	return strings.Join(out, ".")
}

func isYear(h string) bool { return len(h) == 4 && allDigits([]byte(h)) && h >= "1900" && h <= "2099" }

func isStreetName(h string) bool {
	var c column
	v := []byte(h)
	word := key(v)
	c.lookStreet(word, wordsOf(nil, word), glanceAt(v))
	return c.has[tStreetSure] > 0 && bytes.IndexByte(v, ' ') > 0
}

// headerWord tells a word that headers use in the languages of Europe and that
// says nothing of a meaning.
func headerWord(h string) bool {
	if len(h) > 48 {
		return false
	}
	for _, w := range headerWords(h) {
		if headerVocabulary()[strings.ToUpper(w)] {
			return true
		}
	}
	return false
}

var headerVocabulary = wordSet("ID|IDENTIFIER|KEY|UID|UUID|GUID|NAME|LABEL|LIBELLE|LIB|TITLE|TITEL|TITULO|TITOLO|VALUE|VALEUR|WERT|VALOR|VALORE|WAARDE|DATE|DATUM|FECHA|DATA|DAY|JOUR|TAG|DIA|GIORNO|MONTH|MOIS|MONAT|MES|MESE|YEAR|ANNEE|AN|JAHR|ANO|ANNO|JAAR|TIME|HEURE|ZEIT|HORA|ORA|TIMESTAMP|PERIOD|PERIODE|" +
	"TYPE|TYP|TIPO|KIND|CLASS|CLASSE|CATEGORY|CATEGORIE|KATEGORIE|CATEGORIA|GROUP|GROUPE|GRUPPE|GRUPO|STATUS|STATUT|STATE|ETAT|ESTADO|STATO|CODE|CODIGO|CODICE|KODE|NUMBER|NUMERO|NUM|NR|NO|NUMMER|ANZAHL|COUNT|TOTAL|TOTALE|SUM|SOMME|SUMME|SUMA|AMOUNT|MONTANT|BETRAG|IMPORTE|IMPORTO|PRICE|PRIX|PREIS|PRECIO|PREZZO|COST|COUT|" +
	"QUANTITY|QUANTITE|QTY|QTE|MENGE|CANTIDAD|UNIT|UNITE|EINHEIT|UNIDAD|RATE|TAUX|SCORE|RANK|RANG|SIZE|TAILLE|WEIGHT|POIDS|HEIGHT|LENGTH|WIDTH|SURFACE|AREA|SUPERFICIE|POPULATION|AGE|AVERAGE|MOYENNE|MEAN|MIN|MAX|PERCENT|POURCENTAGE|RATIO|REGION|DEPARTEMENT|DEPARTMENT|DEP|REG|CANTON|ARRONDISSEMENT|PROVINCE|DISTRICT|LAND|PAIS|PAESE|STADT|CIUDAD|CIUDADES|CITTA|STAD|" +
	"DESCRIPTION|DESC|BESCHREIBUNG|DESCRIPCION|COMMENT|COMMENTAIRE|NOTES|NOTE|REMARK|BEMERKUNG|SOURCE|URL|LINK|LIEN|FILE|FICHIER|PATH|VERSION|LANGUAGE|LANGUE|SPRACHE|COLOR|COLOUR|COULEUR|FARBE|MODEL|MODELE|BRAND|MARQUE|PRODUCT|PRODUIT|PRODUKT|PRODUCTO|ARTICLE|ARTIKEL|ITEM|ORDER|COMMANDE|CUSTOMER|CLIENT|KUNDE|CLIENTE|USER|UTILISATEUR|BENUTZER|USUARIO|ACCOUNT|COMPTE|KONTO|CUENTA|" +
	"COMPANY|SOCIETE|ENTREPRISE|FIRMA|EMPRESA|EMPLOYEUR|EMPLOYER|SCHOOL|ECOLE|ETABLISSEMENT|SERVICE|ORGANISME|STRUCTURE|JOB|METIER|PROFESSION|OCCUPATION|BERUF|FONCTION|ROLE|LEVEL|NIVEAU|RESULT|RESULTAT|ERGEBNIS|START|DEBUT|END|FIN|BEGIN|FROM|TO|FIRST|LAST|LATITUDE|LONGITUDE|LAT|LON|LNG|X|Y|Z|SEX|SEXE|GENRE|GENDER|GESCHLECHT|SEXO|SESSO|VORNAME|NACHNAME|APELLIDO|APELLIDOS|NOMBRE|COGNOME|NOME|" +
	"TELEFON|TELEFONO|STRASSE|ORT|CALLE|INDIRIZZO|DIRECCION|ADRES|EMAIL|CORREO|PLZ|CAP|GEBURTSDATUM|NACIMIENTO|NASCITA|CONTRASENA|PASSWORT|KENNWORT|ACTIVE|ACTIF|ENABLED|FLAG|INDEX|ROW|LINE|LIGNE|COLUMN|COLONNE|FIELD|CHAMP|COL|VAR|PARAM|ATTRIBUTE|PROPERTY|SIREN|SIRET|UAI|RNE|FINESS|NAF|APE|INSEE|EPCI|IRIS|GEO|COORDINATES|ALTITUDE|DENSITE|DENSITY|NATURE|SECTEUR|SECTOR|ACADEMIE|REFERENCE|REF|SERIAL|SKU|IMPORT|EXPORT|CREATED|UPDATED|MODIFIED|DELETED|CIVILITE|MATRICULE|DOSSIER|MOTIF|REASON|TAUX|EFFECTIF|EFFECTIFS|NB|NBRE|PCT")
