package console

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/matchers"
)

// pairLine is one field of a candidate pair: both masked values, and what the
// comparison contributed.
type pairLine struct {
	Field       string
	Left, Right []span
	Evidence    []breach.Evidence
	Weight      float64 // bits, sum of the evidence
	Bar         bar
}

// bar is a drawing of bits on a scale of 200 with zero at 100: SVG attributes,
// so that the page needs no inline style.
type bar struct {
	X, Width int
	Class    string // plus, minus or none
}

// fullScale is the weight that fills half a bar, in bits.
const fullScale = 16

func newBar(bits float64) bar {
	n := int(math.Round(min(math.Abs(bits)/fullScale, 1) * 100))
	switch {
	case n == 0:
		return bar{X: 99, Width: 2, Class: "none"}
	case bits < 0:
		return bar{X: 100 - n, Width: n, Class: "minus"}
	}
	return bar{X: 100, Width: n, Class: "plus"}
}

// evidenceFields says beside which value evidence stands when linkage names it
// otherwise than the field.
var evidenceFields = map[string]matchers.Field{"name": matchers.BirthName, "address": matchers.Street}

// beware is evidence that weighs nothing and says what to beware of.
var beware = map[string]bool{"namesakes": true, "rival": true}

// pairLines puts the two records side by side, field by field. Fields that
// neither side has and that gave no evidence are left out.
func pairLines(row, person matchers.Record, why []breach.Evidence) []pairLine {
	byField := map[matchers.Field][]breach.Evidence{}
	var others []pairLine
	for _, e := range why {
		if beware[e.Field] {
			continue
		}
		f, ok := matchers.ParseField(e.Field)
		if !ok {
			f, ok = evidenceFields[e.Field]
		}
		if !ok {
			others = append(others, newPairLine(e.Field, []breach.Evidence{e}))
			continue
		}
		byField[f] = append(byField[f], e)
	}
	var lines []pairLine
	for f := range matchers.NumFields {
		a, b := row.Values[f], person.Values[f]
		if a == "" && b == "" && len(byField[f]) == 0 {
			continue
		}
		line := newPairLine(f.String(), byField[f])
		line.Left, line.Right = maskPair(f, a, b)
		lines = append(lines, line)
	}
	return append(lines, others...)
}

func newPairLine(field string, why []breach.Evidence) pairLine {
	line := pairLine{Field: field, Evidence: why}
	for _, e := range why {
		line.Weight += e.Weight
	}
	line.Bar = newBar(line.Weight)
	return line
}

// strongest returns the evidence for (sign +1) or against (sign -1) a link,
// the heaviest first, at most three.
func strongest(why []breach.Evidence, sign float64) []breach.Evidence {
	var out []breach.Evidence
	for _, e := range why {
		if e.Weight*sign > 0.05 {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b breach.Evidence) int {
		return cmp.Or(cmp.Compare(b.Weight*sign, a.Weight*sign), cmp.Compare(a.Field, b.Field))
	})
	return out[:min(3, len(out))]
}

// recordOf shapes a subject as a record, for registries that open nothing
// finer.
func recordOf(s breach.Subject) matchers.Record {
	r := matchers.Record{ID: string(s.Person)}
	k := s.Contact
	r.Values[matchers.BirthName], r.Values[matchers.GivenNames] = k.Name, k.Given
	r.Values[matchers.Email], r.Values[matchers.Phone] = k.Email, k.Phone
	r.Values[matchers.Street] = strings.TrimSpace(k.Address.Street)
	r.Values[matchers.Postcode], r.Values[matchers.City] = k.Address.Postcode, k.Address.City
	r.Values[matchers.Country] = k.Address.Country
	if !s.BirthDate.IsZero() {
		r.Values[matchers.BirthDate] = s.BirthDate.Format("2006-01-02")
	}
	return r
}

// note is a sentence on what surrounds a pair, with its evidence for programs.
type note struct {
	breach.Evidence
	Words string
}

// notes puts into words how many namesakes are expected and what separates the
// person from the next best one of the registry.
func (p page) notes(why []breach.Evidence) (out []note) {
	for _, e := range why {
		if !beware[e.Field] {
			continue
		}
		n := note{Evidence: e, Words: p.T("review.rival_none")}
		if fields, ok := strings.CutPrefix(e.Level, "separated_by_"); ok {
			var words []string
			for _, f := range strings.Split(fields, "+") {
				words = append(words, p.Word("field", f))
			}
			n.Words = p.T("review.rival", strings.Join(words, ", "))
		}
		if e.Field == "namesakes" {
			n.Words = p.namesakes(e.Level)
		}
		out = append(out, n)
	}
	return out
}

func (p page) namesakes(level string) string {
	number, ok := strings.CutPrefix(level, "expected_")
	if !ok {
		return p.T("review.strangers_none")
	}
	key := "review.strangers"
	if n, more := strings.CutSuffix(number, "_or_more"); more {
		key, number = "review.strangers_more", n
	}
	if p.Lang == i18n.French {
		number = strings.Replace(number, ".", ",", 1)
	}
	return p.T(key, number)
}
