package linkage

// date is a date of birth in parts: year<<9 | month<<5 | day. A part that is
// unknown is 0; no date at all is 0.
type date uint32

func newDate(y, m, d int) date { return date(y<<9 | m<<5 | d) }

func (d date) year() int  { return int(d >> 9) }
func (d date) month() int { return int(d >> 5 & 15) }
func (d date) day() int   { return int(d & 31) }

// Years of birth outside these are no years of birth.
const (
	firstYear = 1850
	lastYear  = 2099
)

// real tells what parseDate can give from other numbers.
func (d date) real() bool {
	return d.year() >= firstYear && d.year() <= lastYear && d.month() <= 12 && (d.month() > 0 || d.day() == 0)
}

// parseDate reads a date of birth: "2006-03-09", "20060309", "2006-03-00",
// "2006". Impossible parts are unknown; a year outside 1850-2099 is no date.
func parseDate(s string) date {
	var digits [8]byte
	n := 0
	for i := 0; i < len(s) && i < 32; i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if n == 8 {
				break
			}
			digits[n] = c - '0'
			n++
		case c == 'T' || c == ' ' && n == 8:
			i = len(s)
		case c != '-' && c != '/' && c != '.' && c != ' ':
			return 0
		}
	}
	if n != 8 && n != 6 && n != 4 {
		return 0
	}
	num := func(i, j int) int {
		v := 0
		for ; i < j; i++ {
			v = v*10 + int(digits[i])
		}
		return v
	}
	y, m, d := num(0, 4), num(4, 6), num(6, 8)
	if y < firstYear || y > lastYear {
		return 0
	}
	if m > 12 && d > 0 && d <= 12 && m <= 31 {
		m, d = d, m // day and month in each other's place: only one reading makes sense
	}
	if m > 12 {
		m = 0
	}
	if d > 31 || m == 0 {
		d = 0
	}
	return newDate(y, m, d)
}

// vague tells a date whose day or month may stand for "unknown": civil status
// abroad is often known by the year only, and written 00 or 1 January.
func (d date) vague() bool {
	return d.month() == 0 || d.day() == 0 || d.month() == 1 && d.day() == 1
}

// sorted is the date with the lesser of day and month first, so that swapped
// dates share a block.
func (d date) sorted() date {
	return newDate(d.year(), min(d.month(), d.day()), max(d.month(), d.day()))
}

// Levels of the birth date.
const (
	dateExact   = iota + 1
	dateSwapped // day and month in each other's place
	datePartial // one is 1 January of the other's year
	dateKnown   // equal as far as both are known, and some part is not
	dateTypo    // one digit off, or two neighbours transposed
	dateTwo     // two of year, month and day
	dateYear    // the year only
	dateOff     // nothing of the above
)

// compareDates returns a level, 0 when one is missing.
func compareDates(a, b date) uint8 {
	if a == 0 || b == 0 {
		return 0
	}
	y, m, d := a.year() == b.year(), a.month() == b.month(), a.day() == b.day()
	switch {
	case a.day() == 0 || b.day() == 0:
		if !y {
			return dateOff
		}
		if !m && a.month() != 0 && b.month() != 0 {
			return dateYear
		}
		return dateKnown
	case a == b:
		return dateExact
	case y && a.month() == b.day() && a.day() == b.month():
		return dateSwapped
	case y && (a.vague() || b.vague()):
		return datePartial
	case slip(a, b):
		return dateTypo
	case y && m, y && d, m && d:
		return dateTwo
	case y:
		return dateYear
	}
	return dateOff
}

// slip tells whether one digit differs or two neighbouring digits changed
// places in the date written with eight digits.
func slip(a, b date) bool {
	x, y := a.digits(), b.digits()
	first, last, n := -1, -1, 0
	for i := range x {
		if x[i] != y[i] {
			if first < 0 {
				first = i
			}
			last = i
			n++
		}
	}
	return n == 1 || n == 2 && last == first+1 && x[first] == y[last] && x[last] == y[first]
}

func (d date) digits() [8]byte {
	y, m, dd := d.year(), d.month(), d.day()
	return [8]byte{byte(y / 1000), byte(y / 100 % 10), byte(y / 10 % 10), byte(y % 10), byte(m / 10), byte(m % 10), byte(dd / 10), byte(dd % 10)}
}
