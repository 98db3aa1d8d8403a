package linkage

import "testing"

// A mark may never hide what a comparison letter by letter would find.
func FuzzMark(f *testing.F) {
	for _, s := range [][2]string{{"WAGNER", "WAGNRE"}, {"ANNA MARIA", "MARIA"}, {"12 HIGH STREET", "12 HIHG STREET"}, {"4223", "4322"}, {"B?RD", "BYRD"}, {"", "LEE"}, {"AAAA", "AA"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		one, two := markOf(a, "", []string{a}), markOf(b, "", []string{b})
		for limit := range 3 {
			if d := distance(a, b, limit); d <= limit && one.beyond(&two, limit) {
				t.Errorf("%q and %q are %d apart, but marked beyond %d", a, b, d, limit)
			}
		}
		if s := winkler(a, b); a != "" && b != "" && one.below(&two, s) {
			t.Errorf("winkler(%q, %q) = %d, but marked below", a, b, s)
		}
		c := newField(kindName, 0)
		x, y := c.add(Fold(a)), c.add(Fold(b))
		if l := compareWords(&c.values[x], &c.values[y]); x != 0 && y != 0 && l != wordOther && c.marks[x].strange(&c.marks[y]) {
			t.Errorf("compareWords(%q, %q) = %d, but marked strange", a, b, l)
		}
	})
}

// Pairs left early are those that would have weighed too little.
func TestCompareHopeful(t *testing.T) {
	rows := []Row{
		{ID: "a", Values: []string{"Anna", "Wagner", "1951-02-03", "12 High Street", "4223"}},
		{ID: "b", Values: []string{"Ana", "Wagner", "1951-02-30", "12 Hihg Street", "4232"}},
		{ID: "c", Values: []string{"Wagner", "Anna", "1951-02-03", "14 High Street", ""}},
		{ID: "d", Values: []string{"Zoltan", "Brzezinski", "1979-11-21", "7 Mill Lane", "9010"}},
		{ID: "e", Values: []string{"", "Kowalski", "", "7 Mill Lane", "9011"}},
		{ID: "f", Values: []string{"Anna Maria", "", "1951", "", "4223"}},
	}
	f, err := newPairFile([]Meaning{MeansGivenName, MeansSurname, MeansBirthDate, MeansStreet, MeansPostcode}, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newPairModel(t.Context(), f, 1)
	if err != nil {
		t.Fatal(err)
	}
	h, memo := m.hopes(), new(wordMemo)
	for i := range int32(len(rows)) {
		for j := range i {
			how := f.compare(j, i, memo)
			want := m.weigh(how)
			for _, least := range []bitsFx{-100 * oneBit, -oneBit, 0, want, want + 1, 5 * oneBit} {
				p, weight, ok := m.compareHopeful(j, i, h, least, memo)
				if ok != (want >= least) || ok && (p != how || weight != want) {
					t.Errorf("%s and %s from %d: %x of %d, %v; want %x of %d", f.ids[j], f.ids[i], least, p, weight, ok, how, want)
				}
			}
		}
	}
}
