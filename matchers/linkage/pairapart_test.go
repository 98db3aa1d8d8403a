package linkage

import (
	"fmt"
	"testing"
)

// Of twins as well one may have moved: two addresses speak neither for one person
// nor for twins.
func TestTwinsApart(t *testing.T) {
	meanings := []Meaning{MeansGivenName, MeansSurname, MeansBirthDate, MeansStreet, MeansPostcode, MeansCity}
	var rows []Row
	for i := range 200 {
		rows = append(rows, Row{ID: fmt.Sprintf("r%03d", i), Values: []string{"Given" + fmt.Sprint(i%20), "Family" + fmt.Sprint(i), fmt.Sprintf("19%02d-%02d-11", 50+i%40, 1+i%12),
			fmt.Sprint(i+1, " rue ", i), fmt.Sprint(10000 + 100*i), "City" + fmt.Sprint(i)}})
	}
	twin := func(id, street, postcode, city string) Row {
		return Row{ID: id, Values: []string{"Odile", "Family7", "1957-08-11", street, postcode, city}}
	}
	f, err := newPairFile(meanings, rows, []Row{twin("at home", "8 rue 7", "10700", "City7"), twin("moved", "99 quai du Port", "98000", "Elsewhere")})
	if err != nil {
		t.Fatal(err)
	}
	m, err := newPairModel(t.Context(), f, 1)
	if err != nil {
		t.Fatal(err)
	}
	weigh := func(other int32) (home, twins bitsFx) { return m.against(f.compare(7, other, new(wordMemo))) }
	_, together := weigh(200)
	home, apart := weigh(201)
	if d := apart - together; d > 3*oneBit || d < -3*oneBit {
		t.Errorf("twins: %.1f bits for one person at two addresses, %.1f at one; want them within 3 bits", apart.float(), together.float())
	}
	if home < 5*oneBit {
		t.Errorf("%.1f bits against two of one home at two addresses, want 5 or more", home.float())
	}
}
