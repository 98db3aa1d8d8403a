package linkage_test

import (
	"context"
	"iter"
	"strings"
	"sync"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
	"vigie/matchers/linkage"
)

// person writes a record as "field=value; field=value".
func person(id, s string) matchers.Record {
	r := matchers.Record{ID: id}
	for part := range strings.SplitSeq(s, ";") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		f, ok := matchers.ParseField(k)
		if !ok {
			panic("unknown field " + k)
		}
		r.Values[f] = v
	}
	return r
}

// known are the people whom the cases are about.
var known = []matchers.Record{
	person("helene", "birth_name=Béranger; usage_name=Le Gallou; given_names=Hélène Marie Odile; sex=F; birth_date=1984-03-09; birth_place=Quimperlé; email=helene.legallou84@example.org; phone=+33639980001; street=12 rue des Tanneurs; postcode=29300; city=Quimperlé"),
	person("twin-lena", "birth_name=Ravaudet; given_names=Lena Rose; sex=F; birth_date=2006-05-14; birth_place=Thouars; email=ravaudet.famille@example.org; phone=+33639980002; street=4 impasse du Moulin; postcode=79100; city=Thouars"),
	person("twin-lana", "birth_name=Ravaudet; given_names=Lana Rose; sex=F; birth_date=2006-05-14; birth_place=Thouars; email=ravaudet.famille@example.org; phone=+33639980002; street=4 impasse du Moulin; postcode=79100; city=Thouars"),
	person("father", "birth_name=Castelbou; given_names=Armand; sex=M; birth_date=1961-11-02; email=castelbou.a@example.org; phone=+33639980003; street=7 place du Foirail; postcode=12000; city=Rodez"),
	person("son", "birth_name=Castelbou; given_names=Armand Louis; sex=M; birth_date=1990-06-21; phone=+33639980003; street=7 place du Foirail; postcode=12000; city=Rodez"),
	person("mother", "birth_name=Vantrou; given_names=Sidonie; sex=F; birth_date=1975-02-17; email=sidonie.vantrou@example.org; phone=+33639980004; street=31 avenue de la Gare; postcode=55100; city=Verdun"),
	person("child", "birth_name=Morlaque; given_names=Timothée; sex=M; birth_date=2007-09-30; email=sidonie.vantrou@example.org; phone=+33639980004; street=31 avenue de la Gare; postcode=55100; city=Verdun"),
	person("compound", "birth_name=de La Rochetaillée; given_names=Jean-Baptiste; sex=M; birth_date=1979-12-08; email=jb.rochetaillee@example.org; street=2 chemin de l'Étang; postcode=42100; city=Saint-Étienne"),
	person("abroad", "birth_name=Ould Brahimi; given_names=Mohamed Lamine; sex=M; birth_date=1988-01-01; birth_place=Atar; birth_commune=99335; email=lamine.ouldbrahimi@example.org; phone=+33639980005; postcode=93200; city=Saint-Denis"),
	person("oe", "birth_name=Bœufgras; given_names=Maëlys; sex=F; birth_date=1999-07-04; email=maelys.b@example.org; phone=+33639980006; postcode=21000; city=Dijon"),
}

func chain(a []matchers.Record, b iter.Seq2[matchers.Record, error]) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		for _, r := range a {
			if !yield(r, nil) {
				return
			}
		}
		for r, err := range b {
			if !yield(r, err) {
				return
			}
		}
	}
}

// caseMatcher is trained once on an invented leak; the cases are not in it.
var caseMatcher = sync.OnceValue(func() *linkage.Matcher {
	c := newCountry(3, 2500)
	ix, err := linkage.Build(chain(known, c.records(c.people)))
	if err != nil {
		panic(err)
	}
	model, err := linkage.Train(context.Background(), ix, rowsOf(c.leak(c.people[:len(c.people)/2], 3000, 0.4)), linkage.Options{})
	if err != nil {
		panic(err)
	}
	return linkage.NewMatcher(ix, model, linkage.Options{})
})

func TestCases(t *testing.T) {
	const link, review, non = breach.BandLink, breach.BandReview, breach.BandNonLink
	tests := []struct {
		name, row string
		want      map[string]breach.Band // everybody else must not be linked
	}{
		{"exact", "birth_name=Béranger; given_names=Hélène; birth_date=1984-03-09; email=helene.legallou84@example.org; phone=+33639980001", map[string]breach.Band{"helene": link}},
		{"usage name, capitals, no accents", "birth_name=LE GALLOU; given_names=HELENE; birth_date=1984-03-09; email=helene.legallou84@example.org; postcode=29300; street=12 R DES TANNEURS", map[string]breach.Band{"helene": link}},
		{"mojibake", "birth_name=BÃ©ranger; given_names=HÃ©lÃ¨ne; birth_date=1984-03-09; phone=+33639980001; postcode=29300", map[string]breach.Band{"helene": link}},
		{"lost accents", "birth_name=B?ranger; given_names=H?l?ne; birth_date=1984-03-09; phone=+33639980001; postcode=29300", map[string]breach.Band{"helene": link}},
		{"swapped names", "birth_name=Hélène; given_names=Le Gallou; birth_date=1984-03-09; email=helene.legallou84@example.org; phone=+33639980001", map[string]breach.Band{"helene": link}},
		{"full name, order unknown", "full_name=helene le gallou; birth_date=1984-03-09; email=helene.legallou84@example.org; phone=+33639980001", map[string]breach.Band{"helene": link}},
		{"full name, surname in capitals", "full_name=LE GALLOU Hélène; birth_date=1984-03-09; email=helene.legallou84@example.org; phone=+33639980001", map[string]breach.Band{"helene": link}},
		{"day and month swapped", "birth_name=Le Gallou; given_names=Hélène; birth_date=1984-09-03; email=helene.legallou84@example.org; phone=+33639980001", map[string]breach.Band{"helene": link}},
		{"particle and hyphens", "birth_name=ROCHETAILLEE; given_names=JEANBAPTISTE; birth_date=1979-12-08; email=jb.rochetaillee@example.org; street=2 CHE DE L ETANG; postcode=42100", map[string]breach.Band{"compound": link}},
		{"ligature", "birth_name=BOEUFGRAS; given_names=Maelys; birth_date=1999-07-04; email=maelys.b@example.org; phone=0639980006", map[string]breach.Band{"oe": link}},
		{"unknown day of birth", "birth_name=Ould Brahimi; given_names=Mohamed; birth_date=1988-00-00; email=lamine.ouldbrahimi@example.org; phone=+33639980005", map[string]breach.Band{"abroad": link}},
		{"name and birth date alone", "birth_name=Béranger; given_names=Hélène; birth_date=1984-03-09", map[string]breach.Band{"helene": review}},
		{"e-mail alone", "email=maelys.b@example.org", map[string]breach.Band{"oe": review}},
		{"twin by name", "birth_name=Ravaudet; given_names=Lena; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002; postcode=79100; street=4 impasse du Moulin", map[string]breach.Band{"twin-lena": link, "twin-lana": non}},
		{"twins by what they share", "birth_name=Ravaudet; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002; postcode=79100; street=4 impasse du Moulin", map[string]breach.Band{"twin-lena": review, "twin-lana": review}},
		{"twins by initial", "birth_name=Ravaudet; given_names=L; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002", map[string]breach.Band{"twin-lena": review, "twin-lana": review}},
		{"a sister who is not registered", "birth_name=Ravaudet; given_names=Clémence; birth_date=2003-01-08; email=ravaudet.famille@example.org; phone=+33639980002; postcode=79100; street=4 impasse du Moulin", map[string]breach.Band{"twin-lena": non, "twin-lana": non}},
		{"a third twin who is not registered", "birth_name=Ravaudet; given_names=Baptiste; sex=M; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002; postcode=79100; street=4 impasse du Moulin", map[string]breach.Band{}},
		{"father and son, no birth date", "birth_name=Castelbou; given_names=Armand; phone=+33639980003; postcode=12000; street=7 place du Foirail", map[string]breach.Band{"father": review, "son": review}},
		{"father by birth date", "birth_name=Castelbou; given_names=Armand; birth_date=1961-11-02; phone=+33639980003; postcode=12000; street=7 place du Foirail", map[string]breach.Band{"father": link, "son": non}},
		{"son by birth date", "birth_name=Castelbou; given_names=Armand; birth_date=1990-06-21; phone=+33639980003; postcode=12000; street=7 place du Foirail", map[string]breach.Band{"father": non, "son": link}},
		{"mother's e-mail and phone on a child's row", "birth_name=Morlaque; given_names=Timothée; birth_date=2007-09-30; email=sidonie.vantrou@example.org; phone=+33639980004", map[string]breach.Band{"child": link, "mother": non}},
		{"mother's own row", "birth_name=Vantrou; given_names=Sidonie; birth_date=1975-02-17; email=sidonie.vantrou@example.org; phone=+33639980004", map[string]breach.Band{"mother": link, "child": non}},
		{"mother's e-mail alone", "email=sidonie.vantrou@example.org", map[string]breach.Band{"mother": review, "child": review}},
		{"two people in one row", "birth_name=Ravaudet; given_names=Lena et Lana; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002", map[string]breach.Band{"twin-lena": link, "twin-lana": link}},
		{"namesake born another day", "birth_name=Béranger; given_names=Hélène; birth_date=1961-08-27; postcode=13001", map[string]breach.Band{"helene": non}},
		{"a stranger", "birth_name=Zwertrak; given_names=Ygdrasil; birth_date=1955-05-05; email=zw@example.org", map[string]breach.Band{"helene": non}},
		{"nothing", "city=Rodez", map[string]breach.Band{"father": non, "son": non}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]linkage.Match{}
			ms := match(t, caseMatcher(), person("", test.row))
			for _, m := range ms {
				got[m.Person] = m
				if m.Band == link && test.want[m.Person] != link {
					t.Errorf("linked %s: %+v", m.Person, m)
				}
			}
			for id, want := range test.want {
				band := non
				if m, ok := got[id]; ok {
					band = m.Band
				}
				if band != want {
					t.Errorf("%s is %s, want %s: %+v", id, band, want, ms)
				}
			}
		})
	}
}

// TestRivals checks that the explanation says what separates twins.
func TestRivals(t *testing.T) {
	rival := func(row string) string {
		for _, e := range match(t, caseMatcher(), person("", row))[0].Why {
			if e.Field == "rival" {
				return e.Level
			}
		}
		return ""
	}
	if got := rival("birth_name=Ravaudet; birth_date=2006-05-14; email=ravaudet.famille@example.org; phone=+33639980002"); got != "nothing_separates" {
		t.Errorf("twins without given name: rival %q, want nothing_separates", got)
	}
	if got := rival("birth_name=Castelbou; given_names=Armand; birth_date=1961-00-00; phone=+33639980003"); got != "" && got != "separated_by_birth_date" {
		t.Errorf("father and son: rival %q, want separated_by_birth_date", got)
	}
}
