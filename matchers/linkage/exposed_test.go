package linkage

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"vigie/internal/breach"
	"vigie/matchers"
)

func rec(pairs ...string) (r matchers.Record) {
	for i := 0; i < len(pairs); i += 2 {
		f, ok := matchers.ParseField(pairs[i])
		if !ok {
			panic(pairs[i])
		}
		r.Values[f] = pairs[i+1]
	}
	return r
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func TestExposed(t *testing.T) {
	person := rec("birth_name", "Exemplard", "usage_name", "Fictive", "given_names", "Lina", "email", "lina@example.org", "phone", "+33639980001",
		"street", "12 rue de l'Invention", "postcode", "99100", "city", "Orbe")
	shared := rec("street", "3 place Fausse", "postcode", "99200", "city", "Autreville", "phone", "+33639980099")
	const present, other, unsaid, older, absent = breach.ExposedPresent, breach.ExposedOther, breach.ExposedUnsaid, breach.ExposedOlder, breach.ExposedAbsent
	for _, tt := range []struct {
		name   string
		row    matchers.Record
		person matchers.Record
		want   [4]breach.Exposed // address, phone, email, name
	}{
		{"everything", rec("usage_name", "FICTIVE", "email", "Lina@Example.org", "phone", "06 39 98 00 01", "street", "12, R. DE L INVENTION", "postcode", "99100"),
			person, [4]breach.Exposed{present, present, present, present}},
		{"nothing", rec("given_names", "Lina", "birth_date", "1990-01-01"), person, [4]breach.Exposed{absent, absent, absent, absent}},
		{"the shared home and the name of birth", rec("birth_name", "Exemplard", "street", "3 place Fausse", "city", "Autreville", "postcode", "99200", "phone", "+33639980099"),
			person, [4]breach.Exposed{older, older, absent, older}},
		{"another home, older or newer", rec("birth_name", "Autrenom", "street", "9 quai Imaginaire", "postcode", "99300", "email", "x@example.org"),
			person, [4]breach.Exposed{other, absent, other, other}},
		{"the town alone", rec("city", "ORBE"), person, [4]breach.Exposed{present, absent, absent, absent}},
		{"another street of the town", rec("street", "40 avenue Zéro", "postcode", "99100", "city", "Orbe"), person, [4]breach.Exposed{other, absent, absent, absent}},
		{"a street misspelt", rec("street", "12 rue de l'Inventoin", "postcode", "99100"), person, [4]breach.Exposed{present, absent, absent, absent}},
		{"the registry does not know", rec("street", "1 rue X", "postcode", "99100", "phone", "+33639980002", "email", "a@example.org", "usage_name", "Neuf", "birth_name", "Exemplard"),
			rec("birth_name", "Exemplard"), [4]breach.Exposed{unsaid, unsaid, unsaid, unsaid}},
		{"one column of names", rec("full_name", "FICTIVE Lina"), person, [4]breach.Exposed{absent, absent, absent, present}},
		{"the new name among others", rec("full_name", "Mme Lina Exemplard Fictive"), person, [4]breach.Exposed{absent, absent, absent, present}},
		{"the e-mail and phone by their hash", rec("email", "md5:97dc4fc19d0a2b7d4d0b2a0f24a2b1c5", "phone", hashOf("0639980001")), person, [4]breach.Exposed{absent, present, unsaid, absent}},
		{"hashes of the e-mail", rec("email", hashOf("LINA@EXAMPLE.ORG")), person, [4]breach.Exposed{absent, absent, present, absent}},
		{"the shared phone by its hash", rec("phone", hashOf("+33639980099")), person, [4]breach.Exposed{absent, older, absent, absent}},
		{"a name that never changed", rec("birth_name", "Exemplard"), rec("birth_name", "Exemplard"), [4]breach.Exposed{absent, absent, absent, absent}},
		{"an encoding that broke a letter", rec("usage_name", "F\ufffdctive"), person, [4]breach.Exposed{absent, absent, absent, present}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Exposed(&tt.row, &tt.person, shared)
			for i, f := range []string{breach.FieldAddress, breach.FieldPhone, breach.FieldEmail, breach.FieldName} {
				if got[f] != tt.want[i] {
					t.Errorf("%s: %q, want %q", f, got[f], tt.want[i])
				}
			}
		})
	}
}

// Whatever a thief writes, the answer is one of five words.
func FuzzExposed(f *testing.F) {
	f.Add("12 rue de l'Invention", "99100", "Orbe", "Fictive", "+33639980001", "a@example.org")
	f.Add("\x00\xff", "?", "", "??????", "00", "@")
	f.Fuzz(func(t *testing.T, street, postcode, city, name, phone, email string) {
		row := rec("street", street, "postcode", postcode, "city", city, "full_name", name, "phone", phone, "email", email)
		person := rec("street", city, "postcode", postcode, "city", street, "usage_name", name, "birth_name", email, "phone", phone, "email", email)
		for field, e := range Exposed(&row, &person, row) {
			if (breach.Exposed("")).Worse(e) != e || e == "" {
				t.Errorf("%s: %q", field, e)
			}
		}
	})
}
