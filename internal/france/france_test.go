package france

import (
	"math"
	"math/rand/v2"
	"testing"
)

func loaded(t testing.TB) *Data {
	t.Helper()
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCommunes(t *testing.T) {
	d := loaded(t)
	if len(d.Communes) < 34_000 || len(d.EPCI) < 1_200 || len(d.Departments) < 101 || len(d.Regions) != 18 {
		t.Fatalf("got %d communes, %d EPCI, %d departments, %d regions", len(d.Communes), len(d.EPCI), len(d.Departments), len(d.Regions))
	}
	people := 0
	for _, c := range d.Communes {
		people += c.Population
	}
	if people < 64_000_000 || people > 72_000_000 {
		t.Errorf("population is %d", people)
	}
	for _, tt := range []struct{ code, name, department, postcode string }{
		{"75056", "Paris", "75", "75001"},
		{"2A004", "Ajaccio", "2A", "20000"},
		{"97411", "Saint-Denis", "974", "97400"},
	} {
		c, ok := d.Commune(tt.code)
		if !ok || c.Name != tt.name || c.Department != tt.department {
			t.Errorf("commune %s: got %+v", tt.code, c)
		}
		found := false
		for _, p := range c.Postcodes {
			found = found || p == tt.postcode
		}
		if !found {
			t.Errorf("commune %s has no postcode %s", tt.code, tt.postcode)
		}
	}
	if _, ok := d.Commune("00000"); ok {
		t.Error("found a commune 00000")
	}
}

func TestEveryDepartmentHasCommunesAndRegion(t *testing.T) {
	d := loaded(t)
	regions, departments := map[string]bool{}, map[string]bool{}
	for _, r := range d.Regions {
		regions[r.Code] = true
	}
	for _, dep := range d.Departments {
		departments[dep.Code] = true
		if !regions[dep.Region] && dep.Region != dep.Code {
			t.Errorf("department %s is in region %q", dep.Code, dep.Region)
		}
	}
	for _, c := range d.Communes {
		if !departments[c.Department] {
			t.Fatalf("commune %s is in department %q", c.Code, c.Department)
		}
	}
}

func TestDrawsFollowTheLaw(t *testing.T) {
	d := loaded(t)
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 400_000
	seen := map[string]int{}
	for range n {
		seen[d.Surname(rng)]++
	}
	for _, r := range []int{1, 2, 5, 20, 60} {
		want := d.NameShare(d.nameAt(r)) * n
		if got := float64(seen[d.nameAt(r)]); math.Abs(got-want) > 5*math.Sqrt(want) {
			t.Errorf("rank %d: drawn %.0f times, want about %.0f", r, got, want)
		}
	}
	if share := below(138_000); share < 0.97 || share > 1.03 {
		t.Errorf("the law sums to %.3f over 138,000 names", share)
	}
	if d.NameShare("ZZZZ-NOBODY") <= 0 || d.NameShare("MARTIN") < 50*d.NameShare("ZZZZ-NOBODY") {
		t.Error("a common name is not told from an unknown one")
	}
	ranks := map[string]bool{}
	for r := range len(d.names) {
		name := d.nameAt(r + 1)
		if got, ok := d.rankOfName(name); !ok || got != int32(r+1) {
			t.Fatalf("%s of rank %d has rank %d, %v", name, r+1, got, ok)
		}
		ranks[name] = true
	}
	if len(ranks) != len(d.names) {
		t.Errorf("%d distinct names of %d", len(ranks), len(d.names))
	}
}

func TestGivenNames(t *testing.T) {
	d := loaded(t)
	for _, tt := range []struct {
		name, sex string
		in, notIn int
	}{{"Kevin", "M", 1992, 1935}, {"Germaine", "F", 1912, 2005}, {"Léa", "F", 2001, 1945}} {
		if a, b := d.GivenShare(tt.name, tt.sex, tt.in), d.GivenShare(tt.name, tt.sex, tt.notIn); a < 0.003 || a < 20*b {
			t.Errorf("%s: %.4f in %d, %.4f in %d", tt.name, a, tt.in, b, tt.notIn)
		}
	}
	a, b := rand.New(rand.NewPCG(7, 7)), rand.New(rand.NewPCG(7, 7))
	for year := 1890; year < 2030; year++ {
		if x, y := d.GivenName(a, "F", year), d.GivenName(b, "F", year); x != y || x == "" {
			t.Fatalf("year %d: %q and %q", year, x, y)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := read(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestMembers(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]string{}
	for _, e := range d.EPCI {
		if len(e.Members) == 0 {
			t.Errorf("%s has no commune", e.Name)
		}
		for _, code := range e.Members {
			if _, ok := d.Commune(code); !ok {
				t.Errorf("%s: commune %s is not there", e.Name, code)
			}
			if other := in[code]; other != "" {
				t.Errorf("commune %s is in %s and %s", code, other, e.Name)
			}
			in[code] = e.Name
		}
	}
	if len(in) < 34_000 {
		t.Errorf("%d communes in an EPCI", len(in))
	}
}
