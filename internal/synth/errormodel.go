package synth

import "strings"

// How recipe a spoils a name or a date, as probabilities: each function here is
// the distribution of what its namesake in errors.go draws, and is tested
// against it.

// chanceOf is one thing that may come out.
type chanceOf struct {
	what string
	p    float64
}

// slips are the outcomes of slip.
func slips(s string) []chanceOf {
	r := []rune(s)
	if len(r) < 3 {
		return []chanceOf{{s, 1}}
	}
	var out []chanceOf
	each := 1 / float64(6*(len(r)-2))
	for i := 1; i < len(r)-1; i++ {
		before, after := string(r[:i]), string(r[i+1:])
		keys := neighbours[r[i]]
		for _, k := range keys {
			out = append(out, chanceOf{before + string(k) + after, each / float64(len(keys))})
		}
		if keys == "" {
			out = append(out, chanceOf{s, each})
		}
		out = append(out, chanceOf{before + string(r[i+1]) + string(r[i]) + string(r[i+2:]), each},
			chanceOf{before + after, each}, chanceOf{before + string(r[i]) + string(r[i:]), each})
	}
	out = append(out, chanceOf{misread.Replace(s), 1.0 / 6})
	if len(r) <= 8 {
		return append(out, chanceOf{s, 1.0 / 6})
	}
	for cut := 1; cut <= 3; cut++ {
		out = append(out, chanceOf{string(r[:len(r)-cut]), 1.0 / 18})
	}
	return out
}

// loosened are the outcomes of loosen.
func loosened(s string) [3]string {
	return [3]string{strings.ReplaceAll(s, "-", " "), strings.NewReplacer("'", " ", "-", "").Replace(s), strings.ReplaceAll(s, " ", "-")}
}

// wordChance is the probability that recipe a writes the word s as out, both
// folded in the end.
func wordChance(s, out string) float64 {
	p := 0.8 * slipChance(s, out)
	for _, l := range loosened(s) {
		p += 0.2 / 3 * slipChance(l, out)
	}
	return p
}

func slipChance(s, out string) float64 {
	p := 0.0
	folded := fold(s)
	if folded == out {
		p = 0.96
	}
	// No slip changes the first letter but a misreading of O, I or B.
	if gap := len(folded) - len(out); gap < -2 || gap > 4 || out == "" || folded == "" || folded[0] != out[0] && !strings.Contains("08L", out[:1]) {
		return p
	}
	for _, o := range slips(s) {
		if fold(o.what) == out {
			p += 0.04 * o.p
		}
	}
	return p
}

// nameChance and givenChance are the same for the names of a person.
func (v *known) nameChance(out string) float64 {
	if v.usageName == "" {
		return wordChance(v.birthName, out)
	}
	return 0.7*wordChance(v.usageName, out) + 0.3*wordChance(v.birthName, out)
}

func (v *known) givenChance(out string) float64 {
	return 0.8*wordChance(v.given[0], out) + 0.2*wordChance(strings.Join(v.given, " "), out)
}

// lostGiven, lostBirth and so on are how often recipe a leaves a column empty.
const (
	lostSex, lostGiven, lostBirth   = 0.05, 0.002, 0.012
	lostNation, lostMail, lostPhone = 0.10, 0.12, 0.10
	swapped                         = 0.02
	wrongBirth                      = 0.015
	moved, movedMail, movedPhone    = 0.12, 0.08, 0.07
)

// dateChance is the probability that a birth date is written as out.
func dateChance(born, out string) float64 {
	if out == "" {
		return lostBirth
	}
	p := 0.0
	if born == out {
		p = 1 - wrongBirth
	}
	for _, w := range wrongDates(born) {
		if w == out {
			p += wrongBirth / 4
		}
	}
	return p * (1 - lostBirth)
}

// wrongDates are the four outcomes of wrongDate, equally probable.
func wrongDates(s string) []string {
	if len(s) != 10 {
		return nil
	}
	year, month, day := s[:4], s[5:7], s[8:]
	out := []string{year + "-" + month + "-01", year[:3] + string('0'+(year[3]-'0'+1)%10) + "-" + month + "-" + day, year + "-" + month + "-10", "20" + year[2:] + "-" + month + "-" + day}
	if day > "00" && day <= "12" {
		out[0] = year + "-" + day + "-" + month
	}
	if day[0] < '2' {
		out[2] = year + "-" + month + "-" + string(day[0]) + string('1'+(day[1]-'0'+1)%9)
	}
	return out
}
