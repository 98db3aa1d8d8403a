package dump

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	dmy, mdy := dateStyle{order: "dmy", pivot: 8}, dateStyle{order: "mdy", pivot: 8}
	tests := []struct {
		text  string
		style dateStyle
		want  string
	}{
		{"17/05/2009", dmy, "2009-05-17"},
		{"05/17/2009", mdy, "2009-05-17"},
		{"05/03/2009", mdy, "2009-05-03"},
		{"05/03/2009", dmy, "2009-03-05"},
		{"05/17/2009", dmy, "2009-05-17"}, // this row was the other way round
		{"2009-05-17", dmy, "2009-05-17"},
		{"2009-05-17T00:00:00.000Z", dmy, "2009-05-17"},
		{"2009-05-17 00:00:00", dmy, "2009-05-17"},
		{"17/05/2009 00:00", dmy, "2009-05-17"},
		{"2009/5/7", dmy, "2009-05-07"},
		{"7.5.2009", dmy, "2009-05-07"},
		{"7-5-09", dmy, "1909-05-07"},
		{"7-5-08", dmy, "2008-05-07"},
		{"070508", dmy, "2008-05-07"},
		{"20090517", dmy, "2009-05-17"},
		{"17052009", dmy, "2009-05-17"},
		{"17 mai 2009", dmy, "2009-05-17"},
		{"1er août 2009", dmy, "2009-08-01"},
		{"17-MAY-2009", dmy, "2009-05-17"},
		{"May 17, 2009", dmy, "2009-05-17"},
		{"5 févr. 2009", dmy, "2009-02-05"},
		{"00/00/1985", dmy, "1985-00-00"},
		{"1985-00-00", dmy, "1985-00-00"},
		{"00/03/1985", dmy, "1985-03-00"},
		{"1985", dmy, "1985-00-00"},
		{"03/1985", dmy, "1985-03-00"},
		{"31/02/1985", dmy, "1985-02-00"}, // no such day: the rest is evidence still
		{"29/02/2001", dmy, "2001-02-00"},
		{"29/02/2000", dmy, "2000-02-29"},
		{"45/45/1985", dmy, "1985-00-00"},
		{"00/00/0000", dmy, ""},
		{"0000-00-00", dmy, ""},
		{"39950", dateStyle{order: "serial"}, "2009-05-17"},
		{"39950", dmy, ""},
		{"60", dmy, ""},
		{"61", dateStyle{order: "serial"}, ""},
		{"hier", dmy, ""},
		{"17/05", dmy, ""},
		{"12345678901234567890", dmy, ""},
	}
	for _, tt := range tests {
		if got := string(tt.style.render(nil, parseDate([]byte(tt.text)))); got != tt.want {
			t.Errorf("%q as %s = %q, want %q", tt.text, tt.style.order, got, tt.want)
		}
	}
}

func TestSerialDaysAgreeWithTheCalendar(t *testing.T) {
	day := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	for n := 61; n < 59_000; n++ {
		if y, m, d := fromSerial(n); y != day.Year() || m != int(day.Month()) || d != day.Day() {
			t.Fatalf("serial %d = %d-%d-%d, want %v", n, y, m, d, day)
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestColumnsDecideDates(t *testing.T) {
	column := func(values ...string) *dateVotes {
		var dv dateVotes
		for _, v := range values {
			dv.add(parseDate([]byte(v)))
		}
		return &dv
	}
	years := func(from, to int) (out []string) {
		for y := from; y <= to; y++ {
			out = append(out, fmt.Sprintf("05/06/%02d", y%100))
		}
		return out
	}
	tests := []struct {
		name      string
		column    *dateVotes
		order     string
		ambiguous bool
		pivot     int
	}{
		{"one row tells the day", column("01/02/2000", "03/04/2000", "13/05/2000"), "dmy", false, 0},
		{"one row tells the month", column("01/02/2000", "03/04/2000", "05/13/2000"), "mdy", false, 0},
		{"typing errors do not outvote", column("13/01/2000", "14/01/2000", "05/13/2000"), "dmy", false, 0},
		{"nothing tells", column("01/02/2000", "03/04/2000"), "dmy", true, 0},
		{"words tell", column("3 mars 2000"), "dmy", false, 0},
		{"ISO", column("2000-01-02", "2000-03-04"), "ymd", false, 0},
		{"young people", column(years(1998, 2009)...), "dmy", true, 9},
		{"all ages", column(years(1930, 2008)...), "dmy", true, 8},
		{"children", column(years(2004, 2024)...), "dmy", true, 24},
		{"old people", column(years(1920, 1960)...), "dmy", true, -1},
		{"adults", column(years(1950, 1999)...), "dmy", true, -1},
		{"every year", column(years(1925, 2024)...), "dmy", true, 26},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, ambiguous := tt.column.style(26)
			if s.order != tt.order || ambiguous != tt.ambiguous || s.pivot != tt.pivot {
				t.Errorf("got %+v, ambiguous %v", s, ambiguous)
			}
		})
	}
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"17/05/2009", "2009-05-17T10:00Z", "1er août 2009", "00/00/0000", "39950", "May 17, 2009", "7-5-09", "é", "12 é 2001", "1e"} {
		f.Add([]byte(seed), 8)
	}
	f.Fuzz(func(t *testing.T, v []byte, pivot int) {
		d := parseDate(v)
		for _, order := range []string{"dmy", "mdy", "ymd", "serial"} {
			out := string(dateStyle{order: order, pivot: pivot}.render(nil, d))
			if out == "" {
				continue
			}
			var y, m, day int
			if n, err := fmt.Sscanf(out, "%04d-%02d-%02d", &y, &m, &day); n != 3 || err != nil || len(out) != 10 {
				t.Fatalf("%q became %q", v, out)
			}
			if m > 12 || day > 0 && (m == 0 || day > daysIn(y, m)) {
				t.Fatalf("%q became the impossible %q", v, out)
			}
		}
	})
}

// Dates that are exchanged as they stand come out as all others do.
func TestWriteDates(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 100_000 {
		sign := string("/-. :"[r.IntN(5)])
		v := fmt.Appendf(nil, "%02d%s%02d%s%04d", r.IntN(34), sign, r.IntN(15), sign, 1800+r.IntN(320))
		if r.IntN(5) == 0 {
			v[r.IntN(len(v))] = "0x/ 9"[r.IntN(5)]
		}
		for _, order := range []string{"dmy", "mdy", "ymd", orderSerial, orderRata, orderShortYMD, orderUnix} {
			s := dateStyle{order: order, pivot: 25}
			if got, want := string(s.write(nil, v)), string(s.render(nil, parseDate(v))); got != want {
				t.Fatalf("%q as %s is %q, want %q", v, order, got, want)
			}
		}
	}
}
