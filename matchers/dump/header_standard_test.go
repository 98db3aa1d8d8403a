package dump

import (
	"fmt"
	"testing"
)

// Names of standards say what a field is, and are shown: they are no values.
func TestStandardNames(t *testing.T) {
	given := []string{"LINA", "OMAR", "YANN", "SACHA"}
	r := reported(t, "dsn", 60, func(i int) []string {
		return []string{fmt.Sprintf("1%02d0578006%03d", 40+i, i), []string{"LEMAIRE", "GILLARD", "TANGUY", "ROUSSEL", "MARTINEAU"}[i%5], given[i%4], fmt.Sprintf("0%d", 1+i%2), fmt.Sprintf("%02d0519%02d", 1+i%28, 40+i), "1812.50", "GTC"}
	}, "S21.G00.30.001", "S21.G00.30.002", "S21.G00.30.004", "S21.G00.30.005", "S21.G00.30.006", "S21.G00.51.013", "PID-5.3")
	// Five names the dictionary of this test does not know are names by their rubric.
	for i, want := range []struct{ name, meaning string }{
		{"S21.G00.30.001", nir}, {"S21.G00.30.002", birthName}, {"S21.G00.30.004", givenNames}, {"S21.G00.30.005", sex},
		{"S21.G00.30.006", birthDate}, {"S21.G00.51.013", MeaningAmount}, {"PID-5.3", MeaningCode},
	} {
		if c := r.Columns[i]; c.Name != want.name || c.Meaning != want.meaning {
			t.Errorf("%s: called %s, %s", want.name, c.Name, c.Meaning)
		}
	}
	for _, h := range []string{"S21.G00.30.01", "06 39 98 00 01", "LEA-12-3", "0639980001-1", "lina-5"} {
		if IsRubric(h) || isSegmentField(h) {
			t.Errorf("%q is taken for the name of a field", h)
		}
	}
}
