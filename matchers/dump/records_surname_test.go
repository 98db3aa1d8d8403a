package dump

import (
	"slices"
	"testing"

	"vigie/matchers"
)

// A surname alone goes to people's records as the one of birth, whatever it was
// taken for, unless its header or a column beside it says otherwise.
func TestSurnameAloneIsOfBirth(t *testing.T) {
	for _, x := range []struct {
		name         string
		columns      []Column
		birth, usage []int
	}{
		{"alone", []Column{{Name: "nom", Meaning: usageName}, {Name: "prenom", Meaning: givenNames}}, []int{0}, nil},
		{"called so", []Column{{Name: "nom_usage", Meaning: usageName}}, nil, []int{0}},
		{"beside the other", []Column{{Name: "column_1", Meaning: birthName}, {Name: "column_2", Meaning: usageName}}, []int{0}, []int{1}},
	} {
		birth, usage := newStep(matchers.BirthName, x.columns, "FR"), newStep(matchers.UsageName, x.columns, "FR")
		if !slices.Equal(birth.columns, x.birth) || !slices.Equal(usage.columns, x.usage) {
			t.Errorf("%s: birth from %v, usage from %v", x.name, birth.columns, usage.columns)
		}
	}
}
