package consoletest

import (
	"strings"

	"vigie/internal/breach"
)

// SetDump replaces a dump.
func (s *Store) SetDump(d breach.Dump) {
	defer s.lock()()
	s.dumps[d.ID] = d
}

// FullProfile is a profile with something in every field, codes that nobody
// knows among them, and hostile text wherever a dump's own words are shown.
func FullProfile() breach.Profile {
	return breach.Profile{Format: "csv", Encoding: "utf-8", Rows: 2048, Refused: 3, Complete: false, Files: 14, Tables: 3, Texts: 5,
		Columns: []breach.Column{{Name: "NOM", Meaning: "birth_name", Confidence: .99, Filled: 2045}, {Name: "MAIL", Meaning: "email", Confidence: 1, Filled: 1890},
			{Name: "N_CAF", Meaning: "caf_number", Confidence: .93, Filled: 640}, {Name: Hostile, Meaning: "password_hash", Confidence: .87, Filled: 2001},
			{Name: "turned \u202egnp.exe", Meaning: "benefit", Confidence: .71, Filled: 12}, {Name: strings.Repeat("long ", 400), Meaning: "of_tomorrow", Confidence: .6, Filled: 7},
			{Name: "X1", Filled: 12}, {Name: "X2", Meaning: "unknown", Filled: 3}, {Name: "X3", Meaning: "empty"}},
		Present: []breach.Category{{Code: "civil_status", Count: 2045}, {Code: "contact", Count: 1998}, {Code: "access", Count: 2001}, {Code: "income", Count: 640}, {Code: "class_of_tomorrow", Count: 1}},
		Absent: []breach.Absence{{Code: "nir", LookedFor: "numbers of 15 characters with the structure and the key of a NIR, in every value; columns of 13, and of masked ones", Rows: 2045, Recall: .99},
			{Code: "health", LookedFor: "columns of illnesses, handicaps, blood groups, ICD-10 codes; words for them in running text", Rows: 2045, Recall: .78},
			{Code: "offence", LookedFor: "words of another version", Rows: 2045}, {Code: "financial", LookedFor: "IBAN à clé valide", Rows: 2045, Recall: .999}},
		Unread: map[string]int64{"encrypted": 2, "split": 1, "scan": 12, "reason-of-tomorrow": 1, Hostile: 1},
		Newest: "2026-10-09",
		Owners: []breach.Origin{{Name: "youth", Score: .82, Why: "17 of its 21 columns have the same names; domain orbe.example.org in 1940 of 2045 rows"},
			{Name: "uai:0340001X", Score: .31, Why: "uai 0340001X in 700 of 2045 rows"}, {Name: "planet:" + Hostile, Score: .2, Why: Hostile}},
		Recycled: []breach.Overlap{{Dump: "dump_0", Share: .62, Low: .57, High: .66}, {Dump: "dump_gone", Share: .04, Low: .02, High: .07}},
		Doubts: []breach.Doubt{{Code: "nir-birth", Observed: .41, Expected: "above 0.97"}, {Code: "phone-fiction", Observed: .3, Expected: "below 0.001"},
			{Code: "surname-evenness", Observed: 1.6, Expected: "4 to 12"}, {Code: "check-of-tomorrow", Observed: .5, Expected: "half of " + Hostile}},
		Authenticity: .09}
}

// OldProfile is one that was kept before files, owners, earlier dumps and
// doubts were part of profiles.
func OldProfile() breach.Profile {
	return breach.Profile{Format: "csv", Encoding: "windows-1252", Rows: 2048, Complete: true,
		Columns: []breach.Column{{Name: "NOM", Meaning: "birth_name", Confidence: .99, Filled: 2045}},
		Present: []breach.Category{{Code: "civil_status", Count: 2045}},
		Absent:  []breach.Absence{{Code: "location", LookedFor: "columns of latitude and longitude", Rows: 2048, Recall: .95}}}
}
