package registry

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
	"vigie/matchers"
)

// home is a street of a town with the number of another house. A home without
// number is taken as it is, since nothing tells it from its neighbours'.
func (v *inventor) home(w *cells, m *[matchers.NumFields]string) error {
	home := [...]matchers.Field{matchers.Street, matchers.Postcode, matchers.City}
	if m[matchers.Street] == "" {
		for _, f := range home[1:] {
			w[f] = m[f]
		}
		return nil
	}
	d := v.of(v.homes)
	for range 20 {
		number, label := houseNumber(d.Values[matchers.Street])
		if number == "" {
			d = v.of(v.homes)
			continue
		}
		if other, _ := houseNumber(v.of(v.homes).Values[matchers.Street]); other != "" {
			w[matchers.Street] = other + label
			break
		}
	}
	if w[matchers.Street] == "" {
		w[matchers.Street] = d.Values[matchers.Street]
	}
	for _, f := range home[1:] {
		w[f] = d.Values[f]
	}
	s, err := v.r.Subject(v.ctx, breach.PersonID(d.ID))
	w[colLine2], w[colLine3], w[colLine5] = s.Contact.Address.Line2, s.Contact.Address.Line3, s.Contact.Address.Line5
	return err
}

// houseNumber parts a street into its number and the rest.
func houseNumber(street string) (number, rest string) {
	i := 0
	for i < len(street) && street[i] >= '0' && street[i] <= '9' {
		i++
	}
	return street[:i], street[i:]
}

// letters are the small letters and digits of a text, accents off.
func letters(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func firstGiven(given string) string {
	first, _, _ := strings.Cut(given, " ")
	return letters(first)
}

func surname(p *[matchers.NumFields]string) string {
	if p[matchers.BirthName] != "" {
		return letters(p[matchers.BirthName])
	}
	return letters(p[matchers.UsageName])
}

// pattern is how somebody's address was made of their name, with a sign for
// each part: G the given name, g its initial, S the surname, s its initial, Y
// and y the year of birth in four and two digits, # any digit. "" is an address
// that says something else, which may be somebody's and is not copied.
func pattern(p *[matchers.NumFields]string) string {
	local, _, ok := strings.Cut(strings.ToLower(p[matchers.Email]), "@")
	g, s := firstGiven(p[matchers.GivenNames]), surname(p)
	if !ok || len(g) < 2 || len(s) < 2 {
		return ""
	}
	y := year(p[matchers.BirthDate])
	var b strings.Builder
	for rest := local; rest != ""; {
		switch c := rest[0]; {
		case strings.HasPrefix(rest, s):
			b.WriteByte('S')
			rest = rest[len(s):]
		case strings.HasPrefix(rest, g):
			b.WriteByte('G')
			rest = rest[len(g):]
		case y != "" && strings.HasPrefix(rest, y):
			b.WriteByte('Y')
			rest = rest[4:]
		case y != "" && strings.HasPrefix(rest, y[2:]) && (len(rest) == 2 || rest[2] < '0' || rest[2] > '9'):
			b.WriteByte('y')
			rest = rest[2:]
		default:
			switch {
			case c >= '0' && c <= '9':
				c = '#'
			case c == g[0]:
				c = 'g'
			case c == s[0]:
				c = 's'
			case c != '.' && c != '-' && c != '_' && c != '+':
				return ""
			}
			b.WriteByte(c)
			rest = rest[1:]
		}
	}
	if out := b.String(); strings.ContainsAny(out, "SG") {
		return out
	}
	return ""
}

// email writes an address as somebody else of the registry writes theirs. Under
// the domains of providers it would be a stranger's: the domain is one that
// nobody else owns, or the lender's if that is kept for examples (RFC 2606).
func (v *inventor) email(w *cells) string {
	p := (*[matchers.NumFields]string)(w[:matchers.NumFields])
	g, s, y := firstGiven(p[matchers.GivenNames]), surname(p), year(p[matchers.BirthDate])
	made, domain := "G.S", ""
	if len(v.mails) > 0 {
		d := v.of(v.mails)
		made = pattern(&d.Values)
		_, domain, _ = strings.Cut(d.Values[matchers.Email], "@")
	}
	var b strings.Builder
	for i := range len(made) {
		switch c := made[i]; c {
		case 'G':
			b.WriteString(g)
		case 'S':
			b.WriteString(s)
		case 'g':
			b.WriteString(g[:min(1, len(g))])
		case 's':
			b.WriteString(s[:min(1, len(s))])
		case 'Y':
			b.WriteString(y)
		case 'y':
			b.WriteString(y[min(2, len(y)):])
		case '#':
			b.WriteByte('0' + byte(v.rng.IntN(10)))
		default:
			b.WriteByte(c)
		}
	}
	if !reserved(domain) {
		domain = v.domains[v.rng.IntN(len(v.domains))]
	}
	return b.String() + "@" + domain
}

// reserved tells a domain in which nobody has a mailbox.
func reserved(domain string) bool {
	for _, d := range []string{"example.org", "example.com", "example.net", "example", "test", "invalid"} {
		if rest, ok := strings.CutSuffix(strings.ToLower(domain), d); ok && (rest == "" || rest[len(rest)-1] == '.') {
			return true
		}
	}
	return false
}

// fiction are the beginnings of the national numbers that Arcep keeps for works
// of fiction, by their first digit.
var fiction = map[byte]string{'1': "19900", '2': "26191", '3': "35301", '4': "46571", '5': "53649", '6': "63998", '7': "63998"}

// phone is a number kept for fiction, of the kind and in the writing of
// somebody's.
func (v *inventor) phone() string {
	like := v.of(v.phones).Values[matchers.Phone]
	d := digits(like)
	if !strings.HasPrefix(d, "0") && !strings.HasPrefix(d, "33") || len(d) < 10 {
		like, d = "+33600000000", "33600000000"
	}
	start := fiction[d[len(d)-9]]
	if start == "" {
		start = fiction['6']
	}
	return written(like, fmt.Sprintf("%s%04d", start, v.rng.IntN(10_000)))
}

// written writes a national number over the last nine digits of another.
func written(like, national string) string {
	b := []byte(like)
	for i, n := len(b)-1, len(national); i >= 0 && n > 0; i-- {
		if b[i] >= '0' && b[i] <= '9' {
			n--
			b[i] = national[n]
		}
	}
	return string(b)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// nir writes the number that INSEE would give, with the order number of
// somebody else and the true key (97 less the remainder by 97).
func (v *inventor) nir(w *cells, length int) string {
	sex, birth, commune := "1", w[matchers.BirthDate], w[matchers.BirthCommune]
	if w[matchers.Sex] == "F" {
		sex = "2"
	}
	other := v.of(v.nirs).Values[matchers.NIR]
	if len(birth) != 10 || len(other) < 13 {
		return ""
	}
	if len(commune) != 5 {
		commune = other[5:10]
	}
	out := sex + birth[2:4] + birth[5:7] + commune + other[10:13]
	if length < 15 {
		return out
	}
	n, err := strconv.ParseInt(strings.NewReplacer("2A", "19", "2B", "18").Replace(out), 10, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s%02d", out, 97-n%97)
}
