package ident

// PasswordLike tells how much a value looks like a password that a person
// chose, from 0 (no) to 1: one of the well-known ones, a walk over the keyboard,
// a word with figures or signs, a random mix. It looks at shape alone: logins,
// codes and references have it too, and a column is judged by the mean of its
// values, its neighbours and how seldom a value comes back. Values in clear of
// 4 to 64 bytes without blanks are weighed; hashes are not passwords.
func PasswordLike(v []byte) float64 {
	if len(v) < 4 || len(v) > 64 {
		return 0
	}
	if CommonPassword(v) {
		return 1
	}
	var small, capital, digits, signs, others int
	changes, last := 0, uint8(0)
	for _, c := range v {
		k := classes[c] & (digit | upper | lower)
		switch {
		case k == lower:
			small++
		case k == upper:
			capital++
		case k == digit:
			digits++
		case c <= ' ':
			return 0
		case c >= 0x80:
			others++
		default:
			signs++
		}
		if k != last {
			changes++
			last = k
		}
	}
	letters := small + capital + others
	switch {
	case keyboardWalk(v):
		return 0.9
	case len(v) < 6 || IsEmail(v) || looksOrdinary(v) || IsDomain(v):
		return 0
	case letters == 0 && signs == 0:
		return 0.2 // figures alone: a code, a date, a telephone number
	case letters == 0:
		return 0.1
	case digits > 0 && signs > 0 && letters > 1:
		return 0.8
	case digits > 0 && small > 0 && (capital > 1 || changes > 3):
		return 0.7
	case digits > 0 && letters > 1:
		return wordAndFigures(v, digits)
	case signs > 0 && !onlyNameSigns(v):
		return 0.5
	}
	return 0.15 // a word
}

// wordAndFigures weighs soleil34 and Marie2009 above AB123456.
func wordAndFigures(v []byte, digits int) float64 {
	tail := 0
	for tail < len(v) && is(v[len(v)-1-tail], digit) {
		tail++
	}
	letters := len(v) - digits
	switch {
	case tail == digits && letters >= 4 && count(v[:len(v)-tail], lower) >= letters-1:
		return 0.7
	case letters >= 3 && count(v, lower) > 0:
		return 0.6
	}
	return 0.3
}

// looksOrdinary tells values whose form is another kind's.
func looksOrdinary(v []byte) bool {
	return IsUUID(v) || IsPlate(v) || IsIPv4(v) || IsMAC(v) || IsURL(v) || dateLength(v) == len(v) || len(v) >= 32 && hexDigest(v)
}

// onlyNameSigns tells Jean-Pierre, O'Neill and d.durand.
func onlyNameSigns(v []byte) bool {
	for _, c := range v {
		if classes[c]&alnum == 0 && c < 0x80 && c != '-' && c != '\'' && c != '.' && c != '_' && c != ',' && c != '/' {
			return false
		}
	}
	return true
}

// LoginLike tells how much a value looks like the name of an account, from 0 to
// 1: letters and figures without blanks, dots or underscores between them, a
// first letter and a surname, 3 to 40 bytes.
func LoginLike(v []byte) float64 {
	if len(v) < 3 || len(v) > 40 {
		return 0
	}
	if IsEmail(v) {
		return 0.5
	}
	letters, digits, joints, capitals := 0, 0, 0, 0
	for i, c := range v {
		switch k := classes[c]; {
		case k&digit != 0:
			digits++
		case k&upper != 0:
			capitals++
			letters++
		case k&lower != 0:
			letters++
		case (c == '.' || c == '_' || c == '-') && i > 0 && i < len(v)-1 && classes[v[i-1]]&alnum != 0:
			joints++
		case c == '\\' && i > 0: // DOMAIN\name
			joints++
		default:
			return 0
		}
	}
	switch {
	case letters < 2 || looksOrdinary(v):
		return 0
	case joints == 1 && digits <= 4 && capitals <= 2:
		return 0.8
	case joints > 0 && joints < 4:
		return 0.5
	case digits > 0 && digits <= 4 && capitals <= 1:
		return 0.6
	case digits == 0 && capitals == 0:
		return 0.4
	case digits > 0:
		return 0.3
	}
	return 0.1
}

// keyboardRows are the rows of AZERTY, QWERTY and QWERTZ keyboards, the columns
// people walk down, the alphabet and the figures.
var keyboardRows = [...]string{
	"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "1234567890", "0123456789",
	"aqwzsxedcrfvtgbyhnujm", "qazwsxedcrfvtgbyhnujm", "1qaz2wsx3edc4rfv", "1q2w3e4r5t6y", "1a2z3e4r5t6y", "abcdefghijklmnopqrstuvwxyz",
}

// walkStep is the shortest piece of a row that counts.
const walkStep = 4

// keyboardWalk tells a value made of neighbouring keys: pieces of four or more
// of one row, to the right or left, one after another, then perhaps three
// characters more.
func keyboardWalk(v []byte) bool {
	if len(v) < 5 || len(v) > 40 {
		return false
	}
	i := 0
	for i < len(v) {
		n := walked(v[i:])
		if n < walkStep {
			break
		}
		i += n
	}
	return i >= 5 && len(v)-i <= 3 && count(v, digit) < len(v)
}

// walked is how many characters of v follow each other on a row.
func walked(v []byte) int {
	best := 0
	c := fold(v[0])
	for _, row := range keyboardRows {
		for p := range len(row) {
			if row[p] != c {
				continue
			}
			right, left := 1, 1
			for right < len(v) && p+right < len(row) && fold(v[right]) == row[p+right] {
				right++
			}
			for left < len(v) && p-left >= 0 && fold(v[left]) == row[p-left] {
				left++
			}
			best = max(best, right, left)
		}
	}
	return best
}

func fold(c byte) byte {
	if c-'A' < 26 {
		c |= 0x20
	}
	return c
}
