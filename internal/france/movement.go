package france

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// Movement is one line of INSEE's file of movements: a commune before and after
// what happened to it.
type Movement struct {
	Before, After         string // codes
	NameBefore, NameAfter string
	Change                Change
	At                    time.Time
}

// maxMovements bounds a file of movements; the one of 2025 has some 15,000 lines.
const maxMovements = 200_000

var communeCode = regexp.MustCompile(`^(?:[0-9]{2}|2[AB])[0-9]{3}$`)

// changes are INSEE's codes of movements (documentation of the Code officiel
// géographique, table "mouvements"). Others, as those of delegated communes that
// end, change no place.
var changes = map[string]Change{
	"10": Renamed, "20": Parted, "21": Parted, "30": Merged, "31": Merged, "32": Merged, "33": Merged, "34": Merged,
	"41": Renumbered, "50": Renumbered,
}

// ReadMovements reads the CSV file that INSEE publishes each year as
// v_mvt_commune_YYYY.csv (Licence Ouverte): MOD, DATE_EFF, TYPECOM_AV, COM_AV,
// LIBELLE_AV and the same with _AP, in any order, among others. A line that is not
// what the columns say is an error that names it: half a history is worse than
// none.
func ReadMovements(r io.Reader) ([]Movement, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("movements of communes: header: %w", err)
	}
	at := map[string]int{}
	for i, h := range header {
		at[strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(h), "\ufeff"))] = i
	}
	var col [8]int
	for i, name := range [...]string{"MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "LIBELLE_AV", "TYPECOM_AP", "COM_AP", "LIBELLE_AP"} {
		k, ok := at[name]
		if !ok {
			return nil, fmt.Errorf("movements of communes: no column %s", name)
		}
		col[i] = k
	}
	var out []Movement
	for n := 2; ; n++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err == nil && n > maxMovements {
			err = fmt.Errorf("more than %d lines", maxMovements)
		}
		if err != nil {
			return nil, fmt.Errorf("movements of communes: %w", err)
		}
		f := func(i int) string { return strings.TrimSpace(row[col[i]]) }
		m := Movement{Before: f(3), After: f(6), NameBefore: f(4), NameAfter: f(7), Change: changes[f(0)]}
		if m.At, err = time.Parse(time.DateOnly, f(1)); err != nil {
			return nil, fmt.Errorf("movements of communes: line %d: DATE_EFF is not a date", n)
		}
		if !communeCode.MatchString(m.Before) || !communeCode.MatchString(m.After) {
			return nil, fmt.Errorf("movements of communes: line %d: COM_AV or COM_AP is not a code of five characters", n)
		}
		// Boroughs are their city; a delegated commune that lives on is no other place.
		if m.Change != 0 && f(2) != "ARM" && f(5) != "ARM" {
			out = append(out, Movement{strings.Clone(m.Before), strings.Clone(m.After), strings.Clone(m.NameBefore), strings.Clone(m.NameAfter), m.Change, m.At})
		}
	}
}
