package ident

// decimal reads a sign, digits, a point or comma, digits, from the beginning
// of v; n is how many bytes that took, 0 for none.
func decimal(v []byte) (x float64, decimals, n int) {
	i, negative := 0, false
	if i < len(v) && (v[i] == '-' || v[i] == '+') {
		negative = v[i] == '-'
		i++
	}
	first := i
	for i < len(v) && v[i]-'0' <= 9 && i-first < 4 {
		x = x*10 + float64(v[i]-'0')
		i++
	}
	if i == first {
		return 0, 0, 0
	}
	if i+1 < len(v) && (v[i] == '.' || v[i] == ',') && v[i+1]-'0' <= 9 {
		i++
		scale := 0.1
		for i < len(v) && v[i]-'0' <= 9 && decimals < 18 {
			x += float64(v[i]-'0') * scale
			scale /= 10
			i, decimals = i+1, decimals+1
		}
	}
	if negative {
		x = -x
	}
	return x, decimals, i
}

// minDecimals are the decimals that tell a coordinate from another number:
// three are 100 metres.
const minDecimals = 3

// IsCoordinate tells whether one number can be a latitude (-90 to 90) or a
// longitude (-180 to 180): at least three decimals, or degrees, minutes and
// seconds with their letter.
func IsCoordinate(v []byte) (latitude, longitude bool) {
	if len(v) < 5 || len(v) > 40 {
		return false, false
	}
	x, decimals, n := decimal(v)
	if n == len(v) {
		return decimals >= minDecimals && x >= -90 && x <= 90, decimals >= minDecimals && x >= -180 && x <= 180
	}
	x, axis, n := sexagesimal(v)
	if n != len(v) || n == 0 {
		return false, false
	}
	return axis != 'E' && x <= 90 && x >= -90, axis != 'N'
}

// ParsePosition reads latitude and longitude from one value, in degrees: two
// decimals parted by a comma, semicolon, blank or slash; a WKT POINT, which
// begins with the longitude; or degrees, minutes and seconds with their
// letters.
func ParsePosition(v []byte) (latitude, longitude float64, ok bool) {
	if len(v) < 9 || len(v) > 80 {
		return 0, 0, false
	}
	wkt := false
	if len(v) > 6 && string(v[:5]) == "POINT" {
		wkt, v = true, v[5:]
	}
	v = trimBrackets(v)
	a, da, n := decimal(v)
	if n > 0 {
		rest := skipSeparator(v[n:])
		b, db, m := decimal(rest)
		if m > 0 && m == len(rest) && len(rest) < len(v)-n && da >= minDecimals && db >= minDecimals {
			if wkt {
				a, b = b, a
			}
			return a, b, a >= -90 && a <= 90 && b >= -180 && b <= 180
		}
	}
	a, first, n := sexagesimal(v)
	if n == 0 || first != 'N' {
		return 0, 0, false
	}
	rest := skipSeparator(v[n:])
	b, second, m := sexagesimal(rest)
	return a, b, m > 0 && m == len(rest) && second == 'E' && a >= -90 && a <= 90
}

func trimBrackets(v []byte) []byte {
	for len(v) > 1 && (v[0] == '(' || v[0] == '[' || v[0] == ' ') {
		v = v[1:]
	}
	for len(v) > 1 && (v[len(v)-1] == ')' || v[len(v)-1] == ']' || v[len(v)-1] == ' ') {
		v = v[:len(v)-1]
	}
	return v
}

func skipSeparator(v []byte) []byte {
	for len(v) > 0 && (v[0] == ',' || v[0] == ';' || v[0] == ' ' || v[0] == '/' || v[0] == '|') {
		v = v[1:]
	}
	return v
}

// sexagesimal reads 48°51'24"N, with the letter in front or behind; axis is N
// for latitudes and E for longitudes, west and south being negative.
func sexagesimal(v []byte) (x float64, axis byte, n int) {
	i, letter := 0, byte(0)
	if len(v) > 0 && isAxis(v[0]) {
		letter, i = v[0], 1
	}
	scale, parts := 1.0, 0
	for parts < 3 {
		for i < len(v) && v[i] == ' ' {
			i++
		}
		y, _, m := decimal(v[i:])
		if m == 0 {
			break
		}
		if y < 0 || parts > 0 && y >= 60 || parts == 0 && y > 180 {
			return 0, 0, 0
		}
		mark := unitMark(v[i+m:])
		if parts == 0 && mark == 0 && letter == 0 {
			return 0, 0, 0
		}
		x += y * scale
		scale /= 60
		i, parts = i+m+mark, parts+1
	}
	for i < len(v) && v[i] == ' ' {
		i++
	}
	if letter == 0 && i < len(v) && isAxis(v[i]) {
		letter, i = v[i], i+1
	}
	if parts == 0 || letter == 0 {
		return 0, 0, 0
	}
	axis = 'N'
	if letter == 'E' || letter == 'W' || letter == 'O' {
		axis = 'E'
	}
	if letter == 'S' || letter == 'W' || letter == 'O' {
		x = -x
	}
	return x, axis, i
}

func isAxis(c byte) bool { return c == 'N' || c == 'S' || c == 'E' || c == 'W' || c == 'O' }

// unitMark is the length of a sign for degrees, minutes or seconds.
func unitMark(v []byte) int {
	switch {
	case len(v) == 0:
		return 0
	case v[0] == '\'' && len(v) > 1 && v[1] == '\'':
		return 2
	case v[0] == '\'' || v[0] == '"' || v[0] == 'd':
		return 1
	case len(v) > 1 && v[0] == 0xc2 && (v[1] == 0xb0 || v[1] == 0xba || v[1] == 0xb4): // ° º ´
		return 2
	case len(v) > 2 && v[0] == 0xe2 && v[1] == 0x80 && (v[2] == 0xb2 || v[2] == 0xb3 || v[2] == 0x99 || v[2] == 0x9d): // ′ ″ ’ ”
		return 3
	}
	return 0
}
