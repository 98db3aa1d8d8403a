package linkage

import (
	"fmt"
	"testing"
)

// Those who moved are found as well: one removal is one disagreement. Strangers of
// one name at two addresses are not.
func TestLinkMoved(t *testing.T) {
	meanings := []Meaning{MeansGivenName, MeansSurname, MeansBirthYear, MeansStreet, MeansPostcode, MeansCity}
	word := func(kind string, n int, syllables ...string) string {
		x := hashText(7, fmt.Sprint(kind, n))
		s := ""
		for range 3 {
			s, x = s+syllables[x%uint64(len(syllables))], mix(x)
		}
		return s
	}
	person := func(who, home int) []string {
		return []string{word("given", who%200, "ba", "ri", "no", "lu", "te", "mi"), word("family", who, "gar", "bel", "mon", "tis", "cor", "vil", "dan", "lou"),
			fmt.Sprint(1940 + who%60), fmt.Sprint(home%90+1, " rue ", word("street", home, "al", "os", "un", "ed", "ir", "po")), fmt.Sprint(10000 + home%80*1000),
			word("city", home%80, "ville", "bourg", "mont", "saint", "val")}
	}
	var left, right []Row
	for who := range 2000 {
		home := who
		if who%5 == 0 {
			home += 5000 // moved
		}
		left = append(left, Row{ID: fmt.Sprint("l", who), Values: person(who, who)})
		right = append(right, Row{ID: fmt.Sprint("r", who), Values: person(who, home)})
	}
	pairs, err := Link(t.Context(), meanings, left, right, LinkOptions{OneToOne: true})
	if err != nil {
		t.Fatal(err)
	}
	moved, wrong := 0, 0
	for _, p := range pairs {
		switch {
		case p.Probability < LinkThreshold:
		case p.Left[1:] != p.Right[1:]:
			wrong++
		default:
			var who int
			if _, err := fmt.Sscan(p.Left[1:], &who); err == nil && who%5 == 0 {
				moved++
			}
		}
	}
	if moved < 380 || wrong > 2 {
		t.Errorf("Link found %d of 400 who moved and %d wrong pairs, want 380 or more and 2 or fewer", moved, wrong)
	}
}

func TestSightings(t *testing.T) {
	tests := []struct {
		name  string
		count int32
		same  uint64 // pairs
		one   bool
	}{
		{"seen once", 1, 0, true},
		{"two records of one person", 2, 1, true},
		{"four records of one person", 4, 6, true},
		{"two people", 2, 0, false},
		{"two people of two records", 4, 2, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var s sightings
			s.add(test.count, test.same*unitP)
			records := uint64(test.count) << 10
			if test.one && (s.one != records || s.two != 0) || !test.one && (s.two != records || s.one != 0) {
				t.Errorf("add(%d, %d pairs) = %d records of one and %d of two, of %d", test.count, test.same, s.one, s.two, records)
			}
		})
	}
	s := sightings{}
	for range 40 {
		s.add(1, 0)
	}
	for range 10 {
		s.add(2, 0)
	}
	if got := s.unseen(); got != 500 {
		t.Errorf("unseen = %d thousandths of 40 values seen once and 10 seen twice, want 500", got)
	}
}
