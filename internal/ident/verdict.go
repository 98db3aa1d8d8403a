package ident

// maxVerdict is the longest value that Examine looks at as a whole; longer
// ones are text, for Scan.
const maxVerdict = 512

// Examine tells all that one value may be. It tries only what length and
// characters leave possible: tens of nanoseconds for ordinary values, nothing
// allocated. Hashes are told by HashTypes, which it does not call; passwords
// and logins by PasswordLike and LoginLike.
func Examine(v []byte) Verdict {
	var d Verdict
	if len(v) < 3 || len(v) > maxVerdict {
		return d
	}
	var seen uint8
	signs, at, colons, points := 0, 0, 0, 0
	for _, c := range v {
		k := classes[c]
		seen |= k
		switch c {
		case '@':
			at++
		case ':':
			colons++
		case '.':
			points++
		}
		if k&alnum == 0 {
			signs++
		}
	}
	if at > 0 {
		d.add(Email, IsEmail(v), false)
	}
	if seen&digit != 0 {
		d.numbers(v)
		d.places(v, signs)
		d.add(MAC, IsMAC(v), false)
		d.add(UUID, len(v) >= 36 && IsUUID(v), false)
		if points == 3 {
			d.add(IP, IsIPv4(v), false)
		}
	}
	if colons >= 2 {
		d.add(IP, IsIPv6(v), false)
	}
	if points > 0 && at == 0 && seen&letter != 0 {
		d.add(Domain, IsDomain(v), false)
		d.add(URL, IsURL(v), false)
	}
	if len(v) >= 16 && seen&letter != 0 {
		d.add(JWT, IsJWT(v), false)
		d.add(Secret, SecretKind(v) != "" || IsRandom(v), false)
	}
	d.add(BIC, (len(v) == 8 || len(v) == 11) && seen&lower == 0 && IsBIC(v), false)
	return d
}

// numbers tries what Compact leaves of a value by its length.
func (d *Verdict) numbers(v []byte) {
	phone, _ := IsPhone(v)
	d.add(Phone, phone, false)
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

func (d *Verdict) places(v []byte, signs int) {
	if len(v) <= 16 {
		french, foreign := IsPostcode(v)
		d.add(Postcode, french || foreign, false)
		commune, abroad := IsCommune(v)
		d.add(Commune, commune && !abroad, false)
	}
	if signs == 0 || len(v) > 80 {
		return
	}
	latitude, longitude := IsCoordinate(v)
	d.add(Latitude, latitude, false)
	d.add(Longitude, longitude, false)
	if len(v) >= 9 {
		_, _, ok := ParsePosition(v)
		d.add(Position, ok, false)
	}
	money, _ := IsMoney(v)
	d.add(Money, money, false)
}
