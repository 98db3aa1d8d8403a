package synth

import (
	"fmt"
	"strings"
)

// mixedCase writes names as different typists do.
func (m *maker) mixedCase(name, given string) (string, string) {
	switch x := m.rng.Float64(); {
	case x < 0.45:
		name, given = strings.ToUpper(name), strings.ToUpper(given)
		if m.chance(0.8) {
			return unaccent(name), unaccent(given)
		}
	case x < 0.80:
		name = strings.ToUpper(unaccent(name))
	case x < 0.85:
		name, given = strings.ToLower(name), strings.ToLower(given)
	}
	if m.chance(0.4) {
		given = unaccent(given)
	}
	return name, given
}

// loosen drops or swaps hyphens and apostrophes.
func loosen(m *maker, s string) string {
	switch m.rng.IntN(3) {
	case 0:
		return strings.ReplaceAll(s, "-", " ")
	case 1:
		return strings.NewReplacer("'", " ", "-", "").Replace(s)
	default:
		return strings.ReplaceAll(s, " ", "-")
	}
}

// neighbours are the keys beside each letter on a French keyboard.
var neighbours = map[rune]string{
	'a': "zq", 'z': "aes", 'e': "zrd", 'r': "etf", 't': "ryg", 'y': "tuh", 'u': "yij", 'i': "uok", 'o': "ipl", 'p': "om",
	'q': "aws", 's': "qdz", 'd': "sfe", 'f': "dgr", 'g': "fht", 'h': "gjy", 'j': "hku", 'k': "jli", 'l': "kmo", 'm': "lp",
	'w': "xq", 'x': "wcs", 'c': "xvd", 'v': "cbf", 'b': "vng", 'n': "bh",
}

// misread are letters that recognition of scanned forms confuses.
var misread = strings.NewReplacer("rn", "m", "RN", "M", "cl", "d", "li", "h", "vv", "w", "ii", "u", "O", "0", "I", "l", "B", "8")

// slip makes one mistake: a neighbouring key, two letters swapped, one lost or
// doubled, a misreading, a cut.
func (m *maker) slip(s string) string {
	r := []rune(s)
	if len(r) < 3 {
		return s
	}
	i := 1 + m.rng.IntN(len(r)-2)
	switch m.rng.IntN(6) {
	case 0:
		if keys := neighbours[r[i]]; keys != "" {
			r[i] = rune(keys[m.rng.IntN(len(keys))])
		}
	case 1:
		r[i], r[i+1] = r[i+1], r[i]
	case 2:
		r = append(r[:i], r[i+1:]...)
	case 3:
		r = append(r[:i+1], r[i:]...)
	case 4:
		return misread.Replace(s)
	default:
		if len(r) > 8 {
			r = r[:len(r)-1-m.rng.IntN(3)]
		}
	}
	return string(r)
}

// soundalikes are spellings that French pronounces alike.
var soundalikes = [][2]string{{"ph", "f"}, {"eau", "au"}, {"au", "o"}, {"ck", "k"}, {"c", "k"}, {"ss", "s"}, {"ll", "l"}, {"tt", "t"}, {"nn", "n"},
	{"y", "i"}, {"ai", "é"}, {"en", "an"}, {"th", "t"}, {"ou", "oo"}, {"z", "s"}, {"dj", "j"}, {"h", ""}, {"t", "d"}, {"s", "c"}, {"v", "w"}}

// asHeard spells one sound differently.
func (m *maker) asHeard(s string) string {
	low := strings.ToLower(s)
	start := m.rng.IntN(len(soundalikes))
	for k := range soundalikes {
		pair := soundalikes[(start+k)%len(soundalikes)]
		if i := strings.LastIndex(low, pair[0]); i > 0 {
			return low[:i] + pair[1] + low[i+len(pair[0]):]
		}
	}
	return low + "e"
}

// wrongDate swaps day and month, or misses a digit, the year or the day.
func (m *maker) wrongDate(s string) string {
	if len(s) != 10 {
		return s
	}
	year, month, day := s[:4], s[5:7], s[8:]
	switch m.rng.IntN(4) {
	case 0:
		if day > "00" && day <= "12" {
			return year + "-" + day + "-" + month
		}
		return year + "-" + month + "-" + "01"
	case 1:
		return fmt.Sprintf("%s%c-%s-%s", year[:3], '0'+(year[3]-'0'+1)%10, month, day)
	case 2:
		if day[0] < '2' {
			return fmt.Sprintf("%s-%s-%c%c", year, month, day[0], '1'+(day[1]-'0'+1)%9)
		}
		return year + "-" + month + "-10"
	default:
		return "20" + year[2:] + "-" + month + "-" + day
	}
}

func frenchDate(s string) string {
	if len(s) != 10 {
		return s
	}
	return s[8:] + "/" + s[5:7] + "/" + s[:4]
}

func (m *maker) nationality(s string) string {
	if s != "Française" {
		return s
	}
	return pick(m.rng, []string{"Française", "Française", "FRANCAISE", "française", "FR", "France"})
}

var isoNationalities = map[string]string{"Française": "FR", "Algérienne": "DZ", "Portugaise": "PT", "Turque": "TR", "Vietnamienne": "VN", "Malienne": "ML", "Ukrainienne": "UA"}

func isoNationality(s string) string {
	if code, ok := isoNationalities[s]; ok {
		return code
	}
	return s
}

// phoneAs writes a number in one of the ways people do.
func (m *maker) phoneAs(e164 string) string {
	if len(e164) != 12 {
		return e164
	}
	n := "0" + e164[3:]
	pairs := []string{n[:2], n[2:4], n[4:6], n[6:8], n[8:]}
	switch x := m.rng.Float64(); {
	case x < 0.5:
		return n
	case x < 0.75:
		return strings.Join(pairs, " ")
	case x < 0.85:
		return strings.Join(pairs, ".")
	case x < 0.93:
		return e164
	case x < 0.97:
		return "0033" + n[1:]
	default:
		return "+33 (0)" + n[1:2] + " " + strings.Join(pairs[1:], " ")
	}
}

var abbreviations = strings.NewReplacer(" avenue ", " av. ", " boulevard ", " bd ", " place ", " pl ", " chemin ", " ch. ", " impasse ", " imp ", " rue ", " r ",
	" Général ", " Gal ", " allée ", " all. ", " route ", " rte ")

func abbreviate(street string) string { return abbreviations.Replace(street) }

var cityWords = strings.NewReplacer("Saint-", "St ", "Sainte-", "Ste ", "-", " ")

func looseCity(city string) string { return cityWords.Replace(city) }

func initials(given string) string {
	var out []string
	for _, g := range strings.FieldsFunc(given, func(r rune) bool { return r == ' ' || r == '-' }) {
		out = append(out, string([]rune(g)[:1]))
	}
	if len(out) == 1 {
		return given
	}
	return strings.Join(out, "-")
}

func withoutParticle(name string) string {
	for _, p := range []string{"de La ", "de ", "du ", "da ", "dos ", "d'", "Le ", "Ben ", "El ", "Aït "} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			return rest
		}
	}
	return name
}
