package linkage

import (
	"fmt"
	"testing"
)

func TestCompareDays(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       uint8
	}{
		{"same", "1984-03-09", "1984/3/9", dayExact},
		{"before any registry", "1630-08-01", "16300801", dayExact},
		{"day and month swapped", "1984-03-09", "1984-09-03", daySwapped},
		{"a digit of the day", "1984-03-09", "1984-03-19", dayTypo},
		{"a digit of the year", "1984-03-09", "1994-03-09", dayTypo},
		{"neighbouring digits of the year", "1984-03-09", "1948-03-09", dayTypo},
		{"another day", "1984-03-09", "1984-03-27", dayNoDay},
		{"another month", "1984-03-09", "1984-11-09", dayNoMonth},
		{"another year", "1984-03-09", "1957-03-09", dayNoYear},
		{"known by the year", "1984-03-09", "1984-01-01", dayVague},
		{"only the year written", "1984-03-09", "1984", dayVague},
		{"the year and no more", "1984-03-09", "1984-11-27", dayYear},
		{"nothing", "1984-03-09", "1957-11-27", dayDifferent},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := parseDay(test.a), parseDay(test.b)
			if got, back := compareDays(a, b), compareDays(b, a); got != test.want || back != test.want {
				t.Errorf("compareDays(%v, %v) = %d and back %d, want %d", a, b, got, back, test.want)
			}
		})
	}
}

func TestCompareWords(t *testing.T) {
	tests := []struct {
		a, b string
		want uint8
	}{
		{"ANNA MARIA", "ANNAMARIA", wordExact},
		{"ANNA MARIA", "MARIA", wordSubset},
		{"WAGNER", "WAGNRE", wordTypo},
		{"J", "JOHANNA", wordShort},
		{"BOB", "ROBERT", wordShort},
		{"GARCIA LOPEZ", "GARCIA RUIZ", wordPart},
		{"WAGNER", "KOWALSKI", wordOther},
	}
	c := newField(kindName, 0)
	for _, test := range tests {
		a, b := c.add(test.a), c.add(test.b)
		if got, back := compareWords(&c.values[a], &c.values[b]), compareWords(&c.values[b], &c.values[a]); got != test.want || back != test.want {
			t.Errorf("compareWords(%s, %s) = %d and back %d, want %d", test.a, test.b, got, back, test.want)
		}
	}
}

// The bound may never hide a name that is alike.
func TestAtMost(t *testing.T) {
	names := []string{"ANNA", "HANNA", "WAGNER", "VAGNER", "KOWALSKI", "KOVALSKY", "LI", "LEE", "OLEKSANDR", "ALEKSANDER", "B?RD"}
	for _, a := range names {
		for _, b := range names {
			if s, most := winkler(a, b), atMost(a, b, letters(a), letters(b)); s > most {
				t.Errorf("winkler(%s, %s) = %d, above its bound %d", a, b, s, most)
			}
		}
	}
}

// Two persons of one town, each in several copies, stay two although one
// damaged record lies between them.
func TestClusterBridge(t *testing.T) {
	var rows []Row
	add := func(values ...string) {
		rows = append(rows, Row{ID: fmt.Sprintf("%05d", len(rows)), Values: values})
	}
	first := []string{"Anna", "Bernd", "Clara", "Detlef", "Edda", "Frank", "Gerda", "Hanno", "Ilse", "Jonas", "Karla", "Lothar"}
	last := []string{"Wagner", "Kowalski", "Dupont", "Moretti", "Svensson", "Nakamura", "Oliveira", "Papadopoulos", "Brzezinski", "Ferguson", "Haddad"}
	for i := range 400 {
		for range 1 + i%3 {
			add(first[i%len(first)], last[i*7%len(last)], fmt.Sprintf("%d-%02d-%02d", 1940+i%61, 1+i%12, 1+i%28), fmt.Sprint("Town", i%37))
		}
	}
	one := len(rows)
	for range 4 {
		add("Theodor", "Quasthoff", "1951-02-03", "Town5")
	}
	other := len(rows)
	for range 4 {
		add("Ulrike", "Quasthoff", "1979-11-21", "Town5")
	}
	add("", "Quasthoff", "", "Town5")
	pairs, err := Dedupe(t.Context(), []Meaning{MeansGivenName, MeansSurname, MeansBirthDate, MeansCity}, rows, LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	of, err := Clusters(pairs, LinkThreshold)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 4 {
		if of[rows[one+k].ID] != rows[one].ID || of[rows[other+k].ID] != rows[other].ID {
			t.Errorf("copy %d is in clusters %s and %s, want %s and %s", k, of[rows[one+k].ID], of[rows[other+k].ID], rows[one].ID, rows[other].ID)
		}
	}
}

func TestLinkNothing(t *testing.T) {
	tests := []struct {
		name        string
		left, right []Row
	}{
		{"no rows", nil, nil},
		{"no right rows", []Row{{ID: "a", Values: []string{"Anna"}}}, nil},
		{"no values", []Row{{ID: "a"}, {ID: "b"}}, []Row{{ID: "c"}}},
		{"one each", []Row{{ID: "a", Values: []string{"Anna"}}}, []Row{{ID: "b", Values: []string{"Zoltan"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pairs, err := Link(t.Context(), []Meaning{MeansGivenName}, test.left, test.right, LinkOptions{OneToOne: true})
			if err != nil || len(pairs) != 0 {
				t.Errorf("Link: %v, %v; want no pairs", pairs, err)
			}
			if pairs, err = Dedupe(t.Context(), []Meaning{MeansGivenName}, test.left, LinkOptions{}); err != nil || len(pairs) != 0 {
				t.Errorf("Dedupe: %v, %v; want no pairs", pairs, err)
			}
		})
	}
}

// Names that stand in each other's column say that the given name agrees: more
// than relatives share, and all that twins do not.
func TestSwappedNamesAgainstRelatives(t *testing.T) {
	m := &pairModel{f: &pairFile{fields: []*field{{kind: kindName}, {kind: kindName}, {kind: kindDate}}, given: 0, family: 1}}
	m.weight[1][wordSwapped], m.weight[0][wordOther] = 12*oneBit, -3*oneBit
	m.homes.told, m.homes.share[1], m.homes.twin = true, true, startTwins
	m.setHomes()
	var swapped, other pattern
	swapped.set(1, wordSwapped)
	other.set(0, wordOther)
	other.set(1, wordSwapped)
	home, twins := m.against(swapped)
	if home != homeMost || twins != startTwins+12*oneBit {
		t.Errorf("swapped: %d bits against relatives, %d against twins", home/oneBit, twins/oneBit)
	}
	if _, twins := m.against(other); twins > startTwins+12*oneBit+otherFirst {
		t.Errorf("one name in the other's column and another given name: %d bits against twins", twins/oneBit)
	}
}

// Where nothing tells a home, relatives have no place and twins have.
func TestAgainstTwinsAlone(t *testing.T) {
	m := &pairModel{f: &pairFile{fields: []*field{{kind: kindName}, {kind: kindName}, {kind: kindDate}}, given: 0, family: 1}}
	m.weight[0][wordOther], m.homes.twin = -3*oneBit, startTwins
	m.setHomes()
	var p pattern
	p.set(0, wordOther)
	if home, twins := m.against(p); home < 100*oneBit || twins != startTwins-3*oneBit {
		t.Errorf("another given name: %d bits against relatives, %d against twins", home/oneBit, twins/oneBit)
	}
}
