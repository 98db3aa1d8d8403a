package linkage

import (
	"fmt"

	"vigie/internal/ident"
)

// What a row's NIR said in place of a column that is missing.
const (
	nirDate = 1 << iota
	nirSex
	nirPlace
)

// nirSays fills what a row leaves out with what its NIR says: sex, year and
// month of birth, commune or country of birth. A NIR that is not one, or whose
// key is wrong, says nothing. Without a legal basis to compare NIRs
// (Options.NIR) the row's is forgotten at once.
func (ix *Index) nirSays(t *texts, opt Options) (read uint8) {
	if !opt.NIR {
		t[textNIR] = ""
		return 0
	}
	if t[textNIR] == "" || t[textDate] != "" && t[textSex] != "" && t[textCommune] != "" {
		return 0
	}
	p, ok := ident.ParseNIR([]byte(t[textNIR]))
	if !ok {
		return 0
	}
	if t[textDate] == "" {
		t[textDate] = fmt.Sprintf("%04d-%02d-00", ix.century(p.Year), p.Month)
		read |= nirDate
	}
	if t[textSex] == "" {
		t[textSex] = string(p.Sex)
		read |= nirSex
	}
	if t[textCommune] == "" && t[textPlace] == "" {
		if t[textCommune] = communeText(p.Commune() + p.Country()); t[textCommune] != "" {
			read |= nirPlace
		}
	}
	return read
}

// century is the year that two digits stand for: that in which more of the
// registry were born.
func (ix *Index) century(year int) int {
	born := map[int]uint32{}
	for _, y := range ix.head.Years {
		born[y.Year] = y.Count
	}
	if born[2000+year] > born[1900+year] {
		return 2000 + year
	}
	return 1900 + year
}

// said drops the levels of what the row's NIR said where the NIR itself was
// compared: it would be the same evidence twice.
func (v *vector) said(read uint8) {
	if v.level[onNIR] == 0 {
		return
	}
	for i, c := range [3]comparison{onDate, onSex, onPlace} {
		if read&(1<<i) != 0 {
			v.level[c], v.share[c] = 0, 0
		}
	}
}
