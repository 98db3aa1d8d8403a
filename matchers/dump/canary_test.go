package dump

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers"
)

func canaryRecord(id, name, usage, given, born, email, phone, nir string) *matchers.Record {
	rec := &matchers.Record{ID: id}
	v := &rec.Values
	v[matchers.BirthName], v[matchers.UsageName], v[matchers.GivenNames], v[matchers.BirthDate] = name, usage, given, born
	v[matchers.Email], v[matchers.Phone], v[matchers.NIR] = email, phone, nir
	return rec
}

func watched(t testing.TB) *canaryWatch {
	t.Helper()
	c := &Canaries{Salt: []byte("0123456789abcdef")}
	c.Plantings = append(c.Plantings, Planting{ID: "one", Persons: 3})
	c.Add(canaryRecord("J352482236", "Canarival", "", "Zoé Lina", "2006-03-09", "zoe.canarival@example.org", "+33639981714", "206033817200143"))
	c.Add(canaryRecord("J303325168", "Le Canari", "Du Perchoir", "Jean-Marc", "1990-11-02", "", "+33639987343", ""))
	c.Add(canaryRecord("17", "Canaridal", "", "Omar", "2004-00-00", "", "", ""))
	return newCanaryWatch(c)
}

func TestRowsOfCanariesAreJudged(t *testing.T) {
	for _, tt := range []struct {
		name, row string
		fields    string // "" is not a canary's
		twofold   bool
	}{
		{"as planted", "J352482236|Canarival|Zoé Lina|2006-03-09|zoe.canarival@example.org|+33639981714", "id email phone names_birth_date", true},
		{"capitals without accents, French day", "ZOE|CANARIVAL|09/03/2006", "names_birth_date", false},
		{"one column", "Mme Canarival Zoé Lina|9/3/2006", "names_birth_date", false},
		{"two digits of the year", "CANARIVAL;|Zoé|09/03/06", "names_birth_date", false},
		{"month first, with an hour", "Canarival|Zoé|03/09/2006 00:00:00", "names_birth_date", false},
		{"without signs", "Canarival|Zoé|20060309", "names_birth_date", false},
		{"with an hour in UTC", "Canarival|Zoé|2006-03-09T00:00:00Z", "names_birth_date", false},
		{"composed names", "LE CANARI|JEAN MARC|02-11-1990", "names_birth_date", false},
		{"the usage name", "Jean-Marc|du Perchoir|1990-11-02", "names_birth_date", false},
		{"an address alone", "ZOE.CANARIVAL@EXAMPLE.ORG", "email", false},
		{"a NIR without key", "2 06 03 38 172 001", "nir", false},
		{"a NIR with its key", "206033817200143", "nir", false},
		{"number and names", "06 39 98 17 14|canarival|zoé", "phone names", false},
		{"number, id and names", "06.39.98.17.14|canarival|zoé|j352482236", "id phone names", true},
		{"a number alone", "0639981714|Autre|Paul", "", false},
		{"an id alone", "J352482236|Autre|Paul", "", false},
		{"names alone", "Canarival|Zoé", "", false},
		{"names and the id of another", "Canarival|Zoé|J303325168", "", false},
		{"surname and birth date", "Canarival|Paul|2006-03-09", "", false},
		{"another year", "Canarival|Zoé|2005-03-09", "", false},
		{"an unknown day", "Canaridal|Omar|2004-00-00", "", false},
		{"running text", "Canarival Zoé est venue le 2006-03-09 avec tout le monde et ses amis de la volière hier", "", false},
		{"empty", "||", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := watched(t)
			w.look(&surveyed{grid: grid{row: 1}}, cellsOf(tt.row))
			var got []string
			twofold := false
			for _, s := range w.seen {
				for i, f := range foundFields {
					if s.fields&(1<<i) != 0 {
						got = append(got, f)
					}
				}
				twofold = s.twofold
			}
			if strings.Join(got, " ") != tt.fields || twofold != tt.twofold {
				t.Errorf("found by %q, twofold %t; want %q, %t", got, twofold, tt.fields, tt.twofold)
			}
		})
	}
}

func cellsOf(row string) (out [][]byte) {
	for _, v := range strings.Split(row, "|") {
		out = append(out, []byte(v))
	}
	return out
}

func TestChanceProvesNothing(t *testing.T) {
	named := func(n int) (rows []string) {
		for i := range n {
			rows = append(rows, fmt.Sprintf("Canari%c|Omar|2004-05-%02d", 'a'+i%26, 1+i/26))
		}
		return rows
	}
	for _, tt := range []struct {
		name    string
		planted int
		rows    []string
		total   int64
		sure    bool
	}{
		{"one by names", 10, named(1), 1000, false},
		{"two by names", 10, named(2), 1000, true},
		{"two by names of a thousand, in a national dump", 1000, named(2), 43e6, false},
		{"three, as strangers would make", 1000, named(3), 43e6, false},
		{"forty are more than strangers make", 1000, named(40), 43e6, true},
		{"one by an address", 10, []string{"omar.canaria@example.org"}, 1000, false},
		{"one twofold", 10, []string{"omar.canaria@example.org|" + named(1)[0]}, 43e6, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &Canaries{Salt: []byte("salt"), Plantings: []Planting{{ID: "x", Persons: int64(tt.planted)}}}
			for i := range tt.planted {
				rec := canaryRecord(fmt.Sprintf("id%07d", i), fmt.Sprintf("Canari%c", 'a'+i%26), "", "Omar", fmt.Sprintf("2004-05-%02d", min(28, 1+i/26)), "", "", "")
				if i == 0 {
					rec.Values[matchers.Email] = "omar.canaria@example.org"
				}
				c.Add(rec)
			}
			w := newCanaryWatch(c)
			for _, row := range tt.rows {
				w.look(&surveyed{}, cellsOf(row))
			}
			found := w.found(tt.total)
			if len(found) != 1 || found[0].Persons < int64(len(tt.rows)) || found[0].Sure != tt.sure {
				t.Errorf("%+v, want sure %t", found, tt.sure)
			}
		})
	}
}

func TestJobHoldsNoCanary(t *testing.T) {
	c := watched(t).c
	for i := range c.People {
		if n := len(c.People[i].Digests); n != numSlots*digestSize {
			t.Errorf("%d bytes of digests", n)
		}
	}
	other := &Canaries{Salt: []byte("another salt....")}
	other.Plantings = c.Plantings
	other.Add(canaryRecord("J352482236", "Canarival", "", "Zoé Lina", "2006-03-09", "zoe.canarival@example.org", "+33639981714", ""))
	for slot := range numSlots {
		a, b := c.People[0].Digests[slot*digestSize:][:digestSize], other.People[0].Digests[slot*digestSize:][:digestSize]
		if string(a) == string(b) && strings.Trim(string(a), "\x00") != "" {
			t.Errorf("slot %d does not depend on the salt", slot)
		}
	}
}

func TestDayKey(t *testing.T) {
	for v, want := range map[string]string{
		"2006-03-09": "20060309", "9/3/2006": "09032006", "09.03.06": "090306", "20060309": "20060309", "2006-03-09 10:11": "20060309", "2006-03-09T00:00Z": "20060309",
		"": "", "2006": "", "06-39-98-17-14": "063998", "123456789": "", "-": "", "1/2": "", "x": "", "9/3/20061": "",
	} {
		if d := cmp.Diff(want, string(dayKey(nil, []byte(v)))); d != "" {
			t.Errorf("%q: %s", v, d)
		}
	}
}

// Whatever stands in a row, looking for canaries neither fails nor finds one.
func FuzzCanaryRow(f *testing.F) {
	f.Add("J352482236|Zoe|2006-03-09")
	f.Add("\xff\xfe@9|\u0300|////|9/9/9/9")
	w := watched(f)
	f.Fuzz(func(t *testing.T, row string) {
		w.look(&surveyed{}, cellsOf(row))
		for _, s := range w.seen {
			if len(s.rows) > maxCanaryRows {
				t.Error("rows without bound")
			}
		}
	})
}

func BenchmarkCanaries(b *testing.B) {
	c := &Canaries{Salt: []byte("salt"), Plantings: []Planting{{ID: "x", Persons: 1000}}}
	for i := range 1000 {
		c.Add(canaryRecord(fmt.Sprintf("J%09d", i), "Martin", "", "Omar", fmt.Sprintf("20%02d-%02d-%02d", i%10, 1+i%12, 1+i%28), fmt.Sprintf("o%d@example.org", i), fmt.Sprintf("+3363998%04d", i), ""))
	}
	w := newCanaryWatch(c)
	t := &surveyed{}
	for name, phone := range map[string]string{"nobody": "+33612345678", "somebody's number": "+33639980001"} {
		row := cellsOf("J882482236|ml-val-d-orbe|MARTIN||Mamoudou Paul|M|1992-12-11|Seyssins|38486|Française|mamoudou.martin7514@example.com|" + phone + "|14 route des Genêts|71100|Chalon-sur-Saône|fr")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.look(t, row)
			}
		})
	}
}
