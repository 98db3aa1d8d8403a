package ident

// Person is what a NIR says of its bearer: decree 82-103 of 22 January 1982,
// and INSEE's description of the répertoire national d'identification.
type Person struct {
	Sex     byte // 'M' or 'F'
	Year    int  // two digits: the century is not said
	Month   int  // 1 to 12, or 0 when it is not known
	Final   bool // false while the registration is under way (sex 3, 4, 7, 8)
	Order   int  // of the birth in the commune that month, 1 to 999
	HasKey  bool
	place   [5]byte
	country bool
}

// Department is the department of birth as INSEE writes it: 34, 2A, 971, 987;
// 20 is Corsica before 1976, 91 to 96 also Algeria, Morocco and Tunisia until
// their independence. It is empty for births abroad. It allocates.
func (p Person) Department() string {
	switch {
	case p.country:
		return ""
	case p.place[0] == '9' && (p.place[1] == '7' || p.place[1] == '8'):
		return string(p.place[:3])
	}
	return string(p.place[:2])
}

// Commune is the INSEE code of the commune of birth, empty for births abroad.
// It allocates.
func (p Person) Commune() string {
	if p.country {
		return ""
	}
	return string(p.place[:])
}

// Country is the INSEE code of the country of birth, 99 and three digits,
// empty for births in France. It allocates.
func (p Person) Country() string {
	if !p.country {
		return ""
	}
	return string(p.place[:])
}

// CheckNIR tells whether v has the shape of a NIR of 13 characters, or of 15
// with the key 97 - N mod 97, and whether that key proves it. Corsica's 2A and
// 2B count as 19 and 18 in the key. A wrong key leaves the shape.
func CheckNIR(v []byte) (shape, proved bool) {
	var b buffer
	return nir(b.compact(v))
}

// ParseNIR reads what a NIR says. ok is false when v has not the shape, or has
// a key that does not fit.
func ParseNIR(v []byte) (p Person, ok bool) {
	var b buffer
	c := b.compact(v)
	if shape, proved := nir(c); !shape || len(c) == 15 && !proved {
		return Person{}, false
	}
	p = Person{Sex: 'F', Year: two(c[1:3]), Month: two(c[3:5]), HasKey: len(c) == 15, Order: two(c[10:12])*10 + int(c[12]-'0')}
	if (c[0]-'0')&1 == 1 {
		p.Sex = 'M'
	}
	p.Final = c[0] <= '2'
	copy(p.place[:], c[5:10])
	p.country = c[5] == '9' && c[6] == '9'
	switch {
	case p.Month >= 31 && p.Month <= 42:
		p.Month -= 30 // the month is known, the papers were incomplete
	case p.Month > 12:
		p.Month = 0
	}
	return p, true
}

func nir(c []byte) (shape, proved bool) {
	if len(c) != 13 && len(c) != 15 {
		return false, false
	}
	switch c[0] {
	case '1', '2', '3', '4', '7', '8':
	default:
		return false, false
	}
	n, ok := nirNumber(c[:13])
	if !ok || !nirPlausible(c) {
		return false, false
	}
	if len(c) == 13 {
		return true, false
	}
	key := two(c[13:])
	return key >= 1 && key <= 97, int64(key) == 97-n%97
}

// nirNumber reads 13 characters as the number that the key is computed on.
func nirNumber(c []byte) (n int64, ok bool) {
	for i, d := range c {
		switch {
		case d-'0' <= 9:
			n = n*10 + int64(d-'0')
		case i == 6 && c[5] == '2' && d == 'A':
			n = (n-1)*10 + 9 // 2A reads 19
		case i == 6 && c[5] == '2' && d == 'B':
			n = (n-1)*10 + 8 // 2B reads 18
		default:
			return 0, false
		}
	}
	return n, true
}

// nirPlausible checks month, department, commune and order. Months 20 and 31
// to 42 stand for incomplete papers, 50 to 99 for registrations without month;
// departments are 01 to 96, 97x and 98x overseas, 99 abroad.
func nirPlausible(c []byte) bool {
	month, order := two(c[3:5]), two(c[10:12])*10+int(c[12]-'0')
	if month < 1 || month > 12 && month < 20 || month > 42 && month < 50 || order < 1 {
		return false
	}
	department := two(c[5:7])
	commune := two(c[7:9])*10 + int(c[9]-'0')
	switch {
	case department < 0: // 2A, 2B
		return commune >= 1 && commune <= 990
	case department == 97, department == 98:
		return c[7] >= '0' && c[7] <= '9' && two(c[8:10]) >= 1 // the third digit belongs to the department
	case department == 99:
		return commune >= 100 // countries are 99100 (France, abroad) to 99999
	}
	return department >= 1 && department <= 96 && commune >= 1 && commune <= 990
}
