package ident

// Numbers of persons other than the NIR.

// CheckINE tells the national number of a pupil or student, eleven characters
// in one of its forms: ten digits and a letter (national base); nine digits and
// two letters (RNIE, since 2018); four digits, A, five digits and a letter
// (apprentices; guides of SIFA and SISE, ministry of education); for
// universities, letters and digits that begin and end with a digit. Only the
// first is proved: by the remainder by 23 and the letters that schools' numbers
// (CheckUAI) have. No public text gives that key, so a letter that does not fit
// leaves the shape, and a column decides by how many fit.
func CheckINE(v []byte) (shape, proved bool) {
	var b buffer
	return ine(b.compact(v))
}

// CheckSPI tells the tax number of a person: 13 digits that begin with 0 to 3,
// the last three being the first ten modulo 511 (DGFiP; OECD's list of TINs).
func CheckSPI(v []byte) (shape, proved bool) {
	var b buffer
	return spi(b.compact(v))
}

// IsCAF tells the shape of the number of a family allowance: seven digits and,
// often, a letter. Its key is not public.
func IsCAF(v []byte) bool {
	var b buffer
	return caf(b.compact(v))
}

// IsFranceTravail tells the shape of a job seeker's number: seven digits and a
// letter, eight digits, or eleven characters with the region in front.
func IsFranceTravail(v []byte) bool {
	var b buffer
	return franceTravail(b.compact(v))
}

// CheckIdentityCard tells the number of a French identity card: 12 digits until
// 2021 (year, month, department, order), then nine letters and digits. A last
// digit more is the key of the machine readable zone and proves it (ICAO 9303-3,
// weights 7, 3, 1).
func CheckIdentityCard(v []byte) (shape, proved bool) {
	var b buffer
	return identityCard(b.compact(v))
}

// CheckPassport tells two digits, two letters, five digits; a tenth digit, the
// key of the machine readable zone, proves it (ICAO 9303-4).
func CheckPassport(v []byte) (shape, proved bool) {
	var b buffer
	return passport(b.compact(v))
}

// IsDrivingLicence tells 12 digits (year, month, department, order: the NEPH
// number) or, since 2013, two digits, two letters, five digits (directive
// 2006/126/EC). Nothing proves it.
func IsDrivingLicence(v []byte) bool {
	var b buffer
	return drivingLicence(b.compact(v))
}

// IsPlate tells the number plate of a vehicle: AA-123-AA since 2009, 1234 AB 75
// before (decree of 9 February 2009). Nothing proves it.
func IsPlate(v []byte) bool {
	var b buffer
	return plate(b.compact(v))
}

func ine(c []byte) (shape, proved bool) {
	if len(c) != 11 || repeated(c[:9]) {
		return false, false
	}
	digits := count(c[:10], digit)
	last := is(c[10], upper)
	switch {
	case digits == 10 && last:
		n, _ := number(c[:10])
		return true, c[10] == keyLetters[n%23]
	case digits == 9 && last && is(c[9], upper):
		return true, false
	case digits == 9 && last && c[4] == 'A':
		return true, false
	case digits >= 5 && digits < 10 && !last && is(c[0], digit):
		return true, false // universities: base 36 and a digit
	}
	return false, false
}

func spi(c []byte) (shape, proved bool) {
	if len(c) != 13 || c[0]-'0' > 3 || repeated(c) {
		return false, false
	}
	n, ok := number(c)
	if !ok {
		return false, false
	}
	return true, n/1000%511 == n%1000
}

func caf(c []byte) bool {
	return len(c) >= 6 && len(c) <= 8 && only(c[:len(c)-1], digit) && !repeated(c[:len(c)-1]) && (len(c) < 8 || is(c[7], upper))
}

func franceTravail(c []byte) bool {
	switch len(c) {
	case 8:
		return only(c[:7], digit) && !repeated(c[:7])
	case 11:
		return only(c[:10], digit) && !repeated(c[:10])
	}
	return false
}

// mrzKey is the check digit of ICAO 9303 over digits and capitals.
func mrzKey(c []byte) byte {
	sum := 0
	for i, d := range c {
		n := int(d - '0')
		if d >= 'A' {
			n = int(d-'A') + 10
		}
		sum += n * [3]int{7, 3, 1}[i%3]
	}
	return '0' + byte(sum%10)
}

// dated tells year, month and department in front of a number of 12 digits.
func dated(c []byte) bool {
	month := two(c[2:])
	department := two(c[4:])
	return month >= 1 && month <= 12 && (department >= 1 && department <= 99)
}

func identityCard(c []byte) (shape, proved bool) {
	switch n := len(c); {
	case (n == 12 || n == 13) && only(c, digit) && dated(c) && !repeated(c):
		return true, n == 13 && mrzKey(c[:12]) == c[12]
	case n == 9 || n == 10 && is(c[9], digit):
		digits := count(c[:9], digit)
		if digits < 2 || digits > 8 || digits+count(c[:9], upper) != 9 || digits == 8 && !is(c[0], upper) {
			return false, false
		}
		return true, n == 10 && mrzKey(c[:9]) == c[9]
	}
	return false, false
}

func passport(c []byte) (shape, proved bool) {
	if len(c) != 9 && len(c) != 10 || two(c) < 0 || !only(c[2:4], upper) || !only(c[4:], digit) {
		return false, false
	}
	return true, len(c) == 10 && mrzKey(c[:9]) == c[9]
}

func drivingLicence(c []byte) bool {
	switch len(c) {
	case 12:
		return only(c, digit) && dated(c) && !repeated(c)
	case 9:
		ok, _ := passport(c)
		return ok
	}
	return false
}

func plate(c []byte) bool {
	if len(c) == 7 && only(c[:2], upper) && only(c[2:5], digit) && only(c[5:], upper) {
		for _, d := range [4]byte{c[0], c[1], c[5], c[6]} {
			if d == 'I' || d == 'O' || d == 'U' {
				return false
			}
		}
		return string(c[:2]) != "SS" && string(c[:2]) != "WW" && string(c[5:]) != "SS"
	}
	return oldPlate(c)
}

// oldPlate tells one to four digits, two or three letters, a department.
func oldPlate(c []byte) bool {
	i := 0
	for i < len(c) && i < 4 && is(c[i], digit) {
		i++
	}
	j := i
	for j < len(c) && j < i+3 && is(c[j], upper) {
		j++
	}
	d := c[j:]
	if i == 0 || j-i < 2 || len(c) < 6 {
		return false
	}
	return len(d) == 2 && territory(d) || len(d) == 3 && only(d, digit) && two(d) == 97
}
