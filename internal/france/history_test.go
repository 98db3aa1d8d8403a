package france

import (
	"slices"
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	h := d.History(nil)
	kin := func(code string) map[string]Change {
		out := map[string]Change{}
		for _, r := range h.Kin(code) {
			out[r.Code] = r.Change
		}
		return out
	}
	for _, test := range []struct {
		name, a, b string
		want       Change
	}{
		{"taken in", "01091", "01033", Merged}, // Châtillon-en-Michaille, Valserhône
		{"took in", "01033", "01091", Merged},
		{"two that were joined are two", "01091", "01205", 0},
		{"Seine", "75012", "92012", Renumbered}, // Boulogne-Billancourt
		{"of Seine", "92012", "75012", Renumbered},
		{"Seine-et-Oise", "78018", "95018", Renumbered}, // Argenteuil
		{"of Seine-et-Oise", "95018", "78018", Renumbered},
		{"Seine-et-Oise, then a new commune", "78182", "91228", Merged}, // Courcouronnes, Évry-Courcouronnes
		{"Yvelines stay", "78646", "91646", 0},
		{"Paris stays", "75056", "92056", 0},
		{"Corsica", "20004", "2A004", Renumbered},
		{"of Corsica", "2B033", "20033", Renumbered},
		{"the other half of Corsica", "20004", "2B033", 0},
		{"Saint-Martin", "97127", "97801", Renumbered},
		{"Mayotte", "98508", "97608", Renumbered},
		{"strangers", "35238", "12202", 0},
		{"unknown", "99352", "35238", 0},
	} {
		if got := kin(test.a)[test.b]; got != test.want {
			t.Errorf("%s: %s and %s: %d, want %d", test.name, test.a, test.b, got, test.want)
		}
	}
	if got := h.Names("01015"); !slices.Contains(got, "Arbignieu") || got[0] != "Arboys en Bugey" {
		t.Errorf("01015 is called %q", got)
	}
	if got := h.Codes("CHATILLON EN MICHAILLE"); !slices.Contains(got, "01091") {
		t.Errorf("Châtillon-en-Michaille has the codes %q", got)
	}
	if got := h.Codes("St Bois"); len(got) == 0 {
		t.Error("St Bois is not found as Saint-Bois")
	}
	if h.Kin("") != nil && len(h.Kin("")) > 0 || len(h.Kin("7")) > 0 {
		t.Error("what is no code has kin")
	}
}

const movements = "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n" +
	"10,1998-01-01,COM,51108,0,CHALONS SUR MARNE,Châlons-sur-Marne,Châlons-sur-Marne,COM,51108,0,CHALONS EN CHAMPAGNE,Châlons-en-Champagne,Châlons-en-Champagne\n" +
	"31,1966-07-01,COM,99901,0,A,A,Villancienne,COM,99902,0,B,B,Villeneuve-Inventée\n" +
	"21,1980-01-01,COM,99902,0,B,B,Villeneuve-Inventée,COM,99903,0,C,C,Hameau-Rendu\n" +
	"35,2016-01-01,COMD,99902,0,B,B,Villeneuve-Inventée,COM,99902,0,B,B,Villeneuve-Inventée\n"

func TestMovements(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := ReadMovements(strings.NewReader("\ufeff" + movements))
	if err != nil || len(m) != 3 {
		t.Fatalf("%d movements, %v", len(m), err)
	}
	h := d.History(m)
	if got := h.Codes("chalons sur marne"); !slices.Equal(got, []string{"51108"}) {
		t.Errorf("an old name has the codes %q", got)
	}
	if got := h.Kin("99902"); !slices.Equal(got, []Relative{{"99901", Merged}, {"99903", Parted}}) {
		t.Errorf("kin of 99902: %v", got)
	}
	for name, text := range map[string]string{
		"another file": "code,nom\n01001,A\n", "a code cut": strings.Replace(movements, "99901", "9901", 1), "no date": strings.Replace(movements, "1966-07-01", "1966", 1),
		"a line cut": movements + "31,1966-07-01,COM\n", "empty": "",
	} {
		if _, err := ReadMovements(strings.NewReader(text)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzReadMovements(f *testing.F) {
	f.Add(movements)
	f.Add("MOD,DATE_EFF\n")
	d, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ReadMovements(strings.NewReader(s))
		if err != nil || len(m) > 50 {
			return
		}
		h := &History{data: d, names: map[string][]string{}, codes: map[string][]string{}, later: map[string][]Relative{}, earlier: map[string][]Relative{}}
		for _, x := range m {
			h.name(x.Before, x.NameBefore)
			h.join(x.Before, x.After, x.Change)
		}
		for _, x := range m {
			for _, r := range h.Kin(x.Before) {
				if r.Code == x.Before {
					t.Fatal("a commune is its own kin")
				}
			}
		}
	})
}
