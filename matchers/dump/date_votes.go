package dump

import (
	"fmt"
)

// dateVotes gathers what the dates of a column have in common.
type dateVotes struct {
	n, ymd, day1st, month1st, timed, serial int64
	named, bareYear, partial                int64
	odd                                     int64      // serial days that nobody now alive was born on
	unix, milli, rata, turn                 int64      // not in n: they may be any number
	least, most                             int        // serial days
	years                                   [256]int32 // from 1850
	short                                   [100]int32
	turned                                  [100]int32 // the first two of six digits
	shorts                                  int64
	late                                    lateDays
}

func (dv *dateVotes) add(d dateParts) {
	switch d.kind {
	case dateUnix, dateMilli, dateRata:
		dv.addCounted(d)
		return
	case dateTurn:
		dv.turn++
		dv.turned[d.a]++
		return
	}
	dv.n++
	if d.timed {
		dv.timed++
	}
	year := d.c
	switch d.kind {
	case dateYMD:
		dv.ymd++
		year = d.a
		dv.late.add(d.a, d.b, d.c)
	case dateSerial:
		dv.serial++
		if dv.serial == 1 || d.a < dv.least {
			dv.least = d.a
		}
		dv.most = max(dv.most, d.a)
		if d.a < 3650 || d.a > 46500 {
			dv.odd++
		}
		year, _, _ = fromSerial(d.a)
	case dateY:
		dv.bareYear++
	case dateMY:
		dv.partial++
	case dateParts3:
		switch {
		case d.named:
			dv.named++
		case d.a > 12 && d.b <= 12:
			dv.day1st++
		case d.b > 12 && d.a <= 12:
			dv.month1st++
		}
		if d.short {
			dv.shorts++
			dv.short[d.c]++
			dv.turned[d.a]++
			return
		}
		if d.b <= 12 {
			dv.late.add(d.c, d.b, d.a)
		} else {
			dv.late.add(d.c, d.a, d.b)
		}
	}
	if year >= 1850 && year < 1850+len(dv.years) {
		dv.years[year-1850]++
	}
}

// addCounted takes a number that is a date only where the whole column says so.
func (dv *dateVotes) addCounted(d dateParts) {
	s := dateStyle{}
	switch d.kind {
	case dateUnix:
		s.order = orderUnix
		dv.unix++
	case dateMilli:
		s.order = orderMilli
		dv.milli++
	case dateRata:
		s.order = orderRata
		dv.rata++
	}
	days, _ := s.days(d)
	if year, _, _ := civil(days); year >= 1850 && year < 1850+len(dv.years) {
		dv.years[year-1850]++
	}
}

// lateDays keeps the newest days met, as 20060309, newest first. Where day and
// month may be exchanged they are what France would write: the year is right.
type lateDays [16]int32

func (l *lateDays) add(y, m, d int) {
	n := int32(y*10000 + m*100 + d)
	last := len(l) - 1
	if n <= l[last] {
		return
	}
	for last > 0 && l[last-1] < n {
		l[last] = l[last-1]
		last--
	}
	if last == 0 || l[last-1] != n {
		l[last] = n
	} else {
		copy(l[last:], l[last+1:]) // known already: close the gap again
		l[len(l)-1] = 0
	}
}

// passes tells a day of the usual forms that is older than all that are kept: it
// has nothing to say once the order is settled.
func (l *lateDays) passes(v []byte) bool {
	if len(v) < 10 {
		return false
	}
	oldest := int(l[len(l)-1])
	var n int
	switch {
	case v[2] == v[5] && isDateSign(v[2]) && len(v) == 10:
		n = four(v[6:])*10000 + 1231
	case v[4] == v[7] && isDateSign(v[4]):
		n = four(v)*10000 + 1231
	default:
		return false
	}
	return n > 0 && n < oldest
}

// newest returns the newest day that others stand near to, "" when none does:
// a typing error makes a day of the future now and then. today is the last that
// is possible, zero when that is not known.
func (l *lateDays) newest(today int32) string {
	for i, n := range l {
		if n == 0 || today > 0 && n > today || n > 21000000 {
			continue
		}
		if i+2 < len(l) && l[i+2] > 0 && n/10000-l[i+2]/10000 > 1 {
			continue // more than a year before the one after the next
		}
		return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
	}
	return ""
}

// open says that nothing settles day and month yet.
func (dv *dateVotes) open() bool { return dv.day1st+dv.month1st+dv.named == 0 && dv.ymd*2 < dv.n }

// style decides for the whole column. ambiguous says that day and month could
// be exchanged in every row; France writes the day first.
func (dv *dateVotes) style(newest int) (s dateStyle, ambiguous bool) {
	s.order = "dmy"
	short, turned := dv.shorts, dv.short
	switch {
	case max(dv.unix, dv.milli) > dv.n:
		s.order = orderUnix
		if dv.milli > dv.unix {
			s.order = orderMilli
		}
	case dv.rata > dv.n && dv.rata > dv.turn:
		s.order = orderRata
	case dv.turn > dv.n/2:
		s.order = orderShortYMD
		short, turned = dv.turn, dv.turned
	case dv.serial*2 > dv.n:
		s.order = orderSerial
	case dv.ymd*2 > dv.n:
		s.order = "ymd"
	case dv.month1st > dv.day1st:
		s.order = "mdy"
	case dv.day1st == 0 && dv.named == 0:
		ambiguous = true
	}
	if short > 0 {
		s.pivot = gap(&turned, newest)
	}
	return s, ambiguous
}

// gap finds where two-digit years turn from 20xx to 19xx: behind the widest
// stretch of years that nobody has comes the oldest, before it the youngest. A
// youngest beyond the newest year is of the last century, and all are. With no
// stretch to speak of, the newest year decides.
func gap(short *[100]int32, newest int) int {
	best, width := 0, 0
	for from := range 100 {
		if short[from] > 0 || short[(from+99)%100] == 0 {
			continue
		}
		w := 0
		for w < 100 && short[(from+w)%100] == 0 {
			w++
		}
		if w > width {
			best, width = from, w
		}
	}
	switch {
	case width < 5:
		return newest
	case best-1 <= newest:
		return best - 1
	}
	return -1
}
