package watch

import "strings"

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// cues announce a public body before the name of a place: longest first.
var cues = []struct {
	words []string
	kind  string
	body  string // how a body without a list of its own is called
}{
	{[]string{"centre", "hospitalier", "regional", "universitaire"}, "hospital", "CHRU"},
	{[]string{"centre", "hospitalier", "universitaire"}, "hospital", "CHU"},
	{[]string{"communaute", "d", "agglomeration"}, "epci", ""},
	{[]string{"communaute", "de", "communes"}, "epci", ""},
	{[]string{"hotel", "de", "ville"}, "commune", ""},
	{[]string{"office", "de", "tourisme"}, "other", "Office de tourisme"},
	{[]string{"caisse", "d", "allocations", "familiales"}, "agency", "CAF"},
	{[]string{"chambre", "d", "agriculture"}, "agency", "Chambre d'agriculture"},
	{[]string{"centre", "hospitalier"}, "hospital", "Centre hospitalier"},
	{[]string{"conseil", "departemental"}, "department", ""},
	{[]string{"conseil", "general"}, "department", ""},
	{[]string{"conseil", "regional"}, "region", ""},
	{[]string{"conseil", "municipal"}, "commune", ""},
	{[]string{"communaute", "urbaine"}, "epci", ""},
	{[]string{"police", "municipale"}, "commune", ""},
	{[]string{"city", "hall"}, "commune", ""},
	{[]string{"mission", "locale"}, "mission_locale", "Mission Locale"},
	{[]string{"missions", "locales"}, "mission_locale", "Mission Locale"},
	{[]string{"syndicat", "mixte"}, "syndicate", "Syndicat mixte"},
	{[]string{"syndicat", "intercommunal"}, "syndicate", "Syndicat intercommunal"},
	{[]string{"habitat"}, "other", "Habitat"},
	{[]string{"mairie"}, "commune", ""},
	{[]string{"ville"}, "commune", ""},
	{[]string{"commune"}, "commune", ""},
	{[]string{"municipalite"}, "commune", ""},
	{[]string{"municipality"}, "commune", ""},
	{[]string{"city"}, "commune", ""},
	{[]string{"town"}, "commune", ""},
	{[]string{"ccas"}, "commune", ""},
	{[]string{"departement"}, "department", ""},
	{[]string{"department"}, "department", ""},
	{[]string{"region"}, "region", ""},
	{[]string{"agglomeration"}, "epci", ""},
	{[]string{"agglo"}, "epci", ""},
	{[]string{"metropole"}, "epci", ""},
	{[]string{"eurometropole"}, "epci", ""},
	{[]string{"cc"}, "epci", ""},
	{[]string{"ca"}, "epci", ""},
	{[]string{"cu"}, "epci", ""},
	{[]string{"communaute"}, "epci", ""},
	{[]string{"chru"}, "hospital", "CHRU"},
	{[]string{"chu"}, "hospital", "CHU"},
	{[]string{"ch"}, "hospital", "CH"},
	{[]string{"hopital"}, "hospital", "Hôpital"},
	{[]string{"hopitaux"}, "hospital", "Hôpitaux"},
	{[]string{"hospital"}, "hospital", "Hôpital"},
	{[]string{"universite"}, "university", "Université"},
	{[]string{"university"}, "university", "Université"},
	{[]string{"iut"}, "university", "IUT"},
	{[]string{"rectorat"}, "agency", "Rectorat"},
	{[]string{"academie"}, "agency", "Académie"},
	{[]string{"crous"}, "agency", "Crous"},
	{[]string{"lycee"}, "school", "Lycée"},
	{[]string{"college"}, "school", "Collège"},
	{[]string{"prefecture"}, "agency", "Préfecture"},
	{[]string{"caf"}, "agency", "CAF"},
	{[]string{"cpam"}, "agency", "CPAM"},
	{[]string{"urssaf"}, "agency", "Urssaf"},
	{[]string{"cci"}, "agency", "CCI"},
	{[]string{"sdis"}, "agency", "SDIS"},
	{[]string{"sivom"}, "syndicate", "Sivom"},
	{[]string{"smictom"}, "syndicate", "Smictom"},
	{[]string{"sictom"}, "syndicate", "Sictom"},
	{[]string{"syndicat"}, "syndicate", "Syndicat"},
}

// cueEnds are the last words of the cues: most words are none.
var cueEnds = func() map[string]bool {
	out := map[string]bool{}
	for _, c := range cues {
		out[c.words[len(c.words)-1]] = true
	}
	return out
}()

// english cues are used all over the world: France must be said elsewhere.
var englishCues = set("city town municipality hospital university hall department college")

// vagueCues are short or foreign-looking: they announce a body only with "de"
// behind them or with France said elsewhere.
var vagueCues = set("ch cc ca cu cci caf")

// brands have the name of a commune and are better known than it.
var brands = set(`orange gap lacoste vittel volvic evian baccarat saintgobain saintmaclou saintjames saintlaurent larocheposay saintlouis saintmichel
	lourmarin camembert roquefort champagne cognac chablis sauternes margaux pauillac total vichy lafayette bergerac beaumont montblanc valmont
	lancome courreges givenchy darty picard leclerc auchan carrefour cora casino renault peugeot citroen`)

// after are words that make a body of the name before them: Nantes Métropole.
var after = map[string]string{"metropole": "epci", "agglomeration": "epci", "agglo": "epci", "habitat": "other", "communaute": "epci"}

var (
	frenchWords = set(`france french francais francaise francaises habitants departement prefecture commune communes lycee
		intercommunalite arrondissement siret siren cnil anssi rgpd`)
	civicWords   = set(`mairie municipal municipale municipalite maire agents elus ccas conseil deliberations administres`)
	foreignWords = set(`usa texas florida california ohio michigan illinois virginia louisiana pennsylvania carolina tennessee missouri
		wisconsin minnesota georgia kentucky alabama oklahoma oregon vermont ontario quebec canada canadian american uk england scotland
		australia belgique belgium wallonie bruxelles suisse switzerland luxembourg maroc morocco tunisie algerie italia italy espana spain
		germany deutschland portugal brasil mexico haiti senegal county district gmbh inc llc ltd plc`)
	businessWords = set(`hotel hotels restaurant restaurants brasserie camping campings chateau domaine vignoble groupe group holding sas sarl sasu
		eurl scp selarl sci gmbh inc llc ltd corp corporation srl spa bv nv plc company compagnie transports transport avocat avocats notaire notaires
		immobilier immo automobile automobiles auto garage industrie industries technologies technology consulting expertise assurances
		assurance courtage clinique pharmacie boulangerie football rugby golf casino magasin magasins supermarche shop store vins wines winery cognac
		champagne resort banque bank freres fils associes partners architecte architectes construction constructions batiment plomberie
		menuiserie logistique logistics foods food fromagerie laiterie imprimerie editions solutions services systems laboratoire laboratoires
		concession peugeot renault citroen nissan toyota bmw motors agence studio design cosmetics parfums bijoux meubles cuisines piscines
		ehpad cooperative concept conseils ingenierie engineering electronics international fashion mode`)
	// noise says nothing about whom a post is about.
	noise = set(`data leak leaks leaked database databases db dump breach hacked files file full part parts published publication sold sale sell
		selling new update updated free download gb mb tb go mo to k records lines users emails sql csv france french fr francais the of and de
		d du des la le les l site website official officiel ransom proof sample samples vente base donnees fuite piratage all download`)
)
