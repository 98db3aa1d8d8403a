package linkage

import "strings"

// emailText is the canonical text of an e-mail address; "" when it is none.
func emailText(s string) string {
	s = strings.ToLower(strings.TrimSpace(cut(s)))
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return digestText(s)
	}
	if at < 1 || at == len(s)-1 || strings.ContainsAny(s, " \t\n,;<>") {
		return ""
	}
	return s
}

// localPart is what stands before the @.
func localPart(email string) string {
	if i := strings.LastIndexByte(email, '@'); i > 0 {
		return email[:i]
	}
	return ""
}

// localNames reads a person's names out of an e-mail's local part, as in
// "jean-pierre.le-gall92"; "" when fewer than two words stand there.
func localNames(email string) string {
	local := localPart(email)
	if i := strings.IndexByte(local, '+'); i >= 0 {
		local = local[:i]
	}
	words := strings.FieldsFunc(local, func(r rune) bool { return r < 'a' || r > 'z' })
	kept := words[:0]
	for _, w := range words {
		if len(w) > 1 {
			kept = append(kept, w)
		}
	}
	if len(kept) < 2 || len(kept) > 4 {
		return ""
	}
	return strings.ToUpper(strings.Join(kept, " "))
}

// phoneText keeps the last nine digits, which name a line in France whatever
// prefix was written; "" when there are fewer, or all are the same.
func phoneText(s string) string {
	if len(s) > 32 && isDigest(s) {
		return digestText(s)
	}
	var b [64]byte
	n := 0
	for i := 0; i < len(s) && i < maxValue && n < len(b); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			b[n] = s[i]
			n++
		}
	}
	if n < 9 {
		return ""
	}
	t := string(b[n-9 : n])
	if strings.Count(t, t[:1]) >= 8 {
		return ""
	}
	return t
}

// streetWords spells out what addresses abbreviate (NF Z 10-011, annex).
func streetWord(w string) string {
	switch w {
	case "AV", "AVE":
		return "AVENUE"
	case "BD", "BLD", "BLVD", "BVD":
		return "BOULEVARD"
	case "R":
		return "RUE"
	case "PL":
		return "PLACE"
	case "CHE", "CHEM", "CH":
		return "CHEMIN"
	case "ALL":
		return "ALLEE"
	case "IMP":
		return "IMPASSE"
	case "RTE":
		return "ROUTE"
	case "SQ":
		return "SQUARE"
	case "CRS":
		return "COURS"
	case "FG", "FBG":
		return "FAUBOURG"
	case "LOT":
		return "LOTISSEMENT"
	case "RES":
		return "RESIDENCE"
	case "QU":
		return "QUAI"
	case "ST":
		return "SAINT"
	case "STE":
		return "SAINTE"
	case "GAL":
		return "GENERAL"
	case "B":
		return "BIS"
	case "T":
		return "TER"
	}
	return w
}

// streetText is the canonical text of a street line.
func streetText(s string) string {
	s = strings.ReplaceAll(Fold(s), "-", " ")
	if placeholder(s) {
		return ""
	}
	words := strings.Fields(s)
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "DE", "DU", "DES", "LA", "LE", "LES", "L", "D":
			continue
		}
		kept = append(kept, streetWord(w))
	}
	return strings.Join(kept, " ")
}

// splitStreet parts a canonical street line into the number at its start and
// the rest; "12BIS RUE" and "12 BIS RUE" part alike.
func splitStreet(s string) (house, street string) {
	house = houseNumber(s)
	return house, strings.TrimSpace(s[len(house):])
}

func houseNumber(s string) string {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i]
}

// postcodeText keeps letters and digits, and gives French codes their lost
// leading zero back.
func postcodeText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, Fold(s))
	if len(s) > 10 || placeholder(s) || strings.Trim(s, "0") == "" {
		return ""
	}
	if len(s) == 4 && strings.Trim(s, "0123456789") == "" {
		return "0" + s
	}
	return s
}

// placeText is the canonical text of a town: no CEDEX, no borough number.
func placeText(s string) string {
	s = strings.ReplaceAll(Fold(s), "-", " ")
	if s == "" || placeholder(s) {
		return ""
	}
	words := strings.Fields(s)
	kept := words[:0]
	for i, w := range words {
		if w == "CEDEX" {
			break
		}
		if i > 0 && (w == "ARRONDISSEMENT" || w == "ARR" || strings.Trim(strings.TrimRight(w, "EMR"), "0123456789") == "") {
			continue
		}
		switch w {
		case "ST":
			w = "SAINT"
		case "STE":
			w = "SAINTE"
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, " ")
}

// communeText is an INSEE code; boroughs become their city (Paris 75101-75120,
// Marseille 13201-13216, Lyon 69381-69389).
func communeText(s string) string {
	s = strings.ReplaceAll(Fold(s), " ", "")
	if len(s) == 4 && strings.Trim(s, "0123456789") == "" {
		s = "0" + s
	}
	if len(s) != 5 {
		return ""
	}
	switch {
	case strings.HasPrefix(s, "751"):
		return "75056"
	case strings.HasPrefix(s, "132"):
		return "13055"
	case strings.HasPrefix(s, "6938"):
		return "69123"
	}
	return s
}

// department is where a postcode or commune code lies; Corsica is one, as
// older codes say 20.
func department(code string) string {
	if len(code) < 5 {
		return ""
	}
	switch d := code[:2]; d {
	case "2A", "2B":
		return "20"
	case "97", "98":
		return code[:3]
	default:
		return d
	}
}

// nationalityText brings the commonest spellings of the commonest
// nationalities in France together; others are compared as they are.
func nationalityText(s string) string {
	s = Fold(s)
	if placeholder(s) {
		return ""
	}
	for _, n := range nationalities {
		for _, w := range n {
			if s == w {
				return n[0]
			}
		}
	}
	return s
}

var nationalities = [...][]string{
	{"FR", "FRA", "FRANCAISE", "FRANCAIS", "FRANCE", "FRAN?AISE", "FRAN?AIS", "F", "100"},
	{"DZ", "DZA", "ALGERIENNE", "ALGERIEN", "ALGERIE"},
	{"MA", "MAR", "MAROCAINE", "MAROCAIN", "MAROC"},
	{"TN", "TUN", "TUNISIENNE", "TUNISIEN", "TUNISIE"},
	{"PT", "PRT", "PORTUGAISE", "PORTUGAIS", "PORTUGAL"},
	{"IT", "ITA", "ITALIENNE", "ITALIEN", "ITALIE"},
	{"ES", "ESP", "ESPAGNOLE", "ESPAGNOL", "ESPAGNE"},
	{"TR", "TUR", "TURQUE", "TURC", "TURQUIE"},
	{"SN", "SEN", "SENEGALAISE", "SENEGALAIS", "SENEGAL"},
	{"ML", "MLI", "MALIENNE", "MALIEN", "MALI"},
	{"CI", "CIV", "IVOIRIENNE", "IVOIRIEN", "COTE D IVOIRE"},
	{"GN", "GIN", "GUINEENNE", "GUINEEN", "GUINEE"},
	{"CM", "CMR", "CAMEROUNAISE", "CAMEROUNAIS", "CAMEROUN"},
	{"AF", "AFG", "AFGHANE", "AFGHAN", "AFGHANISTAN"},
	{"RO", "ROU", "ROUMAINE", "ROUMAIN", "ROUMANIE"},
	{"GB", "GBR", "BRITANNIQUE", "ROYAUME UNI"},
	{"BE", "BEL", "BELGE", "BELGIQUE"},
	{"DE", "DEU", "ALLEMANDE", "ALLEMAND", "ALLEMAGNE"},
	{"PL", "POL", "POLONAISE", "POLONAIS", "POLOGNE"},
	{"CN", "CHN", "CHINOISE", "CHINOIS", "CHINE"},
	{"KM", "COM", "COMORIENNE", "COMORIEN", "COMORES"},
	{"HT", "HTI", "HAITIENNE", "HAITIEN", "HAITI"},
	{"SY", "SYR", "SYRIENNE", "SYRIEN", "SYRIE"},
	{"UA", "UKR", "UKRAINIENNE", "UKRAINIEN", "UKRAINE"},
	{"CD", "COD", "CONGOLAISE", "CONGOLAIS", "CONGO"},
}
