package watch

import "strings"

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// brands have the name of a commune and are better known than it.
var brands = set(`orange gap lacoste vittel volvic evian baccarat saintgobain saintmaclou saintjames saintlaurent larocheposay saintlouis saintmichel
	lourmarin camembert roquefort champagne cognac chablis sauternes margaux pauillac total vichy lafayette bergerac beaumont montblanc valmont
	lancome courreges givenchy darty picard leclerc auchan carrefour cora casino renault peugeot citroen`)

// betterAbroad are names of towns abroad, or of other countries' bodies, that
// are better known than the communes of France that share them.
var betterAbroad = set(`montreal mons sion fribourg saxon`)

var (
	frenchWords = set(`france french francais francaise francaises habitants departement prefecture commune communes lycee
		intercommunalite arrondissement siret siren cnil anssi rgpd cnfpt mairies collectivite collectivites
		hopital hopitaux hospitalier hospitaliere elsass lothringen frankreich francia frankrijk franca франция франции 法国`)
	civicWords   = set(`mairie municipal municipale municipalite maire agents elus ccas conseil deliberations administres мэрия мэрии rathaus ayuntamiento alcaldia`)
	foreignWords = set(`usa texas florida california ohio michigan illinois virginia louisiana pennsylvania carolina tennessee missouri
		wisconsin minnesota georgia kentucky alabama oklahoma oregon vermont ontario quebec canada canadian american uk england scotland
		arkansas massachusetts indiana mississippi nebraska nevada arizona colorado connecticut delaware idaho iowa kansas maryland montana
		australia belgique belgium belge wallonie flandre bruxelles brussels suisse switzerland swiss schweiz valais vaud lausanne geneve
		liege namur luxembourg maroc morocco casablanca rabat marrakech tunisie tunisia algerie algeria italia italy espana spain
		germany deutschland portugal brasil brazil mexico haiti senegal dakar mali bamako cameroun yaounde douala gabon libreville congo kinshasa
		rwanda burkina abidjan benin togo niger tchad madagascar mauritanie guinee liban beyrouth moncton brunswick ireland belarus
		japan china korea taiwan vietnam thailand singapore pakistan israel egypt iran iraq saudi kuwait qatar dubai emirates kenya nigeria ghana
		netherlands nederland norway sweden denmark finland iceland austria osterreich hungary czech slovakia slovenia croatia serbia bulgaria
		latvia lithuania estonia malta cyprus jordan lebanon ecuador bolivia uruguay paraguay venezuela panama guatemala
		india malaysia colombia philippines indonesia argentina chile peru turkey russia ukraine poland romania greece
		london berlin madrid barcelona vienna milano brooklyn manhattan chicago boston seattle houston philadelphia toronto ottawa vancouver
		sydney melbourne tokyo shanghai mumbai istanbul moscow kyiv warsaw prague budapest stockholm oslo copenhagen amsterdam rotterdam antwerp
		lisbon athens tunis algiers oran cairo johannesburg saguenay sherbrooke gatineau
		беларусь беларуси россия россии украина украины польша польши германия германии италия италии испания испании сша швейцария швейцарии
		бельгия бельгии канада канады квебек алжир марокко тунис израиль казахстан молдова молдовы
		county parish district gmbh inc llc ltd plc`)
	businessWords = set(`hotel hotels restaurant restaurants brasserie camping campings chateau domaine vignoble vignobles vignerons cave groupe group holding sas sarl
		sasu eurl scp selarl sci gmbh inc llc ltd corp corporation srl spa bv nv plc company compagnie societe ets etablissements transports transport
		avocat avocats notaire notaires notarial notariale cabinet immobilier immo automobile automobiles auto garage industrie industries technologies technology
		consulting expertise assurances assurance courtage clinique pharmacie boulangerie football rugby golf casino magasin magasins supermarche
		shop store cafe coffee bakery vins wines winery cognac champagne resort banque bank freres fils associes partners architecte architectes construction
		constructions batiment plomberie menuiserie logistique logistics foods food fromagerie laiterie imprimerie editions solutions services
		systems laboratoire laboratoires concession peugeot renault citroen nissan toyota bmw motors agence studio design cosmetics parfums bijoux
		meubles cuisines piscines cooperative concept conseils ingenierie engineering electronics international fashion mode ambulances
		trading fze immobiliere immobilieres realty dealership taxi taxis traiteur distribution prive privee pizzeria coiffure savon nougat couteaux jambon porcelaine cristal dentelle polyclinique americain coproprietaires copropriete`)
	// noise says nothing about whom a post is about.
	noise = set(`server servers serveur serveurs backup backups archive archives access acces data leak leaks leaked database databases db dump breach hacked files file full part parts published publication sold sale sell
		selling new update updated free download gb mb tb go mo to k records lines users emails sql csv france french fr francais the of and de
		d du des la le les l site website official officiel ransom proof sample samples vente base donnees fuite piratage all download
		accounts jeunes million millions`)
)

// fields are words of what bodies of a kind deal with.
var fields = map[string]map[string]bool{
	"hospital":       set(`patients urgences radiologie imagerie soins soignants medecins infirmiers infirmieres dpi dossiers lits maternite`),
	"mission_locale": set(`jeunes neet conseillers insertion accompagnement`),
	"commune":        set(`deliberations delib administres electeurs habitants urbanisme cadastre cantines creches periscolaire`),
}

// landmarks stand before a body that only tells where something is.
var landmarks = set(`rue place avenue boulevard quai parking face pres devant derriere opposite near behind facing beside outside`)

// provinces are the states and provinces of North America as they stand behind
// the name of a town: "Laval, QC". Those that are a word or an acronym of bodies
// here are left out.
var provinces = set(`ab bc mb nb nl ns on pe qc sk al ak az ar ct fl ga hi ia ks ky mi mn ms mo mt nc nd ne nh nj nm nv ny oh ok pa ri sc sd tn tx ut va vt wa wi wv wy`)

// englishWords are those of English names of bodies.
var englishWords = set(`of university academy hospital`)

// generic are words of titles that name nobody: what the text then opens with is
// its subject. civicEnglish announce a town hall beside a name.
var (
	generic = set(`public administration government gov sector organisation organization municipality authority victim victims company in new week today paste creds credentials
			communique incident informatique attaque cyberattaque rancongiciel ransomware piratage intrusion panne alerte mairie collectivite ville commune notre une en`)
	civicEnglish = set(`city town hall council municipality municipal government township`)
)

// incident are words that say what befell the body named before them.
var incident = set(`pirate piratee pirates piratees victime victimes touche touchee vise visee attaque attaquee cible ciblee paralyse paralysee suspend coupe
	cyberattaque rancongiciel ransomware hacke hackee breached pwned leaked ransomed`)

// townHallEnglish tells a text that speaks of a town hall in English.
func townHallEnglish(tokens []token) bool {
	for i, t := range tokens {
		switch t.word {
		case "municipality", "municipal", "townhall":
			return true
		case "administration", "hall", "council", "government":
			if i > 0 && (tokens[i-1].word == "city" || tokens[i-1].word == "town" || tokens[i-1].word == "local") {
				return true
			}
		}
	}
	return false
}

// frenchJoints join the parts of names as only France does: Villefranche-sur-Saône.
var frenchJoints = set("sur sous lez")

// notBusiness tells where a word of business is a part of a public body's name:
// hôtel de ville, groupe scolaire, agence régionale de santé.
func notBusiness(tokens []token, i int) bool {
	next := func(words ...string) bool {
		for _, w := range words {
			if standAt(tokens, i+1, strings.Fields(w)) {
				return true
			}
		}
		return false
	}
	switch tokens[i].word {
	case "hotel":
		return next("de ville", "du departement", "de region", "de la region", "de police", "d agglomeration")
	case "groupe":
		return next("scolaire", "hospitalier")
	case "agence":
		return next("regionale", "nationale", "de l eau", "de services", "du numerique", "technique", "de la", "francaise", "d urbanisme", "departementale", "du service")
	case "transport", "transports":
		return next("scolaire", "scolaires", "urbain", "urbains", "public", "publics", "en commun")
	case "prive", "privee":
		return i > 0 && (tokens[i-1].word == "scolaire" || tokens[i-1].word == "lycee" || tokens[i-1].word == "college")
	case "services":
		return i > 1 && tokens[i-1].word == "de" || next("du premier ministre", "departementaux")
	case "chateau":
		return next("de versailles")
	}
	return false
}
