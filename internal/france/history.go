package france

import (
	"cmp"
	"slices"
	"strings"
)

// Change says what joins two communes.
type Change uint8

// What becomes of communes.
const (
	Merged     Change = iota + 1 // taken into another, as a delegated or associated commune or for good
	Renamed                      // the same under another name
	Renumbered                   // the same under another code: its department changed, or its seat
	Parted                       // re-established, or made of a part of another
)

// Relative is a commune that another became, or was made of.
type Relative struct {
	Code   string
	Change Change
}

// History knows what communes became: those that were merged, from the Code
// officiel géographique; those whose code followed a new department (Seine and
// Seine-et-Oise in 1968, Corsica in 1976, Saint-Barthélemy and Saint-Martin in
// 2007, Mayotte in 2011); and what a file of INSEE's movements adds. It does not
// change and may be shared.
type History struct {
	data           *Data
	names          map[string][]string // by code, the present one first
	codes          map[string][]string // by folded name
	later, earlier map[string][]Relative
}

// History puts together what is embedded and the movements of a file, nil for
// none. It takes some tens of milliseconds and megabytes.
func (d *Data) History(movements []Movement) *History {
	h := &History{data: d, names: map[string][]string{}, codes: map[string][]string{}, later: map[string][]Relative{}, earlier: map[string][]Relative{}}
	for _, c := range d.Communes {
		h.name(c.Code, c.Name)
	}
	for _, f := range d.former {
		h.name(f.code, f.name)
		h.join(f.code, f.now, f.change())
	}
	for _, m := range movements {
		h.name(m.After, m.NameAfter)
		h.name(m.Before, m.NameBefore)
		h.join(m.Before, m.After, m.Change)
	}
	return h
}

// former is a commune that the present one took in.
type former struct{ now, code, name string }

// change tells a new code from a new commune: the department is another, the number
// the same.
func (f former) change() Change {
	if f.name == "" && len(f.code) == 5 && len(f.now) == 5 && f.code[:2] != f.now[:2] && f.code[2:] == f.now[2:] {
		return Renumbered
	}
	return Merged
}

func (d *Data) readHistory(lines []string) error {
	for _, line := range lines {
		now, rest, _ := strings.Cut(line, "\t")
		code, name, _ := strings.Cut(rest, "\t")
		d.former = append(d.former, former{now, code, name})
	}
	return nil
}

func (h *History) name(code, name string) {
	if name == "" || slices.Contains(h.names[code], name) {
		return
	}
	h.names[code] = append(h.names[code], name)
	if key := placeKey(name); !slices.Contains(h.codes[key], code) {
		h.codes[key] = append(h.codes[key], code)
	}
}

func (h *History) join(before, after string, how Change) {
	if before == after || slices.ContainsFunc(h.later[before], func(r Relative) bool { return r.Code == after }) {
		return
	}
	h.later[before] = append(h.later[before], Relative{after, how})
	h.earlier[after] = append(h.earlier[after], Relative{before, how})
}

// placeKey is the form in which names are looked up.
func placeKey(name string) string {
	words := strings.Fields(capitals(name))
	for i, w := range words {
		switch w {
		case "ST":
			words[i] = "SAINT"
		case "STE":
			words[i] = "SAINTE"
		}
	}
	return strings.Join(words, " ")
}

// Names returns the names that a commune bears or bore, the present one first;
// none of a code that is not known.
func (h *History) Names(code string) []string { return h.names[code] }

// Codes returns the codes of the communes that bear or bore a name, whatever its
// capitals, accents and hyphens.
func (h *History) Codes(name string) []string { return h.codes[placeKey(name)] }

// maxSteps is how often a commune may have changed.
const maxSteps = 6

// Kin returns all that a commune became and all that became it, with what did it
// in the step nearest to it, by code. Two communes that became a third are no kin
// of each other: somebody is born in the one or in the other.
func (h *History) Kin(code string) []Relative {
	found := map[string]Change{}
	var walk func(code string, how Change, steps int, next func(string) []Relative)
	walk = func(code string, how Change, steps int, next func(string) []Relative) {
		for _, r := range next(code) {
			first := how
			if first == 0 {
				first = r.Change
			}
			if _, ok := found[r.Code]; !ok && steps < maxSteps {
				found[r.Code] = first
				walk(r.Code, first, steps+1, next)
			}
		}
	}
	walk(code, 0, 0, func(c string) []Relative { return append(h.renumbered(c, true), h.later[c]...) })
	walk(code, 0, 0, func(c string) []Relative { return append(h.renumbered(c, false), h.earlier[c]...) })
	delete(found, code)
	out := make([]Relative, 0, len(found))
	for c, how := range found {
		out = append(out, Relative{c, how})
	}
	slices.SortFunc(out, func(a, b Relative) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// known tells a code under which a commune has a name.
func (h *History) known(code string) bool { return len(h.names[code]) > 0 }

// renumbered returns the codes that a commune was given when its department
// changed, or those of before. The last three digits stayed: in the departments
// that took over from Seine (75) and Seine-et-Oise (78) on 1 January 1968 (law
// 64-707), and in Corsica's two on 1 January 1976 (law 75-356). A code of before
// 1968 may have become any that is known with the same digits.
func (h *History) renumbered(code string, later bool) (out []Relative) {
	if len(code) != 5 {
		return nil
	}
	add := func(c string, must bool) {
		if c != code && (!must || h.known(c)) {
			out = append(out, Relative{c, Renumbered})
		}
	}
	department, number := code[:2], code[2:]
	switch {
	case moved[code] != "" && later:
		add(moved[code], false)
	case movedFrom[code] != "" && !later:
		add(movedFrom[code], false)
	case later && code[:3] == "985": // Mayotte
		add("976"+code[3:], true)
	case !later && code[:3] == "976":
		add("985"+code[3:], false)
	case later && department == "20":
		add("2A"+number, true)
		add("2B"+number, true)
	case !later && (department == "2A" || department == "2B"):
		add("20"+number, false)
	case later && department == "75" && number < "100" && number != "056":
		for _, d := range [...]string{"92", "93", "94"} {
			add(d+number, true)
		}
	case later && department == "78" && !h.known(code):
		for _, d := range [...]string{"91", "92", "93", "94", "95"} {
			add(d+number, true)
		}
	case !later && department >= "91" && department <= "95" && h.known(code):
		if !h.known("78" + number) {
			add("78"+number, false)
		}
		if department >= "92" && department <= "94" && number < "100" && number != "056" {
			add("75"+number, false)
		}
	}
	return out
}

// moved are codes overseas of which the digits changed too: Saint-Barthélemy and
// Saint-Martin (organic law 2007-223).
var moved = map[string]string{"97123": "97701", "97127": "97801"}

var movedFrom = map[string]string{"97701": "97123", "97801": "97127"}
