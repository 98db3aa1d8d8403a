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
		breach.FieldPhone:   exposedText(r.phone, p.phone, comparePhones(r.phone, p.phone) <= phoneClose, past, func(s *secrets) string { return s.phone }),
		breach.FieldEmail:   exposedText(r.email, p.email, r.email == p.email, past, func(s *secrets) string { return s.email }),
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

func exposedText(row, person string, same bool, past []secrets, of func(*secrets) string) breach.Exposed {
	switch {
	case row == "":
		return breach.ExposedAbsent
	case person == "":
		return breach.ExposedUnsaid
	case same:
		return breach.ExposedPresent
	}
	for i := range past {
		if of(&past[i]) == row {
			return breach.ExposedOlder
		}
	}
	return breach.ExposedOther
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
