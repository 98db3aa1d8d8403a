package dump

import "strings"

// headerOf returns how many of the first rows of a table name its columns.
func headerOf(rows [][]string, o *Options) int {
	if headed(rows, o) {
		return 1
	}
	return 0
}

func headed(rows [][]string, o *Options) bool {
	if len(rows) == 0 {
		return false
	}
	header, hints, values := rows[0], 0, 0
	filled := 0
	for _, h := range header {
		h = strings.TrimSpace(h)
		if h == "" {
			continue
		}
		filled++
		switch {
		case isValue(h):
			values++
		case hint(h) != "":
			hints++
		}
	}
	switch {
	case filled == 0 || values*2 > filled || returns(rows) > 0.2:
		return false
	case hints*3 >= filled && values <= hints:
		return true
	}
	return contrast(rows, o) > 0
}

// returns is the largest share of rows in which a value of the first row comes
// back in its column: a header hardly does.
func returns(rows [][]string) float64 {
	most := 0
	for i, h := range rows[0] {
		n := 0
		for _, row := range rows[1:] {
			if h != "" && i < len(row) && row[i] == h {
				n++
			}
		}
		most = max(most, n)
	}
	return float64(most) / float64(len(rows))
}

// isValue tells what stands in a row of data but hardly in a header.
func isValue(v string) bool {
	b := []byte(v)
	return strings.Contains(v, "@") || countDigits(b) >= 4 || parseDate(b).plausible()
}

// isValueName tells a header that may be a value: names are shown, logged and
// kept, so such a one is not believed.
func isValueName(h string, o *Options) bool {
	return isValue(h) || hint(h) == "" && known(h, o)
}

// contrast compares the first row with the others, column by column: a header
// is of words where the values are not, is not met again, and is no name.
func contrast(rows [][]string, o *Options) float64 {
	var sum float64
	for i, h := range rows[0] {
		if h = strings.TrimSpace(h); h == "" {
			sum -= 0.5
			continue
		}
		var n, numeric, same, again int
		for _, row := range rows[1:min(len(rows), 300)] {
			if i >= len(row) || row[i] == "" {
				continue
			}
			n++
			if countDigits([]byte(row[i]))*2 >= len(row[i]) || strings.Contains(row[i], "@") {
				numeric++
			}
			if casing(row[i]) == casing(h) {
				same++
			}
			if row[i] == h {
				again++
			}
		}
		switch {
		case isValue(h):
			sum -= 2
		case n == 0:
		case numeric*10 > n*7 && countDigits([]byte(h)) == 0:
			sum += 2
		case numeric*10 > n*7:
			sum -= 2
		case again > 0, known(h, o):
			sum--
		case same*5 < n || strings.Contains(h, "_"):
			sum += 0.5
		default:
			sum -= 0.25
		}
	}
	return sum
}

// casing is how a text uses capitals.
func casing(s string) int {
	upper, lower := strings.ToUpper(s) == s, strings.ToLower(s) == s
	switch {
	case upper && lower:
		return 0
	case upper:
		return 1
	case lower:
		return 2
	}
	return 3
}

// known tells whether a word is a name that people bear.
func known(v string, o *Options) bool {
	v = strings.ToUpper(fold(v))
	return o.GivenName != nil && o.GivenName(v) > rare || o.Surname != nil && o.Surname(v) > rare
}
