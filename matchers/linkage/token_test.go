package linkage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers"
	"vigie/matchers/linkage"
)

func TestTokensMeet(t *testing.T) {
	person := rec("Le Gall", "Maël Yves", "2004-01-07")
	person.Values[matchers.Email], person.Values[matchers.Phone] = "mael.legall@example.org", "+33639980001"
	person.Values[matchers.Postcode] = "29200"
	for _, c := range []struct {
		name string
		row  matchers.Record
		want bool
	}{
		{"as it stands", rec("LE GALL", "MAEL", "2004-01-07"), true},
		{"swapped columns", rec("MAEL", "LEGALL", "2004-01-07"), true},
		{"another person", rec("Le Goff", "Erwan", "2001-02-03"), false},
		{"the same names, another day", rec("Le Gall", "Maël", "1987-06-05"), false},
		{"the e-mail alone", also(matchers.Record{}, matchers.Email, "mael.legall@example.org"), true},
		{"the phone alone", also(matchers.Record{}, matchers.Phone, "+33639980001"), true},
		{"the phone of a brother", also(rec("Le Gall", "Erwan", "2001-02-03"), matchers.Phone, "+33639980001"), false},
		{"a slip in the name, the same day and place", also(rec("Bagall", "Nael", "2004-01-07"), matchers.Postcode, "29200"), true},
		{"nothing", matchers.Record{}, false},
	} {
		z := linkage.NewTokenizer(linkage.TokenKinds(20_000))
		mine := map[linkage.Token]bool{}
		for _, x := range z.Person(&person) {
			mine[x] = true
		}
		got := false
		for _, x := range z.Row(&c.row) {
			got = got || mine[x]
		}
		if got != c.want {
			t.Errorf("%s: met %v, want %v", c.name, got, c.want)
		}
	}
}

func rec(name, given, born string) (r matchers.Record) {
	r.Values[matchers.BirthName], r.Values[matchers.GivenNames], r.Values[matchers.BirthDate] = name, given, born
	return r
}

func also(r matchers.Record, f matchers.Field, v string) matchers.Record {
	r.Values[f] = v
	return r
}

// TestTokensBringFewStrangers holds the promise of one stranger in a hundred,
// and finds nearly everybody.
func TestTokensBringFewStrangers(t *testing.T) {
	c := newCountry(31, 6000)
	registry := c.people[:len(c.people)/4]
	// A small country has fewer names and towns: kinds for a larger registry.
	z := linkage.NewTokenizer(linkage.TokenKinds(1_000_000))
	known := map[linkage.Token]bool{}
	for r, err := range c.records(registry) {
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range z.Person(&r) {
			known[x] = true
		}
	}
	var met, all [2]int // strangers, members
	for _, row := range c.leak(registry, 6000, .5) {
		who, hit := 0, 0
		if row.truth != "" {
			who = 1
		}
		for _, x := range z.Row(&row.rec) {
			if known[x] {
				hit = 1
			}
		}
		all[who]++
		met[who] += hit
	}
	if met[0]*100 > all[0] {
		t.Errorf("%d of %d strangers' rows would be opened", met[0], all[0])
	}
	if met[1]*100 < all[1]*97 {
		t.Errorf("only %d of %d members' rows would be opened", met[1], all[1])
	}
}

func TestTokenKinds(t *testing.T) {
	sets := []uint32{linkage.TokenKinds(100), linkage.TokenKinds(20_000), linkage.TokenKinds(1_000_000), linkage.TokenKinds(68_000_000)}
	for i := 1; i < len(sets); i++ {
		if sets[i]&^sets[i-1] != 0 {
			t.Errorf("a larger registry has kinds that a smaller one has not: %b, %b", sets[i-1], sets[i])
		}
	}
	if d := cmp.Diff([]int{11, 6, 4, 2}, counts(sets)); d != "" {
		t.Error(d)
	}
}

func counts(sets []uint32) (out []int) {
	for _, s := range sets {
		n := 0
		for ; s != 0; s &= s - 1 {
			n++
		}
		out = append(out, n)
	}
	return out
}
