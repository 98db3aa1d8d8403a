package ident

// maxVerdict is the longest value that Examine looks at as a whole; longer
// ones are text, for Scan.
const maxVerdict = 512

// Examine tells all that one value may be. It tries only what the characters
// leave possible, so that ordinary words cost tens of nanoseconds, and allocates
// nothing. Hashes are told by HashTypes, which it does not call; passwords and
// logins by PasswordLike and LoginLike.
func Examine(v []byte) Verdict {
	var d Verdict
	if len(v) < 3 || len(v) > maxVerdict {
		return d
	}
	g := glance(v)
	if g.ats > 0 {
		d.add(Email, IsEmail(v), false)
	}
	if g.digits > 0 {
		d.numbers(v, &g)
		d.places(v, &g)
		d.add(MAC, IsMAC(v), false)
		d.add(UUID, len(v) >= 36 && IsUUID(v), false)
		if g.points == 3 {
			d.add(IP, IsIPv4(v), false)
		}
	}
	if g.colons >= 2 {
		d.add(IP, IsIPv6(v), false)
	}
	letters := g.small + g.capital
	if g.points > 0 && g.ats == 0 && letters > 0 && g.blanks == 0 {
		d.add(Domain, IsDomain(v), false)
		d.add(URL, IsURL(v), false)
	}
	if len(v) >= 16 && letters > 0 && (g.blanks <= 1 || v[0] == '-') {
		d.add(JWT, IsJWT(v), false)
		d.add(Secret, SecretKind(v) != "" || IsRandom(v), false)
	}
	if g.small == 0 && g.capital >= 6 {
		d.add(BIC, IsBIC(v), false)
	}
	return d
}

// counts of the characters of a value.
type counts struct{ digits, small, capital, blanks, points, commas, colons, ats, high int }

func glance(v []byte) (g counts) {
	for _, c := range v {
		switch k := classes[c]; {
		case k&digit != 0:
			g.digits++
		case k&lower != 0:
			g.small++
		case k&upper != 0:
			g.capital++
		case c == ' ':
			g.blanks++
		case c == '.':
			g.points++
		case c == ',' || c == ';':
			g.commas++
		case c == ':':
			g.colons++
		case c == '@':
			g.ats++
		case c >= 0x80 || c == '$' || c == '\'' || c == '"':
			g.high++
		}
	}
	return g
}

// numbers tries what Compact leaves of a value by its length.
func (d *Verdict) numbers(v []byte, g *counts) {
	if g.small+g.capital <= 3 && g.digits >= 2 {
		phone, _ := IsPhone(v)
		d.add(Phone, phone, false)
	}
	if g.small > 8 || g.digits < 3 {
		return
	}
	var b buffer
	c := b.compact(v)
	switch n := len(c); {
	case n < 6:
	case n <= 8:
		d.short(c)
	case n <= 13:
		d.middle(c)
	default:
		d.long(c)
	}
}

func (d *Verdict) short(c []byte) {
	d.add(Plate, plate(c), false)
	d.add(CAF, caf(c), false)
	d.add(FranceTravail, franceTravail(c), false)
	if len(c) == 8 {
		shape, proved := uai(c)
		d.add(UAI, shape, proved)
	}
}

func (d *Verdict) middle(c []byte) {
	try := func(k Kind, check func([]byte) (bool, bool)) {
		shape, proved := check(c)
		d.add(k, shape, proved)
	}
	switch len(c) {
	case 9:
		try(SIREN, siren)
		try(FINESS, finess)
		try(ADELI, adeli)
		try(IdentityCard, identityCard)
		try(Passport, passport)
		d.add(DrivingLicence, drivingLicence(c), false)
		d.add(Plate, plate(c), false)
	case 10:
		try(IdentityCard, identityCard)
		try(Passport, passport)
	case 11:
		try(INE, ine)
		try(RPPS, rpps)
		d.add(FranceTravail, franceTravail(c), false)
	case 12:
		try(IdentityCard, identityCard)
		d.add(DrivingLicence, drivingLicence(c), false)
	case 13:
		try(NIR, nir)
		try(SPI, spi)
		try(VAT, vat)
		try(IdentityCard, identityCard)
		d.card(c)
	}
}

func (d *Verdict) long(c []byte) {
	try := func(k Kind, check func([]byte) (bool, bool)) {
		shape, proved := check(c)
		d.add(k, shape, proved)
	}
	if c[0] >= 'A' {
		try(IBAN, iban)
	}
	switch len(c) {
	case 14:
		try(SIRET, siret)
	case 15:
		try(NIR, nir)
	case 20:
		try(LEI, lei)
	}
	d.card(c)
}

func (d *Verdict) card(c []byte) {
	n, proved := card(c)
	d.add(Card, n != NoNetwork, proved)
}

func (d *Verdict) places(v []byte, g *counts) {
	if len(v) <= 16 && g.small <= 1 && g.digits >= 2 {
		french, foreign := IsPostcode(v)
		d.add(Postcode, french || foreign, false)
		commune, abroad := IsCommune(v)
		d.add(Commune, commune && !abroad, false)
	}
	if g.small <= 5 && len(v) <= 32 && g.points+g.commas+g.high+g.blanks+g.capital > 0 {
		money, _ := IsMoney(v)
		d.add(Money, money, false)
	}
	if len(v) > 80 || g.digits < 4 || g.points+g.commas+g.high == 0 || g.small > 5 {
		return
	}
	latitude, longitude := IsCoordinate(v)
	d.add(Latitude, latitude, false)
	d.add(Longitude, longitude, false)
	if len(v) >= 9 {
		_, _, ok := ParsePosition(v)
		d.add(Position, ok, false)
	}
}
