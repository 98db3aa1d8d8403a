package dump

import (
	"fmt"
	"slices"
	"testing"

	"vigie/internal/breach"
)

// reported is the report of one table of invented rows.
func reported(t *testing.T, format string, rows int, line func(i int) []string, header ...string) *Report {
	t.Helper()
	o := dictionaries()
	s := newSurvey(&o)
	f := &File{}
	s.begin(f, format)
	info := TableInfo{Columns: header}
	if header == nil {
		info.Header = HeaderNo
	}
	out, err := s.table(f, info)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		var cells [][]byte
		for _, v := range line(i) {
			cells = append(cells, []byte(v))
		}
		if err := out.Row(cells); err != nil {
			t.Fatal(err)
		}
	}
	s.end(f)
	return s.report(s.layout(), true)
}

func TestBeliefs(t *testing.T) {
	for _, c := range []struct {
		name, header, want string
		values             []string
	}{
		{"union by words", "affiliation", "union_membership", []string{"CGT", "CFDT", "Force ouvrière"}},
		{"union by yes and no", "adhesion_syndicale_syndique", "union_membership", []string{"oui", "non"}},
		{"an association of towns is none", "syndicat", "", []string{"Syndicat des eaux de la Vallée", "Syndicat mixte du Lac"}},
		{"religion", "confession", "religious_belief", []string{"catholique", "musulman", "sans"}},
		{"religion without header", "c7", "religious_belief", []string{"Catholique", "Juive", "Athée"}},
		{"origin", "origine_ethnique", "ethnic_origin", []string{"Maghrébin", "Caucasien", "NC"}},
		{"sexual life", "orientation sexuelle", "sexual_life", []string{"hétérosexuel", "bisexuelle"}},
		{"party", "parti", "political_opinion", []string{"LFI", "RN", "Modem"}},
		{"a side is no party", "cote", "", []string{"gauche", "droite", "centre"}},
	} {
		r := reported(t, "csv", 60, func(i int) []string { return []string{fmt.Sprint(i), c.values[i%len(c.values)]} }, "id", c.header)
		for _, code := range []string{"union_membership", "religious_belief", "ethnic_origin", "sexual_life", "political_opinion"} {
			here := slices.ContainsFunc(r.Present, func(p breach.Category) bool { return p.Code == code && p.Count == 60 })
			if here != (code == c.want) {
				t.Errorf("%s: %s present: %v", c.name, code, here)
			}
			if slices.Contains(r.Unsought, code) == here {
				t.Errorf("%s: %s present: %v, and not looked for: %v", c.name, code, here, !here)
			}
			if slices.ContainsFunc(r.Absent, func(a breach.Absence) bool { return a.Code == code }) {
				t.Errorf("%s: %s is stated absent", c.name, code)
			}
		}
	}
}

// Lines that have parts which nothing told state no absence.
func TestUnpartedLinesStateNoAbsence(t *testing.T) {
	r := reported(t, "csv", 60, func(i int) []string { return []string{fmt.Sprintf("%d~LEMAIRE~Zoe~zoe%d!example.org~12", i, i)} })
	if len(r.Absent) > 0 || !slices.Contains(r.Warnings, WarningUnparted) {
		t.Errorf("absent: %v, warnings: %v", r.Absent, r.Warnings)
	}
	r = reported(t, "csv", 60, func(i int) []string { return []string{fmt.Sprintf("zoe%d@example.org", i)} })
	if len(r.Absent) == 0 || slices.Contains(r.Warnings, WarningUnparted) {
		t.Errorf("a list of addresses: absent %v, warnings %v", r.Absent, r.Warnings)
	}
}
