package watch

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"vigie/internal/france"
)

// The lists are read and the matcher made once for all tests: it never changes.
var shared = sync.OnceValues(func() (*Matcher, *france.Data) {
	data, err := france.Load()
	if err != nil {
		panic(err)
	}
	return New(data, own...), data
})

var own = []Entity{
	{Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Code: "siren:000000001", Aliases: []string{"ML Val d'Orbe"}, Domains: []string{"ml-val-d-orbe.example.org"}},
	{Name: "Ville de Montrevel-sur-Orbe", Kind: "commune", Domains: []string{"montrevel-sur-orbe.example.org"}},
	{Name: "Foo", Kind: "supplier", Domains: []string{"foo.com"}},
	{Name: "Bar's shop", Kind: "supplier", Domains: []string{"foo.bar.com"}},
}

// Each rule carries the posts it must match and those it must not.
func TestPosts(t *testing.T) {
	m, _ := shared()
	tests := []struct {
		title, text, website, country string
		want                          string // entity, or "" for none
		code                          string
	}{
		{title: "Ville de Saint-Affrique", want: "Saint-Affrique", code: "insee:12208"},
		{title: "VILLE DE SAINT AFFRIQUE - 40GB", want: "Saint-Affrique", code: "insee:12208"},
		{title: "mairie de st-affrique", want: "Saint-Affrique", code: "insee:12208"},
		{title: "ville-saintaffr...", want: "Saint-Affrique", code: "insee:12208"},
		{title: "ville-saint-affrique.fr", want: "Saint-Affrique", code: "insee:12208"},
		{title: "Mairie du Havre", want: "Le Havre", code: "insee:76351"},
		{title: "Commune des Ulis", want: "Les Ulis", code: "insee:91692"},
		{title: "City of Bayeux", country: "FR", want: "Bayeux", code: "insee:14047"},
		{title: "TOWN HALL OF LOUDÉAC", want: "Loudéac", code: "insee:22136"},
		{title: "PONTARLIER TOWNHALL 40 GB", want: "Pontarlier", code: "insee:25462"},
		{title: "Pithiviers — municipality — 9 days", want: "Pithiviers", code: "insee:45252"},
		{title: "Town of Macon", want: ""},
		{title: "Versailles City Council, Kentucky", want: ""},
		{title: "Lannion University Club of Boston", want: ""},
		{title: "CD de la Haute Saone - marchés", want: "Haute-Saône", code: "insee:70"},
		{title: "conseil général Hte-Marne", want: "Haute-Marne", code: "insee:52"},
		{title: "CD 48 hours remix store", want: ""},
		{title: "Syndicat des copropriétaires Les Lilas, Meaux", want: ""},
		{title: "Dijon metropole screens", want: "Dijon Métropole"},
		{title: "City of Orange", website: "https://www.cityoforange.org", want: ""},
		{title: "City of Paris, Texas", want: ""},
		{title: "Ville de Saint-Jérôme", country: "CA", want: ""},
		{title: "Hôtel de Ville de Béziers", want: "Béziers", code: "insee:34032"},
		{title: "Hôtel Béziers Centre", country: "FR", want: ""},
		{title: "Transports Bernard & Fils", country: "FR", want: ""},
		{title: "Château de Chenonceaux", country: "FR", want: ""},
		{title: "hotel-villefranche.fr", want: ""},
		{title: "Villeneuve-sur-Lot", country: "FR", want: "Villeneuve-sur-Lot", code: "insee:47323"},
		{title: "Villeneuve-sur-Lot", want: ""},
		{title: "villeneuve-sur-lot.fr", want: "Villeneuve-sur-Lot", code: "insee:47323"},
		{title: "Some law firm", text: "The firm has offices in Toulouse, Occitanie, and Paris.", country: "FR", want: ""},
		{title: "Some software company", text: "Clients: mairie de Toulouse, ville de Nîmes", country: "FR", want: ""},
		{title: "New leak", text: "Mairie de Frontignan (34110), 12 GB", want: "Frontignan", code: "insee:34108"},
		{title: "Département de l'Ardèche", want: "Ardèche", code: "insee:07"},
		{title: "Conseil départemental du Gard", want: "Gard", code: "insee:30"},
		{title: "gard.fr", want: "Gard", code: "insee:30"},
		{title: "Région Bretagne", want: "Bretagne", code: "insee:53"},
		{title: "Nantes Métropole", want: "Nantes Métropole"},
		{title: "Centre hospitalier de Valence", want: "Centre hospitalier de Valence"},
		{title: "CHU de Rouen", want: "CHU de Rouen"},
		{title: "Université de Poitiers", want: "Université de Poitiers"},
		{title: "University of Oxford", want: ""},
		{title: "Mission Locale de Valence", want: "Mission Locale de Valence"},
		{title: "Mission Locale du Val d'Orbe", want: "Mission Locale du Val d'Orbe", code: "siren:000000001"},
		{title: "ML VAL D ORBE - base jeunes", want: "Mission Locale du Val d'Orbe", code: "siren:000000001"},
		{title: "www.ml-val-d-orbe.example.org", want: "Mission Locale du Val d'Orbe", code: "siren:000000001"},
		{title: "SIMILO database, 40k lines", want: "Similo"},
		{title: "I-MILO", want: "i-Milo"},
		{title: "Missions Locales France", want: "Missions Locales (réseau)"},
		{title: "France Travail", want: "France Travail"},
		{title: "francetravail.fr", want: "France Travail"},
		{title: "Leak", website: "https://candidat.francetravail.fr/offres", want: "France Travail"},
		{title: "CAF de la Gironde", want: "CAF de la Gironde (33)"},
		{title: "caf latte roasters", want: ""},
		{title: "education.gouv.fr", want: "Ministère de l'Éducation nationale"},
		{title: "abcdefghij.onion", want: ""},
		{title: "", text: "", want: ""},
		{title: "orange.fr", want: ""}, {title: "Saint-Gobain", country: "FR", want: ""}, {title: "Orange", country: "FR", want: ""},
		{title: "Ville d'Orange", want: "Orange", code: "insee:84087"},
		{title: "truc.example", text: "Mairie de Bayeux, 14400. Data of all agents.", want: "Bayeux", code: "insee:14047"},
		{title: "CH Robinson", want: ""}, {title: "CH Laval", want: ""}, {title: "CH de Laval", want: "Centre hospitalier de Laval"},
		{title: "Clinique Saint-Denis", country: "FR", want: ""},
		{title: "Communauté de communes du Pays de Pontchâteau", want: "CC du Pays de Pontchâteau St-Gildas-des-Bois"}, {title: "Communauté de communes Coeur de Sologne", want: "CC Coeur de Sologne"},
		{title: "rennesmetropole.fr", want: "Rennes Métropole"}, {title: "Région Île-de-France", want: "Île-de-France", code: "insee:11"},
		{title: "Mairie de Bézieres", want: ""}, {title: "Mairie de B\u00e9ziers", want: "Béziers"}, {title: "Mairie de Be\u0301ziers", want: "Béziers"},
		{title: "Mairie de BÃ©ziers", want: "Béziers"}, {title: "Mairie de Saint-Affri...", want: "Saint-Affrique", code: "insee:12208"},
		{title: "Communauté de communes Coeur de Solo…", want: "CC Coeur de Sologne"}, {title: "Mairie de Saint...", want: ""}, {title: "Groupe Saint-Aff...", want: ""},
		{title: "Mairie de Saint-Sulpice (81)", want: "Saint-Sulpice-la-Pointe", code: "insee:81271"},
		{title: "SIVOM de la Vallée du Cady", want: "Sivom de la Vallée du Cady"}, {title: "Lycée Louis-le-Grand", want: "Lycée Louis-le-Grand"},
		{title: "Angers Loire Habitat", want: "Angers Loire Habitat"}, {title: "SDIS 12", want: "SDIS de l'Aveyron (12)"},
		{title: "Villefranche-sur-Saône Hospital", want: "Centre hospitalier de Villefranche-sur-Saône"}, {title: "herault.gouv.fr", want: "Préfecture de l'Hérault (34)"},
		{title: "Contract", text: "SIREN 213401722", want: "Montpellier", code: "insee:34172"}, {title: "Contract", text: "SIREN 213401723", want: ""},
		{title: "Mairie de Chalon s/ Saône", want: "Chalon-sur-Saône", code: "insee:71076"}, {title: "mairie saintaffrique", want: "Saint-Affrique"},
		{title: "Académie de Lille", want: "Académie de Lille"}, {title: "Ville de Montréal", want: ""}, {title: "Lycée de Casablanca", want: ""},
		{title: "Préfecture de Tsévié", want: ""}, {title: "Préfecture de la Creuse, titres de séjour", want: "Préfecture de La Creuse"},
		// What towns are usually called, and what follows a name.
		{title: "Mairie de Brive", want: "Brive-la-Gaillarde", code: "insee:19031"}, {title: "Ville d'Aix", want: "Aix-en-Provence", code: "insee:13001"},
		{title: "Mairie du Puy", want: "Le Puy-en-Velay", code: "insee:43157"}, {title: "mairie-sanary.fr", want: "Sanary-sur-Mer", code: "insee:83123"},
		{title: "brive.fr", text: "fichier des agents de la mairie", want: "Brive-la-Gaillarde"}, {title: "brive.fr", want: ""}, {title: "Brive Rugby Club", country: "FR", want: ""},
		{title: "Mairie de Brive Volley", want: ""}, {title: "Brive : la mairie piratée", want: "Brive-la-Gaillarde"}, {title: "mairie vitry 94", want: "Vitry-sur-Seine", code: "insee:94081"},
		{title: "Quimper (29) : la mairie paralysée", want: "Quimper", code: "insee:29232"}, {title: "Quimper : la mairie de Plouzané paralysée", want: "Plouzané"},
		{title: "Gers — le Département coupe ses serveurs", want: "Gers", code: "insee:32"}, {title: "Redon, municipality in France", want: "Redon", code: "insee:35236"},
		{title: "Ville d'Ambérieu/Bugey", want: "Ambérieu-en-Bugey"}, {title: "Villefranche/Saône, mairie", want: "Villefranche-sur-Saône"},
		{title: "Angers agglo", want: "Angers Loire Métropole"}, {title: "Redon agglo portail", want: "CA Redon Agglomération"}, {title: "CARENE Saint-Nazaire agglomération", want: "Estuaire (CARENE)"},
		{title: "Communiqué", text: "Chers habitants de Plouzané, notre mairie est victime d'une attaque.", want: "Plouzané"},
		{title: "vpn list", text: "vpn.mairie-quimper.fr:10443\nremote.example.org", want: "Quimper"}, {title: "University of Tours and Crafts, Manila", want: ""},
		{title: "phone numbers by department 29 35 56", want: ""}, {title: "quimper.com", text: "ville de quimper", want: "Quimper"}, {title: "Stadt Straßburg", text: "Frankreich", want: "Strasbourg"},
		{title: "Hôpital Saint-Louis de La Rochelle", want: "Centre hospitalier de La Rochelle"}, {title: "ML de Quimper", want: "Mission Locale de Quimper"},
		{title: "SIRVAL - base usagers", text: "syndicat mixte de traitement des déchets, 40 communes", want: "SIRVAL"}, {title: "SIRVAL", text: "syndicat des journalistes", want: ""},
		{title: "МВД Франции", want: "Ministère de l'Intérieur"},
		// Domains by public suffix.
		{title: "foo.com", want: "Foo"}, {title: "bar.foo.com", want: "Foo"}, {title: "foo.com.au", want: "Foo"},
		{title: "foo2.com", want: ""}, {title: "foo.comment", want: ""}, {title: "foofoo.bar.com", want: ""},
		{title: "foo.bar.au.com", want: ""}, {title: "bar.com", want: ""}, {title: "com", want: ""},
		{title: "foo.bar.com", want: "Bar's shop"},
	}
	for _, tt := range tests {
		hits, refused := m.Match(tt.title, tt.text, tt.website, tt.country)
		got := Hit{}
		if len(hits) > 0 {
			got = hits[0]
		}
		if !strings.HasSuffix(got.Entity, tt.want) || (tt.want == "") != (got.Entity == "") || tt.code != "" && got.Code != tt.code {
			t.Errorf("%q %q %q: got %+v, want %q %s; refused %v", tt.title, tt.website, tt.country, hits, tt.want, tt.code, refused)
		}
		for _, h := range hits {
			if h.Confidence < 0.5 || h.Confidence > 1 || h.Why == "" {
				t.Errorf("%q: hit without a reason, or confidence out of range: %+v", tt.title, h)
			}
		}
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	m, _ := shared()
	for _, tt := range []struct{ title, website, country, entity, why string }{
		{"Hôtel Béziers", "", "FR", "Béziers", "hotel"},
		{"Ville de Saint-Jérôme", "", "CA", "", ""},
		{"City of Orange", "https://www.cityoforange.org", "", "Orange", "nothing says France"},
		{"Ville de Bastogne", "bastogne.be", "", "", ""},
		{"Ville de Dinant", "dinant.be", "", "", ""},
		{"Mairie de Valence", "valencia.es", "", "Valence", "suffix .es"},
		{"Martin", "", "FR", "", ""},
		{"hotel-beziers.fr", "", "", "Béziers", "longer address"},
	} {
		hits, refused := m.Match(tt.title, "", tt.website, tt.country)
		if len(hits) > 0 {
			t.Errorf("%q: hit %+v", tt.title, hits)
		}
		if tt.entity == "" {
			continue
		}
		if len(refused) == 0 || refused[0].Entity != tt.entity || !strings.Contains(refused[0].Why, tt.why) {
			t.Errorf("%q: refused %+v, want %s: ...%s...", tt.title, refused, tt.entity, tt.why)
		}
	}
}

// sample draws communes of at least 1,500 people: most leaks are theirs.
func sample(data *france.Data, rng *rand.Rand, n int) []france.Commune {
	var out []france.Commune
	for len(out) < n {
		if c := data.Communes[rng.IntN(len(data.Communes))]; c.Population >= 1500 {
			out = append(out, c)
		}
	}
	return out
}

func slug(name string) string { return strings.Join(folded(strings.ReplaceAll(name, "'", " ")), "-") }

// TestTitlesFromOfficialLists measures precision and recall on titles made of
// the official names, each with what such titles look like on leak sites.
func TestTitlesFromOfficialLists(t *testing.T) {
	m, data := shared()
	rng := rand.New(rand.NewPCG(5, 5))
	positive := []func(france.Commune) (title, website, country string){
		func(c france.Commune) (string, string, string) { return "Mairie " + of(c.Name), "", "" },
		func(c france.Commune) (string, string, string) {
			return "VILLE DE " + strings.ToUpper(strings.Join(folded(c.Name), " ")), "", "FR"
		},
		func(c france.Commune) (string, string, string) { return "mairie-" + slug(c.Name) + ".fr", "", "" },
		func(c france.Commune) (string, string, string) {
			return "ville-" + strings.ReplaceAll(slug(c.Name), "-", "") + ".fr", "", ""
		},
		func(c france.Commune) (string, string, string) {
			return "Leak", "https://www.mairie-" + slug(c.Name) + ".fr/", "FR"
		},
		func(c france.Commune) (string, string, string) {
			return "Commune de " + c.Name + " (" + c.Postcodes[0] + ")", "", ""
		},
	}
	negative := []func(france.Commune) (title, website, country string){
		func(c france.Commune) (string, string, string) { return "Hôtel " + c.Name, "", "FR" },
		func(c france.Commune) (string, string, string) { return "Transports " + c.Name + " SARL", "", "FR" },
		func(c france.Commune) (string, string, string) {
			return c.Name + " Immobilier", "https://" + slug(c.Name) + "-immobilier.fr", "FR"
		},
		func(c france.Commune) (string, string, string) { return c.Name + " Inc.", "", "US" },
		func(c france.Commune) (string, string, string) {
			return "City of " + c.Name, "https://" + slug(c.Name) + ".gov", "US"
		},
		func(c france.Commune) (string, string, string) { return slug(c.Name) + "-avocats.com", "", "" },
		func(c france.Commune) (string, string, string) {
			return "Groupe " + c.Name, "https://groupe-" + slug(c.Name) + ".com", ""
		},
	}
	var truePositive, wrong, missed int
	for i, c := range sample(data, rng, 3000) {
		title, website, country := positive[i%len(positive)](c)
		hits, refused := m.Match(title, "", website, country)
		switch {
		case len(hits) == 0:
			missed++
			if missed <= 10 {
				t.Logf("missed %q %q: %v", title, website, refused)
			}
		case right(hits, c):
			truePositive++
		default:
			wrong++
			if wrong <= 10 {
				t.Logf("wrong %q: %+v", title, hits[0])
			}
		}
	}
	for i, c := range sample(data, rng, 3000) {
		title, website, country := negative[i%len(negative)](c)
		if hits, _ := m.Match(title, "", website, country); len(hits) > 0 {
			wrong++
			if wrong <= 20 {
				t.Logf("false %q %q: %+v", title, website, hits[0])
			}
		}
	}
	precision, recall := float64(truePositive)/float64(truePositive+wrong), float64(truePositive)/3000
	t.Logf("precision %.4f, recall %.4f", precision, recall)
	if precision < 0.97 || recall < 0.95 {
		t.Errorf("precision %.4f, recall %.4f; want 0.97 and 0.95", precision, recall)
	}
}

// right accepts the commune as the primary hit, or first among those that
// share its name when the post does not tell them apart.
func right(hits []Hit, c france.Commune) bool {
	if hits[0].Code == "insee:"+c.Code {
		return true
	}
	for _, h := range hits[1:] {
		if h.Code == "insee:"+c.Code && strings.Contains(h.Why, "others have this name") {
			return true
		}
	}
	return false
}

// TestBodiesOfEveryKind goes through every department and EPCI.
func TestBodiesOfEveryKind(t *testing.T) {
	m, data := shared()
	total, good := 0, 0
	try := func(title, code string) {
		total++
		hits, refused := m.Match(title, "", "", "")
		for i, h := range hits {
			if h.Code == code && (i == 0 || strings.Contains(h.Why, "others have this name")) {
				good++
				return
			}
		}
		if total-good <= 12 {
			t.Logf("%q: %+v %v", title, hits, refused)
		}
	}
	for _, d := range data.Departments {
		try("Département "+d.Name, "insee:"+d.Code)
		try("Conseil départemental de "+d.Name+" (80GB)", "insee:"+d.Code)
	}
	for _, r := range data.Regions {
		try("Région "+r.Name, "insee:"+r.Code)
		try("conseil regional "+strings.Join(folded(r.Name), " "), "insee:"+r.Code)
	}
	for _, e := range data.EPCI {
		_, name, _ := strings.Cut(e.Name, " ")
		switch e.Kind {
		case "CC":
			try("Communauté de communes "+name, "siren:"+e.SIREN)
			try("CC "+name+" France", "siren:"+e.SIREN)
		case "CA":
			try("COMMUNAUTE D'AGGLOMERATION "+strings.ToUpper(name), "siren:"+e.SIREN)
		default:
			try(e.Name, "siren:"+e.SIREN)
		}
	}
	t.Logf("%d of %d", good, total)
	if recall := float64(good) / float64(total); recall < 0.99 {
		t.Errorf("recall %.3f of %d titles, want 0.99", recall, total)
	}
}

func TestAmbiguousNamesAreRanked(t *testing.T) {
	m, _ := shared()
	hits, _ := m.Match("Ville de Saint-Denis", "", "", "")
	if len(hits) < 3 || hits[0].Code != "insee:97411" {
		t.Fatalf("got %+v", hits)
	}
	for i := 1; i < len(hits); i++ {
		if hits[i].Confidence > hits[i-1].Confidence {
			t.Error("not ranked")
		}
	}
	hits, _ = m.Match("Ville de Saint-Denis", "93200 et 93210", "", "")
	if len(hits) != 1 || hits[0].Code != "insee:93066" {
		t.Errorf("with a postcode: %+v", hits)
	}
}

func FuzzMatch(f *testing.F) {
	m, _ := shared()
	for _, s := range []string{"Ville de Saint-Affrique", "ville-saintaffr...", "hôtel", "a.b.c", "\xff\xfe", "CAF", strings.Repeat("du ", 400)} {
		f.Add(s, s, "http://"+s, "FR")
	}
	f.Fuzz(func(t *testing.T, title, text, website, country string) {
		hits, refused := m.Match(title, text, website, country)
		if len(hits) > maxHits || len(refused) > maxRefused {
			t.Errorf("%d hits, %d refusals", len(hits), len(refused))
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	m, data := shared()
	rng := rand.New(rand.NewPCG(5, 5))
	var titles []string
	for i, c := range sample(data, rng, 2000) {
		titles = append(titles, []string{"Mairie de " + c.Name, "Transports " + c.Name, "ville-" + slug(c.Name) + ".fr", "Acme Industrial Holdings"}[i%4])
	}
	const text = "A company with 40 employees and a revenue of 12 million. We took 200 GB of contracts, accounts and personal data of its clients."
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Match(titles[i%len(titles)], text, "", "")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

func BenchmarkNew(b *testing.B) {
	_, data := shared()
	for b.Loop() {
		New(data)
	}
}

// A fire and rescue service and a management centre are public establishments
// of a department (CGCT L1424-1, CGFP L452-1), not joint authorities.
func TestKindsOfServices(t *testing.T) {
	m, _ := shared()
	for title, want := range map[string]string{"SDIS 12": "agency", "CDG 34": "agency", "SIVOM de la Vallée du Cady": "syndicate"} {
		hits, _ := m.Match(title, "", "", "FR")
		if len(hits) == 0 || hits[0].Kind != want {
			t.Errorf("%s: %+v, want kind %s", title, hits, want)
		}
	}
}

// What announces several bodies announces each of them, and one town hall only
// its own.
func TestSeveral(t *testing.T) {
	m, _ := shared()
	for title, want := range map[string][]string{
		"villes de Romans-sur-Isère et de Bourg-de-Péage: paie":  {"Romans-sur-Isère", "Bourg-de-Péage"},
		"Ville de Romans-sur-Isère et Bourg-de-Péage Transports": {},
	} {
		hits, _ := m.Match(title, "", "", "")
		var got []string
		for _, h := range hits {
			got = append(got, h.Entity)
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: got %q, want %q among them", title, got, w)
			}
		}
		if len(want) == 0 && slices.Contains(got, "Bourg-de-Péage") {
			t.Errorf("%q: got %q", title, got)
		}
	}
}
