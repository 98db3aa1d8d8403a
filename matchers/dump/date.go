package dump

import (
	"bytes"
	"strconv"
	"time"
)

// dateParts are three numbers as a date column writes them, before it is known
// which is the day. A part that is missing is -1.
type dateParts struct {
	a, b, c int
	named   bool // b is a month that was written as a word
	short   bool // the year has two digits
	kind    dateKind
	timed   bool // a time of day other than midnight follows
}

type dateKind uint8

const (
	dateNone   dateKind = iota
	dateYMD             // year first: c is the day
	dateParts3          // two parts, then the year
	dateMY              // month and year
	dateY               // year alone
	dateSerial          // a number of days
	// Numbers that are dates only where a whole column says so.
	dateUnix  // a: seconds since 1970
	dateMilli // a: milliseconds since 1970
	dateRata  // a: days since the year 1, as FileMaker counts them; b: the same digits as yymmdd may be meant
	dateTurn  // six digits that are a date as yymmdd only
)

// months by their first letters, French and English, accents left out.
var months = []struct {
	prefix string
	month  int
}{
	{"janv", 1}, {"jan", 1}, {"fev", 2}, {"f\xc3\xa9v", 2}, {"feb", 2}, {"mars", 3}, {"mar", 3}, {"avr", 4}, {"apr", 4},
	{"mai", 5}, {"may", 5}, {"juin", 6}, {"jun", 6}, {"juil", 7}, {"jul", 7}, {"aou", 8}, {"ao\xc3\xbb", 8}, {"aug", 8},
	{"sep", 9}, {"oct", 10}, {"nov", 11}, {"dec", 12}, {"d\xc3\xa9c", 12},
}

// parseDate reads the shapes in which dates are exported. It takes no decision
// about day and month.
func parseDate(v []byte) (d dateParts) {
	n := len(v)
	if n < 4 || n > 40 {
		return d
	}
	if n == 10 && v[2] == v[5] && isDateSign(v[2]) && two(v) >= 0 && two(v[3:]) >= 0 && four(v[6:]) >= 0 {
		return dateParts{a: two(v), b: two(v[3:]), c: four(v[6:]), kind: dateParts3}
	}
	if n >= 10 && v[4] == v[7] && isDateSign(v[4]) && four(v) >= 0 && two(v[5:]) >= 0 && two(v[8:]) >= 0 && (n == 10 || v[10] == 'T' || v[10] == ' ') {
		return dateParts{a: four(v), b: two(v[5:]), c: two(v[8:]), kind: dateYMD, timed: hasTime(v[10:])}
	}
	if allDigits(v) {
		return compactDate(v)
	}
	if v[n-1] == 'Z' && (n == 15 || n == 17 && v[14] == '.') && allDigits(v[:14]) {
		return compactDate(v[:14]) // GeneralizedTime of directories (RFC 4517)
	}
	if v[0] == '-' && n >= 8 && n <= 14 && allDigits(v[1:]) {
		if d = compactDate(v[1:]); d.kind == dateUnix || d.kind == dateMilli {
			d.a = -d.a // before 1970
			return d
		}
		return dateParts{}
	}
	return looseDate(v)
}

func isDateSign(c byte) bool { return c == '/' || c == '-' || c == '.' || c == ' ' }

func two(v []byte) int {
	if v[0]-'0' > 9 || v[1]-'0' > 9 {
		return -1
	}
	return int(v[0]-'0')*10 + int(v[1]-'0')
}

func four(v []byte) int {
	a, b := two(v), two(v[2:])
	if a < 0 || b < 0 {
		return -1
	}
	return a*100 + b
}

// hasTime tells a time of day that is not midnight.
func hasTime(v []byte) bool {
	for _, c := range v {
		if c >= '1' && c <= '9' {
			return true
		}
		if c == '+' || c == 'Z' || c == 'z' {
			return false // a zone
		}
	}
	return false
}

// compactDate reads digits alone: a year, a serial, 20060309 or 09032006.
func compactDate(v []byte) (d dateParts) {
	switch len(v) {
	case 4:
		return dateParts{a: -1, b: -1, c: four(v), kind: dateY}
	case 5:
		n, _ := strconv.Atoi(string(v))
		return dateParts{a: n, b: -1, c: -1, kind: dateSerial}
	case 6:
		return sixDigits(v)
	case 8:
		if y := four(v); y >= 1850 && y <= 2100 && two(v[4:]) <= 12 && two(v[6:]) <= 31 {
			return dateParts{a: y, b: two(v[4:]), c: two(v[6:]), kind: dateYMD}
		}
		return dateParts{a: two(v), b: two(v[2:]), c: four(v[4:]), kind: dateParts3}
	case 14:
		if y := four(v); y >= 1850 && y <= 2100 {
			return dateParts{a: y, b: two(v[4:]), c: two(v[6:]), kind: dateYMD, timed: hasTime(v[8:])}
		}
	case 9, 10:
		if n, _ := strconv.Atoi(string(v)); n > 1e7 && n < maxUnix && v[0] != '0' {
			return dateParts{a: n, b: -1, c: -1, kind: dateUnix}
		}
	case 11, 12, 13:
		if n, _ := strconv.Atoi(string(v)); n > 1e10 && n < maxUnix*1000 && v[0] != '0' {
			return dateParts{a: n, b: -1, c: -1, kind: dateMilli}
		}
	case 18:
		if n, _ := strconv.ParseInt(string(v), 10, 64); isFiletime(v, n) {
			return dateParts{a: int(n/1e7 - 11_644_473_600), b: -1, c: -1, kind: dateUnix}
		}
	}
	return d
}

// isFiletime tells what Windows counts, tenths of microseconds since 1601, of the
// years 2000 to 2040.
func isFiletime(v []byte, n int64) bool {
	return len(v) == 18 && n > 125_911_584_000_000_000 && n < 138_534_624_000_000_000
}

// maxUnix is a second of the year 2040.
const maxUnix = 2_208_988_800

// sixDigits reads 090306, which needs no century, 060309, and the days since
// the year 1 that FileMaker counts; those of births lie beyond 680,000.
func sixDigits(v []byte) (d dateParts) {
	a, b, c := two(v), two(v[2:]), two(v[4:])
	switch {
	case a == 0 && b == 0:
		return d
	case a >= 1 && b >= 1 && (a <= 31 && b <= 12 || a <= 12 && b <= 31):
		return dateParts{a: a, b: b, c: c, short: true, kind: dateParts3}
	case b >= 1 && b <= 12 && c >= 1 && c <= 31:
		return dateParts{a: a, b: b, c: c, short: true, kind: dateTurn}
	}
	if n := a*10000 + b*100 + c; n > 680_000 && n < 745_000 {
		return dateParts{a: n, b: -1, c: -1, kind: dateRata}
	}
	return d
}

// looseDate reads parts of one to four digits and month names between signs.
func looseDate(v []byte) (d dateParts) {
	var nums, lens [3]int
	n, named := 0, -1
	i := 0
	for i < len(v) && n < 3 {
		c := v[i]
		switch {
		case c >= '0' && c <= '9':
			from := i
			for i < len(v) && v[i]-'0' <= 9 {
				i++
			}
			if i-from > 4 {
				return d
			}
			nums[n], _ = strconv.Atoi(string(v[from:i]))
			lens[n] = i - from
			n++
		case isDateSign(c) || c == ',' || c == '\'':
			i++
		case c == 'e' && n == 1 && nums[0] == 1: // 1er
			i += 2
		case n < 3 && named < 0 && (isLetter(c) || c >= 0x80):
			m, size := monthName(v[i:])
			if m == 0 {
				return d
			}
			nums[n], lens[n], named = m, 2, n
			n++
			i += size
		default:
			return d
		}
	}
	rest := v[min(i, len(v)):]
	if len(rest) > 0 && rest[0] != ' ' && rest[0] != 'T' {
		return d
	}
	d.timed = hasTime(rest)
	return arrange(d, nums, lens, n, named)
}

func arrange(d dateParts, nums, lens [3]int, n, named int) dateParts {
	switch {
	case n == 3 && lens[0] == 4 && lens[1] <= 2 && lens[2] <= 2:
		d.a, d.b, d.c, d.kind = nums[0], nums[1], nums[2], dateYMD
	case n == 3 && lens[0] <= 2 && lens[1] <= 2 && (lens[2] == 4 || lens[2] == 2):
		d.a, d.b, d.c, d.kind, d.short = nums[0], nums[1], nums[2], dateParts3, lens[2] == 2
		if named == 0 {
			d.a, d.b = d.b, d.a
		}
		d.named = named >= 0
	case n == 2 && lens[0] <= 2 && lens[1] == 4:
		d.a, d.b, d.c, d.kind = -1, nums[0], nums[1], dateMY
	case n == 2 && lens[0] == 4 && lens[1] <= 2:
		d.a, d.b, d.c, d.kind = -1, nums[1], nums[0], dateMY
	}
	return d
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// monthName reads a month's name and returns how many bytes it takes.
func monthName(v []byte) (month, size int) {
	for size < len(v) && (isLetter(v[size]) || v[size] >= 0x80) {
		size++
	}
	word := bytes.ToLower(v[:size])
	if size < 3 || size > 12 {
		return 0, 0
	}
	for _, m := range months {
		if bytes.HasPrefix(word, []byte(m.prefix)) {
			return m.month, size
		}
	}
	return 0, 0
}

// plausible tells whether the parts can be a date in some order.
func (d dateParts) plausible() bool {
	yearOK := func(y int) bool { return y >= 1850 && y <= 2100 }
	switch d.kind {
	case dateYMD:
		return yearOK(d.a) && d.b <= 12 && d.c <= 31 || d.a == 0 && d.b == 0 && d.c == 0
	case dateParts3:
		return (d.short || yearOK(d.c) || d.c == 0) && (d.a <= 31 && d.b <= 12 || d.a <= 12 && d.b <= 31)
	case dateMY:
		return yearOK(d.c) && d.b <= 12
	case dateY:
		return yearOK(d.c)
	case dateSerial:
		return d.a > 1 && d.a < 60000
	}
	return false
}

// Orders of dates beside dmy, mdy and ymd.
const (
	orderSerial     = "serial"      // days as spreadsheets count them from 1900
	orderSerial1904 = "serial-1904" // days as spreadsheets of the Macintosh count them
	orderUnix       = "unix"        // seconds since 1970
	orderMilli      = "unix-milli"
	orderRata       = "days"   // since the year 1
	orderShortYMD   = "yymmdd" // six digits
)

// dateStyle is what a whole column says about its dates.
type dateStyle struct {
	order string // dmy, mdy, ymd or one of the above
	pivot int    // two-digit years up to it are 20xx
}

// render writes "2006-03-09", with 00 for what is unknown or impossible, or
// nothing when there is no year.
func (s dateStyle) render(dst []byte, d dateParts) []byte {
	year, month, day := 0, 0, 0
	switch d.kind {
	case dateYMD:
		year, month, day = d.a, d.b, d.c
	case dateTurn:
		if s.order != orderShortYMD {
			return dst
		}
		year, month, day = d.a, d.b, d.c
		year = s.century(year)
	case dateUnix, dateMilli, dateRata:
		days, ok := s.days(d)
		if !ok {
			return dst
		}
		year, month, day = civil(days)
	case dateParts3:
		if s.order == orderRata && d.short {
			year, month, day = civil(d.a*10000 + d.b*100 + d.c - rataEpoch)
			break
		}
		if s.order == orderShortYMD && d.short {
			year, month, day = s.century(d.a), d.b, d.c
			break
		}
		year, month, day = d.c, d.b, d.a
		if s.order == "mdy" && !d.named {
			month, day = day, month
		}
		if month > 12 && day <= 12 {
			month, day = day, month // this row was written the other way round
		}
		if d.short {
			year = s.century(year)
		}
	case dateMY:
		year, month = d.c, d.b
	case dateY:
		year = d.c
	case dateSerial:
		switch s.order {
		case orderSerial:
			year, month, day = fromSerial(d.a)
		case orderSerial1904:
			year, month, day = fromSerial(d.a + 1462)
		default:
			return dst
		}
	}
	if year < 1850 || year > 2100 {
		return dst
	}
	if month < 0 || month > 12 {
		month, day = 0, 0
	}
	if month == 0 || day < 0 || day > daysIn(year, month) {
		day = 0
	}
	return append(dst, byte('0'+year/1000), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10),
		'-', byte('0'+month/10), byte('0'+month%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// write reads and renders a date. Nearly all of a French column are 17/05/2009,
// which is exchanged as it stands.
func (s dateStyle) write(dst, v []byte) []byte {
	if len(v) != 10 || v[2] != v[5] || !isDateSign(v[2]) || s.order == "mdy" {
		return s.render(dst, parseDate(v))
	}
	day, month, year := two(v), two(v[3:]), four(v[6:])
	if day < 1 || day > 28 || month < 1 || month > 12 || year < 1850 || year > 2100 {
		return s.render(dst, parseDate(v))
	}
	return append(dst, v[6], v[7], v[8], v[9], '-', v[3], v[4], '-', v[0], v[1])
}

// century completes a two-digit year.
func (s dateStyle) century(year int) int {
	if year <= s.pivot {
		return 2000 + year
	}
	return 1900 + year
}

// rataEpoch is 1 January 1970 in days since the year 1.
const rataEpoch = 719_163

// days turns a count of a whole column's kind into days since 1970.
func (s dateStyle) days(d dateParts) (days int, ok bool) {
	floor := func(n, by int) int {
		if n < 0 {
			n -= by - 1
		}
		return n / by
	}
	switch {
	case d.kind == dateUnix && s.order == orderUnix:
		return floor(d.a, 86_400), true
	case d.kind == dateMilli && s.order == orderMilli:
		return floor(d.a, 86_400_000), true
	case d.kind == dateRata && s.order == orderRata:
		return d.a - rataEpoch, true
	}
	return 0, false
}

// civil turns days since 1970 into a date of the Gregorian calendar.
func civil(days int) (year, month, day int) {
	t := time.Unix(int64(days)*86_400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// fromSerial reads days as spreadsheets count them: 1 is 1 January 1900, and
// 60 is a 29 February 1900 that never was.
func fromSerial(n int) (year, month, day int) {
	if n > 60 {
		n--
	}
	year, month = 1900, 1
	for {
		length := 365
		if daysIn(year, 2) == 29 {
			length = 366
		}
		if n <= length {
			break
		}
		n -= length
		year++
	}
	for n > daysIn(year, month) {
		n -= daysIn(year, month)
		month++
	}
	return year, month, n
}
