package ident

// Numbers of companies, of health and of schools.

// CheckSIREN tells nine digits, proved by Luhn (code de commerce R123-220, INSEE).
func CheckSIREN(v []byte) (shape, proved bool) {
	var b buffer
	return siren(b.compact(v))
}

// CheckSIRET tells fourteen digits: a SIREN and an establishment, proved by
// Luhn. The establishments of La Poste (SIREN 356000000) go by the sum of their
// digits instead, which five divides.
func CheckSIRET(v []byte) (shape, proved bool) {
	var b buffer
	return siret(b.compact(v))
}

// CheckVAT tells a French VAT number: FR, a key of two characters, a SIREN. A
// key in digits is (12 + 3 (SIREN mod 97)) mod 97; one with letters goes by the
// newer rule (bulletin officiel des impôts, BOI-TVA-DECLA-20-10).
func CheckVAT(v []byte) (shape, proved bool) {
	var b buffer
	return vat(b.compact(v))
}

// CheckFINESS tells the number of a health establishment: department and seven
// digits, proved by Luhn with 2A and 2B read 21 and 22 (DREES, FINESS).
func CheckFINESS(v []byte) (shape, proved bool) {
	var b buffer
	return finess(b.compact(v))
}

// CheckRPPS tells the number of a health professional: eleven digits that begin
// with 1, proved by Luhn (agence du numérique en santé, RPPS).
func CheckRPPS(v []byte) (shape, proved bool) {
	var b buffer
	return rpps(b.compact(v))
}

// CheckADELI tells the number of a health professional before RPPS: department,
// profession, register, key: nine characters proved by Luhn, 2A and 2B read 21
// and 22 (DREES, ADELI).
func CheckADELI(v []byte) (shape, proved bool) {
	var b buffer
	return adeli(b.compact(v))
}

// CheckUAI tells the number of a school: seven digits, of which three are the
// department, and the letter of their remainder by 23 (ministry of education,
// répertoire national des établissements).
func CheckUAI(v []byte) (shape, proved bool) {
	var b buffer
	return uai(b.compact(v))
}

func siren(c []byte) (shape, proved bool) {
	if len(c) != 9 || !only(c, digit) || repeated(c) {
		return false, false
	}
	return true, luhn(c)
}

const laPoste = "356000000"

func siret(c []byte) (shape, proved bool) {
	if len(c) != 14 || !only(c, digit) || repeated(c) {
		return false, false
	}
	if luhn(c) && luhn(c[:9]) {
		return true, true
	}
	if string(c[:9]) != laPoste {
		return true, false
	}
	sum := 0
	for _, d := range c {
		sum += int(d - '0')
	}
	return true, sum%5 == 0
}

// vatLetters count in the newer key: no I, no O.
const vatLetters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

func vat(c []byte) (shape, proved bool) {
	if len(c) != 13 || c[0] != 'F' || c[1] != 'R' {
		return false, false
	}
	n, ok := number(c[4:])
	a, b := vatRank(c[2]), vatRank(c[3])
	if !ok || a < 0 || b < 0 || repeated(c[4:]) {
		return false, false
	}
	if a < 10 && b < 10 {
		return true, int64(a*10+b) == (12+3*(n%97))%97 && luhn(c[4:])
	}
	key := int64(a*34 + b - 100)
	if a < 10 {
		key = int64(a*24 + b - 10)
	}
	return true, (n+1+key/11)%11 == key%11
}

func vatRank(c byte) int {
	for i := range len(vatLetters) {
		if vatLetters[i] == c {
			return i
		}
	}
	return -1
}

// territory tells the two characters of a department: 01 to 95, 2A, 2B, 97, 98.
func territory(c []byte) bool {
	d := two(c)
	return d >= 1 && d <= 95 || d == 97 || d == 98 || c[0] == '2' && (c[1] == 'A' || c[1] == 'B')
}

// luhnCorsica is Luhn with A and B read 1 and 2 in second place.
func luhnCorsica(c []byte) bool {
	var d [9]byte
	copy(d[:], c)
	if d[1] == 'A' || d[1] == 'B' {
		d[1] -= 'A' - '1'
	}
	return luhn(d[:])
}

func finess(c []byte) (shape, proved bool) {
	if len(c) != 9 || !territory(c) || !only(c[2:], digit) || repeated(c) {
		return false, false
	}
	return true, luhnCorsica(c)
}

func adeli(c []byte) (shape, proved bool) {
	if len(c) != 9 || !territory(c) || !only(c[2:], digit) || repeated(c) {
		return false, false
	}
	return true, luhnCorsica(c)
}

func rpps(c []byte) (shape, proved bool) {
	if len(c) != 11 || c[0] != '1' || !only(c, digit) || repeated(c) {
		return false, false
	}
	return true, luhn(c)
}

// keyLetters are the 23 letters of keys: no I, O, Q.
const keyLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

func uai(c []byte) (shape, proved bool) {
	if len(c) != 8 || c[7]-'A' > 25 {
		return false, false
	}
	n, ok := number(c[:7])
	if !ok {
		return false, false
	}
	department := n / 10_000
	switch {
	case department >= 1 && department <= 95, department == 620, department == 720: // Corsica is 620 and 720
	case department >= 970 && department <= 988:
	default:
		return false, false
	}
	return true, c[7] == keyLetters[n%23]
}
