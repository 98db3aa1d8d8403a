package dump

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vigie/matchers"
)

func TestRounded(t *testing.T) {
	for v, want := range map[string]bool{"2.80E+14": true, "6,12E+08": true, "1E+12": true, "2.80057E+14": true, "7.6E+26": true,
		"1.5E+03": false, "2.80E-14": false, "E+14": false, "0.8E+14": false, "2.80E+1": false, "12.80E+14": false, "SE+14": false, "": false, "2x8E+14": false} {
		if got := isRounded(v); got != want {
			t.Errorf("isRounded(%q) = %v", v, got)
		}
	}
}

// Numbers that a spreadsheet destroyed are said to be so, give no values, and
// their class is neither present nor absent.
func TestDestroyedNumbers(t *testing.T) {
	nirs := func(i int) string { return fmt.Sprintf("%d.%02dE+14", 1+i%2, 40+i%60) }
	tests := []struct {
		name, header string
		value        func(i int) string
		want, class  string
	}{
		{"NIR", "nir", nirs, nir, "nir"},
		{"NIR with a comma", "num_secu", func(i int) string { return strings.Replace(nirs(i), ".", ",", 1) }, nir, "nir"},
		{"NIR without a header", "zzz", nirs, "", "nir"},
		{"phones", "telephone", func(i int) string { return fmt.Sprintf("6.%02dE+08", i) }, phone, "contact"},
		{"accounts", "rib", func(i int) string { return fmt.Sprintf("3.%02dE+22", i) }, MeaningIBAN, "financial"},
		{"some of the NIR", "nir", func(i int) string { return []string{nirs(i), "transmis à part"}[i%2] }, nir, "nir"},
	}
	for _, tt := range tests {
		text := tableOf("nom;"+tt.header, 80, func(i int) string { return testSurnames[i%len(testSurnames)] + ";" + tt.value(i) })
		l, p := inspect(t, text, dictionaries())
		c := l.Columns[1]
		if tt.want != "" && c.Meaning != tt.want || c.Confidence > 0.6 || c.Damaged != WarningNumbersDestroyed || !slices.Contains(l.Warnings, WarningNumbersDestroyed) {
			t.Errorf("%s: %+v, warnings %q", tt.name, c, l.Warnings)
		}
		if n := presentRows(p, tt.class); n > 0 || isAbsent(p, tt.class) {
			t.Errorf("%s: %s in %d rows, absent %v", tt.name, tt.class, n, isAbsent(p, tt.class))
		}
		for _, r := range records(t, text, dictionaries()) {
			if r.Values[matchers.Phone] != "" || r.Values[matchers.NIR] != "" {
				t.Fatalf("%s: a destroyed number is a value", tt.name)
			}
		}
	}
	l, _ := inspect(t, tableOf("id;mesure", 80, func(i int) string { return fmt.Sprintf("%d;%d.%dE+03", i, 1+i%9, i%10) }), dictionaries())
	if len(l.Warnings) > 0 || l.Columns[1].Damaged != "" {
		t.Errorf("small numbers: %q", l.Warnings)
	}
}
