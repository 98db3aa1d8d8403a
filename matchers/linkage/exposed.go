package linkage

import (
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Exposed compares, field by field, whether a row of a dump holds the values
// of a registered person that a protection hides. former are values known to
// be past, such as the home shared with somebody who is barred. The answer
// names no value; a field about which nothing could be hidden is absent from
// it. Comparison is on canonical texts, and errs towards "present": an address
// a letter off, or an e-mail in other capitals, is the address.
func Exposed(row, person *matchers.Record, former ...matchers.Record) map[string]breach.Exposed {
	m := newMemory()
	r, p := hidden(m, row), hidden(m, person)
	past := make([]secrets, len(former))
	for i := range former {
		past[i] = hidden(m, &former[i])
	}
	return map[string]breach.Exposed{
		breach.FieldAddress: exposedAddress(&r, &p, past),
		breach.FieldPhone:   exposedContact(hashedPhone, &r, &p, past),
		breach.FieldEmail:   exposedContact(hashedEmail, &r, &p, past),
		breach.FieldName:    exposedName(&r, &p),
	}
}

// secrets are the canonical values a protection may hide.
type secrets struct {
	facts
	usage, birth string
	names        []string // every word of every name
}

func hidden(m *memory, r *matchers.Record) secrets {
	t := m.canonical(r)
	s := secrets{usage: t[textUsage], birth: t[textBirth]}
	s.email, s.phone = t[textEmail], t[textPhone]
	if isDigest(s.email) || isDigest(s.phone) {
		s.hideHashes(&t)
	}
	s.house, s.street = splitStreet(t[textStreet])
	s.postcode, s.city = t[textPostcode], t[textCity]
	for _, n := range []string{t[textBirth], t[textUsage], surnameText(r.Values[matchers.FullName])} {
		s.names = append(s.names, strings.Fields(n)...)
	}
	return s
}

// somewhere tells whether a record says where somebody lives, down to the street
// or the town.
func (s *secrets) somewhere() bool { return s.street != "" || s.postcode != "" || s.city != "" }

func exposedAddress(row, person *secrets, past []secrets) breach.Exposed {
	switch {
	case !row.somewhere():
		return breach.ExposedAbsent
	case !person.somewhere():
		return breach.ExposedUnsaid
	}
	switch level := compareAddresses(&row.facts, &person.facts); {
	case level == addressExact, level == addressClose:
		return breach.ExposedPresent
	case (row.street == "" || person.street == "") && (level == addressPostcode || level == addressCity):
		return breach.ExposedPresent // the town is hidden too, and it is all that one side says
	case level == 0:
		return breach.ExposedUnsaid
	}
	for i := range past {
		if l := compareAddresses(&row.facts, &past[i].facts); l == addressExact || l == addressClose {
			return breach.ExposedOlder
		}
	}
	return breach.ExposedOther
}

func exposedContact(kind int, row, person *secrets, past []secrets) breach.Exposed {
	said, own := row.contact(kind), person.contact(kind)
	hashed := said == "" && row.hashes != nil && row.hashes.of[kind].Sum != ""
	switch {
	case said == "" && !hashed:
		return breach.ExposedAbsent
	case own == "":
		return breach.ExposedUnsaid
	case row.tells(kind, own), kind == hashedPhone && !hashed && comparePhones(said, own) <= phoneClose:
		return breach.ExposedPresent
	}
	for i := range past {
		if row.tells(kind, past[i].contact(kind)) {
			return breach.ExposedOlder
		}
	}
	if hashed {
		return breach.ExposedUnsaid // of another value, or with a salt
	}
	return breach.ExposedOther
}

// contact is the canonical e-mail or phone.
func (s *secrets) contact(kind int) string { return [hashedKinds]string{s.email, s.phone}[kind] }

// tells whether a row's e-mail or phone gives another away: it is the same, or its
// hash, from which whoever guesses the address can tell it.
func (s *secrets) tells(kind int, other string) bool {
	if text := s.contact(kind); text != "" {
		return text == other
	}
	return s.hashes != nil && s.hashes.same(kind, other)
}

// exposedName looks for the name somebody bears now, where it is another than
// the one of birth: that is the one a pursuer does not know.
func exposedName(row, person *secrets) breach.Exposed {
	now := strings.Fields(person.usage)
	switch {
	case len(row.names) == 0:
		return breach.ExposedAbsent
	case len(now) == 0 || person.usage == person.birth:
		if row.usage != "" && row.usage != row.birth && row.usage != person.birth {
			return breach.ExposedUnsaid // the dump knows a usage name, the registry does not
		}
		return breach.ExposedAbsent // the name of birth is no secret
	case holds(row.names, now):
		return breach.ExposedPresent
	case holds(row.names, strings.Fields(person.birth)):
		return breach.ExposedOlder
	}
	return breach.ExposedOther
}

// holds tells whether every word of a name stands among the words of another.
// An empty name stands nowhere.
func holds(all, name []string) bool {
	for _, w := range name {
		found := false
		for _, o := range all {
			found = found || wildEqual(o, w)
		}
		if !found {
			return false
		}
	}
	return len(name) > 0
}
