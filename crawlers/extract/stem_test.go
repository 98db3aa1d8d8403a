package extract

import "testing"

// A stem that is wanting would hide what its pattern finds: each pattern is
// given texts that it finds something in, in either case.
func TestStems(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stems *stems
		finds func(string) bool
		texts []string
	}{
		{"endWord", endStems, endWord.MatchString, []string{"Deadline: ", "UNTIL ", "expires ", "expiry", "ends on ", "end at", "time out", "Timeout", "due date: ", "will be published on ", "before ", "closes ", "jusqu'au ", "ÉCHÉANCE : ", "échéance ", "Date limite : ", "avant le ", "sera publié le ", "sera publiée le"}},
		{"dateWord", dateStems, dateWord.MatchString, []string{"Published on ", "posted ", "publication: ", "ADDED ", "update", "updated ", "date: ", "released ", "discovered on ", "created at ", "uploaded ", "publiée le ", "publié le", "ajouté le ", "AJOUTÉE LE ", "mise en ligne le ", "mis à jour le ", "MISE À JOUR LE", "опубликовано ", "ДОБАВЛЕНО "}},
		{"countryWord", countryStems, countryWord.MatchString, []string{"Country: France", "LOCATION - Spain", "pays : Belgique", "Headquarters: Lyon", "headquarter – Nice"}},
		{"views", viewWord, func(s string) bool { return viewsOf(s) > 0 }, []string{"Views: 12", "1,204 visits", "VISITORS 7", "vues 40", "12 hits", "Reads: 9", "просмотров: 31", "Просмотр 5"}},
		{"price", worth, func(s string) bool { return priceIn(s, false) != "" || priceIn(s, true) != "" }, []string{"$5", "5 €", "£9", "100 USD", "5 eur", "9 GBP", "0.5 BTC", "1 xmr", "3 ETH", "2 Bitcoins", "1 Monero", "5 dollars", "Prix (EUR) : 500"}},
	} {
		for _, text := range tt.texts {
			if !tt.finds(text) || !tt.stems.in(text) {
				t.Errorf("%s, %q: found %v, a stem %v", tt.name, text, tt.finds(text), tt.stems.in(text))
			}
		}
		for _, text := range []string{"", "e", "Bordunex Logistique", "pub li", "\xff\xfe"} {
			if tt.finds(text) {
				t.Errorf("%s finds something in %q", tt.name, text)
			}
		}
	}
	for text, want := range map[string]bool{"": false, "a. b": false, "end of it. Next": false, "www.example.test": true, "3.5": true, "x.y": true, "...": false} {
		if dotted(text) != want {
			t.Errorf("dotted %q: %v", text, !want)
		}
	}
}
