package synth

import (
	"hash/fnv"
	"strings"

	"vigie/internal/breach"
)

func civilID(seq int) string { return numbered("EC", int64(seq), 8) }

// numbered is a prefix and a number with leading zeros.
func numbered(prefix string, n int64, digits int) string {
	var b [24]byte
	at := copy(b[:], prefix) + digits
	for i := at - 1; i >= len(prefix); i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:at])
}

// youthID is unlike the civil number of the same person: multiplication by a
// number coprime to the modulus visits each value once.
func youthID(seq int) string {
	return numbered("J", (int64(seq)*654_188_429+271_828_183)%1_000_000_000, 9)
}

func outsideID(r relation) string { return numbered("X", int64(r.outsideID), 9) }

// record is a person as one registry writes them down.
type record struct {
	id, controller string
	birth, usage   string
	given          string
	place, commune string
	email, phone   string
	nationality    string
	address        breach.Address
	secret         bool
}

// personRow has the columns of personsHeader.
type personRow [30]string

func (x record) row(p *person) personRow {
	a := x.address
	return personRow{x.id, x.controller, x.birth, x.usage, x.given, p.sex, p.birthDate(), x.place, x.commune, x.nationality, x.email, x.phone,
		a.Street, a.Line2, a.Line3, a.Line5, a.Postcode, a.City, a.Country, p.civility(), p.deceased, string(p.regime), flag(p.protected),
		p.elected.Street, p.elected.Postcode, p.elected.City, flag(x.secret), flag(p.emailSafe), flag(p.phoneSafe), p.language}
}

// civilRow is the entry in the civil registry: full names, few channels.
func civilRow(m *maker, p *person) personRow {
	x := record{id: civilID(p.seq), controller: m.controller, birth: p.birthName, usage: p.usageName,
		given: strings.Join(p.given, " "), place: p.place, commune: p.placeCode, nationality: p.nationality, address: p.address}
	if m.chance(0.5) {
		x.email = p.email
	}
	if m.chance(0.55) {
		x.phone = p.phone
	}
	return x.row(p)
}

// youthRow is the entry in the youth registry: typed at a desk, names in short,
// channels that work, sometimes a newer address.
func youthRow(m *maker, p *person) personRow {
	x := record{id: youthID(p.seq), controller: controllerOf(p), birth: p.birthName, usage: p.usageName, given: p.given[0],
		place: p.place, commune: p.placeCode, nationality: p.nationality, email: p.email, phone: p.phone, address: p.address, secret: p.secret}
	if m.chance(0.3) {
		x.given = strings.Join(p.given, " ")
	}
	if m.chance(0.35) {
		x.birth, x.usage = strings.ToUpper(x.birth), strings.ToUpper(x.usage)
		if m.chance(0.7) {
			x.birth, x.usage = unaccent(x.birth), unaccent(x.usage)
		}
	}
	if m.chance(0.12) {
		x.given = unaccent(x.given)
	}
	if m.chance(0.25) {
		x.place, x.commune = "", ""
	}
	if m.chance(0.08) && !p.protected && p.address.Country == "" && !p.address.IsZero() {
		x.address = m.newAddress()
	}
	return x.row(p)
}

// controllerOf says which Mission Locale follows somebody: by where they live.
func controllerOf(p *person) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(p.address.Postcode))
	return string(youthManifest.Controllers[h.Sum32()%uint32(len(youthManifest.Controllers))].ID)
}

// adultRelations is the age from which a registry no longer holds who the
// parents were.
const adultRelations = 21

func civilRelations(t *table, p *person) {
	for _, r := range p.relations {
		holder := outsideID(r)
		if r.holder != nil {
			holder = civilID(r.holder.seq)
		}
		r.row(t, civilID(p.seq), holder)
	}
}

func youthRelations(t *table, m *maker, p *person) {
	if p.ageAt(m.asOf) >= adultRelations && p.regime == breach.RegimeNone {
		return
	}
	for _, r := range p.relations {
		holder := outsideID(r)
		if r.holder != nil {
			holder = youthID(r.holder.seq)
		}
		r.row(t, youthID(p.seq), holder)
	}
}

func (r relation) row(t *table, person, holder string) {
	c, deceased := r.outside, false
	emailSafe, phoneSafe := false, false
	if h := r.holder; h != nil {
		name := h.birthName
		if h.usageName != "" {
			name = h.usageName
		}
		c = breach.Contact{Civility: h.civility(), Given: h.given[0], Name: name, Email: h.email, Phone: h.phone, Address: h.address}
		if h.protected && c.Address.IsZero() {
			c.Address = h.elected
		}
		deceased, emailSafe, phoneSafe = h.deceased != "", h.emailSafe, h.phoneSafe
	}
	a := c.Address
	t.write(person, holder, string(r.kind), string(r.authority), day(r.from), day(r.until), flag(deceased), flag(r.barred),
		c.Civility, c.Given, c.Name, c.Email, c.Phone, a.Street, a.Line2, a.Line3, a.Line5, a.Postcode, a.City, a.Country, flag(emailSafe), flag(phoneSafe))
}
