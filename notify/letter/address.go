// Package letter makes the paper communication: an A4 PDF whose address shows
// in the window of a DL or C5 envelope however the sheet slides, and a
// shelf from which a printer takes each letter once.
package letter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
)

// The address norm NF Z 10-011: at most six lines of 38 characters, and a
// seventh for the country when the letter goes abroad.
const (
	maxLines = 6
	maxChars = 38
	// maxLabel is the length from which a street label may be abbreviated.
	maxLabel = 32
)

// territories are addressed as in France: their postcode says where they are.
var territories = []string{"", "FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF"}

var postcode = regexp.MustCompile(`^[0-9]{5}$`)

// Address writes the address block of a contact. Empty lines go, the last
// three are in capitals without accents, and from the street on there are only
// letters, digits and spaces.
//
// Nothing is cut silently: what does not fit is refused with a reason code
// (no-name, no-city, postcode, line-too-long, too-many-lines, character), and
// the lines returned beside the error are then a proposal that a person may
// accept, or nil. The error itself bears no part of the address.
func Address(c breach.Contact) ([]string, error) {
	b, err := newBlock(c)
	if err != nil {
		if plain, ok := b.plain(); ok {
			return plain, err
		}
		return nil, err
	}
	lines, err := b.lines()
	if err == nil {
		return lines, nil
	}
	if proposal, ok := b.proposal(); ok {
		return proposal, err
	}
	return nil, err
}

// Numbered writes the address as print services number its six lines: company,
// civility and name, inside the building, street, hamlet or box, postcode and
// locality; and the country's ISO 3166-1 code. The first stays empty for a
// person. It refuses what Address refuses, and what would need a second line
// for a name or for the inside of a building.
func Numbered(c breach.Contact) (lines [maxLines]string, country string, err error) {
	b, err := newBlock(c)
	if err != nil {
		return lines, "", err
	}
	if _, err := b.lines(); err != nil {
		return lines, "", err
	}
	inside := strings.TrimSpace(b[1] + " " + b[2])
	lines = [maxLines]string{"", b[0], inside, upper(abbreviate(b[3])), upper(b[4]), upper(locality(b[5]))}
	for i, s := range lines {
		if utf8.RuneCountInString(s) > maxChars {
			return lines, "", refuse("line-too-long", fmt.Sprintf("line %d has more than %d characters, and a print service has one for it", i+1, maxChars))
		}
	}
	if country = c.Address.Country; slices.Contains(territories, country) {
		country = "FR"
	}
	return lines, country, nil
}

// block holds the lines of the norm before they are laid out: [0] the name, [1] and
// [2] inside the building, [3] the street, [4] hamlet or box, [5] postcode and
// locality, [6] the country.
type block [7]string

func refuse(code, hint string) error {
	return &breach.RefusedError{Code: code, What: "postal address", Hint: hint}
}

func newBlock(c breach.Contact) (block, error) {
	a := c.Address
	b := block{oneLine(c.Civility + " " + c.Given + " " + c.Name), oneLine(a.Line2), oneLine(a.Line3), capitals(a.Street), capitals(a.Line5)}
	code, city := capitals(a.Postcode), capitals(a.City)
	b[5] = strings.TrimSpace(code + " " + city)
	abroad := !slices.Contains(territories, a.Country)
	if abroad {
		region, err := language.ParseRegion(a.Country)
		if err != nil {
			return b, refuse("country", "the country is not an ISO 3166-1 code")
		}
		b[6] = capitals(display.French.Regions().Name(region))
	}
	switch {
	case oneLine(c.Name) == "":
		return b, refuse("no-name", "the recipient has no name")
	case city == "":
		return b, refuse("no-city", "line 6 needs a locality")
	case !abroad && !postcode.MatchString(strings.ReplaceAll(code, " ", "")):
		return b, refuse("postcode", "a French postcode has five digits")
	}
	if !abroad {
		b[5] = strings.ReplaceAll(code, " ", "") + " " + city
	}
	for i, s := range b {
		for _, c := range s {
			if !latin(c) {
				return b, refuse("character", fmt.Sprintf("line %d: U+%04X cannot be read by the sorting machines", i+1, c))
			}
		}
	}
	return b, nil
}

// plain proposes letters without the accents that machines do not read: Nguyen
// for Nguyễn. It is no proposal where another alphabet stands, or where a rule
// was broken that has nothing to do with letters.
func (b block) plain() ([]string, bool) {
	changed := false
	for i, s := range b {
		b[i] = strings.Map(func(c rune) rune {
			if latin(c) {
				return c
			}
			for _, d := range norm.NFKD.String(string(c)) {
				if latin(d) {
					changed = true
					return d
				}
			}
			return unicode.ReplacementChar
		}, s)
		if strings.ContainsRune(b[i], unicode.ReplacementChar) {
			return nil, false
		}
	}
	if !changed {
		return nil, false
	}
	lines, err := b.lines()
	return lines, err == nil
}

// lines lays the block out: a long name takes two lines where there is room,
// since no letter of it is lost.
func (b block) lines() ([]string, error) {
	b[3], b[5] = abbreviate(b[3]), locality(b[5])
	var list []string
	for i, s := range b {
		if s == "" {
			continue
		}
		parts := []string{s}
		if i == 0 && utf8.RuneCountInString(s) > maxChars {
			parts = wrap(s)
		}
		for _, p := range parts {
			if utf8.RuneCountInString(p) > maxChars {
				return nil, refuse("line-too-long", fmt.Sprintf("line %d has more than %d characters", i+1, maxChars))
			}
		}
		list = append(list, parts...)
	}
	limit := maxLines
	if b[6] != "" {
		limit++
	}
	if len(list) > limit {
		return nil, refuse("too-many-lines", fmt.Sprintf("%d lines, %d at most", len(list), limit))
	}
	for i := max(0, len(list)-3); i < len(list); i++ {
		list[i] = upper(list[i])
	}
	return list, nil
}

// proposal shortens what does not fit, for a person to accept: the given name
// to its initial, inner lines joined, street and hamlet by usual abbreviations.
func (b block) proposal() ([]string, bool) {
	if words := strings.Fields(b[0]); utf8.RuneCountInString(b[0]) > maxChars && len(words) > 2 {
		first, _ := utf8.DecodeRuneInString(words[1])
		words[1] = string(first)
		b[0] = strings.Join(words, " ")
	}
	if joined := strings.TrimSpace(b[1] + " " + b[2]); utf8.RuneCountInString(joined) <= maxChars {
		b[1], b[2] = "", joined
	}
	for i := 3; i <= 5; i++ {
		if utf8.RuneCountInString(b[i]) > maxChars {
			b[i] = shorten(b[i])
		}
	}
	lines, err := b.lines()
	return lines, err == nil
}

// wrap cuts a name in two at the space nearest below the limit.
func wrap(s string) []string {
	at := -1
	for i, n := 0, 0; i < len(s); n++ {
		_, size := utf8.DecodeRuneInString(s[i:])
		if s[i] == ' ' && n <= maxChars {
			at = i
		}
		i += size
	}
	if at < 0 {
		return []string{s}
	}
	return []string{s[:at], s[at+1:]}
}

// streetTypes are abbreviations of the norm, used when a label is too long.
var streetTypes = map[string]string{
	"ALLEE": "ALL", "ALLEES": "ALL", "AVENUE": "AV", "BOULEVARD": "BD", "CHEMIN": "CHE", "CITE": "CITE", "COURS": "CRS",
	"FAUBOURG": "FG", "IMPASSE": "IMP", "LOTISSEMENT": "LOT", "PASSAGE": "PAS", "PLACE": "PL", "QUAI": "QU",
	"QUARTIER": "QUA", "RESIDENCE": "RES", "ROUTE": "RTE", "SQUARE": "SQ",
}

// shorter holds words that may shrink as well, in a proposal only.
var shorter = map[string]string{
	"SAINT": "ST", "SAINTE": "STE", "GENERAL": "GAL", "MARECHAL": "MAL", "COLONEL": "CNEL", "COMMANDANT": "CDT",
	"CAPITAINE": "CNE", "DOCTEUR": "DR", "PROFESSEUR": "PR", "PRESIDENT": "PDT", "LIEUTENANT": "LT", "BATIMENT": "BAT",
	"APPARTEMENT": "APT", "ESCALIER": "ESC", "SUR": "S", "SOUS": "S", "LES": "L",
}

func abbreviate(street string) string {
	if utf8.RuneCountInString(street) <= maxLabel {
		return street
	}
	fields := strings.Fields(street)
	for i, w := range fields {
		if short, ok := streetTypes[w]; ok {
			fields[i] = short
			break
		}
	}
	return strings.Join(fields, " ")
}

// locality writes SAINT as ST where line 6 is too long, as the postal labels of
// localities do.
func locality(line string) string {
	if utf8.RuneCountInString(line) <= maxChars {
		return line
	}
	fields := strings.Fields(line)
	for i, w := range fields {
		if w == "SAINT" || w == "SAINTE" {
			fields[i] = shorter[w]
		}
	}
	return strings.Join(fields, " ")
}

func shorten(s string) string {
	fields := strings.Fields(abbreviate(s))
	for i := 0; i < len(fields) && utf8.RuneCountInString(strings.Join(fields, " ")) > maxChars; i++ {
		if short, ok := shorter[fields[i]]; ok {
			fields[i] = short
		}
	}
	return strings.Join(fields, " ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// upper writes in capitals without accents and keeps the punctuation.
func upper(s string) string {
	s = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE", "ß", "ss", "ø", "o", "Ø", "O", "ł", "l", "Ł", "L", "’", "'").Replace(s)
	return strings.ToUpper(strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFKD.String(s)))
}

// capitals is upper with letters, digits and spaces only.
func capitals(s string) string {
	return strings.Join(strings.FieldsFunc(upper(s), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c)
	}), " ")
}

// latin tells whether a character can be printed and sorted.
func latin(c rune) bool {
	return c == ' ' || (c > ' ' && c < 0x7f) || (unicode.Is(unicode.Latin, c) && c < 0x250) || strings.ContainsRune("°’«»·", c)
}
