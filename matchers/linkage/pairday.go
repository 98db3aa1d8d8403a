package linkage

import (
	"strconv"
	"strings"
)

// day is a date of birth as written: parts out of range stay, because errors
// are compared too. A part that is unknown is 0.
type day struct{ y, m, d uint16 }

// pack puts the parts side by side, to compare dates without a look at their values.
func (d day) pack() uint64 { return uint64(d.y)<<32 | uint64(d.m)<<16 | uint64(d.d) }

func unpackDay(x uint64) day { return day{uint16(x >> 32), uint16(x >> 16), uint16(x)} }

// String is the date in eight digits.
func (d day) String() string {
	b := make([]byte, 0, 8)
	for _, x := range [...]uint16{d.y / 100 % 100, d.y % 100, d.m % 100, d.d % 100} {
		b = append(b, byte('0'+x/10), byte('0'+x%10))
	}
	return string(b)
}

// parseDay reads "1984-03-09", "1984/3/9", "19840309" and "1984".
func parseDay(s string) day {
	s = strings.TrimSpace(cut(s))
	if i := strings.IndexAny(s, "T "); i >= 8 {
		s = s[:i]
	}
	p := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	switch {
	case len(p) == 1 && len(p[0]) == 8:
		return partsDay(p[0][:4], p[0][4:6], p[0][6:])
	case len(p) == 1 && len(p[0]) == 6:
		return partsDay(p[0][:4], p[0][4:], "")
	case len(p) == 1 && len(p[0]) == 4:
		return partsDay(p[0], "", "")
	case len(p) >= 2 && len(p[0]) == 4:
		p = append(p, "")
		return partsDay(p[0], p[1], p[2])
	}
	return day{}
}

// partsDay reads the parts of a date, each of which may be missing.
func partsDay(y, m, d string) day {
	num := func(s string, most uint64) uint16 {
		s = strings.TrimSuffix(strings.TrimSpace(s), ".0")
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil || n > most {
			return 0
		}
		return uint16(n)
	}
	return day{num(y, 9999), num(m, 99), num(d, 99)}
}

// Levels of the date of birth.
const (
	dayExact     = iota + 1
	daySwapped   // day and month in each other's place
	dayTypo      // one part off by a digit or by neighbours in each other's place
	dayNoDay     // the day differs
	dayNoMonth   // the month differs
	dayNoYear    // the year differs
	dayVague     // the year agrees, one side does not know more, or says 1 January
	dayYear      // the year agrees
	dayYearNear  // the year is off by a digit, day or month agree
	dayClose     // the year is off by at most two, neither day nor month agree
	dayPart      // day or month agree
	dayDifferent // nothing agrees
	dayUnsaid    // nothing on both sides contradicts, but there is no year
)

func compareDays(a, b day) uint8 {
	switch {
	case a == b:
		return dayExact
	case a.y == 0 || b.y == 0:
		return compareUnsaid(a, b)
	}
	m, d := a.m != 0 && a.m == b.m, a.d != 0 && a.d == b.d
	open := a.m == 0 || b.m == 0 || a.d == 0 || b.d == 0
	vague := open || a.m == 1 && a.d == 1 || b.m == 1 && b.d == 1
	if a.y == b.y {
		switch {
		case !open && a.m == b.d && a.d == b.m:
			return daySwapped
		case vague && (open && (m || a.m == 0 || b.m == 0) || !m && !d):
			return dayVague
		case m && slipTwo(a.d, b.d), d && slipTwo(a.m, b.m):
			return dayTypo
		case m:
			return dayNoDay
		case d:
			return dayNoMonth
		}
		return dayYear
	}
	near := slip4(a.y, b.y)
	switch {
	case m && d && near && !vague:
		return dayTypo
	case m && d && !vague:
		return dayNoYear
	case near && (m || d):
		return dayYearNear
	case a.y-b.y <= 2 || b.y-a.y <= 2:
		return dayClose
	case m || d:
		return dayPart
	}
	return dayDifferent
}

func compareUnsaid(a, b day) uint8 {
	if a.y != 0 && b.y != 0 && a.y != b.y || a.m != 0 && b.m != 0 && a.m != b.m || a.d != 0 && b.d != 0 && a.d != b.d {
		return dayDifferent
	}
	return dayUnsaid
}

// slipTwo tells two known numbers of two digits apart by one digit, by one, or
// by order.
func slipTwo(a, b uint16) bool { return a != 0 && b != 0 && slipDigits(a, b) }

func slipDigits(a, b uint16) bool {
	return a/10 == b/10 || a%10 == b%10 || a/10 == b%10 && a%10 == b/10 || a == b+1 || b == a+1
}

// slip4 is slipTwo for years.
func slip4(a, b uint16) bool {
	return a == b+1 || b == a+1 || a/100 == b/100 && slipDigits(a%100, b%100) || a%100 == b%100 && slipDigits(a/100, b/100)
}
