package watch

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBesides reads titles in which what announces a body stands beside its
// name, in another language, or in a list of victims; and names that only look
// like a body's.
func TestBesides(t *testing.T) {
	m, _ := shared()
	for _, tc := range []struct {
		name, title, text, website string
		want                       []string // codes, or names where there is none
	}{
		{"town hall behind a bracket", "Vierzon (France) municipality", "", "", []string{"insee:18279"}},
		{"postcode and town hall", "BAYEUX 14400 MAIRIE / FULL SERVER", "", "", []string{"insee:14047"}},
		{"FR in brackets", "town hall Vierzon (FR)", "", "", []string{"insee:18279"}},
		{"Spanish", "Ayuntamiento de Perpignan (Francia)", "", "", []string{"insee:66136"}},
		{"Russian beside the name", "Мэрия Байё (Bayeux), Франция", "", "", []string{"insee:14047"}},
		{"arrondissement", "Mairie du 12e arrondissement de Paris", "", "", []string{"insee:75056"}},
		{"list of victims", "3/4 UPDATE", "New:\n- Town hall of Vierzon (France)\n- Bellforge Tools (Italy)\n- Harrow County Dental", "", []string{"insee:18279"}},
		{"credentials of one host", "paste: creds", "https://mail.ville-bayeux.fr/owa;a@ville-bayeux.fr;***\nhttps://mail.ville-bayeux.fr/owa;b@ville-bayeux.fr;***", "", []string{"insee:14047"}},
		{"acronym with full stops", "C.H.U. de Rennes", "", "", []string{"CHU de Rennes"}},
		{"article left out", "City of Pont-de-Beauvoisin", "FR - city hall", "", []string{"insee:38315", "insee:73204"}},
		{"one word before what announces it", "GrandAngouleme agglo", "", "", []string{"siren:200071827"}},
		{"official name of three words", "Quimper Bretagne Occidentale", "", "", []string{"siren:200068120"}},
		{"region in English", "Regional Council of Normandy", "", "", []string{"insee:28"}},
		{"name in one word", "francetravail partner account", "", "", []string{"France Travail"}},
		{"mayor", "Maire de Pithiviers : base", "", "", []string{"insee:45252"}},
		{"town hall behind the name", "loudeac mairie vpn", "", "", []string{"insee:22136"}},
		{"county council", "Haute-Marne county council (France)", "", "", []string{"insee:52"}},
		{"county council abroad", "Vienne County Council, Ohio", "", "", nil},
		{"school buses of a region", "Région Grand Est transports scolaires", "", "", []string{"insee:44"}},
		{"haulier", "Région Grand Est Transports", "", "", nil},
		{"its department says France", "City of Dole (Jura)", "", "", []string{"insee:39198"}},
		{"its department abroad", "City of Dole (Ohio)", "", "", nil},
		{"several town halls", "Mairies de Redon, Pithiviers et Vierzon", "", "", []string{"insee:35236", "insee:45252", "insee:18279"}},
		{"one town hall beside two towns", "Mairie de Redon, Pithiviers et Vierzon", "", "", []string{"insee:35236"}},
		{"three words that one EPCI has", "CA Saint Brieuc Armor 2GB", "", "", []string{"siren:200069409"}},
		{"acronym beside its seat", "UPJV amiens etudiants", "", "", []string{"Université de Picardie Jules Verne"}},
		{"acronym alone", "UPJV accounts", "", "", nil},
		{"in Quebec as here", "Municipalité de Saint-Félicien", "", "", nil},
		{"university that goes on", "Nantes University Club of Boston", "", "", nil},
		{"academy that began before", "Harbour Academy Nantes courses", "", "", nil},
		{"council in brackets", "Bretagne (region council), 1.2TB", "", "", []string{"insee:53"}},
		{"figures for letters", "m4irie d3 V1erz0n", "", "", []string{"insee:18279"}},
		{"letters of two scripts", "mаirie de Vierzоn", "", "", []string{"insee:18279"}},
		{"letters that stand apart", "M A I R I E  D E  V I E R Z O N  40GB", "", "", []string{"insee:18279"}},
		{"figures in a product", "V1erz0n Studio", "", "", nil},
		{"letters not doubled", "comunauté d'aglomération de Haguenau", "", "", []string{"siren:200067874"}},
		{"a vile thing", "Vile Vierzon", "", "", nil},
		{"number behind one word", "mairiedeprades66 webmail", "", "", []string{"insee:66149"}},
		{"number of another department", "mairiedevierzon66", "", "", nil},
		{"long name cut by the site", "villeneuve-saint-geo… - 4GB", "", "", []string{"insee:94078"}},
		{"begins with a town's name", "agglo-quimper.fr", "", "", []string{"siren:200068120"}},
		{"university that France has not", "Université Laval", "", "", nil},
		{"the same, in France", "Université de Laval (France)", "", "", []string{"Université de Laval"}},
		{"its department and what a town hall has", "Gap, Hautes-Alpes, France – municipal files locked", "", "", []string{"insee:05061"}},
		{"its department and a business", "Gap, Hautes-Alpes, France – hotel files locked", "", "", nil},
		{"estate agency", "Agence immobilière Mairie de Montreuil", "", "", nil},
		{"prefecture abroad", "Aichi Prefecture school lunch center", "Japan", "", nil},
		{"academy that goes on", "Academy of Lyon Art (online courses)", "", "", nil},
		{"college abroad", "Collège Stanislas de Montréal", "", "", nil},
		{"trading company", "SIVOM Trading FZE", "Dubai", "", nil},
		{"Dublin", "Hotel de Ville Dublin", "", "", nil},
		{"city and nothing of France", "Vierzon city council", "", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hits, refused := m.Match(tc.title, tc.text, tc.website, "")
			var got []string
			for _, h := range hits {
				if got = append(got, h.Code); h.Code == "" {
					got[len(got)-1] = h.Entity
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s%v", diff, refused)
			}
		})
	}
}
