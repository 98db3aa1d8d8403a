package linkage_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// atlas is an invented country: 10001 and 10002 became 10003, 20015 became 2A015,
// and 10004 changed its name.
type atlas struct{}

var atlasNames = map[string][]string{
	"10001": {"Orbe-le-Vieux"}, "10002": {"Saint-Fictif"}, "10003": {"Val-d'Orbe"}, "10004": {"Chimère-en-Songe", "Chimère-sur-Rien"}, "2A015": {"Piana Finta"},
}

func (atlas) Names(code string) []string { return atlasNames[code] }

func (atlas) Codes(name string) (out []string) {
	for code, names := range atlasNames {
		for _, n := range names {
			if strings.EqualFold(strings.NewReplacer("è", "e", "-", " ", "'", " ").Replace(n), name) {
				out = append(out, code)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (atlas) Kin(code string) []linkage.Kin {
	return map[string][]linkage.Kin{
		"10001": {{Code: "10003", How: linkage.Merged}}, "10002": {{Code: "10003", How: linkage.Merged}},
		"10003": {{Code: "10001", How: linkage.Merged}, {Code: "10002", How: linkage.Merged}},
		"20015": {{Code: "2A015", How: linkage.Renumbered}}, "2A015": {{Code: "20015", How: linkage.Renumbered}},
	}[code]
}

// TestPlaceHistory compares one person's place of birth, as a registry and a dump
// of other years give it.
func TestPlaceHistory(t *testing.T) {
	tests := []struct{ name, registry, row, want string }{
		{"old code, new code", "birth_commune=10001", "birth_commune=10003", "history_merged"},
		{"new code, old code", "birth_commune=10003", "birth_commune=10002", "history_merged"},
		{"two that were joined", "birth_commune=10001", "birth_commune=10002", "close"},
		{"old name, new name", "birth_place=Orbe-le-Vieux", "birth_place=VAL D'ORBE", "history_merged"},
		{"new name, old name", "birth_place=Val-d'Orbe", "birth_place=ST FICTIF", "history_merged"},
		{"old name, new code", "birth_place=Orbe-le-Vieux", "birth_commune=10003", "history_merged"},
		{"new code, old name", "birth_commune=10003", "birth_place=Saint-Fictif", "history_merged"},
		{"renamed", "birth_place=Chimère-sur-Rien", "birth_place=CHIMERE EN SONGE", "history_renamed"},
		{"a code and its name", "birth_commune=10001", "birth_place=Orbe-le-Vieux", "exact"},
		{"a name and its code", "birth_place=Chimère-sur-Rien", "birth_commune=10004", "exact"},
		{"a code and a name misspelt", "birth_place=Chimère-sur-Rein", "birth_commune=10004", "close"},
		{"a code and another's name", "birth_place=Piana Finta", "birth_commune=10004", "different"},
		{"a name and another's code", "birth_commune=2A015", "birth_place=Orbe-le-Vieux", "different"},
		{"Corsica", "birth_commune=2A015", "birth_commune=20015", "history_renumbered"},
		{"Corsica, from before", "birth_commune=20015", "birth_commune=2A015", "history_renumbered"},
		{"boroughs", "birth_commune=75112", "birth_commune=75056", "exact"},
		{"a borough by name", "birth_place=Paris", "birth_place=PARIS 12E ARRONDISSEMENT", "exact"},
		{"a code that nobody knows and a name", "birth_commune=99352", "birth_place=Alger", ""},
		{"the same", "birth_commune=10001; birth_place=Orbe-le-Vieux", "birth_commune=10001; birth_place=Orbe-le-Vieux", "exact"},
		{"codes differ, and the names are kin", "birth_commune=12202; birth_place=Val-d'Orbe", "birth_commune=35238; birth_place=Orbe-le-Vieux", "different"},
	}
	const rest = "birth_name=Quillivic; given_names=Ada; birth_date=1990-02-03; email=ada.quillivic@example.org; "
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ix, err := linkage.Build(chain(known, slice([]matchers.Record{person("ada", rest+test.registry)})))
			if err != nil {
				t.Fatal(err)
			}
			opt := linkage.Options{Places: linkage.NewPlaces(atlas{})}
			model, err := linkage.Train(context.Background(), ix, slice(nil), opt)
			if err != nil {
				t.Fatal(err)
			}
			ms := match(t, linkage.NewMatcher(ix, model, opt), person("", rest+test.row))
			if len(ms) != 1 {
				t.Fatalf("%d matches", len(ms))
			}
			level, weight := evidence(ms[0].Why, "birth_place")
			if level != test.want {
				t.Fatalf("level %q, want %q", level, test.want)
			}
			if strings.HasPrefix(level, "history") && weight < 1 {
				t.Errorf("%s is worth %.2f bits", level, weight)
			}
		})
	}
}

func evidence(why []breach.Evidence, field string) (string, float64) {
	for _, e := range why {
		if e.Field == field {
			return e.Level, e.Weight
		}
	}
	return "", 0
}

// TestModelWithoutHistory reads a model that was frozen before communes had one:
// it keeps its version, and gives the level what is generally known.
func TestModelWithoutHistory(t *testing.T) {
	const before = `{"version":"builtin-6ce7b5fc1e0f3b53","rows":0,"people":1,"registered":500000000,"relatives":300000000,"twins":20000000,"levels":{"address":[{"name":"exact","m":640000000,"u":10000,"kin":600000000},{"name":"close","m":90000000,"u":20000,"kin":80000000},{"name":"postcode","m":110000000,"u":5000000,"kin":130000000},{"name":"city","m":40000000,"u":2000000,"kin":50000000},{"name":"department","m":50000000,"u":40000000,"kin":60000000},{"name":"different","m":70000000,"u":953000000,"kin":80000000}],"birth_date":[{"name":"exact","m":930000000,"u":60000,"kin":100000},{"name":"swapped","m":8000000,"u":60000,"kin":60000},{"name":"partial","m":15000000,"u":150000,"kin":500000},{"name":"known_parts","m":950000000,"u":15000000,"kin":30000000},{"name":"typo","m":22000000,"u":1500000,"kin":4000000},{"name":"two_parts","m":12000000,"u":6000000,"kin":12000000},{"name":"year","m":5000000,"u":25000000,"kin":25000000},{"name":"different","m":8000000,"u":967000000,"kin":937000000}],"birth_place":[{"name":"exact","m":880000000,"u":15000000,"kin":500000000},{"name":"close","m":60000000,"u":40000000,"kin":150000000},{"name":"different","m":60000000,"u":945000000,"kin":350000000}],"email":[{"name":"exact","m":780000000,"u":200,"kin":350000000},{"name":"local_part","m":20000000,"u":20000,"kin":5000000},{"name":"close","m":30000000,"u":20000,"kin":10000000},{"name":"different","m":170000000,"u":999900000,"kin":635000000}],"given_names":[{"name":"all","m":200000000,"u":100000,"kin":500000},{"name":"exact","m":589000000,"u":4000000,"kin":4000000},{"name":"first","m":120000000,"u":2000000,"kin":2000000},{"name":"later_differ","m":6000000,"u":2000000,"kin":5000000},{"name":"other","m":20000000,"u":8000000,"kin":30000000},{"name":"swapped","m":8000000,"u":2000,"kin":4000},{"name":"typo","m":28000000,"u":500000,"kin":500000},{"name":"short","m":12000000,"u":6000000,"kin":8000000},{"name":"near","m":12000000,"u":12000000,"kin":24000000},{"name":"different","m":5000000,"u":965000000,"kin":925000000}],"name":[{"name":"exact","m":880000000,"u":200000,"kin":640000000},{"name":"birth_or_usage","m":25000000,"u":20000,"kin":50000000},{"name":"part","m":15000000,"u":100000,"kin":60000000},{"name":"swapped","m":8000000,"u":2000,"kin":4000000},{"name":"typo","m":30000000,"u":300000,"kin":22000000},{"name":"near","m":17000000,"u":3000000,"kin":15000000},{"name":"different","m":25000000,"u":996000000,"kin":209000000}],"nationality":[{"name":"same","m":960000000,"u":600000000,"kin":930000000},{"name":"different","m":40000000,"u":400000000,"kin":70000000}],"nir":[{"name":"exact","m":950000000,"u":20,"kin":1000},{"name":"close","m":35000000,"u":10000,"kin":100000},{"name":"different","m":15000000,"u":999900000,"kin":999000000}],"phone":[{"name":"exact","m":750000000,"u":200,"kin":400000000},{"name":"close","m":20000000,"u":1000,"kin":5000000},{"name":"different","m":230000000,"u":999900000,"kin":595000000}],"sex":[{"name":"same","m":990000000,"u":500000000,"kin":500000000},{"name":"different","m":10000000,"u":500000000,"kin":500000000}]},"years":null,"first_jan":10000000,"common":null,"curve":null,"curve_mass":null}`
	var m linkage.Model
	if err := m.UnmarshalJSON([]byte(before)); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&m)
	if err != nil || string(again) != before {
		t.Errorf("a frozen model is written otherwise: %v", err)
	}
	ix, err := linkage.Build(chain(known, slice([]matchers.Record{person("ada", "birth_name=Quillivic; given_names=Ada; birth_date=1990-02-03; birth_commune=10001")})))
	if err != nil {
		t.Fatal(err)
	}
	opt := linkage.Options{Places: linkage.NewPlaces(atlas{})}
	ms := match(t, linkage.NewMatcher(ix, &m, opt), person("", "birth_name=Quillivic; given_names=Ada; birth_date=1990-02-03; birth_commune=10003"))
	if len(ms) != 1 {
		t.Fatalf("%d matches", len(ms))
	}
	if level, weight := evidence(ms[0].Why, "birth_place"); level != "history_merged" || weight <= 0 {
		t.Errorf("%s of %.2f bits", level, weight)
	}
}
