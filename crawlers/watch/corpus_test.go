package watch_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/internal/france"
)

// This file makes titles as leak sites write them, from the official lists. It
// knows nothing of the matcher: it imports none of it, and the judge
// (score_test.go) knows nothing of how a title was made but what it is about.

// sample is a title and what it is about: nothing, or bodies by code or, where
// no list has a code, by words that their name must contain.
type sample struct {
	style                         string
	title, text, website, country string
	about                         []body
}

type body struct {
	kind  string
	code  string
	words string
}

// corpus draws posts of every style.
type corpus struct {
	rng  *rand.Rand
	data *france.Data
	big  []france.Commune // at least 2,000 people
}

func newCorpus(data *france.Data, seed uint64) *corpus {
	c := &corpus{rng: rand.New(rand.NewPCG(seed, 77)), data: data}
	for _, x := range data.Communes {
		if x.Population >= 2000 {
			c.big = append(c.big, x)
		}
	}
	return c
}

func pick[T any](c *corpus, list ...T) T { return list[c.rng.IntN(len(list))] }

// town draws a commune: three times in four one of those that make the news.
func (c *corpus) town() france.Commune {
	if c.rng.IntN(4) > 0 {
		return c.big[c.rng.IntN(len(c.big))]
	}
	return c.data.Communes[c.rng.IntN(len(c.data.Communes))]
}

func plain(s string) string {
	s = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

func blank(s string) string { return strings.NewReplacer("-", " ", "'", " ", "’", " ").Replace(s) }

// spell writes a name as people do who have a foreign keyboard, or no time.
func (c *corpus) spell(name string) string {
	switch c.rng.IntN(12) {
	case 0, 1, 2, 3:
		return name
	case 4:
		return plain(name)
	case 5:
		return strings.ToUpper(plain(name))
	case 6:
		return strings.ToUpper(name)
	case 7:
		return blank(name)
	case 8:
		return strings.ToLower(blank(plain(name)))
	case 9:
		return strings.ToUpper(blank(plain(name)))
	case 10:
		return strings.NewReplacer("Saint-", "St ", "Sainte-", "Ste ", "-sur-", " sur ", "'", "’").Replace(name)
	default:
		return strings.ReplaceAll(strings.NewReplacer("Saint-", "St-", "-sur-", " s/ ").Replace(name), "'", "")
	}
}

// de writes "de" before a name, melted with its article, elided before a vowel.
func de(name string) string {
	for article, melted := range map[string]string{"Le ": "du ", "Les ": "des "} {
		if rest, ok := strings.CutPrefix(name, article); ok {
			return melted + rest
		}
	}
	if strings.ContainsRune("AEIOUYH", []rune(plain(name))[0]) {
		return "d'" + name
	}
	return "de " + name
}

// dept writes a department with its article: "de l'Hérault", "de la Loire".
func dept(name string) string {
	switch {
	case strings.ContainsRune("AEIOUH", []rune(plain(name))[0]):
		return "de l'" + name
	case strings.HasSuffix(name, "e") || strings.Contains(name, "e-") && !strings.HasPrefix(name, "Val"):
		return "de la " + name
	case strings.HasPrefix(name, "Bouches") || strings.HasSuffix(name, "s") && strings.Contains(name, "-"):
		return "des " + name
	}
	return "du " + name
}

func hyphens(name string) string {
	return strings.ToLower(strings.ReplaceAll(blank(plain(name)), " ", "-"))
}
func oneWord(name string) string { return strings.ReplaceAll(hyphens(name), "-", "") }

// junk is what sites write around a name.
func (c *corpus) junk(s string) string {
	switch c.rng.IntN(14) {
	case 0:
		return s + fmt.Sprintf(" - %d GB", 1+c.rng.IntN(900))
	case 1:
		return s + " | Full data leaked"
	case 2:
		return "[FR] " + s
	case 3:
		return "FRANCE - " + s
	case 4:
		return s + " database (SQL)"
	case 5:
		return s + " PUBLISHED"
	case 6:
		return "NEW! " + s + " part 2"
	default:
		return s
	}
}

func commune(x france.Commune) []body { return []body{{kind: "commune", code: "insee:" + x.Code}} }

func (c *corpus) communeStyle() sample {
	x := c.town()
	s := sample{about: commune(x)}
	n := c.spell(x.Name)
	switch c.rng.IntN(22) {
	case 0, 1:
		s.style, s.title = "mairie", c.junk("Mairie "+de(n))
	case 2:
		s.style, s.title = "mairie", c.junk("MAIRIE "+strings.ToUpper(n))
	case 3, 4:
		s.style, s.title = "ville", c.junk("Ville "+de(n))
	case 5:
		s.style, s.title = "commune", "Commune "+de(n)
	case 6:
		s.style, s.title = "number", "Mairie "+de(n)+" ("+x.Department+")"
	case 7:
		s.style, s.title = "number", n+" ("+pick(c, x.Department, first(x.Postcodes, x.Department))+") - mairie"
	case 8:
		s.style, s.title = "host", pick(c, "www.ville-", "mairie-", "www.mairie-", "ville-", "commune-")+hyphens(x.Name)+pick(c, ".fr", ".fr", ".com")
	case 9:
		s.style, s.title = "host", pick(c, "mairie", "ville", "villede", "mairiede")+oneWord(x.Name)+".fr"
	case 10:
		s.style, s.title, s.website = "website", pick(c, "Leak", "New victim", "France municipality"), "https://www."+pick(c, "ville-", "mairie-")+hyphens(x.Name)+".fr/accueil"
	case 11:
		s.style, s.title = "english", pick(c, "City of ", "Municipality of ", "Town of ", "Commune of ")+n+", France"
	case 12:
		s.style, s.title, s.country = "english", n+pick(c, " City Hall", " Town Hall", " city council"), "FR"
	case 13:
		s.style, s.title = "cut", cut(c, pick(c, "ville-", "mairie-"), oneWord(x.Name)+".fr")
	case 14:
		s.style, s.title = "cut", cut(c, "Mairie ", de(x.Name))
	case 15:
		s.style, s.title = "ccas", pick(c, "CCAS ", "Police municipale ", "Hôtel de ville ", "Conseil municipal ")+de(n)
	case 16:
		s.style, s.title = "underscore", strings.NewReplacer(" ", "_", "'", "_").Replace("mairie "+de(x.Name))
	case 17:
		s.style, s.title = "glued", pick(c, "mairie ", "ville ")+"de "+oneWord(x.Name)
	case 18:
		s.style, s.title, s.text = "text", oneWord(x.Name)+".fr", "La commune "+de(x.Name)+" compte "+fmt.Sprint(x.Population)+" habitants. La mairie emploie 120 agents."
	case 19:
		s.style, s.title, s.website, s.country = "bare", x.Name, "https://"+hyphens(x.Name)+".fr", "FR"
		if x.Population < 20_000 {
			s.title = "Mairie " + x.Name
		}
	case 20:
		s.style, s.title = "siren", "Collectivité publique"
		s.text = "SIREN " + x.SIREN + ", 40 GB of accounts"
	default:
		y := c.town()
		s.style, s.title, s.about = "several", "Mairie "+de(n)+" + mairie "+de(y.Name), append(commune(x), commune(y)...)
	}
	return s
}

func first(list []string, other string) string {
	if len(list) > 0 {
		return list[0]
	}
	return other
}

// cut shortens a title as LockBit's pages did. What is left must still point to
// something: six letters of the name.
func cut(c *corpus, before, s string) string {
	r := []rune(s)
	if len(r) < 11 {
		return before + s
	}
	return before + string(r[:max(len(r)-1-c.rng.IntN(6), 9)]) + pick(c, "...", "…")
}

func (c *corpus) departmentStyle() sample {
	d := c.data.Departments[c.rng.IntN(len(c.data.Departments))]
	if d.Code == "75" { // one body with the city
		return c.departmentStyle()
	}
	n := c.spell(d.Name)
	s := sample{style: "department", about: []body{{kind: "department", code: "insee:" + d.Code}}}
	s.title = pick(c, c.junk("Département "+dept(n)), "Conseil départemental "+dept(n), "CONSEIL DEPARTEMENTAL "+strings.ToUpper(plain(d.Name)), "CD "+d.Code,
		"Département "+d.Code, "Conseil départemental "+d.Code, "Conseil général "+dept(n), hyphens(d.Name)+".fr", oneWord(d.Name)+".fr", "cd"+strings.ToLower(d.Code)+".fr",
		"Departmental Council of "+n+" (France)", n+" Departmental Council, France", "departement"+d.Code+".fr", "www.departement-"+hyphens(d.Name)+".fr")
	return s
}

func (c *corpus) regionStyle() sample {
	r := c.data.Regions[c.rng.IntN(len(c.data.Regions))]
	n := c.spell(r.Name)
	return sample{style: "region", about: []body{{kind: "region", code: "insee:" + r.Code}},
		title: pick(c, c.junk("Région "+n), "Conseil régional "+de(n), "CONSEIL REGIONAL "+strings.ToUpper(n), "Region "+n+" (France)", "Regional Council of "+n+" - France", "region-"+hyphens(r.Name)+".fr")}
}

func (c *corpus) epciStyle() sample {
	e := c.data.EPCI[c.rng.IntN(len(c.data.EPCI))]
	_, n, _ := strings.Cut(e.Name, " ")
	long := map[string]string{"CC": "Communauté de communes ", "CA": "Communauté d'agglomération ", "CU": "Communauté urbaine "}[e.Kind]
	if long == "" {
		n, long = e.Name, ""
	}
	n = c.spell(n)
	s := sample{style: "epci", about: []body{{kind: "epci", code: "siren:" + e.SIREN}}}
	s.title = pick(c, c.junk(long+n), strings.ToUpper(plain(long+n)), long+n, blank(long+n))
	if long != "" && c.rng.IntN(4) == 0 {
		s.title, s.country = e.Kind+" "+n, "FR"
	}
	return s
}

// byPlace are bodies of a kind that are called by the place where they are.
func (c *corpus) byPlace() sample {
	x := c.big[c.rng.IntN(len(c.big))]
	n := c.spell(x.Name)
	tell := func(kind, style, title, words string) sample {
		return sample{style: style, title: title, about: []body{{kind: kind, words: words + " " + x.Name}}}
	}
	hero := pick(c, "Jean Moulin", "Victor Hugo", "Jules Ferry", "Marie Curie", "Louise Michel", "Albert Camus", "Jean Jaurès", "Simone Veil", "Émile Zola", "Pablo Picasso", "les Bruyères", "du Parc")
	switch c.rng.IntN(16) {
	case 0:
		return tell("hospital", "hospital", c.junk("Centre hospitalier "+de(n)), "")
	case 1:
		return tell("hospital", "hospital", "CH "+de(n), "")
	case 2:
		return tell("hospital", "hospital", pick(c, "Hôpital ", "HOPITAL ", "hopital ")+de(n), "")
	case 3:
		return tell("hospital", "hospital", "Centre hospitalier intercommunal "+de(n)+" (CHI)", "")
	case 4:
		return tell("hospital", "hospital", pick(c, "ch-", "hopital-", "www.ch-")+hyphens(x.Name)+".fr", "")
	case 5:
		return tell("hospital", "hospital english", pick(c, "Hospital of "+n, n+" Hospital")+", France", "")
	case 6:
		return tell("mission_locale", "mission locale", c.junk("Mission Locale "+de(n)), "Mission Locale")
	case 7:
		return tell("mission_locale", "mission locale", pick(c, "missionlocale-", "mission-locale-")+hyphens(x.Name)+".fr", "Mission Locale")
	case 8:
		return tell("school", "school", pick(c, "Lycée ", "LYCEE ", "Collège ", "Lycée professionnel ")+hero+pick(c, " - ", " ", " de ", ", ")+n, hero)
	case 9:
		return tell("school", "school", pick(c, "Lycée ", "Collège ")+hero+" ("+x.Name+")", hero)
	case 10:
		return tell("school", "school", pick(c, "École primaire ", "Groupe scolaire ", "École élémentaire ")+de(n), "")
	case 11:
		return tell("syndicate", "syndicate", pick(c, "SIVOM ", "Syndicat des eaux ", "SICTOM ", "SIAEP ", "Syndicat intercommunal ", "SIVU ", "Syndicat mixte ")+de(n), "")
	case 12:
		return tell("other", "housing", pick(c, "OPH ", "Office public de l'habitat ", "Office HLM ")+de(n), "")
	case 13:
		return tell("other", "tourism", "Office de tourisme "+de(n), "")
	case 14:
		return tell("mission_locale", "mission locale", "MISSION LOCALE "+strings.ToUpper(n)+" - base jeunes", "Mission Locale")
	default:
		return tell("hospital", "hospital cut", cut(c, "Centre hospitalier ", de(x.Name)), "")
	}
}

// byDepartment are services that exist once in each department.
func (c *corpus) byDepartment() sample {
	d := c.data.Departments[c.rng.IntN(len(c.data.Departments))]
	n := c.spell(d.Name)
	s := sample{style: "by department"}
	type service struct{ kind, name string }
	v := pick(c, service{"agency", "SDIS"}, service{"agency", "CDG"}, service{"agency", "Préfecture"}, service{"agency", "CPAM"}, service{"agency", "CAF"}, service{"agency", "DDT"},
		service{"agency", "DSDEN"}, service{"agency", "MDPH"})
	s.title = pick(c, v.name+" "+dept(n), v.name+" "+d.Code, c.junk(v.name+" "+dept(n)))
	if v.name == "SDIS" || v.name == "CDG" || v.name == "MDPH" {
		s.title = pick(c, s.title, v.name+d.Code, strings.ToLower(v.name+d.Code)+".fr", "www."+strings.ToLower(v.name+d.Code)+".fr")
	}
	if v.name == "CAF" || v.name == "CPAM" || v.name == "DDT" {
		s.country = "FR"
	}
	if v.name == "Préfecture" {
		s.title = pick(c, s.title, hyphens(d.Name)+".gouv.fr", "www."+hyphens(d.Name)+".gouv.fr")
	}
	s.about = []body{{kind: v.kind, words: v.name + " " + d.Name}}
	return s
}

// national bodies, products and suppliers, by what everybody calls them.
func (c *corpus) national() sample {
	type known struct{ kind, words, titles string }
	k := pick(c,
		known{"ministry", "Justice", "Ministère de la Justice|justice.gouv.fr|French Ministry of Justice|MINISTERE DE LA JUSTICE|Ministry of Justice, France"},
		known{"ministry", "Armées", "Ministère des Armées|defense.gouv.fr|French Ministry of Defence|ministere des armees"},
		known{"ministry", "Éducation", "Ministère de l'Education Nationale|education.gouv.fr|Education nationale|French Ministry of Education"},
		known{"ministry", "Intérieur", "Ministère de l'Intérieur|interieur.gouv.fr|French Ministry of the Interior|Ministry of Interior France"},
		known{"agency", "Montpellier", "Académie de Montpellier|Rectorat de Montpellier|ac-montpellier.fr|Rectorat de l'académie de Montpellier"},
		known{"agency", "Lille", "Académie de Lille|ac-lille.fr|RECTORAT DE LILLE"},
		known{"agency", "France Travail", "France Travail|francetravail.fr|Pôle Emploi|POLE EMPLOI 10 million lines|pole-emploi.fr"},
		known{"agency", "ARS|Occitanie", "ARS Occitanie|Agence régionale de santé Occitanie|ARS OCCITANIE database"},
		known{"agency", "ARS|France", "ARS Île-de-France|Agence régionale de santé Ile de France"},
		known{"hospital", "Rouen", "CHU de Rouen|CHU Rouen|chu-rouen.fr|CHU ROUEN NORMANDIE|Rouen University Hospital, France"},
		known{"hospital", "Toulouse", "CHU Toulouse|CHU de Toulouse|Centre Hospitalier Universitaire de Toulouse|chu-toulouse.fr"},
		known{"hospital", "Lyon", "Hospices Civils de Lyon|HOSPICES CIVILS DE LYON|chu-lyon.fr"},
		known{"hospital", "Hôpitaux de Paris", "AP-HP|aphp.fr|Assistance Publique - Hôpitaux de Paris|APHP France"},
		known{"university", "Poitiers", "Université de Poitiers|univ-poitiers.fr|University of Poitiers|Poitiers University"},
		known{"university", "Paul-Valéry|Montpellier", "Université Paul Valéry|Université Montpellier 3|univ-montp3.fr|Université Paul-Valéry Montpellier 3"},
		known{"university", "Panthéon-Sorbonne", "Université Paris 1 Panthéon-Sorbonne|pantheonsorbonne.fr|Panthéon-Sorbonne University|univ-paris1.fr"},
		known{"university", "Lyon 3", "Université Jean Moulin Lyon 3|Université Lyon 3|univ-lyon3.fr|UNIVERSITE LYON III"},
		known{"university", "Paris-Saclay", "Université Paris-Saclay|Paris-Saclay University|universite-paris-saclay.fr"},
		known{"university", "INSA Lyon", "INSA Lyon|INSA de Lyon|insa-lyon.fr"},
		known{"software", "i-Milo", "i-Milo|I-MILO database|imilo.fr leak: i-milo|i milo jeunes"},
		known{"software", "Pronote", "Pronote|PRONOTE accounts 2 schools|pronote.net"},
		known{"software", "École Directe", "EcoleDirecte|ecoledirecte.com|Ecole Directe|ECOLE DIRECTE accounts"},
		known{"software", "Mon Bureau Numérique", "Mon Bureau Numérique|monbureaunumerique.fr|mon bureau numerique"},
		known{"supplier", "Berger-Levrault", "Berger-Levrault|BERGER LEVRAULT|berger-levrault.com"},
		known{"agency", "Urssaf", "URSSAF|Urssaf Bretagne|urssaf.fr|Pajemploi"},
		known{"agency", "CNRS", "CNRS|cnrs.fr|Centre national de la recherche scientifique"},
		known{"agency", "Cerema", "CEREMA|cerema.fr|Cerema"},
		known{"epci", "Marseille-Provence", "Métropole Aix-Marseille-Provence|Métropole d'Aix-Marseille-Provence|Aix-Marseille-Provence Métropole|ampmetropole.fr"},
		known{"epci", "Lyon", "Métropole de Lyon|grandlyon.com|Grand Lyon"},
		known{"epci", "Toulouse Métropole", "Toulouse Métropole|toulouse-metropole.fr|TOULOUSE METROPOLE"},
		known{"region", "Alpes-Côte d'Azur", "Région PACA|Région Sud|maregionsud.fr|Conseil régional PACA"},
		known{"department", "Alsace", "Collectivité européenne d'Alsace|alsace.eu|CEA - Collectivité européenne d'Alsace"},
		known{"region", "Corse", "Collectivité de Corse|isula.corsica|Collectivité territoriale de Corse"},
	)
	t := strings.Split(k.titles, "|")
	return sample{style: "national", title: t[c.rng.IntN(len(t))], about: []body{{kind: k.kind, words: k.words}}}
}
