package watch

import (
	"slices"
	"strings"
)

// cue is a word or phrase that announces a public body: "mairie", "centre
// hospitalier", "SDIS".
type cue struct {
	words []string
	kind  string
	body  string // how a body without a list of its own is called; "" for a place's own
	scope scope
	traits
}

// scope says by what a body is called.
type scope uint8

const (
	byTown       scope = iota // a commune, else any other place
	byDepartment              // a department, also by its number
	byRegion                  // a region, else a department or commune
	byName                    // by anything: Lycée Jean Moulin
)

// traits of a cue say what else is needed beside it.
type traits struct {
	english bool // used all over the world: France must be said elsewhere
	vague   bool // short or foreign-looking: needs "de" behind it, or France said elsewhere
	abroad  bool // used in every French-speaking country: needs a place of France behind it, or France said
	shut    bool // "CD34": needs the number of a department
}

// cueTable lists cues: kind, scope, how the body is called, and the phrases;
// ~ stands before vague, ^ before English and ! before those of all countries
// that speak French; # before those that want a number.
const cueTable = `
commune c - : hotel de ville; chers habitants; chers administres; conseil municipal; police municipale; mairie; mairies; ~maire; mairie annexe; ville; la ville; villes; commune; !municipalite; ccas; centre communal d action sociale; caisse des ecoles; ^city; ^city of; ^city hall; ^city council; ^town; ^town hall; ^town council; ^municipality; ^municipality of; ^village; ^townhall; ^cityhall; ^mayor s office; ^office of the mayor; ^ayuntamiento; ^alcaldia; ^stadt; ^stadtverwaltung; ^gemeinde; ^gemeente; ^comune; ^prefeitura; ^мэрия; ^мэрия города; ^администрация; ^администрация города; ^administration of; ^comune di; ~cmne; ~cne
epci c - : communaute d agglomeration; communaute de communes; communaute des communes; communaute urbaine; agglomeration; agglo; metropole; eurometropole; communaute; intercommunalite; interco; comcom; com com; ~cc; ~ca; ~cu; ^metropolis
department d - : conseil departemental; conseil general; departement; ^department; ^county council; ^departamento; ^departamento frances; departmental council; department council; #cd; #cg; #dept; #dep
region r - : conseil regional; region; collectivite; regional council; region council
hospital c CHRU : centre hospitalier regional universitaire; chru
hospital c CHU : centre hospitalier universitaire; chu; ^university hospital; ^university hospital center
hospital c CHI : centre hospitalier intercommunal; ~chi; ~chic
hospital c CHS : centre hospitalier specialise; ~chs
hospital n EPSM : epsm; etablissement public de sante mentale; etablissement public de sante; ~epsan
hospital c GHT : groupement hospitalier de territoire; ght
hospital c Hospices civils : hospices civils
hospital c Groupe hospitalier : groupe hospitalier; groupement hospitalier; hopitaux universitaires
hospital c Centre hospitalier : centre hospitalier; centre hospitalier regional; centre hospitalier general; ~ch; ~chr; !hopital; hopitaux; hopital local; hopital intercommunal; !hopital universitaire; ^hospital; ^general hospital; ^hospital center; ^hospital centre
hospital c EHPAD : ehpad public; ehpad communal; ehpad intercommunal; ehpad municipal
university c Université : !universite; ^university; ~univ
university c IUT : iut; iut de l universite
university c Insa : insa
university c Crous : crous
school n École : ecole primaire; ecole elementaire; ecole maternelle; ecole publique; groupe scolaire; ecole communale; ecole intercommunale
school n Lycée : !lycee; lycee professionnel; lycee general et technologique; lycee polyvalent; lycee agricole; lycee general; lycee technologique; lycee des metiers; !high school lycee
school n Collège : !college
school n Greta : greta
school n Legta : legta; eplefpa
school n Cité scolaire : cite scolaire
school n Ensemble scolaire : ensemble scolaire; institution scolaire; groupe scolaire prive
syndicate n Sivom : sivom; syndicat intercommunal a vocation multiple
syndicate n Sivu : sivu
syndicate n Siaep : siaep; saep; syndicat intercommunal d alimentation en eau potable
syndicate n Sictom : sictom; sirtom; smirtom; smirotom; sitom
syndicate n Smictom : smictom
syndicate n Sitcom : sitcom; smitom; sytcom
syndicate n Syndicat des eaux : syndicat des eaux; syndicat d eau; syndicat de l eau; regie des eaux
syndicate n Syded : syded; sydem
syndicate n Syndicat d'énergie : syndicat d energie; syndicat departemental d energie; syndicat departemental d energies
syndicate d Syndicat départemental d'énergie : sde
syndicate n Syndicat mixte : syndicat mixte; syndicat mixte ouvert; smo
syndicate n Syndicat intercommunal : syndicat intercommunal; syndicat departemental
syndicate n Syndicat : !syndicat
syndicate n PETR : petr; pole d equilibre territorial et rural
agency d SDIS : sdis; service departemental d incendie et de secours; pompiers; sapeurs pompiers
agency d CDG : ~cdg; centre de gestion; centre departemental de gestion; centre de gestion de la fonction publique territoriale
school r CFPPA : cfppa
mission_locale n Mission Locale : mission locale; missions locales; missionlocale; mission local; ~ml
agency d Préfecture : !prefecture; sous prefecture
agency d CAF : ~caf; caisse d allocations familiales
agency d CPAM : cpam; caisse primaire d assurance maladie
agency d MSA : ~msa
agency d DDT : ~ddt; ddtm; direction departementale des territoires
agency d DDETS : ddets; ddetspp; ddpp
agency d DSDEN : dsden; inspection academique
agency d MDPH : mdph; maison departementale des personnes handicapees
agency d Chambre d'agriculture : chambre d agriculture; chambres d agriculture
agency d Chambre de métiers : chambre de metiers; chambre de metiers et de l artisanat; ~cma
agency d CCI : ~cci; chambre de commerce et d industrie
agency d Archives départementales : archives departementales
agency d Direction départementale de la sécurité publique : ddsp
agency r ARS : ~ars; agence regionale de sante
agency r Dreal : dreal
agency r Drac : drac
agency r Dreets : dreets; direccte
agency r Urssaf : urssaf
agency r Carsat : carsat
agency r EPF : etablissement public foncier
agency c Tribunal : tribunal judiciaire; !tribunal administratif; cour d appel; !tribunal de commerce
agency c Agence de l'eau : agence de l eau
agency c Parc naturel régional : parc naturel regional; pnr; parc national
other c Office de tourisme : office de tourisme; office du tourisme; office municipal de tourisme
other c Habitat : ~habitat
other c Office public de l'habitat : office public de l habitat; oph; office hlm; ~opac; office public hlm
other c Port : grand port maritime; port autonome
other c Régie : regie municipale; regie municipale d electricite; regie d electricite
other c Médiathèque : mediatheque; mediatheque municipale; bibliotheque municipale
`

// cuesByEnd and cuesByStart find cues by a word, the longest first.
var cuesByEnd, cuesByStart = func() (end, start map[string][]*cue) {
	var all []*cue
	end, start = map[string][]*cue{}, map[string][]*cue{}
	scopes := map[byte]scope{'c': byTown, 'd': byDepartment, 'r': byRegion, 'n': byName}
	for line := range strings.Lines(cueTable) {
		head, phrases, ok := strings.Cut(strings.TrimSpace(line), " : ")
		if !ok {
			continue
		}
		f := strings.SplitN(head, " ", 3)
		for _, phrase := range strings.Split(phrases, "; ") {
			c := &cue{kind: f[0], scope: scopes[f[1][0]], body: strings.TrimPrefix(f[2], "-")}
			sign := phrase[0]
			c.vague, c.english, c.abroad, c.shut = sign == '~', sign == '^', sign == '!', sign == '#'
			c.words = strings.Fields(strings.TrimLeft(phrase, "~^!#"))
			all = append(all, c)
		}
	}
	for _, c := range slices.Clone(all) { // comunaute de comunes
		if lax := simply(c); lax != nil && !slices.ContainsFunc(all, func(o *cue) bool { return slices.Equal(o.words, lax.words) }) {
			all = append(all, lax)
		}
	}
	slices.SortStableFunc(all, func(a, b *cue) int { return len(b.words) - len(a.words) })
	for _, c := range all {
		end[c.words[len(c.words)-1]] = append(end[c.words[len(c.words)-1]], c)
		start[c.words[0]] = append(start[c.words[0]], c)
	}
	return end, start
}()

// simply is a French cue as those write it who do not double letters, which
// needs more beside it; nil where none is doubled.
func simply(c *cue) *cue {
	words := slices.Clone(c.words)
	for i, w := range words {
		letters := slices.Compact([]byte(w))
		words[i] = string(letters)
	}
	if c.english || len(c.words[0]) < 5 || slices.Equal(words, c.words) {
		return nil
	}
	lax := *c
	lax.words, lax.vague = words, true
	return &lax
}

// afterTable are phrases that make a body of the name before them: Nantes
// Métropole, Rouen University Hospital.
const afterTable = `
metropole = epci
agglomeration = epci
agglo = epci
communaute = epci
intercommunalite = epci
epci = epci
habitat = other Office public de l'habitat
mairie = commune
university hospital = ^hospital CHU
general hospital = ^hospital Centre hospitalier
hospital center = ^hospital Centre hospitalier
hospital = ^hospital Centre hospitalier
university = ^university Université
city hall = ^commune
town hall = ^commune
townhall = ^commune
cityhall = ^commune
city council = ^commune
town council = ^commune
municipality = ^commune
city = ^commune
town = ^commune
departmental council = department
department council = department
department = ^department
county council = ^department
departement = department
conseil departemental = department
conseil regional = region
regional council = region
region council = region
region = region
`

var cuesAfter = func() map[string][]*cue {
	out := map[string][]*cue{}
	for line := range strings.Lines(afterTable) {
		phrase, what, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok {
			continue
		}
		kind, body, _ := strings.Cut(what, " ")
		f := strings.Fields(phrase)
		c := &cue{words: f, kind: strings.TrimPrefix(kind, "^"), body: body, traits: traits{english: kind[0] == '^'}}
		out[f[0]] = append(out[f[0]], c)
	}
	return out
}()

// announced is a cue that stands at tokens from to to, to excluded.
type announced struct {
	*cue
	from, to int
	linked   bool // "de", "du" stand between it and the name
	behind   bool // the name stands before it
}

// cueAt is the longest cue that begins at token i.
func cueAt(tokens []token, i int) *announced {
	for _, c := range cuesByStart[tokens[i].word] {
		if standAt(tokens, i, c.words) {
			return &announced{cue: c, from: i, to: i + len(c.words)}
		}
	}
	return nil
}

// announcement looks for a cue before the name, past linking words, then
// behind it.
func announcement(tokens []token, f find) *announced {
	i := f.from - 1
	if tokens[f.from].apart {
		i = -1
	}
	for ; i >= 0 && linking[tokens[i].word] && !tokens[i].apart; i-- {
	}
	if i >= 2 && tokens[i].word == "arrondissement" && isNumber(tokens[i-1].word) { // mairie du 12e arrondissement de Paris
		for i -= 2; i > 0 && linking[tokens[i].word]; i-- {
		}
	}
	if i >= 0 {
		for _, c := range cuesByEnd[tokens[i].word] {
			if from := i - len(c.words) + 1; from >= 0 && standAt(tokens, from, c.words) && !c.shut {
				linked := i < f.from-1 || tokens[f.from].word == "du" || tokens[f.from].word == "des"
				return &announced{cue: c, from: from, to: i + 1, linked: linked}
			}
		}
	}
	if f.to < len(tokens) && !tokens[f.to].apart {
		for _, c := range cuesAfter[tokens[f.to].word] {
			if standAt(tokens, f.to, c.words) {
				return &announced{cue: c, from: f.to, to: f.to + len(c.words), behind: true}
			}
		}
	}
	return nil
}

func standAt(tokens []token, i int, words []string) bool {
	if i+len(words) > len(tokens) {
		return false
	}
	for k, w := range words {
		if tokens[i+k].word != w {
			return false
		}
	}
	return true
}

// article is what a kind of body is, in the words of a reason.
var article = map[string]string{"commune": "a town hall", "epci": "a community of communes", "department": "a department", "region": "a region",
	"mission_locale": "a Mission Locale", "hospital": "a hospital", "university": "a university", "school": "a school", "agency": "a public service",
	"syndicate": "a joint authority", "ministry": "a ministry", "other": "a public body"}
